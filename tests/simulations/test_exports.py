"""Runs as tables."""

import csv
import threading
import time
from pathlib import Path
from typing import Any

import pyarrow.csv
import pyarrow.parquet
import pytest

from events.transfer.cells import plain_cell
from simulations import run_times
from simulations.exports import export_runs
from simulations.models import BatchResult, Simulation
from simulations.replays import replay_run
from simulations.run_times import EngineChanged, ReplayDiffers, replay_pieces
from simulations.storage import decode_block, encode_block
from tests.events.factories import a_document, a_race
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db

READ = {".parquet": pyarrow.parquet.read_table, ".csv": pyarrow.csv.read_csv}


def a_simulated_race(**changes: Any) -> Simulation:
    return a_completed_simulation(document=a_race(), batches=[30, 10], **changes)


def ignore(runs_done: int) -> None:
    """Watch without looking."""


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
def test_every_run_of_every_team_is_exported_in_order(tmp_path: Path, suffix: str) -> None:
    simulation = a_simulated_race()
    path = tmp_path / f"runs{suffix}"
    assert export_runs(simulation, path, suffix) == 40
    rows = READ[suffix](path).to_pylist()
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
            "board_s": stored.last_s if stored.tiles == 2 else None,
            "win_share": stored.win_share,
        }
    assert sum(row["board_s"] is None for row in rows) == 26


def test_no_name_in_a_csv_file_is_taken_for_a_formula(tmp_path: Path) -> None:
    names = ['=HYPERLINK("x")', "+1", "-Apes-", "@Zebras", "'=x", "Plain"]
    players: dict[str, Any] = {f"P{ix}": {} for ix in range(len(names))}
    teams = {name: {"players": [f"P{ix}"]} for ix, name in enumerate(names)}
    document = a_document(players=players, teams=teams)
    simulation = a_completed_simulation(n_runs=1, document=document)
    export_runs(simulation, tmp_path / "runs.csv", ".csv")
    written = [row["team"] for row in csv.DictReader((tmp_path / "runs.csv").read_text().splitlines())]
    assert written == ["'" + '=HYPERLINK("x")', "'+1", "'-Apes-", "'@Zebras", "''=x", "Plain"]
    assert [plain_cell(cell) for cell in written] == names
    # A file for programs has them as they are.
    export_runs(simulation, tmp_path / "runs.parquet", ".parquet")
    assert pyarrow.parquet.read_table(tmp_path / "runs.parquet")["team"].to_pylist() == names


def test_a_parquet_file_says_where_it_comes_from(tmp_path: Path) -> None:
    overrides = ["teams.Apes.strategy=greedy", "players.Mia.skill=1"]
    simulation = a_completed_simulation(name="Try", overrides=overrides)
    export_runs(simulation, tmp_path / "runs.parquet", ".parquet")
    metadata = pyarrow.parquet.read_schema(tmp_path / "runs.parquet").metadata
    assert metadata[b"simulation"].decode() == simulation.pk
    assert metadata[b"digest"].decode() == simulation.digest
    assert metadata[b"name"].decode() == "Try"
    assert metadata[b"overrides"].decode().splitlines() == overrides


# With the times of rows and tiles, for which the runs are replayed.


@pytest.mark.parametrize("suffix", [".parquet", ".csv"])
@pytest.mark.parametrize("runs_of_a_piece", [3, 1000])
def test_times_of_rows_and_tiles_are_those_of_replays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, runs_of_a_piece: int
) -> None:
    simulation, path = a_simulated_race(), tmp_path / f"runs{suffix}"
    monkeypatch.setattr(run_times, "PIECE_VALUES", 2 * 4 * runs_of_a_piece)
    assert export_runs(simulation, path, suffix, replay_pieces(simulation, ignore, n_threads=2)) == 40
    rows = READ[suffix](path).to_pylist()
    for run in range(40):
        for ix, team in enumerate(replay_run(simulation, run).teams):
            row = rows[2 * run + ix]
            assert (row["run"], row["team"], row["last_s"]) == (run, team.name, team.last_s)
            told = [row[f"{name}_s"] for name in ("row_0", "row_1", "tile_zulrah", "tile_coins")]
            assert told == [None if second < 0 else second for second in (*team.rows_s, *team.tiles_s)]


def test_progress_is_told_up_to_all_runs() -> None:
    seen: list[int] = []
    for _ in replay_pieces(a_simulated_race(), seen.append, n_threads=2):
        pass
    assert seen == sorted(seen)
    assert 0 < seen[-1] <= 40


def test_a_replay_that_does_not_come_to_what_is_stored_is_refused() -> None:
    simulation = a_simulated_race()
    result = BatchResult.objects.get(batch__first_run=30)
    columns = decode_block(result.block)
    points = columns["points"].copy()
    points[4, 1] += 1
    BatchResult.objects.filter(pk=result.pk).update(block=encode_block({**columns, "points": points}))
    with pytest.raises(ReplayDiffers, match="replay of run 34 "):
        list(replay_pieces(simulation, ignore))


def test_runs_of_another_engine_are_not_replayed() -> None:
    simulation = a_simulated_race()
    simulation.engine_version = 999
    with pytest.raises(EngineChanged, match="engine version 999"):
        list(replay_pieces(simulation, ignore))


def test_whoever_stops_reading_ends_the_replays() -> None:
    simulation = a_completed_simulation(document=a_race(), n_runs=5000, batches=[10, 10, 4980])
    before = threading.active_count()
    replaying = run_times.Replaying(simulation, ignore, 1)
    pieces = replaying.pieces()
    next(pieces)
    while replaying.runs_done <= 20:
        time.sleep(0.001)
    # The last piece is under way.
    pieces.close()
    assert threading.active_count() == before
    assert replaying.runs_done < 5000
