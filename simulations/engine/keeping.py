"""How a compiled kernel is kept: in a file of its own, which is whole or counts for nothing.

numba's own files are read unchecked, and power loss or a full disk may leave half of one: reading
that fails, and machine code that was damaged crashes the process. So a file begins with a checksum
of all that follows, and one that doesn't agree is discarded and compiled anew. It is written under
another name first, to the disk, and then renamed.
"""

import contextlib
import hashlib
import logging
import os
import pickle
import uuid
from pathlib import Path

from numba.core import config
from numba.core.caching import NullCache
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

SUFFIX = ".kernel"
CHECKSUM_BYTES = hashlib.sha256().digest_size

logger = logging.getLogger(__name__)


class Damaged(Exception):
    """A file is not what was written to it."""


class KernelCache(NullCache):
    """What numba asks for a kernel before it compiles one, and gives it afterwards.

    The folder's name says what the kernels depend on, so that files need only tell signatures apart.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def cache_path(self) -> str:
        return str(config.CACHE_DIR)

    def load_overload(self, sig, target_context):
        """Return the kernel for a signature; None where none is kept that can be used."""
        target_context.refresh()
        path = kernel_path(self._name, sig)
        try:
            return CompileResult._rebuild(target_context, *pickle.loads(read_whole(path)))
        except FileNotFoundError:
            return None
        except Exception as error:  # unpickling and LLVM raise whatever they please
            text = "the compiled kernel %s can't be used: it is discarded and compiled again (%s)"
            logger.warning(text, path, str(error) or type(error).__name__)
            with contextlib.suppress(OSError):
                path.unlink()
            return None

    def save_overload(self, sig, data) -> None:
        """Keep a kernel; where that fails it is used all the same, and the next process compiles it again."""
        path = kernel_path(self._name, sig)
        try:
            write_whole(path, dumps(data._reduce()))
        except OSError as error:
            text = "the compiled kernel %s can't be kept: each start compiles it again (%s)"
            logger.warning(text, path, error.strerror)


def is_kept(name: str) -> bool:
    """Return whether a kernel of this name is kept, and whole."""
    return any(_is_whole(path) for path in Path(config.CACHE_DIR).glob(f"{name}-*{SUFFIX}"))


def kernel_path(name: str, signature: object) -> Path:
    """Return where the kernel of this name and signature is kept."""
    return (
        Path(config.CACHE_DIR) / f"{name}-{hashlib.sha256(repr(signature).encode()).hexdigest()[:8]}{SUFFIX}"
    )


def read_whole(path: Path) -> bytes:
    """Return what `write_whole` wrote; raise `Damaged` where the file holds anything else."""
    content = path.read_bytes()
    checksum, data = content[:CHECKSUM_BYTES], content[CHECKSUM_BYTES:]
    if checksum != _checksum(path, data):
        raise Damaged("damaged")
    return data


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that, whatever happens meanwhile, it is there whole or as it was before."""
    # Containers share a folder, and often their process ids.
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
    try:
        with draft.open("wb") as file:
            file.write(_checksum(path, data) + data)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _is_whole(path: Path) -> bool:
    try:
        read_whole(path)
    except (OSError, Damaged):
        return False
    return True


def _checksum(path: Path, data: bytes) -> bytes:
    """Return the checksum of a file; its name is part of it, so that no file passes for another."""
    return hashlib.sha256(path.name.encode() + b"\0" + data).digest()
