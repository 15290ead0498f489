"""What runs add up to, field by field as the engine's summary names it."""

import numpy as np

from events.document import EventDocument
from tests.engine.oracle.results import winners
from tests.engine.oracle.team import OracleTeam

N_BINS = 256
N_MOMENTS = 96
NO_MINIMUM = np.iinfo(np.int64).max
NO_MAXIMUM = -1

Fields = dict[str, np.ndarray]


def summarise(document: EventDocument, runs: list[list[OracleTeam]], moment_width: int) -> Fields:
    """Add runs up; ``moment_width`` is how many points share a bin of ``moment_hist``."""
    fields = empty_fields(document, moment_width)
    fields["runs"] += len(runs)
    for teams in runs:
        best = winners(teams)
        for t, team in enumerate(teams):
            if t in best:
                fields["wins"][t, len(best) - 1] += 1
            others = [other.points for ix, other in enumerate(teams) if ix != t]
            if others:
                fields["margin_hist"][t, team.points - max(others) + board_points(document)] += 1
            fields["points_hist"][t, team.points] += 1
            fields["tiles_hist"][t, team.tiles] += 1
            fields["row_hist"][t, team.row] += 1
            for row, second in enumerate(team.rows):
                add_second(fields, "row", (t, row), second, document.duration_s)
            for tile, second in enumerate(team.tiles_s):
                add_second(fields, "tile", (t, tile), second, document.duration_s)
            if min(team.tiles_s) >= 0:
                add_second(fields, "board", (t,), max(team.tiles_s), document.duration_s)
            add_moments(fields, t, team, document.duration_s, moment_width)
            add_efforts(fields, t, team, document)
    return fields


def board_points(document: EventDocument) -> int:
    return sum(tile.points for _, tile in document.tiles())


def drop_pairs(document: EventDocument) -> list[tuple[str, str]]:
    """Return every drop of the event with its activity, in document order."""
    return [(key, drop) for key, activity in document.activities.items() for drop in activity.drop_keys()]


def empty_fields(document: EventDocument, moment_width: int) -> Fields:
    n_teams, n_rows, n_tiles = len(document.teams), len(document.board), len(document.tiles())
    points = board_points(document)
    n_drops, n_activities = len(drop_pairs(document)), len(document.activities)
    widths: dict[str, tuple[int, ...]] = {
        "wins": (n_teams,),
        "points_hist": (points + 1,),
        "tiles_hist": (n_tiles + 1,),
        "row_hist": (n_rows,),
        "margin_hist": (2 * points + 1,),
        "tile_opened_row": (n_tiles,),
        "moment_sum": (N_MOMENTS,),
        "moment_sumsq": (N_MOMENTS,),
        "moment_hist": (N_MOMENTS, points // moment_width + 1),
        "activity_attempts": (n_activities,),
        "activity_seconds": (n_activities,),
        "tile_attempts": (n_tiles,),
        "tile_seconds": (n_tiles,),
        "drop_granted": (n_drops,),
        "drop_wasted": (n_drops,),
        "drop_lost": (n_drops,),
    }
    places: dict[str, tuple[int, ...]] = {"row": (n_rows,), "tile": (n_tiles,), "board": ()}
    for thing, shape in places.items():
        widths |= {f"{thing}_{name}": shape for name in ("count", "sum", "min", "max")}
        widths[f"{thing}_bins"] = (*shape, N_BINS)
    fields = {name: np.zeros((n_teams, *shape), dtype=np.int64) for name, shape in widths.items()}
    for thing in places:
        fields[f"{thing}_min"][:] = NO_MINIMUM
        fields[f"{thing}_max"][:] = NO_MAXIMUM
    fields["runs"] = np.zeros((), dtype=np.int64)
    return fields


def add_second(fields: Fields, thing: str, at: tuple[int, ...], second: int, duration_s: int) -> None:
    """Count when a row opened, or a tile or the whole board was finished; ``at`` is its place."""
    if second < 0:
        return
    fields[f"{thing}_count"][at] += 1
    fields[f"{thing}_bins"][(*at, min(N_BINS - 1, second * N_BINS // duration_s))] += 1
    fields[f"{thing}_sum"][at] += second
    fields[f"{thing}_min"][at] = min(second, fields[f"{thing}_min"][at])
    fields[f"{thing}_max"][at] = max(second, fields[f"{thing}_max"][at])


def add_moments(fields: Fields, t: int, team: OracleTeam, duration_s: int, moment_width: int) -> None:
    for moment in range(N_MOMENTS):
        points = team.points_at((moment + 1) * duration_s // N_MOMENTS)
        fields["moment_sum"][t, moment] += points
        fields["moment_sumsq"][t, moment] += points * points
        fields["moment_hist"][t, moment, points // moment_width] += 1


def add_efforts(fields: Fields, t: int, team: OracleTeam, document: EventDocument) -> None:
    fields["tile_opened_row"][t] += team.opened_row
    fields["tile_attempts"][t] += team.tile_attempts
    fields["tile_seconds"][t] += team.tile_seconds
    for ix, key in enumerate(document.activities):
        fields["activity_attempts"][t, ix] += team.activity_attempts[key]
        fields["activity_seconds"][t, ix] += team.activity_seconds[key]
    for ix, pair in enumerate(drop_pairs(document)):
        fields["drop_granted"][t, ix] += team.granted[pair]
        fields["drop_wasted"][t, ix] += team.wasted[pair]
        fields["drop_lost"][t, ix] += team.lost[pair]
