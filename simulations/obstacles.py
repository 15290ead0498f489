"""Where each team gets stuck: rows that stay closed, and tiles that stay open, each with the reason."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from events.checks import CheckedEvent, why_not
from events.document import Tile
from simulations.compiled import read_frozen
from simulations.results import RowResult, SimulationResults, TeamResults, TileResult

# What happens in fewer runs says nothing.
WORTH_SAYING = 0.005


class OpenTile(NamedTuple):
    """A tile and the share of the runs that end with its row open and the tile not finished."""

    tile: TileResult
    row: RowResult
    share: float

    @property
    def player_s(self) -> float:
        return self.tile.spent.player_s or 0.0

    @property
    def in_vain_s(self) -> float:
        """About how many of its seconds, in a run, bring no finish: those of runs that don't finish it."""
        return self.player_s * self.share / (self.row.share or 1.0)

    @property
    def is_tried(self) -> bool:
        """Whether it is aimed at in more runs than say nothing; each of them has an attempt at least."""
        return (self.tile.spent.attempts or 0.0) >= WORTH_SAYING * (self.row.share or 0.0)


class ClosedRow(NamedTuple):
    """A row, from 0, and the share of the runs in which the row before opens and this one doesn't.

    ``closed_s`` is how long it is closed after the row before opened, on average: until it opens, or to
    the end. ``tiles`` are those of the row before that are open at the end, in most of those runs, as
    far as can be told: the ones with the most hours first.
    """

    row: int
    share: float
    closed_s: float
    tiles: list[OpenTile]


class TriedTile(NamedTuple):
    """A tile that is tried and not finished; ``time_share`` is its part of all that its team spends."""

    open: OpenTile
    time_share: float


class ImpossibleTile(NamedTuple):
    """A tile that nobody of a team can work on, and why not."""

    open: OpenTile
    reason: str


class TeamObstacles(NamedTuple):
    """What holds up a team, the worst of each kind first; every open tile is of one of the last three kinds.

    ``closed_rows`` stay closed in some runs. ``tried`` are worked on and not finished. ``untried`` could be
    worked on, but the strategy always puts others first. ``impossible`` are what nobody can work on.
    """

    closed_rows: list[ClosedRow]
    tried: list[TriedTile]
    untried: list[OpenTile]
    impossible: list[ImpossibleTile]


def obstacles_of(results: SimulationResults, team_ix: int) -> TeamObstacles:
    """Return what holds up the team at a position; without runs nothing does."""
    team, event = results.teams[team_ix], _checked(results.simulation.document)
    return team_obstacles(team, event)


def team_obstacles(team: TeamResults, event: CheckedEvent) -> TeamObstacles:
    """Return what holds up a team of an event."""
    tiles = {tile.key: tile for _, tile in event.document.tiles()}
    tried, untried, impossible = [], [], []
    found = open_tiles(team)
    for one in found:
        if one.is_tried:
            tried.append(one)
        elif reason := why_nobody(event, team.name, tiles[one.tile.tile]):
            impossible.append(ImpossibleTile(one, reason))
        else:
            untried.append(one)
    total_s = team.player_s
    return TeamObstacles(
        closed_rows(team, found),
        [TriedTile(one, one.player_s / total_s) for one in sorted(tried, key=lambda one: -one.in_vain_s)],
        sorted(untried, key=lambda one: -one.share * one.tile.points),
        sorted(impossible, key=lambda one: -one.open.share * one.open.tile.points),
    )


def open_tiles(team: TeamResults) -> list[OpenTile]:
    """Return the tiles that some runs leave unfinished although their row opened, in board order."""
    found = []
    for tile in team.tiles_detail:
        row = team.rows[tile.row]
        found.append(OpenTile(tile, row, (row.share or 0.0) - (tile.share or 0.0)))
    return [one for one in found if one.share >= WORTH_SAYING]


def closed_rows(team: TeamResults, found: Sequence[OpenTile]) -> list[ClosedRow]:
    """Return the rows that stay closed in some runs although the one before opened, the worst first."""
    closed = []
    for before, row in pairwise(team.rows):
        share = (before.share or 0.0) - (row.share or 0.0)
        if share >= WORTH_SAYING and before.next_closed_s is not None:
            # A tile that fewer runs leave unfinished can't be open in most of those that end here.
            tiles = [one for one in found if one.tile.row == before.row and one.share >= share / 2]
            tiles.sort(key=lambda one: (-one.player_s, -one.share))
            closed.append(ClosedRow(row.row, share, before.next_closed_s, tiles))
    return sorted(closed, key=lambda one: -one.share)


def why_nobody(event: CheckedEvent, team: str, tile: Tile) -> str:
    """Say why nobody of a team can work on a tile; nothing where somebody can."""
    if team not in event.teams:
        return "the team has no players"
    if not tile.rules:
        return "it has no rules"
    if any(event.can_follow(team, rule) for rule in tile.rules):
        return ""
    return "; ".join(dict.fromkeys(why_not(event, team, rule, by_name=True) for rule in tile.rules))


@lru_cache(maxsize=8)
def _checked(document: str) -> CheckedEvent:
    """Return a frozen document as the checks see it; of one text it is made once."""
    return CheckedEvent(read_frozen(document))
