"""Ctrl-C and SIGTERM as a question that a loop asks, rather than an exception anywhere.

Raised in the middle of a query, an exception leaves a connection that takes no other query.
"""

import select
import signal
import socket
import threading
from collections.abc import Iterable
from types import FrameType
from typing import Self

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """While active, the first of the signals only sets ``requested`` and makes ``wake`` readable.

    A second one raises KeyboardInterrupt as usual. Outside the main thread there are no signals to hear.
    """

    def __init__(self, numbers: Iterable[signal.Signals] = SIGNALS) -> None:
        self.requested = False
        self._numbers = numbers
        self._reader, self._writer = socket.socketpair()
        self.wake = self._reader.fileno()
        self._previous: dict[int, object] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self._previous = {number: signal.signal(number, self._stop) for number in self._numbers}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)  # type: ignore[arg-type]
        self._reader.close()
        self._writer.close()

    def sleep(self, seconds: float) -> None:
        """Sleep, but no longer than until a signal comes."""
        select.select([self.wake], [], [], seconds)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        if self.requested:
            raise KeyboardInterrupt
        self.requested = True
        self._writer.send(b".")
