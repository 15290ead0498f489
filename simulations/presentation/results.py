"""The report of one simulation."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from simulations.models import Simulation, SimulationStatus
from simulations.presentation.drawing import (
    colour,
    duration,
    figure,
    histogram,
    hours,
    levels,
    percent,
    rate_bar,
)
from simulations.results import RowResult, SimulationResults, TeamResults, TileResult

NAME_WIDTH = 18
BAR_WIDTH = 26
TILE_WIDTH = 20
HISTOGRAM_WIDTH = 48
MOST_ENDS = 3
# A row that fewer runs end in says nothing.
WORTH_SAYING = 0.01

HINTS = {
    SimulationStatus.CANCELLED: "Cancelled: `resume {id}` goes on where it stopped.",
    SimulationStatus.INTERRUPTED: "Its process is gone: `resume {id}` goes on where it stopped.",
    SimulationStatus.FAILED: "It failed: {error}",
    SimulationStatus.RUNNING: "It is being computed: this is what it has so far.",
    SimulationStatus.PENDING: "It is about to start.",
}


def show_results(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield the parts of the report, each to be printed."""
    yield from _heading(results)
    if not results.runs:
        yield Text("There are no results yet.")
        return
    yield ""
    yield _win_rates(results)
    yield ""
    yield _points(results)
    yield ""
    yield from _histograms(results)
    yield ""
    yield _stuck(results)


def _heading(results: SimulationResults) -> Iterator[RenderableType]:
    simulation = results.simulation
    yield Text(simulation.event_name + (f" · {simulation.name}" if simulation.name else ""), style="bold")
    wanted = "" if results.runs == simulation.n_runs else f" of {simulation.n_runs:,}"
    speed = f" ({results.runs_per_s:,.0f} runs/s)" if results.runs_per_s else ""
    took = f" · {duration(simulation.elapsed_s)}{speed}" if simulation.elapsed_s else ""
    yield f"{results.runs:,}{wanted} runs · seed {simulation.seed}{took}"
    yield Text(f"simulation {simulation.pk} · digest {results.digest}", style="dim")
    for override in simulation.overrides:
        yield Text(f"with {override}", style="italic")
    if hint := _hint(simulation):
        yield Text(hint, style="yellow")


def _hint(simulation: Simulation) -> str:
    hint = HINTS.get(SimulationStatus(simulation.status), "")
    error = (simulation.error.strip().splitlines() or [""])[-1]
    return hint.replace("{id}", simulation.pk).replace("{error}", error)


def _table(*columns: str, title: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=title)
    table.title_justify, table.title_style = "left", "bold"
    for ix, column in enumerate(columns):
        left = ix == 0 or column.endswith("tile")
        table.add_column(column, justify="left" if left else "right", no_wrap=True)
    return table


def _name(team: TeamResults, ix: int) -> Text:
    name = Text(team.name, style=colour(ix))
    name.truncate(NAME_WIDTH, overflow="ellipsis")
    return name


def _win_rates(results: SimulationResults) -> Table:
    table = _table("team", "wins", "95 % interval", title="Who wins")
    table.add_column("0 to 100 %", no_wrap=True)
    for ix, team in enumerate(results.teams):
        if team.win_rate is None or team.win_rate_ci95 is None:
            continue
        low, high = team.win_rate_ci95
        table.add_row(
            _name(team, ix),
            percent(team.win_rate),
            f"{100 * low:.2f}-{100 * high:.2f}",
            rate_bar(team.win_rate, team.win_rate_ci95, width=BAR_WIDTH, style=colour(ix)),
        )
    return table


def _points(results: SimulationResults) -> Table:
    table = _table("team", "mean", "±", "min", "5 %", "median", "95 %", "max", "tiles", title="Points")
    for ix, team in enumerate(results.teams):
        points = team.points
        table.add_row(
            _name(team, ix),
            figure(points.mean, 1),
            figure(points.std, 1),
            *(figure(value) for value in (points.min, points.p05, points.p50, points.p95, points.max)),
            figure(team.tiles.mean, 1),
        )
    return table


def _histograms(results: SimulationResults) -> Iterator[RenderableType]:
    """Draw each team's points over one common axis."""
    counts = results.summary.points_hist
    seen = np.flatnonzero(counts.sum(axis=0))
    first, last = int(seen[0]), int(seen[-1])
    yield Text(f"How often which points ({first} to {last})", style="bold")
    for ix, team in enumerate(results.teams):
        line = Text.assemble(_name(team, ix), no_wrap=True)
        line.pad_right(max(0, NAME_WIDTH + 1 - line.cell_len))
        line.append(histogram(counts[ix], first=first, last=last, width=HISTOGRAM_WIDTH), style=colour(ix))
        yield line
    yield ""
    yield Text("Rows opened, the first on the left", style="bold")
    for ix, team in enumerate(results.teams):
        line = Text.assemble(_name(team, ix), no_wrap=True)
        line.pad_right(max(0, NAME_WIDTH + 1 - line.cell_len))
        line.append(levels([row.share or 0.0 for row in team.rows]), style=colour(ix))
        line.append(f"  {figure(1 + (team.row_reached.mean or 0), 1)} of {len(team.rows)} on average")
        yield line


def _stuck(results: SimulationResults) -> Table:
    columns = ("team", "row", "end here", "opens at", "hardest tile", "finished")
    table = _table(*columns, title="Where each team gets stuck")
    for ix, team in enumerate(results.teams):
        for position, end in enumerate(row_ends(team)):
            table.add_row(
                _name(team, ix) if position == 0 else "",
                str(end.row.row + 1),
                percent(end.share),
                hours(end.row.seconds.p50),
                _shortened(end.hardest.name, TILE_WIDTH) if end.hardest else "",
                percent(end.finished),
            )
    return table


class RowEnd(NamedTuple):
    """A row that a share of the runs ends in, and its tile that is finished least where it is open."""

    row: RowResult
    share: float
    hardest: TileResult | None
    finished: float | None


def row_ends(team: TeamResults) -> list[RowEnd]:
    """Return the rows that most runs end in, the most frequent first."""
    opened = [row.share or 0.0 for row in team.rows]
    ends = [share - after for share, after in pairwise([*opened, 0.0])]
    worst = sorted(range(len(ends)), key=lambda row: (-ends[row], row))[:MOST_ENDS]
    return [_row_end(team, row, ends[row]) for row in worst if ends[row] >= WORTH_SAYING]


def _row_end(team: TeamResults, row: int, share: float) -> RowEnd:
    tiles = [tile for tile in team.tiles_detail if tile.row == row]
    hardest = min(tiles, key=lambda tile: tile.share or 0.0, default=None)
    opened = team.rows[row].share
    finished = (hardest.share or 0.0) / opened if hardest and opened else None
    return RowEnd(team.rows[row], share, hardest, finished)


def _shortened(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
