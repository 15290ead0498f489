"""The read side, held against the stored runs themselves."""

import json

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from simulations.comparison import stored_blocks, win_shares
from simulations.models import Simulation
from simulations.results import load_results, results_json
from simulations.runs import RunNotSimulated
from simulations.services.recording import record_computed
from simulations.storage import decode_block, join_columns, run_of
from tests.simulations.factories import (
    a_claimed_simulation,
    a_completed_simulation,
    a_simulation,
    computed,
)

pytestmark = pytest.mark.django_db

SIMULATION = ["id", "event", "seed", "runs", "status", "elapsed_s", "runs_per_s", "digest", "error", "teams"]
TEAM = ["name", "strategy", "win_rate", "win_rate_ci95", "points", "tiles", "row_reached"]
TEAM += ["rows", "tiles_detail"]
DISTRIBUTION = ["mean", "std", "min", "max", "p05", "p50", "p95"]


def test_distributions_are_those_of_the_stored_runs() -> None:
    simulation = a_completed_simulation(n_runs=200, batches=[50, 150])
    columns = join_columns([columns for _, columns in stored_blocks(simulation)])
    for ix, team in enumerate(load_results(simulation).teams):
        for name, found in (("points", team.points), ("tiles", team.tiles), ("row", team.row_reached)):
            values = columns[name][:, ix].astype(int)
            assert found.mean == pytest.approx(values.mean())
            assert found.std == pytest.approx(values.std())
            quantiles = np.quantile(values, [0, 0.05, 0.5, 0.95, 1], method="inverted_cdf").tolist()
            assert [found.min, found.p05, found.p50, found.p95, found.max] == quantiles
        assert team.win_rate == pytest.approx(win_shares(columns)[:, ix].mean())


def test_win_rates_add_up_to_one() -> None:
    teams = load_results(a_completed_simulation(n_runs=100)).teams
    assert sum(team.win_rate or 0 for team in teams) == pytest.approx(1)


def test_results_have_the_shape_that_programs_rely_on() -> None:
    data = json.loads(json.dumps(results_json(load_results(a_completed_simulation()))))
    assert list(data) == SIMULATION
    assert (data["runs"], data["status"], data["elapsed_s"], data["runs_per_s"]) == (40, "completed", 0.5, 80)
    assert [team["name"] for team in data["teams"]] == ["Zebras", "Apes"]
    for team in data["teams"]:
        assert list(team) == TEAM
        assert list(team["points"]) == list(team["tiles"]) == list(team["row_reached"]) == DISTRIBUTION
        assert [list(row) for row in team["rows"]] == [["row", "share", "p05", "p50", "p95"]] * 2
        assert [row["row"] for row in team["rows"]] == [0, 1]
        assert [tile["tile"] for tile in team["tiles_detail"]] == ["zulrah", "cox", "coins"]
        assert [tile["row"] for tile in team["tiles_detail"]] == [0, 0, 1]
        assert list(team["tiles_detail"][0]) == ["tile", "row", "share", "p05", "p50", "p95"]


def test_a_failed_simulation_says_why() -> None:
    simulation, token = a_claimed_simulation()
    assert results_json(load_results(simulation))["error"] is None
    Simulation.objects.fail(simulation.pk, token, error="ValueError: broken")
    data = results_json(load_results(Simulation.objects.get(pk=simulation.pk)))
    assert (data["status"], data["error"]) == ("failed", "ValueError: broken")


def test_the_first_row_opens_at_the_start() -> None:
    row = load_results(a_completed_simulation()).teams[0].rows[0]
    assert (row.share, *row.seconds) == (1.0, 0, 0, 0)


def test_what_never_happened_has_no_time() -> None:
    # Apes are one player, and the raid takes two.
    tile = load_results(a_completed_simulation()).teams[1].tiles_detail[1]
    assert (tile.share, *tile.seconds) == (0.0, None, None, None)


def test_a_simulation_without_runs_has_no_figures() -> None:
    data = results_json(load_results(a_simulation()))
    assert (data["runs"], data["runs_per_s"], data["digest"]) == (0, None, "0" * 16)
    assert data["teams"][0]["win_rate"] is None
    assert data["teams"][0]["rows"][0]["share"] is None
    assert set(data["teams"][0]["points"].values()) == {None}


def test_completed_results_take_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pk = a_completed_simulation(batches=[10] * 4).pk
    with django_assert_num_queries(1):
        results_json(load_results(Simulation.objects.get(pk=pk)))


def test_partial_results_take_two_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [5] * 6))
    with django_assert_num_queries(2):
        results_json(load_results(Simulation.objects.get(pk=simulation.pk)))


def test_a_list_takes_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for _ in range(3):
        a_completed_simulation()
    with django_assert_num_queries(1):
        found = list(Simulation.objects.listed().with_runs_done())
    assert [simulation.runs_done for simulation in found] == [40, 40, 40]  # type: ignore[attr-defined]


def test_a_single_run_is_decoded_from_its_batch() -> None:
    simulation = a_completed_simulation(batches=[10, 30])
    (whole,) = computed(simulation, [40])
    columns = decode_block(whole.block)
    assert len(simulation.runs) == 40
    for run in (0, 9, 10, 39):
        stored = simulation.runs[run]
        assert stored.run == run
        assert stored.teams == dict(zip(["Zebras", "Apes"], run_of(columns, run), strict=True))


@pytest.mark.parametrize("run", [-1, 40])
def test_there_are_no_runs_outside_of_the_simulation(run: int) -> None:
    with pytest.raises(IndexError):
        a_completed_simulation().runs[run]


def test_a_run_in_a_gap_is_not_simulated_yet() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [10], first_run=20))
    assert simulation.runs[25].run == 25
    for run in (5, 35):
        with pytest.raises(RunNotSimulated):
            simulation.runs[run]
