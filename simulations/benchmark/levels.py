"""What one simulation by so many workers came to."""

from dataclasses import dataclass, field
from typing import Any

from simulations.benchmark.windows import WIDTH_S, Finished, shares, spread, steady, tail_s

PHASES = ("claim", "simulate", "persist")


@dataclass(frozen=True)
class Level:
    """One measured simulation. Moments are seconds by the database's clock, from its request's command on.

    ``totals`` is by how much the workers' own figures grew; ``warmup_s`` how long the simulations took that
    warmed them up, of ``warmup_runs`` in all; ``ready_s`` how long they took to start.
    """

    workers: int
    runs: int
    digest: str
    elapsed_s: float
    requested_s: float
    completed_s: float
    finished: list[Finished]
    totals: dict[str, float]
    ready_s: float | None = None
    warmup_s: float = 0.0
    warmup_runs: int = 0
    database: dict[str, Any] = field(default_factory=dict)
    broker: dict[str, Any] = field(default_factory=dict)
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def runs_per_s(self) -> float:
        return self.runs / self.elapsed_s

    @property
    def windows(self) -> list[float]:
        return spread(self.finished)

    @property
    def steady_runs_per_s(self) -> float:
        """Without the first window and the last one, which are partly empty."""
        return steady(self.windows) or self.runs_per_s

    @property
    def warmup_lost_s(self) -> float:
        """By how much the warm-up took longer than as many runs take in the steady state."""
        return max(0.0, self.warmup_s - self.warmup_runs / self.steady_runs_per_s)

    @property
    def warmup_share(self) -> float:
        """The part of the time that warming up would have taken of this simulation."""
        return self.warmup_lost_s / (self.warmup_lost_s + self.elapsed_s)

    @property
    def phases_s(self) -> dict[str, float]:
        return {phase: self.totals.get(f"{phase}_s", 0.0) for phase in PHASES}

    @property
    def publish_s(self) -> float:
        return self.totals.get("publish_s", 0.0)

    @property
    def busy_s(self) -> float:
        return sum(self.phases_s.values()) + self.publish_s

    @property
    def simulate_share(self) -> float:
        """The part of the workers' busy time in which they simulate."""
        return self.phases_s["simulate"] / self.busy_s if self.busy_s else 0.0

    @property
    def publish_share(self) -> float:
        """The part of the workers' time in which they send messages, each its own."""
        return self.publish_s / (self.workers * self.elapsed_s)

    @property
    def idle_share(self) -> float:
        """The part of the workers' time in which they have nothing to do."""
        return max(0.0, 1 - self.busy_s / (self.workers * self.elapsed_s))

    @property
    def runs_per_simulating_s(self) -> float:
        """How fast one worker is while it simulates."""
        return self.runs / max(self.phases_s["simulate"], 1e-9)

    @property
    def shares(self) -> list[float]:
        return shares(self.finished, self.workers)

    @property
    def unevenness(self) -> float:
        """How far the share of the worker is from even that is farthest."""
        return max(abs(share - 1 / self.workers) for share in self.shares)

    @property
    def tail_s(self) -> float:
        return tail_s(self.finished)

    @property
    def first_batch_s(self) -> float:
        """From the command to the first finished batch."""
        return min(batch.ended_s for batch in self.finished)

    @property
    def completion_s(self) -> float:
        """From the last finished batch to `completed`."""
        return max(0.0, self.completed_s - max(batch.ended_s for batch in self.finished))

    def to_data(self) -> dict[str, Any]:
        return {
            "workers": self.workers,
            "runs": self.runs,
            "digest": self.digest,
            "elapsed_s": _seconds(self.elapsed_s),
            "runs_per_s": round(self.runs_per_s, 1),
            "steady_runs_per_s": round(self.steady_runs_per_s, 1),
            "warmup_share": round(self.warmup_share, 4),
            "publish_s": _seconds(self.publish_s),
            "messages": int(self.totals.get("messages", 0)),
            "phases_s": {phase: _seconds(seconds) for phase, seconds in self.phases_s.items()},
            "cache": {
                "hits": int(self.totals.get("cache_hits", 0)),
                "misses": int(self.totals.get("cache_misses", 0)),
            },
            "shares": [round(share, 4) for share in self.shares],
            "batches": len(self.finished),
            "simulate_share": round(self.simulate_share, 4),
            "publish_share": round(self.publish_share, 5),
            "idle_share": round(self.idle_share, 4),
            "ready_s": None if self.ready_s is None else _seconds(self.ready_s),
            "warmup_s": _seconds(self.warmup_s),
            "warmup_lost_s": _seconds(self.warmup_lost_s),
            "wall_s": _seconds(self.completed_s),
            "first_batch_s": _seconds(self.first_batch_s),
            "first_batch_from_request_s": _seconds(self.first_batch_s - self.requested_s),
            "completion_s": _seconds(self.completion_s),
            "tail_s": _seconds(self.tail_s),
            "window_s": WIDTH_S,
            "windows": [round(runs) for runs in self.windows],
            "database": self.database,
            "broker": self.broker,
            "cpu": self.cpu,
        }


def _seconds(value: float) -> float:
    return round(value, 4)
