"""Progress of a local run on stderr: a live bar on a terminal, a line now and then elsewhere."""

import time
from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from simulations.presentation.drawing import duration
from simulations.services import SimulationProgress

COMPILING = "Compiling the kernels, which takes up to a minute; this happens once for each version."
LINE_EVERY_S = 5.0


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
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[speed]}"),
            console=console,
            transient=True,
        )
        self._task = self._progress.add_task("Starting", total=None, speed="")

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
                description=f"{progress.done:,} of {progress.n_runs:,} runs",
                completed=progress.done,
                total=progress.n_runs,
                speed=speed_of(progress),
            )


class ProgressLines:
    """A line every few seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
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
        elif progress.computing and time.monotonic() >= self._next_line:
            self._next_line = time.monotonic() + LINE_EVERY_S
            self._console.print(
                f"{progress.done:,} of {progress.n_runs:,} runs, {speed_of(progress)}", soft_wrap=True
            )


def speed_of(progress: SimulationProgress) -> str:
    """Write runs/s and the time left."""
    if not progress.runs_per_s:
        return "measuring"
    left = (progress.n_runs - progress.done) / progress.runs_per_s
    return f"{progress.runs_per_s:,.0f} runs/s, {duration(left)} left"
