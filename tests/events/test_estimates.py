"""What a rule is expected to bring and to take."""

import math
from decimal import Decimal
from fractions import Fraction

import pytest

from events.document import Rule
from events.estimates import mean_seconds, steps, tile_seconds, units
from tests.events.documents import small_document

LOOT = "activities/boss.zulrah/loot"


def rule(**drops: int) -> Rule:
    weights = {key.replace("_", "."): Decimal(weight) for key, weight in drops.items()}
    return Rule(activity="boss.zulrah", drops=weights)


@pytest.mark.parametrize("model", ["fixed", "uniform", "triangular", "normal"])
def test_every_time_model_has_its_seconds_as_mean(model: str) -> None:
    activity = small_document(("activities/boss.zulrah/attempt/model", model)).activities["boss.zulrah"]
    assert mean_seconds(activity) == 120.0


def test_units_weigh_every_accepted_drop_by_its_rate() -> None:
    activity = small_document().activities["boss.zulrah"]
    assert units(activity, rule(kill_zulrah=1)) == 0.75
    # A range counts by its middle: 2-4 units at 1/5, of weight 3.
    assert units(activity, rule(kill_zulrah=1, unique_fang=3)) == 2.55


def test_units_count_repetitions_and_count_the_groups_lines_once() -> None:
    line = {
        "line": "a",
        "roll": "per_group",
        "times": 3,
        "outcomes": [{"rate": "1/3", "drops": {"kill.zulrah": 2}}],
    }
    activity = small_document(("board", []), (LOOT, [line, line | {"line": "b", "times": 1}])).activities[
        "boss.zulrah"
    ]
    assert units(activity, rule(kill_zulrah=1)) == float(Fraction(8, 3))


def test_units_are_rounded_once() -> None:
    outcomes = [{"rate": "1/10", "drops": {f"d{n}": 1}} for n in range(10)]
    activity = small_document(("board", []), (f"{LOOT}/0/outcomes", outcomes)).activities["boss.zulrah"]
    weights = dict.fromkeys((f"d{n}" for n in range(10)), Decimal("0.1"))
    assert units(activity, Rule(activity="boss.zulrah", drops=weights)) == 0.1


def test_drops_that_come_with_no_outcome_bring_nothing() -> None:
    assert units(small_document().activities["boss.zulrah"], rule(other=1)) == 0.0


@pytest.mark.parametrize(
    ("remaining", "per_attempt", "expected"),
    [
        (1_000_000, 1.0, 1.0),
        (1_000_000, 0.3, 4.0),
        (1_000_001, 1.0, 2.0),
        (1, 100.0, 1.0),
        # In doubles 0.07 / 0.01 is a little more than 7: rounding must not cost an eighth attempt.
        (70_000, 0.01, 7.0),
        (1_000_000, 0.0, math.inf),
    ],
)
def test_steps_are_whole_attempts(remaining: int, per_attempt: float, expected: float) -> None:
    assert steps(remaining, per_attempt) == expected


def test_a_tile_takes_as_long_as_its_fastest_rule() -> None:
    mining = {"activity": "skilling.mining", "drops": ["ore.mined"]}
    zulrah = {"activity": "boss.zulrah", "drops": {"kill.zulrah": 1}}
    event = small_document(("board/0/tiles/1/rules", [mining, zulrah]), ("board/0/tiles/1/needs", 3))
    assert tile_seconds(event, event.board[0].tiles[1]) == 3 * 60
    event = small_document(("board/0/tiles/1/rules", [zulrah]), ("board/0/tiles/1/needs", 3))
    assert tile_seconds(event, event.board[0].tiles[1]) == 4 * 120


def test_a_tile_without_rules_takes_for_ever() -> None:
    event = small_document(("board/0/tiles/1/rules", []))
    assert tile_seconds(event, event.board[0].tiles[1]) == math.inf
