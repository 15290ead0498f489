"""The broker restarts, crashes, loses its queues, or takes no messages."""

import time

from tests.fleet.faults import Faults
from tests.fleet.fleet import Fleet
from tests.fleet.messages import queue_of


def test_a_restarted_broker_is_found_again(fleet: Fleet) -> None:
    workers = fleet.several(2)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    fleet.broker.stop()
    fleet.broker.start()
    fleet.assert_completes_undisturbed(simulation)
    assert all(worker.lives for worker in workers)
    # Both take work again afterwards, not only what they had.
    for worker in workers:
        before = fleet.runs_by(worker)
        again = fleet.simulate(runs=600, batch_size=25)
        fleet.assert_completes_undisturbed(again, 600)
        assert fleet.runs_by(worker) > before


def test_a_broker_that_crashes_and_stays_away_for_a_while_delays_and_fails_nothing(fleet: Fleet) -> None:
    fleet.several(2)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    fleet.broker.kill()
    time.sleep(4)
    fleet.broker.start()
    fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()


def test_a_simulation_that_is_asked_for_without_a_broker_starts_when_it_is_back(fleet: Fleet) -> None:
    fleet.worker()
    fleet.broker.kill()
    simulation = fleet.simulate()
    assert fleet.status(simulation) in ("pending", "running")
    fleet.broker.start()
    fleet.assert_completes_undisturbed(simulation)


def test_purged_queues_are_filled_again(fleet: Fleet) -> None:
    fleet.several(2)
    simulation = fleet.simulate(batch_size=25)
    for runs in range(100, 800, 25):
        fleet.wait_for_runs(simulation, runs)
        for index in (0, 1):
            fleet.broker.purge(queue_of(fleet, index))
    fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()


def test_deleted_queues_are_made_again(fleet: Fleet) -> None:
    workers = fleet.several(2)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    fleet.broker.delete_queues(fleet.broker.queues(fleet.namespace))
    fleet.assert_completes_undisturbed(simulation)
    assert all(worker.lives for worker in workers)
    again = fleet.simulate(runs=600, batch_size=25)
    fleet.assert_completes_undisturbed(again, 600)


def test_a_memory_alarm_in_the_middle_delays_and_fails_nothing(fleet: Fleet) -> None:
    workers = fleet.several(2, faults=Faults(pace_s=0.4))
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 100)
    with fleet.broker.blocked():
        # Longer than a lease, a publisher's patience and a heartbeat.
        time.sleep(8)
        assert fleet.live_workers() == 2
        assert fleet.status(simulation) == "running"
        assert any(worker.said("no message could be sent") for worker in workers)
    fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()
    assert all(worker.lives for worker in workers)


def test_asking_during_a_memory_alarm_returns_and_is_computed_afterwards(fleet: Fleet) -> None:
    fleet.worker()
    with fleet.broker.blocked():
        asked = time.monotonic()
        simulation = fleet.simulate()
        assert time.monotonic() - asked < 15
        assert fleet.status(simulation) in ("pending", "running")
    fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()
