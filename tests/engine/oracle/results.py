"""Who won a run, and the digest of runs."""

from events.document import EventDocument
from simulations.engine.draws import ATTEMPT_STEP, WORD_MASK, WORD_STEP, mix_int
from tests.engine.oracle.team import OracleTeam, play


def winners(teams: list[OracleTeam]) -> list[int]:
    """Return the positions of the teams that won: most points, then the earliest last finish."""
    best = max((team.points, -team.last_s) for team in teams)
    return [ix for ix, team in enumerate(teams) if (team.points, -team.last_s) == best]


def run_digest(run: int, teams: list[OracleTeam]) -> int:
    """Return the 64-bit mix of a run's index and its whole result."""
    values: list[int] = []
    for team in teams:
        values += [team.points, team.tiles, team.row, team.last_s, *team.rows, *team.tiles_s]
    total = sum((value + 2) * mix_int((j + 1) * WORD_STEP) for j, value in enumerate(values))
    return mix_int((run + 1) * ATTEMPT_STEP + total % 2**64)


def digest(document: EventDocument, seed: str, runs: range) -> str:
    """Return the digest of the given runs as 16 hex digits."""
    total = sum(run_digest(run, play(document, seed, run)) for run in runs)
    return f"{total & WORD_MASK:016x}"
