"""How far a simulation is, for whoever watches."""

from dataclasses import dataclass


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
