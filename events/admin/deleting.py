"""What deleting means, told before it is done: what keeps a part from it, what goes along, who loses."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import Count, Model
from django.utils.html import format_html

from events.admin.workspace import change_url
from events.models import Activity, Capability, Event, Player, PlayerCapability, Team, Tile, Use
from events.wording import counted

MOST_NAMES = 20


def told_uses(parts: Sequence[Model]) -> list[str]:
    """Return what keeps parts from being deleted, each with a link to where that is changed."""
    kind: Any = type(parts[0]) if parts else None
    if kind not in (Activity, Capability, Player):
        return []
    return [_linked(use) for use in kind.used_by(parts)]


def told_effects(parts: Sequence[Model]) -> list[str]:
    """Return in words what else happens when parts are deleted."""
    tell = EFFECTS.get(type(parts[0])) if parts else None
    return list(tell(parts)) if tell else []


def _linked(use: Use) -> str:
    kind = use.part._meta.verbose_name
    return format_html('<a href="{}">{} {}</a> {}', change_url(use.part), kind, use.part, use.how)


def _of_events(events: Sequence[Any]) -> Iterable[str]:
    kinds = {model: _counts(model, events) for model in (Tile, Team, Player, Activity, Capability)}
    for event in events:
        held = (
            counted(
                counts.get(event.pk, 0), str(kind._meta.verbose_name), str(kind._meta.verbose_name_plural)
            )
            for kind, counts in kinds.items()
        )
        yield f"{event} goes with all that it has: {', '.join(held)}."
    yield "Simulations keep the events that they ran, and stay readable."


def _counts(kind: type[Model], events: Sequence[Any]) -> dict[int, int]:
    """Return how many parts of a kind each of the events has that has any."""
    parts = kind._default_manager.filter(event__in=events).order_by()
    return dict(parts.values_list("event").annotate(n=Count("pk")))


def _counted(number: int, kind: type[Model]) -> str:
    return counted(number, str(kind._meta.verbose_name), str(kind._meta.verbose_name_plural))


def _of_tiles(tiles: Sequence[Any]) -> Iterable[str]:
    tiles_with_rules = Tile.objects.filter(pk__in=[tile.pk for tile in tiles]).annotate(
        n_rules=Count("rules")
    )
    for tile in tiles_with_rules:
        yield f"{tile.name} goes with its {counted(tile.n_rules, 'rule')}."


def _of_teams(teams: Sequence[Any]) -> Iterable[str]:
    teams_with_players = Team.objects.filter(pk__in=[team.pk for team in teams]).annotate(
        n_players=Count("members")
    )
    for team in teams_with_players:
        if team.n_players:
            yield f"{team} has {counted(team.n_players, 'player')}, who stay in the event, in no team."


def _of_capabilities(capabilities: Sequence[Any]) -> Iterable[str]:
    held = PlayerCapability.objects.filter(capability__in=capabilities).select_related("capability", "player")
    holders: dict[Any, list[str]] = {}
    for one in held.order_by("capability__position", "player__position", "pk"):
        holders.setdefault(one.capability, []).append(one.player.name)
    yield from (f"Lose {capability}: {_listed(names)}." for capability, names in holders.items())
    yield from _of_entries(capabilities)


def _of_entries(entries: Sequence[Any]) -> Iterable[str]:
    in_library = [entry.pk for entry in entries if entry.event_id is None]
    copies = type(entries[0]).objects.filter(copied_from__in=in_library).count()
    if copies:
        yield f"{counted(copies, 'copy', 'copies')} in events stay as they are."


def _listed(names: list[str]) -> str:
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


EFFECTS: dict[type[Model], Callable[[Sequence[Any]], Iterable[str]]] = {
    Event: _of_events,
    Tile: _of_tiles,
    Team: _of_teams,
    Activity: _of_entries,
    Capability: _of_capabilities,
    Player: _of_entries,
}
