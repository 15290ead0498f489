"""Having the kernels compiled before they are needed: by one process at a time on a machine."""

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

from numba.core import config

from events.document import parse_document

from . import kernel
from .compile import compile_event
from .keeping import is_kept
from .simulator import Engine

LOCK_FILE = "compiling.lock"
LONGEST_WAIT_S = 180.0
POLL_S = 0.1

EVENT = {
    "format": "bingosim/event@1",
    "slug": "warm-up",
    "name": "Warm-up",
    "starts_at": "2026-01-01T00:00:00",
    "timezone": "UTC",
    "duration_hours": 1,
    "activities": {
        "a": {
            "name": "A",
            "attempt": {"seconds": 60},
            "loot": [{"line": "l", "outcomes": [{"rate": "1/2", "drops": {"d": 1}}]}],
        }
    },
    "players": {"P": {}},
    "board": [
        {
            "tiles": [
                {
                    "key": "t",
                    "name": "T",
                    "points": 1,
                    "needs": 1,
                    "rules": [{"activity": "a", "drops": ["d"]}],
                }
            ]
        }
    ],
    "teams": {"T": {"players": ["P"]}},
}


def warmup() -> None:
    """Compile the kernels, or load them from the cache, by playing a tiny event.

    Where the cache is cold one process compiles; others that warm up meanwhile wait for it, then
    load what it has compiled.
    """
    with contextlib.nullcontext() if is_warm() else compiling_alone(Path(config.CACHE_DIR)):
        Engine(compile_event(parse_document(EVENT)), "warm-up").simulate(0, 1)


def is_warm() -> bool:
    """Return whether both kernels are in the cache, and whole."""
    return all(is_kept(one.__name__) for one in (kernel.simulate_team, kernel.settle_runs))


@contextlib.contextmanager
def compiling_alone(folder: Path, longest_wait_s: float = LONGEST_WAIT_S) -> Iterator[None]:
    """Hold the lock of a folder of kernels; the system frees it when its holder ends, however that is.

    Goes on without it after ``longest_wait_s``, since the holder may be stopped, and where files
    can't be locked: the lock saves work, and results don't depend on it.
    """
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            file = stack.enter_context((folder / LOCK_FILE).open("w"))
            deadline = time.monotonic() + longest_wait_s
            while not _locked(file.fileno()) and time.monotonic() < deadline:
                time.sleep(POLL_S)
        yield


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
