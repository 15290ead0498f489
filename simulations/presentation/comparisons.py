"""Simulations side by side."""

from collections.abc import Iterator
from math import floor, log10

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from events.wording import counted
from simulations.comparison import Comparison, Difference
from simulations.models import Simulation
from simulations.presentation.drawing import colour, percent_digits, shortened

SIGNIFICANT, UNCLEAR = "bold", "dim"
WIDTH, GAP = 79, 3
LEAST_NAME = 8
MOST_DECIMALS = 6
# Fewer runs without any spread say nothing about the next one.
FEW_RUNS = 100


def show_comparison(comparison: Comparison) -> Iterator[RenderableType]:
    """Yield the parts of one comparison, each to be printed."""
    first, second = comparison.first.simulation, comparison.second.simulation
    yield Text(f"{_title(second)} against {_title(first)}", style="bold")
    how = "run by run, same luck" if comparison.paired else "as independent samples"
    yield f"{counted(comparison.runs, 'run')}, {how}; differences with their 95 % intervals"
    for note in comparison.notes:
        yield Text(note, style="yellow")
    yield _table(comparison)


def _title(simulation: Simulation) -> str:
    label = simulation.name or ", ".join(simulation.overrides) or simulation.event_slug
    return f"{simulation.pk} ({label})"


def _table(comparison: Comparison) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    columns = ("", "first → second", "difference", "95 % interval")
    wins = max(decimals(team.win_rate, 100) for team in comparison.teams)
    points = max(decimals(team.points, 1) for team in comparison.teams)
    rows = [
        cells
        for team in comparison.teams
        for cells in (
            ("wins", _shares(team.win_rate, wins), *_cells(team.win_rate, comparison.runs, wins, 100, " %")),
            ("points", _means(team.points, points), *_cells(team.points, comparison.runs, points)),
        )
    ]
    taken = sum(max(len(str(cell)) for cell in column) + GAP for column in zip(columns, *rows, strict=True))
    table.add_column("team", no_wrap=True)
    for ix, column in enumerate(columns):
        table.add_column(column, justify="right" if ix else "left", no_wrap=True)
    for ix, cells in enumerate(rows):
        name = shortened(comparison.teams[ix // 2].name, max(LEAST_NAME, WIDTH - taken))
        table.add_row("" if ix % 2 else Text(name, style=colour(ix // 2)), *cells)
    return table


def _shares(difference: Difference, digits: int) -> str:
    return f"{percent_digits(difference.first, digits)} → {percent_digits(difference.second, digits)} %"


def _means(difference: Difference, digits: int) -> str:
    return f"{difference.first:.{digits}f} → {difference.second:.{digits}f}"


def _cells(
    difference: Difference, runs: int, digits: int, scale: int = 1, unit: str = ""
) -> tuple[Text, Text]:
    """Write a difference and its interval; emphasised where that leaves out 0."""
    value = signed(scale * difference.value, digits) + unit
    if difference.ci95 is None:
        why = "too few runs to tell" if runs < FEW_RUNS else "the same in every run"
        return Text(value), Text(why)
    low, high = difference.ci95
    style = SIGNIFICANT if low > 0 or high < 0 else UNCLEAR
    interval = f"{signed(scale * low, digits)} to {signed(scale * high, digits)}"
    return Text(value, style=style), Text(interval, style=style)


def decimals(difference: Difference, scale: int) -> int:
    """Return how many decimals show a difference to the precision that it is known with.

    These are two digits of half its interval, so that what differs from 0 never reads as 0; without
    an interval three digits of the difference.
    """
    if difference.ci95 is None:
        size, digits = abs(scale * difference.value), 3
    else:
        size, digits = scale * (difference.ci95.high - difference.ci95.low) / 2, 2
    if not size:
        return 1
    return min(MOST_DECIMALS, max(1, digits - 1 - floor(log10(size))))


def signed(value: float, digits: int) -> str:
    """Write a number with its sign; what rounds to 0 is not negative."""
    return f"{round(value, digits) + 0.0:+.{digits}f}"
