"""What hints tell people to type works where they are."""

import sys
from pathlib import Path

import pytest

from events.management.hints import MANAGE, command_line

ROOT = MANAGE.parent


@pytest.mark.parametrize(
    ("python", "folder", "typed"),
    [
        (".venv/bin/python", ROOT, ".venv/bin/python manage.py events"),
        (".venv/bin/python", ROOT / "events", f"{ROOT}/.venv/bin/python {MANAGE} events"),
        ("/opt/other/python", ROOT, "/opt/other/python manage.py events"),
    ],
)
def test_a_hint_names_this_python_and_the_checkout_from_the_current_folder(
    python: str, folder: Path, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(ROOT / python))
    monkeypatch.chdir(folder)
    assert command_line("events") == typed


def test_the_python_that_is_found_by_its_name_is_called_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(python))
    monkeypatch.chdir(ROOT)
    assert command_line("events") == "python manage.py events"
