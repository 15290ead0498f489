"""The database restarts, or one worker loses it while others don't; clocks go wrong."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import pytest

from tests.fleet.database import Database
from tests.fleet.expected import BATCH_SIZE, RUNS, SEED, undisturbed
from tests.fleet.faults import Faults, Gate
from tests.fleet.fleet import COMMAND_S, LEASE_S, SLUG, Fleet
from tests.fleet.proxy import Proxy
from tests.fleet.refusals import Relieve, full_disk, no_connections, read_only
from tests.fleet.workers import READY, Worker

AWAY_S = 10.0
STARTING = "the database system is starting up"


@pytest.fixture
def way(database: Database) -> Iterator[Proxy]:
    """The way of one worker to the database."""
    with Proxy(database.port) as proxy:
        yield proxy


def test_a_restarted_database_is_found_again_by_workers_and_by_who_waits(fleet: Fleet) -> None:
    workers = fleet.several(2)
    asked = ("--runs", str(RUNS), "--seed", SEED, "--batch-size", str(BATCH_SIZE), "--distributed", "--json")
    waiting = fleet.start_command("simulate", SLUG, *asked)
    assert waiting.stderr is not None
    # The first that is said.
    simulation = waiting.stderr.readline().split()[3].rstrip(":")
    fleet.wait_for_runs(simulation, 100)
    fleet.database.stop()
    time.sleep(1)
    fleet.database.start()
    fleet.assert_completes_undisturbed(simulation)
    out, err = waiting.communicate(timeout=COMMAND_S)
    assert (waiting.returncode, json.loads(out)["digest"]) == (0, undisturbed(RUNS).digest), err
    assert err.count("Waiting, since the database") == 1
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
    # By the heart and the runner together: at once, and after ten seconds.
    assert 1 <= len(worker.said("the database does not answer")) <= 2


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


@pytest.mark.parametrize(
    ("refusing", "reason", "n_noted"),
    [
        (full_disk, "No space left on device", 2),
        (read_only, "in a read-only transaction", 0),
        (no_connections, "connection slots are reserved", 0),
    ],
)
def test_workers_keep_what_a_database_cannot_take_for_now(
    fleet: Fleet,
    gate: Gate,
    refusing: Callable[[Fleet], AbstractContextManager[Relieve]],
    reason: str,
    n_noted: int,
) -> None:
    gate.close()
    workers = fleet.several(2, faults=gate.faults, DATABASE_URL=fleet.url_of_a_member())
    simulation = fleet.simulate()
    for worker in workers:
        fleet.wait_until_running(worker)
    with refusing(fleet) as relieve:
        gate.open()
        for worker in workers:
            worker.wait_to_say(reason)
        time.sleep(3 * LEASE_S)
        # What can still be written says why it takes so long.
        noted = "SELECT count(*) FROM simulations_batch WHERE status = 'running' AND error LIKE %s"
        assert fleet.query(noted, f"%{reason}%") == [(n_noted,)]
        relieve()
        fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()
    assert fleet.query("SELECT max(attempts), max(lost_leases) FROM simulations_batch") == [(1, 0)]
    assert all(worker.lives for worker in workers)
    # The heart and the runner say one line together, then one every ten seconds.
    assert all(len(worker.said(reason)) <= 2 for worker in workers)


def test_workers_and_who_waits_outlast_the_recovery_of_a_crashed_database(fleet: Fleet, gate: Gate) -> None:
    gate.close()
    workers = fleet.several(2, faults=gate.faults)
    asked = ("--runs", str(RUNS), "--seed", SEED, "--batch-size", str(BATCH_SIZE), "--distributed", "--json")
    waiting = fleet.start_command("simulate", SLUG, *asked)
    assert waiting.stderr is not None
    simulation = waiting.stderr.readline().split()[3].rstrip(":")
    for worker in workers:
        fleet.wait_until_running(worker)
    with fleet.database.recovering():
        gate.open()
        for worker in workers:
            worker.wait_to_say(STARTING)
    fleet.assert_completes_undisturbed(simulation)
    out, err = waiting.communicate(timeout=COMMAND_S)
    assert (waiting.returncode, json.loads(out)["digest"]) == (0, undisturbed(RUNS).digest), err
    # It says so at once, of the connection that broke off, and what there is to say ten seconds later.
    assert "the database does not answer" in err
    fleet.assert_nothing_failed()
    assert all(worker.lives for worker in workers)


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
