"""What looks wrong on a board, in words: nothing here keeps an event from being saved or simulated."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from events import availability, estimates
from events.document import Activity, EventDocument, Rule, Team, Tile
from events.wording import counted


class Finding(NamedTuple):
    """Something that looks wrong: its place in the document, what it is, and a word for its kind."""

    place: str
    message: str
    code: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def findings_of(document: EventDocument) -> list[Finding]:
    """Return everything that looks wrong in an event: first what is missing, then what is out of reach."""
    return CheckedEvent(document).findings()


class CheckedEvent:
    """A document with what several checks ask about it."""

    def __init__(self, document: EventDocument) -> None:
        self.document = document
        self._allowed: dict[tuple[str, tuple[str, ...]], list[str]] = {}

    def findings(self) -> list[Finding]:
        """Return everything that looks wrong: first what is missing, then what is out of reach."""
        return [finding for check in CHECKS for finding in check(self)]

    @cached_property
    def teams(self) -> dict[str, Team]:
        """The teams that have players."""
        return {name: team for name, team in self.document.teams.items() if team.players}

    @cached_property
    def tiles(self) -> list[tuple[str, Tile]]:
        """The tiles with their places."""
        return [
            (f"board[{row}].tiles[{place}]", tile)
            for row, tiles in enumerate(self.document.board)
            for place, tile in enumerate(tiles.tiles)
        ]

    @cached_property
    def rules_of_tile(self) -> dict[str, list[Rule]]:
        """The rules of each tile, by its key."""
        return {tile.key: tile.rules for _, tile in self.tiles}

    @cached_property
    def online(self) -> dict[str, list[availability.Interval]]:
        """When each player is online."""
        document = self.document
        return {name: availability.intervals(player, document) for name, player in document.players.items()}

    @cached_property
    def capabilities(self) -> dict[str, set[str]]:
        """The capabilities of each player."""
        return {name: set(player.capabilities) for name, player in self.document.players.items()}

    @cached_property
    def held(self) -> dict[str, set[str]]:
        """The capabilities that any player of each team has."""
        held = self.capabilities
        return {name: set().union(*(held[p] for p in team.players)) for name, team in self.teams.items()}

    @cached_property
    def rules_of(self) -> dict[str, list[Rule]]:
        """The rules of each activity that has any."""
        rules = defaultdict(list)
        for _, tile in self.tiles:
            for rule in tile.rules:
                rules[rule.activity].append(rule)
        return rules

    @cached_property
    def rule_seconds(self) -> dict[str, list[float]]:
        """The estimated seconds of each tile by each of its rules."""
        event = self.document
        return {
            tile.key: [estimates.rule_seconds(event, tile, rule) for rule in tile.rules]
            for _, tile in self.tiles
        }

    def allowed(self, team: str, rule: Rule) -> list[str]:
        """Return the players of a team who have all that the rule requires."""
        # Few sets of requirements are shared by many rules.
        asked = (team, tuple(rule.requires))
        if asked not in self._allowed:
            required, players = set(rule.requires), self.teams[team].players
            self._allowed[asked] = [name for name in players if required <= self.capabilities[name]]
        return self._allowed[asked]

    def can_follow(self, team: str, rule: Rule) -> bool:
        """Say whether the team has the players whom the rule takes."""
        return len(self.allowed(team, rule)) >= _fewest_players(self.document.activities[rule.activity])

    def seconds(self, team: str, tile: Tile) -> float:
        """Return the least estimated seconds of a tile for a team; infinite where it can't do it."""
        timed = zip(self.rule_seconds[tile.key], tile.rules, strict=True)
        return min((seconds for seconds, rule in timed if self.can_follow(team, rule)), default=math.inf)

    def online_seconds(self, team: str) -> int:
        """Return the seconds that the team's players are online, added up."""
        return sum(end - start for name in self.teams[team].players for start, end in self.online[name])


def _fewest_players(activity: Activity) -> int:
    return 1 if activity.solo or activity.group is None else activity.group.min


def _missing_parts(event: CheckedEvent) -> Iterator[Finding]:
    if not event.tiles:
        yield Finding("board", "there are no tiles", "no-tiles")
    if not event.document.teams:
        yield Finding("teams", "there are no teams", "no-teams")
    for name, team in event.document.teams.items():
        if not team.players:
            yield Finding(f"teams.{name}", "has no players", "team-without-players")
    for place, tile in event.tiles:
        if not tile.rules:
            yield Finding(place, f"{tile.key} has no rules: nobody can finish it", "tile-without-rules")


def _start_skipped(event: CheckedEvent) -> Iterator[Finding]:
    wanted, zone = event.document.starts_at, ZoneInfo(event.document.timezone)
    starts = wanted.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    if starts.replace(tzinfo=None) != wanted:
        clocks = f"clocks in {event.document.timezone} skip {wanted:%H:%M} that day"
        yield Finding("starts_at", f"{clocks}: the event starts at {starts:%H:%M}", "start-skipped")


def _unused_parts(event: CheckedEvent) -> Iterator[Finding]:
    document, rules = event.document, [rule for _, tile in event.tiles for rule in tile.rules]
    in_teams = {name for team in document.teams.values() for name in team.players}
    asked_for = {key for rule in rules for key in (*rule.requires, *(m.capability for m in rule.modifiers))}
    for name in document.players:
        if name not in in_teams:
            yield Finding(f"players.{name}", "is in no team", "player-without-team")
    for key in document.activities:
        if key not in event.rules_of:
            yield Finding(f"activities.{key}", "no tile has a rule for it", "unused-activity")
    for key in document.capabilities:
        if key not in asked_for:
            yield Finding(f"capabilities.{key}", "no rule requires or rewards it", "unused-capability")


def _unused_drops(event: CheckedEvent) -> Iterator[Finding]:
    for key, rules in event.rules_of.items():
        accepted = {drop for rule in rules for drop in rule.drops}
        unused = [drop for drop in event.document.activities[key].drop_keys() if drop not in accepted]
        if unused:
            yield Finding(f"activities.{key}", f"no rule accepts {', '.join(unused)}", "unused-drop")


def _sessions_outside(event: CheckedEvent) -> Iterator[Finding]:
    for name, player in event.document.players.items():
        if not event.online[name]:
            yield Finding(f"players.{name}", "is never online during the event", "player-never-online")
            continue
        alone = [player.model_copy(update={"sessions": [session]}) for session in player.sessions]
        outside = [
            f"{only.sessions[0].day} {only.sessions[0].start}"
            for only in alone
            if not availability.intervals(only, event.document)
        ]
        if outside:
            message = f"outside the event: {', '.join(outside)}"
            yield Finding(f"players.{name}.sessions", message, "session-outside-event")


def _tiles_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    for place, tile in event.tiles:
        teams_by_reason: dict[str, list[str]] = defaultdict(list)
        for name in event.teams if tile.rules else ():
            if not any(event.can_follow(name, rule) for rule in tile.rules):
                reasons = dict.fromkeys(_why_not(event, name, rule) for rule in tile.rules)
                teams_by_reason["; ".join(reasons)].append(name)
        for reason, names in teams_by_reason.items():
            message = f"{tile.key} can't be done by {_listed(names)}: {reason}"
            yield Finding(place, message, "tile-out-of-reach")


def _why_not(event: CheckedEvent, team: str, rule: Rule) -> str:
    """Say why a team can't follow a rule."""
    if allowed := event.allowed(team, rule):
        fewest = _fewest_players(event.document.activities[rule.activity])
        return f"{rule.activity} takes {fewest} players, {len(allowed)} may do it"
    lacking = [key for key in rule.requires if key not in event.held[team]]
    return f"nobody has {_listed(lacking)}" if lacking else f"nobody has all of {_listed(rule.requires)}"


def _parties_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    for key, rules in event.rules_of.items():
        fewest = _fewest_players(event.document.activities[key])
        if fewest == 1 or not event.teams:
            continue
        allowed = {name: _most_allowed(event, name, rules) for name in event.teams}
        if max(map(len, allowed.values())) < fewest:
            message = f"takes {fewest} players, no team has as many who may do it"
            yield Finding(f"activities.{key}", message, "party-too-large")
        for name, players in allowed.items():
            together = _most_together(event, players)
            if together < fewest <= len(players):
                message = f"takes {fewest} players, of {name} at most {together} are online together"
                yield Finding(f"activities.{key}", message, "party-never-together")


def _most_allowed(event: CheckedEvent, team: str, rules: Iterable[Rule]) -> list[str]:
    """Return the players who may follow the rule that the most may."""
    return max((event.allowed(team, rule) for rule in rules), key=len)


def _most_together(event: CheckedEvent, players: Iterable[str]) -> int:
    """Return how many of the players are online at once, at most."""
    spans = [span for name in players for span in event.online[name]]
    # Who goes offline in a second is not there any more for who comes online in it: -1 sorts before 1.
    changes = sorted([(start, 1) for start, _ in spans] + [(end, -1) for _, end in spans])
    return max(accumulate(change for _, change in changes), default=0)


def _rows_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    document = event.document
    for number, row in enumerate(document.board[:-1]):
        points = sum(tile.points for tile in row.tiles)
        place, wanted = f"board[{number}]", f"row {number + 2} opens at {document.unlock_points}"
        if points < document.unlock_points:
            message = f"its tiles are worth {counted(points, 'point')}, {wanted}"
            yield Finding(place, message, "row-never-opens")
            continue
        for name in event.teams:
            within_reach = sum(tile.points for tile in row.tiles if math.isfinite(event.seconds(name, tile)))
            if within_reach < document.unlock_points:
                worth = counted(within_reach, "point")
                message = f"the tiles that {name} can do are worth {worth}, {wanted}"
                yield Finding(place, message, "row-never-opens")


def _tiles_take_too_long(event: CheckedEvent) -> Iterator[Finding]:
    online = {name: event.online_seconds(name) for name in event.teams}
    for place, tile in event.tiles:
        for name, has in online.items():
            if has < (takes := event.seconds(name, tile)) < math.inf:
                message = f"{tile.key} takes about {_hours(takes)}, {name} is online for {_hours(has)}"
                yield Finding(place, message, "too-few-hours-for-tile")


def _hours_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    """Compare the estimated hours of the board, which leave out skill and parties, with those online."""
    if not event.tiles:
        return
    for name in event.teams:
        online = event.online_seconds(name)
        has = f"its players are online for {_hours(online)}"
        if late := _first_row_too_late(event, name, online):
            row, seconds = late
            message = f"opening row {row} takes about {_hours(seconds)}, {has}"
            yield Finding(f"teams.{name}", message, "too-few-hours-for-rows")
            continue
        whole = sum(filter(math.isfinite, (event.seconds(name, tile) for _, tile in event.tiles)))
        if whole > online:
            message = f"the whole board takes about {_hours(whole)}, {has}"
            yield Finding(f"teams.{name}", message, "too-few-hours-for-board")


def _first_row_too_late(event: CheckedEvent, team: str, online: int) -> tuple[int, float] | None:
    """Return the first row, counted from 1, that a team lacks the hours to open, and the seconds it takes."""
    total = 0.0
    for number, row in enumerate(event.document.board[:-1]):
        timed = [(tile.points, event.seconds(team, tile)) for tile in row.tiles]
        total += _least_seconds(timed, event.document.unlock_points)
        if math.isinf(total):
            return None  # rows that never open have a finding of their own
        if total > online:
            return number + 2, total
    return None


def _least_seconds(timed: list[tuple[int, float]], points: int) -> float:
    """Return the least summed seconds of tiles that are worth the points; infinite where none are."""
    least = {0: 0.0}
    for worth, seconds in timed:
        for reached, spent in list(least.items()):
            total = min(reached + worth, points)
            least[total] = min(least.get(total, math.inf), spent + seconds)
    return least.get(points, math.inf)


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} h"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


CHECKS: tuple[Callable[[CheckedEvent], Iterator[Finding]], ...] = (
    _missing_parts,
    _start_skipped,
    _tiles_out_of_reach,
    _rows_out_of_reach,
    _parties_out_of_reach,
    _tiles_take_too_long,
    _hours_out_of_reach,
    _sessions_outside,
    _unused_parts,
    _unused_drops,
)
