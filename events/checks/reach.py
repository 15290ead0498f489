"""What can't be done at all: tiles, parties, attempts and rows that are out of reach."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator

from events.checks.attempts import fewest_players
from events.checks.event import CheckedEvent
from events.checks.finding import Finding
from events.document import Rule
from events.document.errors import place_of
from events.wording import counted, listed


def teams_never_online(event: CheckedEvent) -> Iterator[Finding]:
    for name in event.teams:
        if name not in event.playing:
            message = "none of its players is ever online during the event"
            yield Finding(place_of(("teams", name)), message, "team-never-online")


def tiles_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    for place, tile in event.tiles:
        teams_by_reason: dict[str, list[str]] = defaultdict(list)
        for name in event.playing if tile.rules else ():
            if not any(event.can_follow(name, rule) for rule in tile.rules):
                reasons = dict.fromkeys(why_not(event, name, rule) for rule in tile.rules)
                teams_by_reason["; ".join(list(reasons)[:3])].append(name)
        for reason, names in teams_by_reason.items():
            message = f"{tile.key} can't be done by {listed(names)}: {reason}"
            yield Finding(place, message, "tile-out-of-reach")


def why_not(event: CheckedEvent, team: str, rule: Rule, *, by_name: bool = False) -> str:
    """Say why a team can't follow a rule; ``by_name`` calls activities and capabilities as players do."""
    document = event.document
    activity = document.activities[rule.activity]
    called = document.capabilities if by_name else {key: key for key in rule.requires}
    what = activity.name if by_name else rule.activity
    fewest = fewest_players(activity)
    allowed = event.allowed(team, rule)
    if not allowed:
        lacking = [called[key] for key in rule.requires if key not in event.held[team]]
        if lacking:
            return f"nobody has {listed(lacking)}"
        return f"nobody has all of {listed([called[key] for key in rule.requires])}"
    if len(allowed) < fewest:
        return f"{what} takes {counted(fewest, 'player')}, {len(allowed)} may do it"
    together = event.people.most_together(allowed)
    if together < fewest:
        return f"{what} takes {counted(fewest, 'player')}, {together} who may do it are online together"
    return f"an attempt of {what} takes longer than they play at a stretch"


def parties_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    for key, rules in event.rules_of.items():
        fewest = fewest_players(event.document.activities[key])
        if fewest == 1 or not event.playing:
            continue
        allowed = {name: _most_allowed(event, name, rules) for name in event.playing}
        if max(map(len, allowed.values())) < fewest:
            message = f"takes {fewest} players, no team has as many who may do it"
            yield Finding(place_of(("activities", key)), message, "party-too-large")
        teams_by_most: dict[int, list[str]] = defaultdict(list)
        for name, players in allowed.items():
            together = event.people.most_together(players)
            if together < fewest <= len(players):
                teams_by_most[together].append(name)
        for together, names in teams_by_most.items():
            message = f"takes {fewest} players, of {listed(names)} at most {together} are online together"
            yield Finding(place_of(("activities", key)), message, "party-never-together")


def _most_allowed(event: CheckedEvent, team: str, rules: Iterable[Rule]) -> list[str]:
    """Return the players who may follow the rule that the most may."""
    return max((event.allowed(team, rule) for rule in rules), key=len)


def rows_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    document = event.document
    for number, row in enumerate(document.board[:-1]):
        points = sum(tile.points for tile in row.tiles)
        place, wanted = f"board[{number}]", f"row {number + 2} opens at {document.unlock_points}"
        if points < document.unlock_points:
            message = f"its tiles are worth {counted(points, 'point')}, {wanted}"
            yield Finding(place, message, "row-never-opens")
            continue
        teams_by_worth: dict[int, list[str]] = defaultdict(list)
        for name in event.playing:
            worth = sum(tile.points for tile in row.tiles if math.isfinite(event.seconds(name, tile)))
            if worth < document.unlock_points:
                teams_by_worth[worth].append(name)
        for worth, names in teams_by_worth.items():
            message = f"the tiles that {listed(names)} can do are worth {counted(worth, 'point')}, {wanted}"
            yield Finding(place, message, "row-never-opens")
