"""Which process computes a simulation, said so that others on its host can tell when it is gone."""

import os
import socket
from pathlib import Path

PROC = Path("/proc")
# Of what stands after the name in /proc/PID/stat: the state, and the start in ticks since the host's start.
STATE, START = 0, 19


def this_process() -> str:
    """Return the host and number of this process, and where `/proc` tells, what makes them unmistakable."""
    pid = os.getpid()
    return f"{socket.gethostname()} process {pid} ({_host()} {_start(pid)})"


def is_gone(owner: str) -> bool:
    """Return whether ``owner``, as `this_process` said it, certainly lives no more: False if in doubt."""
    return _lives(owner) is False


def is_alive(owner: str) -> bool:
    """Return whether ``owner`` certainly lives: False if in doubt."""
    return _lives(owner) is True


def _lives(owner: str) -> bool | None:
    """Return whether ``owner`` lives, None where it can't be told from here."""
    name, _, rest = owner.partition(" (")
    host, _, start = rest.removesuffix(")").rpartition(" ")
    pid = name.rpartition(" ")[2]
    if not host or host != _host() or not pid.isdecimal() or not start.isdecimal():
        return None
    return _start(int(pid)) == start


def _host() -> str:
    """Return what only processes with the same numbering share: the host since its start, the namespace."""
    try:
        boot = (PROC / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {(PROC / 'self/ns/pid').readlink()}"
    except OSError:
        return ""


def _start(pid: int) -> str:
    """Return when a process started; nothing where there is none, or only what its parent has not reaped."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[STATE] in "ZX" else fields[START]
