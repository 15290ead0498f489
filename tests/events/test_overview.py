"""The overview says of an event what its page shows, and is reckoned once for each version."""

import math
from typing import Any

import pytest

from events import overview as module
from events.checks import findings_of
from events.document import EventDocument
from events.estimates import tile_seconds
from events.models import Activity, Event, Team, Tile
from events.overview import ERROR, overview_of
from events.services import board
from events.transfer import document_of
from tests.events.factories import an_event, friday_evening, tile_data

pytestmark = pytest.mark.django_db


def test_the_board_has_its_tiles_in_rows_with_estimates_and_sources() -> None:
    event = an_event()
    overview = overview_of(event)
    assert [[tile.key for tile in row.tiles] for row in overview.rows] == [["zulrah", "cox"], ["coins"]]
    assert [row.points for row in overview.rows] == [3, 3]
    document = document_of(event)
    for tile, (_, of_document) in zip(overview.tiles, document.tiles(), strict=True):
        assert tile.seconds == tile_seconds(document, of_document)
    assert overview.tiles[1].sources == ("Chambers of Xeric",)


def test_empty_rows_are_rows_too() -> None:
    overview = overview_of(an_event(board=[{"tiles": []}, {"tiles": [tile_data("a")]}, {"tiles": []}]))
    assert [len(row.tiles) for row in overview.rows] == [0, 1, 0]


def test_the_boards_seconds_leave_out_what_nobody_can_finish() -> None:
    hopeless = {"key": "hopeless", "name": "Hopeless", "points": 1}
    overview = overview_of(an_event(board=[{"tiles": [tile_data("a"), hopeless]}]))
    assert overview.tiles[1].seconds == math.inf
    assert overview.board_seconds == overview.tiles[0].seconds


def test_a_tile_and_a_row_have_the_findings_that_concern_them() -> None:
    hopeless = {"key": "hopeless", "name": "Hopeless", "points": 1}
    event = an_event(unlock_points=5, board=[{"tiles": [tile_data("a"), hopeless]}, {"tiles": []}])
    overview = overview_of(event)
    assert [finding.code for finding in overview.tiles[1].findings] == ["tile-without-rules"]
    assert [finding.code for finding in overview.rows[0].findings] == ["row-never-opens"]
    assert list(overview.findings) == findings_of(document_of(event))


def test_a_team_has_the_hours_online_of_its_players_added_up() -> None:
    players = {"Zoe": {"sessions": [friday_evening()]}, "Adam": {"sessions": [friday_evening(minutes=60)]}}
    teams = {"Zebras": {"players": ["Zoe", "Adam"]}}
    [team] = overview_of(an_event(players=players, teams=teams)).teams
    assert (team.players, team.online_seconds) == (("Zoe", "Adam"), 4 * 3600)


def test_a_team_has_the_seconds_of_the_tiles_that_it_can_do() -> None:
    overview = overview_of(an_event())
    by_name = {team.name: team for team in overview.teams}
    zulrah, cox, coins = (tile.seconds for tile in overview.tiles)
    # Mia is alone, and the raid takes two; she lacks the quest that the coins take, too.
    assert by_name["Apes"].out_of_reach == ("cox", "coins")
    assert by_name["Apes"].board_seconds == zulrah
    assert by_name["Zebras"].board_seconds == sum(seconds or 0 for seconds in (zulrah, cox, coins))


def test_a_team_of_nobody_can_do_nothing() -> None:
    [team] = overview_of(an_event(teams={"Nobody": {}})).teams
    assert (team.online_seconds, team.board_seconds) == (0, 0)
    assert team.out_of_reach == ("zulrah", "cox", "coins")


def test_an_event_of_nothing_has_an_overview() -> None:
    overview = overview_of(an_event(capabilities={}, activities={}, players={}, board=[], teams={}))
    assert (overview.rows, overview.teams, overview.board_seconds) == ((), (), 0)


def test_what_no_document_may_hold_is_told_at_its_tile_and_the_board_is_shown_all_the_same() -> None:
    event = an_event()
    Tile.objects.filter(key="cox").update(name="two\nlines")
    overview = overview_of(event)
    assert overview.document is None
    assert [error.place for error in overview.errors] == ["board[0].tiles[1].name"]
    assert [finding.code for finding in overview.tiles[1].findings] == [ERROR]
    assert [[tile.key for tile in row.tiles] for row in overview.rows] == [["zulrah", "cox"], ["coins"]]
    assert [(team.name, team.players) for team in overview.teams] == [
        ("Zebras", ("Zoe", "Adam")),
        ("Apes", ("Mia",)),
    ]
    assert overview.board_seconds is None


def test_parts_are_found_by_their_keys_in_the_document() -> None:
    event = an_event()
    parts = overview_of(event).parts
    assert parts["activities"]["boss.zulrah"].id == Activity.objects.get(key="boss.zulrah").pk
    assert parts["activities"]["boss.zulrah"].name == "Zulrah"
    assert parts["teams"]["Apes"].id == Team.objects.get(name="Apes").pk


def test_a_version_is_reckoned_once(django_assert_num_queries: Any) -> None:
    event = an_event()
    first = overview_of(event)
    with django_assert_num_queries(0):
        assert overview_of(event) == first


def test_another_version_is_reckoned_again() -> None:
    event = an_event()
    overview_of(event)
    done = board.add_row(event_id=event.pk, seen_version=event.version, row=0)
    overview = overview_of(done.event)
    assert (len(overview.rows), overview.version) == (3, event.version + 1)


def test_the_latest_version_is_told_even_to_who_has_loaded_an_older_one() -> None:
    event = an_event()
    done = board.add_row(event_id=event.pk, seen_version=event.version, row=0)
    assert overview_of(event).version == done.event.version


def test_an_event_that_is_saved_while_it_is_read_is_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    event = an_event()
    stored = document_of(event)
    reads = []

    def read_and_save(read: Event) -> EventDocument:
        reads.append(read)
        if len(reads) == 1:
            Tile.objects.create(event=event, key="new", name="New", points=1, row=1, position=9)
            return stored
        return document_of(read)

    monkeypatch.setattr(module, "document_of", read_and_save)
    assert [tile.key for tile in overview_of(event).tiles] == ["zulrah", "cox", "coins", "new"]
    assert len(reads) == 2


def test_queries_do_not_grow_with_the_event(django_assert_max_num_queries: Any) -> None:
    tiles = [{"tiles": [tile_data(f"t{row}-{place}") for place in range(4)]} for row in range(25)]
    large = an_event(board=tiles)
    with django_assert_max_num_queries(26):
        overview_of(large)
