"""How long the application takes to answer, asked by the test client."""

import statistics
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.cache import cache


class Timing(NamedTuple):
    """What was asked for, and milliseconds: the first answer's, then median and longest of the others."""

    name: str
    first_ms: float
    median_ms: float
    longest_ms: float
    kilobytes: float


def timed(name: str, ask: Callable[[], Callable[[], Any]], repetitions: int) -> Timing:
    """Time answers, the first of them with nothing remembered.

    `ask` prepares a request and returns what sends it, which alone is timed.
    """
    first, size = _answer(ask, forget=True)
    later = [_answer(ask)[0] for _ in range(repetitions)]
    return Timing(name, first, statistics.median(later), max(later), size / 1024)


def _answer(ask: Callable[[], Callable[[], Any]], *, forget: bool = False) -> tuple[float, int]:
    send = ask()
    if forget:
        cache.clear()
    started = time.perf_counter()
    response = send()
    milliseconds = 1000 * (time.perf_counter() - started)
    return milliseconds, len(response.getvalue())
