"""All runs of a simulation as a table: a row for each team of each run, in Parquet or CSV."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from simulations.comparison import stored_blocks, win_shares
from simulations.models import Simulation
from simulations.storage import Columns

SUFFIXES = (".parquet", ".csv")

# `row` is the last row opened, from 0; `last_s` the second of the last finish, null without one.
SCHEMA = pa.schema(
    [
        pa.field("run", pa.int64(), nullable=False),
        pa.field("team", pa.dictionary(pa.int16(), pa.string()), nullable=False),
        pa.field("points", pa.uint16(), nullable=False),
        pa.field("tiles", pa.uint16(), nullable=False),
        pa.field("row", pa.uint8(), nullable=False),
        pa.field("last_s", pa.int32()),
        pa.field("win_share", pa.float64(), nullable=False),
    ]
)


def export_runs(simulation: Simulation, path: Path, suffix: str) -> int:
    """Write the runs to a file, batch by batch; return how many runs it holds."""
    written = 0
    # CSV has no dictionaries: there the names are written out.
    schema = SCHEMA if suffix != ".csv" else SCHEMA.set(1, pa.field("team", pa.string(), nullable=False))
    with _writer(simulation, path, suffix, schema) as writer:
        for table in _tables(simulation):
            writer.write_table(table.cast(schema))
            written += table.num_rows
    return written // len(simulation.frozen_document.teams)


def _writer(simulation: Simulation, path: Path, suffix: str, schema: pa.Schema) -> Any:
    if suffix == ".csv":
        return pyarrow.csv.CSVWriter(path, schema)
    about = {
        "simulation": simulation.pk,
        "event": simulation.event_slug,
        "seed": simulation.seed,
        "engine_version": str(simulation.engine_version),
        "document_digest": simulation.document_digest,
        "digest": simulation.digest,
    }
    return pyarrow.parquet.ParquetWriter(path, schema.with_metadata(about), compression="zstd")


def _tables(simulation: Simulation) -> Iterator[pa.Table]:
    names = pa.array(simulation.frozen_document.teams, pa.string())
    for first_run, columns in stored_blocks(simulation):
        yield _table(first_run, columns, names)


def _table(first_run: int, columns: Columns, names: pa.Array) -> pa.Table:
    n_runs, n_teams = columns["points"].shape
    last_s = columns["last_s"].ravel()
    return pa.table(
        [
            np.repeat(np.arange(first_run, first_run + n_runs), n_teams),
            pa.DictionaryArray.from_arrays(np.tile(np.arange(n_teams, dtype=np.int16), n_runs), names),
            columns["points"].ravel(),
            columns["tiles"].ravel(),
            columns["row"].ravel(),
            pa.array(last_s, mask=last_s < 0),
            win_shares(columns).ravel(),
        ],
        schema=SCHEMA,
    )
