"""Where compiled kernels are kept: a folder whose name changes with all that they depend on.

A kernel depends on the file that holds it and on those of the helpers that are compiled into it, so
the folder's name is a hash over all of them. Place, Python, numba and processor are part of it as
well: a kernel that is kept there fits.
"""

import contextlib
import hashlib
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

import numba
from llvmlite.binding import get_host_cpu_name
from numba.core import config
from numba.core.codegen import get_host_cpu_features

from simulations.engine.folders import FOLDER_PREFIX, cache_root

KEPT_FOLDERS = 8


def kernels_key() -> str:
    """Return a hash over the sources of this package, where they are, and what compiles them."""
    surroundings = (sys.implementation.cache_tag, numba.__version__, *_processor(), __file__)
    sources = hashlib.sha256(repr(surroundings).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        sources.update(path.name.encode() + b"\0" + path.read_bytes())
    return sources.hexdigest()[:16]


def _processor() -> tuple[str, str]:
    """Return the name and the features that kernels are compiled for; empty ones are those of the name."""
    name = get_host_cpu_name() if config.CPU_NAME is None else config.CPU_NAME
    features = get_host_cpu_features() if config.CPU_FEATURES is None else config.CPU_FEATURES
    return name, features


def prepare_cache() -> Path:
    """Make the folder for these sources, remove the oldest ones, and return it.

    Where the user's cache folder can't be written, kernels are kept in the temporary folder.
    """
    root = cache_root()
    folder = root / f"{FOLDER_PREFIX}{kernels_key()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
    except OSError:
        # Where that can't be written either, kernels are compiled and not kept.
        with contextlib.suppress(OSError):
            root = own_temporary_folder()
            folder = root / folder.name
            folder.mkdir(exist_ok=True)
    prune(root)
    return folder


def own_temporary_folder() -> Path:
    """Return a folder for this user alone: what is read from it is run as code."""
    folder = Path(tempfile.gettempdir()) / f"bingosim-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    facts = folder.lstat()
    if stat.S_ISDIR(facts.st_mode) and facts.st_uid == os.getuid() and not facts.st_mode & 0o077:
        return folder
    return Path(tempfile.mkdtemp(prefix="bingosim-"))


def prune(root: Path) -> None:
    """Remove all but the most recently used folders of kernels."""
    with contextlib.suppress(OSError):
        folders = sorted(root.glob(f"{FOLDER_PREFIX}*"), key=lambda path: path.stat().st_mtime)
        for folder in folders[:-KEPT_FOLDERS]:
            shutil.rmtree(folder, ignore_errors=True)
