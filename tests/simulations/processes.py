"""`manage.py` as a process of its own, on a database that tests and processes share."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

CHECKOUT = Path(__file__).resolve().parents[2]
PATIENCE_S = 180


@dataclass(frozen=True)
class Manage:
    """Runs management commands on one database."""

    database_url: str

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, "DATABASE_URL": self.database_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Return the exit code and what was printed."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=PATIENCE_S)
        return process.returncode, out, err

    def json(self, *arguments: str) -> Any:
        """Return what a command that succeeds answers."""
        code, out, err = self.run(*arguments, "--json")
        assert code == 0, err
        return json.loads(out)

    def newest(self) -> dict[str, Any]:
        """Return the newest simulation as the list has it."""
        simulation: dict[str, Any] = self.json("simulations", "--limit", "1")["simulations"][0]
        return simulation

    def wait_for(self, condition: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """Wait until the newest simulation meets a condition."""
        deadline = time.monotonic() + PATIENCE_S
        while not condition(newest := self.newest()):
            assert time.monotonic() < deadline, newest
            time.sleep(0.2)
        return newest

    def wait_for_results(self) -> None:
        """Wait until a simulation has stored something; asked directly, since a command takes a second."""
        deadline = time.monotonic() + PATIENCE_S
        with self._connect() as connection:
            while connection.execute("SELECT count(*) FROM simulations_batchresult").fetchone() == (0,):
                assert time.monotonic() < deadline
                time.sleep(0.02)

    @contextmanager
    def _connect(self) -> Iterator[Any]:
        if self.database_url.startswith("sqlite"):
            with closing(sqlite3.connect(self.database_url.removeprefix("sqlite:///"))) as connection:
                yield connection
        else:
            with psycopg.connect(self.database_url, autocommit=True) as connection:
                yield connection
