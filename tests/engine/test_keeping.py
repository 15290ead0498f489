"""A kept kernel is whole, or it is noticed, discarded and compiled again."""

import logging
import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from numba.core import config

from simulations.engine.keeping import SUFFIX, Damaged, is_kept, kernel_path, read_whole, write_whole
from simulations.engine.steps import entry_step
from tests.engine.damage import DAMAGES, unreadable

ROOT = Path(__file__).parents[2]
WRITE_FOR_EVER = """
import sys
from pathlib import Path
from simulations.engine.keeping import write_whole
write_whole(Path(sys.argv[1]), bytes(5_000_000))
print("written", flush=True)
while True:
    write_whole(Path(sys.argv[1]), bytes(5_000_000))
"""


def tripled(number):  # type: ignore[no-untyped-def]
    return 3 * number


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder that kernels are kept in during the test."""
    monkeypatch.setattr(config, "CACHE_DIR", str(tmp_path))
    return tmp_path


def a_process_needs_it() -> bool:
    """Call the kernel as a new process does, and return whether it had to be compiled."""
    kernel: Any = entry_step(tripled)
    assert kernel(14) == 42
    return bool(kernel.stats.cache_misses)


def kept_in(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_a_kernel_is_compiled_once(folder: Path) -> None:
    assert a_process_needs_it()
    assert is_kept("tripled")
    assert not a_process_needs_it()


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_kernel_is_noticed_and_compiled_again(
    folder: Path, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], None]
) -> None:
    a_process_needs_it()
    path = kept_in(folder)
    intact = path.read_bytes()
    damage(path)
    assert not is_kept("tripled")
    assert a_process_needs_it()
    (warning,) = caplog.messages
    assert (
        warning == f"the compiled kernel {path} can't be used: it is discarded and compiled again (damaged)"
    )
    assert len(path.read_bytes()) == len(intact)
    assert not a_process_needs_it()


def test_the_kernel_of_another_signature_is_not_taken_for_this_one(folder: Path) -> None:
    a_process_needs_it()
    (path,) = folder.iterdir()
    other = kernel_path("tripled", "another signature")
    shutil.copy(path, other)
    with pytest.raises(Damaged):
        read_whole(other)


def test_whole_bytes_that_are_no_kernel_are_discarded(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Another version of Python or numba might have written them."""
    a_process_needs_it()
    write_whole(kept_in(folder), b"no pickle")
    assert a_process_needs_it()
    assert "discarded and compiled again (" in caplog.text
    assert not a_process_needs_it()


def test_a_kernel_that_cannot_be_read_is_compiled_for_this_process(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    a_process_needs_it()
    unreadable(kept_in(folder))
    assert not is_kept("tripled")
    assert a_process_needs_it()
    assert [record.levelno for record in caplog.records] == [logging.WARNING] * 2
    assert caplog.messages[1].endswith("can't be kept: each start compiles it again (Is a directory)")


@contextmanager
def a_disk_that_takes(n_bytes: int) -> Iterator[None]:
    """Have writing fail in the middle of a file."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def test_a_full_disk_costs_nothing_but_compiling(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    with a_disk_that_takes(100):
        assert a_process_needs_it()
    assert "can't be kept: each start compiles it again (File too large)" in caplog.text
    assert list(folder.iterdir()) == []
    assert a_process_needs_it()
    assert not a_process_needs_it()


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "kernel"
    write_whole(path, b"before")
    with a_disk_that_takes(100), pytest.raises(OSError, match="File too large"):
        write_whole(path, bytes(1_000))
    assert read_whole(path) == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_whoever_reads_while_another_writes_or_is_killed_gets_it_whole(tmp_path: Path) -> None:
    path = tmp_path / f"kernel{SUFFIX}"
    command = [sys.executable, "-c", WRITE_FOR_EVER, str(path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        for _ in range(50):
            assert len(read_whole(path)) == 5_000_000
        writer.send_signal(signal.SIGKILL)
    assert len(read_whole(path)) == 5_000_000


def test_a_folder_that_is_not_there_is_no_hindrance(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(config, "CACHE_DIR", os.devnull + "/kernels")
    assert a_process_needs_it()
    assert "can't be kept" in caplog.text
