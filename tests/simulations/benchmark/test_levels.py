"""What is told of a level: so many workers, and how they did."""

import pytest

from tests.simulations.benchmark.factories import a_level


def test_a_level_gives_the_keys_that_programs_read() -> None:
    data = a_level(2).to_data()
    expected = {
        "workers",
        "elapsed_s",
        "runs_per_s",
        "steady_runs_per_s",
        "warmup_share",
        "publish_s",
        "messages",
        "phases_s",
        "cache",
        "shares",
    }
    assert expected <= set(data)
    assert set(data["phases_s"]) == {"claim", "simulate", "persist"}
    assert set(data["cache"]) == {"hits", "misses"}
    assert data["shares"] == [0.5, 0.5]


def test_the_warm_up_costs_what_it_took_longer_than_the_steady_state() -> None:
    level = a_level(elapsed_s=20, runs=1000, warmup_s=7.0, warmup_runs=100)
    assert level.warmup_lost_s == pytest.approx(5.0)
    assert level.warmup_share == pytest.approx(0.2)
