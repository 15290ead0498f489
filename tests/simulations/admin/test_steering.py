"""Cancelling, resuming, extending and deleting from a simulation's page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User
from django.contrib.messages import get_messages
from django.test import Client

from simulations.models import BatchResult, Simulation, SimulationStatus
from simulations.services import SteeringRefused, cancel
from simulations.services.space import space_of
from tests.simulations.admin.pages import address, note_messages
from tests.simulations.factories import (
    a_claimed_simulation,
    a_completed_simulation,
    a_distributed_simulation,
    a_simulation,
    a_worker,
)
from tests.visitors import who_may

pytestmark = pytest.mark.django_db
OWN = ("view_simulation", "add_simulation")
ALL = ("view_simulation", "change_simulation")


def steer(client: Client, simulation: Simulation, what: str, **data: Any) -> Any:
    return client.post(address(what, simulation.pk), data)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def a_cancelled_simulation(**changes: Any) -> Simulation:
    simulation = a_simulation(**changes)
    cancel(simulation.pk)
    simulation.refresh_from_db()
    return simulation


def buttons(client: Client, simulation: Simulation) -> set[str]:
    """Return what the page offers."""
    actions = client.get(address("change", simulation.pk)).context["actions"]
    return {name for name, offered in actions.items() if offered}


def test_what_goes_on_is_cancelled(admin_client: Client) -> None:
    simulation, _ = a_claimed_simulation()
    response = steer(admin_client, simulation, "cancel")
    assert response.headers["Location"] == address("change", simulation.pk)
    assert said(response) == ["Cancelled."]
    assert Simulation.objects.get().status == SimulationStatus.CANCELLED


def test_what_was_cancelled_is_resumed_by_a_process_of_its_own(
    admin_client: Client, started: list[str]
) -> None:
    simulation = a_cancelled_simulation()
    steer(admin_client, simulation, "resume")
    assert Simulation.objects.get().status == SimulationStatus.PENDING
    assert started == [simulation.pk]


def test_a_distributed_one_is_resumed_by_the_workers(
    admin_client: Client, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = note_messages(monkeypatch)
    simulation = a_distributed_simulation()
    cancel(simulation.pk)
    a_worker()
    steer(admin_client, simulation, "resume")
    assert (sent, started) == ([simulation.pk], [])


def test_what_is_completed_gets_more_runs(admin_client: Client, started: list[str]) -> None:
    simulation = a_completed_simulation()
    response = steer(admin_client, simulation, "extend", runs="60")
    simulation.refresh_from_db()
    assert (simulation.n_runs, simulation.status) == (60, SimulationStatus.PENDING)
    assert (started, said(response)) == ([simulation.pk], ["Extended to 60 runs."])


def test_what_is_being_computed_goes_on_to_more_runs_without_another_process(
    admin_client: Client, started: list[str]
) -> None:
    simulation, _ = a_claimed_simulation()
    steer(admin_client, simulation, "extend", runs="60")
    assert (Simulation.objects.get().n_runs, started) == (60, [])


@pytest.mark.parametrize(
    ("runs", "message"), [("40", "It has 40 runs already"), ("", "required"), ("x", "whole")]
)
def test_a_wrong_number_of_runs_is_said_at_its_field(
    admin_client: Client, started: list[str], runs: str, message: str
) -> None:
    page = steer(admin_client, a_completed_simulation(), "extend", runs=runs)
    form = page.context["extend_form"]
    assert page.status_code == 200
    assert message in form.errors["runs"][0]
    assert form["runs"].value() == runs
    assert (Simulation.objects.get().n_runs, started) == (40, [])


@pytest.mark.parametrize(
    ("make", "what", "message"),
    [
        (a_completed_simulation, "cancel", "nothing to cancel"),
        (a_completed_simulation, "resume", "is completed"),
        (a_simulation, "resume", "starts by itself"),
    ],
)
def test_what_can_not_be_done_is_said(
    admin_client: Client, started: list[str], make: Callable[[], Simulation], what: str, message: str
) -> None:
    simulation = make()
    response = steer(admin_client, simulation, what)
    assert response.status_code == 302
    assert message in said(response)[0]
    assert Simulation.objects.get().status == simulation.status
    assert started == []


def test_runs_of_another_engine_are_not_mixed(admin_client: Client, started: list[str]) -> None:
    simulation = a_cancelled_simulation()
    Simulation.objects.update(engine_version=0)
    assert "engine version 0" in said(steer(admin_client, simulation, "resume"))[0]
    assert started == []


@pytest.mark.parametrize("what", ["cancel", "resume", "extend"])
def test_steering_is_posted_and_nothing_else(admin_client: Client, what: str) -> None:
    simulation = a_simulation()
    response = admin_client.get(address(what, simulation.pk), follow=True)
    assert response.redirect_chain == [(address("change", simulation.pk), 302)]
    assert "Nothing was done" in response.content.decode()
    assert Simulation.objects.get().status == SimulationStatus.PENDING
    assert admin_client.put(address(what, simulation.pk)).status_code == 405
    assert admin_client.post(address(what, "nothere")).status_code == 404


@pytest.mark.parametrize("what", ["cancel", "resume", "extend"])
def test_a_post_without_its_token_is_refused(what: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("admin"))
    simulation = a_simulation()
    assert steer(client, simulation, what, runs="60").status_code == 403
    assert Simulation.objects.get().status == SimulationStatus.PENDING


def test_whoever_runs_simulations_steers_their_own(started: list[str]) -> None:
    client = who_may(*OWN)
    own = a_simulation(asked_by=User.objects.get())
    others = a_simulation(asked_by=User.objects.create(username="other"))
    nobodys = a_simulation()
    assert steer(client, own, "cancel").status_code == 302
    assert steer(client, own, "resume").status_code == 302
    assert started == [own.pk]
    for simulation in (others, nobodys):
        assert buttons(client, simulation) == set()
        for what in ("cancel", "resume", "extend"):
            assert steer(client, simulation, what, runs="60").status_code == 403


def test_who_may_change_simulations_steers_all_and_who_views_none() -> None:
    simulation = a_simulation(asked_by=User.objects.create(username="other"))
    viewer = who_may("view_simulation")
    assert buttons(viewer, simulation) == set()
    assert steer(viewer, simulation, "cancel").status_code == 403
    changer = who_may(*ALL)
    assert buttons(changer, simulation) == {"cancel", "extend"}
    assert steer(changer, simulation, "cancel").status_code == 302


def test_the_buttons_are_those_that_the_status_allows(admin_client: Client) -> None:
    running, _ = a_claimed_simulation()
    failed, token = a_claimed_simulation()
    Simulation.objects.fail(failed.pk, token, error="boom")
    assert buttons(admin_client, running) == {"cancel", "extend"}
    assert buttons(admin_client, failed) == {"resume", "delete"}
    assert buttons(admin_client, a_completed_simulation()) == {"extend", "delete"}
    assert buttons(admin_client, a_cancelled_simulation()) == {"resume", "extend", "delete"}


def test_no_button_offers_what_another_engine_version_refuses(admin_client: Client) -> None:
    cancelled, completed = a_cancelled_simulation(), a_completed_simulation()
    Simulation.objects.update(engine_version=0)
    assert buttons(admin_client, cancelled) == buttons(admin_client, completed) == {"delete"}


def test_what_is_done_is_told_in_the_history(admin_client: Client) -> None:
    simulation = a_simulation()
    steer(admin_client, simulation, "cancel")
    assert "Cancelled." in admin_client.get(address("history", simulation.pk)).content.decode()


def test_what_has_ended_is_deleted_with_its_results(admin_client: Client) -> None:
    simulation = a_completed_simulation(batches=[10, 30])
    page = admin_client.get(address("delete", simulation.pk)).content.decode()
    assert simulation.pk in page
    assert "Batches of results: 2" in page
    assert "Freed: " in page
    response = admin_client.post(address("delete", simulation.pk), {"post": "yes"})
    assert response.headers["Location"] == address("changelist")
    assert not Simulation.objects.exists()
    assert not BatchResult.objects.exists()


def test_what_is_freed_is_what_is_kept() -> None:
    simulation = a_completed_simulation(batches=[10, 30])
    blocks = sum(len(result.block) for result in BatchResult.objects.all())
    assert simulation.summary is not None
    assert space_of(simulation.pk) == (2, blocks + len(simulation.summary) + len(simulation.document))
    assert space_of("nothere") == (0, 0)


def test_several_are_deleted_from_the_list(admin_client: Client) -> None:
    chosen = [a_completed_simulation().pk for _ in range(2)]
    kept = a_completed_simulation().pk
    delete_selected(admin_client, *chosen)
    assert Simulation.objects.get().pk == kept


def test_what_is_under_way_is_not_deleted(admin_client: Client) -> None:
    simulation, _ = a_claimed_simulation()
    page = admin_client.get(address("delete", simulation.pk)).content.decode()
    assert "cancel it first" in page
    delete_selected(admin_client, simulation.pk, a_completed_simulation().pk)
    admin_client.post(address("delete", simulation.pk), {"post": "yes"})
    assert Simulation.objects.count() == 2


def test_what_was_resumed_since_the_page_asked_is_not_deleted(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*ids: str) -> None:
        raise SteeringRefused("It is running: cancel it first.")

    monkeypatch.setattr("simulations.admin.simulations.delete", refuse)
    simulation = a_completed_simulation()
    alone = admin_client.post(address("delete", simulation.pk), {"post": "yes"})
    assert (alone.headers["Location"], said(alone)) == (
        address("change", simulation.pk),
        ["It is running: cancel it first."],
    )
    chosen = delete_selected(admin_client, simulation.pk)
    assert (chosen.status_code, said(chosen)[-1]) == (302, "It is running: cancel it first.")
    assert Simulation.objects.exists()
    assert not LogEntry.objects.filter(action_flag=DELETION).exists()


def test_only_who_may_delete_deletes() -> None:
    simulation, client = a_completed_simulation(), who_may(*OWN, "change_simulation")
    assert client.get(address("change", simulation.pk)).status_code == 200
    assert client.post(address("delete", simulation.pk), {"post": "yes"}).status_code == 403
    delete_selected(client, simulation.pk)
    assert Simulation.objects.exists()


def delete_selected(client: Client, *ids: str) -> Any:
    data = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
    return client.post(address("changelist"), data)
