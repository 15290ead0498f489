"""A player's week: their sessions as bars of a day, and the hours that they come to."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from events.availability import WEEKDAYS, merged

DAY, WEEK = 24 * 60, 7 * 24 * 60
DAY_NAMES = dict(
    zip(WEEKDAYS, ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"), strict=True)
)


class Bar(NamedTuple):
    """A stretch of a day, in percent of it, and in words."""

    start: float
    length: float
    words: str


class Day(NamedTuple):
    """A day of the week with the stretches in which a player plays."""

    name: str
    bars: list[Bar]


def week_of(sessions: Iterable[dict[str, Any]]) -> list[Day]:
    """Return the days of a week, Monday first, with what sessions make of them."""
    spans = _spans(sessions)
    return [
        Day(name[:3], [_bar(*span) for span in merged([(lo - first, hi - first) for lo, hi in spans], DAY)])
        for first, name in zip(range(0, WEEK, DAY), DAY_NAMES.values(), strict=True)
    ]


def hours_a_week(sessions: Iterable[dict[str, Any]]) -> float:
    """Return the hours of a week that sessions cover; what overlaps counts once."""
    return sum(hi - lo for lo, hi in merged(_spans(sessions), WEEK)) / 60


def minutes_of(clock: str) -> int:
    """Return the minutes of a time of day since midnight."""
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)


def clock_of(minutes: int) -> str:
    """Return the time of day so many minutes after a midnight."""
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _spans(sessions: Iterable[dict[str, Any]]) -> list[tuple[int, int]]:
    """Return the minutes of sessions in a week; what goes on after Sunday goes on on Monday."""
    spans = []
    for session in sessions:
        start = WEEKDAYS.index(session["day"]) * DAY + minutes_of(session["start"])
        # The same session of the week before may reach into this one.
        spans += [(first, first + session["minutes"]) for first in (start - WEEK, start)]
    return spans


def _bar(lo: int, hi: int) -> Bar:
    until = "24:00" if hi == DAY else clock_of(hi)
    return Bar(round(100 * lo / DAY, 3), round(100 * (hi - lo) / DAY, 3), f"{clock_of(lo)} to {until}")
