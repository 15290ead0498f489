"""Measuring numbers of workers one after the other, or those that are running."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import connection

from events.document import EventDocument, canonical_json
from events.wording import counted
from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.criteria import ENOUGH_WORK_S, REFERENCE_RUNS, SPRING, SUMMER, SUMMER_RUNS
from simulations.benchmark.fleet import Crew, Fleet, hired, own_fleet, running_fleet
from simulations.benchmark.levels import Level
from simulations.benchmark.machine import describe_machine, describe_services
from simulations.benchmark.outcome import Outcome
from simulations.benchmark.simulating import NAME, simulate
from simulations.models import ACTIVE, RECONCILE_S, Simulation, Worker
from simulations.services import cancel, delete

# Of its own, so that workers know nothing of the other simulation when they begin one.
WARMUP_SEED, REFERENCE_SEED = "warm-up", "reference"
FIRST_WARMUP_RUNS = 1000
# Each worker is given so much work, and has to get half of it: kernels get faster as they remember plans.
WARM_S = 1.5
WARMUPS = 5
# More than enough, since the warm-up measures the speed only roughly.
AIM_S = 1.25 * ENOUGH_WORK_S
# Making a database and the like has loaded the machine a little.
QUIET_LOAD = 1.0

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What to measure; without ``n_runs`` as many as give one worker enough to do.

    ``server`` is the address of the PostgreSQL server to make a database on, empty for running workers.
    """

    document: EventDocument
    workers: Sequence[int]
    seed: str
    n_runs: int | None = None
    server: str = ""


def measure_own(request: Request, tell: Tell) -> Outcome:
    """Measure each number of workers with processes started for it, on a database made for it."""
    tell("Making a database")
    with own_fleet(canonical_json(request.document), request.server) as fleet:
        measurement = _Measurement(request, fleet, tell)
        for n_workers in request.workers:
            tell(f"Starting {counted(n_workers, 'worker')}")
            with hired(fleet, n_workers) as crew:
                measurement.add(crew)
        return measurement.outcome()


def measure_running(request: Request, tell: Tell) -> Outcome:
    """Measure the workers that are running; what they simulate for it is deleted afterwards."""
    fleet = running_fleet()
    indexes = list(Worker.objects.live().values_list("index", flat=True))
    if list(request.workers) != [len(indexes)]:
        running = counted(len(indexes), "worker")
        raise BenchmarkRefused(f"Running: {running}. The benchmark can measure these only.")
    if busy := Simulation.objects.active_distributed().count():
        are, end = ("is", "it ends") if busy == 1 else ("are", "they end")
        active = f"{counted(busy, 'simulation')} {are} active"
        raise BenchmarkRefused(f"The workers are busy: {active}, wait until {end}.")
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
        self.machine = describe_machine() | describe_services(fleet.alias)
        if (load := self.machine["load_before"]) > QUIET_LOAD:
            tell(f"The machine is not quiet (load {load}): the figures will be too low.")
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
        return Outcome(self.slug, self.request.seed, self.machine, self.levels, self.reference)

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
        raise BenchmarkRefused(f"Not every one of {counted(n_workers, 'worker')} got work in the warm-up.")

    def _measured(self, crew: Crew, n_runs: int, seed: str, warmup: list[Level]) -> Level:
        self.tell(f"{n_runs:,} runs by {counted(len(crew.indexes), 'worker')}")
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


def _simulated_s(level: Level) -> list[float]:
    """Return for how long each worker simulated."""
    seconds = [0.0] * level.workers
    for batch in level.finished:
        seconds[batch.worker] += batch.simulate_s
    return seconds


@contextmanager
def _forgetting() -> Iterator[None]:
    """Delete what the benchmark simulated in the database of the running workers."""
    before = set(Simulation.objects.filter(name=NAME).values_list("pk", flat=True))
    try:
        yield
    except KeyboardInterrupt:
        # In the middle of a query it leaves a connection that takes no other.
        connection.close()
        raise
    finally:
        mine = set(Simulation.objects.filter(name=NAME).values_list("pk", flat=True)) - before
        for pk in Simulation.objects.filter(pk__in=mine, status__in=ACTIVE).values_list("pk", flat=True):
            cancel(pk)
        delete(*mine)
