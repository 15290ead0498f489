"""What a worker gets next: a batch that waits, else one cut to its measure."""

from datetime import timedelta

import pytest
from django.db.models import F

from simulations.models import Batch, BatchStatus, Simulation, SimulationStatus, Worker
from simulations.services.handover import Speed, hand_over, hand_over_to_idle
from simulations.sizing import FIRST_RUNS
from simulations.spans import Span
from tests.simulations.factories import a_distributed_simulation, a_simulation, a_worker, claimed_batch

pytestmark = pytest.mark.django_db


def let_time_pass(seconds: float) -> None:
    """Make hints, heartbeats and leases so much older."""
    age = timedelta(seconds=seconds)
    Batch.objects.update(hinted_at=F("hinted_at") - age, lease_expires_at=F("lease_expires_at") - age)
    Worker.objects.update(seen_at=F("seen_at") - age)


def hinted_batch(index: int = 0) -> Batch:
    handover = hand_over(index)
    assert handover is not None
    return Batch.objects.get(pk=handover.batch_id)


def test_the_first_batch_is_small_and_starts_the_simulation() -> None:
    a_worker()
    simulation = a_distributed_simulation(n_runs=1000)
    handover = hand_over(0)
    assert handover is not None
    assert (handover.worker_index, handover.span) == (0, Span(0, FIRST_RUNS))
    simulation.refresh_from_db()
    assert (simulation.status, simulation.cursor) == (SimulationStatus.RUNNING, FIRST_RUNS)
    assert simulation.leg_started_at is not None


def test_after_a_short_first_one_a_batch_is_a_second_of_work_at_the_speed_of_its_worker() -> None:
    a_worker()
    simulation = a_distributed_simulation(n_runs=1_000_000)
    spans = [_cut_at(simulation, 700.0).n_runs for _ in range(2)]
    assert spans == [70, 700]


def _cut_at(simulation: Simulation, runs_per_s: float) -> Span:
    """Return the next span of a worker of this speed, which it computes at once."""
    handover = hand_over(0, Speed(simulation.document_digest, runs_per_s))
    assert handover is not None
    Batch.objects.filter(pk=handover.batch_id).update(status=BatchStatus.DONE)
    return handover.span


def test_a_speed_with_another_event_says_nothing() -> None:
    a_worker()
    a_distributed_simulation(n_runs=1_000_000)
    handover = hand_over(0, Speed("another", 700.0))
    assert handover is not None
    assert handover.span.n_runs == FIRST_RUNS


def test_near_the_end_batches_are_shared_among_the_live_workers() -> None:
    for index in range(2):
        a_worker(index)
    simulation = a_distributed_simulation(n_runs=800)
    _cut_at(simulation, 10.0)
    assert _cut_at(simulation, 300.0).n_runs == (800 - 1) // 8


def test_a_fixed_size_is_kept() -> None:
    a_worker()
    a_distributed_simulation(n_runs=50, batch_size=30)
    assert (hinted_batch().n_runs, hinted_batch_of_another().n_runs) == (30, 20)


def hinted_batch_of_another() -> Batch:
    a_worker(1)
    return hinted_batch(1)


def test_who_has_been_told_of_a_batch_is_not_told_of_another() -> None:
    a_worker()
    a_distributed_simulation(n_runs=1000)
    assert hand_over(0) is not None
    assert hand_over(0) is None


def test_a_batch_whose_message_was_lost_is_handed_over_again() -> None:
    a_worker()
    a_distributed_simulation()
    batch = hinted_batch()
    let_time_pass(5)
    assert hinted_batch() == batch


def test_a_waiting_batch_goes_before_a_new_one() -> None:
    for index in range(2):
        a_worker(index)
    simulation = a_distributed_simulation(n_runs=1000)
    claimed = claimed_batch(simulation, Worker.objects.get(pk=0))
    assert Batch.objects.give_back(claimed.batch_id, claimed.token)
    assert hinted_batch(1).pk == claimed.batch_id


def test_a_batch_that_is_put_off_is_left_alone() -> None:
    worker = a_worker()
    simulation = a_distributed_simulation(n_runs=1000)
    claimed = claimed_batch(simulation, worker)
    Batch.objects.put_off(claimed.batch_id, claimed.token, seconds=60)
    assert hinted_batch().pk != claimed.batch_id


def test_only_live_workers_without_a_batch_are_idle() -> None:
    busy, told, _idle, dead, leaving = (a_worker(index) for index in range(5))
    simulation = a_distributed_simulation(n_runs=1000)
    Worker.objects.filter(pk=dead.pk).update(seen_at=F("seen_at") - timedelta(minutes=1))
    Worker.objects.leave(leaving.index, leaving.token)
    claimed_batch(simulation, busy)
    assert hand_over(told.index) is not None
    assert [handover.worker_index for handover in hand_over_to_idle()] == [2]


def test_simulations_are_served_side_by_side() -> None:
    for index in range(2):
        a_worker(index)
    first, second = (a_distributed_simulation(n_runs=1000) for _ in range(2))
    assert {hinted_batch(index).simulation_id for index in range(2)} == {first.pk, second.pk}


def test_local_and_ended_simulations_are_not_handed_over() -> None:
    a_worker()
    a_simulation()
    ended = a_distributed_simulation()
    Simulation.objects.cancel(ended.pk)
    assert hand_over(0) is None


def test_a_simulation_of_another_engine_version_is_left_to_others() -> None:
    a_worker(engine_version=999)
    a_distributed_simulation()
    assert hand_over(0) is None


def test_a_restarted_worker_is_idle_though_its_predecessor_left_a_batch() -> None:
    worker = a_worker()
    simulation = a_distributed_simulation(n_runs=1000)
    left = claimed_batch(simulation, worker)
    a_worker(name="worker-0-dcba@host")
    assert [handover.batch_id for handover in hand_over_to_idle()] != [left.batch_id]
    assert Batch.objects.get(pk=left.batch_id).status == BatchStatus.RUNNING
