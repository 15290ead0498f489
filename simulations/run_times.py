"""When rows opened and tiles were finished in every run: not stored, so all runs are replayed."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as StillGoesOn
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulations.compiled import compile_frozen, engine_version
from simulations.models import Simulation
from simulations.runs import stored_blocks
from simulations.storage import Columns

if TYPE_CHECKING:
    from simulations.engine import CompiledEvent, Engine, RunTimes

# The seconds of a piece: eight megabytes.
PIECE_VALUES = 1 << 21
# So many pieces for each thread are under way or wait to be taken.
AHEAD = 2
LOOK_EVERY_S = 0.2


class EngineChanged(Exception):
    """The runs were simulated by another engine version, whose replays this release can't make."""


class ReplayDiffers(Exception):
    """A replay does not come to what is stored."""


class RunsPiece(NamedTuple):
    """Adjacent runs: what is stored of them and, once they were replayed, when what happened."""

    first_run: int
    columns: Columns
    times: "RunTimes | None"


class _GivenUp(Exception):
    """Nobody waits for the rest."""


def replay_pieces(
    simulation: Simulation, watch: Callable[[int], None], *, n_threads: int = 1
) -> Generator[RunsPiece, None, None]:
    """Yield all finished runs of a simulation, replayed, piece by piece in their order.

    Kernels let go of Python's lock, so threads use all cores. ``watch`` hears every moment how many runs
    have been replayed. Closing the iterator gives up what is under way. Raises `EngineChanged` and
    `ReplayDiffers`.
    """
    if simulation.engine_version != engine_version():
        raise EngineChanged(
            f"The runs were simulated by engine version {simulation.engine_version}, which this release no "
            "longer has. Simulate the event anew with the same seed, and export that."
        )
    yield from Replaying(simulation, watch, n_threads).pieces()


class Replaying:
    """Replays under way, in threads with an engine each."""

    def __init__(self, simulation: Simulation, watch: Callable[[int], None], n_threads: int) -> None:
        self.simulation, self.watch = simulation, watch
        self.compiled = compile_frozen(simulation.document)
        self.n_threads = n_threads
        self.given_up = threading.Event()
        self.own = threading.local()
        # A thread counts its runs in a place of its own; adding to a common one would need a lock.
        self.counts: list[list[int]] = []

    def pieces(self) -> Generator[RunsPiece, None, None]:
        """Yield the pieces in order, some of them ahead; end the threads when nobody reads on."""
        waiting: deque[tuple[int, Columns, Future[RunTimes]]] = deque()
        with ThreadPoolExecutor(self.n_threads) as threads:
            try:
                for first_run, columns in self._stored():
                    replay = threads.submit(self._replay, first_run, len(columns["points"]))
                    waiting.append((first_run, columns, replay))
                    if len(waiting) > AHEAD * self.n_threads:
                        yield self._taken(*waiting.popleft())
                while waiting:
                    yield self._taken(*waiting.popleft())
            finally:
                self.given_up.set()
                threads.shutdown(wait=True, cancel_futures=True)

    @property
    def runs_done(self) -> int:
        return sum(count for (count,) in self.counts)

    def _stored(self) -> Iterator[tuple[int, Columns]]:
        """Yield the stored runs in pieces of which the times take a bounded memory."""
        compiled = self.compiled
        most = max(1, PIECE_VALUES // (compiled.n_teams * (compiled.n_rows + compiled.n_tiles)))
        for first_run, columns in stored_blocks(self.simulation):
            n_runs = len(columns["points"])
            for start in range(0, n_runs, most):
                part = {name: column[start : start + most] for name, column in columns.items()}
                yield first_run + start, part

    def _replay(self, first_run: int, n_runs: int) -> "RunTimes":
        """Replay a piece in a thread, with an engine of its own."""
        if not hasattr(self.own, "engine"):
            self.own.engine, self.own.count = _new_engine(self.compiled, self.simulation.seed), [0]
            self.counts.append(self.own.count)
        times: RunTimes = self.own.engine.times(first_run, n_runs, self._between)
        return times

    def _between(self) -> None:
        self.own.count[0] += 1
        if self.given_up.is_set():
            raise _GivenUp

    def _taken(self, first_run: int, columns: Columns, replayed: "Future[RunTimes]") -> RunsPiece:
        """Wait for a piece and check it."""
        while True:
            self.watch(self.runs_done)
            try:
                times = replayed.result(timeout=LOOK_EVERY_S)
            except StillGoesOn:
                continue
            break
        for name, column in times.columns.items():
            if not np.array_equal(column, columns[name]):
                run = first_run + int(np.flatnonzero((column != columns[name]).any(axis=1))[0])
                raise ReplayDiffers(f"The replay of run {run} does not come to what is stored.")
        return RunsPiece(first_run, columns, times)


def _new_engine(compiled: "CompiledEvent", seed: str) -> "Engine":
    from simulations.engine import Engine

    return Engine(compiled, seed)
