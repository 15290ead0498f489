"""Rates as people and programs write them: taken exactly, the same everywhere, up to limits with names."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from events.admin.fields import RateField
from events.document import canonical_json, parse_document, read_document, write_yaml
from events.document.rates import ROUNDING, Rate, rest_of
from events.document.reading import read_data
from tests.events.documents import changed, errors_of, small_document

OUTCOMES = "activities/boss.zulrah/loot/0/outcomes"
RATE = f"{OUTCOMES}/0/rate"
IN_LINE = "activities.boss.zulrah.loot[0].outcomes"
TOO_FINE = "must be a fraction with at most 10^18 below the line, or a decimal of at most 100 places, not"


def line_errors(rates: list[Any]) -> list[str]:
    return errors_of(changed(("board", []), (OUTCOMES, [{"rate": rate} for rate in rates])))


def rate_errors(rate: object) -> list[str]:
    return line_errors([rate])


def test_every_double_of_one_in_n_is_taken_exactly() -> None:
    for n in range(1, 5_001):
        spelled = repr(1 / n)
        exactly = Fraction(spelled)
        data, _ = read_data(f"rate: {spelled}")
        assert isinstance(data, dict)
        for given in (1 / n, spelled, data["rate"], Decimal(spelled), f"{100 * Decimal(spelled):f} %"):
            rate = Rate().read(given)
            assert rate == exactly
            assert Rate().read(Rate().write(rate)) == exactly
        assert RateField().clean(RateField().prepare_value(exactly)) == exactly


def test_a_double_is_taken_with_all_the_digits_that_it_stands_for() -> None:
    for n in (3, 137, 5_000, 10**9):
        assert Rate().read(f"{Decimal(1 / n):f}") == Fraction(1 / n)


@pytest.mark.parametrize(
    ("spelled", "rate"),
    [
        ("1/512", "1/512"),
        ("1 in 512", "1/512"),
        ("1 IN 512", "1/512"),
        ("1/9.1", "10/91"),
        ("0.2 %", "1/500"),
        ("0.2\u00a0%", "1/500"),
        ("1%", "1/100"),
        ("7.3e-3", "73/10000"),
        ("1E-05", "1/100000"),
        ("0,2 %", "1/500"),
        ("0.", None),
        ("1.", "1"),
        (".5", "1/2"),
        ("1/1e3", "1/1000"),
    ],
)
def test_a_spelling_means_the_same_in_files_and_in_forms(spelled: str, rate: str | None) -> None:
    yaml, _ = read_data(f'quoted: "{spelled}"\nplain: {spelled}')
    json, _ = read_data(f'{{"rate": "{spelled}"}}')
    assert isinstance(yaml, dict)
    assert isinstance(json, dict)
    for given in (*yaml.values(), *json.values()):
        if rate is None:
            assert len(rate_errors(given)) == 1
        else:
            assert rate_errors(given) == []
            assert Rate().read(given) == RateField().clean(spelled) == Fraction(rate)


def test_a_file_is_told_what_may_mean_something_else() -> None:
    assert rate_errors("1/10.000") == [
        f"{IN_LINE}[0].rate: 10.000 may mean 10000: write that, or 10.0000 if it does not"
    ]


@pytest.mark.parametrize(
    "rate",
    ["1/1000000000000000003", 1e-101, "1e-101", "0." + "1" * 101, "0." + "1" * 5_000, "1/3" + "0" * 18],
)
def test_what_is_too_fine_is_told_the_limit(rate: object) -> None:
    assert [error[: len(IN_LINE) + 9 + len(TOO_FINE) + 1] for error in rate_errors(rate)] == [
        f"{IN_LINE}[0].rate: {TOO_FINE}"
    ]


@pytest.mark.parametrize(
    "rate",
    [0, 0.0, "0e-5000", 1.0000001, 2, 10**500, "1e9999", "1" * 5_000, float("nan"), "often", "1/0", True],
)
def test_what_is_no_rate_is_told_so(rate: object) -> None:
    (error,) = rate_errors(rate)
    assert error.startswith(f"{IN_LINE}[0].rate: must be a rate above 0 and up to 1, like 3/4 or 0.02, not ")


def test_long_decimals_come_back_as_they_were_written() -> None:
    document = small_document(("board", []), (RATE, 1 / 137))
    assert '{rate: "0.0072992700729927005"' in write_yaml(document)
    assert read_document(write_yaml(document)) == document
    assert read_document(canonical_json(document)) == document


@pytest.mark.parametrize("n", range(2, 101))
def test_doubles_that_share_one_are_taken_whatever_their_rounding_comes_to(n: int) -> None:
    assert line_errors([1 / n] * n) == []
    assert rest_of([Rate().read(1 / n)] * n) == 0


def test_more_than_rounding_is_too_much() -> None:
    half = Fraction(1, 2)
    assert line_errors([half, half + ROUNDING]) == []
    assert line_errors([half, half + 2 * ROUNDING]) == [
        f"{IN_LINE}: the rates must sum to at most 1, not slightly more than 1"
    ]


def test_a_document_of_the_longest_rates_is_read_quickly() -> None:
    # Denominators that have nothing in common: their sum has thousands of digits, and no more.
    rates = [f"1/{10**18 - n}" for n in range(100)]
    lines = [{"line": str(n), "outcomes": [{"rate": rate} for rate in rates]} for n in range(16)]
    document = parse_document(changed(("board", []), ("activities/boss.zulrah/loot", lines)))
    total = sum(outcome.rate for outcome in document.activities["boss.zulrah"].loot[0].outcomes)
    assert total.denominator.bit_length() < 6_000
