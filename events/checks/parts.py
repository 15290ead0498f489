"""Parts that are missing, that nothing uses, or that lie outside the event."""

from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

from events import availability
from events.checks.event import CheckedEvent
from events.checks.finding import Finding
from events.document import Player
from events.document.errors import place_of
from events.wording import counted, listed

# More parts of which the same is to be said are told of together.
MOST_APART = 3


def missing_parts(event: CheckedEvent) -> Iterator[Finding]:
    if not event.tiles:
        yield Finding("board", "there are no tiles", "no-tiles")
    if not event.document.teams:
        yield Finding("teams", "there are no teams", "no-teams")
    for name, team in event.document.teams.items():
        if not team.players:
            yield Finding(place_of(("teams", name)), "has no players", "team-without-players")
    for place, tile in event.tiles:
        if not tile.rules:
            yield Finding(place, f"{tile.key} has no rules: nobody can finish it", "tile-without-rules")


def start_skipped(event: CheckedEvent) -> Iterator[Finding]:
    wanted, zone = event.document.starts_at, ZoneInfo(event.document.timezone)
    starts = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    if starts.replace(tzinfo=None) != wanted:
        clocks = f"clocks in {event.document.timezone} skip {wanted:%H:%M} that day"
        yield Finding("starts_at", f"{clocks}: the event starts at {starts:%H:%M}", "start-skipped")


def unused_parts(event: CheckedEvent) -> Iterator[Finding]:
    document, rules = event.document, [rule for _, tile in event.tiles for rule in tile.rules]
    in_teams = {name for team in document.teams.values() for name in team.players}
    asked_for = {key for rule in rules for key in (*rule.requires, *(m.capability for m in rule.modifiers))}
    teamless = [name for name in document.players if name not in in_teams]
    yield from _of_parts("players", teamless, "is in no team", "are in no team", "player-without-team")
    unused = [key for key in document.activities if key not in event.rules_of]
    yield from _of_parts(
        "activities", unused, "no tile has a rule for it", "are used by no tile", "unused-activity"
    )
    unasked = [key for key in document.capabilities if key not in asked_for]
    one, many = "no rule requires or rewards it", "are required or rewarded by no rule"
    yield from _of_parts("capabilities", unasked, one, many, "unused-capability")


def unused_drops(event: CheckedEvent) -> Iterator[Finding]:
    unused: dict[str, list[str]] = {}
    for key, rules in event.rules_of.items():
        accepted = {drop for rule in rules for drop in rule.drops}
        if drops := [drop for drop in event.document.activities[key].drop_keys() if drop not in accepted]:
            unused[key] = drops
    if len(unused) > MOST_APART:
        named = listed([f"{key} ({listed(drops, 3)})" for key, drops in unused.items()])
        message = (
            f"{counted(len(unused), 'activity', 'activities')} grant drops that no rule accepts: {named}"
        )
        yield Finding("activities", message, "unused-drop")
        return
    for key, drops in unused.items():
        yield Finding(place_of(("activities", key)), f"no rule accepts {listed(drops)}", "unused-drop")


def players_never_online(event: CheckedEvent) -> Iterator[Finding]:
    # Of a team that is never online it is told as a whole.
    told = {name for key, team in event.teams.items() if key not in event.playing for name in team.players}
    never = [name for name, spans in event.online.items() if not spans and name not in told]
    one, many = "is never online during the event", "are never online during the event"
    yield from _of_parts("players", never, one, many, "player-never-online")


def sessions_outside(event: CheckedEvent) -> Iterator[Finding]:
    """Tell of weekly sessions outside the event, of many at once: around a weekend most people have some."""
    outside: dict[str, list[str]] = {}
    for name, player in event.document.players.items():
        if event.online[name] and (sessions := _outside(event, player)):
            outside[name] = sessions
    if len(outside) > MOST_APART:
        named = listed([f"{name} ({listed(sessions, 3)})" for name, sessions in outside.items()], 3)
        message = f"{len(outside):,} of {len(event.online):,} have weekly sessions outside the event: {named}"
        yield Finding("players", message, "session-outside-event")
        return
    for name, sessions in outside.items():
        message = f"outside the event: {', '.join(sessions)}"
        yield Finding(place_of(("players", name, "sessions")), message, "session-outside-event")


def _outside(event: CheckedEvent, player: Player) -> list[str]:
    """Return those of a player's sessions that lie outside the event."""
    alone = [(session, player.model_copy(update={"sessions": [session]})) for session in player.sessions]
    return [
        f"{session.day} {session.start}"
        for session, only in alone
        if not availability.intervals(only, event.document)
    ]


def _of_parts(section: str, keys: list[str], one: str, many: str, code: str) -> Iterator[Finding]:
    """Say the same of parts of a section: of each apart, or of many at once."""
    if len(keys) > MOST_APART:
        yield Finding(section, f"{len(keys):,} {many}: {listed(keys)}", code)
        return
    for key in keys:
        yield Finding(place_of((section, key)), one, code)
