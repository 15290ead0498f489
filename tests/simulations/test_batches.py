"""A worker's way with a batch: recorded once, given back, retried, or failed with its reason."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from simulations import services
from simulations.models import Batch, BatchResult, BatchStatus, Simulation, SimulationStatus
from simulations.services import batches
from simulations.services.batches import MAX_LOST_LEASES, MAX_RETRIES, Claimed, backoff_s
from simulations.services.reconciling import complete_if_finished, finished_simulations
from simulations.spans import Span
from tests.simulations.factories import (
    a_completed_simulation,
    a_distributed_simulation,
    a_worker,
    claimed_batch,
    compute,
    compute_claimed,
)

pytestmark = pytest.mark.django_db


def a_claimed_batch(**changes: object) -> Claimed:
    return claimed_batch(a_distributed_simulation(**changes), a_worker())


def batch_of(claimed: Claimed) -> Batch:
    return Batch.objects.get(pk=claimed.batch_id)


def simulation_of(claimed: Claimed) -> Simulation:
    return Simulation.objects.get(pk=claimed.simulation_id)


def make_due() -> None:
    Batch.objects.update(not_before=None, hinted_at=None)


def test_a_batch_is_recorded_by_its_holder_once() -> None:
    claimed = a_claimed_batch()
    computed = compute_claimed(claimed)
    assert not batches.record(claimed._replace(token="b" * 32), computed)
    assert not BatchResult.objects.exists()
    assert batches.record(claimed, computed, claim_s=0.1, persist_s=0.2)
    assert not batches.record(claimed, computed)
    batch = batch_of(claimed)
    assert (batch.status, batch.claim_s, batch.persist_s) == (BatchStatus.DONE, 0.1, 0.2)
    assert batch.finished_at is not None


def test_what_was_left_out_of_a_batch_waits_as_another() -> None:
    claimed = a_claimed_batch(batch_size=40)
    part = compute(simulation_of(claimed).document, claimed.seed, Span(0, 15))
    assert batches.record(claimed, part)
    spans = Batch.objects.order_by("first_run").values_list("first_run", "n_runs", "status")
    assert list(spans) == [(0, 15, BatchStatus.DONE), (15, 25, BatchStatus.PENDING)]


def test_batches_come_to_what_a_local_simulation_does() -> None:
    simulation, worker = a_distributed_simulation(batch_size=15), a_worker()
    while not complete_if_finished(simulation.pk):
        claimed = claimed_batch(simulation, worker)
        batches.record(claimed, compute_claimed(claimed))
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.COMPLETED
    assert simulation.digest == a_completed_simulation().digest
    assert simulation.elapsed_s > 0


def test_a_simulation_with_an_open_batch_is_not_finished() -> None:
    claimed = a_claimed_batch(batch_size=20)
    batches.record(claimed, compute_claimed(claimed))
    assert not complete_if_finished(claimed.simulation_id)


def test_a_simulation_that_was_cancelled_at_its_very_end_completes_when_it_is_resumed() -> None:
    claimed = a_claimed_batch(batch_size=40)
    batches.record(claimed, compute_claimed(claimed))
    services.cancel(claimed.simulation_id)
    assert finished_simulations() == []
    services.resume(claimed.simulation_id)
    assert complete_if_finished(claimed.simulation_id)


def test_an_exception_is_kept_and_the_batch_put_off() -> None:
    claimed = a_claimed_batch()
    assert batches.retry_or_fail(claimed, error="it rained") == BatchStatus.PENDING
    batch = batch_of(claimed)
    assert (batch.status, batch.error, batch.token) == (BatchStatus.PENDING, "it rained", "")
    assert batch.not_before is not None
    assert batch.not_before > timezone.now()


def test_after_its_retries_a_batch_fails_and_its_simulation_with_the_reason() -> None:
    worker = a_worker()
    simulation = a_distributed_simulation()
    for _ in range(MAX_RETRIES):
        assert batches.retry_or_fail(claimed_batch(simulation, worker), error="x") == BatchStatus.PENDING
        make_due()
    last = claimed_batch(simulation, worker)
    assert batches.retry_or_fail(last, error="Traceback\nValueError: rain") == BatchStatus.FAILED
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.FAILED
    assert "failed 6 times, the last time with ValueError: rain" in simulation.error


def test_an_exception_of_who_lost_the_batch_counts_for_nothing() -> None:
    claimed = a_claimed_batch()
    assert batches.retry_or_fail(claimed._replace(token="b" * 32), error="x") is None
    assert batch_of(claimed).status == BatchStatus.RUNNING


def test_resuming_a_failed_simulation_tries_its_batch_anew() -> None:
    worker = a_worker()
    simulation = a_distributed_simulation()
    for _ in range(MAX_RETRIES + 1):
        batches.retry_or_fail(claimed_batch(simulation, worker), error="x")
        make_due()
    services.resume(simulation.pk)
    batch = Batch.objects.get()
    assert (batch.status, batch.attempts, batch.error) == (BatchStatus.PENDING, 0, "")
    assert claimed_batch(simulation, worker).batch_id == batch.pk


def lose_lease(claimed: Claimed) -> None:
    Batch.objects.filter(pk=claimed.batch_id).update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert [batch.pk for batch in batches.take_back_expired()] == [claimed.batch_id]


def test_a_batch_whose_lease_expired_is_taken_back_and_is_due_at_once() -> None:
    claimed = a_claimed_batch()
    assert batches.take_back_expired() == []
    lose_lease(claimed)
    batch = batch_of(claimed)
    assert (batch.status, batch.lost_leases, batch.hinted_at) == (BatchStatus.PENDING, 1, None)
    assert Batch.objects.claimable().exists()
    assert not batches.renew(claimed)
    assert not batches.record(claimed, compute_claimed(claimed))


def test_a_batch_that_loses_every_worker_fails_with_its_simulation() -> None:
    worker = a_worker()
    simulation = a_distributed_simulation()
    for _ in range(MAX_LOST_LEASES):
        lose_lease(claimed_batch(simulation, worker))
        make_due()
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.FAILED
    assert f"{MAX_LOST_LEASES} workers fell silent" in simulation.error


def test_a_lease_is_held_with_the_reason_until_the_result_can_be_stored() -> None:
    claimed = a_claimed_batch()
    Batch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert batches.hold(claimed, trouble="No space left on device")
    assert batches.take_back_expired() == []
    assert batch_of(claimed).error == "No space left on device"
    assert batches.record(claimed, compute_claimed(claimed))
    assert batch_of(claimed).error == ""
    assert not batches.hold(claimed, trouble="No space left on device")


def test_a_batch_that_loses_every_worker_fails_with_what_the_last_one_said() -> None:
    worker, simulation = a_worker(), a_distributed_simulation()
    for _ in range(MAX_LOST_LEASES):
        claimed = claimed_batch(simulation, worker)
        batches.hold(claimed, trouble="the database can't do what it is asked: No space left on device")
        lose_lease(claimed)
        make_due()
    simulation.refresh_from_db()
    assert simulation.error.endswith("asked: No space left on device")


def test_lost_leases_are_no_failed_attempts() -> None:
    worker = a_worker()
    simulation = a_distributed_simulation()
    for _ in range(MAX_RETRIES + 1):
        lose_lease(claimed_batch(simulation, worker))
        make_due()
    assert batches.retry_or_fail(claimed_batch(simulation, worker), error="x") == BatchStatus.PENDING


def test_cancelling_counts_the_time_until_then() -> None:
    claimed = a_claimed_batch()
    Simulation.objects.update(leg_started_at=F("leg_started_at") - timedelta(seconds=30))
    services.cancel(claimed.simulation_id)
    assert simulation_of(claimed).elapsed_s >= 30


def test_the_backoff_doubles_up_to_a_bound() -> None:
    waits = [backoff_s(n) for n in range(1, 12)]
    assert waits[0] < waits[2] < waits[4]
    assert max(waits) <= 1.2 * 3 * 10
