"""How much a benchmark measures, and small measurements with real workers."""

import json
import signal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from simulations.benchmark.measuring import chosen_runs
from tests.simulations.benchmark.command import children, databases, ended, start


def test_runs_are_chosen_to_be_enough_work_and_round() -> None:
    assert chosen_runs(40_000) == 1_000_000
    assert chosen_runs(41_234) == 1_100_000
    assert chosen_runs(0.1) == 3


@pytest.mark.usefixtures("services")
def test_a_benchmark_measures_real_workers_and_leaves_nothing_behind(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    # Without an event or even tables, as in a fresh checkout.
    process = start(
        "--runs", "40000", "--workers", "1", "2", "--report", str(report), "--json",
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
    )  # fmt: skip
    code, out, err = ended(process)
    assert code == 0, err
    data = json.loads(out)
    assert (data["event"], data["runs"], data["seed"]) == ("spring-league-bingo", 40_000, "benchmark")
    assert [level["workers"] for level in data["levels"]] == [1, 2]
    assert {level["digest"] for level in data["levels"]} == {data["digest"]}
    for level in data["levels"]:
        assert sum(level["windows"]) == pytest.approx(40_000, abs=len(level["windows"]))
        assert sum(level["shares"]) == pytest.approx(1, abs=0.001)
        assert 0 < level["phases_s"]["simulate"] < level["workers"] * level["elapsed_s"]
        # The other messages are from who asked, and from reconciling.
        assert 0 < level["messages"] < level["batches"]
        assert level["cache"]["hits"] + level["cache"]["misses"] == level["batches"]
        assert 0 < level["first_batch_from_request_s"] < level["first_batch_s"] < level["wall_s"]
        assert level["database"]["xact_commit"] > level["batches"]
    speeds = [level["runs_per_s"] for level in data["levels"]]
    assert data["scaling_factor"] == pytest.approx(speeds[1] / speeds[0], rel=0.01)
    assert data["limit"].endswith(".")
    assert json.loads(report.with_suffix(".json").read_text()) == data
    assert "| scaling |" in report.read_text()
    assert ET.parse(report.with_suffix(".svg")).getroot().tag.endswith("svg")
    assert not databases(process.pid)


@pytest.mark.usefixtures("services")
def test_a_benchmark_that_is_stopped_ends_its_workers_and_drops_its_database(tmp_path: Path) -> None:
    (folder := tmp_path / "reports").mkdir()
    process = start(
        "--runs", "1000000", "--workers", "2", "--report", str(folder / "report.md"),
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("1,000,000 runs by"):
            break
    workers = children(process.pid)
    assert len(workers) >= 2
    assert databases(process.pid)
    # Taken as Ctrl-C is.
    process.send_signal(signal.SIGTERM)
    code, _, err = ended(process)
    assert (code, err.splitlines()[-1:]) == (130, ["Cancelled."])
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert not databases(process.pid)
    assert not list(folder.iterdir())
