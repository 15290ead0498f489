"""How the results of a batch are stored: one compressed, versioned block of columns.

A block is a header and the columns one after the other, each team by team and each value split into
byte planes: the high bytes of neighbouring runs resemble each other, the low ones are noise, so that
run-length coding and Huffman codes (zlib's ``Z_RLE``) are faster than its search for matches and come
out smaller: about four of a team-run's ten bytes. No Django here: computing processes encode.
"""

import struct
import zlib
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulations.spans import Span

VERSION = 1
HEADER = struct.Struct("<BBHI")  # version, number of columns, teams, runs

WORD = 1 << 64

# In this order; adding or changing a column needs a new version.
COLUMNS: dict[str, str] = {"points": "<u2", "tiles": "<u2", "row": "<u1", "last_s": "<i4", "shared_by": "<u1"}

Columns = dict[str, npt.NDArray[np.integer]]


class BlockError(ValueError):
    """The block is damaged, or written by a newer version of the project."""


class TeamRun(NamedTuple):
    """What one run came to for one team.

    ``row`` is the last row opened, from 0; ``last_s`` the second of the last finish, None without one;
    ``shared_by`` 0 where the team did not win, else the number of teams that share the win.
    """

    points: int
    tiles: int
    row: int
    last_s: int | None
    shared_by: int

    @property
    def win_share(self) -> float:
        return 1 / self.shared_by if self.shared_by else 0.0


class Computed(NamedTuple):
    """What a span came to, ready to be stored: block, summary, digest (64 bits, unsigned) and timing."""

    span: Span
    block: bytes
    summary: bytes
    digest: int
    simulate_s: float


def encode_block(columns: Columns) -> bytes:
    """Return the block of columns [n_runs, n_teams]."""
    n_runs, n_teams = columns["points"].shape
    planes = b"".join(_planes(columns[name], dtype) for name, dtype in COLUMNS.items())
    packer = zlib.compressobj(level=1, strategy=zlib.Z_RLE)
    return HEADER.pack(VERSION, len(COLUMNS), n_teams, n_runs) + packer.compress(planes) + packer.flush()


def decode_block(block: bytes | memoryview) -> Columns:
    """Return the columns of a block, each [n_runs, n_teams]; raise `BlockError` where it can't be read."""
    try:
        version, n_columns, n_teams, n_runs = HEADER.unpack_from(block)
        if version != VERSION or n_columns != len(COLUMNS):
            raise BlockError(f"The block has version {version}, this release reads version {VERSION}.")
        planes = memoryview(zlib.decompress(memoryview(block)[HEADER.size :]))
        columns, start = {}, 0
        for name, dtype in COLUMNS.items():
            size = n_runs * n_teams * np.dtype(dtype).itemsize
            columns[name] = _from_planes(planes[start : start + size], dtype, n_runs, n_teams)
            start += size
    except (struct.error, zlib.error) as error:
        raise BlockError(f"The block is damaged: {error}.") from error
    if start != len(planes):
        raise BlockError("The block is damaged: its length is wrong.")
    return columns


def run_of(columns: Columns, run_ix: int) -> list[TeamRun]:
    """Return what the run at ``run_ix`` of the block came to, for each team."""
    points, tiles, row, last_s, shared_by = (columns[name][run_ix].tolist() for name in COLUMNS)
    return [
        TeamRun(*values[:3], last_s=None if values[3] < 0 else values[3], shared_by=values[4])
        for values in zip(points, tiles, row, last_s, shared_by, strict=True)
    ]


def join_columns(parts: list[Columns]) -> Columns:
    """Put the columns of adjacent ranges one after the other."""
    if len(parts) == 1:
        return parts[0]
    return {name: np.concatenate([part[name] for part in parts]) for name in COLUMNS}


def signed_digest(digest: int) -> int:
    """Return an unsigned 64-bit number as the signed one with the same bits."""
    return digest - WORD if digest >= WORD // 2 else digest


def total_digest(signed: Iterable[int]) -> str:
    """Return the digest of a simulation, as 16 hex digits, from the signed digests of its batches."""
    # Summed here: the sum of signed 64-bit numbers overflows in a database.
    return f"{sum(signed) % WORD:016x}"


def _planes(column: npt.NDArray[np.integer], dtype: str) -> bytes:
    values = np.ascontiguousarray(column.T, dtype=dtype)
    return values.view(np.uint8).reshape(-1, np.dtype(dtype).itemsize).T.tobytes()


def _from_planes(planes: memoryview, dtype: str, n_runs: int, n_teams: int) -> npt.NDArray[np.integer]:
    n_bytes = np.dtype(dtype).itemsize
    if len(planes) != n_runs * n_teams * n_bytes:
        raise BlockError("The block is damaged: it ends early.")
    together = np.ascontiguousarray(np.frombuffer(planes, np.uint8).reshape(n_bytes, -1).T)
    return together.view(dtype).reshape(n_teams, n_runs).T
