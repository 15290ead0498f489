"""A PostgreSQL server that takes as many connections as a fleet holds."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.databases import FALLBACK_URL

VERSIONS = Path("/usr/lib/postgresql")
# It refuses to run as root.
USER = "postgres" if os.getuid() == 0 else None
START_S = 30.0


@contextmanager
def server_for(n_connections: int) -> Iterator[str]:
    """Yield the URL of the server at hand, or of one started for this, where it has not so many to give."""
    url = os.environ.get("BINGOSIM_TEST_POSTGRES_URL", "").strip() or FALLBACK_URL
    free = _free_connections(url)
    if free >= n_connections:
        yield url
        return
    if not _programs().is_dir():
        raise BenchmarkRefused(
            f"{n_connections} connections are needed and the server has {free} to give: raise its "
            "max_connections, take fewer --workers, or install PostgreSQL here to have one started."
        )
    with _own_server(n_connections + 20) as url:
        yield url


def _free_connections(url: str) -> int:
    """Return how many more the server takes; 0 where it can't be reached."""
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
        data, port = folder / "data", _free_port()
        data.mkdir(mode=0o700)
        if USER:
            shutil.chown(data, USER)
        initdb = [str(_programs() / "initdb"), "--auth", "trust", "--username", "postgres", str(data)]
        made = _start(initdb, folder / "log")
        if made.wait():
            raise BenchmarkRefused(f"initdb failed: {_last_line(folder / 'log')}")
        settings = {
            "port": str(port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": str(max_connections),
            "shared_preload_libraries": "pg_stat_statements" if _knows_statements() else "",
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        server = _start([str(_programs() / "postgres"), "-D", str(data), *options], folder / "log")
        try:
            url = f"postgres://postgres@127.0.0.1:{port}/postgres"
            _await(url, server, folder / "log")
            yield url
        finally:
            server.send_signal(signal.SIGINT)  # its fast shutdown
            try:
                server.wait(timeout=30)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)  # the immediate one
                server.wait()


def _start(command: list[str], log: Path) -> "subprocess.Popen[bytes]":
    # Linux ends it where the benchmark is killed.
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    leash = [setpriv, "--pdeathsig", "QUIT"] if setpriv else []
    with log.open("ab") as output:
        return subprocess.Popen(
            [*leash, *command],
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=USER,
            group=USER,
            extra_groups=[] if USER else None,
        )


def _await(url: str, server: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_S
    while not _free_connections(url):
        if server.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkRefused(f"The server started for the benchmark did not answer: {_last_line(log)}")
        time.sleep(0.1)


def _programs() -> Path:
    """Return the folder of the newest version's programs, which is not there where none is installed."""
    found = sorted(VERSIONS.glob("*/bin/postgres"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else VERSIONS / "none"


def _knows_statements() -> bool:
    return (_programs().parent / "lib" / "pg_stat_statements.so").exists()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _last_line(log: Path) -> str:
    return next(iter(reversed(log.read_text(errors="replace").strip().splitlines())), "no reason given")
