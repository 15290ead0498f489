"""Ranges of runs: what is missing of a simulation, and handing it out piece by piece."""

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple


class Span(NamedTuple):
    """The runs from ``first_run``, ``n_runs`` of them."""

    first_run: int
    n_runs: int

    @property
    def end(self) -> int:
        return self.first_run + self.n_runs

    def __str__(self) -> str:
        return f"runs {self.first_run:,} to {self.end - 1:,}"


def missing_spans(done: Iterable[Span], n_runs: int) -> list[Span]:
    """Return the gaps between the done spans, in order, up to run ``n_runs``."""
    gaps, start = [], 0
    for span in sorted(done):
        if span.first_run > start:
            gaps.append(Span(start, span.first_run - start))
        start = max(start, span.end)
    if start < n_runs:
        gaps.append(Span(start, n_runs - start))
    return gaps


class SpanQueue:
    """What remains to be handed out. A span that is put back is handed out again as it was."""

    def __init__(self, gaps: Iterable[Span], n_runs: int) -> None:
        self.n_runs = n_runs
        self._gaps = deque(gaps)
        self._returned: deque[Span] = deque()

    @property
    def remaining(self) -> int:
        return sum(span.n_runs for span in (*self._gaps, *self._returned))

    def take(self, most: int) -> Span | None:
        """Return the next span, of at most ``most`` runs unless it was put back; None when none is left."""
        if self._returned:
            return self._returned.popleft()
        if not self._gaps:
            return None
        gap = self._gaps.popleft()
        if gap.n_runs <= most:
            return gap
        self._gaps.appendleft(Span(gap.first_run + most, gap.n_runs - most))
        return Span(gap.first_run, most)

    def put_back(self, span: Span) -> None:
        self._returned.append(span)

    def extend_to(self, n_runs: int) -> None:
        """Add the runs up to ``n_runs``, where that is more than before."""
        if n_runs > self.n_runs:
            self._gaps.append(Span(self.n_runs, n_runs - self.n_runs))
            self.n_runs = n_runs
