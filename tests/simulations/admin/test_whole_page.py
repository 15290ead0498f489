"""A completed simulation's page is remembered for all who may do the same, and is still each one's own."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.core.cache import cache
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from simulations.admin.simulations import PAGE_TEMPLATE, SimulationAdmin
from simulations.models import Simulation
from tests.events.factories import an_event
from tests.simulations.admin.changes import let_delete, rename_event, rename_simulation, write_notes
from tests.simulations.admin.pages import address
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
READER = ("view_simulation", "view_event")
STARTER = (*READER, "add_simulation")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def somebody(name: str, *codenames: str, **facts: Any) -> User:
    user = User.objects.create_user(name, is_staff=True, **facts)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def browser_of(user: User, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(user)
    return client


def page_for(user: User, simulation: Simulation) -> str:
    return without_token(browser_of(user).get(address("change", simulation.pk)).content.decode())


def without_token(page: str) -> str:
    return TOKEN.sub("", page)


def rendered_for(user: User, simulation: Simulation) -> str:
    """Return the page as it is made for one person alone, with nothing remembered."""
    path = address("change", simulation.pk)
    request = RequestFactory().get(path)
    request.user, request.resolver_match = User.objects.get(pk=user.pk), resolve(path)
    pages = admin.site.get_model_admin(Simulation)
    assert isinstance(pages, SimulationAdmin)
    stored = Simulation.objects.select_related("event", "asked_by").get(pk=simulation.pk)
    return without_token(render_to_string(PAGE_TEMPLATE, pages._page_context(request, stored), request))


def test_everybody_gets_what_would_be_rendered_for_them_alone() -> None:
    people = [
        somebody("ada", *READER, password="x", email="ada@example.com"),
        somebody("bob", *READER, password="x", first_name="Robert", last_name="<b>Tables</b>"),
        somebody("cleo", *READER),  # without a password, which hence can't be changed
        somebody("dora", "view_simulation", password="x"),
        somebody("emil", *STARTER, password="x"),
        somebody("finn", *STARTER, password="x"),
        somebody("gwen", *READER, "delete_simulation", password="x"),
        User.objects.create_superuser("hugo", password="x"),
        User.objects.create_superuser("iris", password="x"),
    ]
    simulation = a_completed_simulation(event=an_event(), asked_by=people[4])
    for user in [*people, *reversed(people)]:
        assert page_for(user, simulation) == rendered_for(user, simulation), user


def test_who_may_do_the_same_gets_the_same_rendering() -> None:
    simulation = a_completed_simulation(event=an_event())
    ada, bob = somebody("ada", *READER), somebody("bob", *READER)
    first = browser_of(ada).get(address("change", simulation.pk))
    second = browser_of(bob).get(address("change", simulation.pk))
    assert PAGE_TEMPLATE in {template.name for template in first.templates}
    assert {template.name for template in second.templates} == {
        "unfold/helpers/who.html",
        "unfold/helpers/avatar.html",
    }


def test_a_remembered_page_takes_five_queries() -> None:
    simulation = a_completed_simulation(event=an_event())
    client = browser_of(somebody("ada", *READER))
    client.get(address("change", simulation.pk))
    with CaptureQueriesContext(connection) as queries:
        client.get(address("change", simulation.pk))
    # The session, the user, the two kinds of permissions, the simulation with its event and its owner.
    assert len(queries) == 5, [query["sql"] for query in queries]


def test_nothing_of_one_person_is_in_the_page_of_another() -> None:
    simulation = a_completed_simulation(event=an_event())
    ada = somebody("ada-lovelace", *READER, email="ada@example.com", first_name="Augusta")
    bob = somebody("bob", *READER)
    browser = browser_of(ada)
    hers = browser.get(address("change", simulation.pk) + "?from=ada-lovelace").content.decode()
    his = browser_of(bob).get(address("change", simulation.pk)).content.decode()
    told = ("ada-lovelace", "ada@example.com", "Augusta", *TOKEN.findall(hers))
    assert [one for one in told if one in hers] == ["ada@example.com", "Augusta", *TOKEN.findall(hers)]
    assert not [one for one in (*told, browser.cookies["csrftoken"].value) if one in his]
    assert f'name="user" content="{bob.pk}"' in his


def test_the_forms_of_a_remembered_page_are_taken() -> None:
    owner = somebody("ada", *STARTER)
    simulation = a_completed_simulation(event=an_event(), asked_by=owner)
    for _ in range(2):
        client = browser_of(owner, enforce_csrf_checks=True)
        token, *_ = TOKEN.findall(client.get(address("change", simulation.pk)).content.decode())
        asked = {"runs": "1", "csrfmiddlewaretoken": token}
        refused = client.post(address("extend", simulation.pk), asked)
        assert b"give a larger number" in refused.content
        assert (
            browser_of(owner, enforce_csrf_checks=True)
            .post(address("extend", simulation.pk), asked)
            .status_code
            == 403
        )


def move_event(simulation: Simulation, _: User) -> None:
    assert simulation.event is not None
    simulation.event.start_date += timedelta(days=1)
    simulation.event.save()


def rename_owner(simulation: Simulation, _: User) -> None:
    assert simulation.asked_by is not None
    simulation.asked_by.username = "another-owner"
    simulation.asked_by.save()


def remove_owner(simulation: Simulation, _: User) -> None:
    assert simulation.asked_by is not None
    simulation.asked_by.delete()


def give_to(simulation: Simulation, user: User) -> None:
    Simulation.objects.filter(pk=simulation.pk).update(asked_by=user)


def let_delete_as_a_group(_: Simulation, user: User) -> None:
    group = Group.objects.create(name="Cleaners")
    group.permissions.set(Permission.objects.filter(codename="delete_simulation"))
    user.groups.add(group)


def hide_events(_: Simulation, user: User) -> None:
    user.user_permissions.remove(Permission.objects.get(codename="view_event"))


def make_superuser(_: Simulation, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_superuser=True)


def rename_user(_: Simulation, user: User) -> None:
    User.objects.filter(pk=user.pk).update(username="renamed")


def name_in_full(_: Simulation, user: User) -> None:
    User.objects.filter(pk=user.pk).update(first_name="Augusta")


def give_address(_: Simulation, user: User) -> None:
    User.objects.filter(pk=user.pk).update(email="ada@example.com")


@pytest.mark.parametrize(
    "change",
    [
        move_event,
        rename_event,
        write_notes,
        rename_simulation,
        rename_owner,
        remove_owner,
        give_to,
        let_delete,
        let_delete_as_a_group,
        hide_events,
        make_superuser,
        rename_user,
        name_in_full,
        give_address,
    ],
    ids=lambda one: one.__name__,
)
def test_what_changes_is_shown_at_once(change: Callable[[Simulation, User], None]) -> None:
    user = somebody("ada", *STARTER)
    simulation = a_completed_simulation(event=an_event(), asked_by=somebody("owner"))
    client = browser_of(user)
    before = client.get(address("change", simulation.pk))
    change(simulation, user)
    after = client.get(address("change", simulation.pk), headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    shown = without_token(after.content.decode())
    assert shown != without_token(before.content.decode())
    assert shown == rendered_for(user, simulation)


def test_a_password_that_can_no_longer_be_changed_is_not_offered_to_be() -> None:
    simulation = a_completed_simulation()
    user = somebody("ada", *READER, password="x")
    assert "Change password" in page_for(user, simulation)
    user.set_unusable_password()
    user.save()
    assert "Change password" not in page_for(user, simulation)


@pytest.mark.parametrize("keeps", [True, False])
def test_a_remembered_page_is_refused_to_who_may_no_longer_see_it(keeps: bool) -> None:
    simulation = a_completed_simulation()
    user = somebody("ada", *READER)
    client = browser_of(user)
    etag = client.get(address("change", simulation.pk)).headers["ETag"]
    headers = {"If-None-Match": etag} if keeps else {}

    user.user_permissions.clear()
    assert client.get(address("change", simulation.pk), headers=headers).status_code == 403
    user.user_permissions.set(Permission.objects.filter(codename__in=READER))
    assert client.get(address("change", simulation.pk), headers=headers).status_code == (
        304 if keeps else 200
    )
    client.post("/admin/logout/")
    assert client.get(address("change", simulation.pk), headers=headers).status_code == 302


@pytest.mark.parametrize("fact", ["is_active", "is_staff"])
def test_a_remembered_page_is_refused_to_who_lost_the_account(fact: str) -> None:
    simulation = a_completed_simulation()
    user = somebody("ada", *READER)
    client = browser_of(user)
    client.get(address("change", simulation.pk))
    User.objects.filter(pk=user.pk).update(**{fact: False})
    assert client.get(address("change", simulation.pk)).status_code == 302


def test_a_deleted_simulation_is_gone_though_its_page_was_remembered() -> None:
    simulation = a_completed_simulation()
    client = browser_of(somebody("ada", *READER))
    etag = client.get(address("change", simulation.pk)).headers["ETag"]
    Simulation.objects.filter(pk=simulation.pk).delete()
    asked = client.get(address("change", simulation.pk), headers={"If-None-Match": etag})
    assert asked.status_code == 404


def test_results_that_can_be_read_again_are_shown_at_once() -> None:
    simulation = a_completed_simulation()
    client = browser_of(somebody("ada", *READER))
    stored = bytes(simulation.summary or b"")
    Simulation.objects.filter(pk=simulation.pk).update(summary=b"damaged")
    damaged = client.get(address("change", simulation.pk))
    assert b"or are damaged" in damaged.content
    assert "ETag" not in damaged.headers
    Simulation.objects.filter(pk=simulation.pk).update(summary=stored)
    assert b"or are damaged" not in client.get(address("change", simulation.pk)).content


def test_each_name_of_the_server_has_a_page_of_its_own(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    simulation = a_completed_simulation()
    client = browser_of(somebody("ada", *READER))
    one, two = (
        client.get(address("change", simulation.pk), headers={"host": f"{name}.example"})
        for name in ("one", "two")
    )
    assert PAGE_TEMPLATE in {template.name for template in two.templates}
    assert one.headers["ETag"] != two.headers["ETag"]
