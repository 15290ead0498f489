"""The oracle's arithmetic: multipliers, rates, time models, and which draw decides what."""

from fractions import Fraction
from itertools import pairwise
from statistics import NormalDist

import pytest

from events.document import AttemptTime, EventDocument, TimeModel
from simulations.engine.draws import draw, seed_key, stream_key
from tests.engine.documents import a_line, a_player, a_tile, an_activity, an_event, an_outcome
from tests.engine.oracle import luck, play

SEED = "7"
ALWAYS = 2**32


def test_products_round_down_and_are_capped() -> None:
    assert luck.multiply(1_500_000, [1]) == 1
    assert luck.multiply(1_000_000, [10**8] * 9) == 10**16


@pytest.mark.parametrize(
    ("rates", "multiplier", "expected"),
    [
        (["1/4", "1/4"], 2.0, ["1/2", "1/4"]),
        (["1/4", "3/4"], 2.0, ["1/2", "1/2"]),
        (["1/2", "1/2"], 3.0, ["1", "0"]),
        (["1", "0"], 0.5, ["1/2", "0"]),
    ],
)
def test_a_rate_multiplier_takes_room_only_where_it_must(
    rates: list[str], multiplier: float, expected: list[str]
) -> None:
    scaled = luck.scale_rates([Fraction(rate) for rate in rates], [True, False], int(multiplier * 10**6))
    assert scaled == [Fraction(rate) for rate in expected]


def test_relevant_outcomes_share_a_capped_sum() -> None:
    scaled = luck.scale_rates(
        [Fraction(1, 4), Fraction(1, 8), Fraction(1, 4)], [True, True, False], 4_000_000
    )
    assert scaled == [Fraction(2, 3), Fraction(1, 3), 0]


def test_a_draw_picks_the_first_threshold_above_it() -> None:
    thresholds = luck.roll_thresholds((Fraction(1, 4), Fraction(1, 4)), (True, True), 10**6)
    assert thresholds == [2**30, 2**31]
    picks = [luck.first_above(thresholds, x) for x in (0, 2**30 - 1, 2**30, 2**31 - 1, 2**31, 2**32 - 1)]
    assert picks == [0, 0, 1, 1, None, None]


def test_uniform_seconds_are_equally_likely() -> None:
    assert luck.time_thresholds(10, 1, TimeModel.UNIFORM) == [ALWAYS // 3, ALWAYS * 2 // 3, ALWAYS]


def test_triangular_seconds_fall_off_from_the_middle() -> None:
    ninths = [ALWAYS * part // 9 for part in (1, 3, 6, 8, 9)]
    assert luck.time_thresholds(10, 2, TimeModel.TRIANGULAR) == ninths


def test_normal_seconds_have_the_mass_around_them() -> None:
    normal = NormalDist(100, 4)
    whole = normal.cdf(108.5) - normal.cdf(91.5)
    expected = [(normal.cdf(second + 0.5) - normal.cdf(91.5)) / whole * ALWAYS for second in range(92, 109)]
    assert luck.time_thresholds(100, 8, TimeModel.NORMAL) == pytest.approx(expected, abs=1)
    assert luck.time_thresholds(100, 8, TimeModel.NORMAL)[-1] == ALWAYS


@pytest.mark.parametrize(("x", "seconds"), [(0, 9), (ALWAYS // 3, 10), (ALWAYS - 1, 11)])
def test_a_draw_becomes_seconds(x: int, seconds: int) -> None:
    assert luck.raw_seconds(AttemptTime(seconds=10, spread=1), x) == seconds


@pytest.mark.parametrize(
    "time", [AttemptTime(seconds=9), AttemptTime(seconds=9, spread=3, model=TimeModel.FIXED)]
)
def test_fixed_seconds_need_no_luck(time: AttemptTime) -> None:
    assert luck.raw_seconds(time, 2**31) == 9


def a_lottery(roll: str = "per_player") -> EventDocument:
    """Return an event of one attempt of 60 seconds by two players at once."""
    loot = [
        a_line(
            an_outcome("1/2", kill="1-10", coins="5-6"), an_outcome("1/2", bolts="1-4"), times=2, roll=roll
        ),
        a_line(an_outcome(coins="1-100"), line="last"),
    ]
    return an_event(
        [[a_tile("tile", "boss", needs=10**6)]],
        {"Ann": a_player({"day": "mon", "start": "12:00", "minutes": 1}), "Bob": a_player()},
        activities={"boss": an_activity(60, *loot, group={"min": 2, "max": 2})},
    )


def grants_of(document: EventDocument) -> list[tuple[str, int]]:
    (team,) = play(document, SEED, 3)
    return [
        (entry.details["drop"], entry.details["units"])
        for entry in team.log
        if entry.kind == "grant" and entry.second == 60
    ]


def expected_grants(player: str, slot: int) -> list[tuple[str, int]]:
    """Return what the main line of the lottery grants at a repetition's first slot."""
    x, kills, coins, bolts = (slot_of(player, slot + offset) for offset in range(4))
    if x < 2**31:
        return [("kill", 1 + (kills * 10 >> 32)), ("coins", 5 + (coins * 2 >> 32))]
    return [("bolts", 1 + (bolts * 4 >> 32))]


def slot_of(player: str, slot: int) -> int:
    return draw(seed_key(SEED), 3, stream_key(player, "boss"), 0, slot)


def test_every_member_rolls_with_their_own_luck_at_the_same_slots() -> None:
    expected = [
        grant for player in ("Ann", "Bob") for slot in (1, 5) for grant in expected_grants(player, slot)
    ]
    expected += [("coins", 1 + (slot_of(player, 10) * 100 >> 32)) for player in ("Ann", "Bob")]
    assert grants_of(a_lottery()) == expected


def test_a_group_rolls_once_with_the_luck_of_its_first_member() -> None:
    expected = [grant for slot in (1, 5) for grant in expected_grants("Ann", slot)]
    expected += [("coins", 1 + (slot_of(player, 10) * 100 >> 32)) for player in ("Ann", "Bob")]
    assert grants_of(a_lottery(roll="per_group")) == expected


def test_durations_are_drawn_with_the_first_members_count_of_attempts() -> None:
    time = {"seconds": 100, "spread": 50}
    document = an_event(
        [[a_tile("tile", "boss", needs=1000)]],
        {"Ann": a_player()},
        activities={"boss": an_activity(attempt=time)},
    )
    (team,) = play(document, SEED, 3)
    starts = team.starts_of("boss")
    stream = stream_key("Ann", "boss")
    draws = [draw(seed_key(SEED), 3, stream, attempt, 0) for attempt in range(len(starts) - 1)]
    expected = [luck.raw_seconds(AttemptTime.model_validate(time), x) for x in draws]
    assert [after - before for before, after in pairwise(starts)] == expected
