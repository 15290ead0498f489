"""The parent's side: computing processes that are handed spans and replaced when they die."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.reduction import send_handle
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulations.crowding import crowding
from simulations.localrun.messages import Crashed, Died, Fork, Job, Ready, Reap
from simulations.spans import Span

CHECKOUT = Path(__file__).resolve().parents[2]
PAUSE_S = 0.1
# What hearing from a process that is gone raises: one that died while it sent leaves part of a message,
# which is a plain OSError.
GONE = (EOFError, OSError)


class ServerFailed(Exception):
    """The server could not do what it was asked; the message is its traceback."""


@dataclass(eq=False)
class Process:
    """A computing process and the span that it works on."""

    pid: int
    channel: Connection
    server_pid: int
    span: Span | None = None


class Pool:
    """``n_processes`` computing processes behind one server.

    The server starts at once and loads the kernels while the caller does other things; `wait` brings
    its messages and the results. A context manager: leaving it ends all processes.
    """

    def __init__(self, n_processes: int) -> None:
        self.n_processes = n_processes
        self.processes: list[Process] = []
        self._job: Job | None = None
        self._failures: list[Crashed] = []
        self._ready = False
        self.preparing_since = time.monotonic()
        # Before any process of its own is among those that want a core.
        self.crowding = crowding(n_processes)
        self._start_server()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def give(self, job: Job) -> None:
        """Say what is to be computed from now on; what was computed for another job is given up."""
        self._end_processes()
        if self._job is not None:
            self.preparing_since = time.monotonic()
        self._job = job
        self._fill()

    def idle(self) -> list[Process]:
        return [process for process in self.processes if process.span is None]

    def busy(self) -> bool:
        return any(process.span is not None for process in self.processes)

    def assign(self, process: Process, span: Span) -> None:
        process.span = span
        # A process that has just died is noticed by `wait`, which returns its span.
        with suppress(ConnectionError):
            process.channel.send(span)

    def wait(self, timeout_s: float, wake: Iterable[int] = ()) -> list[Any]:
        """Return the messages that arrive within a time; a readable descriptor of ``wake`` cuts it short."""
        channels = {process.channel: process for process in self.processes}
        waiting: list[Any] = [*channels, *wake]
        if not self._ready:
            waiting.append(self._control)
        messages: list[Any] = []
        for source in wait(waiting, timeout_s):
            if source is self._control:
                messages.append(self._hear_server())
            elif source in channels:
                messages.append(self._hear(channels[source]))
        self._fill()
        failures, self._failures = self._failures, []
        return messages + failures

    def close(self) -> None:
        """End all processes at once, whatever they compute."""
        self._end_processes()
        self._control.close()
        self._server.kill()
        self._server.wait()

    def _end_processes(self) -> None:
        for process in self.processes:
            # While the server lives it has not reaped them, so their ids still mean them. Those of a dead
            # one end with it, and their ids may mean others by now.
            if self._is_server_of(process):
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
            process.channel.close()
        self.processes.clear()

    def _is_server_of(self, process: Process) -> bool:
        return process.server_pid == self._server.pid and self._server.poll() is None

    def _start_server(self) -> None:
        mine, theirs = socket.socketpair()
        path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
        with theirs:
            self._server = subprocess.Popen(
                [sys.executable, "-m", "simulations.localrun.server", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
                process_group=0,  # a Ctrl-C on the terminal is the parent's to handle
            )
        self._control = Connection(mine.detach())
        self._ready = False

    def _fill(self) -> None:
        """Fork what is missing of the processes, once the kernels are loaded."""
        while self._ready and self._job and len(self.processes) < self.n_processes:
            try:
                self._start_process(self._job)
            except ServerFailed as failed:
                self._failures.append(Crashed(str(failed)))
                self._restart_server()
            except GONE:
                self._restart_server()

    def _start_process(self, job: Job) -> None:
        mine, theirs = socket.socketpair()
        with mine, theirs:
            pid = self._ask(Fork(), theirs.fileno())
            process = Process(pid, Connection(mine.detach()), self._server.pid)
        self.processes.append(process)
        with suppress(ConnectionError):
            process.channel.send(job)

    def _ask(self, command: Fork | Reap, handle: int | None = None) -> int:
        """Return the server's answer to a command; raise `ServerFailed`, or `GONE` where there is none."""
        self._control.send(command)
        if handle is not None:
            send_handle(self._control, handle, self._server.pid)
        answer = self._control.recv()
        if isinstance(answer, Crashed):
            raise ServerFailed(answer.error)
        return int(answer)

    def _restart_server(self) -> None:
        self._control.close()
        self._server.kill()
        self._server.wait()
        time.sleep(PAUSE_S)
        self._start_server()

    def _hear_server(self) -> Any:
        try:
            message = self._control.recv()
        except GONE:
            return Crashed(f"The process that starts others ended: {_reason(self._server.wait())}.")
        self._ready = isinstance(message, Ready)
        return message

    def _hear(self, process: Process) -> Any:
        try:
            message = process.channel.recv()
            process.span = None
        except GONE:
            return self._bury(process)
        return message

    def _bury(self, process: Process) -> Died:
        self.processes.remove(process)
        process.channel.close()
        return Died(process.span, self._reason_of_death(process))

    def _reason_of_death(self, process: Process) -> str:
        if process.server_pid == self._server.pid:
            try:
                return _reason(self._ask(Reap(process.pid)))
            except ServerFailed:
                return "a cause that its server could not tell"
            except GONE:
                pass
        return "the death of its server"


def _reason(exit_code: int) -> str:
    if exit_code >= 0:
        return f"exit code {exit_code}"
    name = signal.Signals(-exit_code).name
    return f"{name}, perhaps for want of memory" if name == "SIGKILL" else name
