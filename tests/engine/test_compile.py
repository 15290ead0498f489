"""What the compiler works out ahead of the kernels is exact."""

import math
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from events.document import EventDocument, TimeModel, document_digest
from simulations.engine import CompiledEvent, Engine, compile_event
from simulations.engine.chances import cumulative_thresholds, scale_rates, time_thresholds
from simulations.engine.compile import EVENT
from simulations.engine.durations import raw_seconds
from simulations.engine.layout import MOMENT_BINS_MAX, Rule, Work
from simulations.engine.steps import step
from simulations.engine.tables import pack_at
from tests.engine.comparison import SEED, bundled
from tests.engine.documents import a_line, a_player, a_tile, an_activity, an_event, an_outcome
from tests.engine.oracle import luck

ALWAYS = 2**32
MILLION = 10**6


@st.composite
def lines_of_rates(draw: st.DrawFn) -> list[Fraction]:
    """Make up the rates of a line; half of them sum to exactly 1."""
    parts = draw(st.lists(st.integers(1, 10**12), min_size=1, max_size=6))
    rest = draw(st.sampled_from([0, 1, 10**6]))
    return [Fraction(part, sum(parts) + rest) for part in parts]


# Rates and their thresholds.


@given(lines_of_rates())
def test_thresholds_are_cumulative_rates_rounded_down(rates: list[Fraction]) -> None:
    thresholds = cumulative_thresholds(rates)
    for position, threshold in enumerate(thresholds):
        exact = sum(rates[: position + 1], Fraction(0)) * ALWAYS
        assert threshold <= exact < threshold + 1


@given(lines_of_rates())
def test_rates_that_sum_to_one_leave_nothing(rates: list[Fraction]) -> None:
    assert (cumulative_thresholds(rates)[-1] == ALWAYS) == (sum(rates) == 1)


@pytest.mark.parametrize(
    ("rates", "relevant", "multiplier", "expected"),
    [
        (["1/4", "1/8"], [True, False], 2.0, ["1/2", "1/8"]),
        (["1/4", "1/8"], [True, False], 0.000001, ["1/4000000", "1/8"]),
        (["1/4", "3/4"], [True, False], 2.0, ["1/2", "1/2"]),
        (["1/4", "1/4", "1/2"], [True, False, False], 3.0, ["3/4", "1/12", "1/6"]),
        (["1/2", "1/2"], [True, False], 2.0, ["1", "0"]),
        (["1/2", "1/3"], [True, False], 100.0, ["1", "0"]),
        (["1/2", "1/4", "1/4"], [True, True, False], 3.0, ["2/3", "1/3", "0"]),
        (["1/2", "1/4"], [False, False], 50.0, ["1/2", "1/4"]),
        (["1/2", "1/4"], [True, True], 0.0, ["0", "0"]),
        (["1"], [True], 1.0, ["1"]),
    ],
    ids=[
        "there is room",
        "almost never",
        "the others make room",
        "the others make room in proportion",
        "no room is left",
        "capped at 1",
        "capped together",
        "nothing relevant",
        "nothing is left",
        "a sure thing",
    ],
)
def test_a_multiplier_scales_the_relevant_rates(
    rates: list[str], relevant: list[bool], multiplier: float, expected: list[str]
) -> None:
    scaled = scale_rates([Fraction(rate) for rate in rates], relevant, round(multiplier * MILLION))
    assert scaled == [Fraction(rate) for rate in expected]


def test_rates_that_come_to_more_than_1_by_rounding_are_divided_by_their_sum() -> None:
    rates = [Fraction(1, 2), Fraction(1, 2) + Fraction(1, 10**13)]
    total = sum(rates)
    for relevant in ([True, False], [False, False], [True, True]):
        scaled = scale_rates(rates, relevant, MILLION)
        assert scaled == [rate / total for rate in rates] == luck.scale_rates(rates, relevant, MILLION)
    assert cumulative_thresholds(scaled)[-1] == 2**32


@given(lines_of_rates(), st.integers(0, 2**6 - 1), st.integers(0, 10**12))
def test_scaled_rates_are_rates(rates: list[Fraction], mask: int, multiplier: int) -> None:
    relevant = [bool(mask >> position & 1) for position in range(len(rates))]
    scaled = scale_rates(rates, relevant, multiplier)
    assert all(rate >= 0 for rate in scaled)
    assert sum(scaled) <= 1
    wanted = sum((rate for rate, counts in zip(rates, relevant, strict=True) if counts), Fraction(0))
    reached = sum((rate for rate, counts in zip(scaled, relevant, strict=True) if counts), Fraction(0))
    assert reached == min(wanted * Fraction(multiplier, MILLION), 1)


def a_hunt(**fields: Any) -> EventDocument:
    loot = a_line(an_outcome("1/3", kill=1), an_outcome("1/7", junk=1))
    return an_event(
        [[a_tile("tile", "boss", needs=5)]],
        {"Ann": a_player()},
        activities={"boss": an_activity(60, loot, **fields)},
    )


def test_a_compiled_event_holds_the_thresholds_of_its_players() -> None:
    compiled = compile_event(a_hunt(bands=[{"size": 1, "rate": 2.5}]))
    expected = (ALWAYS * 5 // 6, ALWAYS * (35 + 6) // 42)
    assert expected in pairwise(compiled.event.thresholds.tolist())


# Time models.


@pytest.mark.parametrize("spread", [1, 2, 7, 600, 86_400])
def test_triangular_times_are_exact(spread: int) -> None:
    total = (spread + 1) ** 2
    found = time_thresholds(TimeModel.TRIANGULAR, spread)
    # Summed from the left: 1 + 2 + … + n on the way up, what is missing at the end on the way down.
    rising = [n * (n + 1) // 2 for n in range(1, spread + 2)]
    cumulative = rising + [total - part for part in reversed(rising[:-2])] + [total]
    assert found == [math.floor(Fraction(part, total) * ALWAYS) for part in cumulative[: 2 * spread + 1]]


@pytest.mark.parametrize("spread", [1, 2, 7, 600, 86_400])
def test_normal_times_have_the_mass_around_each_second(spread: int) -> None:
    found = time_thresholds(TimeModel.NORMAL, spread)
    normal = stats.norm(scale=spread / 2)
    below = normal.cdf(np.arange(-spread, spread + 1) + 0.5)
    left = normal.cdf(-spread - 0.5)
    expected = (below - left) / (below[-1] - left) * ALWAYS
    assert np.abs(np.array(found) - expected).max() < 2
    assert found[-1] == ALWAYS


@pytest.mark.parametrize("model", [TimeModel.TRIANGULAR, TimeModel.NORMAL])
@pytest.mark.parametrize("spread", [1, 10, 3000])
def test_thresholds_never_fall(model: TimeModel, spread: int) -> None:
    thresholds = time_thresholds(model, spread)
    assert thresholds == sorted(thresholds)
    assert len(thresholds) == 2 * spread + 1


event_at = pack_at(EVENT)


@step
def fill_seconds(event, draws, seconds):  # type: ignore[no-untyped-def]
    """Turn draws into seconds of the event's first activity, as the kernels do."""
    ev = event_at(event)
    for i in range(len(draws)):
        seconds[i] = raw_seconds(ev, 0, draws[i])


def seconds_of(compiled: CompiledEvent, draws: list[int]) -> list[int]:
    seconds = np.zeros(len(draws), dtype=np.int64)
    fill_seconds(compiled.event.address, np.array(draws, dtype=np.int64), seconds)
    found: list[int] = seconds.tolist()
    return found


@pytest.mark.parametrize("model", TimeModel)
@pytest.mark.parametrize(("seconds", "spread"), [(1, 1), (60, 7), (50, 50), (86_400, 86_399)])
def test_draws_become_seconds_right_up_to_each_threshold(model: TimeModel, seconds: int, spread: int) -> None:
    document = a_hunt(attempt={"seconds": seconds, "spread": spread, "model": model})
    thresholds = luck.time_thresholds(seconds, spread, model)
    nearby = {threshold + offset for threshold in thresholds[:: 1 + spread // 500] for offset in (-1, 0)}
    draws = sorted(x for x in nearby | {0, 1, ALWAYS // 2, ALWAYS - 1} if 0 <= x < ALWAYS)
    time = document.activities["boss"].attempt
    assert seconds_of(compile_event(document), draws) == [luck.raw_seconds(time, x) for x in draws]


@pytest.mark.parametrize("model", TimeModel)
def test_without_a_spread_draws_change_nothing(model: TimeModel) -> None:
    compiled = compile_event(a_hunt(attempt={"seconds": 60, "spread": 0, "model": model}))
    assert seconds_of(compiled, [0, ALWAYS // 2, ALWAYS - 1]) == [60, 60, 60]


# The event as a whole.


@pytest.mark.parametrize("slug", ["spring-league-bingo", "summer-clan-bingo"])
def test_names_and_numbers_are_those_of_the_document(slug: str) -> None:
    document = bundled(slug)
    compiled = compile_event(document)
    assert compiled.team_names == tuple(document.teams)
    assert compiled.tile_keys == tuple(tile.key for _, tile in document.tiles())
    assert (compiled.n_teams, compiled.n_rows) == (len(document.teams), len(document.board))
    assert compiled.duration_s == document.duration_s
    assert compiled.total_points == sum(tile.points for _, tile in document.tiles())
    assert compiled.digest == document_digest(document)


@pytest.mark.parametrize("points", [1, 100, 511, 512, 1000])
def test_moments_have_few_bins(points: int) -> None:
    tiles = [a_tile(f"tile-{number}", "boss", points=points) for number in range(3)]
    compiled = compile_event(an_event([tiles], {"Ann": a_player()}))
    bins = 3 * points // compiled.moment_width + 1
    assert bins <= MOMENT_BINS_MAX
    assert compiled.moment_width == 1 or bins > MOMENT_BINS_MAX // 2


UNPLAYABLE: dict[str, tuple[dict[str, Any], str]] = {
    "no rows": ({"board": []}, "tile"),
    "a row without tiles": ({"board": [[]]}, "tile"),
    "no teams": ({"teams": {}}, "player"),
    "no players": ({"teams": {"Team": {"players": []}}, "players": {}}, "player"),
}


@pytest.mark.parametrize("kind", UNPLAYABLE)
def test_what_cannot_be_played_is_refused(kind: str) -> None:
    fields, missing = UNPLAYABLE[kind]
    given_fields = {"board": [[a_tile("tile", "boss")]], "players": {"Ann": a_player()}} | fields
    document = an_event(**given_fields)
    with pytest.raises(ValueError, match=missing):
        compile_event(document)


def test_a_tile_that_nobody_can_work_on_can_be_simulated() -> None:
    document = an_event([[a_tile("tile")]], {"Ann": a_player()})
    output = Engine(compile_event(document), SEED).simulate(0, 3)
    assert output.columns["points"].tolist() == [[0]] * 3


def test_nobody_plays_activities_that_nothing_needs() -> None:
    document = an_event([[a_tile("tile")]], {"Ann": a_player()}, activities={})
    assert Engine(compile_event(document), SEED).simulate(0, 1).summary.runs == 1


# What nearly every attempt brings, and how many attempts are drawn at first.

SURE = a_line(an_outcome(1, kill=1))
PET = an_outcome("1/3000", pet=1)


@pytest.mark.parametrize(
    ("loot", "units", "quiet_from", "quiet"),
    [
        ([SURE], 1, 0, ALWAYS),
        ([a_line(an_outcome("9/10", kill=3))], 3, 0, ALWAYS * 9 // 10),
        ([a_line(PET, an_outcome("2999/3000", kill=1))], 1, ALWAYS // 3000, ALWAYS - ALWAYS // 3000),
        ([a_line(PET), SURE | {"line": "sure"}], 1, ALWAYS // 3000, ALWAYS - ALWAYS // 3000),
        # Seldom enough, of changing amount, twice, with a penalty, beside another, or late and not sure.
        ([a_line(an_outcome("1/2", kill=1))], None, ALWAYS // 2, ALWAYS // 2),
        ([a_line(an_outcome(1, kill="1-2"))], None, ALWAYS, 0),
        ([SURE | {"times": 2}], None, ALWAYS, 0),
        ([a_line(an_outcome(1, kill=1) | {"penalty_seconds": 5})], None, ALWAYS, 0),
        ([a_line(an_outcome(1, kill=1, bone=1))], None, ALWAYS, 0),
        ([a_line(PET), a_line(an_outcome("9/10", kill=1), line="late")], None, ALWAYS // 3000, None),
    ],
)
def test_the_usual_drop(loot: list[Any], units: int | None, quiet_from: int, quiet: int | None) -> None:
    work = work_of(an_activity(60, *loot))
    assert (work[Work.USUAL_UNITS] if work[Work.USUAL_LINE] >= 0 else None) == units
    assert work[Work.QUIET_FROM] == quiet_from
    assert work[Work.QUIET] == (ALWAYS - quiet_from if quiet is None else quiet)


def test_parties_have_no_usual_drop() -> None:
    activity = an_activity(60, SURE, group={"min": 1, "max": 2})
    assert work_of(activity, needs=40)[Work.USUAL_LINE] < 0


def work_of(activity: dict[str, Any], needs: int = 1) -> np.ndarray:
    """Return what a player does alone at the only rule of an event."""
    tile = a_tile("tile", "boss", needs=needs)
    event = an_event([[tile]], {"Ann": a_player()}, activities={"boss": activity})
    return compile_event(event).event.alone[0]


@pytest.mark.parametrize(("seconds", "expected"), [(1, 64), (37, 64), (40, 64), (60, 40), (75, 32), (600, 8)])
def test_about_forty_minutes_are_drawn_at_first(seconds: int, expected: int) -> None:
    event = an_event(
        [[a_tile("tile", "boss")]], {"Ann": a_player()}, activities={"boss": an_activity(seconds)}
    )
    assert compile_event(event).event.rules[0, Rule.STRETCH] == expected
