"""A database that is there and can't: its disk is full, or it takes no writes."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.fleet.database import USER
from tests.fleet.fleet import Fleet

SIZE_BYTES = 1 << 20

Relieve = Callable[[], None]


@contextmanager
def full_disk(fleet: Fleet) -> Iterator[Relieve]:
    """Keep results on a small disk, which something else fills; yields what makes room."""
    place = Path(tempfile.mkdtemp(prefix="bingosim-disk-"))
    if not _mount(place):
        place.rmdir()
        pytest.skip("a small disk is made by mounting one, which takes root: run the tests as root")
    try:
        if USER is not None:
            shutil.chown(place, USER)
        fleet.query(f"CREATE TABLESPACE {fleet.name} LOCATION '{place}'")
        fleet.query(f"ALTER TABLE simulations_batchresult SET TABLESPACE {fleet.name}")
        with (place / "something-else").open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        yield (place / "something-else").unlink
        fleet.query("ALTER TABLE simulations_batchresult SET TABLESPACE pg_default")
        fleet.query(f"DROP TABLESPACE {fleet.name}")
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)
        place.rmdir()


@contextmanager
def read_only(fleet: Fleet) -> Iterator[Relieve]:
    """Refuse all that writes, as a server does that was demoted; yields what lets it write again."""
    _say(fleet, "SET default_transaction_read_only = on")
    try:
        yield lambda: _say(fleet, "RESET default_transaction_read_only")
    finally:
        _say(fleet, "RESET default_transaction_read_only")


def _say(fleet: Fleet, setting: str) -> None:
    fleet.query(f"ALTER SYSTEM {setting}")
    fleet.query("SELECT pg_reload_conf()")


def _mount(place: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES},mode=700", "tmpfs", str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
