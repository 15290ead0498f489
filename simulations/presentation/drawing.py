"""Bars, histograms and figures in text."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from rich.text import Text

from simulations.statistics import Interval

LEVELS = " ▁▂▃▄▅▆▇█"
# The smallest share that three decimals of a percentage can show.
SMALLEST = 0.00001
COLOURS = ("cyan", "magenta", "yellow", "green", "blue", "red")


def colour(ix: int) -> str:
    """Return the colour of the team at a position."""
    return COLOURS[ix % len(COLOURS)]


def rate_bar(rate: float, interval: Interval, *, width: int, style: str) -> Text:
    """Draw a share of 1: solid up to the interval's lower end, lighter over the interval."""
    low, high = round(interval.low * width), round(interval.high * width)
    at = min(max(round(rate * width), low), high)
    bar = Text("█" * low + "▓" * (at - low) + "▒" * (high - at), style=style)
    bar.append("·" * (width - high), style="dim")
    return bar


def histogram(counts: npt.NDArray[np.int64], *, first: int, last: int, width: int) -> str:
    """Draw how often the values ``first`` to ``last`` came up, in at most ``width`` columns."""
    per_column = -(-(last - first + 1) // width)
    padded = np.zeros(per_column * width, dtype=np.int64)
    shown = counts[first : last + 1]
    padded[: len(shown)] = shown
    columns = padded.reshape(width, per_column).sum(axis=1)[: -(-(last - first + 1) // per_column)]
    return levels(columns / max(1, columns.max()))


def levels(shares: Sequence[float] | npt.NDArray[np.float64]) -> str:
    """Draw a column for each share; what is above 0 stays visible."""
    steps = len(LEVELS) - 1
    return "".join(LEVELS[0 if share <= 0 else max(1, round(share * steps))] for share in shares)


def percent(share: float | None) -> str:
    """Write a share with as many digits as tell it from 0 and 1."""
    if share is None:
        return "-"
    rare = min(share, 1 - share)
    if 0 < rare < SMALLEST:
        return f"{'<' if share < 0.5 else '>'}{100 * (SMALLEST if share < 0.5 else 1 - SMALLEST):.3f} %"
    return f"{100 * share:.{3 if 0 < rare < 0.001 else 2 if 0 < rare < 0.01 else 1}f} %"


def percent_interval(interval: Interval, to: str = "-") -> str:
    """Write an interval of shares with as many digits as its ends need: a share within it looks so."""
    rare = min(min(end, 1 - end) or 1 for end in interval)
    digits = 3 if rare < 0.001 else 2
    return f"{100 * interval.low:.{digits}f}{to}{100 * interval.high:.{digits}f}"


def hours(seconds: float | None) -> str:
    """Write seconds from the event's start as hours and minutes."""
    if seconds is None:
        return "-"
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def duration(seconds: float) -> str:
    """Write how long something took."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min {rest} s"


def figure(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def moment(when: datetime) -> str:
    """Write a moment of the last months, by this machine's time zone."""
    return when.astimezone().strftime("%m-%d %H:%M")


def shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
