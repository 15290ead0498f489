"""Attempts that last longer than those who may make them play at a stretch: such an attempt never starts."""

from collections import defaultdict
from collections.abc import Iterator

from events.checks.attempts import Crew, fewest_players, quickest_seconds, slowest_seconds
from events.checks.event import CheckedEvent
from events.checks.finding import Finding
from events.document.errors import place_of
from events.wording import lasting, listed

# Of each team, those who may follow the rules of one activity, rule by rule.
Crews = dict[str, list[Crew]]


def attempts_too_long(event: CheckedEvent) -> Iterator[Finding]:
    for key, rules in event.rules_of.items():
        # To who may do it and how long it takes, nothing else of a rule matters.
        kinds = {(tuple(rule.requires), tuple(rule.modifiers)): rule for rule in rules}.values()
        never: Crews = {}
        others: Crews = {}
        for team in event.playing:
            # What a team has no party for is told elsewhere.
            crews = [crew for rule in kinds if (crew := event.crew(team, rule)).is_party]
            if crews:
                can_start = any(event.can_follow(team, rule) for rule in kinds)
                (others if can_start else never)[team] = crews
        yield from _never(event, key, never)
        yield from _never_for_some(event, key, others)
        yield from _at_times(event, key, others)


def _never(event: CheckedEvent, key: str, teams: Crews) -> Iterator[Finding]:
    raw_seconds = quickest_seconds(event.document.activities[key])
    for (seconds, why), names in _why_too_long(event, key, teams, raw_seconds).items():
        message = f"an attempt takes {lasting(seconds)} or more: {why.format(listed(names))}"
        yield Finding(place_of(("activities", key)), message, "attempt-too-long")


def _at_times(event: CheckedEvent, key: str, teams: Crews) -> Iterator[Finding]:
    raw_seconds = slowest_seconds(event.document.activities[key])
    stuck = {
        name: crews for name, crews in teams.items() if not any(crew.can_start(raw_seconds) for crew in crews)
    }
    for (seconds, why), names in _why_too_long(event, key, stuck, raw_seconds).items():
        stays = "who draws one that long starts neither it nor another"
        message = f"an attempt takes up to {lasting(seconds)}: {why.format(listed(names))}; {stays}"
        yield Finding(place_of(("activities", key)), message, "attempt-at-times-too-long")


def _why_too_long(
    event: CheckedEvent, key: str, teams: Crews, raw_seconds: int
) -> dict[tuple[int, str], list[str]]:
    """Return the teams by the least seconds of such an attempt and why none starts, with {} for the teams."""
    teams_by_reason: dict[tuple[int, str], list[str]] = defaultdict(list)
    fewest = fewest_players(event.document.activities[key])
    for name, crews in teams.items():
        seconds = min(crew.least_seconds(player, raw_seconds) for crew in crews for player in crew.players)
        longest = max(crew.longest for crew in crews)
        why = f"nobody of {{}} who may do it plays longer than {lasting(longest)} at a stretch"
        if longest >= seconds:
            why = f"no {fewest} of {{}} who may do it are online together for that long"
        teams_by_reason[seconds, why].append(name)
    return teams_by_reason


def _never_for_some(event: CheckedEvent, key: str, teams: Crews) -> Iterator[Finding]:
    longest, raw_seconds = event.people.longest, quickest_seconds(event.document.activities[key])
    short: dict[str, int] = {}
    for crews in teams.values():
        too_long = [crew.who_never_starts(raw_seconds) for crew in crews]
        free = {
            name
            for crew, never in zip(crews, too_long, strict=True)
            for name in crew.players
            if name not in never
        }
        for never in too_long:
            for name, seconds in never.items():
                # Of who is never online, that is told.
                if name not in free and longest[name]:
                    short[name] = min(seconds, short.get(name, seconds))
    if short:
        named = listed([f"{name} ({lasting(longest[name])})" for name in short])
        takes = f"an attempt takes {lasting(min(short.values()))} or more"
        message = f"{takes}, which some who may do it never play at a stretch: {named}"
        yield Finding(place_of(("activities", key)), message, "attempt-too-long-for-some")
