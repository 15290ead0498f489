"""The entry point: what happens before any command takes over."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("typed", "close"), [("resutls", "did you mean results or resume?"), ("xyzzy", "help` lists all")]
)
def test_an_unknown_command_is_a_wrong_argument(typed: str, close: str) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), typed]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)
    assert ran.stderr.startswith(f"There is no command '{typed}': ")
    assert close in ran.stderr


@pytest.mark.parametrize("delay_s", [0.3, 0.6])
def test_ctrl_c_while_everything_is_imported_is_one_line(delay_s: float) -> None:
    process = subprocess.Popen(
        [sys.executable, str(ROOT / "manage.py"), "help"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A job of a shell without a terminal ignores the signal; a command that a person types does not.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    time.sleep(delay_s)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    # On a fast machine the command may be through before the signal, which then meets Python on its way out.
    assert out or (process.returncode, err) == (130, "Cancelled.\n")


def test_ctrl_c_while_a_class_is_made_is_one_line() -> None:
    interrupted = """
import runpy, sys
from events.management import entry
class Field:
    def __set_name__(self, owner, name):
        raise KeyboardInterrupt
def execute(self):
    type("Model", (), {"field": Field()})
entry.Utility.execute = execute
sys.argv = ["manage.py", "help"]
runpy.run_path("manage.py", run_name="__main__")
"""
    ran = subprocess.run(
        [sys.executable, "-c", interrupted], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (130, "Cancelled.\n")


def make_migrations(database_url: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "makemigrations", "--check"]
    env = {**os.environ, "DATABASE_URL": database_url}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_makemigrations_needs_no_database_and_makes_none(tmp_path: Path) -> None:
    ran = make_migrations(f"sqlite:///{tmp_path / 'db.sqlite3'}")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "No changes detected\n", "")
    assert not [*tmp_path.iterdir()]


def test_makemigrations_says_that_a_database_does_not_answer() -> None:
    ran = make_migrations("postgres://nobody@127.0.0.1:1/none")
    assert ran.returncode == 0
    assert "Got an error checking a consistent migration history" in ran.stderr
