# mypy: disallow-untyped-decorators=False
"""A yardstick by which measurements on different or busy machines compare."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from simulations.engine.steps import entry_step
from simulations.engine.words import mix

ROUNDS = 3


def mix_ns(n: int = 20_000_000) -> float:
    """Return the nanoseconds that one `mix` takes which waits for the one before, at best.

    It is six operations in a row without memory, so it shows the processor's clock and who shares it.
    """
    _chain(np.uint64(1), 1)  # compiles
    return min(_timed(n) for _ in range(ROUNDS))


def parallel_gain(n: int = 20_000_000) -> float:
    """Return how much faster two threads get through twice the `mix` chain than one after the other.

    Two free cores give 2; what is missing, others use, or the cores are halves of one.
    """
    alone_ns = mix_ns(n)
    with ThreadPoolExecutor(2) as threads:
        together_ns = min(max(threads.map(_timed, [n, n])) for _ in range(ROUNDS))
    return 2 * alone_ns / together_ns


def _timed(n: int) -> float:
    started = time.perf_counter()
    _chain(np.uint64(1), n)
    return (time.perf_counter() - started) / n * 1e9


@entry_step
def _chain(z: Any, n: int) -> Any:
    for _ in range(n):
        z = mix(z)
    return z
