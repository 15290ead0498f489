"""Changes of status: each is made by one caller, and only from where it may be made."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from simulations.identity import ALPHABET, ID_LENGTH, new_id
from simulations.models import (
    ACTIVE,
    EXTENDABLE,
    RESUMABLE,
    Batch,
    BatchStatus,
    Mode,
    Simulation,
    SimulationStatus,
)
from tests.simulations.factories import a_claimed_simulation, a_simulation

pytestmark = pytest.mark.django_db
Status = SimulationStatus


def status_of(simulation: Simulation) -> str:
    return Simulation.objects.values_list("status", flat=True).get(pk=simulation.pk)


def with_status(status: SimulationStatus) -> Simulation:
    simulation = a_simulation()
    result = {"summary": b"x", "digest": "0" * 16} if status == Status.COMPLETED else {}
    Simulation.objects.filter(pk=simulation.pk).update(status=status, **result)
    return simulation


def a_batch(**changes: object) -> Batch:
    simulation = a_simulation(mode=Mode.DISTRIBUTED)
    Simulation.objects.start_leg(simulation.pk)
    return Batch.objects.create(**{"simulation": simulation, "first_run": 0, "n_runs": 10, **changes})


def claim(batch: Batch, worker: str, **changes: int) -> bool:
    version = {"engine_version": batch.simulation.engine_version, **changes}
    return Batch.objects.claim(batch.pk, worker=worker, token=worker * 32, **version)


def test_ids_are_short_and_safe() -> None:
    ids = {new_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(len(one) == ID_LENGTH and set(one) <= set(ALPHABET) for one in ids)


def test_only_what_has_ended_is_resumed() -> None:
    assert set(RESUMABLE) < set(Status) - set(ACTIVE)
    assert Status.FAILED not in EXTENDABLE


def test_of_two_who_claim_one_wins() -> None:
    simulation = a_simulation()
    assert Simulation.objects.claim(simulation.pk, owner="a", token="a" * 32)
    assert not Simulation.objects.claim(simulation.pk, owner="b", token="b" * 32)
    simulation.refresh_from_db()
    assert (simulation.status, simulation.owner) == (Status.RUNNING, "a")


@pytest.mark.parametrize("status", [status for status in Status if status != Status.PENDING])
def test_only_pending_simulations_are_claimed(status: SimulationStatus) -> None:
    simulation = with_status(status)
    assert not Simulation.objects.claim(simulation.pk, owner="a", token="a" * 32)
    assert status_of(simulation) == status


def test_only_the_owner_renews_completes_fails_and_interrupts() -> None:
    simulation, token = a_claimed_simulation()
    wrong = "0" * 32
    result = {"n_runs": 40, "summary": b"x", "digest": "0" * 16}
    assert not Simulation.objects.renew(simulation.pk, wrong, elapsed_s=1)
    assert not Simulation.objects.complete(simulation.pk, wrong, **result)
    assert not Simulation.objects.fail(simulation.pk, wrong, error="x")
    assert not Simulation.objects.interrupt(simulation.pk, wrong, elapsed_s=1)
    assert Simulation.objects.renew(simulation.pk, token, elapsed_s=1)
    assert Simulation.objects.complete(simulation.pk, token, **result)
    assert status_of(simulation) == Status.COMPLETED


def test_a_simulation_that_was_extended_meanwhile_is_not_completed() -> None:
    simulation, token = a_claimed_simulation()
    Simulation.objects.filter(pk=simulation.pk).update(n_runs=50)
    assert not Simulation.objects.complete(simulation.pk, token, n_runs=40, summary=b"x", digest="0" * 16)


@pytest.mark.parametrize("status", Status)
def test_what_is_active_can_be_cancelled(status: SimulationStatus) -> None:
    simulation = with_status(status)
    assert Simulation.objects.cancel(simulation.pk) == (status in ACTIVE)
    assert status_of(simulation) == (Status.CANCELLED if status in ACTIVE else status)


@pytest.mark.parametrize("status", Status)
def test_what_has_ended_early_can_be_reopened(status: SimulationStatus) -> None:
    simulation = with_status(status)
    assert Simulation.objects.reopen(simulation.pk, statuses=RESUMABLE, queued=False) == (status in RESUMABLE)
    assert status_of(simulation) == (Status.PENDING if status in RESUMABLE else status)


def test_a_simulation_whose_lease_expired_is_interrupted() -> None:
    alive, _ = a_claimed_simulation()
    gone, token = a_claimed_simulation()
    past = timezone.now() - timedelta(seconds=1)
    Simulation.objects.filter(pk=gone.pk).update(lease_expires_at=past)
    assert Simulation.objects.interrupt_abandoned() == 1
    assert (status_of(gone), status_of(alive)) == (Status.INTERRUPTED, Status.RUNNING)
    assert not Simulation.objects.renew(gone.pk, token, elapsed_s=1)


def test_a_completed_simulation_has_a_result() -> None:
    simulation = a_simulation()
    with pytest.raises(IntegrityError), transaction.atomic():
        Simulation.objects.filter(pk=simulation.pk).update(status=Status.COMPLETED)


@pytest.mark.parametrize(
    "changes",
    [
        {"n_runs": 0},
        {"n_runs": 10**9 + 1},
        {"batch_size": 0},
        {"seed": ""},
        {"status": "other"},
        {"mode": "other"},
        {"cursor": -1},
    ],
)
def test_the_database_refuses_impossible_simulations(changes: dict[str, object]) -> None:
    simulation = a_simulation()
    with pytest.raises(IntegrityError), transaction.atomic():
        Simulation.objects.filter(pk=simulation.pk).update(**changes)


def test_of_two_who_claim_a_batch_one_wins() -> None:
    batch = a_batch()
    assert claim(batch, "a")
    assert not claim(batch, "b")
    batch.refresh_from_db()
    assert (batch.status, batch.worker, batch.attempts) == (BatchStatus.RUNNING, "a", 1)


def test_a_batch_is_not_claimed_before_its_time() -> None:
    batch = a_batch(not_before=timezone.now() + timedelta(minutes=1))
    assert not claim(batch, "a")


def test_only_the_holder_of_the_token_ends_a_batch() -> None:
    batch, wrong = a_batch(status=BatchStatus.RUNNING, token="a" * 32), "0" * 32
    assert not Batch.objects.renew(batch.pk, wrong)
    assert not Batch.objects.finish(batch.pk, wrong)
    assert not Batch.objects.put_off(batch.pk, wrong, error="x", seconds=1)
    assert not Batch.objects.fail(batch.pk, wrong, error="x")
    assert Batch.objects.renew(batch.pk, "a" * 32)
    assert Batch.objects.finish(batch.pk, "a" * 32, simulate_s=0.5)
    assert not Batch.objects.finish(batch.pk, "a" * 32)


def test_a_batch_that_is_put_off_waits_its_turn() -> None:
    batch = a_batch(status=BatchStatus.RUNNING, token="a" * 32)
    assert Batch.objects.put_off(batch.pk, "a" * 32, error="it rained", seconds=60)
    assert not claim(batch, "b")
    assert Batch.objects.put_off(batch.pk, "a" * 32, error="x", seconds=1) is False


@pytest.mark.parametrize(
    "changes",
    [{"first_run": -1}, {"n_runs": 0}, {"status": "other"}, {"status": BatchStatus.RUNNING, "token": ""}],
)
def test_the_database_refuses_impossible_batches(changes: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        a_batch(**changes)


def test_a_batch_of_another_engine_version_is_not_claimed() -> None:
    assert not claim(a_batch(), "a", engine_version=999)


def test_a_batch_whose_simulation_has_ended_is_neither_claimed_nor_renewed() -> None:
    batch = a_batch()
    held = Batch.objects.create(
        simulation=batch.simulation, first_run=10, n_runs=5, status=BatchStatus.RUNNING, token="a" * 32
    )
    Simulation.objects.cancel(batch.simulation.pk)
    assert not claim(batch, "a")
    assert not Batch.objects.renew(held.pk, "a" * 32)


def test_a_batch_that_is_given_back_counts_no_attempt() -> None:
    batch = a_batch()
    assert claim(batch, "a")
    assert Batch.objects.give_back(batch.pk, "a" * 32)
    batch.refresh_from_db()
    assert (batch.status, batch.token, batch.attempts) == (BatchStatus.PENDING, "", 0)


def test_a_range_is_stored_once() -> None:
    batch = a_batch()
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.create(simulation=batch.simulation, first_run=0, n_runs=5)


@pytest.mark.postgresql
def test_postgresql_does_not_try_to_compress_what_is_compressed() -> None:
    stored = (
        "SELECT attrelid::regclass::text, attname FROM pg_attribute "
        "WHERE attstorage = 'e' AND attrelid::regclass::text LIKE 'simulations%'"
    )
    with connection.cursor() as cursor:
        cursor.execute(stored)
        assert set(cursor.fetchall()) == {
            ("simulations_batchresult", "block"),
            ("simulations_batchresult", "summary"),
            ("simulations_simulation", "summary"),
        }
