"""The engine and the plain one by turns, so that a busy minute of the machine bears on both."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.plain.engine import PlainEngine
from benchmarks.report import Figure
from simulations.engine import Engine

# Far from the runs that measurements of the engine alone play, whose plans it remembers.
FIRST_RUN = 20_000_000


@dataclass(frozen=True)
class Turns:
    """Processor seconds a run, of both engines in each turn."""

    plain_runs: int
    engine_s: Sequence[float]
    plain_s: Sequence[float]

    @property
    def plain_runs_per_s(self) -> float:
        return 1 / median(self.plain_s)

    @property
    def times_plain(self) -> float:
        """How many times faster the engine is: the median over the turns."""
        return median(plain / engine for engine, plain in zip(self.engine_s, self.plain_s, strict=True))


def take_turns(engine: Engine, plain: PlainEngine, n_runs: int, plain_runs: int, repetitions: int) -> Turns:
    """Play other runs in each turn, ``n_runs`` in the engine and ``plain_runs`` in the plain one."""
    engine_s, plain_s = [], []
    for turn in range(repetitions):
        engine_s.append(_cpu_s(engine.simulate, FIRST_RUN + turn * n_runs, n_runs))
        plain_s.append(_cpu_s(plain.simulate, turn * plain_runs, plain_runs))
    return Turns(plain_runs, engine_s, plain_s)


def turn_figures(
    part: str, turns: Turns, *, bound: float | None = None, goal: float | None = None
) -> list[Figure]:
    """Return the plain engine's runs/s and how many times faster the engine is."""
    n_turns = len(turns.plain_s)
    note = f"median of {n_turns} × {turns.plain_runs:,} runs, processor time; without summaries"
    by_turns = f"median of {n_turns} turns of both engines, processor time"
    return [
        Figure(part, "plain C", turns.plain_runs_per_s, "runs/s", note=note),
        Figure(part, "times plain C", turns.times_plain, "×", bound=bound, goal=goal, note=by_turns),
    ]


def _cpu_s(simulate: Callable[[int, int], object], first_run: int, n_runs: int) -> float:
    """Return the processor seconds of a run."""
    started = time.process_time()
    simulate(first_run, n_runs)
    return (time.process_time() - started) / n_runs
