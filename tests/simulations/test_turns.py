"""Local simulations that pages ask for wait for their turn."""

import sys
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from simulations import services
from simulations.models import Simulation, SimulationStatus
from simulations.services import turns
from simulations.services.ownership import claim_local
from simulations.services.recording import complete, record_computed
from tests.simulations.factories import a_claimed_simulation, a_request, a_simulation, computed

pytestmark = pytest.mark.django_db


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The simulations that a process was started for, in that order; each claims its own."""
    ids: list[str] = []
    monkeypatch.setattr(turns, "_start_process", ids.append)
    return ids


def a_queued_simulation() -> Simulation:
    return services.queue_local(**a_request())


def finish(simulation: Simulation) -> None:
    """Do what the simulation's process does, except that it computes here."""
    token = claim_local(simulation.pk)
    assert token is not None
    record_computed(simulation.pk, token, computed(simulation, [simulation.n_runs]))
    assert complete(simulation, token, elapsed_s=lambda: 0.5)


def states() -> list[str]:
    """Return what people read as the status of each simulation, the first asked for first."""
    return [one.shown_status for one in Simulation.objects.order_by("created_at", "queued_at", "pk")]


def test_one_goes_first_and_the_others_wait(started: list[str]) -> None:
    simulations = [a_queued_simulation() for _ in range(3)]
    assert started == [simulations[0].pk]
    assert sorted(states()) == ["pending", "waiting", "waiting"]
    assert [turns.before_in_turn(one) for one in Simulation.objects.in_turn()] == [0, 1, 2]


def test_the_next_starts_when_one_has_ended(started: list[str]) -> None:
    simulations = [a_queued_simulation() for _ in range(3)]
    for ended, simulation in enumerate(simulations, start=1):
        finish(simulation)
        services.start_waiting()
        assert started == [one.pk for one in simulations[: ended + 1]]


def test_as_many_go_on_at_once_as_the_setting_says(started: list[str], settings: Any) -> None:
    settings.LOCAL_SIMULATIONS = 2
    simulations = [a_queued_simulation() for _ in range(4)]
    assert started == [one.pk for one in simulations[:2]]
    services.cancel(simulations[1].pk)
    services.start_waiting()
    assert started == [one.pk for one in simulations[:3]]


def test_one_whose_process_is_gone_makes_way(started: list[str]) -> None:
    first, second = a_queued_simulation(), a_queued_simulation()
    assert claim_local(first.pk)
    past = timezone.now() - timedelta(seconds=1)
    Simulation.objects.filter(pk=first.pk).update(lease_expires_at=past)
    services.start_waiting()
    assert started == [first.pk, second.pk]
    first.refresh_from_db()
    assert first.status == SimulationStatus.INTERRUPTED


def test_what_waits_is_never_taken_for_abandoned(started: list[str]) -> None:
    a_queued_simulation()
    waiting = a_queued_simulation()
    assert services.mark_interrupted() == 0
    waiting.refresh_from_db()
    assert waiting.is_waiting


def test_what_commands_compute_takes_no_turn(started: list[str]) -> None:
    a_simulation()
    a_claimed_simulation()
    queued = a_queued_simulation()
    assert started == [queued.pk]


def test_what_waits_can_be_cancelled_and_waits_again_when_resumed(started: list[str]) -> None:
    first, second, third = (a_queued_simulation() for _ in range(3))
    services.cancel(second.pk)
    services.resume(second.pk, queued=True)
    services.start_waiting()
    assert [one.pk for one in Simulation.objects.in_turn()] == [first.pk, third.pk, second.pk]
    assert started == [first.pk]


def test_one_that_is_extended_on_a_page_waits_too(started: list[str]) -> None:
    first, second = a_queued_simulation(), a_queued_simulation()
    finish(first)
    services.start_waiting()
    assert services.extend(first.pk, n_runs=80, queued=True)
    services.start_waiting()
    assert started == [first.pk, second.pk]
    first.refresh_from_db()
    assert first.is_waiting


def test_a_command_that_resumes_one_does_not_wait(started: list[str]) -> None:
    first, second = a_queued_simulation(), a_queued_simulation()
    services.cancel(second.pk)
    services.resume(second.pk)
    second.refresh_from_db()
    assert not second.is_waiting
    assert claim_local(second.pk)
    assert started == [first.pk]


def test_one_whose_process_cannot_be_started_waits(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("sys.executable", f"{sys.executable}-that-is-not-there")
    simulation = a_queued_simulation()
    monkeypatch.undo()
    simulation.refresh_from_db()
    assert simulation.is_waiting
    assert simulation.pk in caplog.text


@pytest.mark.django_db(transaction=True)
def test_of_two_that_start_the_next_one_does(started: list[str]) -> None:
    simulations = [services.create_simulation(queued=True, **a_request()) for _ in range(4)]

    def start() -> None:
        try:
            services.start_waiting()
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert started == [simulations[0].pk]
