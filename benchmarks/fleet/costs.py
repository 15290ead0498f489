"""What a batch and a worker's mere presence cost, and how many workers one server carries by that."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from benchmarks.fleet.running import Outcome, Window
from simulations.sizing import AIM_S

STEPS = ("claim", "record", "hand over")
# What counts a server's or a process's processor time, and bytes and transactions of the database.
SHARED = ("postgresql_cpu_s", "broker_cpu_s", "crew_cpu_s", "transactions", "wal_bytes", "disk_bytes")
# Lengths of batches that the plan is made for.
PLANNED_S = (1.0, 5.0, 20.0)
PERCENTILES = (50, 95, 99)


class Carried(NamedTuple):
    """How many workers fill one core of a server, or 100 MB/s of a disk, with batches of a length."""

    batch_s: float
    what: str
    workers: int


class Costs:
    """What follows from one outcome."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.batches = max(1.0, outcome.load.sums["worker.batches"])
        self.workers = outcome.wanted.workers

    @property
    def batches_per_s(self) -> float:
        return self.batches / self.outcome.load.seconds

    @property
    def ideal_per_s(self) -> float:
        """Batches per second if handing over took no time."""
        return self.workers / self.outcome.wanted.batch_s

    def presence(self, name: str) -> float | None:
        """Return how much of something a worker without work takes in a second."""
        idle = self.outcome.idle
        return idle.sums[name] / idle.seconds / self.workers if name in idle.sums else None

    def per_batch(self, name: str) -> float | None:
        """Return how much of something a batch takes, beside what the workers' presence takes."""
        load, presence = self.outcome.load, self.presence(name)
        if presence is None or name not in load.sums:
            return None
        return max(0.0, load.sums[name] - presence * self.workers * load.seconds) / self.batches

    def step(self, name: str, what: str) -> float:
        """Return the seconds (``s``), the statements, or the seconds in the database, of a step per batch."""
        return self.outcome.load.sums.get(f"{name}.{what}", 0.0) / self.batches

    @property
    def publish_s(self) -> float:
        return self.outcome.load.sums["worker.publish_s"] / self.batches

    @property
    def events(self) -> float:
        """Events of a batch: that a message was sent, which its sender tells, and what became of it."""
        hints = self.outcome.load.sums["worker.messages"]
        beats = _beats(self.outcome.load)
        return (hints + self.outcome.load.sums["events.n"] - beats) / self.batches

    @property
    def hints(self) -> float:
        return self.outcome.load.sums["worker.messages"] / self.batches

    def heart(self, window: Window) -> tuple[float, float]:
        """Return how long a beat takes, and its statements."""
        beats = max(1.0, _beats(window))
        return window.sums.get("heart.s", 0.0) / beats, window.sums.get("heart.statements", 0.0) / beats

    def waits(self, name: str) -> dict[int, float]:
        """Return percentiles of a wait."""
        return percentiles(self.outcome.load.waits.get(name, []))

    def carried(self) -> Iterator[Carried]:
        """Yield how many workers fill one core each of the servers, and a disk."""
        for batch_s in PLANNED_S:
            cycle_s = batch_s + self._between_s()
            for what, name, most in (
                ("PostgreSQL, one core", "postgresql_cpu_s", 1.0),
                ("RabbitMQ, one core", "broker_cpu_s", 1.0),
            ):
                batch, presence = self.per_batch(name), self.presence(name)
                if batch is not None and presence is not None:
                    yield Carried(batch_s, what, int(most / max(1e-9, batch / cycle_s + presence)))
            # A longer batch holds more runs: bytes go with the time. Those measured are of as many runs as a
            # core plays in the time that batches aim at, however long they were slept on.
            wal, presence = self.per_batch("wal_bytes"), self.presence("wal_bytes")
            if wal is not None and presence is not None:
                rate = wal / (AIM_S + self._between_s()) + presence
                yield Carried(batch_s, "write-ahead log, 100 MB/s", int(1e8 / max(1e-9, rate)))

    def to_data(self) -> dict[str, Any]:
        load, idle = self.outcome.load, self.outcome.idle
        return {
            "batches": int(self.batches),
            "batches_per_s": self.batches_per_s,
            "ideal_per_s": self.ideal_per_s,
            "steps": {
                name: {what: self.step(name, what) for what in ("s", "statements", "database_s")}
                for name in STEPS
            }
            | {"publish": {"s": self.publish_s}},
            "per_batch": {name: self.per_batch(name) for name in SHARED}
            | {"hints": self.hints, "events": self.events},
            "presence_per_worker_second": {name: self.presence(name) for name in SHARED},
            "heart": {
                name: dict(zip(("s", "statements"), self.heart(window), strict=True))
                for name, window in (("idle", idle), ("load", load))
            },
            "waits": {name: self.waits(name) for name in sorted(load.waits)},
            "carried": [one._asdict() for one in self.carried()],
        }

    def _between_s(self) -> float:
        return self.waits("between batches").get(50, 0.0)


def percentiles(values: Sequence[float]) -> dict[int, float]:
    """Return the percentiles of some values; none where there are no values."""
    ordered = sorted(values)
    return {one: ordered[min(len(ordered) - 1, len(ordered) * one // 100)] for one in PERCENTILES if ordered}


def _beats(window: Window) -> float:
    return window.sums.get("heart.n", 0.0)
