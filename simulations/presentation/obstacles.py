"""Where each team gets stuck: the tiles that hold it up, and how far its rows open."""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from simulations.presentation.drawing import colour, hours, percent, shortened
from simulations.results import RowResult, SimulationResults, TeamResults, TileResult

TILE_WIDTH = 29
MOST_SHOWN = 3
# What happens in fewer runs says nothing.
WORTH_SAYING = 0.005


class Obstacle(NamedTuple):
    """A tile, its row, and in which share of the runs its row opened without it being finished."""

    tile: TileResult
    row: RowResult
    share: float


class RowEnd(NamedTuple):
    """A row, from 0, and the share of the runs in which it is the last to open."""

    row: int
    share: float


def show_obstacles(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield what holds up each team, in at most 79 columns."""
    yield Text("Where each team gets stuck", style="bold")
    for ix, team in enumerate(results.teams):
        yield Text(team.name, style=colour(ix))
        whole_board = int(results.summary.tiles_hist[ix, -1]) / results.runs
        if whole_board:
            yield f"  finishes the whole board in {percent(whole_board)} of runs"
        ends = row_ends(team)
        for end in ends:
            yield f"  opens no further than row {end.row + 1} in {percent(end.share)} of runs"
        if obstacles := team_obstacles(team):
            yield _table(obstacles)
        elif not ends:
            yield "  no tile holds it up"


def team_obstacles(team: TeamResults) -> list[Obstacle]:
    """Return the tiles that most runs leave unfinished although their row opened, the worst first."""
    found = []
    for tile in team.tiles_detail:
        row = team.rows[tile.row]
        found.append(Obstacle(tile, row, (row.share or 0.0) - (tile.share or 0.0)))
    worst = sorted(found, key=lambda obstacle: -obstacle.share)[:MOST_SHOWN]
    return [obstacle for obstacle in worst if obstacle.share >= WORTH_SAYING]


def row_ends(team: TeamResults) -> list[RowEnd]:
    """Return the rows before the last one that most runs end in, the most frequent first."""
    opened = [row.share or 0.0 for row in team.rows]
    ends = [RowEnd(row, share - after) for row, (share, after) in enumerate(pairwise(opened))]
    most = sorted(ends, key=lambda end: -end.share)[:MOST_SHOWN]
    return [end for end in most if end.share >= WORTH_SAYING]


def _table(obstacles: list[Obstacle]) -> Table:
    table = Table(box=None, pad_edge=False)
    # Of a fixed width, so that the tables of the teams are aligned.
    table.add_column("  held up by", no_wrap=True, width=TILE_WIDTH + 2)
    for column, width in (("row", 4), ("opens after (h:mm)", 18), ("opened", 9), ("finished", 9)):
        table.add_column(column, justify="right", no_wrap=True, width=width)
    for obstacle in obstacles:
        table.add_row(
            Text("  " + shortened(obstacle.tile.name, TILE_WIDTH)),
            str(obstacle.tile.row + 1),
            hours(obstacle.row.seconds.p50),
            percent(obstacle.row.share),
            percent(obstacle.tile.share),
        )
    return table
