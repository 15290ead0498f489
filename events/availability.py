"""When players play: weekly local sessions as intervals of event seconds."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from events.document import EventDocument, Player, PlaySession, Weekday

WEEKDAYS = list(Weekday)
# The longest session lasts a week, and zones are up to a day apart.
LOOK_BACK = timedelta(days=9)
LOOK_AHEAD = timedelta(days=2)

Interval = tuple[int, int]


def intervals(player: Player, event: EventDocument) -> list[Interval]:
    """Return when a player is online, in seconds from the event's start.

    The intervals are half-open, sorted, merged where they touch or overlap, and cut to the event.
    A player without sessions is always available.
    """
    if not player.sessions:
        return [(0, event.duration_s)]
    zone = ZoneInfo(player.timezone or event.timezone)
    event_start = _timestamp(event.starts_at, ZoneInfo(event.timezone))
    spans = []
    for day in _days(event):
        for session in player.sessions:
            if WEEKDAYS[day.weekday()] == session.day:
                start = _timestamp(_local_start(session, day), zone) - event_start
                spans.append((start, start + session.minutes * 60))
    return merged(spans, event.duration_s)


def merged(spans: list[Interval], duration_s: int) -> list[Interval]:
    """Return the seconds of ``[0, duration_s)`` that any span covers, as sorted intervals."""
    result: list[Interval] = []
    for start, end in sorted(spans):
        start, end = max(start, 0), min(end, duration_s)
        if start >= end:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def _days(event: EventDocument) -> Iterator[date]:
    day = (event.starts_at - LOOK_BACK).date()
    last = (event.starts_at + timedelta(seconds=event.duration_s) + LOOK_AHEAD).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _local_start(session: PlaySession, day: date) -> datetime:
    return datetime.combine(day, time.fromisoformat(session.start))


def _timestamp(local: datetime, zone: ZoneInfo) -> int:
    """Return the absolute second of a local time.

    A time that the clock skips counts by the offset before the skip, which moves it forward by
    the gap; of a time that comes twice the first counts. Both are what ``fold=0`` means.
    """
    return int(local.replace(tzinfo=zone, fold=0).timestamp())
