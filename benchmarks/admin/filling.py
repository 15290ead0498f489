"""The events that the admin's pages are timed with."""

from typing import Any

from events.document import parse_document
from events.models import Event
from events.transfer import store_document

# With those of the bundled events they are more than 200 activities and 500 players.
ACTIVITIES_EACH, PLAYERS_EACH = 2, 5


def fill(n_events: int) -> None:
    """Add small events until there are so many."""
    for number in range(Event.objects.count(), n_events):
        store_document(parse_document(_small_event(number)))


def _small_event(number: int) -> dict[str, Any]:
    activities = {
        f"boss.{name}": {
            "name": f"Boss {name}",
            "attempt": {"seconds": 120},
            "loot": [{"line": "main", "outcomes": [{"rate": "1/50", "drops": {"unique": 1}}]}],
        }
        for name in range(ACTIVITIES_EACH)
    }
    players = [f"Player {name}" for name in range(PLAYERS_EACH)]
    rule = {"activity": "boss.0", "drops": ["unique"]}
    return {
        "format": "bingosim/event@1",
        "slug": f"small-{number}",
        "name": f"Small Event {number}",
        "starts_at": f"2026-{number % 12 + 1:02}-01T18:00:00",
        "timezone": "Europe/Berlin",
        "duration_hours": 48,
        "activities": activities,
        "players": {player: {} for player in players},
        "board": [
            {
                "tiles": [
                    {"key": f"r{row}-{tile}", "name": "A unique", "points": 3, "rules": [rule]}
                    for tile in range(4)
                ]
            }
            for row in range(5)
        ],
        "teams": {"One": {"players": players[:2]}, "Two": {"players": players[2:]}},
    }
