"""How many runs a second one core simulates, summaries included."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median

from benchmarks.report import Figure
from events.document import EventDocument, read_document
from simulations.engine import Engine, compile_event

BUNDLED = Path(__file__).resolve().parents[1] / "events" / "bundled"
SEED = "benchmark"


@dataclass(frozen=True)
class Speed:
    """Seconds of each repetition of ``n_runs`` runs, by the process's clock and by the wall's.

    ``first_s`` is what the first runs took, when the engine had no plans to remember yet.
    """

    n_runs: int
    attempts_a_run: float
    first_s: float
    cpu_s: Sequence[float]
    wall_s: Sequence[float]

    @property
    def runs_per_s(self) -> float:
        """The median by the process's clock, which does not run while others have the core."""
        return self.n_runs / median(self.cpu_s)

    @property
    def attempt_ns(self) -> float:
        return 1e9 / self.runs_per_s / self.attempts_a_run


@lru_cache
def bundled(slug: str) -> EventDocument:
    return read_document((BUNDLED / f"{slug}.yaml").read_text(), name=slug)


def measure_speed(engine: Engine, n_runs: int, repetitions: int) -> Speed:
    """Simulate ``n_runs`` runs for each repetition, other ones each time, after as many to warm up."""
    started = time.process_time()
    engine.simulate(0, n_runs)
    first_s = time.process_time() - started
    cpu_s, wall_s, attempts = [], [], 0
    for repetition in range(1, repetitions + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        output = engine.simulate(repetition * n_runs, n_runs)
        cpu_s.append(time.process_time() - cpu)
        wall_s.append(time.perf_counter() - wall)
        attempts += int(output.summary.activity_attempts.sum())
    return Speed(n_runs, attempts / repetitions / n_runs, first_s, cpu_s, wall_s)


def warm_engine(document: EventDocument) -> Engine:
    """Return an engine whose kernels are compiled or loaded already."""
    engine = Engine(compile_event(document), SEED)
    engine.simulate(0, 1)
    return engine


def speed_figures(
    part: str, speed: Speed, *, bound: float | None = None, goal: float | None = None
) -> list[Figure]:
    """Return runs/s (judged by the median of processor time) and the cost of an attempt."""
    n = speed.n_runs
    others = [
        ("best, processor time", n / min(speed.cpu_s)),
        ("median, wall", n / median(speed.wall_s)),
        ("best, wall", n / min(speed.wall_s)),
        ("first runs, nothing remembered", n / speed.first_s),
    ]
    note = f"median of {len(speed.cpu_s)} × {n:,} runs, processor time"
    return [
        Figure(part, "one core", speed.runs_per_s, "runs/s", bound=bound, goal=goal, note=note),
        *(Figure(part, name, value, "runs/s") for name, value in others),
        Figure(part, "attempts a run", speed.attempts_a_run),
        Figure(part, "an attempt, all included", speed.attempt_ns, "ns"),
    ]
