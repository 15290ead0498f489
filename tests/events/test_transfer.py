"""Documents go into the database and come back the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings

from events.admin.change_words import OF_SECTIONS
from events.document import EventDocument, canonical_json, document_digest, parse_document, read_document
from events.document.known_names import renames_between
from events.models import Event, Rule, RuleDrop, Team, TeamMember, Tile
from events.transfer import (
    StoreStatus,
    changes_of_parts,
    document_changes,
    document_of,
    preview_document,
    store_document,
)
from tests.engine.documents import event_documents
from tests.events.factories import a_document, an_event, document_data, tile_data, zulrah_data

pytestmark = pytest.mark.django_db

BUNDLED = sorted(Path("events/bundled").glob("*.yaml"))


def a_large_document() -> EventDocument:
    """Return a board of 84 tiles with 3 teams of 20 players."""
    names = [f"Player {number}" for number in range(60)]
    held = ["quest.ds2", "item.lance"]
    tiles = [tile_data(f"t{n}", drops={"kill.zulrah": 1, "unique.fang": 2}, requires=held) for n in range(84)]
    return a_document(
        slug="large",
        players={name: {"capabilities": held} for name in names},
        board=[{"tiles": tiles[first : first + 4]} for first in range(0, 84, 4)],
        teams={f"Team {number}": {"players": names[number * 20 : number * 20 + 20]} for number in range(3)},
    )


def stored_ids() -> dict[str, list[Any]]:
    return {
        model.__name__: list(model.objects.order_by("pk").values_list("pk", flat=True))
        for model in (Tile, Rule, RuleDrop, Team, TeamMember)
    }


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_bundled_events_come_back_the_same(path: Path) -> None:
    document = read_document(path.read_text())
    event = store_document(document).event
    assert event is not None
    assert canonical_json(document_of(event)) == canonical_json(document)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=event_documents(), other=event_documents())
def test_any_event_comes_back_the_same_and_any_other_can_take_its_place(
    document: EventDocument, other: EventDocument
) -> None:
    for wanted in (document, other, document):
        result = store_document(wanted)
        assert result.event is not None
        assert canonical_json(document_of(result.event)) == canonical_json(wanted)


@settings(max_examples=15)
@given(old=event_documents(), new=event_documents())
def test_changes_are_named_exactly_where_documents_differ(old: EventDocument, new: EventDocument) -> None:
    assert bool(document_changes(old, new)) == (document_digest(old) != document_digest(new))
    assert document_changes(old, old) == []


def test_order_survives_everywhere() -> None:
    document = document_of(an_event())
    assert list(document.teams) == ["Zebras", "Apes"]
    assert list(document.players) == ["Zoe", "Adam", "Mia"]
    assert document.players["Adam"].capabilities == ["item.lance", "quest.ds2"]
    assert list(document.board[0].tiles[0].rules[0].drops) == ["unique.fang", "kill.zulrah"]
    assert list(document.activities["boss.zulrah"].loot[0].outcomes[0].drops) == [
        "unique.fang",
        "kill.zulrah",
    ]
    assert list(document.teams["Apes"].strategy.params) == ["w_rate", "w_hours"]


def test_a_change_of_order_alone_is_a_change() -> None:
    event = an_event()
    data = document_data()
    data["players"] = dict(reversed(data["players"].items()))
    result = store_document(parse_document(data))
    assert result.changes == ["players: in another order: Mia, Adam, Zoe"]
    assert list(document_of(event).players) == ["Mia", "Adam", "Zoe"]


def test_rows_without_tiles_come_back() -> None:
    board = [{"tiles": []}, {"tiles": [tile_data()]}, {"tiles": []}]
    assert [len(row.tiles) for row in document_of(an_event(board=board)).board] == [0, 1, 0]


def test_an_event_of_nothing_comes_back() -> None:
    nothing = a_document(capabilities={}, activities={}, players={}, board=[], teams={})
    event = store_document(nothing).event
    assert event is not None
    assert document_of(event) == nothing


def test_the_smallest_and_largest_numbers_stay_exact() -> None:
    tiles = [
        tile_data("large", needs=10**9, drops={"kill.zulrah": 1000}),
        tile_data("small", needs=999_999_999.999999, drops={"kill.zulrah": 0.000001}),
    ]
    activity = zulrah_data()
    activity["loot"][0]["outcomes"][0]["rate"] = "1/1000000000000000000"
    document = a_document(board=[{"tiles": tiles}], activities={"boss.zulrah": activity})
    event = store_document(document).event
    assert event is not None
    assert canonical_json(document_of(event)) == canonical_json(document)


def test_storing_twice_writes_nothing() -> None:
    event = an_event()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        result = store_document(a_document())
    writes = [query["sql"] for query in queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert (result.status, result.changes, writes) == (StoreStatus.UNCHANGED, [], [])
    assert result.event is not None
    assert result.event.version == event.version == 1


def test_a_change_keeps_the_ids_of_what_stays() -> None:
    an_event()
    before = stored_ids()
    data = document_data()
    data["board"][0]["tiles"][0]["points"] = 7
    result = store_document(parse_document(data))
    assert (result.status, result.changes) == (StoreStatus.CHANGED, ["board.zulrah.points: 1 → 7"])
    assert stored_ids() == before
    assert Event.objects.get().version == 2


def test_what_vanishes_from_the_document_is_removed() -> None:
    event = an_event()
    bare = a_document(
        activities={"boss.zulrah": zulrah_data()},
        capabilities={},
        players={"Mia": {}},
        board=[{"tiles": [tile_data("zulrah")]}],
        teams={"Apes": {"players": ["Mia"]}},
    )
    store_document(bare)
    assert document_of(event) == bare
    assert RuleDrop.objects.count() == 1


def test_a_player_may_change_teams() -> None:
    event = an_event()
    data = document_data()
    data["teams"]["Zebras"]["players"] = ["Mia", "Adam"]
    data["teams"]["Apes"]["players"] = ["Zoe"]
    store_document(parse_document(data))
    assert document_of(event).teams["Zebras"].players == ["Mia", "Adam"]


def test_an_event_never_changes_another_with_the_same_keys() -> None:
    first = an_event()
    before = canonical_json(document_of(first))
    other = an_event(
        slug="other",
        activities={
            "boss.zulrah": zulrah_data(name="Snake"),
            "raid.cox": {"name": "Raid", "attempt": {"seconds": 5}, "loot": zulrah_data()["loot"]},
        },
        board=[],
        players={},
        teams={},
    )
    assert canonical_json(document_of(first)) == before
    other.delete()
    assert canonical_json(document_of(first)) == before


def test_a_preview_says_what_would_change_and_stores_nothing() -> None:
    event = an_event()
    data = document_data()
    data["players"]["Zoe"]["skill"] = 0.9
    data["board"][1]["tiles"].append(tile_data("new"))
    preview = preview_document(parse_document(data))
    assert preview.changes == ["players.Zoe.skill: 0.85 → 0.9", "board: tile new added in row 2"]
    assert document_of(event) == a_document()


def test_a_preview_of_a_new_event_says_what_it_holds() -> None:
    preview = preview_document(a_document())
    assert preview.event is None
    assert preview.changes == ["new event with 2 rows, 3 tiles, 2 activities, 3 players, 2 teams"]
    assert not Event.objects.exists()


def test_a_document_replaces_what_was_saved_past_the_forms() -> None:
    event = an_event()
    TeamMember.objects.all().delete()
    Event.objects.update(timezone="Nowhere/Land")
    result = store_document(a_document())
    assert result.status == StoreStatus.CHANGED
    assert "timezone" in result.changes[0]
    assert document_of(event) == a_document()


def test_export_takes_a_fixed_number_of_queries(django_assert_num_queries: Any) -> None:
    small = an_event()
    large = store_document(a_large_document()).event
    assert large is not None
    for event in (small, large):
        with django_assert_num_queries(13):
            document_of(event)


def test_storing_takes_a_bounded_number_of_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(45):
        store_document(a_large_document())


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_who_store_an_event_at_once_each_stores_it_whole() -> None:
    documents = [a_document(), a_document(board=[], teams={}, players={})]

    def store(document: EventDocument) -> None:
        try:
            store_document(document)
        finally:
            connection.close()

    with ThreadPoolExecutor() as pool:
        list(pool.map(store, documents * 5))
    assert document_of(Event.objects.get()) in documents


def test_members_of_teams_are_found_as_the_game_knows_them() -> None:
    data = document_data(teams={"Zebras": {"players": ["ZOE", "adam"]}})
    assert parse_document(data).teams["Zebras"].players == ["Zoe", "Adam"]


def test_a_player_whose_name_is_spelled_otherwise_stays_the_same_player() -> None:
    event = an_event()
    zoe = event.players.get(name="Zoe")
    data = document_data()
    data["players"] = {"zoe": {**data["players"].pop("Zoe"), "skill": 0.9}, **data["players"]}
    document = parse_document(data)
    assert preview_document(document).changes == [
        "players.zoe.name: Zoe → zoe",
        "players.zoe.skill: 0.85 → 0.9",
    ]
    result = store_document(document)
    assert result.before is not None
    of_parts = changes_of_parts(result.before, document, OF_SECTIONS)
    assert of_parts["players", "zoe"] == ["Name: Zoe → zoe", "Skill: 0.85 → 0.9"]
    zoe.refresh_from_db()
    assert (zoe.name, zoe.membership.team.name) == ("zoe", "Zebras")
    assert document_of(event) == document


def test_players_who_change_names_among_themselves_are_not_renamed() -> None:
    assert renames_between(["Zoe", "ZOE"], ["zoe"]) == {}
    assert renames_between(["zoe"], ["Zoe", "ZOE"]) == {}
    assert renames_between(["Zoe", "-"], ["ZOE", "_"]) == {"Zoe": "ZOE"}
