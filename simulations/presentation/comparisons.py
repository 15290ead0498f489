"""Simulations side by side."""

from collections.abc import Iterator

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from simulations.comparison import Comparison, Difference
from simulations.models import Simulation
from simulations.presentation.drawing import colour

SIGNIFICANT, UNCLEAR = "bold", "dim"


def show_comparison(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield the parts of one comparison, each to be printed."""
    first, second = comparison.first.simulation, comparison.second.simulation
    yield Text(f"{_title(second)} against {_title(first)}", style="bold")
    how = "run by run, same luck" if comparison.paired else "as independent samples"
    yield f"{comparison.runs:,} runs, {how}; differences with their 95 % intervals"
    for note in comparison.notes:
        yield Text(note, style="yellow")
    yield _table(comparison)


def _title(simulation: Simulation) -> str:
    label = simulation.name or ", ".join(simulation.overrides) or simulation.event_slug
    return f"{simulation.pk} ({label})"


def _table(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("team", no_wrap=True, overflow="ellipsis", max_width=18)
    for column in ("wins", "points"):
        table.add_column(column, justify="right", no_wrap=True)
        table.add_column("95 % interval", justify="right", no_wrap=True)
    for ix, team in enumerate(comparison.teams):
        table.add_row(
            Text(team.name, style=colour(ix)),
            *_cells(team.win_rate, scale=100, unit=" %"),
            *_cells(team.points, scale=1, unit=""),
        )
    return table


def _cells(difference: Difference, *, scale: int, unit: str) -> tuple[Text, Text]:
    """Write a difference; emphasised where its interval leaves out 0."""
    value = f"{scale * difference.value:+.2f}{unit}"
    if difference.ci95 is None:
        return Text(value), Text("-")
    low, high = difference.ci95
    style = SIGNIFICANT if low > 0 or high < 0 else UNCLEAR
    return Text(value, style=style), Text(f"{scale * low:+.2f} to {scale * high:+.2f}", style=style)
