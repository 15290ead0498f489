"""How crowded this machine is: what else wants its cores just now."""

import os
import time
from pathlib import Path
from statistics import mean

LOADS = Path("/proc/loadavg")
# The fourth of its figures: how many processes want a core at this moment, of how many.
RUNNING = 3
SAMPLES = 4
PAUSE_S = 0.005


def usable_cores() -> int:
    """Return the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def crowding(n_processes: int) -> float:
    """Return how many times as long so many processes take to compute since others compute too.

    1 where nothing else does, or where that can't be told. It takes a fiftieth of a second.
    """
    samples = []
    for _ in range(SAMPLES):
        time.sleep(PAUSE_S)
        samples.append(_running())
    # But for this process, which looks.
    others = max(0.0, mean(samples) - 1)
    cores = usable_cores()
    return max(1.0, (others + n_processes) / cores) / max(1.0, n_processes / cores)


def _running() -> int:
    try:
        return int(LOADS.read_text().split()[RUNNING].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 1
