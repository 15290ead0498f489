"""Weekly sessions as people write them in one line: `mon 18:00 120; fri-sun 20:00-23:30`."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from events.document import Weekday

DAYS = [str(day) for day in Weekday]
DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# Words for several days, which people use more than ranges.
GROUPS = {"daily": DAYS, "everyday": DAYS, "weekdays": DAYS[:5], "weekend": DAYS[5:], "weekends": DAYS[5:]}

DAY_MINUTES = 24 * 60
MOST_CHARACTERS = 100
SEPARATORS = re.compile(r"[;|\n]")
FORM = "write a day, a start and minutes or an end, like “mon 18:00 120” or “mon-fri 18:00-20:00”"
# As many as a player may have, and more wrong ones than anybody reads.
MOST_SESSIONS, MOST_WRONG = 200, 20

CLOCK = r"(?:[01]?\d|2[0-4])(?::[0-5]\d)?"
SESSION = re.compile(
    rf"(?P<days>[a-z][a-z, /-]*?)\s*(?P<start>{CLOCK})"
    rf"(?:\s*-\s*(?P<end>{CLOCK})|\s+for\s+(?P<long>\d{{1,3}}:[0-5]\d)"
    rf"|\s+(?:for\s+)?(?P<count>\d{{1,6}})\s*(?P<unit>m|min|mins|minutes|h|hours?)?)",
    re.ASCII,
)


class SessionsError(ValueError):
    """Text that says no sessions; each line of the message is a problem."""


def read_sessions(text: str) -> list[dict[str, Any]]:
    """Return the sessions that a text lists, as a document has them, in their order.

    Raises `SessionsError` with everything that can't be read.
    """
    sessions: list[dict[str, Any]] = []
    problems: list[str] = []
    for part in filter(None, map(str.strip, SEPARATORS.split(text))):
        try:
            sessions += _read_session(part)
        except SessionsError as error:
            problems.append(str(error))
        if len(sessions) > MOST_SESSIONS:
            problems.append(f"there are more than {MOST_SESSIONS} sessions")
            break
        if len(problems) >= MOST_WRONG:
            break
    if problems:
        raise SessionsError("\n".join(problems))
    return sessions


def write_sessions(sessions: Iterable[Mapping[str, Any]]) -> str:
    """Return sessions as `read_sessions` takes them."""
    return "; ".join(f"{session['day']} {session['start']} {session['minutes']}" for session in sessions)


def _read_session(text: str) -> list[dict[str, Any]]:
    match = SESSION.fullmatch(text.lower().replace("–", "-")) if len(text) <= MOST_CHARACTERS else None
    if match is None:
        raise SessionsError(f"“{_short(text)}” is no session: {FORM}")
    start = _minutes(match["start"], text)
    if start >= DAY_MINUTES:
        raise SessionsError(f"“{_short(text)}” must start from 0:00 to 23:59")
    length = _length(match, start, text)
    clock = f"{start // 60:02}:{start % 60:02}"
    return [{"day": day, "start": clock, "minutes": length} for day in _read_days(match["days"], text)]


def _length(match: re.Match[str], start: int, text: str) -> int:
    """Return the minutes of a session; one that ends before it starts ends the day after."""
    if match["long"]:
        hours, minutes = match["long"].split(":")
        return int(hours) * 60 + int(minutes)
    if match["end"] is None:
        return int(match["count"]) * (60 if (match["unit"] or "m").startswith("h") else 1)
    length = _minutes(match["end"], text) - start
    if length == 0:
        raise SessionsError(f"“{_short(text)}” ends when it starts: for a whole day write 1440 minutes")
    return length % DAY_MINUTES or DAY_MINUTES


def _minutes(clock: str, text: str) -> int:
    hours, _, minutes = clock.partition(":")
    total = int(hours) * 60 + int(minutes or 0)
    if total > DAY_MINUTES:
        raise SessionsError(f"“{_short(text)}” names a time after 24:00")
    return total


def _read_days(text: str, whole: str) -> list[str]:
    days: list[str] = []
    for part in filter(None, re.split(r"[, /]+", re.sub(r"\s*-\s*", "-", text.strip()))):
        if part in GROUPS:
            days += GROUPS[part]
            continue
        first, _, last = part.partition("-")
        begin, end = _day(first, whole), _day(last or first, whole)
        days += [DAYS[(begin + ix) % 7] for ix in range((end - begin) % 7 + 1)]
    return list(dict.fromkeys(days))


def _day(text: str, whole: str) -> int:
    """Return which day of the week a word is: any beginning of its name that has two letters or more."""
    for number, name in enumerate(DAY_NAMES):
        if len(text) >= 2 and name.startswith(text):
            return number
    raise SessionsError(f"“{_short(whole)}”: there is no day “{_short(text)}”; days are {', '.join(DAYS)}")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
