"""Where each team gets stuck, for terminals."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from simulations.obstacles import Obstacle, obstacles_of
from simulations.presentation.drawing import colour, hours, percent, shortened
from simulations.results import SimulationResults

TILE_WIDTH = 29


def show_obstacles(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield what holds up each team, in at most 79 columns."""
    yield Text("Where each team gets stuck", style="bold")
    for ix, team in enumerate(results.teams):
        yield Text(team.name, style=colour(ix))
        found = obstacles_of(results, ix)
        if found.whole_board:
            yield f"  finishes the whole board in {percent(found.whole_board)} of runs"
        for end in found.ends:
            yield f"  opens no further than row {end.row + 1} in {percent(end.share)} of runs"
        if found.tiles:
            yield _table(found.tiles)
        elif not found.ends:
            yield "  no tile holds it up"


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
