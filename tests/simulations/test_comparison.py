"""Differences between simulations."""

from typing import Any

import numpy as np
import pytest

from simulations.comparison import (
    Comparison,
    NothingInCommon,
    agresti_min,
    compare,
    comparison_json,
    win_shares,
)
from simulations.models import Simulation
from simulations.overrides import apply_overrides
from simulations.results import load_results
from simulations.runs import stored_blocks
from simulations.statistics import newcombe
from simulations.storage import join_columns
from tests.events.factories import a_document
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db

FASTER = ["players.Mia.skill=0.5"]


def what_if(overrides: list[str], **changes: Any) -> Simulation:
    document = apply_overrides(a_document(), overrides)
    return a_completed_simulation(document=document, overrides=overrides, **changes)


def compared(first: Simulation, second: Simulation) -> Comparison:
    return compare(load_results(first), load_results(second))


def points(simulation: Simulation) -> np.ndarray:
    return join_columns([columns for _, columns in stored_blocks(simulation)])["points"].astype(float)


def test_runs_with_the_same_luck_are_paired_however_they_were_cut() -> None:
    first, second = a_completed_simulation(batches=[15, 25]), what_if(FASTER, batches=[10, 20, 10])
    comparison = compared(first, second)
    differences = points(second) - points(first)
    assert (comparison.paired, comparison.runs) == (True, 40)
    for ix, team in enumerate(comparison.teams):
        assert team.points.value == pytest.approx(differences[:, ix].mean())
        half = 1.96 * differences[:, ix].std(ddof=1) / np.sqrt(40)
        assert (team.points.ci95 is None) == (half == 0)
        if team.points.ci95:
            assert team.points.ci95.high - team.points.value == pytest.approx(half, rel=1e-3)


def test_only_runs_that_both_have_are_paired() -> None:
    comparison = compared(a_completed_simulation(n_runs=40), what_if(FASTER, n_runs=25, batches=[4, 21]))
    assert (comparison.paired, comparison.runs) == (True, 25)


def test_the_same_event_does_not_differ_from_itself() -> None:
    comparison = compared(a_completed_simulation(), a_completed_simulation(batches=[20, 20]))
    assert {(team.points.value, team.win_rate.value) for team in comparison.teams} == {(0.0, 0.0)}
    assert comparison.notes == []


def test_different_seeds_are_independent_samples() -> None:
    first, second = a_completed_simulation(), a_completed_simulation(seed="8", n_runs=60)
    comparison = compared(first, second)
    a, b = load_results(first).teams[0].win_rate, load_results(second).teams[0].win_rate
    assert a is not None
    assert b is not None
    assert (comparison.paired, comparison.runs) == (False, 40)
    assert comparison.teams[0].win_rate.ci95 == newcombe(a, 40, b, 60)


def test_changes_of_the_document_and_the_engine_are_said() -> None:
    first, second = a_completed_simulation(), what_if(FASTER)
    second.engine_version = 999
    engine, document = compared(first, second).notes
    assert "engine versions differ" in engine
    assert FASTER[0] in document


def test_teams_that_only_one_has_are_named() -> None:
    teams = {"Zebras": {"strategy": "greedy", "players": ["Zoe", "Adam"]}, "Bears": {"players": ["Mia"]}}
    comparison = compared(a_completed_simulation(), a_completed_simulation(document=a_document(teams=teams)))
    assert [team.name for team in comparison.teams] == ["Zebras"]
    assert sum("Only" in note for note in comparison.notes) == 2


def test_without_a_common_team_there_is_nothing_to_compare() -> None:
    other = a_document(teams={"Bears": {"players": ["Mia"]}})
    with pytest.raises(NothingInCommon):
        compared(a_completed_simulation(), a_completed_simulation(document=other))


def test_levels_are_those_of_the_compared_runs() -> None:
    first, second = a_completed_simulation(n_runs=40), what_if(FASTER, n_runs=25)
    for ix, team in enumerate(compared(first, second).teams):
        assert team.points.first == pytest.approx(points(first)[:25, ix].mean())
        assert team.points.second == pytest.approx(points(second)[:, ix].mean())
        blocks = join_columns([columns for _, columns in stored_blocks(first)])
        assert team.win_rate.first == pytest.approx(win_shares(blocks)[:25, ix].mean())


def test_agresti_min_adds_half_a_pair_to_each_cell() -> None:
    # 12 pairs are better and 3 worse of 50: 12.5 and 3.5 of 52.
    better, worse, n = 12.5 / 52, 3.5 / 52, 52
    half = 1.959964 * np.sqrt((better + worse - (better - worse) ** 2) / n)
    interval = agresti_min(9, 15, 50)
    assert interval == pytest.approx((better - worse - half, better - worse + half), abs=1e-6)


def test_ten_pairs_that_all_agree_are_no_certainty() -> None:
    interval = agresti_min(10, 10, 10)
    assert interval.high == 1
    assert 0 < interval.low < 0.75
    assert agresti_min(0, 0, 10).high > 0.1


def test_points_without_spread_have_no_interval() -> None:
    comparison = compared(a_completed_simulation(), a_completed_simulation())
    assert {team.points.ci95 for team in comparison.teams} == {None}
    assert None not in {team.win_rate.ci95 for team in comparison.teams}


def test_a_single_pair_has_no_interval() -> None:
    comparison = compared(a_completed_simulation(n_runs=1), what_if(FASTER, n_runs=1))
    assert comparison_json(comparison)["teams"][0]["points_difference_ci95"] is None
