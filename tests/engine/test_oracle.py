"""Truths worked out by hand: what the oracle must say before anything is compared with it."""

import pytest
from hypothesis import given, settings

from events.document import EventDocument
from tests.engine.documents import event_documents
from tests.engine.edge_cases import EDGE_CASES
from tests.engine.oracle import OracleTeam, play

SEED = "7"


def only_team(case: str) -> OracleTeam:
    (team,) = play(EDGE_CASES[case], SEED, 0)
    return team


# The seconds in which tiles are finished, where neither time nor loot leaves anything to luck.

FINISHES = {
    "a wait times out": [-1, -1, 180],
    "a finish in a wait's last second": [-1, 60, 240],
    "a clock survives a finish": [-1, 30, 180],
    "another rule starts another clock": [-1, 30, 270, -1],
    "a finish forgets what was left out": [-1, 90, 240],
    "a wait ends with the session": [-1, -1, 1980],
    "left out until the session ends": [-1, -1, 720],
    "a session that ends in a penalty is forgotten too": [-1, -1, 840],
    "no waiting at all": [-1, -1, 120],
    "waiting longer than the event": [-1, -1, -1],
    "an attempt ends the wait for good": [-1, 300],
    "someone joins a wait": [120, -1],
    "a failed start splits a party": [240, -1],
    "a failed start leaves a waiter waiting": [-1, 240],
    "a failed start among three": [120, 3120],
    "a rest plays alone": [60, 2100],
    "a rest waits": [120, 2160],
    "parties fill in roster order": [120, -1],
    "who waits keeps their place in the roster": [90, 2430],
    "a party of one": [60, -1],
    "players meet in the same second": [300, -1],
    "the slowest member counts": [90, 2340],
    "a penalty covers the next start": [1140],
    "a penalty ends offline": [1260],
    "a penalty holds the whole party": [210, 3300],
    "the largest penalty counts": [220],
    "an attempt longer than the session": [-1],
    "an attempt ends with the session": [120],
    "an attempt ends with the event": [3600],
    "touching sessions are one": [120],
    "nobody is ever online": [-1],
    "stopping is not idling": [30, 150, -1],
    "an idle player is freed by a finish": [60, 120],
    "a grant opens a row for the next": [60, 60],
    "a finish counts for others in its second": [60, 60],
    "whoever finishes in its second picks again": [140, 20, 140],
    "an attempt outlives its tile": [60, 90],
    "the first rule counts": [180],
    "attempts resolve in roster order": [120, 360, 240],
    "the quickest rule of a tile": [60],
    "of equal rules the first": [30],
    "repetitions count in estimates": [60],
    "whoever finds a drop, it counts": [120, 60],
    "fractions of a unit": [240],
    "two activities, one name of a drop": [120, 180],
    "every row is open": [120, 60],
    "a row that cannot be reached": [60, -1],
    "of equal sets the one with the lowest tile": [120, 60, 240, 180],
    "of equal sets the one with fewer tiles": [240, 300, 120, 180],
    "earlier rows come later": [302, 60, 120, 241, 180],
    "no set has a finite sum": [-1, 120, 60, -1],
    "combos count only what is locked": [60, 490, 190, 120],
    "a weight on what unlocks": [60, 660, 720],
    "rates are capped": [1800],
    "a multiplier rounds down to nothing": [-1],
    "products round down at every step": [60],
    "a product of multipliers is capped": [-1],
    "an attempt takes a second at least": [120],
}


@pytest.mark.parametrize(("case", "finishes"), FINISHES.items())
def test_tiles_are_finished_when_the_model_says(case: str, finishes: list[int]) -> None:
    assert only_team(case).tiles_s == finishes


# When the first attempt starts that a player makes.

FIRST_STARTS = {
    "clocks go forward": ("boss", 4 * 3600 + 1800),
    "clocks go back": ("boss", 3 * 3600 + 1800),
    "half an hour of summer time": ("boss", 4 * 3600 + 900),
    "a player's own time zone": ("boss", 900),
}


@pytest.mark.parametrize(("case", "expected"), FIRST_STARTS.items())
def test_the_first_attempt_starts_when_the_model_says(case: str, expected: tuple[str, int]) -> None:
    activity, second = expected
    assert only_team(case).starts_of(activity)[0] == second


def test_nobody_starts_anything_while_waiting() -> None:
    assert only_team("waiting longer than the event").log == []


def test_a_session_keeps_its_real_length_when_clocks_go_back() -> None:
    assert len(only_team("clocks go back").starts_of("boss")) == 60


def test_a_player_who_stopped_ignores_what_opens_before_the_session_ends() -> None:
    assert only_team("stopping is not idling").activity_attempts == {"mine": 1, "boss": 1}


def test_a_solo_start_follows_the_failed_one_in_the_same_second() -> None:
    team = only_team("a failed start splits a party")
    assert team.log[0].details["start"] == 0
    assert team.log[0].details["members"] == ["Bob"]


def test_parties_form_of_the_first_in_the_roster() -> None:
    first = only_team("parties fill in roster order").log[0]
    assert first.details["members"] == ["Ann", "Bob"]


def test_the_grant_that_opens_a_row_is_followed_by_grants_in_it() -> None:
    log = only_team("a grant opens a row for the next").log
    kinds = [(entry.kind, entry.details.get("tile", entry.details.get("row"))) for entry in log]
    assert kinds == [
        ("attempt", "first"),
        ("roll", None),
        ("grant", "first"),
        ("finish", "first"),
        ("unlock", 1),
        ("roll", None),
        ("grant", "second"),
        ("finish", "second"),
    ]


def test_the_finish_that_opens_a_row_is_counted_for_its_tile() -> None:
    assert only_team("earlier rows come later").opened_row == [0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("case", "opened"),
    [("every row is open", [0, 0]), ("a row that cannot be reached", [0, -1])],
)
def test_rows_open_by_points(case: str, opened: list[int]) -> None:
    assert only_team(case).rows == opened


def test_surplus_is_lost_in_millionths() -> None:
    team = only_team("surplus is lost")
    assert team.granted == {("boss", "kill"): 5}
    assert team.lost["boss", "kill"] == 2_000_000


def test_fractions_of_a_unit_are_lost_too() -> None:
    assert only_team("fractions of a unit").lost["boss", "kill"] == 333_332


def test_what_no_tile_takes_is_granted_and_wasted() -> None:
    team = only_team("what no tile takes is wasted")
    assert team.granted["boss", "kill"] == 2
    assert team.wasted["boss", "kill"] == 1


def test_grants_go_to_the_activity_they_come_from() -> None:
    team = only_team("two activities, one name of a drop")
    assert team.granted == {("boss", "kill"): 2, ("mine", "kill"): 2}
    assert not any(team.wasted.values())


def test_efforts_are_counted_per_activity_and_per_tile_aimed_at() -> None:
    team = only_team("an attempt outlives its tile")
    assert team.activity_attempts == {"boss": 3}
    assert team.activity_seconds == {"boss": 60 + 90 + 60}
    assert team.tile_attempts == [2, 1]
    assert team.tile_seconds == [150, 60]


def test_the_combo_strategy_shuns_what_locked_rows_need() -> None:
    rows, combos = play(EDGE_CASES["combos shun what the locked rows need"], SEED, 0)
    assert rows.tiles_s == [220, 60, 120]
    assert combos.tiles_s == [100, 160, 220]


def test_a_tile_is_estimated_at_one_attempt_at_least() -> None:
    teams = play(EDGE_CASES["an estimate of less than one attempt"], SEED, 0)
    assert [team.tiles_s for team in teams] == [
        [110, 170, -1],
        [110, 170, -1],
        [170, 60, -1],
        [110, 170, -1],
    ]


# What holds for any event whatever.


@settings(max_examples=30, deadline=None, derandomize=True)
@given(event_documents())
def test_progress_adds_up_on_any_event(document: EventDocument) -> None:
    for team in play(document, SEED, 0):
        tiles = [tile for _, tile in document.tiles()]
        finished = [tile for tile, second in zip(tiles, team.tiles_s, strict=True) if second >= 0]
        assert team.points == sum(tile.points for tile in finished)
        assert sum(team.activity_attempts.values()) == sum(team.tile_attempts)
        assert all(team.wasted[pair] <= team.granted[pair] for pair in team.wasted)
        assert team.points_at(document.duration_s) == team.points
        opened = [second for second in team.rows if second >= 0]
        assert opened == sorted(opened)
        for (row, _), second in zip(document.tiles(), team.tiles_s, strict=True):
            assert second < 0 or 0 <= team.rows[row] <= second


@settings(max_examples=30, deadline=None, derandomize=True)
@given(event_documents())
def test_nobody_is_in_two_attempts_at_once(document: EventDocument) -> None:
    for team in play(document, SEED, 0):
        busy_until: dict[str, int] = {}
        for entry in sorted(team.log, key=lambda entry: entry.details.get("start", -1)):
            if entry.kind == "attempt":
                for member in entry.details["members"]:
                    assert busy_until.get(member, 0) <= entry.details["start"] < entry.details["end"]
                    busy_until[member] = entry.details["end"]
