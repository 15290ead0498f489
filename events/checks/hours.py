"""Hours that a team lacks: estimates, which leave out skill and parties, compared with the time online."""

import math
from collections import defaultdict
from collections.abc import Iterator

from events.checks.event import CheckedEvent
from events.checks.finding import Finding
from events.checks.parts import MOST_APART
from events.document.errors import place_of
from events.wording import counted, listed


def tiles_take_too_long(event: CheckedEvent) -> Iterator[Finding]:
    online = {name: event.online_seconds(name) for name in event.playing}
    for place, tile in event.tiles:
        teams_by_seconds: dict[float, list[str]] = defaultdict(list)
        for name, has in online.items():
            if has < (takes := event.seconds(name, tile)) < math.inf:
                teams_by_seconds[takes].append(name)
        for takes, names in teams_by_seconds.items():
            has_words = listed([f"{name} is online for {_hours(online[name])}" for name in names], 3)
            message = f"{tile.key} takes about {_hours(takes)}, {has_words}"
            yield Finding(place, message, "too-few-hours-for-tile")


def hours_out_of_reach(event: CheckedEvent) -> Iterator[Finding]:
    """Compare the estimated hours of rows and of the whole board with those online."""
    short_of_board: dict[str, float] = {}
    for name in event.playing if event.tiles else ():
        online = event.online_seconds(name)
        if late := _first_row_too_late(event, name, online):
            row, seconds = late
            has = f"its players are online for {_hours(online)}"
            message = f"opening row {row} takes about {_hours(seconds)}, {has}"
            yield Finding(place_of(("teams", name)), message, "too-few-hours-for-rows")
        elif (whole := _board_seconds(event, name)) > online:
            short_of_board[name] = whole
    yield from _boards_too_long(event, short_of_board)


def _boards_too_long(event: CheckedEvent, seconds_of: dict[str, float]) -> Iterator[Finding]:
    code = "too-few-hours-for-board"
    if len(seconds_of) > MOST_APART:
        named = listed([f"{name} for {_hours(event.online_seconds(name))}" for name in seconds_of], 3)
        least = min(seconds_of.values())
        many = f"{counted(len(seconds_of), 'team')} are online for less than the whole board takes"
        yield Finding("teams", f"{many}, {_hours(least)} at least: {named}", code)
        return
    for name, whole in seconds_of.items():
        has = f"its players are online for {_hours(event.online_seconds(name))}"
        yield Finding(place_of(("teams", name)), f"the whole board takes about {_hours(whole)}, {has}", code)


def _board_seconds(event: CheckedEvent, team: str) -> float:
    return sum(filter(math.isfinite, (event.seconds(team, tile) for _, tile in event.tiles)))


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
