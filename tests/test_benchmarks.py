"""The benchmarks measure what they say; how fast anything is, no test asserts."""

import io
import json
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg
import pytest
from amqp.exceptions import NotFound
from kombu import Connection
from kombu.exceptions import KombuError
from rich.console import Console

from benchmarks.attempts import measure_costs
from benchmarks.databases import sqlite_database
from benchmarks.end_to_end import memory_figures
from benchmarks.engine import GENERATED_SEED, PARTS, main, measure
from benchmarks.generated import generate
from benchmarks.processes import CommandFailed, manage, prepare_database, run_python, simulate
from benchmarks.report import Figure, Report
from benchmarks.sizes import Sizes
from benchmarks.throughput import measure_speed, warm_engine
from events.document import EventDocument, dump_document
from simulations.engine import replay
from tests.on_postgresql import SERVER_URL
from tests.services import BROKER_URL, missing

TINY = Sizes(
    repetitions=2,
    spring_runs=4,
    summer_runs=1,
    generated_runs=4,
    spring_traced=2,
    summer_traced=1,
    stored_runs=40,
    long_runs=40,
    oracle_runs=1,
    starts=1,
    mixes=1000,
)


def without_names(document: EventDocument, *names: str) -> Any:
    """Return the document as plain data without fields of these names, wherever they are."""

    def strip(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: strip(item) for key, item in value.items() if key not in names}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return strip(dump_document(document))


# The generated event


def test_a_seed_makes_one_event() -> None:
    assert generate(3, True) == generate(3, True)
    assert generate(3, True) != generate(4, True)


def test_both_generated_events_have_the_same_board_times_and_players() -> None:
    full, plain = generate(GENERATED_SEED, True), generate(GENERATED_SEED, False)
    features = ("group", "bands", "solo", "modifiers", "drops", "outcomes")
    assert without_names(full, *features) == without_names(plain, *features)


def test_both_generated_events_have_the_same_rates() -> None:
    full, plain = generate(GENERATED_SEED, True), generate(GENERATED_SEED, False)
    for key, activity in full.activities.items():
        for line, other in zip(activity.loot, plain.activities[key].loot, strict=True):
            assert [outcome for outcome in line.outcomes if outcome.drops] == other.outcomes


def test_the_plain_generated_event_has_no_features() -> None:
    plain = generate(GENERATED_SEED, False)
    outcomes = [
        outcome for one in plain.activities.values() for line in one.loot for outcome in line.outcomes
    ]
    rules = [rule for _, tile in plain.tiles() for rule in tile.rules]
    assert all(one.solo and one.group is None and not one.bands for one in plain.activities.values())
    assert not any(outcome.penalty_seconds for outcome in outcomes)
    assert not any(rule.modifiers for rule in rules)
    assert {weight for rule in rules for weight in rule.drops.values()} == {1}


def test_the_generated_event_uses_parties_waits_and_penalties() -> None:
    engine = warm_engine(generate(GENERATED_SEED, True))
    attempts = [
        event for team in replay(engine.compiled, "1", 0) for event in team.events if event.kind == "attempt"
    ]
    sizes = Counter(len(attempt.players) for attempt in attempts)
    assert sum(count for size, count in sizes.items() if size > 1) > 100
    assert sizes[1] > 100


def test_generated_teams_come_about_halfway() -> None:
    for with_features in (True, False):
        output = warm_engine(generate(GENERATED_SEED, with_features)).simulate(0, 20)
        share = output.columns["tiles"].mean() / output.summary.arrays["tile_count"].shape[1]
        assert 0.3 < share < 0.9


# Measuring


def test_repetitions_play_runs_of_their_own() -> None:
    speed = measure_speed(warm_engine(generate(GENERATED_SEED, False)), 3, 2)
    assert (speed.n_runs, len(speed.cpu_s), len(speed.wall_s)) == (3, 2, 2)
    assert speed.attempts_a_run > 1000


def test_traced_steps_are_those_of_the_runs() -> None:
    # Raises where the repeated grants lead elsewhere than the traced runs went.
    engine = warm_engine(generate(GENERATED_SEED, True))
    counts = measure_costs(engine, 3).counts
    assert counts["attempts"] >= counts["looked ahead"] > 0
    assert counts["grants"] >= counts["with drops"] > counts["finishes"] > 0
    assert counts["picks"] > counts["finishes"]


# The report


@pytest.mark.parametrize(
    ("value", "at_most", "passed"),
    [(9, False, False), (10, False, True), (10, True, True), (11, True, False)],
)
def test_a_bound_is_kept_or_not(value: float, at_most: bool, passed: bool) -> None:
    assert Figure("part", "name", value, bound=10, at_most=at_most).passed is passed


def test_without_a_bound_nothing_is_judged() -> None:
    assert Figure("part", "name", 10).passed is None


def test_a_report_names_machine_calibration_and_figures() -> None:
    data = measure(["features"], TINY, say=lambda _: None).to_data()
    assert data["format"] == "bingosim/benchmark@1"
    facts = {"cpu", "cores", "memory_gib", "load_before", "python", "numba", "numpy", "engine"}
    assert set(data["machine"]) == facts
    assert len(data["calibration"]["mix_ns"]) == 2
    judged = [figure for figure in data["figures"] if figure["passed"] is not None]
    assert [(figure["name"], figure["bound"]) for figure in judged] == [("times slower a run", 3)]
    assert json.loads(json.dumps(data)) == data


def test_slowness_is_no_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PARTS, "spring", lambda _: [Figure("spring", "one core", 1, "runs/s", bound=50_000)])
    path, page = tmp_path / "reports" / "one.json", tmp_path / "one.md"
    assert main(["--quick", "--only", "spring", "--json", str(path), "--markdown", str(page)]) == 0
    assert "FAIL" in capsys.readouterr().out
    assert json.loads(path.read_text())["figures"][0]["passed"] is False
    assert "| spring | one core | 1 runs/s | ≥ 50,000 |  | FAIL |  |" in page.read_text()


def test_a_table_shows_what_was_left_out() -> None:
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(Report("now", True, {}, left_out={"postgresql": "no server answers"}).render())
    assert "left out: postgresql: no server answers" in console.export_text()


# Commands in processes of their own


def test_a_watched_command_tells_what_it_stored_and_held() -> None:
    with sqlite_database() as url:
        prepare_database(url)
        stored = simulate(url, "spring-league-bingo", 40, processes=1)
    assert stored.result["runs"] == 40
    assert 0 < stored.stored["storing"]["record_computed"] < stored.stored["storing_s"]
    assert stored.stored["batches"] > 0
    assert stored.stored["block_bytes"] > 0
    assert stored.stored["summary_bytes"] > 0
    assert stored.grown_bytes > 0
    assert [figure.name for figure in memory_figures("part", stored)] == [
        "peak memory, parent",
        "peak memory, largest child",
    ]


def test_a_command_that_fails_says_why() -> None:
    with sqlite_database() as url, pytest.raises(CommandFailed, match="migrate"):
        manage(url, "simulate", "spring-league-bingo", "--runs", "1")


# A simulated fleet


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> None:
    """Skip where there is no database or no broker; fail where every service has to be there."""
    try:
        psycopg.connect(SERVER_URL, connect_timeout=3).close()
        with Connection(BROKER_URL, connect_timeout=3) as broker:
            broker.connect()
    except (psycopg.Error, KombuError, OSError) as error:
        missing(f"A fleet needs PostgreSQL and RabbitMQ; see `make stack` ({error}).")
    monkeypatch.setenv("BROKER_URL", BROKER_URL)


@pytest.mark.usefixtures("services")
def test_a_simulated_fleet_does_real_batches_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fleet.json"
    run_python(
        "-m",
        "benchmarks.fleet",
        *("--workers", "5", "--seconds", "3", "--batch-s", "0.3", "--json", str(path)),
    )
    fleet = json.loads(path.read_text())
    assert fleet["batches"] > 5  # each worker more than its first
    assert all(fleet["steps"][step]["statements"] >= 1 for step in ("claim", "record", "hand over"))
    assert fleet["per_batch"]["hints"] > 0
    assert fleet["per_batch"]["wal_bytes"] > fleet["batch"]["block_bytes"]
    assert fleet["heart"]["idle"]["statements"] >= 1
    with psycopg.connect(SERVER_URL) as server:
        names = [name for (name,) in server.execute("SELECT datname FROM pg_database")]
    assert fleet["made"]["database"] not in names
    with Connection(BROKER_URL) as broker, pytest.raises(NotFound):
        broker.channel().queue_declare(f"{fleet['made']['namespace']}.sim.worker.0", passive=True)


def test_a_fleet_without_workers_is_refused() -> None:
    with pytest.raises(CommandFailed, match="0 is not from 1 to 1000"):
        run_python("-m", "benchmarks.fleet", "--workers", "0")


# Pages


def test_the_pages_of_the_admin_are_timed() -> None:
    printed = run_python("-m", "benchmarks.admin", "--events", "3", "--repetitions", "1").out
    assert "/board/" in printed
    assert "duplicate an event" in printed
    assert "are answered within 300 ms" in printed
