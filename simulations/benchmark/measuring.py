"""From a number of workers to what a simulation by them came to."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from typing import Any

from django.db import connections
from django.db.models import Count, Q

from events.document import EventDocument, canonical_json
from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.criteria import ENOUGH_WORK_S, REFERENCE_RUNS, SPRING, SUMMER, SUMMER_RUNS
from simulations.benchmark.fleet import Crew, Fleet, hired, own_fleet, running_fleet
from simulations.benchmark.levels import Level
from simulations.benchmark.machine import describe_machine, describe_services, machine_cpu_s
from simulations.benchmark.outcome import Outcome
from simulations.benchmark.sampling import Sampler, counters
from simulations.benchmark.windows import Finished
from simulations.models import (
    ACTIVE,
    LEASE_S,
    RECONCILE_S,
    Batch,
    BatchStatus,
    Simulation,
    SimulationStatus,
    Worker,
)
from simulations.services import cancel, delete

NAME = "benchmark"
# Of its own, so that workers know nothing of the other simulation when they begin one.
WARMUP_SEED, REFERENCE_SEED = "warm-up", "reference"
FIRST_WARMUP_RUNS = 1000
# Each worker is warm when it has simulated for so long: kernels get faster as they remember plans.
WARM_S = 1.5
WARMUPS = 5
# More than enough, since the warm-up measures the speed only roughly.
AIM_S = 1.25 * ENOUGH_WORK_S
POLL_S = 0.25
STUCK_S = 60.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What to measure; without ``n_runs`` as many as give one worker enough to do."""

    document: EventDocument
    workers: Sequence[int]
    seed: str
    n_runs: int | None = None


def measure_own(request: Request, tell: Tell) -> Outcome:
    """Measure each number of workers with processes started for it, on a database made for it."""
    tell("Making a database")
    with own_fleet(canonical_json(request.document)) as fleet:
        measurement = _Measurement(request, fleet, tell)
        for n_workers in request.workers:
            tell(f"Starting {_workers(n_workers)}")
            with hired(fleet, n_workers) as crew:
                measurement.add(crew)
        return measurement.outcome()


def measure_running(request: Request, tell: Tell) -> Outcome:
    """Measure the workers that are running; what they simulate for it is deleted afterwards."""
    fleet = running_fleet()
    indexes = list(Worker.objects.live().values_list("index", flat=True))
    if list(request.workers) != [len(indexes)]:
        raise BenchmarkRefused(f"{_workers(len(indexes))} are running: the benchmark can measure these only.")
    if busy := Simulation.objects.active_distributed().count():
        raise BenchmarkRefused(f"The workers are busy: {busy} simulations are active, wait until they end.")
    # What they did until now is in their figures after the next heartbeat.
    time.sleep(2 * RECONCILE_S)
    measurement = _Measurement(request, fleet, tell)
    with _forgetting():
        measurement.add(Crew(indexes))
        return measurement.outcome()


class _Measurement:
    """Levels, one after the other, all of the same runs with the same seed."""

    def __init__(self, request: Request, fleet: Fleet, tell: Tell) -> None:
        self.request = request
        self.fleet = fleet
        self.tell = tell
        self.slug = request.document.slug
        self.n_runs = request.n_runs or (SUMMER_RUNS if self.slug == SUMMER else None)
        self.levels: list[Level] = []
        self.reference: list[Level] = []

    def add(self, crew: Crew) -> None:
        """Warm the workers up and measure them."""
        warmup, runs_per_s = self._warm_up(crew)
        self.n_runs = self.n_runs or chosen_runs(runs_per_s)
        if self.slug == SPRING and self.request.n_runs is None and self.n_runs != REFERENCE_RUNS:
            self.reference.append(self._measured(crew, REFERENCE_RUNS, REFERENCE_SEED, warmup))
        self.levels.append(self._measured(crew, self.n_runs, self.request.seed, warmup))
        for levels in (self.levels, self.reference):
            if len({level.digest for level in levels}) > 1:
                digests = ", ".join(f"{level.digest} with {level.workers}" for level in levels)
                raise BenchmarkRefused(f"Numbers of workers came to different results: {digests}.")

    def outcome(self) -> Outcome:
        fleet = self.fleet
        machine = {**describe_machine(), **describe_services(fleet.alias)}
        return Outcome(self.slug, self.request.seed, machine, self.levels, self.reference)

    def _warm_up(self, crew: Crew) -> tuple[list[Level], float]:
        """Simulate until each worker has done so for a while; return that and one worker's speed.

        Under another seed, so that nothing of what is measured is known before.
        """
        n_runs, n_workers, levels = FIRST_WARMUP_RUNS, len(crew.indexes), list[Level]()
        for _ in range(WARMUPS):
            level = simulate(self.fleet, crew, self.slug, n_runs, WARMUP_SEED)
            levels.append(level)
            runs_per_s = level.runs / sum(batch.simulate_s for batch in level.finished)
            if min(_simulated_s(level)) >= WARM_S / 2:
                return levels, runs_per_s
            n_runs = max(n_workers, round(runs_per_s * WARM_S * n_workers))
        raise BenchmarkRefused(f"Not every one of {_workers(n_workers)} got work in the warm-up.")

    def _measured(self, crew: Crew, n_runs: int, seed: str, warmup: list[Level]) -> Level:
        self.tell(f"{n_runs:,} runs by {_workers(len(crew.indexes))}")
        measured = simulate(self.fleet, crew, self.slug, n_runs, seed)
        warm_s, warm_runs = sum(level.elapsed_s for level in warmup), sum(level.runs for level in warmup)
        level = replace(measured, warmup_s=warm_s, warmup_runs=warm_runs)
        self.tell(f"  {level.elapsed_s:.2f} s, {level.runs_per_s:,.0f} runs/s, digest {level.digest}")
        return level


def chosen_runs(runs_per_s: float) -> int:
    """Return a round number of runs that are enough work for one worker."""
    wanted = runs_per_s * AIM_S
    step = 10 ** max(0, len(str(int(wanted))) - 2)
    return int(-(-wanted // step) * step)


def simulate(fleet: Fleet, crew: Crew, slug: str, n_runs: int, seed: str) -> Level:
    """Have a crew simulate as `simulate --distributed` asks for it, and return what that came to."""
    before, counted, cpu = _totals(fleet, crew), counters(fleet.alias), _cpu(crew)
    arguments = ["simulate", slug, "--runs", str(n_runs), "--seed", seed, "--name", NAME]
    with Sampler(fleet.alias, [fleet.queue(index) for index in crew.indexes]) as sampler:
        asked_at = _now(fleet.alias)
        pk = fleet.run(*arguments, "--distributed", "--detach", "--json")["id"]
        n_polls = _await_end(fleet, crew, pk)
    used = {name: seconds - cpu[name] for name, seconds in _cpu(crew).items()}
    totals, n_looks = _grown(fleet, crew, before, n_runs)
    # Sessions report what they did a second later at most; by now they have.
    after = counters(fleet.alias)
    simulation = Simulation.objects.using(fleet.alias).listed().get(pk=pk)
    finished = _finished(fleet, crew, pk, asked_at)
    return Level(
        workers=len(crew.indexes),
        runs=n_runs,
        digest=simulation.digest,
        elapsed_s=simulation.elapsed_s,
        requested_s=_since(asked_at, simulation.created_at),
        completed_s=_since(asked_at, simulation.finished_at),
        finished=finished,
        totals=totals,
        ready_s=crew.ready_s,
        database=_database(sampler, counted, after, n_batches=len(finished), n_asked=n_polls + n_looks),
        broker=sampler.broker(),
        cpu=used,
    )


def _await_end(fleet: Fleet, crew: Crew, pk: str) -> int:
    """Wait until a simulation is completed, and return how often the database was asked."""
    rows = Simulation.objects.using(fleet.alias).filter(pk=pk)
    done = Count("batches", filter=Q(batches__status=BatchStatus.DONE))
    done_before, moved = 0, time.monotonic()
    for n_polls in count(1):
        row = rows.annotate(n_done=done).values_list("status", "error", "n_done").first()
        if row is None:
            raise BenchmarkRefused("The benchmark's simulation was deleted meanwhile.")
        status, error, n_done = row
        if status == SimulationStatus.COMPLETED:
            return n_polls
        if status not in ACTIVE:
            reason = error or "no reason given"
            raise BenchmarkRefused(f"The benchmark's simulation ended as {status}: {reason}")
        crew.check()
        if n_done > done_before:
            done_before, moved = n_done, time.monotonic()
        if time.monotonic() - moved > STUCK_S:
            raise BenchmarkRefused(
                f"No batch was finished for {STUCK_S:.0f} s: look at the workers and the broker."
            )
        time.sleep(POLL_S)
    raise AssertionError("unreachable")


def _simulated_s(level: Level) -> list[float]:
    """Return for how long each worker simulated."""
    seconds = [0.0] * level.workers
    for batch in level.finished:
        seconds[batch.worker] += batch.simulate_s
    return seconds


def _totals(fleet: Fleet, crew: Crew) -> dict[str, dict[str, float]]:
    """Return the figures of each worker process, by its name."""
    workers = Worker.objects.using(fleet.alias).filter(index__in=crew.indexes)
    return {name: dict(totals) for name, totals in workers.values_list("name", "totals")}


def _grown(
    fleet: Fleet, crew: Crew, before: dict[str, dict[str, float]], n_runs: int
) -> tuple[dict[str, float], int]:
    """Wait until the workers have written their figures.

    Return by how much these have grown in all, and how often the database was asked.
    """
    deadline = time.monotonic() + 3 * RECONCILE_S + LEASE_S
    for n_looks in count(1):
        after = _totals(fleet, crew)
        if set(after) != set(before):
            raise BenchmarkRefused("A worker was restarted while it was measured: measure again.")
        grown: defaultdict[str, float] = defaultdict(float)
        for name, totals in after.items():
            for key, value in totals.items():
                grown[key] += value - before[name].get(key, 0)
        if grown["runs"] >= n_runs:
            return dict(grown), n_looks
        if time.monotonic() > deadline:
            raise BenchmarkRefused(f"The workers' figures show {grown['runs']:,.0f} of {n_runs:,} runs.")
        time.sleep(POLL_S)
    raise AssertionError("unreachable")


def _finished(fleet: Fleet, crew: Crew, pk: str, asked_at: datetime) -> list[Finished]:
    """Return the batches of a simulation in the order in which they were finished."""
    workers = Worker.objects.using(fleet.alias).filter(index__in=crew.indexes)
    positions = {name: crew.indexes.index(index) for name, index in workers.values_list("name", "index")}
    rows = Batch.objects.using(fleet.alias).done().filter(simulation_id=pk).order_by("finished_at")
    batches = []
    for worker, n_runs, simulate_s, finished_at in rows.values_list(
        "worker", "n_runs", "simulate_s", "finished_at"
    ):
        if worker not in positions:
            raise BenchmarkRefused(f"{worker} worked, too, while others were measured: measure again.")
        batches.append(Finished(positions[worker], n_runs, simulate_s, _since(asked_at, finished_at)))
    return batches


def _database(
    sampler: Sampler, before: dict[str, int], after: dict[str, int], *, n_batches: int, n_asked: int
) -> dict[str, Any]:
    """Return what the database did, without the transactions in which it was asked about that."""
    grown = {name: after[name] - before[name] for name in after}
    grown["xact_commit"] -= n_asked + sampler.looks
    per_batch = round(grown["xact_commit"] / max(1, n_batches), 2)
    return {**sampler.database(), **grown, "transactions_per_batch": per_batch}


def _cpu(crew: Crew) -> dict[str, float]:
    """Return the processor time used so far, as far as this machine tells."""
    used = {"machine_s": machine_cpu_s(), "workers_s": crew.cpu_s()}
    return {name: seconds for name, seconds in used.items() if seconds is not None}


def _now(alias: str) -> datetime:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def _since(start: datetime, moment: datetime | None) -> float:
    if moment is None:
        raise BenchmarkRefused("A moment is missing in the database: was something resumed meanwhile?")
    return (moment - start).total_seconds()


@contextmanager
def _forgetting() -> Iterator[None]:
    """Delete what the benchmark simulated in the database of the running workers."""
    before = set(Simulation.objects.filter(name=NAME).values_list("pk", flat=True))
    try:
        yield
    finally:
        mine = set(Simulation.objects.filter(name=NAME).values_list("pk", flat=True)) - before
        for pk in Simulation.objects.filter(pk__in=mine, status__in=ACTIVE).values_list("pk", flat=True):
            cancel(pk)
        delete(*mine)


def _workers(n: int) -> str:
    return "1 worker" if n == 1 else f"{n} workers"
