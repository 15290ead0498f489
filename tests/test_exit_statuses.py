"""What commands exit with is what the documentation says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from events.management.base import Cancelled, Refused, WrongArgument
from tests.events.commands import run
from tests.events.factories import an_event
from tests.simulations.factories import a_completed_simulation, a_simulation

ROOT = Path(__file__).parents[1]


def documented() -> dict[int, str]:
    """Return the documented statuses and what they mean."""
    page = (ROOT / "docs/commands.md").read_text()
    rows = re.findall(r"^\| ([0-9]+) \| ([^|]+) \|", page, flags=re.MULTILINE)
    return {int(status): meaning for status, meaning in rows}


def test_every_status_of_the_commands_is_documented_and_no_other() -> None:
    refusals = (Refused("x"), WrongArgument("x"), Cancelled())
    assert set(documented()) == {0, *(refusal.returncode for refusal in refusals)}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("status", "arguments"),
    [
        (0, ("events",)),
        (0, ("check_event", "small-bingo")),
        (0, ("results", "last")),
        (1, ("cancel", "last")),
        (1, ("resume", "last")),
        (2, ("results", "nothing")),
        (2, ("check_event", "nothing")),
        (2, ("check_event", "no-such-file.yaml")),
        (2, ("export_event", "small-bingo", "-o", "no-such-folder/event.yaml")),
        (2, ("simulate", "small-bingo", "--runs", "1,5")),
        (2, ("simulate", "small-bingo", "--odd")),
        (2, ("replay", "last", "40")),
    ],
    ids=str,
)
def test_a_command_exits_with_what_is_documented(status: int, arguments: tuple[str, ...]) -> None:
    an_event()
    a_completed_simulation()
    name, *rest = arguments
    app = "events" if name in ("events", "check_event", "export_event") else "simulations"
    assert run(name, *rest, app=app).code == status


@pytest.mark.django_db
def test_a_no_to_deleting_is_a_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    a_simulation()
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdin.readline", lambda: "n\n", raising=False)
    assert run("delete", "last", app="simulations").code == 130


def test_a_wrong_variable_is_a_wrong_call(tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "manage.py", "events"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3", "DEBUG": "perhaps"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "DEBUG must be 1 or 0, not 'perhaps'.\n"
