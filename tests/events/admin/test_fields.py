"""What people type for a document's scalars is kept exactly, shown back, or refused in its words."""

import contextlib
from datetime import date, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from events.admin.fields import (
    ClockField,
    DayInput,
    MinutesField,
    MultiplierField,
    RateField,
    SecondsField,
    SizesField,
    TextField,
    TimeOfDayInput,
    UnitsField,
    WholeField,
    rate_text,
)
from events.document.values import SizeRange, Units


@pytest.mark.parametrize(
    ("typed", "rate"),
    [
        ("1/512", Fraction(1, 512)),
        (" 3 / 4 ", Fraction(3, 4)),
        ("1 in 512", Fraction(1, 512)),
        ("1/5,000", Fraction(1, 5000)),
        ("1 in 1,000,000", Fraction(1, 10**6)),
        ("1/12.5", Fraction(2, 25)),
        ("0.2 %", Fraction(1, 500)),
        ("0.2\u00a0%", Fraction(1, 500)),
        ("0,2%", Fraction(1, 500)),
        ("0.002", Fraction(1, 500)),
        ("0,125", Fraction(1, 8)),
        ("12,5 %", Fraction(1, 8)),
        ("100 %", Fraction(1)),
        ("1e-05", Fraction(1, 100_000)),
        ("1", Fraction(1)),
    ],
)
def test_a_rate_is_typed_as_people_know_it_and_kept_exactly(typed: str, rate: Fraction) -> None:
    assert RateField().clean(typed) == rate


@pytest.mark.parametrize("typed", ["1/10.000", "1 in 1.024", "1.000/2.000"])
def test_a_point_that_may_part_thousands_is_not_guessed_at(typed: str) -> None:
    with pytest.raises(ValidationError, match="may mean 1"):
        RateField().clean(typed)
    assert RateField().clean("1/113.7780") == Fraction(500, 56889)


@pytest.mark.parametrize(
    "typed", ["0", "0 %", "1/0", "7", "200 %", "2 in 1", "often", "1,000", "1/1,00", "1/2/3", "%", "-1"]
)
def test_what_is_no_rate_is_refused_in_the_words_of_the_document(typed: str) -> None:
    with pytest.raises(ValidationError) as refused:
        RateField().clean(typed)
    assert refused.value.messages == [f'must be a rate above 0 and up to 1, like 3/4 or 0.02, not "{typed}"']


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(1, 512), "1/512"),
        (Fraction(3, 4), "3/4"),
        (Fraction(127, 128), "127/128"),
        (Fraction(117, 500), "23.4 %"),
        (Fraction(3, 500), "0.6 %"),
        (Fraction(1), "1"),
        (Fraction(5000, 1234567), "5000/1234567"),
        (Fraction("0.0072992700729927005"), "0.0072992700729927005"),
    ],
)
def test_a_rate_is_shown_as_people_type_it(rate: Fraction, shown: str) -> None:
    assert RateField().prepare_value(rate) == shown


@given(st.fractions(0, 1, max_denominator=10**18).filter(bool))
def test_every_rate_that_is_shown_is_read_as_itself(rate: Fraction) -> None:
    assert RateField().clean(rate_text(rate)) == rate


def test_what_was_typed_is_shown_as_it_was() -> None:
    assert RateField().prepare_value("0,2 prozent") == "0,2 prozent"


@pytest.mark.parametrize(
    ("field", "typed", "kept", "shown"),
    [
        (UnitsField(), "1", Units(1, 1), "1"),
        (UnitsField(), "30-200", Units(30, 200), "30-200"),
        (UnitsField(), "30 – 200", Units(30, 200), "30-200"),
        (SizesField(), "3", SizeRange(3, 3), "3"),
        (SizesField(), "2-4", SizeRange(2, 4), "2-4"),
        (MultiplierField(), "0.85", Decimal("0.85"), "0.85"),
        (MultiplierField(), "0,85", Decimal("0.85"), "0.85"),
        (MultiplierField(), "0.000001", Decimal("0.000001"), "0.000001"),
        (MultiplierField(required=False), "", Decimal(1), "1"),
        (WholeField(0, 10), "7", 7, "7"),
        (WholeField(0, 10_000), "1,500", 1500, "1500"),
        (WholeField(0, 10_000), "1 500", 1500, "1500"),
        (WholeField(0, 10, required=False, if_blank=0), "", 0, "0"),
        (SecondsField(1, 100), "90", 90, "90"),
        (SecondsField(1, 100), " 1:30 ", 90, "90"),
        (MinutesField(1, 200), "2:30", 150, "150"),
        (ClockField(), "18:00", "18:00", "18:00"),
        (ClockField(), "9:30", "09:30", "09:30"),
        (TextField(), " boss.zulrah ", "boss.zulrah", "boss.zulrah"),
        (TextField(), "1", "1", "1"),
    ],
)
def test_a_scalar_is_kept_as_the_document_keeps_it(field: Any, typed: str, kept: Any, shown: str) -> None:
    assert field.clean(typed) == kept
    assert field.prepare_value(kept) == shown


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        (UnitsField(), "0", "must be a whole number from 1 to 1,000,000, or a range of them like 2-4"),
        (UnitsField(), "200-30", "must be a whole number from 1 to 1,000,000"),
        (SizesField(), "101", "must be a whole number from 1 to 100"),
        (MultiplierField(), "0", "must be a number above 0 and up to 100"),
        (MultiplierField(), "1,500", "must be a number above 0 and up to 100"),
        (MultiplierField(), "1e999999999999", "must be a number above 0 and up to 100"),
        (WholeField(1, 100), "1,5", 'must be a whole number from 1 to 100, not "1,5"'),
        (WholeField(1, 100), "1_5", "must be a whole number from 1 to 100"),
        (WholeField(1, 100), "1.5", "must be a whole number from 1 to 100"),
        (WholeField(1, 100), "9" * 5000, "must be a whole number from 1 to 100"),
        (ClockField(), "25:00", "must be a time of day like 18:00"),
        (TextField(), "x" * 81, "must have 1 to 80 characters"),
        (TextField(), "two\nlines", "must not have control characters"),
        (RateField(), "", "This field is required."),
    ],
)
def test_a_wrong_scalar_is_refused_in_the_words_of_the_document(field: Any, typed: str, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert refused.value.messages[0].startswith(message)


def test_another_spelling_is_no_change() -> None:
    assert not RateField().has_changed(Fraction(1, 500), "0,2 %")
    assert RateField().has_changed(Fraction(1, 500), "0,3 %")
    assert RateField().has_changed(Fraction(1, 500), "nonsense")


@given(st.text(alphabet="0123456789.,/-–% inE:+²٣x", max_size=60) | st.text(max_size=100))
def test_whatever_is_typed_is_read_or_refused(typed: str) -> None:
    fields = (
        RateField(),
        UnitsField(),
        SizesField(),
        MultiplierField(),
        WholeField(0, 9),
        ClockField(),
        TextField(),
    )
    for field in fields:
        with contextlib.suppress(ValidationError):
            field.clean(typed)


def test_numbers_of_any_length_are_refused() -> None:
    for typed in ("1/" + "1" * 5000, "1/1" + ",000" * 5000, "1" * 5000 + " %", "0." + "1" * 5000):
        with pytest.raises(ValidationError):
            RateField().clean(typed)


@pytest.mark.parametrize(
    ("stored", "shown", "has_seconds"),
    [
        (time(18, 0), "18:00", False),
        (time(18, 0, 30), "18:00:30", True),
        ("18:00", "18:00", False),
        (None, None, False),
    ],
)
def test_a_time_of_day_has_seconds_only_where_there_are_any(
    stored: Any, shown: str | None, has_seconds: bool
) -> None:
    widget = TimeOfDayInput().get_context("start", stored, {})["widget"]
    assert (widget["value"], "step" in widget["attrs"]) == (shown, has_seconds)


def test_a_day_is_given_to_the_browser_as_browsers_take_it() -> None:
    assert DayInput().get_context("day", date(2026, 3, 6), {})["widget"]["value"] == "2026-03-06"
