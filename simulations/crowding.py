"""How crowded this machine is: what else wants its cores just now."""

import time
from pathlib import Path
from statistics import mean

LOADS = Path("/proc/loadavg")
# The fourth of its figures: how many processes want a core at this moment, of how many.
RUNNING = 3
SAMPLES = 4
PAUSE_S = 0.005


def crowding(n_cores: int) -> float:
    """Return how many times as long it takes to compute on all cores since others compute too.

    1 where nothing else does, or where that can't be told. It takes a fiftieth of a second.
    """
    samples = []
    for _ in range(SAMPLES):
        time.sleep(PAUSE_S)
        samples.append(_running())
    # But for this process, which looks.
    others = max(0.0, mean(samples) - 1)
    return 1 + others / n_cores


def _running() -> int:
    try:
        return int(LOADS.read_text().split()[RUNNING].partition("/")[0])
    except (OSError, ValueError, IndexError):
        return 1
