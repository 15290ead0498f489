"""Cancel, resume, extend and delete."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.models import Event
from simulations import services
from simulations.localrun.whereabouts import this_process
from simulations.models import Batch, BatchResult, BatchStatus, Simulation, SimulationStatus
from simulations.results import load_results
from simulations.services import SteeringRefused
from simulations.services.ownership import claim_local, renew
from simulations.services.recording import complete, record_computed, record_failure
from simulations.services.space import StillActive, compact, stored_bytes
from simulations.spans import Span
from tests.events.factories import an_event
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation, a_simulation, computed

pytestmark = pytest.mark.django_db
Status = SimulationStatus


def status_of(simulation: Simulation) -> str:
    return Simulation.objects.values_list("status", flat=True).get(pk=simulation.pk)


def test_cancelling_keeps_what_is_done() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [10]))
    services.cancel(simulation.pk)
    assert status_of(simulation) == Status.CANCELLED
    assert BatchResult.objects.count() == 1


def test_what_has_ended_is_not_cancelled() -> None:
    with pytest.raises(SteeringRefused, match="is completed"):
        services.cancel(a_completed_simulation().pk)


def test_a_resumed_simulation_can_be_claimed_again() -> None:
    simulation, _ = a_claimed_simulation()
    services.cancel(simulation.pk)
    services.resume(simulation.pk)
    assert claim_local(simulation.pk)
    assert claim_local(simulation.pk) is None


def test_resuming_finds_out_that_the_process_is_gone() -> None:
    simulation, _ = a_claimed_simulation()
    past = timezone.now() - timedelta(seconds=1)
    Simulation.objects.filter(pk=simulation.pk).update(lease_expires_at=past)
    services.resume(simulation.pk)
    assert status_of(simulation) == Status.PENDING


def test_a_process_that_is_gone_is_not_waited_for() -> None:
    simulation, _ = a_claimed_simulation()
    services.mark_interrupted()
    assert status_of(simulation) == Status.RUNNING
    started_otherwise = f"{this_process().rpartition(' ')[0]} 1)"
    Simulation.objects.filter(pk=simulation.pk).update(owner=started_otherwise)
    assert services.mark_interrupted() == 1
    assert status_of(simulation) == Status.INTERRUPTED


@pytest.mark.parametrize("make", [a_simulation, a_completed_simulation, lambda: a_claimed_simulation()[0]])
def test_what_is_under_way_or_completed_is_not_resumed(make: object) -> None:
    simulation = make()  # type: ignore[operator]
    with pytest.raises(SteeringRefused, match=r"already|completed"):
        services.resume(simulation.pk)


def test_resuming_forgets_the_batch_that_failed() -> None:
    simulation, token = a_claimed_simulation()
    record_failure(simulation.pk, token, span=Span(0, 5), attempts=5, error="x", elapsed_s=0)
    services.resume(simulation.pk)
    simulation.refresh_from_db()
    assert simulation.error == ""
    assert not Batch.objects.filter(status=BatchStatus.FAILED).exists()


def test_runs_of_two_engine_versions_are_not_mixed() -> None:
    simulation, _ = a_claimed_simulation()
    services.cancel(simulation.pk)
    Simulation.objects.filter(pk=simulation.pk).update(engine_version=999)
    with pytest.raises(SteeringRefused, match="engine version 999"):
        services.resume(simulation.pk)


def test_an_extended_simulation_equals_a_fresh_one() -> None:
    simulation = a_completed_simulation(n_runs=15)
    assert services.extend(simulation.pk, n_runs=40)
    token = claim_local(simulation.pk)
    assert token
    record_computed(simulation.pk, token, computed(simulation, [25], first_run=15))
    assert complete(simulation, token, elapsed_s=lambda: 1)
    simulation.refresh_from_db()
    fresh = a_completed_simulation()
    assert simulation.digest == fresh.digest
    assert simulation.summary == fresh.summary


def test_an_extension_that_was_cancelled_has_no_digest_of_all_runs() -> None:
    simulation = a_completed_simulation(n_runs=15)
    before = load_results(simulation)
    services.extend(simulation.pk, n_runs=40)
    services.cancel(simulation.pk)
    simulation.refresh_from_db()
    assert simulation.digest == ""
    partial = load_results(simulation)
    assert (partial.runs, partial.digest) == (15, before.digest)


def test_a_running_simulation_is_extended_in_place() -> None:
    simulation, token = a_claimed_simulation()
    assert not services.extend(simulation.pk, n_runs=50)
    assert renew(simulation.pk, token, elapsed_s=0) == 50


@pytest.mark.parametrize(("n_runs", "reason"), [(40, "has 40 runs already"), (10**9 + 1, "at most")])
def test_an_extension_must_add_runs(n_runs: int, reason: str) -> None:
    with pytest.raises(SteeringRefused, match=reason):
        services.extend(a_completed_simulation().pk, n_runs=n_runs)


def test_a_failed_simulation_is_not_extended() -> None:
    simulation, token = a_claimed_simulation()
    record_failure(simulation.pk, token, span=None, attempts=0, error="x", elapsed_s=0)
    with pytest.raises(SteeringRefused, match="`resume` it first"):
        services.extend(simulation.pk, n_runs=50)


def test_deleting_takes_the_results_along() -> None:
    services.delete(a_completed_simulation().pk)
    assert not Simulation.objects.exists()
    assert not BatchResult.objects.exists()


def test_what_is_under_way_is_not_deleted() -> None:
    simulation, _ = a_claimed_simulation()
    with pytest.raises(SteeringRefused, match="cancel it first"):
        services.delete(simulation.pk)


def test_of_several_all_or_none_are_deleted() -> None:
    ended, (running, _) = a_completed_simulation(), a_claimed_simulation()
    with pytest.raises(SteeringRefused, match=f"{running.pk} is running"):
        services.delete(ended.pk, running.pk)
    assert Simulation.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_deleting_makes_the_database_smaller() -> None:
    simulation = a_completed_simulation()
    BatchResult.objects.update(block=bytes(1_000_000))
    assert services.delete(simulation.pk) > 900_000


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_what_postgresql_keeps_of_the_deleted_is_used_again_or_given_back_by_compacting() -> None:
    first, last = a_completed_simulation(), a_completed_simulation()
    for simulation in (first, last):
        # Two statements, so that what is left lies behind what goes.
        BatchResult.objects.filter(batch__simulation=simulation).update(block=bytes(1_000_000))
    full = stored_bytes()
    assert services.delete(first.pk) < 100_000
    another = a_completed_simulation()
    BatchResult.objects.filter(batch__simulation=another).update(block=bytes(900_000))
    assert stored_bytes() < full + 500_000
    services.delete(another.pk)
    assert compact() > 800_000
    assert stored_bytes() < full - 800_000
    last.refresh_from_db()
    assert BatchResult.objects.get().batch.simulation == last


@pytest.mark.django_db(transaction=True)
def test_nothing_is_compacted_while_a_simulation_goes_on() -> None:
    simulation, _ = a_claimed_simulation()
    with pytest.raises(StillActive, match=f"wait for {simulation.pk}"):
        compact()


def test_a_simulation_outlives_its_event() -> None:
    event = an_event()
    simulation = a_completed_simulation(event=event)
    Event.objects.get(pk=event.pk).delete()
    simulation.refresh_from_db()
    assert simulation.event is None
    assert simulation.event_slug == "small-bingo"
    assert list(simulation.frozen_document.teams) == ["Zebras", "Apes"]
