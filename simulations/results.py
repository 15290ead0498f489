"""The read side: what a simulation came to, finished or not, from its merged summary."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from django.db.models import F, Value

from simulations.compiled import merge_summaries
from simulations.engine import Summary
from simulations.models import BatchResult, BatchStatus, Simulation, SimulationStatus
from simulations.statistics import Distribution, Interval, Times, distribution, times, wilson
from simulations.storage import total_digest
from simulations.upgrading import recover_board_times


@dataclass(frozen=True)
class RowResult:
    """How often a team opened a row, and when.

    ``next_closed_s`` is how long it then was the last one, on average: until the next row opened, or to
    the end of the event. None for the last row, and for one that never opened.
    """

    row: int
    share: float | None
    seconds: Times
    next_closed_s: float | None = None


@dataclass(frozen=True)
class Spent:
    """What went into something in a run, on average.

    A party's attempt is one; ``player_s`` are the seconds of all its members, without penalties.
    """

    attempts: float | None = None
    player_s: float | None = None


@dataclass(frozen=True)
class TileResult:
    """How often a team finished a tile, and when; and what it spent on it, as far as it aimed at it."""

    tile: str
    name: str
    row: int
    points: int
    share: float | None
    seconds: Times
    spent: Spent


@dataclass(frozen=True)
class BoardResult:
    """How often a team finished every tile, and when it had the last one."""

    share: float | None
    seconds: Times


@dataclass(frozen=True)
class ActivityResult:
    """What a team spent on an activity."""

    activity: str
    name: str
    spent: Spent


@dataclass(frozen=True)
class TeamResults:
    name: str
    strategy: str
    win_rate: float | None
    win_rate_ci95: Interval | None
    points: Distribution
    tiles: Distribution
    row_reached: Distribution
    board: BoardResult
    rows: list[RowResult]
    tiles_detail: list[TileResult]
    activities: list[ActivityResult]

    @property
    def player_s(self) -> float:
        """How many seconds its players spent on attempts in a run, on average."""
        return sum(activity.spent.player_s or 0.0 for activity in self.activities)


@dataclass(frozen=True)
class SimulationResults:
    """What the finished batches of a simulation came to: all of them once it is completed."""

    simulation: Simulation
    summary: Summary
    digest: str

    @property
    def runs(self) -> int:
        """How many runs these results cover."""
        return self.summary.runs

    @property
    def runs_per_s(self) -> float | None:
        return self.runs / self.simulation.elapsed_s if self.simulation.elapsed_s else None

    @cached_property
    def teams(self) -> list[TeamResults]:
        return [self._team(ix) for ix in range(len(self.simulation.frozen_document.teams))]

    def _team(self, ix: int) -> TeamResults:
        summary, document = self.summary, self.simulation.frozen_document
        name, team = list(document.teams.items())[ix]
        win_rate = self._win_rate(ix)
        return TeamResults(
            name=name,
            strategy=str(team.strategy.name),
            win_rate=win_rate,
            win_rate_ci95=None if win_rate is None else wilson(win_rate, self.runs),
            points=distribution(summary.points_hist[ix]),
            tiles=distribution(summary.tiles_hist[ix]),
            row_reached=distribution(summary.row_hist[ix]),
            board=BoardResult(self._share(summary.tiles_hist[ix, -1]), self._times("board", ix)),
            rows=[
                RowResult(
                    row,
                    self._share(summary.row_count[ix, row]),
                    self._times("row", ix, row),
                    self._next_closed_s(ix, row),
                )
                for row in range(len(document.board))
            ],
            tiles_detail=[
                TileResult(
                    tile.key,
                    tile.name,
                    row,
                    tile.points,
                    self._share(summary.tile_count[ix, tile_ix]),
                    self._times("tile", ix, tile_ix),
                    self._spent("tile", ix, tile_ix),
                )
                for tile_ix, (row, tile) in enumerate(document.tiles())
            ],
            activities=[
                ActivityResult(key, activity.name, self._spent("activity", ix, activity_ix))
                for activity_ix, (key, activity) in enumerate(document.activities.items())
            ],
        )

    def _win_rate(self, team_ix: int) -> float | None:
        if not self.runs:
            return None
        wins = enumerate(self.summary.wins[team_ix].tolist(), start=1)
        return float(sum((Fraction(count, shared_by) for shared_by, count in wins), Fraction(0)) / self.runs)

    def _share(self, count: int) -> float | None:
        return int(count) / self.runs if self.runs else None

    def _next_closed_s(self, team_ix: int, row: int) -> float | None:
        # A row opens only where the one before it did.
        opened, sums = self.summary.row_count[team_ix].tolist(), self.summary.row_sum[team_ix].tolist()
        if row + 1 == len(opened) or not opened[row]:
            return None
        to_the_end = (opened[row] - opened[row + 1]) * self.simulation.frozen_document.duration_s
        return float(Fraction(sums[row + 1] + to_the_end - sums[row], opened[row]))

    def _spent(self, kind: str, team_ix: int, ix: int) -> Spent:
        if not self.runs:
            return Spent()
        arrays = self.summary.arrays
        attempts, player_s = (int(arrays[f"{kind}_{name}"][team_ix, ix]) for name in ("attempts", "seconds"))
        return Spent(attempts / self.runs, player_s / self.runs)

    def _times(self, kind: str, *at: int) -> Times:
        arrays = self.summary.arrays
        return times(
            arrays[f"{kind}_bins"][at],
            earliest=int(arrays[f"{kind}_min"][at]),
            latest=int(arrays[f"{kind}_max"][at]),
            duration_s=self.simulation.frozen_document.duration_s,
        )


def load_results(simulation: Simulation) -> SimulationResults:
    """Return what a simulation has so far: no query more for a completed one, one for others.

    What an older version stored takes its runs as well; the summary of a completed simulation is
    stored anew then.
    """
    completed = simulation.status == SimulationStatus.COMPLETED and simulation.summary is not None
    if completed:
        stored, digest = [bytes(simulation.summary or b"")], simulation.digest
    else:
        stored, digest = _partial(simulation.pk)
    summary = merge_summaries(stored, simulation.document)
    if recover_board_times(summary, simulation) and completed:
        Simulation.objects.replace_summary(simulation.pk, digest, summary.to_bytes())
    return SimulationResults(simulation, summary, digest)


def _partial(simulation_id: str) -> tuple[list[bytes], str]:
    """Return the summaries and the digest of the finished batches.

    One statement, hence one snapshot: between two, a fold or the completion could move a summary.
    """
    merged = Simulation.objects.filter(pk=simulation_id).order_by()
    batches = BatchResult.objects.filter(
        batch__simulation_id=simulation_id, batch__status=BatchStatus.DONE
    ).order_by()
    rows = merged.values_list("summary", Value(0)).union(
        batches.values_list("summary", F("digest")), all=True
    )
    found = list(rows)
    summaries = [bytes(summary) for summary, _ in found if summary is not None]
    return summaries, total_digest(digest for _, digest in found)
