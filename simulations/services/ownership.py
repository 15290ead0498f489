"""Who computes a local simulation: a lease that its process renews while it lives."""

from django.db.models import Q
from django.db.models.functions import Now

from simulations.identity import new_token
from simulations.localrun.whereabouts import is_gone, this_process
from simulations.models import Simulation


class OwnershipLost(Exception):
    """The simulation was cancelled, deleted or taken over meanwhile: what was computed since is discarded."""


def claim_local(simulation_id: str) -> str | None:
    """Take a pending simulation and return the token that proves it; None where another process won."""
    token = new_token()
    return token if Simulation.objects.claim(simulation_id, owner=this_process(), token=token) else None


def renew(simulation_id: str, token: str, *, elapsed_s: float) -> int:
    """Renew the lease and return the runs that are wanted now; raise `OwnershipLost`."""
    if not Simulation.objects.renew(simulation_id, token, elapsed_s=elapsed_s):
        raise OwnershipLost(simulation_id)
    return Simulation.objects.values_list("n_runs", flat=True).get(pk=simulation_id)


def mark_interrupted() -> int:
    """Mark the local simulations whose process is gone; whoever shows or steers any calls this first."""
    # Asked first, since a write waits for the lock that a running simulation holds now and then.
    active = Simulation.objects.active_locally().annotate(expired=Q(lease_expires_at__lt=Now()))
    found = list(active.order_by().values_list("pk", "token", "owner", "expired"))
    marked = Simulation.objects.interrupt_abandoned() if any(row[-1] for row in found) else 0
    # A process of this host that is gone for certain need not be waited for.
    gone = [(pk, token) for pk, token, owner, expired in found if not expired and is_gone(owner)]
    return marked + sum(Simulation.objects.interrupt(pk, token) for pk, token in gone)
