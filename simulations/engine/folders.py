"""Where kernels are kept, and whether there are any. Nothing here needs numba, so nothing waits for it."""

import os
from pathlib import Path

FOLDER_PREFIX = "kernels-"
KERNEL_FILES = "simulate_team-*.kernel"


def cache_root() -> Path:
    """Return the folder for all versions: ``NUMBA_CACHE_DIR``, or the user's cache folder."""
    if configured := os.environ.get("NUMBA_CACHE_DIR"):
        return Path(configured)
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(base).expanduser() / "bingosim"


def probably_compiled() -> bool:
    """Return whether a kernel is kept that is newer than its sources.

    A good guess for who can't wait for numba, which alone knows what it would load.
    """
    sources = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))
    kept = cache_root().glob(f"{FOLDER_PREFIX}*/{KERNEL_FILES}")
    try:
        return any(path.stat().st_mtime > sources for path in kept)
    except OSError:  # removed at this very moment
        return False
