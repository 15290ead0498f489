"""What is measured, judged and reported: figures with their bounds, as a table and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

FORMAT = "bingosim/benchmark@1"


class NotThere(Exception):
    """What a part needs is not on this machine; the message says what."""


@dataclass(frozen=True)
class Figure:
    """One measured value; ``bound`` is what it has to reach, or may not exceed with ``at_most``."""

    part: str
    name: str
    value: float
    unit: str = ""
    bound: float | None = None
    goal: float | None = None
    at_most: bool = False
    note: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the bound is kept; None where there is none."""
        if self.bound is None:
            return None
        return self.value <= self.bound if self.at_most else self.value >= self.bound

    def to_data(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}


@dataclass
class Report:
    """Everything that one call measured; ``left_out`` says why a part could not be measured."""

    at: str
    quick: bool
    machine: dict[str, Any]
    mix_ns: list[float] = field(default_factory=list)
    figures: list[Figure] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "at": self.at,
            "quick": self.quick,
            "machine": self.machine,
            "calibration": {"mix_ns": self.mix_ns},
            "figures": [figure.to_data() for figure in self.figures],
            "left_out": self.left_out,
        }

    def render(self) -> RenderableType:
        """Return machine, calibration, figures and what was left out, to be printed."""
        return Group(
            Text(self._machine_line()),
            Text(f"calibration: {self._calibration_line()}"),
            self._table(),
            *(Text(f"left out: {what}: {why}") for what, why in self.left_out.items()),
        )

    def to_markdown(self) -> str:
        """Return machine, calibration and figures for a page of documentation."""
        lines = [
            f"Measured at {self.at} on: {self._machine_line()}.",
            f"Calibration: {self._calibration_line()}.",
            "",
            "| part | figure | value | bound | goal | | note |",
            "| --- | --- | ---: | ---: | ---: | --- | --- |",
        ]
        for row, _ in self._rows():
            lines.append(f"| {' | '.join(cell.plain for cell in row)} |")
        lines += [f"\nLeft out: {what}: {why}." for what, why in self.left_out.items()]
        return "\n".join(lines) + "\n"

    def _machine_line(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.machine.items())

    def _calibration_line(self) -> str:
        return f"{_spread(self.mix_ns)} ns a dependent mix, before and after each part"

    def _table(self) -> Table:
        table = Table(title="quick: too small to judge by" if self.quick else None)
        for column in ("part", "figure"):
            table.add_column(column)
        for column in ("value", "bound", "goal"):
            table.add_column(column, justify="right")
        table.add_column("")
        table.add_column("note", max_width=60)
        for row, ends_part in self._rows():
            table.add_row(*row, end_section=ends_part)
        return table

    def _rows(self) -> Iterator[tuple[list[Text], bool]]:
        previous = ""
        for position, figure in enumerate(self.figures):
            following = self.figures[position + 1 : position + 2]
            part = figure.part if figure.part != previous else ""
            previous = figure.part
            yield _cells(figure, part), not following or following[0].part != figure.part


def write_value(value: float) -> str:
    """Write a number with about four digits."""
    if value == int(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.3g}"


def _cells(figure: Figure, part: str) -> list[Text]:
    sign = "≤ " if figure.at_most else "≥ "
    bound, goal = (
        "" if limit is None else sign + write_value(limit) for limit in (figure.bound, figure.goal)
    )
    verdict = {
        None: Text(""),
        True: Text("pass", style="green"),
        False: Text("FAIL", style="bold red"),
    }[figure.passed]
    value = f"{write_value(figure.value)} {figure.unit}".strip()
    return [Text(part), Text(figure.name), Text(value), Text(bound), Text(goal), verdict, Text(figure.note)]


def _spread(values: list[float]) -> str:
    if not values:
        return "no"
    lowest, highest = min(values), max(values)
    return f"{lowest:.2f}" if lowest == highest else f"{lowest:.2f} to {highest:.2f}"
