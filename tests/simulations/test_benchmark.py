"""The benchmark of a fleet: what it makes of figures, how it judges, and one small measurement for real."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import psycopg
import pytest
from django.conf import settings
from kombu import Connection

from simulations.benchmark.criteria import Criterion, judge
from simulations.benchmark.levels import Level
from simulations.benchmark.limits import limit
from simulations.benchmark.measuring import chosen_runs
from simulations.benchmark.outcome import Outcome
from simulations.benchmark.plot import Line, draw, tick_step
from simulations.benchmark.report import markdown, number, plot
from simulations.benchmark.windows import Finished, shares, spread, steady, tail_s
from simulations.models import Worker
from tests.events.commands import run
from tests.simulations.processes import CHECKOUT

SVG = "{http://www.w3.org/2000/svg}"
SERVER_URL = os.environ.get("BINGOSIM_TEST_POSTGRES_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
NOBODY = "127.0.0.1:9"
PATIENCE_S = 180


def a_level(workers: int = 1, elapsed_s: float = 20.0, runs: int = 1000, **changes: Any) -> Level:
    """Return a level of even workers, who simulate in batches of a second for all of the time."""
    seconds = int(elapsed_s)
    finished = [
        Finished(worker, runs // (workers * seconds), 1.0, second + 1.0)
        for second in range(seconds)
        for worker in range(workers)
    ]
    totals = {
        "simulate_s": 0.98 * workers * elapsed_s,
        "claim_s": 0.01 * workers * elapsed_s,
        "persist_s": 0.01 * workers * elapsed_s,
        "publish_s": 0.0,
        "messages": float(len(finished)),
    }
    facts = {"requested_s": 0.0, "completed_s": elapsed_s + 0.1, "digest": "0123456789abcdef"}
    return Level(
        **{
            "workers": workers,
            "runs": runs,
            "elapsed_s": elapsed_s,
            "finished": finished,
            "totals": totals,
            **facts,
            **changes,
        }
    )


def an_outcome(*levels: Level, event: str = "spring-league-bingo", **changes: Any) -> Outcome:
    return Outcome(event, "1", {"cpu": "a processor", "cores": 2}, list(levels), changes.pop("reference", []))


def judged(
    event: str, levels: list[Level], reference: list[Level] | None = None, *, cores: int = 2
) -> dict[str, Criterion]:
    """Return the criteria by their names."""
    return {criterion.name: criterion for criterion in judge(event, levels, reference or [], cores=cores)}


# Windows


def test_a_batch_counts_in_the_windows_in_which_it_was_computed() -> None:
    assert spread([Finished(0, 100, 2.0, 2.0)]) == [50, 50, 0]
    assert spread([Finished(0, 60, 1.5, 11.5)]) == pytest.approx([40, 20])


def test_windows_keep_every_run() -> None:
    batches = [Finished(n % 3, 7 + n, 0.3 + 0.41 * n, 1.0 + 0.77 * n) for n in range(20)]
    assert sum(spread(batches)) == pytest.approx(sum(batch.n_runs for batch in batches))


def test_a_batch_that_took_no_time_is_counted_once() -> None:
    assert spread([Finished(0, 5, 0.0, 3.0)]) == [5]


def test_the_steady_state_leaves_out_the_first_window_and_the_last() -> None:
    assert steady([1, 30, 50, 2]) == 40
    assert steady([1, 2]) is None


def test_shares_count_runs_and_show_who_did_nothing() -> None:
    batches = [Finished(0, 30, 1, 1), Finished(2, 10, 1, 1)]
    assert shares(batches, 3) == [0.75, 0, 0.25]


def test_the_tail_lasts_from_the_first_worker_without_work_to_the_last() -> None:
    batches = [Finished(0, 1, 1, 5), Finished(1, 1, 1, 3), Finished(0, 1, 1, 6.5)]
    assert tail_s(batches) == 3.5


# Levels and criteria


def test_a_level_gives_the_keys_that_programs_read() -> None:
    data = a_level(2).to_data()
    expected = {
        "workers",
        "elapsed_s",
        "runs_per_s",
        "steady_runs_per_s",
        "warmup_share",
        "publish_s",
        "messages",
        "phases_s",
        "cache",
        "shares",
    }
    assert expected <= set(data)
    assert set(data["phases_s"]) == {"claim", "simulate", "persist"}
    assert set(data["cache"]) == {"hits", "misses"}
    assert data["shares"] == [0.5, 0.5]


def test_the_warm_up_costs_what_it_took_longer_than_the_steady_state() -> None:
    level = a_level(elapsed_s=20, runs=1000, warmup_s=7.0, warmup_runs=100)
    assert level.warmup_lost_s == pytest.approx(5.0)
    assert level.warmup_share == pytest.approx(0.2)


def test_scaling_is_the_throughput_of_each_level_over_that_of_one_worker() -> None:
    criteria = judged("some-event", [a_level(1, 30), a_level(2, 16), a_level(3, 15)])
    assert criteria["scaling, 1 to 2 workers"].value == pytest.approx(30 / 16)
    assert criteria["scaling"].value == 2
    assert criteria["scaling"].passed


def test_scaling_below_the_bound_fails() -> None:
    assert not judged("some-event", [a_level(1, 30), a_level(3, 21)])["scaling"].passed


def test_scaling_beyond_the_cores_shows_a_disturbed_measurement_and_passes_nothing() -> None:
    levels = [a_level(1, 45), a_level(3, 15)]
    doubtful = judged("some-event", levels, cores=2)["scaling"]
    assert not doubtful.passed
    assert "measure again" in doubtful.note
    assert judged("some-event", levels, cores=3)["scaling"].passed


def test_two_workers_have_to_be_faster_on_the_summer_event() -> None:
    levels = [a_level(1, 30), a_level(2, 18)]
    assert judged("some-event", levels)["scaling"].passed
    assert not judged("summer-clan-bingo", levels)["scaling"].passed


def test_too_little_work_for_scaling_is_said() -> None:
    little, enough = (judged("e", [a_level(1, s), a_level(2, s)])["scaling"] for s in (19, 20))
    assert "19.0 s of work" in little.note
    assert "of work" not in enough.note


def test_times_for_the_reference_are_judged_for_its_event_and_number_of_runs_only() -> None:
    one, three = a_level(1, 14, 500_000), a_level(3, 11, 500_000)
    criteria = judged("spring-league-bingo", [a_level(1), a_level(3)], [one, three])
    assert criteria["500,000 runs, 1 worker"].passed
    assert not criteria["500,000 runs, 3 workers"].passed
    for event, runs in (("some-event", 500_000), ("spring-league-bingo", 499_999)):
        assert "500,000 runs, 1 worker" not in judged(event, [a_level(1, 14, runs)])


def test_what_holds_for_every_level_is_judged_where_it_is_worst() -> None:
    slow = a_level(2, totals={"simulate_s": 8.0, "claim_s": 1.0, "persist_s": 1.0, "publish_s": 1.0})
    criteria = judged("e", [a_level(1), slow])
    assert criteria["simulation"].value == pytest.approx(100 * 8 / 11)
    assert criteria["publishing"].value == pytest.approx(2.5)
    assert not criteria["simulation"].passed
    assert not criteria["publishing"].passed


def test_uneven_shares_fail() -> None:
    uneven = [Finished(0, 560, 1, 1), Finished(1, 440, 1, 1)]
    criterion = judged("e", [a_level(2, finished=uneven)])["unevenness of 2 workers"]
    assert criterion.value == pytest.approx(6)
    assert not criterion.passed


def test_runs_are_chosen_to_be_enough_work_and_round() -> None:
    assert chosen_runs(40_000) == 1_000_000
    assert chosen_runs(41_234) == 1_100_000
    assert chosen_runs(0.1) == 3


# What limits


def test_workers_that_share_cores_are_limited_by_them() -> None:
    # Three on two cores: each simulates at two thirds of the speed.
    three = a_level(3, 15.0, 1500)
    assert limit([a_level(1, 20.0, 1000), three], 2).startswith("The cores limit it: 3 workers on 2 cores")


def test_a_slow_publisher_is_named() -> None:
    three = a_level(
        3, 20, 3000, totals={"simulate_s": 40.0, "claim_s": 1.0, "persist_s": 1.0, "publish_s": 18.0}
    )
    assert limit([three], 2).startswith("Publishing limits it: 3 workers spent 30.0 % of the time")


def test_a_worker_that_does_nothing_but_simulate_is_limited_by_computing() -> None:
    assert limit([a_level(1)], 2).startswith("Computing limits it: one worker simulated for 98.0 %")


def test_a_long_tail_is_named() -> None:
    finished = [Finished(0, 500, 10, 10), Finished(1, 500, 20, 20)]
    level = a_level(2, 20, 1000, finished=finished, totals={"simulate_s": 30.0})
    assert "waited 10.00 s for the last one" in limit([level], 2)


# Report and plot


def test_a_report_holds_every_criterion_and_names_its_files() -> None:
    outcome = an_outcome(a_level(1, 30), a_level(3, 15), reference=[a_level(1, 14, 500_000)])
    page = markdown(outcome, made_by="benchmark", at="2026-01-01", plot_name="p.svg", data_name="p.json")
    for criterion in outcome.criteria:
        assert f"| {criterion.name} |" in page
    for part in ("(p.svg)", "(p.json)", "a processor", "0123456789abcdef", "ours, 1 worker", "183.8 s"):
        assert part in page
    assert outcome.limit in " ".join(page.split())


def test_tables_of_a_report_have_the_same_number_of_cells_in_every_row() -> None:
    outcome = an_outcome(a_level(1, 30), a_level(2, 16), a_level(3, 15), reference=[a_level(1, 14, 500_000)])
    page = markdown(outcome, made_by="benchmark", at="2026-01-01", plot_name="p.svg", data_name="p.json")
    tables = [part.splitlines() for part in page.split("\n\n") if part.startswith("|")]
    assert len(tables) == 6
    for table in tables:
        assert len({row.count("|") for row in table}) == 1


def test_the_predecessor_is_beside_the_event_that_it_was_measured_on_only() -> None:
    outcome = an_outcome(a_level(1, 14, 500_000), event="some-event")
    page = markdown(outcome, made_by="benchmark", at="2026-01-01", plot_name="p.svg", data_name="p.json")
    assert "redecessor" not in page


def test_a_plot_has_a_line_and_a_legend_for_each_level() -> None:
    drawing = ET.fromstring(plot(an_outcome(a_level(1, 30), a_level(3, 15))))
    curves = drawing.findall(f"{SVG}polyline")
    assert [len(curve.attrib["points"].split()) for curve in curves] == [31, 16]
    texts = [text.text for text in drawing.findall(f"{SVG}text")]
    assert {"1 worker", "3 workers", "seconds", "runs/s"} <= set(texts)


def test_a_plot_stays_within_its_frame() -> None:
    drawing = ET.fromstring(draw("t", [Line("a", [0.0, 7.3, 1234.5])]))
    for point in drawing.findall(f"{SVG}polyline")[0].attrib["points"].split():
        x, y = map(float, point.split(","))
        assert 76 <= x <= 740
        assert 64 <= y <= 312


def test_names_in_a_plot_can_hold_any_character() -> None:
    assert ET.fromstring(draw("<a & b>", [Line("<&>", [1.0])])).findtext(f"{SVG}title") == "<a & b>"


@pytest.mark.parametrize(("highest", "step"), [(0.4, 0.1), (5, 1), (24, 5), (41, 10), (90_000, 20_000)])
def test_ticks_are_round(highest: float, step: float) -> None:
    assert tick_step(highest) == pytest.approx(step)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0261, "0.026"), (2.345, "2.35"), (90, "90"), (123.45, "123.5"), (36899.2, "36,899")],
)
def test_numbers_have_about_three_digits(value: float, text: str) -> None:
    assert number(value) == text


# What is refused


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--workers", "0"], "'0' is not a whole number from 1"),
        (["--workers", "2", "-1"], "'-1' is not a whole number from 1"),
        (["--runs", "0"], "'0' is not a whole number from 1"),
        (["--runs", "1_000_000_001"], "is not a whole number from 1"),
        (["--event", "nothing"], "There is no event 'nothing', neither stored nor bundled"),
        (["--seed", ""], "--seed takes 1 to 64 characters"),
        (["--report", "report.txt"], "must end in .md"),
        (["--report", "no-such-folder/report.md"], "there is no directory"),
    ],
)
def test_wrong_arguments_are_refused_in_a_line(arguments: list[str], reason: str) -> None:
    ran = run("benchmark", *arguments, app="simulations")
    assert (ran.code, ran.out) == (2, "")
    assert reason in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    code, out, err = _benchmark(DATABASE_URL=f"postgres://me:secret@{NOBODY}/db")
    assert (code, out) == (1, "")
    assert NOBODY.partition(":")[0] in err
    assert "secret" not in err
    assert len(err.splitlines()) == 1


@pytest.mark.usefixtures("_services")
def test_without_a_server_sqlite_alone_is_not_enough(tmp_path: Path) -> None:
    code, out, err = _benchmark(
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
        BINGOSIM_TEST_POSTGRES_URL=f"postgres://me:secret@{NOBODY}/db",
    )
    assert (code, out) == (1, "")
    assert f"needs PostgreSQL, and none can be used at {NOBODY}" in err.splitlines()[-1]
    assert "secret" not in err


def test_without_a_broker_nothing_is_measured(tmp_path: Path) -> None:
    code, out, err = _benchmark(
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3", BROKER_URL=f"amqp://me:secret@{NOBODY}//"
    )
    assert (code, out) == (1, "")
    assert "The benchmark needs RabbitMQ" in err.splitlines()[-1]
    assert "secret" not in err


def test_running_workers_need_a_database_that_they_share(tmp_path: Path) -> None:
    code, _, err = _benchmark("--running", DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")
    assert (code, err) == (1, "--running needs PostgreSQL, which workers share: set DATABASE_URL to one.\n")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_running_workers_have_to_be_there() -> None:
    _bundled()
    ran = run("benchmark", "--running", app="simulations")
    assert ran.code == 1
    assert ran.err.startswith("No worker is running")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_only_as_many_running_workers_can_be_measured_as_there_are() -> None:
    _bundled()
    Worker.objects.register(0, name="worker-0", token="t", engine_version=1)
    ran = run("benchmark", "--running", "--workers", "1", "3", app="simulations")
    assert ran.code == 2
    assert "--workers must be 1 or left out" in ran.err


# For real


@pytest.mark.usefixtures("_services")
def test_a_benchmark_needs_no_report(tmp_path: Path) -> None:
    process = _start(
        "--runs", "2000", "--workers", "1", "--json", DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3"
    )  # fmt: skip
    code, out, err = _ended(process)
    assert (code, json.loads(out)["runs"]) == (0, 2000), err
    assert list(tmp_path.glob("*.md")) == []


@pytest.mark.usefixtures("_services")
def test_a_benchmark_measures_real_workers_and_leaves_nothing_behind(tmp_path: Path) -> None:
    report = tmp_path / "report.md"
    # Without an event or even tables, as in a fresh checkout.
    process = _start(
        "--runs", "40000", "--workers", "1", "2", "--report", str(report), "--json",
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
    )  # fmt: skip
    code, out, err = _ended(process)
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
    assert ET.parse(report.with_suffix(".svg")).getroot().tag == f"{SVG}svg"
    assert not _databases(process.pid)


@pytest.mark.usefixtures("_services")
@pytest.mark.parametrize("number_", [signal.SIGINT, signal.SIGTERM])
def test_a_benchmark_that_is_stopped_ends_its_workers_and_drops_its_database(
    tmp_path: Path, number_: signal.Signals
) -> None:
    (folder := tmp_path / "reports").mkdir()
    process = _start(
        "--runs", "1000000", "--workers", "2", "--report", str(folder / "report.md"),
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
    )  # fmt: skip
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith("1,000,000 runs by"):
            break
    workers = _children(process.pid)
    assert len(workers) >= 2
    assert _databases(process.pid)
    process.send_signal(number_)
    code, _, err = _ended(process)
    assert (code, err.splitlines()[-1:]) == (130, ["Cancelled."])
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert not _databases(process.pid)
    assert not list(folder.iterdir())


@pytest.fixture(scope="module")
def _services() -> None:
    """Skip where a service is missing that the benchmark needs, unless it has to be there."""
    missing = None
    try:
        psycopg.connect(SERVER_URL, connect_timeout=3).close()
    except psycopg.Error as error:
        missing = (
            f"no PostgreSQL ({str(error).strip().splitlines()[0]}); BINGOSIM_TEST_POSTGRES_URL names one"
        )
    try:
        with Connection(settings.BROKER_URL, connect_timeout=3) as broker:
            broker.ensure_connection(max_retries=1, timeout=3)
    except Exception as error:  # kombu passes on whatever its transport raises
        missing = f"no RabbitMQ ({error}); BROKER_URL names one"
    if missing and os.environ.get("BINGOSIM_REQUIRE_SERVICES") == "1":
        pytest.fail(missing)
    if missing:
        pytest.skip(missing)


def _benchmark(*arguments: str, **variables: str) -> tuple[int, str, str]:
    """Run the command in a process of its own; return its exit code and what it printed."""
    return _ended(_start(*arguments, **variables))


def _ended(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    out, err = process.communicate(timeout=PATIENCE_S)
    return process.returncode, out, err


def _start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "manage.py", "benchmark", *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": "", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _children(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    if not children.exists():
        pytest.skip("only Linux tells the children of a process")
    deadline = time.monotonic() + 10
    while not (pids := [int(pid) for pid in children.read_text().split()]):
        assert time.monotonic() < deadline
    return pids


def _databases(pid: int) -> list[str]:
    """Return the databases that a benchmark has on the server."""
    with psycopg.connect(SERVER_URL) as connection:
        rows = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [f"bingosim_benchmark_{pid}_"]
        )
        return [str(name) for (name,) in rows]


def _bundled() -> None:
    assert run("load_event", "--bundled").code == 0
