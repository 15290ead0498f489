"""What a benchmark says limits it."""

from simulations.benchmark.limits import limit
from simulations.benchmark.windows import Finished
from tests.simulations.benchmark.factories import a_level


def test_workers_that_share_cores_are_limited_by_them() -> None:
    # Three on two cores: each simulates at two thirds of the speed.
    three = a_level(3, 15.0, 1500)
    assert limit([a_level(1, 20.0, 1000), three], 2).startswith("The cores limit it: 3 workers on 2 cores")


def test_a_slow_publisher_is_named() -> None:
    three = a_level(
        3, 20, 3000, totals={"simulate_s": 40.0, "claim_s": 1.0, "persist_s": 1.0, "publish_s": 18.0}
    )
    assert limit([three], 2).startswith("Publishing limits it: 3 workers spent 30.0 % of the time")


def test_a_worker_that_does_nothing_but_simulate_is_limited_by_computing() -> None:
    assert limit([a_level(1)], 2).startswith("Computing limits it: one worker simulated for 98.0 %")


def test_a_long_tail_is_named() -> None:
    finished = [Finished(0, 500, 10, 10), Finished(1, 500, 20, 20)]
    level = a_level(2, 20, 1000, finished=finished, totals={"simulate_s": 30.0})
    assert "waited 10.00 s for the last one" in limit([level], 2)
