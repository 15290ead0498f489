"""What an activity is, in words: for lists, and for those who may read it but not change it."""

from typing import Any, NamedTuple

from events import document
from events.admin.fields import rate_text
from events.admin.loot import BANDS, LINES, share_text
from events.document.rates import rest_of
from events.models import Activity
from events.models.validation import readable, validate_bands, validate_loot
from events.models.values import loot_from_json

# How an attempt's time is drawn, for people to choose from.
TIME_MODELS = [
    ("uniform", "Anything in between, equally likely"),
    ("triangular", "Mostly near the middle"),
    ("normal", "A bell curve around the middle"),
    ("fixed", "Always exactly the time"),
]
ROLLED_BY = {document.Roll.PER_PLAYER: "every member rolls", document.Roll.PER_GROUP: "the party rolls"}


class OutcomeInWords(NamedTuple):
    """What can come of a roll: how often, and what it is."""

    rate: str
    what: str


class LineInWords(NamedTuple):
    """A loot line: its name, who rolls how often, its outcomes and how often nothing comes of it."""

    name: str
    rolled: str
    outcomes: list[OutcomeInWords]
    rest: str


def parties_in_words(activity: Activity) -> str:
    """Return how many players do the activity together."""
    if activity.group_min is None:
        return "alone"
    lo, hi = activity.group_min, activity.group_max
    parties = f"parties of {lo}" if lo == hi else f"parties of {lo} to {hi}"
    return f"alone, or {parties}" if activity.solo else parties


def sizes_text(activity: Activity) -> str:
    """Return how many players do the activity together, as short as it goes."""
    if activity.group_min is None:
        return "alone"
    sizes = _range((activity.group_min, activity.group_max))
    return f"alone, or {sizes}" if activity.solo else sizes


def clock_text(seconds: int) -> str:
    """Return seconds as minutes and seconds: `1:30`."""
    return f"{seconds // 60}:{seconds % 60:02}"


def attempt_in_words(activity: Activity) -> str:
    """Return how long an attempt takes."""
    seconds, spread = activity.attempt_seconds, activity.attempt_spread
    if not spread or activity.attempt_model == document.TimeModel.FIXED:
        return f"{clock_text(seconds)} minutes"
    how = dict(TIME_MODELS)[activity.attempt_model].lower()
    return f"{clock_text(seconds - spread)} to {clock_text(seconds + spread)} minutes: {how}"


def loot_in_words(activity: Activity) -> list[LineInWords]:
    """Return what an attempt may give."""
    loot = loot_from_json(readable(validate_loot, activity.loot))
    return [_line(line) for line in LINES.validate_python(loot)]


def bands_in_words(activity: Activity) -> list[str]:
    """Return what changes for parties of some sizes."""
    return [_band(band) for band in BANDS.validate_python(readable(validate_bands, activity.bands))]


def _band(band: document.SizeBand) -> str:
    multiplied = (("an attempt's time", band.time), ("all rates", band.rate))
    what = " and ".join(f"{name} × {factor:f}" for name, factor in multiplied if factor != 1)
    return f"parties of {_range(band.size)}: {what or 'nothing changes'}"


def _line(line: document.LootLine) -> LineInWords:
    rest = rest_of(outcome.rate for outcome in line.outcomes)
    times = "" if line.times == 1 else f" {line.times} times"
    outcomes = [OutcomeInWords(rate_text(outcome.rate), _outcome(outcome)) for outcome in line.outcomes]
    left = share_text(rest) if rest else ""
    return LineInWords(line.line, f"{ROLLED_BY[line.roll]}{times}", outcomes, left)


def _outcome(outcome: document.Outcome) -> str:
    parts = [key if units == (1, 1) else f"{_range(units)} × {key}" for key, units in outcome.drops.items()]
    if outcome.penalty_seconds:
        parts.append(f"a death, which costs {clock_text(outcome.penalty_seconds)} minutes")
    return ", ".join(parts) or "nothing"


def _range(ends: Any) -> str:
    lo, hi = ends
    return f"{lo:,}" if lo == hi else f"{lo:,} to {hi:,}"
