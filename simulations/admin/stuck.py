"""Where each team gets stuck, as a simulation's page tells it."""

from collections.abc import Sequence
from typing import NamedTuple

from simulations.admin.words import long
from simulations.obstacles import ClosedRow, OpenTile, TeamObstacles, obstacles_of
from simulations.presentation.drawing import percent
from simulations.results import SimulationResults

# So many of each kind are named, and so many tiles of a closed row.
MOST_SHOWN = 5
MOST_AWAITED = 3


class StuckTable(NamedTuple):
    """A kind of obstacles: the columns after its first one, its rows, and how many more there are.

    ``text`` says whether the last column holds words rather than a figure.
    """

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]
    more: int
    text: bool = False


class Stuck(NamedTuple):
    """What holds up a team: a table for each kind of obstacles that it has."""

    team: str
    colour: int
    tables: list[StuckTable]


def stuck_teams(results: SimulationResults, n_colours: int) -> list[Stuck]:
    """Return what holds up each team."""
    return [
        Stuck(team.name, ix % n_colours, [t for t in _tables(obstacles_of(results, ix)) if t.rows])
        for ix, team in enumerate(results.teams)
    ]


def _tables(found: TeamObstacles) -> tuple[StuckTable, ...]:
    return _closed_rows(found), _tried(found), _untried(found), _impossible(found)


def _closed_rows(found: TeamObstacles) -> StuckTable:
    rows = [_closed(closed) for closed in found.closed_rows[:MOST_SHOWN]]
    return StuckTable(
        "Closed row", ("In runs", "For", "Waits for"), rows, _more(found.closed_rows), text=True
    )


def _tried(found: TeamObstacles) -> StuckTable:
    rows = [
        (
            one.open.tile.name,
            (
                *_opens(one.open),
                _hours(one.open.player_s),
                percent(one.time_share),
                percent(one.open.share),
            ),
        )
        for one in found.tried[:MOST_SHOWN]
    ]
    columns = ("Row", "Opens after", "Spent on it", "Of all time", "Unfinished")
    return StuckTable("Tried and not finished", columns, rows, _more(found.tried))


def _untried(found: TeamObstacles) -> StuckTable:
    rows = [
        (one.tile.name, (*_opens(one), f"{one.tile.points:,}", percent(one.share)))
        for one in found.untried[:MOST_SHOWN]
    ]
    columns = ("Row", "Opens after", "Points", "Unfinished")
    return StuckTable("Not tried, others come first", columns, rows, _more(found.untried))


def _impossible(found: TeamObstacles) -> StuckTable:
    rows = [
        (one.open.tile.name, (str(one.open.tile.row + 1), percent(one.open.share), one.reason))
        for one in found.impossible[:MOST_SHOWN]
    ]
    columns = ("Row", "Unfinished", "Why")
    return StuckTable("Nobody can do", columns, rows, _more(found.impossible), text=True)


def _closed(closed: ClosedRow) -> tuple[str, Sequence[str]]:
    awaited = [
        f"{one.tile.name} ({_hours(one.player_s)} spent, unfinished in {percent(one.share)})"
        for one in closed.tiles[:MOST_AWAITED]
    ]
    return f"Row {closed.row + 1}", (percent(closed.share), long(closed.closed_s), "; ".join(awaited))


def _hours(player_s: float) -> str:
    """Write what players spend together: in hours, since days would be taken for those of the event."""
    return f"{player_s / 3600:,.1f} h"


def _opens(one: OpenTile) -> tuple[str, str]:
    return str(one.tile.row + 1), long(one.row.seconds.p50)


def _more(found: Sequence[object]) -> int:
    return max(0, len(found) - MOST_SHOWN)
