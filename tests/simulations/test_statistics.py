"""Figures from histograms, against numpy, scipy and published values."""

from fractions import Fraction

import numpy as np
import pytest
from scipy.stats import binomtest

from simulations.statistics import distribution, newcombe, time_quantile, times, whole_quantile, wilson


def test_a_distribution_equals_that_of_the_values_themselves() -> None:
    values = np.random.default_rng(3).binomial(60, 0.4, 5000)
    described = distribution(np.bincount(values, minlength=100))
    assert described.mean == pytest.approx(values.mean(), rel=1e-14)
    assert described.std == pytest.approx(values.std(), rel=1e-12)
    assert (described.min, described.max) == (values.min(), values.max())


def test_the_deviation_is_exact_where_doubles_would_cancel() -> None:
    counts = np.zeros(20_001, dtype=np.int64)
    counts[19_999], counts[20_000] = 5 * 10**8, 5 * 10**8
    assert distribution(counts).std == 0.5


def test_a_distribution_of_nothing_has_no_figures() -> None:
    assert set(distribution(np.zeros(5, dtype=np.int64))) == {None}


@pytest.mark.parametrize(
    ("counts", "q", "value"),
    [([5, 5], "1/2", 0), ([5, 5], "51/100", 1), ([0, 19, 1], "95/100", 1), ([0, 18, 2], "95/100", 2)],
)
def test_a_quantile_is_the_smallest_value_whose_share_reaches_it(
    counts: list[int], q: str, value: int
) -> None:
    assert whole_quantile(np.array(counts), Fraction(q)) == value


def test_times_are_interpolated_within_their_bin() -> None:
    limits = {"earliest": 0, "latest": 1000, "duration_s": 1000}
    assert time_quantile(np.array([0, 4, 0, 0]), Fraction(1, 2), **limits) == 375


def test_times_stay_within_the_exact_extremes() -> None:
    found = times(np.array([0, 4, 0, 0]), earliest=260, latest=270, duration_s=1000)
    assert found == (262, 270, 270)


def test_what_never_happened_has_no_time() -> None:
    assert times(np.zeros(4, dtype=np.int64), earliest=2**62, latest=-1, duration_s=1000).p50 is None


@pytest.mark.parametrize(("wins", "n"), [(0, 10), (3, 10), (10, 10), (500, 1000), (1, 10**6)])
def test_wilson_intervals_equal_those_of_scipy(wins: int, n: int) -> None:
    expected = binomtest(wins, n).proportion_ci(0.95, method="wilson")
    assert wilson(wins / n, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_newcombe_gives_the_example_of_its_paper() -> None:
    # Newcombe 1998, table II (a): 56/70 against 48/80, method 10: 0.0524 to 0.3339.
    assert newcombe(48 / 80, 80, 56 / 70, 70) == pytest.approx((0.0524, 0.3339), abs=5e-5)
