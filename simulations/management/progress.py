"""Progress of a local run on stderr: a live bar on a terminal, a line now and then elsewhere."""

import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from events.wording import counted
from simulations.presentation.drawing import duration, percent_digits, speed
from simulations.services import SimulationProgress
from simulations.services.progress import PRESENT_S

COMPILING = "Compiling the kernels, which takes up to a minute; this happens once for each version."
LINE_EVERY_S = 5.0


def load_kernels(warn: Callable[[str], None]) -> bool:
    """Load the kernels for this process; where they have to be compiled, say so first, and return True."""
    # Imported here: it takes a while, and `help` loads every command.
    from simulations import engine

    cold = not engine.is_warm()
    if cold:
        warn(COMPILING)
    engine.warmup()
    return cold


class Watcher(Protocol):
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def __call__(self, progress: SimulationProgress) -> None: ...


def watcher(console: Console) -> Watcher:
    return ProgressBar(console) if console.is_terminal else ProgressLines(console)


class ProgressBar:
    """A live bar."""

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=28),
            TextColumn("{task.fields[share]}"),
            TextColumn("{task.fields[speed]}"),
            console=console,
            transient=True,
        )
        self._pace = Pace()
        self._task = self._progress.add_task("Starting", total=None, share="", speed="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, progress: SimulationProgress) -> None:
        if progress.compiling:
            self._progress.update(self._task, description="Compiling the kernels (once, up to a minute)")
        elif progress.computing:
            self._progress.update(
                self._task,
                description=_done(progress),
                completed=progress.done,
                total=progress.n_runs,
                share=f"{percent_digits(progress.done / progress.n_runs, 0)} %",
                speed=self._pace.words(progress),
            )


class ProgressLines:
    """A line every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pace = Pace()
        self._said_compiling = False
        self._next_line = time.monotonic() + LINE_EVERY_S

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, progress: SimulationProgress) -> None:
        if progress.compiling and not self._said_compiling:
            self._said_compiling = True
            self._console.print(COMPILING, soft_wrap=True)
        elif progress.computing:
            words = self._pace.words(progress)
            if time.monotonic() >= self._next_line:
                self._next_line = time.monotonic() + LINE_EVERY_S
                self._console.print(f"{_done(progress)}, {words}", soft_wrap=True)


def _done(progress: SimulationProgress) -> str:
    return f"{progress.done:,} of {counted(progress.n_runs, 'run')}"


class Pace:
    """How fast runs are finished of late: the mean would tell of the time before others came or went."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def runs_per_s(self, progress: SimulationProgress) -> float:
        """Return the present speed; to be asked again and again."""
        if not self._seen or progress.done != self._seen[-1][1]:
            self._seen.append((progress.elapsed_s, progress.done))
        # Two at least: of what finishes a batch a minute the last one is measured from the one before.
        while len(self._seen) > 2 and self._seen[1][0] <= progress.elapsed_s - PRESENT_S:
            self._seen.popleft()
        then_s, done_then = self._seen[0]
        if progress.done > done_then and progress.elapsed_s > then_s:
            return (progress.done - done_then) / (progress.elapsed_s - then_s)
        return progress.runs_per_s

    def words(self, progress: SimulationProgress) -> str:
        """Write runs/s and the time left."""
        runs_per_s = self.runs_per_s(progress)
        if not runs_per_s:
            return "measuring"
        left = (progress.n_runs - progress.done) / runs_per_s
        return f"{speed(runs_per_s)}, {duration(left)} left"
