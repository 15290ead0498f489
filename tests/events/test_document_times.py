"""How long things take and when an event starts may be written as pages, and other programs, show it."""

from datetime import datetime
from decimal import Decimal

import pytest

from events.document import canonical_json, read_document
from events.document.local_times import OFFSET_UNTAKEN
from tests.events.documents import changed, errors_of, small_document

ATTEMPT = "activities/boss.zulrah/attempt"
PENALTY = "activities/boss.zulrah/loot/0/outcomes/0/penalty_seconds"
MINUTES = "players/Alice/sessions/0/minutes"


@pytest.mark.parametrize(
    ("place", "written", "meant"),
    [
        (f"{ATTEMPT}/seconds", "1:30", 90),
        (f"{ATTEMPT}/seconds", "60:00", 3_600),
        (f"{ATTEMPT}/seconds", "24:00:00", 86_400),
        (f"{ATTEMPT}/spread", "0:05", 5),
        (PENALTY, "1:00", 60),
        (MINUTES, "2:30", 150),
        ("group_wait_minutes", "0:20", 20),
        ("duration_hours", "49:30", 49.5),
        ("duration_hours", "48:03", Decimal("48.05")),
    ],
)
def test_times_are_written_as_they_are_shown(place: str, written: str, meant: object) -> None:
    assert small_document((place, written)) == small_document((place, meant))


@pytest.mark.parametrize(
    ("place", "written", "message"),
    [
        (
            f"{ATTEMPT}/seconds",
            "1:60",
            "must be a whole number from 1 to 86,400, in seconds or as minutes and",
        ),
        (
            f"{ATTEMPT}/seconds",
            "24:00:01",
            "must be a whole number from 1 to 86,400, in seconds or as minutes",
        ),
        (
            MINUTES,
            "1:00:00",
            "must be a whole number from 1 to 10,080, in minutes or as hours and minutes like",
        ),
        ("duration_hours", "48:20", 'must be hours and a multiple of 3 minutes, which "48:20" is not'),
        ("duration_hours", "0:30", "must be a number of hours from 1 to 1,440, not"),
    ],
)
def test_times_that_do_not_fit_are_told_what_does(place: str, written: str, message: str) -> None:
    (error,) = errors_of(changed((place, written)))
    assert f": {message}" in error


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-06-05T16:00:00Z", "2026-06-05T18:00:00"),
        ("2026-06-05T16:00:00.000Z", "2026-06-05T18:00:00"),
        ("2026-06-05 18:00+02:00", "2026-06-05T18:00:00"),
        ("2026-06-05 12:00:00 -0400", "2026-06-05T18:00:00"),
        ("2026-01-01T00:30:00+01:00", "2026-01-01T00:30:00"),
        ("2026-10-25T00:30:00Z", "2026-10-25T02:30:00"),
    ],
)
def test_a_start_with_an_offset_is_taken_by_the_clocks_of_the_event(written: str, meant: str) -> None:
    document = small_document(("timezone", "Europe/Amsterdam"), ("starts_at", written))
    assert document.starts_at == datetime.fromisoformat(meant)
    assert f'"starts_at":"{meant}"' in canonical_json(document)
    assert read_document(canonical_json(document)) == document


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        # An hour later the clocks show the same again.
        ("Europe/Amsterdam", "2026-10-25T01:30:00Z"),
        ("Europe/Amsterdan", "2026-06-05T16:00:00Z"),
    ],
)
def test_an_offset_that_says_nothing_is_told_why(zone: str, written: str) -> None:
    errors = errors_of(changed(("timezone", zone), ("starts_at", written)))
    assert errors[0].startswith(
        "starts_at: must be a local time of this century like 2026-03-06T18:00:00, not"
    )
    assert errors[0].endswith(f'"{written}"{OFFSET_UNTAKEN}')


@pytest.mark.parametrize(
    "written", ["2026-02-30T16:00:00Z", "2026-06-05T16:00:00+25:00", "2026-06-05T16:00:00.5Z"]
)
def test_a_start_that_does_not_exist_is_refused(written: str) -> None:
    assert [error[:40] for error in errors_of(changed(("starts_at", written)))] == [
        "starts_at: must be a local time of this "
    ]
