"""Commands as a user starts them: in processes of their own, with their time and memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.databases import used_bytes
from benchmarks.memory import PeakMemory, watch_memory

CHECKOUT = Path(__file__).resolve().parents[1]


class CommandFailed(RuntimeError):
    """A command did not succeed; the message is its last line on stderr."""


@dataclass(frozen=True)
class Finished:
    """A command that succeeded; ``wall_s`` from starting its process to its end."""

    out: str
    err: str
    wall_s: float
    memory: PeakMemory

    @property
    def answer(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Stored:
    """A `simulate` that succeeded: the command, what it printed, what it stored and how long that took.

    ``grown_bytes`` is by how much the database has grown.
    """

    command: Finished
    result: dict[str, Any]
    stored: dict[str, Any]
    grown_bytes: int


def run_python(*arguments: str, **variables: str) -> Finished:
    """Run Python in the checkout, with some environment variables; raise `CommandFailed`."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        with watch_memory(process.pid) as memory:
            out, err = process.communicate()
            wall_s = time.perf_counter() - started
    except BaseException:
        process.kill()
        raise
    if process.returncode:
        reason = (err.strip().splitlines() or ["no reason given"])[-1]
        raise CommandFailed(f"{' '.join(arguments[:4])}: {reason}")
    return Finished(out, err, wall_s, memory)


def manage(database_url: str, *arguments: str, **variables: str) -> Finished:
    return run_python("manage.py", *arguments, DATABASE_URL=database_url, **variables)


def prepare_database(database_url: str) -> None:
    """Make the tables and load the events that come with the project."""
    manage(database_url, "migrate", "--verbosity", "0")
    manage(database_url, "load_event", "--bundled", "--json")


def simulate(database_url: str, slug: str, n_runs: int, *, processes: int) -> Stored:
    """Run `simulate` with a watch on storing."""
    arguments = [
        "simulate",
        slug,
        "--runs",
        str(n_runs),
        "--seed",
        "benchmark",
        "--processes",
        str(processes),
    ]
    before = used_bytes(database_url)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = run_python(
            "-m", "benchmarks.watched_command", str(report), *arguments, "--json", DATABASE_URL=database_url
        )
        stored = json.loads(report.read_text())
    return Stored(command, command.answer, stored, used_bytes(database_url) - before)
