"""Levels and outcomes of benchmarks that nobody measured."""

from typing import Any

from simulations.benchmark.levels import Level
from simulations.benchmark.outcome import Outcome
from simulations.benchmark.windows import Finished


def a_level(workers: int = 1, elapsed_s: float = 20.0, runs: int = 1000, **changes: Any) -> Level:
    """Return a level of even workers, who simulate in batches of a second for all of the time."""
    seconds = int(elapsed_s)
    finished = [
        Finished(worker, runs // (workers * seconds), 1.0, second + 1.0)
        for second in range(seconds)
        for worker in range(workers)
    ]
    totals = {
        "simulate_s": 0.98 * workers * elapsed_s,
        "claim_s": 0.01 * workers * elapsed_s,
        "persist_s": 0.01 * workers * elapsed_s,
        "publish_s": 0.0,
        "messages": float(len(finished)),
    }
    facts = {"requested_s": 0.0, "completed_s": elapsed_s + 0.1, "digest": "0123456789abcdef"}
    return Level(
        **{
            "workers": workers,
            "runs": runs,
            "elapsed_s": elapsed_s,
            "finished": finished,
            "totals": totals,
            **facts,
            **changes,
        }
    )


def an_outcome(*levels: Level, event: str = "spring-league-bingo", **changes: Any) -> Outcome:
    return Outcome(event, "1", {"cpu": "a processor", "cores": 2}, list(levels), changes.pop("reference", []))
