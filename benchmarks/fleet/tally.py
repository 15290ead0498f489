"""What the identities of one process did: times and statements by step, and single waits."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock, local
from typing import Any

OTHER = "other"


class Tally:
    """Sums since the process's start, from all of its threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sums: dict[str, float] = defaultdict(float)
        self._waits: dict[str, list[float]] = defaultdict(list)
        self._here = local()

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step of this thread; statements count for the step that they are part of."""
        self._here.step = name
        started = time.monotonic()
        try:
            yield
        finally:
            self._here.step = OTHER
            self.add(name, n=1, s=time.monotonic() - started)

    def statement(self, execute: Callable[..., Any], *arguments: Any) -> Any:
        """Run a statement for `connection.execute_wrapper`."""
        started = time.monotonic()
        try:
            return execute(*arguments)
        finally:
            step = getattr(self._here, "step", OTHER)
            self.add(step, statements=1, database_s=time.monotonic() - started)

    def add(self, name: str, **amounts: float) -> None:
        with self._lock:
            for what, amount in amounts.items():
                self._sums[f"{name}.{what}"] += amount

    def wait(self, name: str, seconds: float) -> None:
        """Keep one wait: its distribution matters, not its sum."""
        with self._lock:
            self._waits[name].append(seconds)

    def sums(self) -> dict[str, float]:
        with self._lock:
            return dict(self._sums)

    def take_waits(self) -> dict[str, list[float]]:
        """Return the waits since the last call."""
        with self._lock:
            waits, self._waits = dict(self._waits), defaultdict(list)
        return waits
