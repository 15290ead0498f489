"""A PostgreSQL server that takes as many connections as a fleet holds."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from benchmarks.fleet.servers import await_answer, end, free_port, last_line, start
from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.databases import spare_server_url

# The thread that works, the heart, and the index.
CONNECTIONS_A_WORKER = 3
SPARE_CONNECTIONS = 10
VERSIONS = Path("/usr/lib/postgresql")
# It refuses to run as root.
USER = "postgres" if os.getuid() == 0 else None
START_S = 30.0


@contextmanager
def database_server(n_workers: int) -> Iterator[str]:
    """Yield the URL of the server at hand, or of one started for this, where that has too few connections."""
    needed = CONNECTIONS_A_WORKER * n_workers + SPARE_CONNECTIONS
    url = spare_server_url()
    free = _free_connections(url)
    if free >= needed:
        yield url
        return
    if not _programs().is_dir():
        raise BenchmarkRefused(
            f"{n_workers} workers need {needed} connections and the server at hand has {free} to give: raise "
            "its max_connections, take fewer --workers, or install PostgreSQL here to have one started."
        )
    with _own_server(needed + 20) as url:
        yield url


def _free_connections(url: str) -> int:
    """Return how many more connections a server takes; 0 where it can't be reached."""
    with suppress(psycopg.Error), psycopg.connect(url, connect_timeout=3) as connection:
        row = connection.execute(
            "SELECT current_setting('max_connections')::int"
            " - current_setting('superuser_reserved_connections')::int"
            " - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')"
        ).fetchone()
        return int(row[0]) if row else 0
    return 0


@contextmanager
def _own_server(max_connections: int) -> Iterator[str]:
    """Yield the URL of a server with the settings that PostgreSQL comes with, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="bingosim-fleet-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        data, log, port = folder / "data", folder / "log", free_port()
        data.mkdir(mode=0o700)
        if USER:
            shutil.chown(data, USER)
        initdb = [str(_programs() / "initdb"), "--auth", "trust", "--username", "postgres", str(data)]
        if start(initdb, log, user=USER).wait():
            raise BenchmarkRefused(f"initdb failed: {last_line(log)}")
        settings = {
            "port": str(port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(max_connections),
            "shared_preload_libraries": "pg_stat_statements" if _knows_statements() else "",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = start([str(_programs() / "postgres"), "-D", str(data), *options], log, user=USER)
        url = f"postgres://postgres@127.0.0.1:{port}/postgres"
        try:
            await_answer(
                lambda: _free_connections(url) > 0, server, log, what="PostgreSQL", patience_s=START_S
            )
            yield url
        finally:
            end(server, signal.SIGINT)  # its fast shutdown


def _programs() -> Path:
    """Return the folder of the newest version's programs, which is not there where none is installed."""
    found = sorted(VERSIONS.glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else VERSIONS / "none"


def _knows_statements() -> bool:
    return (_programs().parent / "lib" / "pg_stat_statements.so").exists()
