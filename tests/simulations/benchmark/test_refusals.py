"""What the benchmark command refuses, each in a line."""

from pathlib import Path

import pytest

from simulations.management.commands.benchmark import _made_by
from simulations.models import Worker
from tests.events.commands import run
from tests.simulations.benchmark.command import NOBODY, benchmark


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


@pytest.mark.usefixtures("services")
def test_no_server_is_used_that_was_not_named(tmp_path: Path) -> None:
    code, out, err = benchmark(DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3", BINGOSIM_BENCHMARK_SERVER="")
    assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert "--server postgres://" in err
    assert "BINGOSIM_BENCHMARK_SERVER" in err


@pytest.mark.postgresql
@pytest.mark.django_db
def test_not_even_the_server_of_the_database_at_hand_is_used_unasked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.BENCHMARK_SERVER", "")
    ran = run("benchmark", app="simulations")
    assert ran.code == 2
    assert ran.err.startswith("Name a PostgreSQL server")


@pytest.mark.django_db
def test_what_is_no_server_is_refused_and_not_repeated() -> None:
    ran = run("benchmark", "--server", "mysql://me:secret@host/db", app="simulations")
    assert ran.code == 2
    assert "must look like postgres://" in ran.err
    assert "secret" not in ran.err


@pytest.mark.postgresql
@pytest.mark.django_db
def test_running_workers_have_their_database() -> None:
    load_bundled_events()
    Worker.objects.register(0, name="worker-0", token="t", engine_version=1)
    ran = run("benchmark", "--running", "--server", "postgres://host/db", app="simulations")
    assert ran.code == 2
    assert "--server goes without --running" in ran.err


def test_the_report_repeats_the_server_without_its_password() -> None:
    options = {"event": "e", "runs": None, "workers": None, "running": False, "seed": "benchmark"}
    asked = {**options, "report": "r.md", "server": "postgres://me:secret@db:5433/x"}
    made_by = "python manage.py benchmark --event e --server postgres://me@db:5433/x --report r.md"
    assert _made_by(asked) == made_by


def test_a_server_that_does_not_answer_is_named_without_its_password() -> None:
    code, out, err = benchmark("--server", f"postgres://me:secret@{NOBODY}/db")
    assert (code, out) == (1, "")
    assert NOBODY.partition(":")[0] in err.splitlines()[-1]
    assert "secret" not in err


@pytest.mark.usefixtures("services")
def test_a_server_that_the_variable_names_has_to_answer(tmp_path: Path) -> None:
    code, out, err = benchmark(
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
        BINGOSIM_BENCHMARK_SERVER=f"postgres://me:secret@{NOBODY}/db",
    )
    assert (code, out) == (1, "")
    assert f"needs PostgreSQL, and none can be used at {NOBODY}" in err.splitlines()[-1]
    assert "secret" not in err


def test_without_a_broker_nothing_is_measured(tmp_path: Path) -> None:
    code, out, err = benchmark(
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3", BROKER_URL=f"amqp://me:secret@{NOBODY}//"
    )
    assert (code, out) == (1, "")
    assert "The benchmark needs RabbitMQ" in err.splitlines()[-1]
    assert "secret" not in err


def test_running_workers_need_a_database_that_they_share(tmp_path: Path) -> None:
    code, _, err = benchmark("--running", DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3")
    assert (code, err) == (1, "--running needs PostgreSQL, which workers share: set DATABASE_URL to one.\n")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_running_workers_have_to_be_there() -> None:
    load_bundled_events()
    ran = run("benchmark", "--running", app="simulations")
    assert ran.code == 1
    assert ran.err.startswith("No worker is running")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_only_as_many_running_workers_can_be_measured_as_there_are() -> None:
    load_bundled_events()
    Worker.objects.register(0, name="worker-0", token="t", engine_version=1)
    ran = run("benchmark", "--running", "--workers", "1", "3", app="simulations")
    assert ran.code == 2
    assert "--workers must be 1 or left out" in ran.err


def load_bundled_events() -> None:
    assert run("load_event", "--bundled").code == 0
