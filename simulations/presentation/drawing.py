"""Bars, histograms and figures in text."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt
from rich.text import Text

from events.wording import counted
from simulations.statistics import Interval

LEVELS = " ▁▂▃▄▅▆▇█"
# The decimals of all percentages; those of an interval tell more, as it is about the last ones.
DECIMALS, INTERVAL_DECIMALS, MOST_INTERVAL_DECIMALS = 1, 2, 3
# What one decimal of seconds shows as more than nothing.
SHOWN_S = 0.05
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
    """Write a share with one decimal, as all of a column have it; JSON has the exact ones."""
    return "-" if share is None else f"{percent_digits(share, DECIMALS)} %"


def percent_digits(share: float, digits: int) -> str:
    """Write a share in per cent; what is not exactly 0 or 1 never reads as if it were."""
    text = f"{100 * share:.{digits}f}"
    least = 10**-digits
    if share > 0 and float(text) == 0:
        return f"<{least:.{digits}f}"
    if share < 1 and float(text) == 100:
        return f">{100 - least:.{digits}f}"
    return text


def percent_intervals(intervals: Sequence[Interval], to: str = "-") -> list[str]:
    """Write the intervals of a column with as many decimals as the one of them needs that needs most."""
    rare = min((min(end, 1 - end) or 1 for interval in intervals for end in interval), default=1)
    digits = MOST_INTERVAL_DECIMALS if rare < 10**-MOST_INTERVAL_DECIMALS else INTERVAL_DECIMALS
    return [to.join(percent_digits(end, digits) for end in interval) for interval in intervals]


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


def took(preparing_s: float, elapsed_s: float) -> str:
    """Write how long a simulation took: getting ready, where that was noted, and computing."""
    if preparing_s < SHOWN_S:
        return duration(elapsed_s)
    return f"{duration(preparing_s)} to get ready, {duration(elapsed_s)} to compute"


def done_of(done: int, n_runs: int) -> str:
    """Write how many runs are done, of how many where some are missing."""
    return counted(n_runs, "run") if done == n_runs else f"{done:,} of {counted(n_runs, 'run')}"


def speed(runs_per_s: float) -> str:
    """Write how many runs a second are computed, with two digits at least: a slow one is not none."""
    return f"{runs_per_s:,.0f} runs/s" if runs_per_s >= 10 else f"{runs_per_s:.2g} runs/s"


def figure(value: float | None, digits: int = 0) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def moment(when: datetime) -> str:
    """Write a moment of the last months, by this machine's time zone, which it names."""
    return when.astimezone().strftime("%m-%d %H:%M %Z")


def shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
