"""What one worker does every two seconds so that nothing hangs; it takes PostgreSQL's locks."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from simulations.models import Batch, BatchResult, BatchStatus, Simulation, SimulationStatus, Worker
from simulations.services import batches
from simulations.services.handover import Handover, hand_over
from simulations.services.reconciling import reconcile
from simulations.services.recording import FOLD_AT
from simulations.worker.index import IndexLock, IndexTaken
from tests.simulations.factories import (
    a_completed_simulation,
    a_distributed_simulation,
    a_worker,
    claimed_batch,
    compute_claimed,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql]


def in_another_thread(act: Callable[[], object]) -> object:
    """Return what a function returns on a connection of its own."""
    answers: list[object] = []

    def work() -> None:
        try:
            answers.append(act())
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(timeout=30)
    return answers[0]


def test_idle_workers_get_work() -> None:
    a_worker()
    a_distributed_simulation()
    assert [handover.worker_index for handover in reconcile()] == [0]
    assert reconcile() == []


def test_a_batch_of_a_silent_worker_is_given_to_another() -> None:
    silent = a_worker(0)
    simulation = a_distributed_simulation()
    claimed = claimed_batch(simulation, silent)
    a_worker(1)
    Worker.objects.filter(pk=0).update(seen_at=timezone.now() - timedelta(minutes=1))
    Batch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert [(one.worker_index, one.batch_id) for one in reconcile()] == [(1, claimed.batch_id)]


def test_after_an_outage_expired_leases_are_spared_at_first() -> None:
    claimed = claimed_batch(a_distributed_simulation(), a_worker())
    Batch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    reconcile(take_back=False)
    assert batches.renew(claimed)
    Batch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    reconcile()
    assert not batches.renew(claimed)


def test_a_finished_simulation_that_nobody_completed_is_completed() -> None:
    worker, simulation = a_worker(), a_distributed_simulation(batch_size=40)
    claimed = claimed_batch(simulation, worker)
    batches.record(claimed, compute_claimed(claimed))
    reconcile()
    simulation.refresh_from_db()
    assert simulation.status == SimulationStatus.COMPLETED
    assert simulation.digest == a_completed_simulation().digest


def test_many_summaries_are_folded_on_the_way() -> None:
    worker, simulation = a_worker(), a_distributed_simulation(n_runs=FOLD_AT + 10, batch_size=1)
    for _ in range(FOLD_AT):
        claimed = claimed_batch(simulation, worker)
        batches.record(claimed, compute_claimed(claimed))
    reconcile()
    assert BatchResult.objects.unfolded().count() == 1


def test_only_one_reconciles_at_a_time() -> None:
    a_worker()
    a_distributed_simulation()
    with transaction.atomic():
        assert reconcile() != []
        Batch.objects.update(hinted_at=None)
        assert in_another_thread(reconcile) == []


def test_of_two_who_hand_work_to_a_worker_at_once_one_does() -> None:
    a_worker()
    a_distributed_simulation(n_runs=1000)
    begun, handovers = threading.Barrier(2), []

    def hand() -> None:
        begun.wait()
        handovers.append(hand_over(0))
        connection.close()

    threads = [threading.Thread(target=hand) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sum(isinstance(handover, Handover) for handover in handovers) == 1
    assert Batch.objects.count() == 1


def test_workers_cut_at_once_without_gap_or_overlap() -> None:
    for index in range(4):
        a_worker(index)
    simulation = a_distributed_simulation(n_runs=1000, batch_size=7)
    threads = [threading.Thread(target=_cut_and_forget, args=(index, 20)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    spans = list(Batch.objects.order_by("first_run").values_list("first_run", "n_runs"))
    assert spans == [(7 * position, 7) for position in range(80)]
    simulation.refresh_from_db()
    assert simulation.cursor == 560


def _cut_and_forget(index: int, times: int) -> None:
    for _ in range(times):
        handover = hand_over(index)
        assert handover is not None
        Batch.objects.filter(pk=handover.batch_id).update(status=BatchStatus.DONE)
    connection.close()


def test_a_deleted_simulation_is_lost_to_its_worker() -> None:
    worker, simulation = a_worker(), a_distributed_simulation(batch_size=40)
    claimed = claimed_batch(simulation, worker)
    computed = compute_claimed(claimed)
    Simulation.objects.filter(pk=simulation.pk).delete()
    assert not batches.renew(claimed)
    assert not batches.record(claimed, computed)


def test_an_index_has_one_worker_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulations.worker.index.PATIENCE_S", 0.3)
    first = IndexLock(3, None)
    assert first.acquire() == 3
    with pytest.raises(IndexTaken, match="Worker index 3 is in use"):
        IndexLock(3, None).acquire()
    first.release()
    again = IndexLock(3, None)
    assert again.acquire() == 3
    again.release()


def test_without_an_index_the_lowest_free_one_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulations.worker.index.PATIENCE_S", 0.3)
    locks = [IndexLock(None, 2) for _ in range(2)]
    assert [lock.acquire() for lock in locks] == [0, 1]
    with pytest.raises(IndexTaken, match="All 2 worker indexes are in use"):
        IndexLock(None, 2).acquire()
    locks[0].release()
    third = IndexLock(None, 2)
    assert third.acquire() == 0
    for lock in (*locks, third):
        lock.release()


def test_an_index_is_kept_when_its_connection_was_cut() -> None:
    lock = IndexLock(5, None)
    lock.acquire()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 5"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    assert lock.keep()
    lock.release()


def test_an_index_that_another_took_meanwhile_is_lost() -> None:
    lock = IndexLock(6, None)
    lock.acquire()
    lock.release()  # as if its connection had been cut
    other = IndexLock(6, None)
    other.acquire()
    assert not lock.keep()
    other.release()
