"""What the fleet has to reach, and whether it did."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from events.wording import counted
from simulations.benchmark.levels import Level

SPRING, SUMMER = "spring-league-bingo", "summer-clan-bingo"
# The number of runs that the predecessor was measured with.
REFERENCE_RUNS = 500_000
SUMMER_RUNS = 20_000
# Below so much work of one worker, scaling says more about starting and ending than about the fleet.
ENOUGH_WORK_S = 20.0
SCALING, SUMMER_SCALING = 1.5, 1.8
# How much more than the cores allow may still be chance.
TOLERANCE = 0.05
MOST_SECONDS = {1: 15.0, 3: 10.0}


@dataclass(frozen=True)
class Criterion:
    """A value, and the bound that it has to reach, or to stay below with ``at_most``."""

    name: str
    value: float
    bound: float
    unit: str = ""
    at_most: bool = False
    note: str = ""
    # Not where the value can't be, because others disturbed what it is a comparison with.
    credible: bool = True

    @property
    def passed(self) -> bool:
        if not self.credible:
            return False
        return self.value < self.bound if self.at_most else self.value >= self.bound

    def to_data(self) -> dict[str, Any]:
        return {**asdict(self), "value": round(self.value, 5), "passed": self.passed}


def judge(event: str, levels: Sequence[Level], reference: Sequence[Level], *, cores: int) -> list[Criterion]:
    """Return all criteria that the levels, measured on so many cores, allow to judge.

    ``reference`` are the levels with the predecessor's number of runs, measured beside the others.
    """
    measured = [*levels, *reference]
    return [
        *_scaling(event, levels, cores),
        *_reference(event, measured),
        *_shares(levels),
        *_worst(measured),
    ]


def scaling_factor(levels: Sequence[Level]) -> float:
    """Return the throughput of the last level over that of the first."""
    return levels[-1].runs_per_s / levels[0].runs_per_s


def _scaling(event: str, levels: Sequence[Level], cores: int) -> Iterator[Criterion]:
    first, last = levels[0], levels[-1]
    if first.workers != 1:
        return
    work = f"one worker had {first.elapsed_s:.1f} s of work; {ENOUGH_WORK_S:.0f} s are enough"
    for level in levels[1:]:
        bound = SUMMER_SCALING if event == SUMMER and level.workers == 2 else SCALING
        # Programs look the last one up by its plain name.
        name = "scaling" if level is last else f"scaling, 1 to {level.workers} workers"
        value = level.runs_per_s / first.runs_per_s
        credible = value <= min(level.workers, cores) * (1 + TOLERANCE)
        notes = [f"1 to {level.workers} workers, {level.runs:,} runs"]
        notes += [] if first.elapsed_s >= ENOUGH_WORK_S else [work]
        notes += [] if credible else [f"{cores} cores can't: one worker was disturbed, measure again"]
        yield Criterion(name, value, bound, note="; ".join(notes), credible=credible)


def _reference(event: str, levels: Sequence[Level]) -> Iterator[Criterion]:
    if event != SPRING:
        return
    for level in levels:
        if level.runs == REFERENCE_RUNS and level.workers in MOST_SECONDS:
            who = counted(level.workers, "worker")
            bound = MOST_SECONDS[level.workers]
            yield Criterion(f"{level.runs:,} runs, {who}", level.elapsed_s, bound, "s", at_most=True)


def _shares(levels: Sequence[Level]) -> Iterator[Criterion]:
    for level in levels:
        if level.workers > 1:
            name = f"unevenness of {level.workers} workers"
            note = "points that the share farthest from even is off"
            yield Criterion(name, 100 * level.unevenness, 5, "points", at_most=True, note=note)


def _worst(levels: Sequence[Level]) -> Iterator[Criterion]:
    """Judge what holds for any number of workers where it was worst."""
    level = min(levels, key=lambda level: level.simulate_share)
    note = f"of the workers' busy time; {_which(level)}"
    yield Criterion("simulation", 100 * level.simulate_share, 90, "%", note=note)
    level = max(levels, key=lambda level: level.publish_share)
    note = f"of the elapsed time of every worker; {_which(level)}"
    yield Criterion("publishing", 100 * level.publish_share, 1, "%", at_most=True, note=note)
    level = max(levels, key=lambda level: level.first_batch_s)
    note = f"from the command; {_which(level)}"
    yield Criterion("first finished batch", level.first_batch_s, 1, "s", at_most=True, note=note)
    level = max(levels, key=lambda level: level.completion_s)
    note = f"from the last batch to completed; {_which(level)}"
    yield Criterion("completion", level.completion_s, 0.5, "s", at_most=True, note=note)


def _which(level: Level) -> str:
    return f"worst: {level.runs:,} runs by {level.workers}"
