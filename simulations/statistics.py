"""Figures from histograms and counts: exact moments, quantiles, intervals. Pure functions."""

import math
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Counts = npt.NDArray[np.int64]

Z_95 = 1.959963984540054
QUANTILES = {"p05": Fraction(5, 100), "p50": Fraction(1, 2), "p95": Fraction(95, 100)}


class Interval(NamedTuple):
    low: float
    high: float


class Distribution(NamedTuple):
    """Mean and population deviation, extremes and quantiles; all None of no runs."""

    mean: float | None = None
    std: float | None = None
    min: int | None = None
    max: int | None = None
    p05: int | None = None
    p50: int | None = None
    p95: int | None = None


class Times(NamedTuple):
    """Quantiles of the seconds at which something happened; None where it never did."""

    p05: int | None = None
    p50: int | None = None
    p95: int | None = None


def distribution(counts: Counts) -> Distribution:
    """Describe whole numbers: ``counts[v]`` is how often the value v came up."""
    values = np.flatnonzero(counts).tolist()
    if not values:
        return Distribution()
    # In Python's integers: sums of squares over 10⁹ runs exceed 64 bits, and doubles would round.
    weights = [int(counts[value]) for value in values]
    n = sum(weights)
    total = sum(value * weight for value, weight in zip(values, weights, strict=True))
    squares = sum(value * value * weight for value, weight in zip(values, weights, strict=True))
    return Distribution(
        mean=total / n,
        std=math.sqrt(Fraction(n * squares - total * total, n * n)),
        min=values[0],
        max=values[-1],
        **{name: whole_quantile(counts, q) for name, q in QUANTILES.items()},
    )


def whole_quantile(counts: Counts, q: Fraction) -> int:
    """Return the smallest value whose cumulative share reaches ``q``."""
    cumulative = np.cumsum(counts)
    return int(np.searchsorted(cumulative, math.ceil(q * int(cumulative[-1]))))


def times(bins: Counts, *, earliest: int, latest: int, duration_s: int) -> Times:
    """Return quantiles of seconds from a histogram of equal parts of the event."""
    if not bins.any():
        return Times()
    limits = {"earliest": earliest, "latest": latest, "duration_s": duration_s}
    return Times(**{name: time_quantile(bins, q, **limits) for name, q in QUANTILES.items()})


def time_quantile(bins: Counts, q: Fraction, *, earliest: int, latest: int, duration_s: int) -> int:
    """Interpolate within the bin that holds the quantile, and keep it within the exact extremes."""
    cumulative = np.cumsum(bins)
    rank = float(q * int(cumulative[-1]))
    bin_ix = int(np.searchsorted(cumulative, rank))
    before = int(cumulative[bin_ix] - bins[bin_ix])
    within = (rank - before) / int(bins[bin_ix])
    second = (bin_ix + within) * duration_s / len(bins)
    return round(min(max(second, earliest), latest))


def wilson(share: float, n: int) -> Interval:
    """Return the 95 % Wilson interval of a share of ``n`` trials (Wilson, JASA 1927)."""
    z2 = Z_95 * Z_95
    middle = share + z2 / (2 * n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    scale = 1 + z2 / n
    # The exact ends are 0 and 1 where the share is; rounding must not put it outside of its interval.
    return Interval(
        max(0.0, min(share, (middle - half) / scale)), min(1.0, max(share, (middle + half) / scale))
    )


def newcombe(share_a: float, n_a: int, share_b: float, n_b: int) -> Interval:
    """Return the 95 % interval of ``share_b - share_a`` of independent samples.

    The hybrid score interval (Newcombe, Statistics in Medicine 1998, method 10).
    """
    a, b, difference = wilson(share_a, n_a), wilson(share_b, n_b), share_b - share_a
    return Interval(
        difference - math.hypot(share_b - b.low, a.high - share_a),
        difference + math.hypot(b.high - share_b, share_a - a.low),
    )


def around(mean: float, standard_error: float) -> Interval:
    """Return the 95 % interval of a mean, by its standard error."""
    return Interval(mean - Z_95 * standard_error, mean + Z_95 * standard_error)
