"""What the commands share that read stored results."""

import shlex
from collections.abc import Iterator
from contextlib import contextmanager

from events.management.base import Refused
from simulations.engine import SummaryError
from simulations.models import Simulation
from simulations.results import SimulationResults, load_results
from simulations.storage import BlockError


@contextmanager
def reading(*simulations: Simulation) -> Iterator[None]:
    """Turn what can't be read of these simulations, of one seed, into the command's refusal."""
    try:
        yield
    except (BlockError, SummaryError) as error:
        which = " or ".join(simulation.pk for simulation in simulations)
        raise Refused(
            f"Simulation {which} was stored by another version, or is damaged: "
            f"simulate it anew with --seed {shlex.quote(simulations[0].seed)}"
        ) from error


def read_results(simulation: Simulation) -> SimulationResults:
    """Return what a simulation has so far; raise `Refused` where this version can't read it."""
    with reading(simulation):
        return load_results(simulation)
