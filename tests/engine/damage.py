"""What power loss, a full disk or a failing one make of a file of the kernel cache."""

import shutil
from collections.abc import Callable
from pathlib import Path

from numba.core import config


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def zeros(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def garbage(path: Path) -> None:
    path.write_bytes(b"no kernel at all")


def flipped_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def unreadable(path: Path) -> None:
    """Put a folder there, which not even the superuser reads as a file."""
    path.unlink()
    path.mkdir()


DAMAGES: tuple[Callable[[Path], None], ...] = (cut, empty, zeros, garbage, flipped_bit)


def a_damaged_cache(root: Path, **damages: Callable[[Path], None]) -> str:
    """Copy the warm kernels of this process into ``root``, damage those that are named, and return it."""
    folder = root / Path(config.CACHE_DIR).name
    shutil.copytree(config.CACHE_DIR, folder)
    for name, damage in damages.items():
        (path,) = folder.glob(f"{name}-*.kernel")
        damage(path)
    return str(root)
