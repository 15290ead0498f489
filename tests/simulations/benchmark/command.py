"""The benchmark command in a process of its own, and what it leaves on the way."""

import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.on_postgresql import SERVER_URL
from tests.services import BROKER_URL
from tests.simulations.processes import CHECKOUT

NOBODY = "127.0.0.1:9"
PATIENCE_S = 180
SERVICES = {"DATABASE_URL": "", "BROKER_URL": BROKER_URL, "BINGOSIM_BENCHMARK_SERVER": SERVER_URL}


def benchmark(*arguments: str, **variables: str) -> tuple[int, str, str]:
    """Run the command in a process of its own; return its exit code and what it printed."""
    return ended(start(*arguments, **variables))


def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "benchmark", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, **SERVICES, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("only Linux tells the children of a process")
    deadline = time.monotonic() + 10
    while not (pids := [int(pid) for pid in children.read_text().split()]):
        assert time.monotonic() < deadline
    return pids


def databases(pid: int) -> list[str]:
    """Return the databases that a benchmark has on the server."""
    with psycopg.connect(SERVER_URL) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"bingosim_benchmark_{pid}_"]
        )
        return [str(name) for (name,) in rows]
