"""What the page of a board shows, made from the overview of its event."""

import math
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from events.admin.board.findings import finding_groups, without_name
from events.admin.board.steps import Step, steps_of
from events.admin.history import newest_entry
from events.admin.permissions import may_see
from events.admin.workspace import add_url, list_url
from events.document import MOST_ROW_TILES, MOST_ROWS
from events.models import Event, Team, Tile
from events.overview import EventOverview, RowOverview, TeamOverview, TileOverview
from events.wording import counted

SHOWN_SOURCES = 2
FEWEST_COLUMNS, MOST_COLUMNS = 4, 8


def board_context(request: HttpRequest, event: Event, overview: EventOverview) -> dict[str, Any]:
    """Return what the templates of a board show."""
    may = _permissions(request)
    widest = max((len(row.tiles) for row in overview.rows), default=0)
    columns = min(max(widest, FEWEST_COLUMNS), MOST_COLUMNS)
    rows = [_row(event, overview, row, may) | {"has_room": len(row.tiles) < columns} for row in overview.rows]
    steps = [] if overview.errors else [_offered(request, step) for step in steps_of(event, overview)]
    return {
        "event": event,
        "overview": overview,
        "opened": newest_entry(),
        "may": may,
        "rows": rows,
        "columns": columns,
        "full": len(rows) >= MOST_ROWS,
        "board_hours": hours(overview.board_seconds),
        "teams": [_team(team) for team in overview.teams],
        "add_team_url": add_url(Team, event),
        "teams_url": list_url(Team, event),
        "first_tile_url": add_url(Tile, event, row=0),
        "change_url": reverse("admin:events_event_change_board", args=[event.pk]),
        "groups": list(finding_groups(request, overview)),
        "steps": steps,
        "missing": any(not step.done for step in steps),
        "playable": bool(overview.tiles) and any(team.players for team in overview.teams),
    }


def _offered(request: HttpRequest, step: Step) -> Step:
    """Return a step without where it is done, for who may not do it."""
    return step if request.user.has_perm(step.permission) else step._replace(url="")


def _permissions(request: HttpRequest) -> dict[str, bool]:
    may = request.user.has_perm
    return {
        "move": may("events.change_tile"),
        "add": may("events.add_tile"),
        "delete": may("events.delete_tile"),
        "rows": may("events.change_event"),
        "change": may("events.change_tile") or may("events.add_tile") or may("events.delete_tile"),
        "teams": may("events.add_team"),
        "see_tiles": may_see(request, "tile"),
        "see_teams": may_see(request, "team"),
    }


def hours(seconds: float | None) -> str:
    """Return seconds as people say them: minutes below an hour, tenths of hours below ten."""
    if seconds is None:
        return ""
    if math.isinf(seconds):
        return "never"
    if seconds == 0:
        return "0 h"
    if seconds < 3600:
        return f"{max(1, round(seconds / 60))} min"
    return f"{seconds / 3600:,.1f} h" if seconds < 36_000 else f"{seconds / 3600:,.0f} h"


def deletion_of_tile(tile: TileOverview) -> str:
    """Return what deleting a tile asks."""
    rules = "rules" if tile.n_rules is None else counted(tile.n_rules, "rule")
    return (
        f"Delete the tile “{tile.name}” with its {rules}?"
        if tile.n_rules != 0
        else (f"Delete the tile “{tile.name}”?")
    )


def deletion_of_row(row: RowOverview) -> str:
    """Return what deleting a row asks."""
    if not row.tiles:
        return f"Delete row {row.number + 1}, which is empty?"
    names = ", ".join(f"“{tile.name}”" for tile in row.tiles)
    its = "its tile" if len(row.tiles) == 1 else f"its {len(row.tiles)} tiles"
    return f"Delete row {row.number + 1} with {its} and their rules? These go: {names}. Rows below move up."


def _row(event: Event, overview: EventOverview, row: RowOverview, may: dict[str, bool]) -> dict[str, Any]:
    last = len(overview.rows) - 1
    return {
        "index": row.number,
        "number": row.number + 1,
        "points": row.points,
        "opens": _opens(overview, row.number),
        "cells": [_cell(overview, row, place, tile) for place, tile in enumerate(row.tiles)],
        "problems": [finding.message for finding in row.findings],
        "add_url": add_url(Tile, event, row=row.number)
        if may["add"] and len(row.tiles) < MOST_ROW_TILES
        else "",
        "above": row.number - 1 if row.number else None,
        "below": row.number + 1 if row.number < last else None,
        "ask": deletion_of_row(row),
    }


def _opens(overview: EventOverview, number: int) -> str:
    if number == 0 or overview.unlock_points == 0:
        return "open from the start"
    return f"opens at {counted(overview.unlock_points, 'point')} of row {number}"


def _cell(overview: EventOverview, row: RowOverview, place: int, tile: TileOverview) -> dict[str, Any]:
    more = len(tile.sources) - SHOWN_SOURCES
    shown = ", ".join(tile.sources[:SHOWN_SOURCES]) + (f" +{more}" if more > 0 else "")
    return {
        "id": tile.id,
        "key": tile.key,
        "name": tile.name,
        "points": tile.points,
        "endless": tile.seconds == math.inf,
        "hours": hours(tile.seconds),
        "sources": shown,
        "all_sources": ", ".join(tile.sources),
        "url": reverse("admin:events_tile_change", args=[tile.id]),
        "problems": [without_name(tile, finding) for finding in tile.findings],
        "first": place == 0,
        "last": place == len(row.tiles) - 1,
        "top": row.number == 0,
        "bottom": row.number == len(overview.rows) - 1,
        "ask": deletion_of_tile(tile),
    }


def _team(team: TeamOverview) -> dict[str, Any]:
    online, board = team.online_seconds, team.board_seconds
    return {
        "name": team.name,
        "url": reverse("admin:events_team_change", args=[team.id]),
        "size": counted(len(team.players), "player"),
        "players": ", ".join(team.players),
        "known": online is not None and bool(team.players),
        "online": hours(online),
        "board": hours(board),
        "percent": round(100 * min(1, (online or 0) / board)) if board else 100,
        "enough": (online or 0) >= (board or 0),
        "out_of_reach": len(team.out_of_reach) if team.players else 0,
    }
