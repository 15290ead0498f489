"""Who computes a local simulation: a lease that its process renews while it lives."""

import os
import socket

from simulations.identity import new_token
from simulations.models import Simulation


class OwnershipLost(Exception):
    """The simulation was cancelled, deleted or taken over meanwhile: what was computed since is discarded."""


def claim_local(simulation_id: str) -> str | None:
    """Take a pending simulation and return the token that proves it; None where another process won."""
    token = new_token()
    owner = f"{socket.gethostname()} process {os.getpid()}"
    return token if Simulation.objects.claim(simulation_id, owner=owner, token=token) else None


def renew(simulation_id: str, token: str, *, elapsed_s: float) -> int:
    """Renew the lease and return the runs that are wanted now; raise `OwnershipLost`."""
    if not Simulation.objects.renew(simulation_id, token, elapsed_s=elapsed_s):
        raise OwnershipLost(simulation_id)
    return Simulation.objects.values_list("n_runs", flat=True).get(pk=simulation_id)


def mark_interrupted() -> int:
    """Mark the local simulations whose process is gone; whoever shows or steers any calls this first."""
    # Asked first, since a write waits for the lock that a running simulation holds now and then.
    abandoned = Simulation.objects.abandoned()
    return Simulation.objects.interrupt_abandoned() if abandoned.exists() else 0
