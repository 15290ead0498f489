"""What a terminal's encoding can't show is written with look-alikes."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from events.management.terminal import ASCII, show_anywhere
from simulations.presentation.drawing import LEVELS
from tests.simulations.factories import a_completed_simulation
from tests.simulations.test_presentation import printed


def written(text: str, encoding: str) -> str:
    """Return what a stream of an encoding has of a text."""
    stream = io.TextIOWrapper(raw := io.BytesIO(), encoding=encoding)
    show_anywhere(stream)
    stream.write(text)
    stream.flush()
    return raw.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "█▓▒·· ▁█ → … é"),
        ("ascii", "#=-.. .# > ~ \\xe9"),
        ("latin-1", "#=-·· .# > ~ é"),
        ("cp437", "█▓▒·· .█ > ~ é"),
    ],
)
def test_what_can_not_be_shown_has_a_look_alike(encoding: str, shown: str) -> None:
    assert written("█▓▒·· ▁█ → … é", encoding) == shown


def test_heights_of_a_histogram_stay_apart() -> None:
    assert len(set(written(LEVELS, "ascii"))) == len(LEVELS)


def test_look_alikes_are_ascii_and_as_wide() -> None:
    assert all(len(instead) == 1 and instead.isascii() for instead in ASCII.values())


@pytest.mark.any_database
@pytest.mark.django_db
def test_reports_hold_no_sign_without_a_look_alike() -> None:
    from simulations.presentation import show_results
    from simulations.results import load_results

    text = printed(*show_results(load_results(a_completed_simulation())))
    assert not {sign for sign in text if not sign.isascii()} - set(ASCII)


def test_every_command_writes_for_the_terminal_that_it_has(tmp_path: Path) -> None:
    variables = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3"}
    variables["PYTHONIOENCODING"] = "ascii"

    def manage(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, env=variables, capture_output=True, text=True, check=True)

    manage("migrate", "--verbosity", "0")
    manage("load_event", "--bundled")
    simulate = manage("simulate", "spring-league-bingo", "--runs", "20", "--seed", "1", "--processes", "1")
    reports = [simulate, manage("replay", "last", "0"), manage("simulations"), manage("events")]
    for ran in reports:
        assert ran.stdout.isascii()
        assert "\\u" not in ran.stdout + ran.stderr
    assert "####" in simulate.stdout
    assert " * " in reports[1].stdout
