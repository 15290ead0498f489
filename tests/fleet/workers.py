"""A worker of the fleet as a process that a test can kill, stop and listen to."""

import json
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.fleet import processes
from tests.fleet.faults import Faults
from tests.fleet.waiting import wait_for

# A busy machine of two cores starts several at once.
READY_S = 90.0
READY = "is ready"


@dataclass
class Worker:
    """One `manage.py worker`, or the same with faults."""

    env: Mapping[str, str]
    log: Path
    faults: Faults | None = None
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def start(self) -> "Worker":
        command = [sys.executable, "manage.py", "worker"]
        if self.faults is not None:
            command = [sys.executable, "-m", "tests.fleet.faulty_worker", self.faults.to_json()]
        self.process = processes.start(command, env=self.env, log=self.log)
        return self

    @property
    def index(self) -> int:
        return int(self.env["WORKER_INDEX"])

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    @property
    def lives(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def wait_until_ready(self, *, times: int = 1) -> None:
        """Wait until it has said so, in all its lives that share the log."""

        def look() -> bool:
            assert self.lives, f"the worker ended:\n{self.text()}"
            return len(self.said(READY)) >= times

        wait_for(
            look, f"worker {self.env.get('WORKER_INDEX')} to be ready:\n{self.text()}", patience_s=READY_S
        )

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def stop(self) -> None:
        self.signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self.signal(signal.SIGCONT)

    def kill(self) -> None:
        """End it as the kernel ends what takes too much memory."""
        assert self.process is not None
        processes.end(self.process)

    def wait(self, *, patience_s: float = 60.0) -> int:
        """Return the exit code."""
        assert self.process is not None
        return self.process.wait(timeout=patience_s)

    def close(self) -> None:
        if self.process is not None:
            processes.end(self.process)

    def text(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def records(self) -> list[dict[str, Any]]:
        """Return what it has logged."""
        found = []
        for line in self.text().splitlines():
            if line.startswith("{") and line.endswith("}"):
                found.append(json.loads(line))
        return found

    def said(self, text: str) -> list[dict[str, Any]]:
        """Return the records whose message has this text."""
        return [record for record in self.records() if text in record["message"]]

    def wait_to_say(self, *texts: str, patience_s: float = 30.0) -> dict[str, Any]:
        """Wait for a record whose message has one of these texts."""

        def look() -> list[dict[str, Any]]:
            return [record for text in texts for record in self.said(text)]

        return wait_for(look, f"a worker to say {' or '.join(texts)}", patience_s=patience_s)[-1]
