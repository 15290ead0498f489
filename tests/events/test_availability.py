"""When players are online, in seconds from the event's start."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.availability import intervals, merged
from tests.events.documents import small_document

HOUR = 3600


def online(*sessions: tuple[str, str, int], zone: str | None = None, **event: Any) -> list[tuple[int, int]]:
    """The intervals of a player with some sessions, in 48 hours from a Friday 18:00 in June."""
    event = {"starts_at": "2026-06-05T18:00:00"} | event
    data = [{"day": day, "start": start, "minutes": minutes} for day, start, minutes in sessions]
    changes = [*event.items(), ("players/Alice/sessions", data), ("players/Alice/timezone", zone)]
    document = small_document(*changes)
    return intervals(document.players["Alice"], document)


def test_a_player_without_sessions_is_always_available() -> None:
    assert online() == [(0, 48 * HOUR)]


def test_sessions_are_counted_from_the_events_start() -> None:
    assert online(("fri", "20:00", 180), ("sat", "10:00", 60)) == [
        (2 * HOUR, 5 * HOUR),
        (16 * HOUR, 17 * HOUR),
    ]


def test_a_session_under_way_at_the_start_or_the_end_is_cut() -> None:
    assert online(("fri", "17:00", 120), ("sun", "17:30", 600)) == [(0, HOUR), (int(47.5 * HOUR), 48 * HOUR)]


def test_sessions_outside_the_event_leave_nothing() -> None:
    assert online(("wed", "12:00", 60)) == []


def test_sessions_that_touch_or_overlap_are_one_interval() -> None:
    touching = online(("sat", "10:00", 60), ("sat", "11:00", 60))
    overlapping = online(("sat", "10:00", 90), ("sat", "11:00", 60), ("sat", "10:15", 5))
    assert touching == overlapping == [(16 * HOUR, 18 * HOUR)]


def test_sessions_repeat_every_week() -> None:
    found = online(("sat", "10:00", 60), duration_hours=24 * 14)
    assert found == [(16 * HOUR, 17 * HOUR), (184 * HOUR, 185 * HOUR)]


def test_a_session_of_a_week_that_began_before_the_event_covers_it() -> None:
    assert online(("fri", "19:00", 10_080)) == [(0, 48 * HOUR)]


def test_a_players_own_time_zone_holds() -> None:
    # 23:00 in New York on Friday is 03:00 UTC on Saturday in summer.
    assert online(("sat", "03:00", 60), zone="UTC") == [(5 * HOUR, 6 * HOUR)]


@pytest.mark.parametrize(("zone", "first"), [("Pacific/Kiritimati", 18), ("Etc/GMT+12", 20)])
def test_every_midnight_of_a_far_zone_is_found(zone: str, first: int) -> None:
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    found = online(*((day, "00:00", 1) for day in days), zone=zone, starts_at="2026-06-05T12:00:00")
    assert [start // HOUR for start, _ in found] == [first, first + 24]


class TestDaylightSaving:
    """New York skips 02:00-03:00 on 2026-03-08 and has 01:00-02:00 twice on 2026-11-01."""

    SPRING = "2026-03-08T00:00:00"
    AUTUMN = "2026-11-01T00:00:00"

    def test_a_session_over_the_change_keeps_its_start_and_its_real_length(self) -> None:
        assert online(("sun", "01:30", 120), starts_at=self.SPRING) == [(90 * 60, 210 * 60)]
        assert online(("sun", "00:30", 240), starts_at=self.AUTUMN) == [(30 * 60, 270 * 60)]

    def test_a_session_after_the_change_starts_by_the_new_clock(self) -> None:
        assert online(("sun", "18:00", 60), starts_at=self.SPRING) == [(17 * HOUR, 18 * HOUR)]
        assert online(("sun", "18:00", 60), starts_at=self.AUTUMN) == [(19 * HOUR, 20 * HOUR)]

    def test_a_start_that_is_skipped_moves_forward_by_the_gap(self) -> None:
        # 02:30 does not come: it becomes 03:30, which is two and a half hours after midnight.
        assert online(("sun", "02:30", 60), starts_at=self.SPRING) == [(150 * 60, 210 * 60)]

    def test_of_a_start_that_comes_twice_the_first_counts(self) -> None:
        assert online(("sun", "01:30", 30), starts_at=self.AUTUMN) == [(90 * 60, 120 * 60)]

    def test_the_event_itself_starts_by_the_same_rules(self) -> None:
        assert online(("sun", "03:30", 30), starts_at="2026-03-08T02:30:00") == [(0, 30 * 60)]
        assert online(("sun", "01:30", 30), starts_at="2026-11-01T01:30:00") == [(0, 30 * 60)]


@given(st.lists(st.tuples(st.integers(-50, 150), st.integers(0, 60)).map(lambda p: (p[0], p[0] + p[1]))))
def test_merged_spans_cover_the_same_seconds(spans: list[tuple[int, int]]) -> None:
    found = merged(spans, 100)
    assert {t for start, end in found for t in range(start, end)} == {
        t for t in range(100) if any(start <= t < end for start, end in spans)
    }
    assert all(end < start for (_, end), (start, _) in pairwise(found))
