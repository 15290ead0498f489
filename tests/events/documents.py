"""A small valid document as plain data, for tests to change."""

from copy import deepcopy
from typing import Any

from events.document import DocumentError, EventDocument, parse_document

SMALL: dict[str, Any] = {
    "format": "bingosim/event@1",
    "slug": "small",
    "name": "Small",
    "starts_at": "2026-03-06T18:00:00",
    "timezone": "America/New_York",
    "duration_hours": 48,
    "capabilities": {"quest.ds2": "Dragon Slayer II", "quest.sote": "Song of the Elves"},
    "activities": {
        "boss.zulrah": {
            "name": "Zulrah",
            "group": {"min": 1, "max": 8},
            "attempt": {"seconds": 120, "spread": 30},
            "loot": [
                {
                    "line": "standard",
                    "outcomes": [
                        {"rate": "3/4", "drops": {"kill.zulrah": 1}},
                        {"rate": "1/5", "drops": {"unique.fang": "2-4"}},
                        {"rate": "1/50", "penalty_seconds": 90},
                    ],
                }
            ],
            "bands": [{"size": "2-4", "time": 0.85}, {"size": 5, "rate": 1.1}],
        },
        "skilling.mining": {
            "name": "Mining",
            "attempt": {"seconds": 60},
            "loot": [{"line": "ore", "outcomes": [{"rate": 1, "drops": {"ore.mined": 1}}]}],
        },
    },
    "players": {
        "Alice": {
            "skill": 0.85,
            "capabilities": ["quest.ds2"],
            "sessions": [{"day": "mon", "start": "18:00", "minutes": 120}],
        },
        "Bob": {},
    },
    "board": [
        {
            "tiles": [
                {
                    "key": "zulrah",
                    "name": "Zulrah",
                    "points": 5,
                    "rules": [
                        {
                            "activity": "boss.zulrah",
                            "drops": {"kill.zulrah": 1, "unique.fang": 3},
                            "requires": ["quest.ds2"],
                            "modifiers": [{"capability": "quest.sote", "time": 0.9}],
                        }
                    ],
                },
                {
                    "key": "ore",
                    "name": "Ore",
                    "points": 3,
                    "needs": 100,
                    "rules": [{"activity": "skilling.mining", "drops": ["ore.mined"]}],
                },
            ]
        }
    ],
    "teams": {
        "Team Alpha": {"players": ["Alice"]},
        "Team Beta": {"strategy": {"name": "weighted", "w_points": 1}, "players": ["Bob"]},
    },
}

MISSING = object()


def changed(*changes: tuple[str, object]) -> dict[str, Any]:
    """Return the small document with values set at places like ``board.0.tiles.1.points``.

    A step of a place that has dots itself is set apart by slashes instead:
    ``activities/boss.zulrah/name``. `MISSING` takes a key away.
    """
    data = deepcopy(SMALL)
    for place, value in changes:
        *steps, last = place.split("/") if "/" in place else place.split(".")
        part: Any = data
        for step in steps:
            part = part[int(step) if isinstance(part, list) else step]
        if value is MISSING:
            del part[last]
        else:
            part[int(last) if isinstance(part, list) else last] = value
    return data


def small_document(*changes: tuple[str, object]) -> EventDocument:
    """Return the small event with some values changed."""
    return parse_document(changed(*changes))


def errors_of(data: object) -> list[str]:
    """Return the errors of plain data as lines; none if it is accepted."""
    try:
        parse_document(data)
    except DocumentError as error:
        return [str(placed) for placed in error.errors]
    return []
