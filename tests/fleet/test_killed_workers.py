"""Workers that die: SIGKILL of one and of all, SIGTERM, SIGSTOP beyond the lease."""

import signal
import time
from pathlib import Path

from tests.engine.damage import a_damaged_cache, empty
from tests.fleet.expected import RUNS
from tests.fleet.faults import Faults, Gate
from tests.fleet.fleet import LEASE_S, Fleet
from tests.fleet.waiting import wait_for

# At the default lease of 10 s a killed worker's batch is another's within 15 s; all the waits scale with it.
RECOVERY_S = 1.5 * LEASE_S
DEFAULT_RECOVERY_S = 15.0


def test_a_killed_workers_batch_is_computed_by_another_soon(fleet: Fleet) -> None:
    victim, _ = fleet.several(2)
    simulation = fleet.simulate()
    batch = fleet.wait_until_running(victim)
    victim.kill()
    killed = time.monotonic()
    # The batch may have been recorded in the moment of the kill: then it was nothing to recover.
    fleet.wait_for_batch(batch)
    assert time.monotonic() - killed < RECOVERY_S
    fleet.assert_completes_undisturbed(simulation)


def test_a_worker_that_finds_damaged_kernels_compiles_them_again(fleet: Fleet, tmp_path: Path) -> None:
    # The smaller kernel alone, which compiles in a second or two.
    root = a_damaged_cache(tmp_path / "kernels", settle_runs=empty)
    worker = fleet.worker(NUMBA_CACHE_DIR=root)
    assert worker.said("can't be used: it is discarded and compiled again")
    fleet.assert_completes_undisturbed(fleet.simulate(runs=100), 100)


def test_at_the_default_lease_a_killed_workers_batch_is_anothers_within_15_s(fleet: Fleet) -> None:
    fleet.env["BINGOSIM_LEASE_S"] = ""
    victim, other = fleet.several(2, faults=Faults(pace_s=0.3))
    simulation = fleet.simulate(runs=200)
    batch = fleet.wait_until_running(victim)
    victim.kill()
    wait_for(
        lambda: fleet.has_taken(other, batch),
        "another worker to take the batch",
        patience_s=DEFAULT_RECOVERY_S,
    )
    fleet.assert_completes_undisturbed(simulation, 200)


def test_the_last_batch_of_a_killed_worker_waits_for_no_queue(fleet: Fleet, gate: Gate) -> None:
    """Its message is still unacknowledged in the dead worker's queue, where nobody fetches it."""
    victim, _ = fleet.several(2, faults=gate.faults)
    gate.close()
    # Short ones: what is measured is the waiting, also where computing is slow.
    simulation = fleet.simulate(runs=40, batch_size=20)
    fleet.wait_until_running(victim)
    victim.kill()
    killed = time.monotonic()
    gate.open()
    fleet.assert_completes_undisturbed(simulation, 40)
    assert time.monotonic() - killed < RECOVERY_S + 2


def test_a_killed_fleet_goes_on_when_it_is_started_again(fleet: Fleet) -> None:
    workers = fleet.several(2)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    for worker in workers:
        worker.kill()
    assert fleet.status(simulation) == "running"
    fleet.several(2)
    fleet.assert_completes_undisturbed(simulation)


def test_a_terminated_worker_gives_its_batch_back_and_exits_with_0(fleet: Fleet) -> None:
    worker = fleet.worker()
    simulation = fleet.simulate(batch_size=RUNS)
    batch = fleet.wait_until_running(worker)
    worker.signal(signal.SIGTERM)
    told = time.monotonic()
    assert worker.wait() == 0
    assert time.monotonic() - told < 3
    # What it had computed is kept, the rest waits, and it cost the batch none of its attempts.
    assert fleet.batch_status(batch) in ("done", "pending")
    assert fleet.query("SELECT count(*) FROM simulations_batch WHERE status = 'running'") == [(0,)]
    assert fleet.query("SELECT max(attempts), max(lost_leases) FROM simulations_batch") <= [(1, 0)]
    fleet.worker(1)
    fleet.assert_completes_undisturbed(simulation)


def test_ctrl_c_stops_a_worker_as_softly(fleet: Fleet) -> None:
    worker = fleet.worker()
    worker.signal(signal.SIGINT)
    assert worker.wait(patience_s=10) == 0
    # Nor is there anything to warn of, not even for root.
    assert [record for record in worker.records() if record["level"] != "INFO"] == []


def test_a_worker_that_was_stopped_beyond_its_lease_discards_the_batch_and_goes_on(fleet: Fleet) -> None:
    sleeper, _ = fleet.several(2, faults=Faults(pace_s=0.1))
    simulation = fleet.simulate(batch_size=25)
    batch = fleet.wait_until_running(sleeper)
    sleeper.stop()
    fleet.wait_for_batch(batch, patience_s=30)
    sleeper.go_on()
    sleeper.wait_to_say("lost")
    after = fleet.runs_by(sleeper)
    fleet.assert_completes_undisturbed(simulation)
    assert fleet.runs_by(sleeper) > after
    assert sleeper.lives
