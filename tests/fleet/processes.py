"""Processes that a test starts: they end with it, by their id, however it ends."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
# Linux ends them even where the tests themselves are killed.
LEASH = ("--pdeathsig", "KILL") if sys.platform == "linux" else ()


def start(
    command: Sequence[str],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = CHECKOUT,
    user: str | None = None,
) -> "subprocess.Popen[bytes]":
    """Start a process in a group of its own, whose output is added to ``log``."""
    leash = list(LEASH)
    if user is not None:
        leash += ["--reuid", user, "--regid", user, "--clear-groups"]
    setpriv = shutil.which("setpriv")
    prefix = [setpriv, *leash] if setpriv and leash else []
    with log.open("ab") as output:
        return subprocess.Popen(
            [*prefix, *command],
            cwd=cwd,
            env=None if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end(process: "subprocess.Popen[bytes]") -> None:
    """Kill a process and its group, unless it ended by itself."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
