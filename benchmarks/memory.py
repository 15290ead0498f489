"""The most memory that a process and its descendants held, each by itself."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PERIOD_S = 0.1


class PeakMemory:
    """Watches a process tree; the system keeps each process's peak, so few looks are enough."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.peak_bytes: dict[int, int] = {}

    @property
    def parent_bytes(self) -> int:
        return self.peak_bytes.get(self.pid, 0)

    @property
    def largest_child_bytes(self) -> int:
        return max((peak for pid, peak in self.peak_bytes.items() if pid != self.pid), default=0)

    def look(self) -> None:
        for pid in process_tree(self.pid):
            # Between two looks a process may end.
            with suppress(OSError, StopIteration):
                self.peak_bytes[pid] = max(self.peak_bytes.get(pid, 0), _peak_bytes(pid))


@contextmanager
def watch_memory(pid: int) -> Iterator[PeakMemory]:
    """Watch a process and its descendants while the block runs."""
    memory, ended = PeakMemory(pid), threading.Event()

    def watch() -> None:
        memory.look()
        while not ended.wait(PERIOD_S):
            memory.look()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        ended.set()
        thread.join()


def process_tree(pid: int) -> list[int]:
    """Return a process and all that descend from it, by their numbers."""
    pids = [pid]
    for parent in pids:
        with suppress(OSError):
            for task in Path(f"/proc/{parent}/task").iterdir():
                pids += [int(child) for child in (task / "children").read_text().split()]
    return pids


def _peak_bytes(pid: int) -> int:
    # Not ru_maxrss: it counts what the process held before it became another program.
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))
