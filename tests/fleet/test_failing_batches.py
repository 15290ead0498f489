"""Batches with an exception, and batches that kill whoever computes them."""

from datetime import datetime
from itertools import pairwise
from pathlib import Path

from tests.fleet.expected import BATCH_SIZE, RUNS
from tests.fleet.faults import Faults, happened
from tests.fleet.fleet import Fleet
from tests.fleet.waiting import wait_for

MAX_RETRIES = 5
MAX_LOST_LEASES = 10
# The shortest there is: what is lost ten times is waited for ten times.
SHORTEST = "1"


def test_a_batch_that_fails_twice_is_tried_again_until_it_works(fleet: Fleet, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    fleet.several(2, faults=Faults("raise", at_run=120, times=2, ledger=str(ledger)))
    simulation = fleet.simulate()
    fleet.assert_completes_undisturbed(simulation)
    assert happened(ledger) == 2
    attempts = fleet.query("SELECT attempts, error FROM simulations_batch WHERE first_run = 100")
    assert attempts == [(3, "")]
    # Others were not affected.
    assert fleet.query("SELECT max(attempts) FROM simulations_batch WHERE first_run <> 100") == [(1,)]


def test_a_batch_that_always_fails_fails_its_simulation_with_the_reason(fleet: Fleet, tmp_path: Path) -> None:
    ledger, text = tmp_path / "ledger", "no dice in the box"
    workers = fleet.several(2, faults=Faults("raise", at_run=120, ledger=str(ledger), text=text))
    simulation = fleet.simulate()
    assert fleet.wait_until_ended(simulation) == "failed"
    assert happened(ledger) == 1 + MAX_RETRIES
    assert text in fleet.error(simulation)
    assert "runs 100 to 149" in fleet.error(simulation)
    ((status, kept),) = fleet.query("SELECT status, error FROM simulations_batch WHERE first_run = 100")
    assert status == "failed"
    assert "ValueError" in kept
    assert text in kept
    assert text in fleet.run("results", simulation)[1]
    (listed,) = fleet.json("simulations")["simulations"]
    assert (listed["status"], text in listed["error"]) == ("failed", True)
    assert all(worker.lives for worker in workers)
    # A failed simulation keeps what it has, and other simulations go on.
    assert fleet.runs_done(simulation) > 0


def test_a_simulation_that_failed_is_resumed_where_the_fault_is_gone(fleet: Fleet, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    faults = Faults("raise", at_run=120, times=1 + MAX_RETRIES, ledger=str(ledger))
    fleet.worker(faults=faults, BINGOSIM_LEASE_S=SHORTEST)
    simulation = fleet.simulate()
    assert fleet.wait_until_ended(simulation) == "failed"
    fleet.json("resume", simulation, "--detach")
    fleet.assert_completes_undisturbed(simulation)


def test_retries_wait_longer_each_time(fleet: Fleet) -> None:
    worker = fleet.worker(faults=Faults("raise", at_run=0, text="again"))
    simulation = fleet.simulate(runs=BATCH_SIZE)
    assert fleet.wait_until_ended(simulation) == "failed"
    said = worker.said("again")
    moments = [datetime.fromisoformat(record["time"]).timestamp() for record in said]
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert len(pauses) == MAX_RETRIES
    assert pauses[-1] > 2 * pauses[0]


def test_a_batch_that_kills_every_worker_ends_as_failed(fleet: Fleet, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger"
    faults = Faults("die", at_run=0, ledger=str(ledger), respawn=True)
    fleet.several(2, faults=faults, BINGOSIM_LEASE_S=SHORTEST)
    simulation = fleet.simulate(runs=200)
    assert fleet.wait_until_ended(simulation, patience_s=120) == "failed"
    assert happened(ledger) == MAX_LOST_LEASES
    assert f"{MAX_LOST_LEASES} workers" in fleet.error(simulation)
    assert "runs 0 to 49" in fleet.error(simulation)
    # It took nothing else with it.
    wait_for(lambda: fleet.runs_done(simulation) == 150, "the other batches")
    assert fleet.query("SELECT max(lost_leases) FROM simulations_batch WHERE first_run > 0") == [(0,)]


def test_a_worker_that_hangs_loses_its_batch(fleet: Fleet, tmp_path: Path) -> None:
    """Its heart goes on beating, but the lease of the batch is not renewed."""
    ledger = tmp_path / "ledger"
    faults = Faults("sleep", at_run=0, times=1, ledger=str(ledger), sleep_s=8)
    fleet.several(2, faults=faults)
    simulation = fleet.simulate()
    fleet.assert_completes_undisturbed(simulation, RUNS)
    assert fleet.query("SELECT lost_leases FROM simulations_batch WHERE first_run = 0") == [(1,)]
