"""A made-up board of nine days, as large clans play one: 84 tiles, three teams of twenty.

Beside tiles of one rare drop stand tiles of a thousand kills, and raids that nobody does alone. Nearly
all attempts bring nothing; few plans are met twice. ``alike`` players all have the same skill, the same
capabilities and one of four evenings; ``varied`` players have their own, so that a team has as many
classes of players as players.
"""

import random
from typing import Any, Literal

from events.document import EventDocument, parse_document

Data = dict[str, Any]
Players = Literal["alike", "varied"]

SEED = 84
DAYS = ("fri", "sat", "sun", "mon", "tue", "wed", "thu")
CAPABILITIES = ("slayer", "raids", "quest", "weapon", "pets")
STRATEGIES = ("row_unlocking", "points_per_hour", "combo_unlocking")
PLAYERS_A_TEAM = 20
N_ROWS = 21
BOSSES, MONSTERS, RAIDS, PARTY_BOSSES = 30, 10, 4, 5
# The kinds of a row's four tiles, row by row in turn.
ROWS = (
    ("rare", "raid", "set", "rare"),
    ("rare", "rare", "set", "rare"),
    ("rare", "party", "rare", "set"),
    ("rare", "rare", "set", "kills"),
    ("rare", "raid", "rare", "set"),
    ("rare", "party", "rare", "set"),
    ("rare", "rare", "set", "rare"),
)


def nine_days(players: Players) -> EventDocument:
    """Return the event with players who are alike or varied; boards, rates and times are the same."""
    luck = random.Random(SEED)
    activities = _activities(luck)
    board = [
        {"tiles": [_tile(luck, kind, row, place) for place, kind in enumerate(ROWS[row % len(ROWS)])]}
        for row in range(N_ROWS)
    ]
    names = [f"Player {number:02}" for number in range(PLAYERS_A_TEAM * len(STRATEGIES))]
    make = _alike_player if players == "alike" else _varied_player
    data: Data = {
        "format": "bingosim/event@1",
        "slug": f"nine-days-{players}",
        "name": f"Nine Days, {players}",
        "starts_at": "2026-07-17T17:00:00",
        "timezone": "Europe/London",
        "duration_hours": 216,
        "unlock_points": 5,
        "group_wait_minutes": 15,
        "capabilities": {key: key.title() for key in CAPABILITIES},
        "activities": activities,
        "players": {name: make(luck, number) for number, name in enumerate(names)},
        "board": board,
        "teams": {
            f"Team {number + 1}": {"strategy": strategy, "players": names[number :: len(STRATEGIES)]}
            for number, strategy in enumerate(STRATEGIES)
        },
    }
    return parse_document(data)


def _activities(luck: random.Random) -> Data:
    """Make up bosses with rare drops, monsters whose kills are counted, raids, and bosses of parties."""
    bosses = {f"boss-{number:02}": _boss(luck, number) for number in range(BOSSES)}
    monsters = {f"monster-{number:02}": _monster(luck, number) for number in range(MONSTERS)}
    raids = {f"raid-{number}": _raid(luck, number) for number in range(RAIDS)}
    parties = {f"party-{number}": _party_boss(luck, number) for number in range(PARTY_BOSSES)}
    return bosses | monsters | raids | parties


def _boss(luck: random.Random, number: int) -> Data:
    """Make up a boss that is killed alone: three rare drops, for some a pet beside them."""
    seconds = luck.randrange(20, 60)
    rare = luck.choice((400, 512, 800, 1500))
    loot = [
        {
            "line": "main",
            "outcomes": [
                {"rate": f"1/{rare}", "drops": {"unique": 1}},
                {"rate": f"1/{2 * rare}", "drops": {"jewel": 1}},
                {"rate": f"1/{6 * rare}", "drops": {"visage": 1}},
            ],
        }
    ]
    if number % 3 == 0:
        loot.append({"line": "tertiary", "outcomes": [{"rate": "1/3000", "drops": {"pet": 1}}]})
    return {"name": f"Boss {number}", "attempt": {"seconds": seconds, "spread": seconds // 4}, "loot": loot}


def _monster(luck: random.Random, number: int) -> Data:
    """Make up a monster: every kill counts, some bring more."""
    seconds = luck.randrange(12, 30)
    loot = [
        {"line": "kill", "outcomes": [{"rate": 1, "drops": {"kill": 1}}]},
        {"line": "main", "outcomes": [{"rate": "1/512", "drops": {"unique": 1}}]},
    ]
    return {
        "name": f"Monster {number}",
        "attempt": {"seconds": seconds, "spread": seconds // 5},
        "loot": loot,
    }


def _raid(luck: random.Random, number: int) -> Data:
    """Make up a raid of three to five players: a chest for the party, and something for each."""
    seconds = luck.randrange(1200, 2100)
    return {
        "name": f"Raid {number}",
        "group": {"min": 3, "max": 5},
        "solo": False,
        "attempt": {"seconds": seconds, "spread": seconds // 6},
        "loot": [
            {
                "line": "chest",
                "roll": "per_group",
                "outcomes": [{"rate": f"1/{luck.randrange(10, 30)}", "drops": {"unique": 1}}],
            },
            {"line": "own", "outcomes": [{"rate": "1/150", "drops": {"dust": 1}}]},
        ],
    }


def _party_boss(luck: random.Random, number: int) -> Data:
    """Make up a boss that parties kill faster; alone it can be done, too."""
    seconds = luck.randrange(120, 300)
    return {
        "name": f"Party boss {number}",
        "group": {"min": 2, "max": 6},
        "solo": True,
        "attempt": {"seconds": seconds, "spread": seconds // 5},
        "bands": [{"size": "2-3", "time": 0.6}, {"size": "4-6", "time": 0.4}],
        "loot": [
            {
                "line": "main",
                "roll": "per_group",
                "outcomes": [
                    {"rate": f"1/{luck.randrange(80, 250)}", "drops": {"unique": 1}},
                    {"rate": "1/700", "drops": {"jewel": 1}},
                ],
            }
        ],
    }


def _tile(luck: random.Random, kind: str, row: int, place: int) -> Data:
    """Make up a tile: one rare drop, several of a set, a thousand kills, or what parties find."""
    if kind == "kills":
        needs = luck.randrange(600, 1201, 100)
        rules = [_rule(luck, f"monster-{luck.randrange(MONSTERS):02}", ["kill"])]
    elif kind == "raid":
        needs = luck.randrange(2, 7)
        rules = [_rule(luck, f"raid-{luck.randrange(RAIDS)}", ["unique", "dust"])]
    elif kind == "party":
        needs = luck.randrange(2, 5)
        rules = [_rule(luck, f"party-{luck.randrange(PARTY_BOSSES)}", ["unique", "jewel"])]
    else:
        chosen = luck.sample(range(BOSSES), luck.randrange(1, 4))
        needs = 1 if kind == "rare" else luck.randrange(3, 7)
        drops = ["unique", "jewel", "visage"] if kind == "set" else [luck.choice(("unique", "jewel"))]
        rules = [_rule(luck, f"boss-{number:02}", drops) for number in chosen]
    return {
        "key": f"r{row:02}-{place}",
        "name": f"Row {row + 1}, tile {place + 1}",
        "points": luck.randrange(1, 6),
        "needs": needs,
        "rules": rules,
    }


def _rule(luck: random.Random, activity: str, drops: list[str]) -> Data:
    modifiers = [{"capability": "weapon", "time": 0.85}] if luck.random() < 0.3 else []
    requires = [luck.choice(("slayer", "raids", "quest"))] if luck.random() < 0.25 else []
    return {"activity": activity, "drops": drops, "requires": requires, "modifiers": modifiers}


def _alike_player(luck: random.Random, number: int) -> Data:
    """Return a player with everything, who plays five hours from one of four times on."""
    start = ("17:00", "18:00", "19:00", "20:00")[number // len(STRATEGIES) % 4]
    sessions = [{"day": day, "start": start, "minutes": 300} for day in DAYS]
    return {"skill": 1, "capabilities": list(CAPABILITIES), "sessions": sessions}


def _varied_player(luck: random.Random, number: int) -> Data:
    """Make up a player with a skill, capabilities and evenings of their own."""
    sessions = [
        {
            "day": day,
            "start": f"{luck.randrange(16, 21)}:{luck.choice(('00', '15', '30', '45'))}",
            "minutes": luck.randrange(150, 420),
        }
        for day in DAYS
    ]
    held = [key for key in CAPABILITIES if luck.random() < 0.75]
    return {"skill": luck.randrange(80, 126) / 100, "capabilities": held, "sessions": sessions}
