"""Results in the shape that `simulate --json` and `results --json` print."""

from typing import Any

from simulations.obstacles import OpenTile, TeamObstacles, obstacles_of
from simulations.results import RowResult, SimulationResults, Spent, TeamResults, TileResult


def results_json(results: SimulationResults) -> dict[str, Any]:
    """Return all that a simulation came to; seconds are those of the event, or players' on average a run."""
    simulation = results.simulation
    return {
        "id": simulation.pk,
        "name": simulation.name,
        "event": simulation.event_slug,
        "overrides": simulation.overrides,
        "seed": simulation.seed,
        "runs": results.runs,
        "status": str(simulation.status),
        "preparing_s": round(simulation.preparing_s, 3),
        "elapsed_s": round(simulation.elapsed_s, 3),
        "runs_per_s": None if results.runs_per_s is None else round(results.runs_per_s, 3),
        "digest": results.digest,
        "error": simulation.error or None,
        "teams": [_team(team, obstacles_of(results, ix)) for ix, team in enumerate(results.teams)],
    }


def _team(team: TeamResults, obstacles: TeamObstacles) -> dict[str, Any]:
    return {
        "name": team.name,
        "strategy": team.strategy,
        "win_rate": team.win_rate,
        "win_rate_ci95": None if team.win_rate_ci95 is None else list(team.win_rate_ci95),
        "points": team.points._asdict(),
        "tiles": team.tiles._asdict(),
        "row_reached": team.row_reached._asdict(),
        "board": {"share": team.board.share, **team.board.seconds._asdict()},
        "rows": [_row(row) for row in team.rows],
        "tiles_detail": [_tile(tile) for tile in team.tiles_detail],
        "activities": [
            {"activity": activity.activity, **_spent(activity.spent)} for activity in team.activities
        ],
        "obstacles": _obstacles(obstacles),
    }


def _row(row: RowResult) -> dict[str, Any]:
    times = row.seconds._asdict()
    return {"row": row.row, "share": row.share, **times, "next_closed_s": _rounded(row.next_closed_s)}


def _tile(tile: TileResult) -> dict[str, Any]:
    times = tile.seconds._asdict()
    return {"tile": tile.tile, "row": tile.row, "share": tile.share, **times, **_spent(tile.spent)}


def _obstacles(found: TeamObstacles) -> dict[str, Any]:
    return {
        "closed_rows": [
            {
                "row": closed.row,
                "share": closed.share,
                "closed_s": _rounded(closed.closed_s),
                "tiles": [one.tile.tile for one in closed.tiles],
            }
            for closed in found.closed_rows
        ],
        "tried": [
            {**_open(tried.open), "player_s": _rounded(tried.open.player_s), "time_share": tried.time_share}
            for tried in found.tried
        ],
        "untried": [_open(one) for one in found.untried],
        "impossible": [{**_open(one.open), "reason": one.reason} for one in found.impossible],
    }


def _open(one: OpenTile) -> dict[str, Any]:
    return {"tile": one.tile.tile, "row": one.tile.row, "share": one.share, "finished": one.tile.share}


def _spent(spent: Spent) -> dict[str, float | None]:
    return {"attempts": _rounded(spent.attempts), "player_s": _rounded(spent.player_s)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
