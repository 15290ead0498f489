"""What the groups may do: every page of the admin is opened by a member of each, and posted to.

The pages are those that the admin has, so that a new one is asked for too.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse

from events.models import Activity, Capability, Event, Player
from events.transfer import put_into_library
from tests.events.factories import an_event
from tests.simulations.admin.groups import ensure_groups
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db

GROUPS = ("organiser", "analyst", "viewer")
# Pages that belong to nobody's data: whoever is signed in may use them, and the first two everybody.
OPEN = {"login", "jsi18n"}
OWN = {"index", "logout", "password_change", "password_change_done", "search", "view_on_site", "app_list"}
# What it takes to open one of Django's own pages.
VERBS = {"changelist": "view", "change": "view", "history": "view", "add": "add", "delete": "delete"}
# Pages that only show something, whatever else there is.
READING = {
    "events_event_board",
    "events_event_export",
    "simulations_simulation_progress",
    "simulations_simulation_document",
}
POSTED = ("cancel", "resume", "extend")


def page_names() -> list[str]:
    """Return the names of all pages of the admin."""
    _, resolver = get_resolver().namespace_dict["admin"]
    return sorted(name for name in resolver.reverse_dict if isinstance(name, str))


DATA_PAGES = [name for name in page_names() if re.match("(auth|events|simulations)_", name)]


@pytest.fixture
def event() -> Event:
    """An event with all kinds of parts, entries of the library, and a simulation."""
    event = an_event()
    put_into_library(Activity.objects.filter(event=event)[0])
    put_into_library(Capability.objects.filter(event=event)[0])
    put_into_library(Player.objects.filter(event=event)[0])
    a_completed_simulation(event=event)
    return event


@pytest.fixture(autouse=True)
def _groups(db: None) -> None:
    ensure_groups()


@pytest.fixture(autouse=True)
def _no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a group's member resumes needs no process here: it would look into the developer's database."""
    monkeypatch.setattr("simulations.services.turns._start_process", lambda simulation_id: None)


def a_member(group: str) -> Client:
    """Return the browser of somebody who is in this group alone."""
    user = User.objects.create(username=group, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    client = Client()
    client.force_login(user)
    return client


def address(name: str) -> str:
    """Return where a page is; where it is of one thing, of the first there is."""
    _, resolver = get_resolver().namespace_dict["admin"]
    parameters = resolver.reverse_dict.getlist(name)[0][0][0][1]
    path = reverse(f"admin:{name}", args=[argument(name, parameter) for parameter in parameters])
    # What is added to an event needs one.
    return (
        f"{path}?event={Event.objects.values_list('pk', flat=True).first()}"
        if name.endswith("_add")
        else path
    )


def argument(name: str, parameter: str) -> Any:
    """Return a value for what stands in a page's address: by its own name, else the page's model's first."""
    app, model, _ = name.split("_", 2)
    named = parameter.removesuffix("_id")
    for label, candidate in (("events", named), ("simulations", named), (app, model)):
        try:
            found: Any = apps.get_model(label, candidate)._default_manager.first()
        except LookupError:
            continue
        return found.pk
    raise AssertionError(f"say what {parameter} of {name} is")


def stored(*labels: str) -> dict[str, list[Any]]:
    """Return all that these apps have stored."""
    models = [model for label in labels for model in apps.get_app_config(label).get_models()]
    skipped = {"last_login"}
    return {
        model._meta.label: list(
            model._default_manager.order_by("pk").values_list(
                *(field.attname for field in model._meta.concrete_fields if field.name not in skipped)
            )
        )
        for model in models
    }


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo what is done in here."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def everything_posted(name: str) -> dict[str, Any]:
    """Return what would do something on most pages: confirm, save, delete what is chosen."""
    app, model, _ = name.split("_", 2)
    first = apps.get_model(app, model)._default_manager.first()
    chosen = {"action": "delete_selected", "_selected_action": [first.pk] if first else []}
    return {"post": "yes", "_save": "Save", "confirm": "yes", "runs": "50", "mode": "local", **chosen}


def get_status(client: Client, name: str) -> int:
    return client.get(address(name)).status_code


def post_status(client: Client, name: str) -> int:
    return client.post(address(name), everything_posted(name)).status_code


@pytest.mark.parametrize("name", DATA_PAGES)
@pytest.mark.usefixtures("event")
def test_every_page_respects_what_each_group_may_do(name: str) -> None:
    auth, events = stored("auth"), stored("events")
    simulations = stored("simulations")
    for group in GROUPS:
        with taken_back():
            client = a_member(group)
            before = stored("auth")
            assert_page_respects(client, group, name)
            status = post_status(client, name)
            assert status < 500
            assert stored("auth") == before, f"{group} changed accounts"
            if group != "organiser":
                assert stored("events") == events, f"{group} changed an event"
            if group == "viewer":
                assert stored("simulations") == simulations, "a viewer changed a simulation"
    assert stored("auth") == auth


def assert_page_respects(client: Client, group: str, name: str) -> None:
    """Check who may open a page, as far as its name tells."""
    app, model, page = name.split("_", 2)
    status = get_status(client, name)
    if app == "auth":
        assert status == 403, f"{group} opens {name}"
    elif page in VERBS and name != "events_event_history":
        user = User.objects.get(username=group)
        allowed = user.has_perm(f"{app}.{VERBS[page]}_{model}")
        assert (status != 403) == allowed, f"{group} gets {status} from {name}"
    elif name in READING or name == "events_event_history":
        assert status in (200, 302), f"{group} gets {status} from {name}"
    elif page in POSTED:
        # To the page of the button.
        assert status == 302
    else:
        # Of other pages: who owns all of events is refused none.
        assert status < 500
        assert status != 403 or (app, group) != ("events", "organiser"), f"{group} is refused {name}"


@pytest.mark.any_database
@pytest.mark.parametrize("name", [name for name in DATA_PAGES if name not in READING])
@pytest.mark.usefixtures("event")
def test_what_a_viewer_may_not_open_can_not_be_posted_to_either(name: str) -> None:
    client = a_member("viewer")
    if get_status(client, name) in (403, 405):
        # Some refuse what makes no sense before they ask who wants it.
        assert post_status(client, name) in (400, 403, 405)


@pytest.mark.any_database
@pytest.mark.parametrize("name", DATA_PAGES)
@pytest.mark.usefixtures("event")
def test_nobody_gets_in_without_the_staff_status_or_an_account(name: str) -> None:
    user = User.objects.create(username="outsider", is_staff=False)
    user.groups.add(*Group.objects.all())
    outsider = Client()
    outsider.force_login(user)
    before = stored("auth", "events", "simulations")
    for client in (Client(), outsider):
        for response in (client.get(address(name)), client.post(address(name), everything_posted(name))):
            assert response.status_code == 302
            assert response.headers["Location"].startswith(reverse("admin:login"))
    assert stored("auth", "events", "simulations") == before


def test_only_pages_of_no_data_are_left_out() -> None:
    others = set(page_names()) - set(DATA_PAGES)
    assert others <= OPEN | OWN | {"autocomplete"}


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.usefixtures("event")
def test_everybody_who_gets_in_has_a_first_page(group: str) -> None:
    client = a_member(group)
    page = client.get(reverse("admin:index"))
    assert page.status_code == 200
    assert reverse("admin:events_event_changelist") in page.content.decode()
    assert reverse("admin:auth_user_changelist") not in page.content.decode()


@pytest.mark.usefixtures("event")
def test_the_check_of_what_is_stored_notices_a_change() -> None:
    before = stored("events")
    Event.objects.update(name="Another")
    assert stored("events") != before


@pytest.mark.usefixtures("event")
def test_the_posts_do_something_where_it_is_allowed() -> None:
    client = a_member("organiser")
    assert post_status(client, "events_event_delete") == 302
    assert not Event.objects.exists()


@pytest.mark.parametrize(
    ("group", "buttons"),
    [
        ("organiser", {"Simulate…", "Import", "Export", "Duplicate"}),
        ("analyst", {"Simulate…", "Export"}),
        ("viewer", {"Export"}),
    ],
)
def test_the_header_of_an_event_has_the_buttons_that_may_be_used(
    event: Event, group: str, buttons: set[str]
) -> None:
    page = a_member(group).get(reverse("admin:events_event_board", args=[event.pk]))
    assert {action["title"] for action in page.context["workspace"]["actions"]} == buttons
