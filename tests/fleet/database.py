"""A PostgreSQL that the tests start themselves, to stop it in the middle of things."""

import os
import secrets
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from tests.fleet import processes
from tests.fleet.waiting import free_port, wait_for
from tests.services import missing

VERSIONS = Path("/usr/lib/postgresql")
# It refuses to run as root.
USER = "postgres" if os.getuid() == 0 else None
START_S = 60.0
MOST_CONNECTIONS = 200


class Database:
    """One cluster, with its own port and folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        # Not in `folder`: pytest's lie in one that only its own user enters.
        self._data = Path(tempfile.mkdtemp(prefix="bingosim-postgresql-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._initialise()

    def url(self, name: str, *, port: int | None = None, user: str = "postgres", password: str = "") -> str:
        secret = f":{password}" if password else ""
        return f"postgres://{user}{secret}@127.0.0.1:{port or self.port}/{name}"

    def ensure_up(self) -> None:
        """Start it, unless it is there."""
        if not self._accepts():
            self.stop()
            self.start()

    def start(self) -> None:
        self._launch()
        self._wait_until_it_accepts()

    @contextmanager
    def recovering(self) -> Iterator[None]:
        """Let it crash, and hold it in recovery as long as the context lasts; then it goes on.

        It asks for its log, as one does that is brought back from a backup, and waits for the answer.
        """
        asks, hold = self._data / "recovery.signal", self._data / "hold"
        for file in (asks, hold):
            file.touch()
            if USER is not None:
                shutil.chown(file, USER)
        self.stop()
        self._launch(restore_command=f"while [ -e {hold} ]; do sleep 0.05; done; false")
        try:
            yield
        finally:
            hold.unlink()
        self._wait_until_it_accepts()

    def _launch(self, **more: str) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            "fsync": "off",
            "max_connections": str(MOST_CONNECTIONS),
            **more,
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        command = [str(_programs() / "postgres"), "-D", str(self._data), *options]
        self._process = processes.start(command, log=self.folder / "server.log", cwd="/", user=USER)

    def _wait_until_it_accepts(self) -> None:
        wait_for(self._accepts_or_died, f"PostgreSQL in {self.folder}", patience_s=START_S)

    def stop(self) -> None:
        """End it at once, as a crash would: sessions break off, and the next start recovers."""
        if self._process is not None:
            if self._process.poll() is None:
                self._process.send_signal(signal.SIGQUIT)
                self._process.wait(timeout=30)
            self._process = None

    def close(self) -> None:
        self.stop()
        shutil.rmtree(self._data, ignore_errors=True)

    def create(self, name: str, *, template: str = "template1") -> None:
        self._administer("CREATE DATABASE {} TEMPLATE {}", name, template)

    def drop(self, name: str) -> None:
        self._administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def create_user(self, password: str) -> str:
        """Return the name of a user whose password is asked for."""
        name = f"user_{secrets.token_hex(4)}"
        self._administer(f"CREATE USER {{}} PASSWORD '{password}'", name)
        return name

    def query(self, database: str, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=5) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def _administer(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _initialise(self) -> None:
        if USER is not None:
            shutil.chown(self._data, USER)
        command = [str(_programs() / "initdb"), "--auth", "trust", "--username", "postgres", "--no-sync"]
        log = self.folder / "initdb.log"
        made = processes.start([*command, str(self._data)], log=log, cwd="/", user=USER).wait(timeout=120)
        assert made == 0, log.read_text()
        access = self._data / "pg_hba.conf"
        # Whoever is not the administrator has to know a password.
        access.write_text("host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n")

    def _accepts(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=3).close()
        except psycopg.Error:
            return False
        return True

    def _accepts_or_died(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self.folder / "server.log").read_text()[-2000:]
        return self._accepts()


def require_postgresql() -> None:
    """Skip the test where no PostgreSQL can be started."""
    if not _programs().is_dir():
        missing("no PostgreSQL is installed, of which tests start their own: `apt-get install postgresql`")


def _programs() -> Path:
    """Return the folder of the newest version's programs."""
    found = sorted(VERSIONS.glob("*/bin"), key=lambda path: float(path.parent.name))
    return found[-1] if found else VERSIONS / "none"
