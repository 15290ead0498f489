"""Where each team gets stuck: the tiles that hold it up, and how far its rows open."""

from itertools import pairwise
from typing import NamedTuple

from simulations.results import RowResult, SimulationResults, TeamResults, TileResult

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


class TeamObstacles(NamedTuple):
    """What holds up a team; ``whole_board`` is the share of the runs in which it finishes every tile."""

    whole_board: float
    ends: list[RowEnd]
    tiles: list[Obstacle]


def obstacles_of(results: SimulationResults, team_ix: int) -> TeamObstacles:
    """Return what holds up the team at a position; the results must have runs."""
    team = results.teams[team_ix]
    finished = int(results.summary.tiles_hist[team_ix, -1])
    return TeamObstacles(finished / results.runs, row_ends(team), team_obstacles(team))


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
