"""What a completed simulation's page shows is rendered once, and browsers may keep it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from simulations.models import Simulation
from tests.events.factories import an_event
from tests.simulations.admin.changes import let_delete, rename_event, rename_simulation, write_notes
from tests.simulations.admin.pages import address
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation
from tests.visitors import who_may, who_may_only_read

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def ask(client: Client, simulation: Simulation, etag: str = "") -> Any:
    headers = {"If-None-Match": etag} if etag else {}
    return client.get(address("change", simulation.pk), headers=headers)


def etag_of(client: Client, simulation: Simulation) -> str:
    return str(ask(client, simulation).headers["ETag"])


def test_a_completed_simulation_is_rendered_once(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    first = ask(admin_client, simulation).content
    with CaptureQueriesContext(
        connection,
    ) as queries:
        again = ask(admin_client, simulation).content
    assert b"Who wins" in again
    assert len(again) == len(first)
    assert not [query for query in queries if '"summary"' in query["sql"]]


def test_an_unfinished_one_is_rendered_each_time(admin_client: Client) -> None:
    simulation, _ = a_claimed_simulation()
    for _ in range(2):
        response = ask(admin_client, simulation)
        assert "ETag" not in response.headers
        assert "no-store" in response.headers["Cache-Control"]


def test_a_browser_that_has_it_is_told_so(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    response = ask(admin_client, simulation)
    assert response.headers["Cache-Control"] == "private, no-cache"
    again = ask(admin_client, simulation, response.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == response.headers["ETag"]


def delete_event(simulation: Simulation, _: User) -> None:
    assert simulation.event is not None
    simulation.event.delete()


def rename_user(_: Simulation, user: User) -> None:
    user.username = "renamed"
    user.save()


@pytest.mark.parametrize(
    "change",
    [rename_simulation, write_notes, rename_event, delete_event, let_delete, rename_user],
    ids=lambda one: one.__name__,
)
def test_what_changes_on_the_page_is_shown(change: Callable[[Simulation, User], None]) -> None:
    simulation = a_completed_simulation(event=an_event())
    client = who_may("view_simulation", "view_event")
    etag = etag_of(client, simulation)
    change(simulation, User.objects.get(username__startswith="visitor"))
    assert ask(client, simulation, etag).status_code == 200


def test_each_person_has_a_page_of_their_own() -> None:
    simulation = a_completed_simulation()
    one, other = who_may_only_read(), who_may_only_read()
    assert ask(other, simulation, etag_of(one, simulation)).status_code == 200


def test_nobody_is_told_so_without_permission(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    etag = etag_of(admin_client, simulation)
    assert ask(who_may("view_event"), simulation, etag).status_code == 403
    assert ask(Client(), simulation, etag).status_code == 302


def test_a_message_is_shown_once_though_the_browser_has_the_page(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    etag = etag_of(admin_client, simulation)
    admin_client.post(address("cancel", simulation.pk))  # refused, as the next page says
    told = ask(admin_client, simulation, etag)
    assert b"nothing to cancel" in told.content
    assert "ETag" not in told.headers
    assert ask(admin_client, simulation, etag).status_code == 304
