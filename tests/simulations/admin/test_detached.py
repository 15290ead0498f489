"""From the form to the result, with a real process of its own, on the database at hand."""

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from events.transfer import store_document
from simulations.models import ACTIVE, Simulation, SimulationStatus
from tests.events.factories import an_event
from tests.simulations.admin.pages import address
from tests.simulations.test_processes import a_long_document, database_url

PATIENCE_S = 120


@pytest.fixture(autouse=True)
def _processes(monkeypatch: pytest.MonkeyPatch, transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """Processes that are started use the tests' database, and end before that is emptied."""
    name = connection.settings_dict["NAME"]
    url = f"sqlite:///{name}" if connection.vendor == "sqlite" else database_url(tmp_path)
    monkeypatch.setenv("DATABASE_URL", url)
    popen, started = subprocess.Popen, []

    def start(*arguments: Any, **options: Any) -> Any:
        started.append(popen(*arguments, **options))
        return started[-1]

    monkeypatch.setattr("simulations.services.turns.subprocess.Popen", start)
    yield
    for process in started:
        try:
            process.wait(timeout=PATIENCE_S)
        finally:
            process.kill()


def wait_for(condition: Callable[[Any], bool]) -> Simulation:
    """Wait until the only simulation meets a condition."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition(simulation := Simulation.objects.get()):
        assert time.monotonic() < deadline, (simulation.status, simulation.error)
        time.sleep(0.1)
    return simulation


def has_ended(simulation: Simulation) -> bool:
    return simulation.status not in ACTIVE


def is_running(simulation: Any) -> bool:
    return simulation.status == SimulationStatus.RUNNING and simulation.batches.exists()


def test_a_form_leads_to_a_result(admin_client: Client) -> None:
    form = f"{address('add')}?event={an_event().pk}"
    page = admin_client.post(form, {"runs": "200", "mode": "local", "seed": "7"}).headers["Location"]
    assert "pending" in admin_client.get(page).content.decode()
    simulation = wait_for(has_ended)
    assert simulation.status == SimulationStatus.COMPLETED
    shown = admin_client.get(page)
    assert shown.context["results"].runs == 200
    assert shown.context["figures"].win_rates


def test_what_runs_is_cancelled_and_resumed(admin_client: Client) -> None:
    event = store_document(a_long_document()).event
    assert event is not None
    form = f"{address('add')}?event={event.pk}"
    admin_client.post(form, {"runs": "20000", "mode": "local", "seed": "7"})
    simulation = wait_for(is_running)
    admin_client.post(address("cancel", simulation.pk))
    assert wait_for(has_ended).status == SimulationStatus.CANCELLED
    admin_client.post(address("resume", simulation.pk))
    wait_for(is_running)
    admin_client.post(address("cancel", simulation.pk))
    assert wait_for(has_ended).status == SimulationStatus.CANCELLED


def test_the_second_waits_for_the_first(admin_client: Client) -> None:
    form = f"{address('add')}?event={an_event().pk}"
    pages = [admin_client.post(form, {"runs": "200", "mode": "local", "seed": "7"}) for _ in range(2)]
    shown = admin_client.get(pages[1].headers["Location"]).content.decode()
    assert "It waits for its turn: 1 other is before it" in shown
    deadline = time.monotonic() + PATIENCE_S
    while Simulation.objects.filter(status=SimulationStatus.COMPLETED).count() < 2:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    first, second = Simulation.objects.order_by("queued_at")
    assert first.finished_at is not None
    assert second.started_at is not None
    assert first.finished_at <= second.started_at
    assert first.digest == second.digest
