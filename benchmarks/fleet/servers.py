"""Server processes that are started for one run, and how they end with it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from simulations.benchmark import BenchmarkRefused

POLL_S = 0.1
END_S = 30.0


def start(
    command: Sequence[str],
    log: Path,
    *,
    cwd: Path | str = "/",
    env: Mapping[str, str] | None = None,
    user: str | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a process in a group of its own, whose output is added to ``log``."""
    # Linux ends it where the benchmark is killed.
    setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
    leash = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
    with log.open("ab") as output:
        return subprocess.Popen(
            [*leash, *command],
            cwd=cwd,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=[] if user else None,
        )


def await_answer(
    answers: Callable[[], bool],
    process: "subprocess.Popen[bytes]",
    log: Path,
    *,
    what: str,
    patience_s: float,
) -> None:
    """Wait until a server answers; raise `BenchmarkRefused` with its last line where it doesn't."""
    deadline = time.monotonic() + patience_s
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise BenchmarkRefused(f"{what}, started for the benchmark, does not answer: {last_line(log)}")
        time.sleep(POLL_S)


def end(process: "subprocess.Popen[bytes]", gently: signal.Signals) -> None:
    """End a process and its group: gently, and where that takes too long, not."""
    if process.poll() is None:
        process.send_signal(gently)
    with suppress(subprocess.TimeoutExpired):
        process.wait(END_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=2):
        return True
    return False


def last_line(log: Path) -> str:
    return next(iter(reversed(log.read_text(errors="replace").strip().splitlines())), "no reason given")
