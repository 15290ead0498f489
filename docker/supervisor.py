"""Processes that are kept running: started, restarted when they end, and stopped softly in order."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
POLL_S = 0.1
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
# A process that ran this long had come up: its next end is a new trouble, not the same one again.
SETTLED_S = 30.0
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)

Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Service:
    """One process to be kept running.

    Its lines are marked with ``name``; ``environment`` is added to this process's own; a soft stop may take
    ``grace_s``.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    grace_s: float = 30.0


class Kept:
    """A service's process, and the ones that follow when it ends."""

    def __init__(self, service: Service, say: Say) -> None:
        self.service = service
        self._say = say
        self._process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None
        self._started_at = 0.0
        self._due_at = 0.0
        self._pause_s = FIRST_PAUSE_S

    def keep(self) -> None:
        """Start the process when it is due; notice when it has ended. Called again and again."""
        now = time.monotonic()
        if self._process is None:
            if now >= self._due_at:
                self._start(now)
        elif (code := self._process.poll()) is not None:
            self._note_end(code, now)

    def ask_to_stop(self) -> None:
        if self._process is not None:
            self._process.terminate()

    def wait_for_stop(self, deadline: float) -> None:
        """Wait until the process has ended; kill what has not by the deadline."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._say(self.service.name, "does not stop: killed")
            self.kill()
            self._process.wait()
        self._finish_reading()
        self._process = None

    def kill(self) -> None:
        """End the process and what it started. It waits for nothing: a signal's handler calls it, too."""
        if self._process is not None:
            _signal_group(self._process.pid, signal.SIGKILL)

    def _start(self, now: float) -> None:
        self._process = subprocess.Popen(
            self.service.command,
            cwd=CHECKOUT,
            env={**os.environ, **self.service.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            # A terminal's Ctrl-C reaches the supervisor alone, which stops the others in order.
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        self._started_at = now
        self._reader = threading.Thread(target=self._read, args=(self._process,), daemon=True)
        self._reader.start()
        self._say(self.service.name, f"started, process {self._process.pid}")

    def _read(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdout is not None
        with process.stdout as lines:
            for line in lines:
                self._say(self.service.name, line.rstrip("\n"))

    def _finish_reading(self) -> None:
        if self._reader is not None:
            self._reader.join(timeout=2)

    def _note_end(self, code: int, now: float) -> None:
        assert self._process is not None
        # What it started and left behind would hold its port.
        _signal_group(self._process.pid, signal.SIGKILL)
        self._finish_reading()
        if now - self._started_at >= SETTLED_S:
            self._pause_s = FIRST_PAUSE_S
        self._say(self.service.name, f"{_how_it_ended(code)}; starts again in {self._pause_s:g} s")
        self._process = None
        self._due_at = now + self._pause_s
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)


class Supervisor:
    """Keeps services running until it is told to stop.

    ``groups`` stand in the order in which they are stopped; what is in one group stops at the same time.
    """

    def __init__(self, groups: Iterable[Sequence[Service]], say: Say) -> None:
        self._groups = [[Kept(service, say) for service in group] for group in groups]
        self._say = say
        self._asked = 0

    def run(self) -> None:
        """Keep everything running until SIGINT or SIGTERM; a second one kills."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note_signal)
        while not self._asked:
            for kept in self._all():
                kept.keep()
            time.sleep(POLL_S)
        self._say("stack", "stopping; once more kills")
        for group in self._groups:
            self._stop(group)

    def _all(self) -> Iterable[Kept]:
        return (kept for group in self._groups for kept in group)

    def _stop(self, group: Sequence[Kept]) -> None:
        started = time.monotonic()
        for kept in group:
            kept.ask_to_stop()
        for kept in group:
            kept.wait_for_stop(started + kept.service.grace_s)

    def _note_signal(self, *_: object) -> None:
        self._asked += 1
        if self._asked > 1:
            for kept in self._all():
                kept.kill()


def print_line(name: str, line: str) -> None:
    """Print a line marked with who wrote it, whole even where several threads print."""
    sys.stdout.write(f"{name:<9}| {line}\n")
    sys.stdout.flush()


def _how_it_ended(code: int) -> str:
    return f"ended with {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def _end_with_parent() -> None:
    """Let a supervisor that is killed leave nothing behind, where the system can do that (Linux)."""
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
