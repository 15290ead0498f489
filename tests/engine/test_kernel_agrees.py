"""The engine equals the oracle to the last bit: results, digests and every field of the summary."""

import numpy as np
import pytest
from hypothesis import given, settings

from events.document import EventDocument
from simulations.engine import BatchOutput, Engine, compile_event
from tests.engine.comparison import SEED, bundled, differing_fields, fields_of
from tests.engine.documents import (
    a_line,
    a_player,
    a_tile,
    an_activity,
    an_event,
    an_outcome,
    event_documents,
)
from tests.engine.edge_cases import EDGE_CASES
from tests.engine.grinds import grinds, grinds_in_step, parties_in_step, usual_kills
from tests.engine.oracle import OracleTeam, play, run_digest, summarise
from tests.engine.oracle.results import winners

FIELDS_OF_A_RUN = ("points", "tiles", "row", "last_s", "shared_by")


def column(runs: list[list[OracleTeam]], name: str) -> list[list[int]]:
    """Return a column of the results, by run and team, as the oracle has it."""
    if name != "shared_by":
        return [[getattr(team, name) for team in teams] for teams in runs]
    shares = []
    for teams in runs:
        best = winners(teams)
        shares.append([len(best) if team in best else 0 for team in range(len(teams))])
    return shares


def check(document: EventDocument, seed: str, runs: range) -> None:
    """Compare what the engine and the oracle say of these runs."""
    compiled = compile_event(document)
    found = Engine(compiled, seed).simulate(runs.start, len(runs))
    played = [play(document, seed, run) for run in runs]
    check_columns(found, played)
    expected = summarise(document, played, compiled.moment_width)
    assert differing_fields(fields_of(found.summary), expected) == []
    digest = sum(run_digest(run, teams) for run, teams in zip(runs, played, strict=True))
    assert found.digest == digest % 2**64


def check_columns(found: BatchOutput, played: list[list[OracleTeam]]) -> None:
    assert set(found.columns) == set(FIELDS_OF_A_RUN)
    for name in FIELDS_OF_A_RUN:
        assert found.columns[name].tolist() == column(played, name), name


@pytest.mark.parametrize(("seed", "runs"), [(SEED, range(6)), ("x" * 64, range(10**9 - 3, 10**9))])
@pytest.mark.parametrize("case", EDGE_CASES)
def test_edge_cases(case: str, seed: str, runs: range) -> None:
    check(EDGE_CASES[case], seed, runs)


@settings(max_examples=150)
@given(event_documents())
def test_made_up_events(document: EventDocument) -> None:
    check(document, SEED, range(3))


@settings(max_examples=100)
@given(grinds())
def test_made_up_grinds(document: EventDocument) -> None:
    check(document, SEED, range(3))


@pytest.mark.parametrize("group_wait_minutes", [0, 2, 60])
@pytest.mark.parametrize("seconds", [(60, 60), (30, 60), (45, 30)])
def test_grinds_in_step(group_wait_minutes: int, seconds: tuple[int, int]) -> None:
    check(grinds_in_step(group_wait_minutes, seconds), SEED, range(20))


@pytest.mark.parametrize("group_wait_minutes", [0, 3])
@pytest.mark.parametrize("solo", [True, False])
def test_parties_in_step(group_wait_minutes: int, solo: bool) -> None:
    check(parties_in_step(group_wait_minutes, solo), SEED, range(20))


def test_usual_kills() -> None:
    check(usual_kills(), SEED, range(12))


@pytest.mark.parametrize("n_players", [12, 20, 68, 75])
def test_teams_of_every_size(n_players: int) -> None:
    """Who is due is found in vectors in teams from 9 to 64 players."""
    check(grinds_in_step(5, (45, 30), n_players), SEED, range(3))


@pytest.mark.parametrize("case", ["units from a range", "every strategy"])
def test_seconds_of_a_single_run(case: str) -> None:
    document = EDGE_CASES[case]
    engine = Engine(compile_event(document), SEED)
    for run in range(5):
        summary = engine.simulate(run, 1).summary
        teams = play(document, SEED, run)
        assert np.where(summary.row_count, summary.row_sum, -1).tolist() == [team.rows for team in teams]
        assert np.where(summary.tile_count, summary.tile_sum, -1).tolist() == [team.tiles_s for team in teams]


@pytest.mark.parametrize("model", ["uniform", "triangular", "normal"])
@pytest.mark.parametrize("skill", [0.000001, 0.000012, 0.999999, 1, 1.234567, 4.194303, 4.194304, 30, 100])
def test_the_longest_attempts(model: str, skill: float) -> None:
    attempt = {"seconds": 86_400, "spread": 86_400, "model": model}
    loot = a_line(an_outcome("1/100", kill=1))
    document = an_event(
        [[a_tile("tile", "boss", needs=10**9)]],
        {"Ann": a_player(skill=skill)},
        activities={"boss": an_activity(86_400, loot, attempt=attempt)},
        # As many attempts as the oracle plays in a moment.
        duration_hours=min(1440, max(1, int(86_400 * skill * 200 / 3600))),
    )
    check(document, SEED, range(1))


def test_the_spring_event() -> None:
    check(bundled("spring-league-bingo"), SEED, range(20))


def test_the_summer_event() -> None:
    # One run: it takes the oracle a quarter of a minute.
    check(bundled("summer-clan-bingo"), SEED, range(1))
