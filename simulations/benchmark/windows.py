"""How the throughput of a simulation went: its runs spread over windows of time."""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH_S = 1.0


class Finished(NamedTuple):
    """A batch that was computed: by which worker, and when, in seconds from a common moment."""

    worker: int
    n_runs: int
    simulate_s: float
    ended_s: float

    @property
    def started_s(self) -> float:
        return self.ended_s - self.simulate_s


def spread(batches: Sequence[Finished], *, width_s: float = WIDTH_S) -> list[float]:
    """Return the runs of each window, from the first batch's start on.

    A batch's runs are spread evenly over the time that it was computed in, since it may be as long as a
    window: counted where it ended, one window would have none and the next one two.
    """
    if not batches:
        return []
    start = min(batch.started_s for batch in batches)
    windows = [0.0] * (int((max(batch.ended_s for batch in batches) - start) / width_s) + 1)
    for batch in batches:
        _add(windows, batch, batch.started_s - start, width_s)
    return windows


def steady(windows: Sequence[float], *, width_s: float = WIDTH_S) -> float | None:
    """Return the runs per second without the first window and the last one; None where no other is left."""
    inner = windows[1:-1]
    return sum(inner) / (len(inner) * width_s) if inner else None


def tail_s(batches: Sequence[Finished]) -> float:
    """Return for how long the first worker that ran out of work waited for the last one."""
    last: dict[int, float] = {}
    for batch in batches:
        last[batch.worker] = max(batch.ended_s, last.get(batch.worker, batch.ended_s))
    return max(last.values()) - min(last.values()) if last else 0.0


def shares(batches: Sequence[Finished], n_workers: int) -> list[float]:
    """Return each worker's share of the runs, by its position; one that did nothing has 0."""
    runs = [0] * n_workers
    for batch in batches:
        runs[batch.worker] += batch.n_runs
    return [n / max(1, sum(runs)) for n in runs]


def _add(windows: list[float], batch: Finished, started_s: float, width_s: float) -> None:
    ended_s = started_s + batch.simulate_s
    first, last = int(started_s / width_s), min(int(ended_s / width_s), len(windows) - 1)
    if first >= last:
        windows[last] += batch.n_runs
        return
    for window in range(first, last + 1):
        within = min(ended_s, (window + 1) * width_s) - max(started_s, window * width_s)
        windows[window] += batch.n_runs * within / batch.simulate_s
