"""What every command of the project does alike."""

import argparse
import io
import math
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations.recorder import MigrationRecorder

from events.management.base import Cancelled, ProjectCommand, Refused, WrongArgument, whole_number
from events.management.database import explain_database_error
from events.management.documents import bundled_files
from events.management.files import FileRefused, replacing, write_file
from tests.events.commands import run


class Command(ProjectCommand):
    """A command that does what a test tells it."""

    needs_database = False
    work: ClassVar[Callable[..., object]]

    def handle(self, **options: Any) -> None:
        type(self).work(self)


def run_work(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[ProjectCommand], object], *arguments: str
) -> Any:
    """Run a command line whose command does the work."""
    monkeypatch.setattr(Command, "work", work, raising=False)
    monkeypatch.setattr("tests.events.commands.load_command_class", lambda *_: Command())
    return run("odd", *arguments)


def fail_with(error: BaseException) -> Callable[[ProjectCommand], object]:
    def work(command: ProjectCommand) -> None:
        raise error

    return work


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (Refused("It can't be done."), 1, "It can't be done."),
        (WrongArgument("There is none."), 2, "There is none."),
        (Cancelled("Stopped."), 130, "Stopped."),
        (KeyboardInterrupt(), 130, "Cancelled."),
        (FileRefused("a: is odd"), 2, "a: is odd"),
        (OSError(28, "No space left on device", "a"), 1, "a: No space left on device"),
        (DatabaseError("odd {braces}\nmore"), 1, "The database refused: odd {braces}"),
        (KeyError("odd"), 1, "Unexpected error: KeyError: 'odd' (--traceback shows more)"),
    ],
)
def test_an_error_is_one_line_and_a_code(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, line: str
) -> None:
    ran = run_work(monkeypatch, fail_with(error), "--json")
    assert (ran.code, ran.out, ran.err) == (code, "", f"{line}\n")


def test_a_traceback_is_shown_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError):
        run_work(monkeypatch, fail_with(KeyError("odd")), "--traceback")


def test_unknown_arguments_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    ran = run_work(monkeypatch, lambda command: None, "--odd")
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)


def test_people_and_programs_each_get_their_own_output(monkeypatch: pytest.MonkeyPatch) -> None:
    def work(command: ProjectCommand) -> None:
        command.say("a [b] :c:")
        command.answer({"n": Decimal("1.5"), "i": Decimal("2.0"), "x": math.nan, "a": np.int64(3)})

    assert run_work(monkeypatch, work).out == "a [b] :c:\n"
    assert run_work(monkeypatch, work, "--json").json() == {"n": 1.5, "i": 2, "x": None, "a": 3}


@pytest.mark.parametrize("text", ["500000", "500_000", "500,000", "500 000", "500\u00a0000", " 500000 "])
def test_whole_numbers_may_be_grouped(text: str) -> None:
    assert whole_number(1, 10**9)(text) == 500_000


@pytest.mark.parametrize("text", ["", "0", "1e5", "1.5", "-1", "--1", "٣", "9" * 5000, "1000000001"])
def test_whole_numbers_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="whole number from 1 to"):
        whole_number(1, 10**9)(text)


@pytest.mark.parametrize(
    "text", ["1,5", "15,00", "1,500,00", "1500,000", "0,500", "1,500_000", "1_5", "1.500", "1'500", "1,,500"]
)
def test_only_groups_of_three_are_parted_and_other_numbers_come_with_how_to_write_them(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError) as refused:
        whole_number(1, 10**9)(text)
    assert "write 1500 or 1,500" in str(refused.value) or text == "1,,500"


@pytest.mark.django_db
def test_a_database_that_lacks_migrations_is_refused() -> None:
    MigrationRecorder(connection).record_unapplied("events", "0001_event_tables")
    with pytest.raises(Refused, match=r"python manage\.py migrate`"):
        call_command("events")


@pytest.mark.django_db
def test_a_database_of_a_newer_version_is_refused() -> None:
    MigrationRecorder(connection).record_applied("events", "9999_future")
    with pytest.raises(Refused, match=r"newer version of the project \(events\.9999_future\)"):
        call_command("events")


@pytest.mark.django_db
def test_migrations_that_were_squashed_or_belong_to_others_are_no_problem() -> None:
    MigrationRecorder(connection).record_applied("events", "0000_squashed_since")
    MigrationRecorder(connection).record_applied("another_app", "0001_initial")
    assert call_command("events", stdout=io.StringIO()) is None


# Permissions do not hold root, unless it gives up the right to pass them over.
AS_WHOM = ("setpriv", "--bounding-set=-dac_override") if os.geteuid() == 0 else ()


def run_process(database_url: str, *prefix: str) -> subprocess.CompletedProcess[str]:
    """Run `events --json` in a process of its own."""
    return subprocess.run(
        [*prefix, sys.executable, "manage.py", "events", "--json"],
        env={**os.environ, "DATABASE_URL": database_url},
        capture_output=True,
        text=True,
        check=False,
    )


def test_databases_that_can_not_be_used_are_named_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite3").write_text("not a database, but long enough to look like one to a reader" * 9)
    (tmp_path / "empty.sqlite3").touch()
    expected = {
        f"sqlite:///{tmp_path}/empty.sqlite3": "The database is not set up for this version",
        f"sqlite:///{tmp_path}/typo.sqlite3": f"DATABASE_URL names {tmp_path}/typo.sqlite3, which does not",
        f"sqlite:///{tmp_path}/text.sqlite3": f"{tmp_path}/text.sqlite3 is not an SQLite database",
        f"sqlite:///{tmp_path}/missing/db.sqlite3": f"DATABASE_URL names {tmp_path}/missing/db.sqlite3, and "
        "there is no such folder",
        f"sqlite:///{tmp_path}": f"The database can't be opened: check that {tmp_path} can be",
        "postgres://nobody:secret@127.0.0.1:1/none": "The database at 127.0.0.1:1 can't be reached",
    }
    for url, line in expected.items():
        ran = run_process(url)
        assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (1, "", 1)
        assert ran.stderr.startswith(line)
        assert "secret" not in ran.stderr


MAKES_NO_DATABASE = [
    ("simulations",),
    ("results", "last"),
    ("check_event", "summer-clan-bingo"),
    ("load_event", "--bundled"),
    ("simulate", "summer-clan-bingo", "--runs", "1"),
    ("run_pending", "abc"),
    ("worker",),
    ("showmigrations",),
    ("migrate", "--plan"),
    ("migrate", "--check"),
    ("dumpdata",),
    ("createsuperuser", "--noinput"),
    ("runserver", "--noreload", "127.0.0.1:0"),
]


@pytest.mark.parametrize("arguments", MAKES_NO_DATABASE, ids=" ".join)
def test_only_migrating_makes_a_database(arguments: tuple[str, ...], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db.sqlite3"
    ran = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 1
    assert list(tmp_path.iterdir()) == []
    # What Django refuses by itself has its own words.
    if arguments[0] != "dumpdata":
        assert ran.stderr.startswith(f"DATABASE_URL names {tmp_path}/db.sqlite3, which does not exist")
        assert ran.stderr.endswith("python manage.py migrate` to make it.\n")


def test_migrating_makes_a_database(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/db.sqlite3"
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env={**os.environ, "DATABASE_URL": url}, check=True)
    assert (tmp_path / "db.sqlite3").is_file()
    assert run_process(url).returncode == 0


@pytest.mark.parametrize("folder_mode", [0o755, 0o555])
def test_events_are_listed_from_a_database_that_can_not_be_written(tmp_path: Path, folder_mode: int) -> None:
    url = f"sqlite:///{tmp_path}/db.sqlite3"
    migrate = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(migrate, env={**os.environ, "DATABASE_URL": url}, check=True)
    (tmp_path / "db.sqlite3").chmod(0o444)
    tmp_path.chmod(folder_mode)
    try:
        ran = run_process(url, *AS_WHOM)
    finally:
        tmp_path.chmod(0o755)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, '{"events": []}\n', "")


def locked(path: Path) -> None:
    sqlite3.connect(path).execute("BEGIN EXCLUSIVE")
    sqlite3.connect(path, timeout=0).execute("CREATE TABLE b (x)")


def read_only(path: Path) -> None:
    sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("CREATE TABLE b (x)")


def full(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute("PRAGMA max_page_count = 1")
    database.execute("CREATE TABLE b (x)")


def no_table(path: Path) -> None:
    sqlite3.connect(path).execute("SELECT * FROM missing")


@pytest.mark.parametrize(
    ("misuse", "remedy"),
    [
        (locked, "locked by another process"),
        (read_only, "is read-only"),
        (full, "disk is full"),
        (no_table, "python manage.py migrate`"),
    ],
)
def test_what_sqlite_refuses_comes_with_a_remedy(
    tmp_path: Path, misuse: Callable[[Path], None], remedy: str
) -> None:
    path = tmp_path / "db.sqlite3"
    sqlite3.connect(path).execute("CREATE TABLE a (x)")
    with pytest.raises(sqlite3.Error) as caught:
        misuse(path)
    error = DatabaseError("refused")
    error.__cause__ = caught.value
    assert remedy in explain_database_error(error)


@pytest.mark.django_db
@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("statement", "remedy"),
    [
        ("SELECT * FROM missing", "python manage.py migrate`"),
        ("SET TRANSACTION READ ONLY; CREATE TABLE b (x int)", "is read-only"),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)", "took too long"),
    ],
)
def test_what_postgresql_refuses_comes_with_a_remedy(statement: str, remedy: str) -> None:
    with pytest.raises(DatabaseError) as caught:
        connection.cursor().execute(statement, None)
    assert remedy in explain_database_error(caught.value)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    path.chmod(0o640)
    with suppress(ZeroDivisionError), replacing(str(path)) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    write_file(str(path), "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)
    assert list(tmp_path.iterdir()) == [path]


def test_links_are_followed_and_devices_written_to(tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("old")
    link.symlink_to(target)
    write_file(str(link), "new")
    assert link.is_symlink()
    assert target.read_text() == "new"
    write_file(os.devnull, "gone")


def test_a_file_that_exists_can_be_kept(tmp_path: Path) -> None:
    path = tmp_path / "out.txt"
    path.write_text("old")
    with pytest.raises(FileRefused, match="exists already"):
        write_file(str(path), "new", overwrite=False)


def test_output_into_a_closed_pipe_ends_quietly() -> None:
    arguments = [sys.executable, "manage.py", "check_event", bundled_files()[0]]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
    assert process.returncode == 1
