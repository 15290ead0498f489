"""One run of the simulated fleet: start the crews, let them idle, let them work, and take the difference."""

import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from kombu import Connection
from kombu.exceptions import KombuError

from benchmarks.fleet.counters import Counters, connections, open_files
from events.document import EventDocument, canonical_json
from events.management.documents import bundled_files, read_documents
from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.sampling import Sampler
from simulations.compiled import compile_frozen
from simulations.compute import Computer
from simulations.engine import Engine
from simulations.models import MAX_RUNS, Mode
from simulations.queues import dead_letter_queue, worker_queue_name
from simulations.services import create_simulation
from simulations.services.steering import SteeringRefused, cancel
from simulations.sizing import AIM_S
from simulations.spans import Span
from simulations.storage import Computed

CHECKOUT = Path(__file__).resolve().parents[2]
SEED = "1"
STOP_S = 30.0
WARM_S = 2.0
# Some heartbeats, at least.
LEAST_IDLE_S, MOST_IDLE_S = 2.5, 15.0
# More would wait for each other in one interpreter, and hold their locks in the database meanwhile.
IDENTITIES_A_PROCESS = 10


@dataclass(frozen=True)
class Wanted:
    """What is to be measured."""

    workers: int
    seconds: float
    batch_s: float
    simulations: int
    event: str


@dataclass
class Window:
    """What happened within some seconds: differences of totals, and the waits in between."""

    seconds: float
    sums: dict[str, float]
    waits: dict[str, list[float]]


@dataclass
class Outcome:
    """What one run came to."""

    wanted: Wanted
    batch: Computed
    idle: Window
    load: Window
    connections: int
    broker_files: int | None
    statements: list[dict[str, Any]]
    sessions: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


def run(wanted: Wanted, say: Callable[[str], None]) -> Outcome:
    """Measure on the database and in the namespace of the settings, which belong to this run alone."""
    document = _bundled(wanted.event)
    say(f"computing one batch of {wanted.event}")
    batch = compute_batch(document)
    call_command("migrate", verbosity=0)
    with _crews(wanted, batch) as crews:
        counters = Counters(os.environ["DATABASE_URL"], settings.BROKER_URL or "", crews.pids)
        idle_s = min(MOST_IDLE_S, max(LEAST_IDLE_S, wanted.seconds / 4))
        say(f"{wanted.workers} workers are ready, and idle for {idle_s:.0f} s")
        idle = _window(idle_s, crews, counters)
        ids = _ask_for_work(document, wanted, batch.span.n_runs)
        warm_s = WARM_S + 2 * wanted.batch_s
        say(f"they get work; after {warm_s:.0f} s, {wanted.seconds:.0f} s are measured")
        time.sleep(warm_s)
        counters.forget_statements()
        with Sampler("default", []) as sampler:
            load = _window(wanted.seconds, crews, counters)
        outcome = Outcome(
            wanted,
            batch,
            idle,
            load,
            connections(),
            open_files(counters.broker),
            counters.statements(),
            sampler.database(),
        )
        for simulation_id in ids:
            with suppress(SteeringRefused):  # it has ended
                cancel(simulation_id)
    outcome.warnings = crews.warnings
    return outcome


def compute_batch(document: EventDocument) -> Computed:
    """Return what as many runs come to as batches aim at on a core of this machine."""
    computer = Computer(Engine(compile_frozen(canonical_json(document)), SEED))
    for span in (Span(0, 16), Span(16, 500)):
        warmed = computer.compute(span, between=lambda: True)
    n_runs = max(1, int(warmed.span.n_runs / warmed.simulate_s * AIM_S))
    return computer.compute(Span(1000, n_runs), between=lambda: True)


class _Crews:
    """The processes with the identities."""

    def __init__(self) -> None:
        self.processes: list[subprocess.Popen[str]] = []
        self.logs: list[Path] = []
        self.warnings: list[str] = []

    @property
    def pids(self) -> list[int]:
        return [process.pid for process in self.processes]

    def ask(self) -> list[dict[str, Any]]:
        """Return the answer of each; raise `BenchmarkRefused` where one has ended."""
        for process in self.processes:
            with suppress(BrokenPipeError):
                _stream(process.stdin).write("\n")
                _stream(process.stdin).flush()
        return [self.answer(position) for position in range(len(self.processes))]

    def answer(self, position: int) -> dict[str, Any]:
        line = _stream(self.processes[position].stdout).readline()
        if not line:
            reason = self.logs[position].read_text(errors="replace").strip().splitlines()[-1:]
            raise BenchmarkRefused(f"A process with workers ended: {''.join(reason) or 'no reason given'}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        for process in self.processes:
            with suppress(BrokenPipeError):
                _stream(process.stdin).close()
        deadline = time.monotonic() + STOP_S
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait()
            _stream(process.stdout).close()
        lines = [line for log in self.logs for line in log.read_text(errors="replace").splitlines()]
        self.warnings = [line for line in lines if " WARNING " in line or " ERROR " in line]


@contextmanager
def _crews(wanted: Wanted, batch: Computed) -> Iterator[_Crews]:
    """Yield the processes once all of their identities take work, and end them, with their queues."""
    crews = _Crews()
    with tempfile.TemporaryDirectory(prefix="bingosim-fleet-") as name:
        role = Path(name) / "role"
        role.write_bytes(pickle.dumps((batch, wanted.batch_s)))
        with ExitStack() as ending:
            ending.callback(_remove_queues, wanted.workers)
            ending.callback(crews.end)
            for first in range(0, wanted.workers, IDENTITIES_A_PROCESS):
                log = Path(name) / f"crew-{first}.log"
                count = min(IDENTITIES_A_PROCESS, wanted.workers - first)
                crews.processes.append(_start_crew(first, count, role, log))
                crews.logs.append(log)
            for position in range(len(crews.processes)):
                crews.answer(position)
            yield crews


def _start_crew(first: int, count: int, role: Path, log: Path) -> "subprocess.Popen[str]":
    with log.open("w") as errors:
        return subprocess.Popen(
            [sys.executable, "-m", "benchmarks.fleet.crew", str(first), str(count), str(role)],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            # Ctrl-C is for the benchmark, which ends them itself; without it they end, too.
            start_new_session=True,
        )


def _window(seconds: float, crews: _Crews, counters: Counters) -> Window:
    before, started = _sums(crews.ask(), counters), time.monotonic()
    time.sleep(seconds)
    answers = crews.ask()
    after, ended = _sums(answers, counters), time.monotonic()
    waits: dict[str, list[float]] = {}
    for answer in answers:
        for name, values in answer["waits"].items():
            waits.setdefault(name, []).extend(values)
    return Window(ended - started, {name: after[name] - before.get(name, 0.0) for name in after}, waits)


def _sums(answers: list[dict[str, Any]], counters: Counters) -> dict[str, float]:
    total: Counter[str] = Counter()
    for answer in answers:
        total.update(answer["sums"])
    return {**_floats(total), **counters.read()}


def _floats(values: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in values.items()}


def _ask_for_work(document: EventDocument, wanted: Wanted, batch_runs: int) -> list[str]:
    """Ask for more than is done in the time: what is measured has no end."""
    batches = 2 * wanted.workers * (wanted.seconds + WARM_S + 3 * wanted.batch_s) / wanted.batch_s
    n_runs = ceil(batches * batch_runs)
    n_simulations = max(wanted.simulations, ceil(n_runs / MAX_RUNS))
    simulations = [
        create_simulation(
            document=document,
            n_runs=min(MAX_RUNS, ceil(n_runs / n_simulations) + 1),
            seed=str(number),
            batch_size=batch_runs,
            mode=Mode.DISTRIBUTED,
        )
        for number in range(n_simulations)
    ]
    return [simulation.pk for simulation in simulations]


def _bundled(slug: str) -> EventDocument:
    bundled = {document.slug: document for document in read_documents(bundled_files()).values()}
    if slug not in bundled:
        raise BenchmarkRefused(f"No bundled event is called {slug!r}: there are {', '.join(bundled)}.")
    return bundled[slug]


def _remove_queues(n_workers: int) -> None:
    """Remove the workers' queues, which would go by themselves, but only later."""
    dead = dead_letter_queue()
    with suppress(KombuError, OSError), Connection(settings.BROKER_URL, connect_timeout=5) as broker:
        for name in [*map(worker_queue_name, range(n_workers)), dead.name]:
            with suppress(*broker.channel_errors), broker.channel() as channel:
                channel.queue_delete(name)
        for name in (dead.exchange.name, f"{settings.BINGOSIM_NAMESPACE}.events"):
            with suppress(*broker.channel_errors), broker.channel() as channel:
                channel.exchange_delete(name)
    connection.close()


def _stream(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
