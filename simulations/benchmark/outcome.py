"""All that one call of the benchmark measured."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulations.benchmark.criteria import Criterion, judge, scaling_factor
from simulations.benchmark.levels import Level
from simulations.benchmark.limits import limit

FORMAT = "bingosim/fleet-benchmark@1"


@dataclass(frozen=True)
class Outcome:
    """The levels, and those of ``reference`` with the predecessor's number of runs beside them."""

    event: str
    seed: str
    machine: dict[str, Any]
    levels: list[Level]
    reference: list[Level]

    @cached_property
    def criteria(self) -> list[Criterion]:
        return judge(self.event, self.levels, self.reference, cores=self.cores)

    @property
    def cores(self) -> int:
        return int(self.machine["cores"])

    @property
    def scaling_factor(self) -> float:
        return scaling_factor(self.levels)

    @property
    def limit(self) -> str:
        return limit(self.levels, self.cores)

    def to_data(self) -> dict[str, Any]:
        first = self.levels[0]
        return {
            "format": FORMAT,
            "event": self.event,
            "seed": self.seed,
            "runs": first.runs,
            "digest": first.digest,
            "scaling_factor": round(self.scaling_factor, 3),
            "limit": self.limit,
            "levels": [level.to_data() for level in self.levels],
            "criteria": [criterion.to_data() for criterion in self.criteria],
            "reference": [level.to_data() for level in self.reference],
            "machine": self.machine,
        }
