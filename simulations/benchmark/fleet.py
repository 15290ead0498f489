"""Real processes around a measurement: workers that are started and ended, and commands that are run."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from kombu import Connection

from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.databases import reachable, temporary_database
from simulations.benchmark.machine import process_cpu_s
from simulations.models import Worker
from simulations.queues import BROKER_ERRORS, broker_problem, explain_broker_error

# Compiling the kernels into an empty cache takes up to a minute.
READY_S = 180.0
STOP_S = 20.0
POLL_S = 0.1


@dataclass(frozen=True)
class Fleet:
    """A database, a broker and a namespace, in which workers work.

    ``alias`` is that of the database; ``variables`` are what processes need in their environment.
    """

    alias: str
    namespace: str
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str, given: str = "") -> Any:
        """Run a management command and return what it answers; raise `BenchmarkRefused` where it fails."""
        process = _start(arguments, self.variables, subprocess.PIPE)
        try:
            out, err = process.communicate(given)
        except BaseException:
            process.kill()
            raise
        if process.returncode:
            raise BenchmarkRefused(f"`{arguments[0]}` failed: {_last_line(err)}")
        return json.loads(out) if "--json" in arguments else None

    def queue(self, index: int) -> str:
        return f"{self.namespace}.sim.worker.{index}"


@dataclass(frozen=True)
class Crew:
    """The workers of a level; ``pids`` are those of the ones started here."""

    indexes: list[int]
    ready_s: float | None = None
    processes: list["subprocess.Popen[str]"] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)

    def check(self) -> None:
        """Raise `BenchmarkRefused` where a worker has ended."""
        for index, process, log in zip(self.indexes, self.processes, self.logs, strict=False):
            if process.poll() is not None:
                reason = _last_line(log.read_text(errors="replace"))
                raise BenchmarkRefused(f"Worker {index} ended with {process.returncode}: {reason}")

    def last_words(self) -> str:
        """Return the last line that each worker started here has logged."""
        lines = (_last_line(log.read_text(errors="replace")) for log in self.logs)
        return "; ".join(f"worker {index}: {line}" for index, line in zip(self.indexes, lines, strict=False))

    def cpu_s(self) -> float | None:
        """Return the processor time that the workers have used, where this machine tells."""
        used = [process_cpu_s(process.pid) for process in self.processes]
        return None if not used or None in used else sum(filter(None, used))


def check_broker() -> None:
    """Raise `BenchmarkRefused` where no broker can be used."""
    problem = broker_problem()
    if problem is None:
        try:
            with Connection(settings.BROKER_URL, connect_timeout=5) as broker:
                broker.ensure_connection(max_retries=1, timeout=5)
        except BROKER_ERRORS as error:
            problem = explain_broker_error(error)
    if problem:
        raise BenchmarkRefused(f"The benchmark needs RabbitMQ. {problem}")


@contextmanager
def own_fleet(document: str, server: str) -> Iterator[Fleet]:
    """Yield a fleet of its own, without workers yet, whose database holds the event, and remove it all."""
    check_broker()
    namespace = f"bingosim-benchmark-{secrets.token_hex(4)}"
    with temporary_database(server) as url, reachable(url) as alias:
        variables = {"DATABASE_URL": url, "BINGOSIM_NAMESPACE": namespace}
        fleet = Fleet(alias, namespace, variables)
        fleet.run("migrate", "--verbosity", "0")
        fleet.run("load_event", "-", "--json", given=document)
        yield fleet


def running_fleet() -> Fleet:
    """Return the fleet that the environment is of."""
    check_broker()
    return Fleet("default", settings.BINGOSIM_NAMESPACE)


@contextmanager
def hired(fleet: Fleet, n_workers: int) -> Iterator[Crew]:
    """Start so many workers, yield them once all take work, and end them."""
    with tempfile.TemporaryDirectory(prefix="bingosim-benchmark-") as folder:
        started = time.monotonic()
        indexes = list(range(n_workers))
        logs = [Path(folder) / f"worker-{index}.log" for index in indexes]
        processes: list[subprocess.Popen[str]] = []
        try:
            for index, log in zip(indexes, logs, strict=True):
                processes.append(_start_worker(fleet, index, n_workers, log))
            crew = Crew(indexes, None, processes, logs)
            _await_ready(fleet, crew)
            yield Crew(indexes, time.monotonic() - started, processes, logs)
        finally:
            _end(processes)
            _remove_queues(fleet, indexes)


def _await_ready(fleet: Fleet, crew: Crew) -> None:
    deadline = time.monotonic() + READY_S
    while Worker.objects.using(fleet.alias).live().count() < len(crew.indexes):
        crew.check()
        if time.monotonic() > deadline:
            raise BenchmarkRefused(f"The workers were not ready after {READY_S:.0f} s. {crew.last_words()}")
        time.sleep(POLL_S)


def _start_worker(fleet: Fleet, index: int, count: int, log: Path) -> "subprocess.Popen[str]":
    own = {"WORKER_INDEX": str(index), "WORKER_COUNT": str(count), "METRICS_PORT": "", "LOG_FORMAT": "text"}
    with log.open("w") as stderr:
        return _start(("worker",), {**fleet.variables, **own}, stderr.fileno())


def _start(arguments: tuple[str, ...], variables: dict[str, str], stderr: int) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        cwd=settings.BASE_DIR,
        env={**os.environ, **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE if stderr == subprocess.PIPE else subprocess.DEVNULL,
        stderr=stderr,
        text=True,
        # Ctrl-C is for the benchmark, which ends them itself.
        start_new_session=True,
    )


def _end(processes: list["subprocess.Popen[str]"]) -> None:
    for process in processes:
        process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_S
    for process in processes:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
        if process.poll() is None:
            process.kill()
            process.wait()
        if process.stdin:
            process.stdin.close()


def _remove_queues(fleet: Fleet, indexes: list[int]) -> None:
    """Remove the workers' queues, which would go by themselves, but only later."""
    with suppress(*BROKER_ERRORS), Connection(settings.BROKER_URL, connect_timeout=5) as broker:
        for name in [*map(fleet.queue, indexes), f"{fleet.namespace}.dead"]:
            with broker.channel() as channel, suppress(*broker.channel_errors):
                channel.queue_delete(name)
        with broker.channel() as channel, suppress(*broker.channel_errors):
            channel.exchange_delete(f"{fleet.namespace}.dead")


def _last_line(text: str) -> str:
    return next(iter(reversed(text.strip().splitlines())), "no reason given")
