"""All tiles, all rows, and where the hours go: what the report of a simulation leaves out, for terminals."""

from collections.abc import Iterable, Iterator, Sequence

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from simulations.presentation.drawing import colour, figure, hours, percent, shortened
from simulations.results import SimulationResults, Spent, TeamResults

NAME_WIDTH = 34


def show_tiles(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield how often and when each team finishes each tile, and what it spends on it."""
    columns = ("row", "finished", "5 %", "median", "95 %", "spent")
    for heading, team in _teams(results, "When tiles are finished (h:mm)"):
        yield from heading
        yield _table(
            ("tile", *columns),
            (
                (
                    tile.name,
                    str(tile.row + 1),
                    percent(tile.share),
                    *map(hours, tile.seconds),
                    hours(tile.spent.player_s),
                )
                for tile in team.tiles_detail
            ),
        )


def show_rows(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield how often and when each team opens each row, and how long it then is the last one."""
    for heading, team in _teams(results, "When rows open (h:mm)"):
        yield from heading
        yield _table(
            ("row", "opened", "5 %", "median", "95 %", "next one closed for"),
            (
                (
                    f"row {row.row + 1}",
                    percent(row.share),
                    *map(hours, row.seconds),
                    hours(row.next_closed_s),
                )
                for row in team.rows
            ),
        )


def show_hours(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield what each team's time goes to in a run, by activity and by tile, the most first."""
    columns = ("attempts", "spent", "of all")
    for heading, team in _teams(results, "Where the hours go, in a run on average (h:mm)"):
        yield from heading
        activities = [(activity.name, activity.spent) for activity in team.activities]
        yield _table(("activity", *columns), _spent(activities, team))
        tiles = [(tile.name, tile.spent) for tile in team.tiles_detail]
        yield _table(("for the tile", *columns), _spent(tiles, team))


def _teams(results: SimulationResults, title: str) -> Iterator[tuple[list[Text], TeamResults]]:
    for ix, team in enumerate(results.teams if results.runs else ()):
        above = [Text(), Text(title, style="bold")] if ix == 0 else []
        yield [*above, Text(team.name, style=colour(ix))], team


def _spent(things: Iterable[tuple[str, Spent]], team: TeamResults) -> Iterator[tuple[str, ...]]:
    """Yield what was spent on things, but for those that nobody ever worked on."""
    for name, spent in sorted(things, key=lambda thing: -(thing[1].player_s or 0.0)):
        if spent.attempts and spent.player_s:
            # What happens in few runs alone is not nothing.
            attempts = "<0.1" if spent.attempts < 0.05 else figure(spent.attempts, 1)
            yield name, attempts, hours(spent.player_s), percent(spent.player_s / team.player_s)


def _table(columns: Sequence[str], rows: Iterable[tuple[str, ...]]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for ix, column in enumerate(columns):
        table.add_column(column, justify="right" if ix else "left", no_wrap=True)
    for name, *cells in rows:
        table.add_row(Text(shortened(name, NAME_WIDTH)), *cells)
    return table
