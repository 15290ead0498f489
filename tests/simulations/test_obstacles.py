"""Where teams get stuck, told apart by the reason."""

from typing import Any

import pytest

from events.checks import CheckedEvent
from simulations.models import Simulation
from simulations.obstacles import TeamObstacles, closed_rows, obstacles_of, open_tiles, team_obstacles
from simulations.results import ActivityResult, RowResult, Spent, TeamResults, TileResult, load_results
from simulations.statistics import Distribution, Times
from tests.events.factories import a_document, a_race, friday_evening, raid_tile_data, tile_data
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db

PLAYERS: dict[str, Any] = {"Zoe": {}, "Adam": {}, "Mia": {}}


def stuck(simulation: Simulation, team: str = "Apes") -> TeamObstacles:
    return obstacles_of(load_results(simulation), ["Zebras", "Apes"].index(team))


def a_board(*rows: list[dict[str, Any]], **changes: Any) -> Simulation:
    """Return a completed simulation of a board; Apes are one player, and nobody has anything."""
    teams = {
        "Zebras": {"strategy": "greedy", "players": ["Zoe", "Adam"]},
        "Apes": {"strategy": "greedy", "players": ["Mia"]},
    }
    board = [{"tiles": tiles} for tiles in rows]
    return a_completed_simulation(document=a_document(board=board, players=PLAYERS, teams=teams, **changes))


ENDLESS = tile_data("endless", points=5, needs=10**6)


def test_an_open_tile_is_tried_left_or_impossible_for_a_reason() -> None:
    untried, raid = tile_data("untried", points=3), raid_tile_data()
    quest = tile_data("quest", points=4, requires=["quest.ds2", "item.lance"])
    found = stuck(a_board([ENDLESS, untried, raid, quest]))
    assert [one.open.tile.tile for one in found.tried] == ["endless"]
    assert [one.tile.tile for one in found.untried] == ["untried"]
    assert [(one.open.tile.tile, one.reason) for one in found.impossible] == [
        ("quest", "nobody has Dragon Slayer II and Lance"),
        ("cox", "Chambers of Xeric takes 2 players, 1 may do it"),
    ]


def test_what_one_team_can_do_another_can_not() -> None:
    simulation = a_board([raid_tile_data()])
    assert stuck(simulation, "Zebras") == TeamObstacles([], [], [], [])
    assert [one.open.tile.tile for one in stuck(simulation).impossible] == ["cox"]


def test_requirements_that_nobody_has_together_are_named() -> None:
    apes = {"Mia": {"capabilities": ["quest.ds2"]}, "Max": {"capabilities": ["item.lance"]}}
    document = a_document(
        players={"Zoe": {}, "Adam": {}, **apes},
        teams={"Zebras": {"players": ["Zoe", "Adam"]}, "Apes": {"players": ["Mia", "Max"]}},
        board=[{"tiles": [tile_data(requires=["quest.ds2", "item.lance"])]}],
        unlock_points=1,
    )
    (impossible,) = stuck(a_completed_simulation(document=document)).impossible
    assert impossible.reason == "nobody has all of Dragon Slayer II and Lance"


def test_an_attempt_that_is_longer_than_anybody_plays_is_impossible() -> None:
    short = {name: {"sessions": [friday_evening(minutes=1)]} for name in PLAYERS}
    document = a_document(
        players=short,
        teams={"Zebras": {"players": ["Zoe", "Adam"]}, "Apes": {"players": ["Mia"]}},
        board=[{"tiles": [tile_data()]}],
        unlock_points=1,
    )
    (impossible,) = stuck(a_completed_simulation(document=document)).impossible
    assert impossible.reason == "an attempt of Zulrah takes longer than they play at a stretch"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"teams": {"Zebras": {"players": ["Zoe"]}, "Apes": {}}}, "the team has no players"),
        (
            {"board": [{"tiles": [{"key": "bare", "name": "Bare", "points": 1, "needs": 1}]}]},
            "it has no rules",
        ),
    ],
)
def test_without_players_or_rules_nobody_can_do_anything(changes: dict[str, Any], reason: str) -> None:
    document = a_document(**{"players": PLAYERS, "board": [{"tiles": [tile_data()]}], **changes})
    assert stuck(a_completed_simulation(document=document)).impossible[0].reason == reason


def test_a_row_stays_closed_for_want_of_tiles_of_the_row_before() -> None:
    found = stuck(a_board([tile_data(), ENDLESS], [tile_data("locked")]))
    (closed,) = found.closed_rows
    assert (closed.row, closed.share, closed.closed_s) == (1, 1.0, 48 * 3600)
    assert [one.tile.tile for one in closed.tiles] == ["endless", "zulrah"]
    assert "locked" not in [one.open.tile.tile for one in found.tried]


def test_nothing_of_a_row_that_never_opens_is_an_obstacle() -> None:
    found = stuck(a_board([ENDLESS], [raid_tile_data()], [tile_data()]))
    assert [closed.row for closed in found.closed_rows] == [1]
    assert (found.impossible, found.untried) == ([], [])


def test_a_team_that_opens_every_row_is_not_held_up_by_a_closed_one() -> None:
    found = stuck(a_board([ENDLESS, tile_data()], [tile_data("more", points=2)], unlock_points=0))
    assert found.closed_rows == []
    assert [one.open.tile.tile for one in found.tried] == ["endless"]
    assert [one.tile.tile for one in found.untried] == ["more", "zulrah"]


def test_whoever_finishes_everything_has_no_obstacles() -> None:
    simulation = a_completed_simulation(document=a_race())
    assert stuck(simulation, "Zebras") == TeamObstacles([], [], [], [])
    (tried,) = stuck(simulation).tried
    assert tried.open.tile.share == pytest.approx(14 / 40)
    assert tried.open.share == pytest.approx(26 / 40)
    assert 0.5 < tried.time_share < 1


def a_team(rows: list[float], tiles: list[tuple[int, float, Spent]]) -> TeamResults:
    """Return what a team came to: the shares of its rows; row, share and effort of its tiles."""
    return TeamResults(
        name="Apes",
        strategy="greedy",
        win_rate=None,
        win_rate_ci95=None,
        points=Distribution(),
        tiles=Distribution(),
        row_reached=Distribution(),
        board=None,  # type: ignore[arg-type]
        rows=[RowResult(row, share, Times(), 60.0) for row, share in enumerate(rows)],
        tiles_detail=[
            TileResult(f"t{ix}", f"T{ix}", row, 1, share, Times(), spent)
            for ix, (row, share, spent) in enumerate(tiles)
        ],
        activities=[],
    )


def test_what_fewer_runs_leave_open_says_nothing() -> None:
    team = a_team([1.0, 0.996], [(0, 0.996, Spent(1, 60)), (0, 0.99, Spent(1, 60))])
    assert [one.tile.tile for one in open_tiles(team)] == ["t1"]


def test_a_tile_that_hardly_any_run_aims_at_is_not_tried() -> None:
    team = a_team(
        [1.0, 0.5], [(0, 0.0, Spent(0.004, 9)), (0, 0.0, Spent(0.005, 9)), (1, 0.0, Spent(0.003, 9))]
    )
    assert [one.is_tried for one in open_tiles(team)] == [False, True, True]


def test_the_tile_that_takes_most_time_in_vain_comes_first() -> None:
    team = a_team([1.0], [(0, 0.9, Spent(9, 900)), (0, 0.0, Spent(9, 100)), (0, 0.5, Spent(9, 150))])
    team.activities.append(ActivityResult("boss.zulrah", "Zulrah", Spent(27, 1150)))
    board = [{"tiles": [tile_data(f"t{ix}") for ix in range(3)]}]
    found = team_obstacles(team, CheckedEvent(a_document(players=PLAYERS, board=board, unlock_points=0)))
    assert [one.open.tile.tile for one in found.tried] == ["t1", "t0", "t2"]
    assert found.tried[1].time_share == pytest.approx(900 / 1150)


def test_a_row_waits_for_tiles_that_are_open_in_most_of_the_runs_in_which_it_is_closed() -> None:
    team = a_team([1.0, 0.5], [(0, 0.7, Spent(9, 100)), (0, 0.9, Spent(9, 900)), (0, 0.6, Spent(9, 200))])
    (closed,) = closed_rows(team, open_tiles(team))
    assert [one.tile.tile for one in closed.tiles] == ["t2", "t0"]


def test_the_row_that_most_runs_end_before_comes_first() -> None:
    team = a_team([1.0, 0.9, 0.2, 0.196], [(row, 0.0, Spent(9, 9)) for row in range(4)])
    closed = closed_rows(team, open_tiles(team))
    assert [(one.row, round(one.share, 3)) for one in closed] == [(2, 0.7), (1, 0.1)]
