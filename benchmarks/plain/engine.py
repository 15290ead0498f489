"""The plain engine from Python: it plays the tables that the engine was given, with luck of its own."""

import ctypes

import numpy as np
import numpy.typing as npt

from benchmarks.plain.building import build
from simulations.engine import CompiledEvent
from simulations.engine.layout import Result

Table = npt.NDArray[np.int64]


class PlainEngine:
    """Plays runs of one event; a seed and a run's number decide a run, but not as they do in the engine."""

    def __init__(self, compiled: CompiledEvent, seed: int) -> None:
        """Build what isn't built yet; raises `NotThere` without a C compiler."""
        self.compiled = compiled
        self._seed = seed
        self._simulate = ctypes.CDLL(str(build())).simulate
        self._simulate.argtypes = [
            ctypes.c_void_p,
            ctypes.c_uint64,
            ctypes.c_int64,
            ctypes.c_int64,
            ctypes.c_void_p,
        ]

    def simulate(self, first_run: int, n_runs: int) -> Table:
        """Return the results int64 [teams, runs, Result.N] of a range of runs."""
        results = np.zeros((self.compiled.n_teams, n_runs, Result.N), dtype=np.int64)
        # The address of a pack is that of its pointers and shapes: the Event of the header.
        event = self.compiled.event.address
        if self._simulate(event, self._seed, first_run, n_runs, results.ctypes.data):
            raise MemoryError("no memory for a run")
        return results
