"""Two versions of a part are set side by side, each place in which they differ with what either has there."""

from typing import Any

import pytest

from events.transfer.contrasts import contrasts_of

CASES: list[tuple[Any, Any, list[tuple[str, str, str]]]] = [
    ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [("b", "2", "3")]),
    ({"name": "x" * 199 + "a"}, {"name": "x" * 199 + "b"}, [("name", "x" * 199 + "a", "x" * 199 + "b")]),
    ({"zone": ""}, {"zone": None}, [("zone", "empty", "none")]),
    ({"group": None}, {"group": {"min": 2}}, [("group", "none", "{min: 2}")]),
    (
        {"drops": {"a": 1}},
        {"drops": {"a": 2, "b": 1}},
        [("drops a", "1", "2"), ("drops b", "not there", "1")],
    ),
    (
        {"players": ["Ann", "Ben"]},
        {"players": ["Ben", "Cy"]},
        [
            ("players Ann", "there", "not there"),
            ("players Cy", "not there", "there"),
        ],
    ),
    ({"players": ["A", "B", "C"]}, {"players": ["A", "C", "B"]}, [("players order", "B, C", "C, B")]),
    ({"players": ["A", "A"]}, {"players": ["A"]}, [("players", "A, A", "A")]),
    (
        {"sessions": [{"day": "fri", "start": "20:00", "minutes": 60}]},
        {"sessions": []},
        [("sessions fri 20:00 for 60 min", "there", "not there")],
    ),
    (
        {"loot": [{"line": "main", "outcomes": [{"rate": "1/2"}, {"rate": "1/3"}]}]},
        {"loot": [{"line": "main", "outcomes": [{"rate": "1/2"}, {"rate": "1/4"}]}]},
        [("loot main outcomes 2 rate", "1/3", "1/4")],
    ),
    (
        {"rules": [{"activity": "a"}]},
        {"rules": [{"activity": "b"}, {"activity": "c"}]},
        [("rules 1 activity", "a", "b"), ("rules 2", "not there", "{activity: c}")],
    ),
]


@pytest.mark.parametrize(("one", "other", "contrasts"), CASES)
def test_each_place_that_differs_is_told(
    one: dict[str, Any], other: dict[str, Any], contrasts: list[tuple[str, str, str]]
) -> None:
    assert [(" ".join(place), *words) for place, *words in contrasts_of(one, other)] == contrasts
    assert contrasts_of(one, one) == []
