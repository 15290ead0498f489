"""Simulations that are cancelled, resumed, extended and asked for while workers compute."""

import signal
import time

import pytest

from tests.fleet.expected import RUNS, SEED, undisturbed
from tests.fleet.faults import Faults, Gate
from tests.fleet.fleet import SLUG, Fleet
from tests.fleet.waiting import wait_for

ASK = ["--runs", str(RUNS), "--seed", SEED, "--batch-size", "50", "--distributed"]


def test_cancelling_stops_the_workers_and_resuming_completes_the_same(fleet: Fleet, gate: Gate) -> None:
    fleet.several(2, faults=gate.faults)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 200)
    gate.close()
    fleet.json("cancel", simulation)
    gate.open()
    wait_for(
        lambda: not fleet.query("SELECT 1 FROM simulations_batch WHERE status = 'running'"), "idle workers"
    )
    done = fleet.runs_done(simulation)
    time.sleep(1)
    assert fleet.runs_done(simulation) == done < RUNS
    assert fleet.status(simulation) == "cancelled"
    fleet.json("resume", simulation, "--detach")
    fleet.assert_completes_undisturbed(simulation)


def test_resuming_right_after_cancelling_loses_and_repeats_nothing(fleet: Fleet, gate: Gate) -> None:
    fleet.several(2, faults=gate.faults)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    gate.close()
    for _ in range(2):
        fleet.json("cancel", simulation)
        fleet.json("resume", simulation, "--detach")
    gate.open()
    fleet.assert_completes_undisturbed(simulation)


def test_a_simulation_is_extended_while_it_runs(fleet: Fleet, gate: Gate) -> None:
    fleet.several(2, faults=gate.faults)
    simulation = fleet.simulate(runs=600)
    fleet.wait_for_runs(simulation, 100)
    gate.close()
    fleet.json("extend", simulation, "--runs", str(RUNS), "--detach")
    gate.open()
    fleet.assert_completes_undisturbed(simulation)


def test_a_completed_simulation_is_extended(fleet: Fleet) -> None:
    fleet.several(2)
    simulation = fleet.simulate(runs=400)
    fleet.assert_completes_undisturbed(simulation, 400)
    fleet.json("extend", simulation, "--runs", str(RUNS), "--detach")
    fleet.assert_completes_undisturbed(simulation)


def test_two_simulations_get_on_side_by_side(fleet: Fleet) -> None:
    first, second = fleet.simulate(), fleet.simulate(seed="8", batch_size=35)
    fleet.several(2)
    fleet.wait_for_runs(second, 35)
    assert fleet.status(first) == "running"
    fleet.assert_completes_undisturbed(first)
    fleet.assert_completes_undisturbed(second, seed="8")


def test_asking_returns_at_once(fleet: Fleet) -> None:
    fleet.worker(faults=Faults(pace_s=0.1))
    simulation = fleet.simulate()
    assert fleet.status(simulation) in ("pending", "running")
    assert fleet.runs_done(simulation) < RUNS
    fleet.assert_completes_undisturbed(simulation)


def test_who_asked_may_die(fleet: Fleet) -> None:
    fleet.several(2)
    asking = fleet.start_command("simulate", SLUG, *ASK)
    simulation = wait_for(lambda: fleet.query("SELECT id FROM simulations_simulation"), "the simulation")[0][
        0
    ]
    fleet.wait_for_runs(simulation, 100)
    asking.kill()
    asking.communicate()
    fleet.assert_completes_undisturbed(simulation)


def test_ctrl_c_of_who_waits_cancels(fleet: Fleet) -> None:
    fleet.worker(faults=Faults(pace_s=0.2))
    asking = fleet.start_command("simulate", SLUG, *ASK)
    simulation = wait_for(lambda: fleet.query("SELECT id FROM simulations_simulation"), "the simulation")[0][
        0
    ]
    fleet.wait_for_runs(simulation, 50)
    asking.send_signal(signal.SIGINT)
    _, err = asking.communicate(timeout=30)
    assert asking.returncode == 130
    assert "Cancelled" in err
    assert fleet.status(simulation) == "cancelled"


def test_who_waits_gets_the_results(fleet: Fleet) -> None:
    fleet.several(2)
    answer = fleet.json("simulate", SLUG, *ASK)
    assert (answer["status"], answer["runs"]) == ("completed", RUNS)
    assert answer["digest"] == undisturbed(RUNS).digest
    fleet.assert_completes_undisturbed(answer["id"])


@pytest.mark.parametrize(("n_workers", "batch_size"), [(1, 400), (2, 17), (3, None)])
def test_the_result_depends_neither_on_workers_nor_on_batches(
    fleet: Fleet, n_workers: int, batch_size: int | None
) -> None:
    fleet.several(n_workers)
    fleet.assert_completes_undisturbed(fleet.simulate(batch_size=batch_size))


def test_a_fleet_and_one_machine_come_to_the_same(fleet: Fleet) -> None:
    fleet.several(2)
    there = fleet.json("simulate", SLUG, *ASK)
    here = fleet.json("simulate", SLUG, *ASK[:-1])
    for figure in ("digest", "runs", "teams", "status"):
        assert there[figure] == here[figure]
