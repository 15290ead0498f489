"""One simulation by a crew, and what it came to by the database's rows and counters."""

import time
from collections import defaultdict
from datetime import datetime
from itertools import count
from typing import Any

from django.db import connections
from django.db.models import Count, Q

from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.fleet import Crew, Fleet
from simulations.benchmark.levels import Level
from simulations.benchmark.machine import machine_cpu_s
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

# Of the simulations, by which those in a shared database are found again.
NAME = "benchmark"
POLL_S = 0.25
STUCK_S = 60.0


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
                f"No batch was finished for {STUCK_S:.0f} s: look at the workers and the broker. "
                f"{crew.last_words()}".rstrip()
            )
        time.sleep(POLL_S)
    raise AssertionError("unreachable")


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
