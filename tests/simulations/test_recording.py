"""Storing, folding and completing: once, whole, only by the owner, and the same however runs are cut."""

from typing import Any

import pytest

from simulations.compiled import merge_summaries
from simulations.models import Batch, BatchResult, BatchStatus, Simulation, SimulationStatus
from simulations.results import load_results
from simulations.results_json import results_json
from simulations.services import recording
from simulations.services.ownership import OwnershipLost
from simulations.services.recording import (
    complete,
    done_spans,
    fold_summaries,
    record_computed,
    record_failure,
)
from simulations.spans import Span
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation, a_simulation, computed

pytestmark = pytest.mark.django_db


def figures(simulation: Simulation) -> dict[str, object]:
    """Return the results without what tells simulations of the same runs apart."""
    results = results_json(load_results(Simulation.objects.get(pk=simulation.pk)))
    return {name: results[name] for name in ("runs", "digest", "teams")}


def test_the_results_do_not_depend_on_how_runs_are_cut() -> None:
    whole = a_completed_simulation()
    cut = a_completed_simulation(batches=[1, 7, 20, 12])
    assert figures(cut) == figures(whole)


def test_the_results_do_not_depend_on_the_order_of_batches() -> None:
    simulation, token = a_claimed_simulation()
    for part in reversed(computed(simulation, [10, 25, 5])):
        record_computed(simulation.pk, token, [part])
    assert complete(simulation, token, elapsed_s=lambda: 1)
    assert figures(simulation) == figures(a_completed_simulation())


def test_a_completed_simulation_keeps_one_summary_only() -> None:
    simulation = a_completed_simulation(batches=[10, 30])
    assert simulation.summary is not None
    assert not BatchResult.objects.unfolded().exists()
    assert simulation.cursor == simulation.n_runs


def test_nothing_is_stored_for_who_is_not_the_owner() -> None:
    simulation, _ = a_claimed_simulation()
    with pytest.raises(OwnershipLost):
        record_computed(simulation.pk, "0" * 32, computed(simulation, [10]))
    assert not Batch.objects.exists()


def test_nothing_is_stored_of_a_cancelled_simulation() -> None:
    simulation, token = a_claimed_simulation()
    Simulation.objects.cancel(simulation.pk)
    with pytest.raises(OwnershipLost):
        record_computed(simulation.pk, token, computed(simulation, [10]))
    assert not Batch.objects.exists()


def test_a_range_that_is_stored_already_leaves_the_others_out_too() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [10]))
    with pytest.raises(OwnershipLost):
        record_computed(
            simulation.pk, token, computed(simulation, [10], first_run=30) + computed(simulation, [10])
        )
    assert done_spans(simulation.pk) == [Span(0, 10)]


def test_a_simulation_with_a_gap_is_not_completed() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(
        simulation.pk, token, computed(simulation, [10]) + computed(simulation, [20], first_run=20)
    )
    assert not complete(simulation, token, elapsed_s=lambda: 1)


def test_partial_results_cover_what_is_done() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [10, 10]))
    assert figures(simulation) == figures(a_completed_simulation(n_runs=20))


def test_folding_changes_no_result() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [5] * 6))
    before = figures(simulation)
    assert fold_summaries(simulation, at_least=3)
    assert BatchResult.objects.unfolded().count() == 1
    assert figures(simulation) == before


def test_few_summaries_are_not_folded() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [5, 5]))
    assert not fold_summaries(simulation, at_least=3)
    assert BatchResult.objects.unfolded().count() == 2


def test_summaries_that_were_folded_are_merged_on_completion() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [10, 10]))
    fold_summaries(simulation, at_least=2)
    record_computed(simulation.pk, token, computed(simulation, [20], first_run=20))
    assert complete(simulation, token, elapsed_s=lambda: 1)
    assert figures(simulation) == figures(a_completed_simulation())


def test_merging_is_part_of_the_elapsed_time(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [40]))
    elapsed = [1.0]

    def merge(*arguments: Any) -> Any:
        elapsed.append(2.0)
        return merge_summaries(*arguments)

    monkeypatch.setattr(recording, "merge_summaries", merge)
    assert complete(simulation, token, elapsed_s=lambda: elapsed[-1])
    simulation.refresh_from_db()
    assert simulation.elapsed_s == 2


def test_a_failure_keeps_its_reason_and_the_batches() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [10]))
    assert record_failure(simulation.pk, token, span=Span(10, 5), attempts=5, error="lightning", elapsed_s=2)
    simulation.refresh_from_db()
    assert (simulation.status, simulation.error) == (SimulationStatus.FAILED, "lightning")
    failed = Batch.objects.get(status=BatchStatus.FAILED)
    assert (failed.first_run, failed.n_runs, failed.attempts, failed.error) == (10, 5, 5, "lightning")
    assert done_spans(simulation.pk) == [Span(0, 10)]


def test_merging_nothing_gives_no_runs() -> None:
    assert merge_summaries([None], a_simulation().document).runs == 0
