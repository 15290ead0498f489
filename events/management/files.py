"""Files that commands read and write: one clear line for what can't be, and never half a file."""

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from events.document.text import LARGEST_INPUT


class FileRefused(Exception):
    """A file that was named can't be read or written."""


def read_file(path: str) -> bytes:
    """Return what the file holds, up to a size that no honest document reaches."""
    try:
        with Path(path).open("rb") as file:
            return read_stream(file, path)
    except (OSError, ValueError) as error:
        raise FileRefused(f"{path}: {_reason(error)}") from error


def read_stream(stream: IO[bytes], name: str) -> bytes:
    """Return what an open file or standard input holds, as `read_file` does."""
    content = stream.read(LARGEST_INPUT + 1)
    if len(content) > LARGEST_INPUT:
        raise FileRefused(f"{name}: larger than {LARGEST_INPUT // 2**20} MB")
    return content


def write_file(path: str, content: str | bytes, *, overwrite: bool = True) -> None:
    """Write a whole file or leave what was there."""
    data = content.encode() if isinstance(content, str) else content
    with replacing(path, overwrite=overwrite) as temporary:
        temporary.write_bytes(data)


@contextmanager
def replacing(path: str, *, overwrite: bool = True) -> Iterator[Path]:
    """Yield a temporary path; what was written there takes the place of `path` once the block ends well.

    Links are followed, and a device or a pipe is written to directly. Raises `FileRefused`.
    """
    target = _checked_target(path, overwrite)
    is_device = target.exists() and not target.is_file()
    temporary = target if is_device else _temporary_beside(target, path)
    try:
        yield temporary
        if not is_device:
            _sync(temporary)
            temporary.replace(target)
    except OSError as error:
        raise FileRefused(f"{path}: {_reason(error)}") from error
    finally:
        if not is_device:
            temporary.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Wait until what was written is on the disk: a rename alone could survive a crash without it."""
    with path.open("rb") as written:
        os.fsync(written.fileno())


def _checked_target(path: str, overwrite: bool) -> Path:
    """Return the path to write to: what links lead to, but a device or a pipe as it was named."""
    try:
        named = Path(path)
        if named.is_dir():
            raise FileRefused(f"{path}: is a directory, name a file in it")
        if named.exists() and not named.is_file():
            return named
        target = named.resolve()
        if not target.parent.is_dir():
            raise FileRefused(f"{path}: there is no directory {target.parent}")
        if target.exists() and not overwrite:
            raise FileRefused(f"{path}: exists already")
    except (OSError, RuntimeError, ValueError) as error:
        raise FileRefused(f"{path}: {_reason(error)}") from error
    return target


def _temporary_beside(target: Path, path: str) -> Path:
    """Create an empty file beside the target, with the permissions that it has or would get."""
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:40]}.", suffix=".tmp")
        os.close(handle)
        temporary = Path(name)
        temporary.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_umask())
    except OSError as error:
        raise FileRefused(f"{path}: {_reason(error)}") from error
    return temporary


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()
