"""Stored events as documents."""

from contextlib import suppress
from typing import Any

from django.db.models import Prefetch
from pydantic import ValidationError

from events.document import FORMAT, EventDocument, Player, parse_document
from events.models import (
    Event,
    PlayerCapability,
    Rule,
    RuleDrop,
    RuleModifier,
    RuleRequirement,
    TeamMember,
    Tile,
    read_of_one_version,
)


def document_of(event: Event) -> EventDocument:
    """Return the event as the database has it.

    Raises `DocumentError` where something was saved that no document may hold, and `Event.DoesNotExist`
    where it is gone.
    """
    return parse_document(read_of_one_version(event, _event_data))


def players_of(event: Event) -> dict[str, Player]:
    """Return an event's players as its document has them, in less time than the whole document takes.

    Who is stored as no document may hold them is left out.
    """
    players: dict[str, Player] = {}
    for name, data in _players_data(event).items():
        with suppress(ValidationError):
            players[name] = Player.model_validate(data)
    return players


def _event_data(event: Event) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "slug": event.slug,
        "name": event.name,
        "starts_at": event.starts_at,
        "timezone": event.timezone,
        "duration_hours": event.duration_hours,
        "unlock_points": event.unlock_points,
        "group_wait_minutes": event.group_wait_minutes,
        "capabilities": {capability.key: capability.name for capability in event.capabilities.all()},
        "activities": {activity.key: activity.as_data() for activity in event.activities.all()},
        "players": _players_data(event),
        "board": _board_data(event),
        "teams": _teams_data(event),
    }


def _players_data(event: Event) -> dict[str, Any]:
    held = Prefetch("held", PlayerCapability.objects.select_related("capability"))
    return {player.name: player.as_data() for player in event.players.prefetch_related(held)}


def _board_data(event: Event) -> list[dict[str, Any]]:
    tiles = list(event.tiles.prefetch_related(_rules_with_their_parts()))
    rows: list[list[Tile]] = [[] for _ in range(max([event.n_rows, *(tile.row + 1 for tile in tiles)]))]
    for tile in tiles:
        rows[tile.row].append(tile)
    return [{"tiles": [tile.as_data() for tile in row]} for row in rows]


def _rules_with_their_parts() -> "Prefetch[Any]":
    parts = (
        Prefetch("drops", RuleDrop.objects.select_related("drop")),
        Prefetch("requirements", RuleRequirement.objects.select_related("capability")),
        Prefetch("modifiers", RuleModifier.objects.select_related("capability")),
    )
    return Prefetch("rules", Rule.objects.select_related("activity").prefetch_related(*parts))


def _teams_data(event: Event) -> dict[str, Any]:
    members = Prefetch("members", TeamMember.objects.select_related("player"))
    return {team.name: team.as_data() for team in event.teams.prefetch_related(members)}
