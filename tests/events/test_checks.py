"""What looks wrong in an event is found and said in words."""

from typing import Any

import pytest
from hypothesis import given, settings

from events.checks import findings_of
from events.document import EventDocument, parse_document
from tests.engine.documents import event_documents
from tests.events.checks.reading import found
from tests.events.factories import (
    a_document,
    document_data,
    friday_evening,
    raid_data,
    raid_tile_data,
    sound_data,
    tile_data,
    zulrah_data,
)


def two_rows(*first_row: Any) -> list[Any]:
    return [{"tiles": list(first_row)}, {"tiles": [tile_data("last")]}]


def test_a_sound_event_has_no_findings() -> None:
    assert findings_of(parse_document(sound_data())) == []


def test_an_event_of_nothing_lacks_tiles_and_teams() -> None:
    nothing = a_document(capabilities={}, activities={}, players={}, board=[], teams={})
    assert [str(finding) for finding in findings_of(nothing)] == [
        "board: there are no tiles",
        "teams: there are no teams",
    ]


def test_a_tile_without_rules() -> None:
    tile = {"key": "bare", "name": "Bare", "points": 1}
    document = a_document(board=two_rows(tile_data(), tile))
    assert found("tile-without-rules", document) == [
        "board[0].tiles[1]: bare has no rules: nobody can finish it"
    ]


def test_a_tile_that_a_team_lacks_a_capability_for() -> None:
    tiles = [tile_data("one", requires=["item.lance"]), tile_data("two", requires=["quest.ds2"])]
    data = document_data(board=two_rows(*tiles))
    data["teams"] = {"Apes": {"players": ["Mia"]}, "Bats": {"players": ["Zoe"]}}
    assert found("tile-out-of-reach", parse_document(data)) == [
        "board[0].tiles[0]: one can't be done by Apes and Bats: nobody has item.lance",
        "board[0].tiles[1]: two can't be done by Apes: nobody has quest.ds2",
    ]


def test_a_tile_whose_requirements_no_single_player_has() -> None:
    data = document_data(board=two_rows(tile_data("both", requires=["item.lance", "quest.ds2"])))
    data["players"] = {"A": {"capabilities": ["item.lance"]}, "B": {"capabilities": ["quest.ds2"]}}
    data["teams"] = {"Apes": {"players": ["A", "B"]}}
    assert found("tile-out-of-reach", parse_document(data)) == [
        "board[0].tiles[0]: both can't be done by Apes: nobody has all of item.lance and quest.ds2"
    ]


def test_a_tile_that_takes_more_players_than_a_team_has() -> None:
    assert found("tile-out-of-reach", a_document()) == [
        "board[0].tiles[1]: cox can't be done by Apes: raid.cox takes 2 players, 1 may do it",
        "board[1].tiles[0]: coins can't be done by Apes: nobody has quest.ds2",
    ]


def test_a_row_whose_tiles_are_worth_too_little() -> None:
    document = a_document(board=two_rows(tile_data()), unlock_points=2)
    assert found("row-never-opens", document) == ["board[0]: its tiles are worth 1 point, row 2 opens at 2"]


def test_a_row_that_a_team_can_not_do_enough_of() -> None:
    row = [tile_data("easy"), tile_data("hard", requires=["quest.ds2"])]
    assert found("row-never-opens", a_document(board=two_rows(*row), unlock_points=2)) == [
        "board[0]: the tiles that Apes can do are worth 1 point, row 2 opens at 2"
    ]


def test_rows_that_are_all_open_need_no_points() -> None:
    assert found("row-never-opens", a_document(board=two_rows(), unlock_points=0)) == []


def test_a_party_that_no_team_has_the_players_for() -> None:
    activities = {"boss.zulrah": zulrah_data(), "raid.cox": raid_data(group={"min": 3, "max": 8})}
    assert found("party-too-large", a_document(activities=activities)) == [
        "activities.raid.cox: takes 3 players, no team has as many who may do it"
    ]


@pytest.mark.parametrize(("start", "apart"), [("22:59", False), ("23:00", True)])
def test_a_party_whose_players_are_never_online_together(start: str, apart: bool) -> None:
    players = {
        "Zoe": {"capabilities": ["quest.ds2"], "sessions": [friday_evening()]},
        "Adam": {"sessions": [friday_evening(start=start)]},
        "Mia": {},
    }
    message = "activities.raid.cox: takes 2 players, of Zebras at most 1 are online together"
    assert found("party-never-together", a_document(players=players)) == [message] * apart


def test_a_team_that_has_too_few_hours_for_the_rows() -> None:
    board = two_rows(tile_data("slow", points=2, needs=1000), tile_data("slower", points=2, needs=2000))
    data = document_data(board=board, players={"Zoe": {"sessions": [friday_evening()]}})
    data["teams"] = {"Apes": {"players": ["Zoe"]}}
    # 1000 kills at 3/4 each take 1334 attempts of 120 s.
    assert found("too-few-hours-for-rows", parse_document(data)) == [
        "teams.Apes: opening row 2 takes about 44.5 h, its players are online for 3.0 h"
    ]


def test_a_team_that_has_too_few_hours_for_the_board() -> None:
    board = two_rows(tile_data("fast", points=2), tile_data("slow", needs=150))
    data = document_data(board=board, players={"Zoe": {"sessions": [friday_evening()]}})
    data["teams"] = {"Apes": {"players": ["Zoe"]}}
    assert found("too-few-hours-for-board", parse_document(data)) == [
        "teams.Apes: the whole board takes about 6.8 h, its players are online for 3.0 h"
    ]


def test_a_tile_that_takes_longer_than_a_team_is_online() -> None:
    board = two_rows(
        tile_data("fast"), tile_data("slow", needs=150), tile_data("never", requires=["quest.ds2"])
    )
    data = document_data(board=board, players={"Zoe": {"sessions": [friday_evening()]}, "Mia": {}})
    data["teams"] = {"Apes": {"players": ["Zoe"]}, "Bats": {"players": ["Mia"]}}
    assert found("too-few-hours-for-tile", parse_document(data)) == [
        "board[0].tiles[1]: slow takes about 6.7 h, Apes is online for 3.0 h"
    ]


def test_a_player_who_is_never_online() -> None:
    players = {"Zoe": {"sessions": [friday_evening(day="wed")]}, "Adam": {}, "Mia": {}}
    assert found("player-never-online", a_document(players=players)) == [
        "players.Zoe: is never online during the event"
    ]


def test_sessions_outside_the_event() -> None:
    players = {"Zoe": {"sessions": [friday_evening(), friday_evening(day="wed")]}, "Adam": {}, "Mia": {}}
    assert found("session-outside-event", a_document(players=players)) == [
        "players.Zoe.sessions: outside the event: wed 20:00"
    ]


def test_a_start_that_clocks_skip() -> None:
    assert found("start-skipped", a_document(starts_at="2026-03-08T02:30:00")) == [
        "starts_at: clocks in America/New_York skip 02:30 that day: the event starts at 03:30"
    ]
    # Of a time that comes twice, the first is meant.
    assert found("start-skipped", a_document(starts_at="2026-11-01T01:30:00")) == []


def test_teams_without_players_and_players_without_a_team() -> None:
    document = a_document(teams={"Apes": {"players": ["Mia", "Zoe"]}, "Bats": {}})
    assert found("team-without-players", document) == ["teams.Bats: has no players"]
    assert found("player-without-team", document) == ["players.Adam: is in no team"]


def test_what_no_rule_uses() -> None:
    document = a_document(board=two_rows(tile_data()))
    assert found("unused-activity", document) == ["activities.raid.cox: no tile has a rule for it"]
    assert len(found("unused-capability", document)) == 2
    assert found("unused-drop", document) == [
        "activities.boss.zulrah: no rule accepts unique.fang and loot.coins"
    ]


def test_a_raid_that_everyone_can_do_is_no_finding() -> None:
    data = document_data(board=two_rows(raid_tile_data(), tile_data()))
    data["teams"] = {"All": {"players": ["Zoe", "Adam", "Mia"]}}
    assert found("tile-out-of-reach", parse_document(data)) == []


@settings(max_examples=25)
@given(event_documents())
def test_no_event_is_too_odd_to_be_checked(document: EventDocument) -> None:
    bare = document.model_copy(
        update={"board": [row.model_copy(update={"tiles": []}) for row in document.board]}
    )
    for checked in (document, bare, document.model_copy(update={"teams": {}})):
        assert all(finding.message and finding.code for finding in findings_of(checked))
