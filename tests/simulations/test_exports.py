"""Runs as tables."""

from pathlib import Path

import pyarrow.csv
import pyarrow.parquet
import pytest

from simulations.exports import export_runs
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_every_run_of_every_team_is_exported_in_order(tmp_path: Path, suffix: str) -> None:
    simulation = a_completed_simulation(batches=[30, 10])
    path = tmp_path / f"runs{suffix}"
    assert export_runs(simulation, path, suffix) == 40
    read = pyarrow.parquet.read_table if suffix == ".parquet" else pyarrow.csv.read_csv
    rows = read(path).to_pylist()
    assert [(row["run"], row["team"]) for row in rows] == [
        (run, team) for run in range(40) for team in ("Zebras", "Apes")
    ]
    for row in rows:
        stored = simulation.runs[row["run"]].teams[row["team"]]
        assert row == {
            "run": row["run"],
            "team": row["team"],
            "points": stored.points,
            "tiles": stored.tiles,
            "row": stored.row,
            "last_s": stored.last_s,
            "win_share": stored.win_share,
        }


def test_a_parquet_file_says_where_it_comes_from(tmp_path: Path) -> None:
    simulation = a_completed_simulation()
    export_runs(simulation, tmp_path / "runs.parquet", ".parquet")
    metadata = pyarrow.parquet.read_schema(tmp_path / "runs.parquet").metadata
    assert metadata[b"simulation"].decode() == simulation.pk
    assert metadata[b"digest"].decode() == simulation.digest
