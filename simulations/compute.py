"""Computing a span of runs: the kernel in short slices, and what is stored of it. No Django here."""

import time
from collections.abc import Callable

from simulations.engine import BatchOutput, Engine
from simulations.spans import Span
from simulations.storage import WORD, Computed, encode_block, join_columns

SLICE_S = 0.25
FIRST_SLICE_RUNS = 16


class Computer:
    """Computes spans with one engine, and remembers how fast that is."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._slice_runs = FIRST_SLICE_RUNS

    def compute(self, span: Span, between: Callable[[], bool]) -> Computed:
        """Simulate a span; ``between`` is called after each slice of about a quarter of a second.

        Python runs no signal handler while the kernel works, so a slice bounds how long a process is
        deaf. Where ``between`` says False the rest is left out, and what is returned spans less; it may
        also raise, to give all of it up.
        """
        started = time.perf_counter()
        parts, digest, summary, done = [], 0, None, 0
        while done < span.n_runs:
            output = self._simulate(span.first_run + done, min(self._slice_runs, span.n_runs - done))
            parts.append(output.columns)
            digest = (digest + output.digest) % WORD
            done += output.n_runs
            if summary is None:
                summary = output.summary
            else:
                summary.merge(output.summary)
            if not between():
                break
        simulate_s = time.perf_counter() - started
        assert summary is not None
        block = encode_block(join_columns(parts))
        return Computed(Span(span.first_run, done), block, summary.to_bytes(), digest, simulate_s)

    def _simulate(self, first_run: int, n_runs: int) -> BatchOutput:
        started = time.perf_counter()
        output = self.engine.simulate(first_run, n_runs)
        runs_per_s = n_runs / max(time.perf_counter() - started, 1e-6)
        self._slice_runs = max(1, int(runs_per_s * SLICE_S))
        return output
