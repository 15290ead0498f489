"""The read side, held against the stored runs themselves."""

import json

import numpy as np
import pytest
from pytest_django import DjangoAssertNumQueries

from simulations.comparison import win_shares
from simulations.models import Simulation
from simulations.replays import replay_run
from simulations.results import Spent, load_results
from simulations.results_json import results_json
from simulations.runs import RunNotSimulated, stored_blocks
from simulations.services.recording import complete, fold_summaries, record_computed
from simulations.storage import decode_block, join_columns, run_of
from tests.engine.format_1 import summary_of_format_1
from tests.events.factories import a_document, a_race, raid_tile_data, tile_data
from tests.simulations.factories import (
    a_claimed_simulation,
    a_completed_simulation,
    a_simulation,
    computed,
)

pytestmark = pytest.mark.django_db

SIMULATION = ["id", "name", "event", "overrides", "seed", "runs", "status", "preparing_s", "elapsed_s"]
SIMULATION += ["runs_per_s", "digest", "error", "teams"]
TEAM = ["name", "strategy", "win_rate", "win_rate_ci95", "points", "tiles", "row_reached", "board"]
TEAM += ["rows", "tiles_detail", "activities", "obstacles"]
QUANTILES = ["p05", "p50", "p95"]
SPENT = ["attempts", "player_s"]
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
    overrides = ["teams.Zebras.strategy=greedy"]
    simulation = a_completed_simulation(name="what if", overrides=overrides)
    data = json.loads(json.dumps(results_json(load_results(simulation))))
    assert list(data) == SIMULATION
    assert (data["name"], data["overrides"]) == ("what if", overrides)
    assert (data["runs"], data["status"], data["elapsed_s"], data["runs_per_s"]) == (40, "completed", 0.5, 80)
    assert [team["name"] for team in data["teams"]] == ["Zebras", "Apes"]
    for team in data["teams"]:
        assert list(team) == TEAM
        assert list(team["points"]) == list(team["tiles"]) == list(team["row_reached"]) == DISTRIBUTION
        assert list(team["board"]) == ["share", *QUANTILES]
        assert [list(row) for row in team["rows"]] == [["row", "share", *QUANTILES, "next_closed_s"]] * 2
        assert [row["row"] for row in team["rows"]] == [0, 1]
        assert [tile["tile"] for tile in team["tiles_detail"]] == ["zulrah", "cox", "coins"]
        assert [tile["row"] for tile in team["tiles_detail"]] == [0, 0, 1]
        assert list(team["tiles_detail"][0]) == ["tile", "row", "share", *QUANTILES, *SPENT]
        assert [list(activity) for activity in team["activities"]] == [["activity", *SPENT]] * 2
        assert list(team["obstacles"]) == ["closed_rows", "tried", "untried", "impossible"]


def test_obstacles_are_told_to_programs_in_full() -> None:
    endless = tile_data("endless", points=5, needs=10**6)
    board = [{"tiles": [endless, tile_data("untried"), raid_tile_data()]}, {"tiles": [tile_data("last")]}]
    apes = {"strategy": "greedy", "players": ["Mia"]}
    teams = {"Zebras": {"players": ["Zoe", "Adam"]}, "Apes": apes}
    document = a_document(
        players={"Zoe": {}, "Adam": {}, "Mia": {}}, board=board, teams=teams, unlock_points=5
    )
    team = results_json(load_results(a_completed_simulation(document=document)))["teams"][1]
    spent = team["tiles_detail"][0]["player_s"]
    assert spent > 40 * 3600
    never = {"row": 0, "share": 1.0, "finished": 0.0}
    assert team["obstacles"] == {
        "closed_rows": [
            {"row": 1, "share": 1.0, "closed_s": 172800.0, "tiles": ["endless", "untried", "cox"]}
        ],
        "tried": [{"tile": "endless", **never, "player_s": spent, "time_share": 1.0}],
        "untried": [{"tile": "untried", **never}],
        "impossible": [{"tile": "cox", **never, "reason": "Chambers of Xeric takes 2 players, 1 may do it"}],
    }


def test_boards_are_finished_when_their_runs_say_so() -> None:
    simulation = a_completed_simulation(document=a_race(), batches=[25, 15])
    columns = join_columns([columns for _, columns in stored_blocks(simulation)])
    for ix, team in enumerate(load_results(simulation).teams):
        finished = columns["tiles"][:, ix] == 2
        assert team.board.share == finished.mean()
        seconds = columns["last_s"][finished, ix]
        expected = np.quantile(seconds, [0.05, 0.5, 0.95], method="inverted_cdf")
        # Read from a histogram of 256 parts of the event.
        assert team.board.seconds == pytest.approx(expected.tolist(), abs=4 * 3600 / 256)
        assert min(seconds) <= team.board.seconds.p05 <= team.board.seconds.p95 <= max(seconds)  # type: ignore[operator]


def test_what_was_spent_and_how_long_rows_were_the_last_is_as_replays_tell() -> None:
    simulation = a_completed_simulation(document=a_race(), n_runs=6)
    document, teams = simulation.frozen_document, load_results(simulation).teams
    replays = [replay_run(simulation, run).teams for run in range(6)]
    for ix, team in enumerate(teams):
        attempts = [event for teams in replays for event in teams[ix].events if event.kind == "attempt"]
        for tile in team.tiles_detail:
            own = [event for event in attempts if event.tile == tile.tile]
            seconds = sum(len(event.players) * (event.second - (event.start_s or 0)) for event in own)
            assert tile.spent == Spent(len(own) / 6, seconds / 6)
        closed = [(run[ix].rows_s[1] if run[ix].rows_s[1] >= 0 else document.duration_s) for run in replays]
        assert team.rows[0].next_closed_s == pytest.approx(sum(closed) / 6)
        assert team.rows[1].next_closed_s is None
        assert team.player_s == pytest.approx(sum(tile.spent.player_s or 0 for tile in team.tiles_detail))


# Summaries of format 1 had no times of boards.


def an_old_simulation() -> Simulation:
    """Return a completed simulation as a version that wrote format 1 has stored it."""
    simulation = a_completed_simulation(document=a_race(), batches=[25, 15])
    Simulation.objects.update(summary=summary_of_format_1(0, 40))
    return Simulation.objects.get(pk=simulation.pk)


def test_what_an_older_version_stored_comes_to_the_same_results() -> None:
    fresh = results_json(load_results(a_completed_simulation(document=a_race())))
    old = results_json(load_results(an_old_simulation()))
    assert {**old, "id": ""} == {**fresh, "id": ""}


def test_an_old_summary_is_stored_anew_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    pk = an_old_simulation().pk
    with django_assert_num_queries(3):
        load_results(Simulation.objects.get(pk=pk))
    with django_assert_num_queries(1):
        load_results(Simulation.objects.get(pk=pk))


def test_an_old_summary_is_not_stored_anew_over_that_of_more_runs() -> None:
    simulation = an_old_simulation()
    Simulation.objects.update(digest="of other runs")
    load_results(simulation)
    simulation.refresh_from_db()
    assert bytes(simulation.summary or b"") == summary_of_format_1(0, 40)


def test_what_an_older_version_began_is_read_and_completed() -> None:
    simulation, token = a_claimed_simulation(document=a_race())
    first, second = computed(simulation, [25, 15])
    record_computed(simulation.pk, token, [first._replace(summary=summary_of_format_1(0, 25))])
    assert [team.board.seconds.p50 for team in load_results(simulation).teams].count(None) == 0
    record_computed(simulation.pk, token, [second])
    assert complete(simulation, token, elapsed_s=lambda: 0.5)
    fresh = a_completed_simulation(document=a_race())
    simulation.refresh_from_db()
    assert simulation.digest == fresh.digest
    assert simulation.summary == fresh.summary


def test_summaries_of_both_formats_are_folded_together() -> None:
    simulation, token = a_claimed_simulation(document=a_race())
    first, second = computed(simulation, [25, 15])
    old = first._replace(summary=summary_of_format_1(0, 25))
    record_computed(simulation.pk, token, [old, second])
    assert fold_summaries(simulation, at_least=2)
    assert complete(simulation, token, elapsed_s=lambda: 0.5)
    simulation.refresh_from_db()
    assert simulation.summary == a_completed_simulation(document=a_race()).summary


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
