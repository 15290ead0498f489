"""A database that is there and can't: its disk is full, it takes no writes, or no more connections."""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.fleet.database import MOST_CONNECTIONS, USER
from tests.fleet.fleet import Fleet

SIZE_BYTES = 1 << 20
# `superuser_reserved_connections`.
ADMINISTRATORS = 3
END_THE_WORKERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = %s AND usename <> 'postgres'
"""

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


@contextmanager
def no_connections(fleet: Fleet) -> Iterator[Relieve]:
    """Take all connections but those of administrators, and the workers' too; yields what gives them back."""
    with ExitStack() as held:
        ours = held.enter_context(_connection(fleet))
        # Whoever loses a connection may be quicker to get it back.
        while True:
            _take_all(fleet, held)
            if not ours.execute(END_THE_WORKERS, [fleet.name]).fetchall():
                break
        yield held.close


def _take_all(fleet: Fleet, held: ExitStack) -> None:
    """Hold what there is of connections, and leave three, which are an administrator's."""
    spare = []
    with suppress(psycopg.OperationalError):
        for _ in range(MOST_CONNECTIONS):
            spare.append(_connection(fleet))
    for connection in spare[:-ADMINISTRATORS]:
        held.enter_context(connection)
    for connection in spare[-ADMINISTRATORS:]:
        connection.close()


def _connection(fleet: Fleet) -> "psycopg.Connection[Any]":
    return psycopg.connect(fleet.database.url("postgres"), autocommit=True, connect_timeout=5)


def _say(fleet: Fleet, setting: str) -> None:
    fleet.query(f"ALTER SYSTEM {setting}")
    fleet.query("SELECT pg_reload_conf()")


def _mount(place: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE_BYTES},mode=700", "tmpfs", str(place)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0
