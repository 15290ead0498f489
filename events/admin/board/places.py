"""Places of the event document, in words, and where what is there is edited."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse

from events.document.errors import shortened
from events.overview import EventOverview, Part

PLACE_ON_BOARD = re.compile(r"board\[(\d+)\](?:\.tiles\[(\d+)\])?(.*)")

SECTIONS = {"activities": "activity", "capabilities": "capability", "players": "player", "teams": "team"}


class Target(NamedTuple):
    """What a place of the document means: its name, where it is edited, and what is inside of it.

    `model` is whose page that is.
    """

    title: str
    url: str
    model: str = "event"
    inside: str = ""


def target_of(overview: EventOverview, place: str) -> Target:
    """Return what a place like `board[3].tiles[1].points` or `players.Alice.sessions` means."""
    board = reverse("admin:events_event_board", args=[overview.event_id])
    section, _, rest = place.partition(".")
    if found := PLACE_ON_BOARD.fullmatch(place):
        return _on_board(overview, board, *found.groups(default=""))
    if section in SECTIONS:
        return _in_section(overview, section, rest)
    if section == "board":
        return Target("The board", board)
    settings = reverse("admin:events_event_change", args=[overview.event_id])
    return Target("Settings", settings, inside=place)


def _on_board(overview: EventOverview, board: str, row: str, tile: str, inside: str) -> Target:
    number = int(row)
    inside = inside.removeprefix(".")
    tiles = overview.rows[number].tiles if number < len(overview.rows) else ()
    if tile and int(tile) < len(tiles):
        found = tiles[int(tile)]
        url = reverse("admin:events_tile_change", args=[found.id])
        return Target(f"{found.name} (row {number + 1})", url, "tile", inside)
    return Target(f"Row {number + 1}", f"{board}#row-{number + 1}", inside=inside)


def _in_section(overview: EventOverview, section: str, rest: str) -> Target:
    model = SECTIONS[section]
    key = _longest_key(rest, overview.parts[section])
    if key is None:
        url = f"{reverse(f'admin:events_{model}_changelist')}?event={overview.event_id}"
        return Target(section.capitalize(), url, model, rest)
    part: Part = overview.parts[section][key]
    inside = rest[len(shortened(key)) :] if rest.startswith(shortened(key)) else rest[len(key) :]
    url = reverse(f"admin:events_{model}_change", args=[part.id])
    return Target(part.name, url, model, inside.removeprefix("."))


def _longest_key(rest: str, keys: Iterable[str]) -> str | None:
    """Return the key that a place begins with: keys may have dots, and errors shorten long ones."""
    beginning = [
        key
        for key in keys
        for shown in (key, shortened(key))
        if rest == shown or rest.startswith((f"{shown}.", f"{shown}["))
    ]
    return max(beginning, key=len, default=None)
