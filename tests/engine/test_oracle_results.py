"""Winners, digests and summaries of the oracle, worked out by hand."""

import numpy as np
import pytest

from simulations.engine.draws import ATTEMPT_STEP, WORD_STEP, mix_int
from tests.engine.documents import a_player, a_tile, an_activity, an_event
from tests.engine.edge_cases import EDGE_CASES
from tests.engine.oracle import digest, play, run_digest, summarise
from tests.engine.oracle.results import winners

SEED = "7"


@pytest.mark.parametrize(
    ("case", "positions"),
    [
        ("a tie is shared", [0, 1]),
        ("the first to reach its total wins", [0]),
        ("nobody scores", [0, 1]),
        ("a team without players", [0]),
    ],
)
def test_the_winner_is_who_has_most_points_soonest(case: str, positions: list[int]) -> None:
    assert winners(play(EDGE_CASES[case], SEED, 0)) == positions


def test_the_digest_mixes_every_value_of_a_run() -> None:
    teams = play(EDGE_CASES["the first to reach its total wins"], SEED, 5)
    values = [1, 1, 0, 60, 0, 60, 1, 1, 0, 90, 0, 90]
    total = sum((value + 2) * mix_int((j + 1) * WORD_STEP) for j, value in enumerate(values))
    assert run_digest(5, teams) == mix_int((6 * ATTEMPT_STEP + total) % 2**64)


def test_digests_of_parts_add_up() -> None:
    document = EDGE_CASES["units from a range"]
    parts = [int(digest(document, SEED, range(*part)), 16) for part in ((0, 2), (2, 3))]
    assert digest(document, SEED, range(3)) == f"{sum(parts) % 2**64:016x}"


def test_a_summary_adds_up_runs() -> None:
    document = EDGE_CASES["the first to reach its total wins"]
    fields = summarise(document, [play(document, SEED, run) for run in range(3)], moment_width=1)
    assert fields["runs"] == 3
    assert fields["wins"].tolist() == [[3, 0], [0, 0]]
    assert fields["points_hist"].tolist() == [[0, 3], [0, 3]]
    assert fields["margin_hist"].tolist() == [[0, 3, 0], [0, 3, 0]]
    assert fields["row_sum"].tolist() == [[0], [0]]
    assert fields["tile_sum"].tolist() == [[180], [270]]
    assert fields["tile_max"].tolist() == [[60], [90]]
    assert np.flatnonzero(fields["tile_bins"][1, 0]).tolist() == [90 * 256 // 3600]
    assert fields["tile_attempts"].tolist() == [[3], [3]]


def test_a_moment_includes_what_is_finished_in_it() -> None:
    document = an_event(
        [[a_tile("tile", "boss", points=4)]],
        {"Ann": a_player()},
        activities={"boss": an_activity(75)},
    )
    fields = summarise(document, [play(document, SEED, 0)], moment_width=2)
    assert fields["moment_sum"][0].tolist() == [0] + [4] * 95
    assert fields["moment_sumsq"][0].tolist() == [0] + [16] * 95
    assert fields["moment_hist"][0, 1].tolist() == [0, 0, 1]


def test_a_second_at_the_events_end_falls_into_the_last_bin() -> None:
    document = EDGE_CASES["an attempt ends with the event"]
    fields = summarise(document, [play(document, SEED, 0)], moment_width=1)
    assert fields["tile_bins"][0, 0, 255] == 1
    assert fields["moment_sum"][0, 95] == 1
