"""Probabilities and multipliers as the whole numbers that kernels compare and multiply."""

import math
from collections.abc import Iterable, Sequence
from fractions import Fraction

from events.document import Activity, TimeModel
from events.document import Rule as DocumentRule

from .layout import FIXED_POINT, FIXED_POINT_CAP, MILLION, MULTIPLIER_CAP


def time_thresholds(model: TimeModel, spread: int) -> list[int]:
    """Return the cumulative probabilities × 2³² of the whole seconds −spread … +spread."""
    if model is TimeModel.TRIANGULAR:
        total = (spread + 1) ** 2
        cumulative = 0
        exact = []
        for offset in range(-spread, spread + 1):
            cumulative += spread + 1 - abs(offset)
            exact.append((cumulative << 32) // total)
        return exact
    scale = spread / 2 * math.sqrt(2)
    masses = [
        math.erf((offset + 0.5) / scale) - math.erf((offset - 0.5) / scale)
        for offset in range(-spread, spread + 1)
    ]
    sums: list[float] = []
    running = 0.0
    for mass in masses:
        running += mass
        sums.append(running)
    return [int(value / running * 2**32) for value in sums[:-1]] + [1 << 32]


class Thresholds:
    """Cumulative outcome thresholds by what they depend on, each worked out once."""

    def __init__(self) -> None:
        self.values: list[int] = []
        self._offsets: dict[tuple[int, frozenset[str], int], int] = {}

    def offset(self, activity_ix: int, activity: Activity, rule: DocumentRule, multiplier: int) -> int:
        accepted = frozenset(rule.drops) if multiplier != MILLION else frozenset()
        key = (activity_ix, accepted, multiplier)
        if key not in self._offsets:
            self._offsets[key] = len(self.values)
            for line in activity.loot:
                rates = [outcome.rate for outcome in line.outcomes]
                relevant = [not accepted.isdisjoint(outcome.drops) for outcome in line.outcomes]
                self.values += cumulative_thresholds(scale_rates(rates, relevant, multiplier))
        return self._offsets[key]


def scale_rates(rates: Sequence[Fraction], relevant: Sequence[bool], multiplier: int) -> list[Fraction]:
    """Multiply the relevant rates, keeping the sum at 1 or less.

    ``multiplier`` is in millionths. The relevant rates are capped at 1 together; the others
    shrink in proportion only where there is no longer room for them. Rates that sum to more than
    1, by rounding, are divided by their sum first.
    """
    total = sum(rates, Fraction(0))
    if total > 1:
        rates, total = [rate / total for rate in rates], Fraction(1)
    factor = Fraction(multiplier, MILLION)
    wanted = sum((rate for rate, chosen in zip(rates, relevant, strict=True) if chosen), Fraction(0))
    others = total - wanted
    if wanted * factor > 1:
        factor = 1 / wanted
    room = 1 - wanted * factor
    shrink = room / others if others > room else Fraction(1)
    return [rate * (factor if chosen else shrink) for rate, chosen in zip(rates, relevant, strict=True)]


def cumulative_thresholds(rates: Iterable[Fraction]) -> list[int]:
    """Return the exact cumulative sums × 2³², rounded down."""
    total = Fraction(0)
    thresholds = []
    for rate in rates:
        total += rate
        thresholds.append((total.numerator << 32) // total.denominator)
    return thresholds


def product_of(start: int, factors: Iterable[int]) -> int:
    """Multiply millionths, each step rounded down to a millionth and capped."""
    product = start
    for factor in factors:
        product = min(product * factor // MILLION, MULTIPLIER_CAP)
    return product


def fixed_point(multiplier: int) -> int:
    """Return the multiplier / 10⁶ × 2⁴⁰, rounded up; 0 where it is too large.

    For raw seconds below 2¹⁸ the error of ``raw × factor / 2⁴⁰`` stays below a millionth, the
    distance of an inexact product from the next whole number: its floor is exact.
    """
    if multiplier >= FIXED_POINT_CAP:
        return 0
    return -(-(multiplier << FIXED_POINT) // MILLION)


def hit_rate(activity: Activity) -> Fraction:
    """Return the expected number of rolls of an attempt that bring anything."""
    return sum(
        (line.times * outcome.rate for line in activity.loot for outcome in line.outcomes),
        Fraction(0),
    )
