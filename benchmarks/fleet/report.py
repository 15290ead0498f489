"""The figures of a simulated fleet: as a table, as a page, and as data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.conf import settings
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from benchmarks.fleet.costs import STEPS, Costs
from benchmarks.fleet.running import Outcome
from simulations.benchmark.machine import describe_machine, describe_services

FORMAT = "bingosim/fleet@1"
MOST_WARNINGS = 10


class Row(NamedTuple):
    part: str
    figure: str
    value: str


@dataclass
class Report:
    """Everything that one run measured, and where."""

    at: str
    machine: dict[str, Any]
    services: dict[str, Any]
    costs: Costs

    @classmethod
    def of(cls, outcome: Outcome) -> "Report":
        at = datetime.now(UTC).isoformat(timespec="seconds")
        services = describe_services("default")
        return cls(at, describe_machine(), services, Costs(outcome))

    def to_data(self) -> dict[str, Any]:
        outcome = self.costs.outcome
        return {
            "format": FORMAT,
            "at": self.at,
            "machine": self.machine,
            "services": self.services,
            # What was made for it, and is gone.
            "made": {
                "database": settings.DATABASES["default"]["NAME"],
                "namespace": settings.BINGOSIM_NAMESPACE,
            },
            "wanted": vars(outcome.wanted),
            "batch": {
                "runs": outcome.batch.span.n_runs,
                "block_bytes": len(outcome.batch.block),
                "summary_bytes": len(outcome.batch.summary),
            },
            **self.costs.to_data(),
            "load": {"seconds": outcome.load.seconds, **outcome.load.sums},
            "idle": {"seconds": outcome.idle.seconds, **outcome.idle.sums},
            "connections": outcome.connections,
            "broker_files": outcome.broker_files,
            "sessions": outcome.sessions,
            "statements": outcome.statements,
            "warnings": {"count": len(outcome.warnings), "first": outcome.warnings[:MOST_WARNINGS]},
        }

    def render(self) -> RenderableType:
        """Return the figures, to be printed."""
        table = Table(title=self._about())
        table.add_column("part")
        table.add_column("figure")
        table.add_column("value", justify="right")
        before = ""
        for part, figure, value in self.rows():
            if part != before and before:
                table.add_section()
            table.add_row(part if part != before else "", figure, value)
            before = part
        return Group(Text(self._where()), table, *map(Text, self._warnings()))

    def to_markdown(self) -> str:
        """Return the figures for a page of documentation."""
        lines = [f"{self._about()}.", "", f"Measured at {self.at} on {self._where()}.", ""]
        lines += ["| part | figure | value |", "| --- | --- | ---: |"]
        before = ""
        for part, figure, value in self.rows():
            lines.append(f"| {part if part != before else ''} | {figure} | {value} |")
            before = part
        return "\n".join([*lines, *(f"\n{line}" for line in self._warnings())]) + "\n"

    def rows(self) -> Iterator[Row]:
        yield from self._throughput()
        yield from self._steps()
        yield from self._batch()
        yield from self._presence()
        for one in self.costs.carried():
            yield Row("workers carried", f"batches of {one.batch_s:g} s: {one.what}", f"{one.workers:,}")

    def _throughput(self) -> Iterator[Row]:
        costs, part = self.costs, "throughput"
        share = costs.batches_per_s / costs.ideal_per_s
        yield Row(part, "batches/s", f"{costs.batches_per_s:.1f}")
        yield Row(part, "of workers over batch length", f"{100 * share:.1f} %")
        for name, figure in (
            ("between batches", "ms between two batches"),
            ("message", "ms of that for the message"),
        ):
            values = " / ".join(_ms(value) for value in costs.waits(name).values())
            yield Row(part, f"{figure}, 50/95/99 %", values or "no such wait")
        yield Row(part, "sessions waiting for locks", f"{costs.outcome.sessions['waiting_for_locks']:.2f}")

    def _steps(self) -> Iterator[Row]:
        costs = self.costs
        for name in STEPS:
            seconds = costs.step(name, "s") - (costs.publish_s if name == "hand over" else 0)
            ms, statements = _ms(seconds), f"{costs.step(name, 'statements'):.1f}"
            yield Row("a worker waits", f"{name}: ms, statements", f"{ms}, {statements}")
        yield Row("a worker waits", "publish: ms", _ms(costs.publish_s))

    def _batch(self) -> Iterator[Row]:
        costs, batch, part = self.costs, self.costs.outcome.batch, "a batch"
        yield Row(part, "runs", f"{batch.span.n_runs:,}")
        yield Row(part, "bytes: block, summary", f"{len(batch.block):,}, {len(batch.summary):,}")
        yield Row(part, "messages: hints, events", f"{costs.hints:.2f}, {costs.events:.2f}")
        yield from self._shared(part, costs.per_batch)

    def _presence(self) -> Iterator[Row]:
        costs, part = self.costs, "a worker's second"
        yield from self._shared(part, costs.presence)
        for name, window in (("idle", costs.outcome.idle), ("at work", costs.outcome.load)):
            seconds, statements = costs.heart(window)
            yield Row(part, f"a heartbeat, {name}: ms, statements", f"{_ms(seconds)}, {statements:.1f}")

    def _shared(self, part: str, amount: Any) -> Iterator[Row]:
        for figure, name, factor in (
            ("ms of a core, PostgreSQL", "postgresql_cpu_s", 1000),
            ("ms of a core, RabbitMQ", "broker_cpu_s", 1000),
            ("ms of a core, the worker", "crew_cpu_s", 1000),
            ("transactions", "transactions", 1),
            ("bytes of write-ahead log", "wal_bytes", 1),
            ("bytes of disk", "disk_bytes", 1),
        ):
            value = amount(name)
            if value is not None:
                yield Row(part, figure, f"{factor * value:,.2f}" if value < 1000 else f"{value:,.0f}")

    def _about(self) -> str:
        wanted = self.costs.outcome.wanted
        simulations = "one simulation" if wanted.simulations == 1 else f"{wanted.simulations} simulations"
        workers = "1 worker" if wanted.workers == 1 else f"{wanted.workers} workers"
        length = f"batches of {wanted.batch_s:g} s"
        return f"{workers} on {simulations} of {wanted.event}, {length}, for {wanted.seconds:g} s"

    def _where(self) -> str:
        about = [f"{name} {value}" for name, value in self.machine.items()]
        about += [f"PostgreSQL {name} {value}" for name, value in self.services["postgresql"].items()]
        return ", ".join([*about, self.services["broker"]])

    def _warnings(self) -> list[str]:
        warnings = self.costs.outcome.warnings
        if not warnings:
            return []
        return [f"The workers logged {len(warnings)} warnings, like:", *warnings[:MOST_WARNINGS]]


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"
