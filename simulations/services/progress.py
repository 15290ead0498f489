"""How far a simulation is, for whoever watches."""

from dataclasses import dataclass

from django.db.models import Count, Sum

from simulations.models import Batch, in_seconds
from simulations.services.recording import leg_s

# The present speed is that of so many seconds: others on the machine come and go.
PRESENT_S = 20.0
# Fewer batches say more of their sizes than of the speed.
FEW_BATCHES = 4


@dataclass
class SimulationProgress:
    """How far a simulation is; ``done`` and ``n_runs`` count all of it, ``elapsed_s`` its present leg."""

    n_runs: int
    done: int
    done_before: int = 0
    elapsed_s: float = 0.0
    persist_s: float = 0.0
    compiling: bool = False
    computing: bool = False
    stopped: bool = False

    @property
    def runs_per_s(self) -> float:
        return (self.done - self.done_before) / self.elapsed_s if self.elapsed_s else 0.0


def present_runs_per_s(simulation_id: str) -> float | None:
    """Return how many runs an active simulation finished in each of the last seconds; None of too few."""
    window_s = min(PRESENT_S, leg_s(simulation_id))
    if not window_s:
        return None
    done = Batch.objects.done().filter(simulation_id=simulation_id, finished_at__gt=in_seconds(-window_s))
    found = done.order_by().aggregate(runs=Sum("n_runs"), batches=Count("pk"))
    return found["runs"] / window_s if found["batches"] >= FEW_BATCHES else None
