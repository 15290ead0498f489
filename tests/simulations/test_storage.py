"""The block codec."""

import numpy as np
import pytest

from simulations.storage import (
    COLUMNS,
    BlockError,
    Columns,
    TeamRun,
    decode_block,
    encode_block,
    join_columns,
    run_of,
    signed_digest,
    total_digest,
)


def some_columns(n_runs: int = 1000, n_teams: int = 3) -> Columns:
    rng = np.random.default_rng(5)
    ranges = {"points": (0, 20_001), "tiles": (0, 401), "row": (0, 50), "shared_by": (0, 33)}
    columns = {
        name: rng.integers(*ranges.get(name, (-1, 5_184_001)), (n_runs, n_teams)).astype(dtype)
        for name, dtype in COLUMNS.items()
    }
    columns["last_s"][0] = -1
    return columns


def test_a_block_gives_back_every_value() -> None:
    columns = some_columns()
    decoded = decode_block(encode_block(columns))
    for name, dtype in COLUMNS.items():
        assert decoded[name].dtype == np.dtype(dtype)
        np.testing.assert_array_equal(decoded[name], columns[name])


def test_even_random_columns_take_less_than_12_bytes_a_team_run() -> None:
    assert len(encode_block(some_columns(n_runs=10_000))) < 12 * 30_000


def test_a_run_is_read_team_by_team() -> None:
    columns = some_columns(n_runs=3, n_teams=1)
    columns["points"][1], columns["tiles"][1], columns["row"][1] = 5, 3, 1
    columns["last_s"][1], columns["shared_by"][1] = -1, 2
    (team,) = run_of(decode_block(encode_block(columns)), 1)
    assert team == TeamRun(points=5, tiles=3, row=1, last_s=None, shared_by=2)
    assert team.win_share == 0.5


@pytest.mark.parametrize("cut", [0, 3, 9, -1])
def test_a_cut_block_is_refused(cut: int) -> None:
    with pytest.raises(BlockError, match="damaged"):
        decode_block(encode_block(some_columns())[:cut])


def test_a_block_of_a_newer_version_is_refused() -> None:
    block = bytearray(encode_block(some_columns()))
    block[0] = 9
    with pytest.raises(BlockError, match="version 9"):
        decode_block(bytes(block))


def test_joined_columns_are_in_the_order_of_the_parts() -> None:
    columns = some_columns(n_runs=10)
    halves = [{name: column[part] for name, column in columns.items()} for part in (slice(4), slice(4, 10))]
    np.testing.assert_array_equal(join_columns(halves)["points"], columns["points"])


@pytest.mark.parametrize("digest", [0, 1, 2**63 - 1, 2**63, 2**64 - 1])
def test_digests_survive_being_stored_as_signed_numbers(digest: int) -> None:
    assert -(2**63) <= signed_digest(digest) < 2**63
    assert total_digest([signed_digest(digest)]) == f"{digest:016x}"


def test_the_digest_of_a_simulation_is_a_sum_modulo_two_to_the_64() -> None:
    assert total_digest([signed_digest(2**64 - 1), 3]) == "0000000000000002"
