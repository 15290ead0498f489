"""How a benchmark judges what it measured."""

import pytest

from simulations.benchmark.criteria import Criterion, judge
from simulations.benchmark.levels import Level
from simulations.benchmark.windows import Finished
from tests.simulations.benchmark.factories import a_level


def judged(
    event: str, levels: list[Level], reference: list[Level] | None = None, *, cores: int = 2
) -> dict[str, Criterion]:
    """Return the criteria by their names."""
    return {criterion.name: criterion for criterion in judge(event, levels, reference or [], cores=cores)}


def test_scaling_is_the_throughput_of_each_level_over_that_of_one_worker() -> None:
    criteria = judged("some-event", [a_level(1, 30), a_level(2, 16), a_level(3, 15)])
    assert criteria["scaling, 1 to 2 workers"].value == pytest.approx(30 / 16)
    assert criteria["scaling"].value == 2
    assert criteria["scaling"].passed


def test_scaling_below_the_bound_fails() -> None:
    assert not judged("some-event", [a_level(1, 30), a_level(3, 21)])["scaling"].passed


def test_scaling_beyond_the_cores_shows_a_disturbed_measurement_and_passes_nothing() -> None:
    levels = [a_level(1, 45), a_level(3, 15)]
    doubtful = judged("some-event", levels, cores=2)["scaling"]
    assert not doubtful.passed
    assert "measure again" in doubtful.note
    assert judged("some-event", levels, cores=3)["scaling"].passed


def test_two_workers_have_to_be_faster_on_the_summer_event() -> None:
    levels = [a_level(1, 30), a_level(2, 18)]
    assert judged("some-event", levels)["scaling"].passed
    assert not judged("summer-clan-bingo", levels)["scaling"].passed


def test_too_little_work_for_scaling_is_said() -> None:
    little, enough = (judged("e", [a_level(1, s), a_level(2, s)])["scaling"] for s in (19, 20))
    assert "19.0 s of work" in little.note
    assert "of work" not in enough.note


def test_times_for_the_reference_are_judged_for_its_event_and_number_of_runs_only() -> None:
    one, three = a_level(1, 14, 500_000), a_level(3, 11, 500_000)
    criteria = judged("spring-league-bingo", [a_level(1), a_level(3)], [one, three])
    assert criteria["500,000 runs, 1 worker"].passed
    assert not criteria["500,000 runs, 3 workers"].passed
    for event, runs in (("some-event", 500_000), ("spring-league-bingo", 499_999)):
        assert "500,000 runs, 1 worker" not in judged(event, [a_level(1, 14, runs)])


def test_what_holds_for_every_level_is_judged_where_it_is_worst() -> None:
    slow = a_level(2, totals={"simulate_s": 8.0, "claim_s": 1.0, "persist_s": 1.0, "publish_s": 1.0})
    criteria = judged("e", [a_level(1), slow])
    assert criteria["simulation"].value == pytest.approx(100 * 8 / 11)
    assert criteria["publishing"].value == pytest.approx(2.5)
    assert not criteria["simulation"].passed
    assert not criteria["publishing"].passed


def test_uneven_shares_fail() -> None:
    uneven = [Finished(0, 560, 1, 1), Finished(1, 440, 1, 1)]
    criterion = judged("e", [a_level(2, finished=uneven)])["unevenness of 2 workers"]
    assert criterion.value == pytest.approx(6)
    assert not criterion.passed
