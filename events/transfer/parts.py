"""What the rows of an event are to hold, from its document."""

from collections.abc import Iterable, Iterator
from typing import Any

from events import document as schema
from events.document import EventDocument, dump_document
from events.models import (
    Drop,
    Event,
    PlayerCapability,
    Rule,
    RuleDrop,
    RuleModifier,
    RuleRequirement,
    TeamMember,
)
from events.models.values import loot_to_json, pairs_to_json
from events.transfer.rows import RowBringer, Values

# Rows by their keys: by one field, or by several.
Keyed = dict[Any, Any]
StoredRules = list[tuple[Rule, schema.Rule]]


def bring_parts(event: Event, document: EventDocument) -> None:
    """Make all parts of the event hold what the document says; call it in a transaction."""
    rows, data = RowBringer(), dump_document(document)
    capabilities = rows.bring(event.capabilities.all(), ("key",), _capabilities(event, document))
    activities = rows.bring(event.activities.all(), ("key",), _activities(event, document, data))
    drops = rows.bring(
        Drop.objects.filter(activity__event=event), ("activity_id", "key"), _drops(document, activities)
    )
    players = rows.bring(event.players.all(), ("name",), _players(event, document, data))
    rows.bring(
        PlayerCapability.objects.filter(player__event=event),
        ("player_id", "capability_id"),
        _held(document, players, capabilities),
    )
    tiles = rows.bring(event.tiles.all(), ("key",), _tiles(event, document))
    _bring_rules(rows, event, document, tiles, activities, drops, capabilities)
    teams = rows.bring(event.teams.all(), ("name",), _teams(event, document))
    rows.bring(
        TeamMember.objects.filter(team__event=event), ("player_id",), _members(document, teams, players)
    )
    rows.remove_vanished()


def _bring_rules(
    rows: RowBringer,
    event: Event,
    document: EventDocument,
    tiles: Keyed,
    activities: Keyed,
    drops: Keyed,
    capabilities: Keyed,
) -> None:
    # A rule has no name: the rules of a tile are told apart by their places.
    stored = rows.bring(
        Rule.objects.filter(tile__event=event), ("tile_id", "position"), _rules(document, tiles, activities)
    )
    rules = [
        (stored[tiles[tile.key].pk, position], rule)
        for _, tile in document.tiles()
        for position, rule in enumerate(tile.rules)
    ]
    in_event = {"rule__tile__event": event}
    rows.bring(RuleDrop.objects.filter(**in_event), ("rule_id", "drop_id"), _rule_drops(rules, drops))
    by_capability = ("rule_id", "capability_id")
    requirements = _requirements(rules, capabilities)
    rows.bring(RuleRequirement.objects.filter(**in_event), by_capability, requirements)
    rows.bring(RuleModifier.objects.filter(**in_event), by_capability, _modifiers(rules, capabilities))


def _placed(event: Event, entries: Iterable[Any]) -> Iterator[tuple[Values, Any]]:
    """Yield every entry with the values that say whose it is and where it comes."""
    for position, entry in enumerate(entries):
        yield {"event_id": event.pk, "position": position}, entry


def _capabilities(event: Event, document: EventDocument) -> list[Values]:
    placed = _placed(event, document.capabilities.items())
    return [{**place, "key": key, "name": name} for place, (key, name) in placed]


def _activities(event: Event, document: EventDocument, data: dict[str, Any]) -> list[Values]:
    return [
        {
            **place,
            "key": key,
            "name": activity.name,
            "solo": activity.solo,
            "group_min": activity.group.min if activity.group else None,
            "group_max": activity.group.max if activity.group else None,
            "attempt_seconds": activity.attempt.seconds,
            "attempt_spread": activity.attempt.spread,
            "attempt_model": str(activity.attempt.model),
            "loot": loot_to_json(data["activities"][key].get("loot", [])),
            "bands": data["activities"][key].get("bands", []),
        }
        for place, (key, activity) in _placed(event, document.activities.items())
    ]


def _drops(document: EventDocument, activities: Keyed) -> list[Values]:
    return [
        {"activity_id": activities[key].pk, "key": drop, "position": position}
        for key, activity in document.activities.items()
        for position, drop in enumerate(activity.drop_keys())
    ]


def _players(event: Event, document: EventDocument, data: dict[str, Any]) -> list[Values]:
    return [
        {
            **place,
            "name": name,
            "skill": player.skill,
            "timezone": player.timezone or "",
            "sessions": data["players"][name].get("sessions", []),
        }
        for place, (name, player) in _placed(event, document.players.items())
    ]


def _held(document: EventDocument, players: Keyed, capabilities: Keyed) -> list[Values]:
    return [
        {"player_id": players[name].pk, "capability_id": capabilities[key].pk, "position": position}
        for name, player in document.players.items()
        for position, key in enumerate(player.capabilities)
    ]


def _tiles(event: Event, document: EventDocument) -> list[Values]:
    return [
        {
            **place,
            "row": number,
            "key": tile.key,
            "name": tile.name,
            "points": tile.points,
            "needs": tile.needs,
        }
        for number, row in enumerate(document.board)
        for place, tile in _placed(event, row.tiles)
    ]


def _rules(document: EventDocument, tiles: Keyed, activities: Keyed) -> list[Values]:
    return [
        {"tile_id": tiles[tile.key].pk, "activity_id": activities[rule.activity].pk, "position": position}
        for _, tile in document.tiles()
        for position, rule in enumerate(tile.rules)
    ]


def _rule_drops(rules: StoredRules, drops: Keyed) -> list[Values]:
    return [
        {
            "rule_id": stored.pk,
            "drop_id": drops[stored.activity_id, key].pk,
            "position": position,
            "weight": weight,
        }
        for stored, rule in rules
        for position, (key, weight) in enumerate(rule.drops.items())
    ]


def _requirements(rules: StoredRules, capabilities: Keyed) -> list[Values]:
    return [
        {"rule_id": stored.pk, "capability_id": capabilities[key].pk, "position": position}
        for stored, rule in rules
        for position, key in enumerate(rule.requires)
    ]


def _modifiers(rules: StoredRules, capabilities: Keyed) -> list[Values]:
    return [
        {
            "rule_id": stored.pk,
            "capability_id": capabilities[modifier.capability].pk,
            "position": position,
            "time": modifier.time,
            "rate": modifier.rate,
        }
        for stored, rule in rules
        for position, modifier in enumerate(rule.modifiers)
    ]


def _teams(event: Event, document: EventDocument) -> list[Values]:
    return [
        {
            **place,
            "name": name,
            "strategy": str(team.strategy.name),
            "params": _plain_params(team.strategy),
        }
        for place, (name, team) in _placed(event, document.teams.items())
    ]


def _plain_params(strategy: schema.StrategySpec) -> list[list[Any]]:
    """Return the parameters as pairs of plain values, as `dump_document` writes them."""
    written = strategy.model_dump(mode="json")
    params = {key: written[key] for key in strategy.params}
    return [*pairs_to_json(params)]


def _members(document: EventDocument, teams: Keyed, players: Keyed) -> list[Values]:
    return [
        {"team_id": teams[name].pk, "player_id": players[player].pk, "position": position}
        for name, team in document.teams.items()
        for position, player in enumerate(team.players)
    ]
