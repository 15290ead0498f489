"""Numbers as people write them, and as pages write them."""

from datetime import date, time
from decimal import Decimal
from fractions import Fraction

import pytest
from django.template.loader import render_to_string

from events.admin.documents.previews import _facts
from events.admin.loot import share_text
from events.models import Event
from events.wording import counted, grouping_hint, whole_number_in
from tests.events.factories import a_document


@pytest.mark.parametrize(
    ("text", "number"),
    [("1500", 1500), ("1,500", 1500), (" 1 500 ", 1500), ("12_345_678", 12_345_678), ("-1,500", -1500)],
)
def test_groups_of_three_may_be_parted(text: str, number: int) -> None:
    assert whole_number_in(text) == number


@pytest.mark.parametrize(
    "text", ["1,5", "1,50", "1,5000", "1500,000", "1,500_000", "0,500", "1.500", "x", ""]
)
def test_what_is_parted_otherwise_is_no_number(text: str) -> None:
    assert whole_number_in(text) is None


def test_how_to_write_it_is_said_to_who_parted_digits_alone() -> None:
    assert "1500 or 1,500" in grouping_hint("1,5")
    assert grouping_hint("many") == ""


def test_one_is_no_plural() -> None:
    assert [counted(number, "run") for number in (0, 1, 2, 1000)] == [
        "0 runs",
        "1 run",
        "2 runs",
        "1,000 runs",
    ]


@pytest.mark.parametrize(("hours", "words"), [("1", "1 hour"), ("1.5", "1.5 hours"), ("48", "48 hours")])
def test_an_event_of_one_hour_lasts_no_hours(hours: str, words: str) -> None:
    assert dict(_facts(a_document(duration_hours=float(hours))))["Lasts"] == words
    event = Event(start_date=date(2026, 1, 2), start_time=time(18), duration_hours=Decimal(hours))
    page = render_to_string("admin/events/workspace.html", {"workspace": {"event": event}})
    assert f" {words.split()[1]}\n" in page


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(1, 8), "12.5 %"),
        (1, "100 %"),
        (1 - Fraction(1, 10**7), ">99.99 %"),
        (Fraction(1, 3), "33.33 %"),
    ],
)
def test_nearly_all_does_not_read_as_all(share: Fraction | int, text: str) -> None:
    assert share_text(share) == text
