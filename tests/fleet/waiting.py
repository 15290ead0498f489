"""Waiting with an end to it, and ports that nobody uses."""

import socket
import time
from collections.abc import Callable
from contextlib import closing
from typing import TypeVar

PATIENCE_S = 60.0
LOOK_EVERY_S = 0.05

Found = TypeVar("Found")


def wait_for(
    look: Callable[[], Found | None],
    what: str,
    *,
    patience_s: float = PATIENCE_S,
    every_s: float = LOOK_EVERY_S,
) -> Found:
    """Return what ``look`` finds as soon as that is true; fail when ``what`` did not come in time."""
    deadline = time.monotonic() + patience_s
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {patience_s:g} s in vain for {what}"
        time.sleep(every_s)
    return found


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
