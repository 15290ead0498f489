"""All runs of a simulation as a table: a row for each team of each run, in Parquet or CSV."""

from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute
import pyarrow.csv
import pyarrow.parquet

from events.document import EventDocument
from events.transfer.cells import FORMULA_PATTERN
from simulations.comparison import win_shares
from simulations.models import Simulation
from simulations.run_times import RunsPiece
from simulations.runs import stored_blocks
from simulations.storage import Columns

SUFFIXES = (".parquet", ".csv")

# `row` is the last row opened, from 0; `last_s` the second of the last finish, null without one; `board_s`
# that in which the whole board was finished, null where it was not.
FIELDS = [
    pa.field("run", pa.int64(), nullable=False),
    pa.field("team", pa.dictionary(pa.int16(), pa.string()), nullable=False),
    pa.field("points", pa.uint16(), nullable=False),
    pa.field("tiles", pa.uint16(), nullable=False),
    pa.field("row", pa.uint8(), nullable=False),
    pa.field("last_s", pa.int32()),
    pa.field("board_s", pa.int32()),
    pa.field("win_share", pa.float64(), nullable=False),
]


def export_runs(
    simulation: Simulation, path: Path, suffix: str, replayed: Generator[RunsPiece, None, None] | None = None
) -> int:
    """Write the runs to a file, piece by piece; return how many runs it holds.

    With ``replayed``, which `replay_pieces` makes, there are also the seconds in which rows opened and
    tiles were finished, null where they weren't. Raises what that raises.
    """
    document, written = simulation.frozen_document, 0
    schema = pa.schema(FIELDS + (_time_fields(document) if replayed else []))
    if suffix == ".csv":
        # CSV has no dictionaries: there the names are written out.
        schema = schema.set(1, pa.field("team", pa.string(), nullable=False))
    with (
        _writer(simulation, path, suffix, schema) as writer,
        closing(replayed or _stored_pieces(simulation)) as pieces,
    ):
        for piece in pieces:
            writer.write_table(_table(piece, document, schema))
            written += len(piece.columns["points"])
    return written


class _CsvWriter(pyarrow.csv.CSVWriter):  # type: ignore[misc]
    """Writes teams so that no spreadsheet takes their names for formulas."""

    def write_table(self, table: pa.Table, max_chunksize: int | None = None) -> None:
        """Write the rows of a table."""
        ix = table.schema.get_field_index("team")
        teams = pyarrow.compute.replace_substring_regex(
            table.column(ix), pattern=FORMULA_PATTERN, replacement=r"'\1"
        )
        super().write_table(table.set_column(ix, table.schema.field(ix), teams), max_chunksize)


def _writer(simulation: Simulation, path: Path, suffix: str, schema: pa.Schema) -> Any:
    if suffix == ".csv":
        return _CsvWriter(path, schema)
    about = {
        "simulation": simulation.pk,
        "name": simulation.name,
        "event": simulation.event_slug,
        "overrides": "\n".join(simulation.overrides),
        "seed": simulation.seed,
        "engine_version": str(simulation.engine_version),
        "document_digest": simulation.document_digest,
        "digest": simulation.digest,
    }
    return pyarrow.parquet.ParquetWriter(path, schema.with_metadata(about), compression="zstd")


def _stored_pieces(simulation: Simulation) -> Generator[RunsPiece, None, None]:
    for first_run, columns in stored_blocks(simulation):
        yield RunsPiece(first_run, columns, None)


def _time_fields(document: EventDocument) -> list[pa.Field]:
    """Return the columns of seconds: `row_0_s` and so on, then `tile_KEY_s`."""
    rows = [f"row_{row}_s" for row in range(len(document.board))]
    tiles = [f"tile_{tile.key}_s" for _, tile in document.tiles()]
    return [pa.field(name, pa.int32()) for name in (*rows, *tiles)]


def _table(piece: RunsPiece, document: EventDocument, schema: pa.Schema) -> pa.Table:
    columns, first_run = piece.columns, piece.first_run
    n_runs, n_teams = columns["points"].shape
    names = pa.array(document.teams, pa.string())
    team_ix = pa.array(np.tile(np.arange(n_teams, dtype=np.int16), n_runs))
    arrays = [
        pa.array(np.repeat(np.arange(first_run, first_run + n_runs), n_teams)),
        pa.DictionaryArray.from_arrays(team_ix, names),
        *(pa.array(columns[name].ravel()) for name in ("points", "tiles", "row")),
        _seconds(columns["last_s"].ravel()),
        _seconds(_board_s(columns, len(document.tiles())).ravel()),
        pa.array(win_shares(columns).ravel()),
    ]
    if piece.times is not None:
        for seconds in (piece.times.rows, piece.times.tiles):
            arrays += [_seconds(seconds[:, :, ix].ravel()) for ix in range(seconds.shape[2])]
    return pa.table(arrays, names=schema.names).cast(schema)


def _board_s(columns: Columns, n_tiles: int) -> npt.NDArray[np.integer]:
    """Return the seconds in which boards were finished, -1 where they were not."""
    return np.where(columns["tiles"] == n_tiles, columns["last_s"], np.int32(-1))


def _seconds(seconds: npt.NDArray[np.integer]) -> pa.Array:
    return pa.array(seconds, mask=seconds < 0)
