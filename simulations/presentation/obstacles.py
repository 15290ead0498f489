"""Where each team gets stuck, for terminals."""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from rich.console import JustifyMethod, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from simulations.obstacles import ClosedRow, OpenTile, TeamObstacles, obstacles_of
from simulations.presentation.drawing import colour, hours, percent, shortened
from simulations.results import SimulationResults

# So many of each kind are named, and so many tiles of a closed row.
MOST_SHOWN = 3
MOST_AWAITED = 2
TILE_WIDTH, AWAITED_WIDTH, REASON_WIDTH = 30, 25, 39


class _Column(NamedTuple):
    """A column of a fixed width; text that is longer is ``cut``, or else takes several lines."""

    title: str
    width: int
    is_text: bool = False
    cut: bool = True


class _Kind(NamedTuple):
    """A kind of obstacles: its columns, what of it is shown, and how many more there are."""

    columns: Sequence[_Column]
    rows: Sequence[tuple[str, ...]]
    more: int


def show_obstacles(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield what holds up each team, in at most 79 columns."""
    yield Text("Where each team gets stuck (h:mm)", style="bold")
    for ix, team in enumerate(results.teams):
        yield Text(team.name, style=colour(ix))
        kinds = [kind for kind in _kinds(obstacles_of(results, ix)) if kind.rows]
        for kind in kinds:
            yield _table(kind)
            if kind.more:
                yield f"    and {kind.more:,} more"
        if not kinds:
            yield "  nothing holds it up"


def _kinds(found: TeamObstacles) -> tuple[_Kind, ...]:
    return _closed_rows(found), _tried(found), _untried(found), _impossible(found)


def _closed_rows(found: TeamObstacles) -> _Kind:
    columns = (
        _Column("closed row", 10, is_text=True),
        _Column("in runs", 8),
        _Column("for", 6),
        _Column("waits for", AWAITED_WIDTH, is_text=True),
        _Column("spent", 8),
        _Column("unfinished", 10),
    )
    rows = chain.from_iterable(map(_closed, found.closed_rows[:MOST_SHOWN]))
    return _Kind(columns, list(rows), _more(found.closed_rows))


def _tried(found: TeamObstacles) -> _Kind:
    columns = (
        _Column("tried, not finished", TILE_WIDTH, is_text=True),
        _Column("row", 4),
        _Column("opens", 7),
        _Column("spent", 8),
        _Column("of all", 8),
        _Column("unfinished", 10),
    )
    rows = [
        (*_opening(one.open), hours(one.open.player_s), percent(one.time_share), percent(one.open.share))
        for one in found.tried[:MOST_SHOWN]
    ]
    return _Kind(columns, rows, _more(found.tried))


def _untried(found: TeamObstacles) -> _Kind:
    columns = (
        _Column("not tried, others come first", TILE_WIDTH, is_text=True),
        _Column("row", 4),
        _Column("opens", 7),
        _Column("points", 8),
        _Column("", 8),
        _Column("unfinished", 10),
    )
    rows = [
        (*_opening(one), f"{one.tile.points:,}", "", percent(one.share)) for one in found.untried[:MOST_SHOWN]
    ]
    return _Kind(columns, rows, _more(found.untried))


def _impossible(found: TeamObstacles) -> _Kind:
    columns = (
        _Column("nobody can do", TILE_WIDTH, is_text=True),
        _Column("row", 4),
        _Column("why", REASON_WIDTH, is_text=True, cut=False),
    )
    rows = [(*_tile(one.open), one.reason) for one in found.impossible[:MOST_SHOWN]]
    return _Kind(columns, rows, _more(found.impossible))


def _closed(closed: ClosedRow) -> Iterator[tuple[str, ...]]:
    """Yield a line for each tile that a row waits for, the first with the row itself."""
    first = (f"row {closed.row + 1}", percent(closed.share), hours(closed.closed_s))
    for one in closed.tiles[:MOST_AWAITED]:
        yield (*first, one.tile.name, hours(one.player_s), percent(one.share))
        first = ("", "", "")


def _opening(one: OpenTile) -> tuple[str, str, str]:
    return *_tile(one), hours(one.row.seconds.p50)


def _tile(one: OpenTile) -> tuple[str, str]:
    return one.tile.name, str(one.tile.row + 1)


def _more(found: Sequence[object]) -> int:
    return max(0, len(found) - MOST_SHOWN)


def _table(kind: _Kind) -> RenderableType:
    # Of fixed widths, so that the tables of the teams are aligned.
    table = Table(box=None, pad_edge=False)
    for column in kind.columns:
        justify: JustifyMethod = "left" if column.is_text else "right"
        table.add_column(column.title, justify=justify, no_wrap=column.cut, width=column.width)
    for cells in kind.rows:
        table.add_row(
            *(
                Text(shortened(cell, column.width) if column.cut else cell)
                for cell, column in zip(cells, kind.columns, strict=True)
            )
        )
    return Padding(table, (0, 0, 0, 2), expand=False)
