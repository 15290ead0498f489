"""Tests of pages note what processes would run: those would look into the developer's own database."""

import pytest


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the simulations that a process was started for."""
    ids: list[str] = []
    monkeypatch.setattr("simulations.services.turns._start_process", ids.append)
    return ids
