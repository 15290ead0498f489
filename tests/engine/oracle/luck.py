"""Multipliers, rates and time models, in whole numbers and exact fractions."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import lru_cache

from events.document import AttemptTime, TimeModel

MILLION = 10**6
MULTIPLIER_CAP = 10**16
DRAW_RANGE = 2**32


def multiply(start: int, factors: Iterable[int]) -> int:
    """Multiply millionths one factor at a time, each step rounded down and held below the cap."""
    product = start
    for factor in factors:
        product = min(product * factor // MILLION, MULTIPLIER_CAP)
    return product


def scale_rates(rates: Sequence[Fraction], relevant: Sequence[bool], multiplier: int) -> list[Fraction]:
    """Return a line's rates when ``multiplier`` (millionths) bears on the relevant outcomes."""
    factor = Fraction(multiplier, MILLION)
    if sum(rates) > 1:
        rates = [rate / sum(rates) for rate in rates]
    outcomes = list(zip(rates, relevant, strict=True))
    wanted = sum((rate for rate, counts in outcomes if counts), Fraction(0))
    other = sum((rate for rate, counts in outcomes if not counts), Fraction(0))
    if wanted * factor > 1:
        return [rate / wanted if counts else Fraction(0) for rate, counts in outcomes]
    room = 1 - wanted * factor
    shrink = room / other if other > room else Fraction(1)
    return [rate * (factor if counts else shrink) for rate, counts in outcomes]


@lru_cache(maxsize=4096)
def roll_thresholds(rates: tuple[Fraction, ...], relevant: tuple[bool, ...], multiplier: int) -> list[int]:
    """Return the thresholds of one roll: cumulative rates of 2³², rounded down."""
    cumulative = Fraction(0)
    thresholds = []
    for rate in scale_rates(rates, relevant, multiplier):
        cumulative += rate
        thresholds.append(math.floor(cumulative * DRAW_RANGE))
    return thresholds


def first_above(thresholds: Sequence[int], x: int) -> int | None:
    """Return the position of the first threshold that exceeds ``x``, None where none does."""
    position = bisect_right(thresholds, x)
    return position if position < len(thresholds) else None


def raw_seconds(time: AttemptTime, x: int) -> int:
    """Return the whole second that the time model gives for the draw ``x``."""
    if time.model == TimeModel.FIXED or time.spread == 0:
        return time.seconds
    position = first_above(time_thresholds(time.seconds, time.spread, time.model), x)
    assert position is not None, "the last threshold is 2^32, above every draw"
    return time.seconds - time.spread + position


@lru_cache(maxsize=4096)
def time_thresholds(seconds: int, spread: int, model: TimeModel) -> list[int]:
    """Return a threshold for every second of ``seconds ± spread``, the last one 2³²."""
    if model == TimeModel.NORMAL:
        return normal_thresholds(seconds, spread)
    distances = [abs(d) for d in range(-spread, spread + 1)]
    weights = [spread + 1 - d if model == TimeModel.TRIANGULAR else 1 for d in distances]
    total = sum(weights)
    return [sum_so_far * DRAW_RANGE // total for sum_so_far in cumulative_sums(weights)]


def cumulative_sums(weights: Sequence[int]) -> list[int]:
    sums, total = [], 0
    for weight in weights:
        total += weight
        sums.append(total)
    return sums


def normal_thresholds(seconds: int, spread: int) -> list[int]:
    """Return the truncated normal's thresholds, in doubles, summed from the left."""
    scale = spread / 2 * math.sqrt(2.0)
    sums, total = [], 0.0
    for second in range(seconds - spread, seconds + spread + 1):
        above = math.erf((second + 0.5 - seconds) / scale)
        below = math.erf((second - 0.5 - seconds) / scale)
        total += above - below
        sums.append(total)
    return [int(sum_so_far / total * DRAW_RANGE) for sum_so_far in sums[:-1]] + [DRAW_RANGE]
