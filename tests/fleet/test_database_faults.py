"""The database restarts, or one worker loses it while others don't; clocks go wrong."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from tests.fleet.database import Database
from tests.fleet.faults import Faults
from tests.fleet.fleet import LEASE_S, Fleet
from tests.fleet.proxy import Proxy
from tests.fleet.workers import READY, Worker

AWAY_S = 10.0


@pytest.fixture
def way(database: Database) -> Iterator[Proxy]:
    """The way of one worker to the database."""
    with Proxy(database.port) as proxy:
        yield proxy


def test_a_restarted_database_is_found_again(fleet: Fleet) -> None:
    workers = fleet.several(2)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    fleet.database.stop()
    time.sleep(1)
    fleet.database.start()
    fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()
    assert all(worker.lives for worker in workers)


def test_a_lone_worker_outlasts_ten_seconds_without_the_database(fleet: Fleet, way: Proxy) -> None:
    worker = fleet.worker(DATABASE_URL=fleet.database.url(fleet.name, port=way.port))
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    way.cut()
    time.sleep(AWAY_S)
    way.mend()
    fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()
    assert worker.lives
    assert worker.said("the database does not answer")


def in_a_record(way: Proxy) -> None:
    way.stall_after(b'INSERT INTO "simulations_batchresult"')


@pytest.mark.parametrize("lose", [Proxy.cut, in_a_record])
def test_others_compute_what_a_worker_without_the_database_had(
    fleet: Fleet, way: Proxy, lose: Callable[[Proxy], None]
) -> None:
    lonely = fleet.worker(0, ready=False, DATABASE_URL=fleet.database.url(fleet.name, port=way.port))
    other = fleet.worker(1)
    lonely.wait_until_ready()
    simulation = fleet.simulate()
    batch = fleet.wait_until_running(lonely)
    lose(way)
    fleet.wait_for_batch(batch, patience_s=10 * LEASE_S)
    fleet.assert_completes_undisturbed(simulation)
    way.mend()
    # It takes part again, without being restarted.
    fleet.wait_until_live(2)
    again = fleet.simulate(runs=600, batch_size=25)
    fleet.assert_completes_undisturbed(again, 600)
    assert lonely.lives
    assert other.lives


def test_who_falls_silent_while_reconciling_keeps_nobody_from_it(fleet: Fleet, way: Proxy) -> None:
    lonely = fleet.worker(0, ready=False, DATABASE_URL=fleet.database.url(fleet.name, port=way.port))
    fleet.worker(1)
    lonely.wait_until_ready()
    simulation = fleet.simulate()
    fleet.wait_until_running(lonely)
    way.stall_after(b"pg_try_advisory_xact_lock")
    fleet.assert_completes_undisturbed(simulation, patience_s=10 * LEASE_S)


@pytest.mark.parametrize("hours", [-3, 3])
def test_clocks_that_differ_change_nothing(fleet: Fleet, hours: int) -> None:
    skewed = fleet.worker(0, ready=False, faults=Faults(skew_s=hours * 3600))
    straight = fleet.worker(1, ready=False)
    for worker in (skewed, straight):
        worker.wait_until_ready()
    shift = wall_clock(skewed) - wall_clock(straight)
    assert shift == pytest.approx(hours * 3600, abs=60)
    simulation = fleet.simulate()
    fleet.assert_completes_undisturbed(simulation)
    # Neither took batches from the other, nor was left out.
    assert fleet.query("SELECT max(attempts), max(lost_leases) FROM simulations_batch") == [(1, 0)]
    assert fleet.runs_by(skewed) > 0
    assert fleet.runs_by(straight) > 0


def wall_clock(worker: Worker) -> float:
    """Return what a worker took for the time when it was ready."""
    return datetime.fromisoformat(worker.said(READY)[0]["time"]).timestamp()


def test_a_skewed_worker_that_is_killed_is_healed_as_soon(fleet: Fleet) -> None:
    skewed = fleet.worker(0, ready=False, faults=Faults(skew_s=7200, pace_s=0.2))
    fleet.worker(1, ready=False).wait_until_ready()
    skewed.wait_until_ready()
    simulation = fleet.simulate()
    batch = fleet.wait_until_running(skewed)
    skewed.kill()
    killed = time.monotonic()
    fleet.wait_for_batch(batch)
    assert time.monotonic() - killed < 1.5 * LEASE_S
    fleet.assert_completes_undisturbed(simulation)
