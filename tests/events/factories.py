"""Events for tests: a small valid document, and the same stored."""

from typing import Any

from events.document import EventDocument, parse_document, read_document
from events.management.documents import BUNDLED
from events.models import Event
from events.transfer import store_document

Data = dict[str, Any]


def document_data(**overrides: Any) -> Data:
    """Return a small event of two teams as plain data; fields replace those of the same name."""
    return {
        "format": "bingosim/event@1",
        "slug": "small-bingo",
        "name": "Small Bingo",
        "starts_at": "2026-03-06T18:00:00",
        "timezone": "America/New_York",
        "duration_hours": 48,
        "unlock_points": 2,
        "capabilities": {"quest.ds2": "Dragon Slayer II", "item.lance": "Lance"},
        "activities": {"boss.zulrah": zulrah_data(), "raid.cox": raid_data()},
        "players": {
            "Zoe": {"skill": 0.85, "capabilities": ["quest.ds2"], "sessions": [friday_evening()]},
            "Adam": {"capabilities": ["item.lance", "quest.ds2"]},
            "Mia": {"timezone": "Europe/Berlin", "skill": 1.25},
        },
        "board": [
            {"tiles": [tile_data("zulrah", drops=["unique.fang", "kill.zulrah"]), raid_tile_data()]},
            {"tiles": [tile_data("coins", points=3, drops={"loot.coins": 0.5}, requires=["quest.ds2"])]},
        ],
        "teams": {
            "Zebras": {"strategy": "greedy", "players": ["Zoe", "Adam"]},
            "Apes": {"strategy": {"name": "weighted", "w_rate": 2, "w_hours": 0.5}, "players": ["Mia"]},
        },
        **overrides,
    }


def sound_data(**overrides: Any) -> Data:
    """Return the small event as plain data, of one team that can do everything: nothing looks wrong in it."""
    players = document_data()["players"] | {"Mia": {"capabilities": ["quest.ds2"]}}
    return document_data(**{"players": players, "teams": {"All": {"players": list(players)}}} | overrides)


def zulrah_data(**overrides: Any) -> Data:
    """Return an activity that is done alone or in parties."""
    outcomes = [
        {"rate": "3/4", "drops": {"unique.fang": 3, "kill.zulrah": 1}},
        {"rate": "1/50", "penalty_seconds": 90},
        {"rate": 0.125, "drops": {"loot.coins": "30-200"}},
    ]
    return {
        "name": "Zulrah",
        "group": {"min": 1, "max": 8},
        "attempt": {"seconds": 120, "spread": 30, "model": "normal"},
        "loot": [{"line": "main", "outcomes": outcomes}],
        "bands": [{"size": "2-4", "time": 0.85, "rate": 1.1}],
        **overrides,
    }


def raid_data(**overrides: Any) -> Data:
    """Return an activity that takes at least two players."""
    return {
        "name": "Chambers of Xeric",
        "solo": False,
        "group": {"min": 2, "max": 8},
        "attempt": {"seconds": 900},
        "loot": [{"line": "scavs", "roll": "per_group", "outcomes": [{"rate": 1, "drops": {"loot.cox": 1}}]}],
        **overrides,
    }


def friday_evening(**overrides: Any) -> Data:
    """Return a session that lies within the event."""
    return {"day": "fri", "start": "20:00", "minutes": 180, **overrides}


def tile_data(key: str = "zulrah", *, points: int = 1, needs: Any = 1, **rule: Any) -> Data:
    """Return a tile with one rule, for Zulrah unless it says otherwise."""
    rule = {"activity": "boss.zulrah", "drops": ["kill.zulrah"], **rule}
    return {"key": key, "name": key.title(), "points": points, "needs": needs, "rules": [rule]}


def raid_tile_data(**rule: Any) -> Data:
    """Return a tile of the raid, with modifiers."""
    modifiers = [{"capability": "item.lance", "time": 0.9}, {"capability": "quest.ds2", "rate": 1.05}]
    rule = {"activity": "raid.cox", "drops": ["loot.cox"], "modifiers": modifiers, **rule}
    return tile_data("cox", points=2, needs=1.5, **rule)


def a_document(**overrides: Any) -> EventDocument:
    """Return a small valid document of two teams."""
    return parse_document(document_data(**overrides))


def a_race() -> EventDocument:
    """Return an event of four hours: Zebras finish the board in every run, Apes in some."""
    board = [
        {"tiles": [tile_data()]},
        {"tiles": [tile_data("coins", points=3, needs=1000, drops={"loot.coins": 0.5})]},
    ]
    return a_document(
        players={"Zoe": {}, "Adam": {}, "Mia": {}}, board=board, duration_hours=4, unlock_points=1
    )


def the_large_document() -> EventDocument:
    """Return Summer Clan Bingo, which comes with the project."""
    return read_document((BUNDLED / "summer-clan-bingo.yaml").read_text())


def the_large_event() -> Event:
    """Return Summer Clan Bingo, stored."""
    event = store_document(the_large_document()).event
    assert event is not None
    return event


def an_event(**overrides: Any) -> Event:
    """Return the small event, stored."""
    event = store_document(a_document(**overrides)).event
    assert event is not None
    return event
