"""The read side: what a simulation came to, finished or not, from its merged summary."""

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import F, Value

from simulations.compiled import merge_summaries
from simulations.engine import Summary
from simulations.models import BatchResult, BatchStatus, Simulation, SimulationStatus
from simulations.statistics import Distribution, Interval, Times, distribution, times, wilson
from simulations.storage import total_digest


@dataclass(frozen=True)
class RowResult:
    """How often a team opened a row, and when."""

    row: int
    share: float | None
    seconds: Times


@dataclass(frozen=True)
class TileResult:
    """How often a team finished a tile, and when."""

    tile: str
    name: str
    row: int
    share: float | None
    seconds: Times


@dataclass(frozen=True)
class TeamResults:
    name: str
    strategy: str
    win_rate: float | None
    win_rate_ci95: Interval | None
    points: Distribution
    tiles: Distribution
    row_reached: Distribution
    rows: list[RowResult]
    tiles_detail: list[TileResult]


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
            rows=[
                RowResult(row, self._share(summary.row_count[ix, row]), self._times("row", ix, row))
                for row in range(len(document.board))
            ],
            tiles_detail=[
                TileResult(
                    tile.key,
                    tile.name,
                    row,
                    self._share(summary.tile_count[ix, tile_ix]),
                    self._times("tile", ix, tile_ix),
                )
                for tile_ix, (row, tile) in enumerate(document.tiles())
            ],
        )

    def _win_rate(self, team_ix: int) -> float | None:
        if not self.runs:
            return None
        wins = enumerate(self.summary.wins[team_ix].tolist(), start=1)
        return float(sum((Fraction(count, shared_by) for shared_by, count in wins), Fraction(0)) / self.runs)

    def _share(self, count: int) -> float | None:
        return int(count) / self.runs if self.runs else None

    def _times(self, kind: str, team_ix: int, ix: int) -> Times:
        arrays = self.summary.arrays
        return times(
            arrays[f"{kind}_bins"][team_ix, ix],
            earliest=int(arrays[f"{kind}_min"][team_ix, ix]),
            latest=int(arrays[f"{kind}_max"][team_ix, ix]),
            duration_s=self.simulation.frozen_document.duration_s,
        )


def load_results(simulation: Simulation) -> SimulationResults:
    """Return what a simulation has so far: no query more for a completed one, one for others."""
    if simulation.status == SimulationStatus.COMPLETED and simulation.summary is not None:
        stored, digest = [bytes(simulation.summary)], simulation.digest
    else:
        stored, digest = _partial(simulation.pk)
    return SimulationResults(simulation, merge_summaries(stored, simulation.document), digest)


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


def results_json(results: SimulationResults) -> dict[str, Any]:
    """Return results in the shape that `simulate --json` and `results --json` print."""
    simulation = results.simulation
    return {
        "id": simulation.pk,
        "event": simulation.event_slug,
        "seed": simulation.seed,
        "runs": results.runs,
        "status": str(simulation.status),
        "elapsed_s": round(simulation.elapsed_s, 3),
        "runs_per_s": None if results.runs_per_s is None else round(results.runs_per_s),
        "digest": results.digest,
        "error": simulation.error or None,
        "teams": [_team_json(team) for team in results.teams],
    }


def _team_json(team: TeamResults) -> dict[str, Any]:
    return {
        "name": team.name,
        "strategy": team.strategy,
        "win_rate": team.win_rate,
        "win_rate_ci95": None if team.win_rate_ci95 is None else list(team.win_rate_ci95),
        "points": team.points._asdict(),
        "tiles": team.tiles._asdict(),
        "row_reached": team.row_reached._asdict(),
        "rows": [{"row": row.row, "share": row.share, **row.seconds._asdict()} for row in team.rows],
        "tiles_detail": [
            {"tile": tile.tile, "row": tile.row, "share": tile.share, **tile.seconds._asdict()}
            for tile in team.tiles_detail
        ],
    }
