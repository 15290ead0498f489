"""A made-up event that uses everything the model has, and the same event without.

The pair shows what generality costs: board, rates, attempt times, players and sessions are the same;
only one of them has parties, waits, penalties, weights and modifiers.
"""

import random
from typing import Any

from events.document import EventDocument, parse_document

Data = dict[str, Any]

DAYS = ("fri", "sat", "sun")
MODELS = ("uniform", "triangular", "normal", "fixed")
CAPABILITIES = ("item", "level", "quest")
N_ACTIVITIES = 20
N_ROWS = 10
TILES_A_ROW = 4
N_TEAMS = 2
PLAYERS_A_TEAM = 10
STRATEGIES = ("row_unlocking", "points_per_hour")


def generate(seed: int, with_features: bool) -> EventDocument:
    """Return the event of a seed, with or without what makes an engine's life hard."""
    luck = random.Random(seed)
    activities = {f"activity-{number:02}": _activity(luck, number) for number in range(N_ACTIVITIES)}
    players = {f"Player {number:02}": _player(luck) for number in range(N_TEAMS * PLAYERS_A_TEAM)}
    board = [
        {"tiles": [_tile(luck, f"r{row}-{place}", activities) for place in range(TILES_A_ROW)]}
        for row in range(N_ROWS)
    ]
    data: Data = {
        "format": "bingosim/event@1",
        "slug": f"generated-{seed}",
        "name": f"Generated Bingo {seed}",
        "starts_at": "2026-06-05T17:00:00",
        "timezone": "Europe/Amsterdam",
        "duration_hours": 72,
        "capabilities": {key: key.title() for key in CAPABILITIES},
        "activities": activities,
        "players": players,
        "board": board,
        "teams": _teams(list(players)),
    }
    return parse_document(data if with_features else _without_features(data))


def _activity(luck: random.Random, number: int) -> Data:
    """Make up an activity: of four in a row one is a raid, one may be done in parties, two are not."""
    raid, parties = number % 4 == 0, number % 4 <= 1
    seconds = luck.randrange(600, 1500) if raid else luck.randrange(45, 400)
    model = luck.choice(MODELS)
    spread = 0 if model == "fixed" else seconds // luck.randrange(3, 8)
    main = {
        "line": "main",
        "outcomes": [
            {"rate": f"1/{luck.randrange(30, 200)}", "drops": {"unique": 1}},
            {"rate": f"1/{luck.randrange(6, 30)}", "drops": {"common": "1-4"}},
            {"rate": f"1/{luck.randrange(25, 60)}", "penalty_seconds": luck.randrange(60, 400)},
        ],
    }
    chest = {
        "line": "chest",
        "roll": "per_group",
        "outcomes": [{"rate": f"1/{luck.randrange(5, 20)}", "drops": {"unique": 1}}],
    }
    low, high = luck.randrange(2, 4), luck.randrange(4, 6)
    bands = [{"size": "2-3", "time": 0.9, "rate": 1.05}, {"size": "4-5", "time": 0.8, "rate": 1.15}]
    group: Data = {"group": {"min": low, "max": high}, "bands": bands, "solo": not raid} if parties else {}
    attempt = {"seconds": seconds, "spread": spread, "model": model}
    return {
        "name": f"Activity {number}",
        "attempt": attempt,
        "loot": [main, *([chest] if raid else [])],
        **group,
    }


def _player(luck: random.Random) -> Data:
    """Make up a player of the evening: many start at the same minute, so that parties come about."""
    sessions = [
        {
            "day": day,
            "start": f"{luck.randrange(18, 21)}:{luck.choice(('00', '30'))}",
            "minutes": luck.randrange(90, 300),
        }
        for day in DAYS
    ]
    held = [key for key in CAPABILITIES if luck.random() < 0.6]
    return {"skill": luck.randrange(80, 121) / 100, "capabilities": held, "sessions": sessions}


def _tile(luck: random.Random, key: str, activities: dict[str, Data]) -> Data:
    """Make up a tile that takes its team some hours, by any of up to three activities."""
    chosen = luck.sample(sorted(activities), luck.randrange(1, 4))
    units = luck.randrange(4, 30)
    return {
        "key": key,
        "name": f"Tile {key}",
        "points": luck.randrange(1, 6),
        "needs": units,
        "rules": [_rule(luck, activity) for activity in chosen],
    }


def _rule(luck: random.Random, activity: str) -> Data:
    modifiers = [
        {"capability": key, "time": luck.randrange(80, 99) / 100, "rate": luck.randrange(101, 120) / 100}
        for key in luck.sample(CAPABILITIES, luck.randrange(3))
    ]
    weights = {"common": luck.choice((0.5, 1, 1.5)), "unique": luck.choice((1, 3, 5))}
    requires = [luck.choice(CAPABILITIES)] if luck.random() < 0.2 else []
    return {"activity": activity, "drops": weights, "requires": requires, "modifiers": modifiers}


def _teams(names: list[str]) -> Data:
    return {
        f"Team {number + 1}": {"strategy": STRATEGIES[number], "players": names[number::N_TEAMS]}
        for number in range(N_TEAMS)
    }


def _without_features(data: Data) -> Data:
    """Strip parties, waits, penalties, weights and modifiers; rates, times and board stay."""
    for activity in data["activities"].values():
        for feature in ("group", "bands", "solo"):
            activity.pop(feature, None)
        for line in activity["loot"]:
            line["outcomes"] = [outcome for outcome in line["outcomes"] if "drops" in outcome]
    for row in data["board"]:
        for rule in (rule for tile in row["tiles"] for rule in tile["rules"]):
            rule["drops"] = list(rule["drops"])
            rule["modifiers"] = []
    return data
