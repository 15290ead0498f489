"""Several entries at once go between the library and events, after a look at what that changes."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from events.admin.workspace import list_url
from events.models import Activity, Capability, Player, PlayerCapability
from events.transfer import copy_from_library, put_into_library
from events.transfer.library import NAME_FIELD
from tests.events.admin.library import a_library, entry
from tests.events.factories import an_event
from tests.visitors import who_may

pytestmark = pytest.mark.django_db


def chosen_in_list(action: str, entries: Any) -> dict[str, Any]:
    return {"action": action, "_selected_action": [one.pk for one in entries]}


def one_more(kind: type[Any], number: int) -> Any:
    """Return another entry of the library."""
    own: dict[type[Any], dict[str, Any]] = {
        Activity: {"attempt_seconds": 60, "name": "New"},
        Capability: {"name": "New"},
        Player: {},
    }
    one = kind.objects.create(**{NAME_FIELD[kind]: f"new {number}"}, **own[kind])
    if kind is Player:
        PlayerCapability.objects.create(player=one, capability=entry(Capability, "quest.ds2"))
    return one


def test_where_nothing_would_be_done_there_is_no_button_for_it(admin_client: Client) -> None:
    event = a_library()
    for action in ("update_from_library_action", "put_into_library_action"):
        fields = chosen_in_list(action, event.capabilities.all())
        page = admin_client.post(list_url(Capability, event), fields).content.decode()
        assert "them</button>" not in page
        assert "Put them into the library</button>" not in page


def test_several_are_put_from_the_list_after_a_look(admin_client: Client) -> None:
    event = an_event()
    ds2 = entry(Capability, "quest.ds2", event)
    put_into_library(ds2)
    Capability.objects.filter(pk=ds2.pk).update(name="DS2")
    chosen = [*event.capabilities.values_list("pk", flat=True)]
    fields = {"action": "put_into_library_action", "_selected_action": chosen}
    page = admin_client.post(list_url(Capability, event), fields)
    assert [(one.is_new, one.changes) for one in page.context["changes"]] == [
        (False, ["Name: Dragon Slayer II → DS2"]),
        (True, []),
    ]
    assert Capability.objects.filter(event=None).count() == 1
    admin_client.post(list_url(Capability, event), fields | {"seen": page.context["seen"]})
    assert [one.name for one in Capability.objects.filter(event=None)] == ["DS2", "Lance"]


def test_several_are_updated_from_the_list_after_a_look(admin_client: Client) -> None:
    event = a_library()
    Capability.objects.create(event=event, key="own", name="Not copied")
    Capability.objects.filter(event=None, key="quest.ds2").update(name="DS2")
    url, fields = (
        list_url(Capability, event),
        chosen_in_list("update_from_library_action", event.capabilities.all()),
    )
    page = admin_client.post(url, fields)
    shown = {one.entry.key: one.changes for one in page.context["changes"]}
    assert shown == {"quest.ds2": ["Name: Dragon Slayer II → DS2"], "item.lance": []}
    assert entry(Capability, "quest.ds2", event).name == "Dragon Slayer II"
    admin_client.post(url, fields | {"seen": page.context["seen"]})
    assert entry(Capability, "quest.ds2", event).name == "DS2"
    told = LogEntry.objects.get(object_id=str(event.pk), content_type__model="event").change_message
    assert told == "from the library: capability DS2: Name: Dragon Slayer II → DS2"


@pytest.mark.parametrize("action", ["update_from_library_action", "put_into_library_action"])
def test_several_that_changed_after_the_look_are_shown_again_first(admin_client: Client, action: str) -> None:
    event = a_library()
    url, fields = list_url(Capability, event), chosen_in_list(action, event.capabilities.all())
    seen = admin_client.post(url, fields).context["seen"]
    Capability.objects.filter(event=event, key="item.lance").update(name="Theirs")
    page = admin_client.post(url, fields | {"seen": seen})
    assert "It was changed meanwhile" in page.content.decode()
    assert page.context["seen"] != seen
    assert {one.name for one in Capability.objects.filter(key="item.lance")} == {"Theirs", "Lance"}


def test_what_was_not_copied_is_not_updated_from_the_list(admin_client: Client) -> None:
    event = an_event()
    fields = chosen_in_list("update_from_library_action", event.capabilities.all())
    page = admin_client.post(list_url(Capability, event), fields, follow=True)
    assert "None of these was copied from the library." in page.content.decode()


def test_entries_of_two_events_do_not_become_the_same_one_of_the_library(admin_client: Client) -> None:
    both = [entry(Capability, "quest.ds2", event) for event in (an_event(), an_event(slug="other"))]
    fields = chosen_in_list("put_into_library_action", both)
    page = admin_client.post(f"{list_url(Capability, None)}?event=all", fields, follow=True)
    assert "would become the same entry" in page.content.decode()
    assert not Capability.objects.filter(event=None).exists()


def test_who_may_only_read_has_no_actions_of_the_library() -> None:
    event = a_library()
    Capability.objects.filter(event=None, key="quest.ds2").update(name="DS2")
    client = who_may("view_capability")
    for action in ("update_from_library_action", "put_into_library_action"):
        client.post(
            list_url(Capability, event), chosen_in_list(action, event.capabilities.all()) | {"seen": ""}
        )
    assert entry(Capability, "quest.ds2", event).name == "Dragon Slayer II"
    assert entry(Capability, "quest.ds2").name == "DS2"


@pytest.mark.parametrize("kind", [Activity, Capability, Player])
@pytest.mark.parametrize("action", ["update_from_library_action", "put_into_library_action"])
def test_a_look_at_many_takes_as_many_queries_as_at_few(
    admin_client: Client, kind: type[Any], action: str
) -> None:
    event, counts = a_library(), []
    for number in range(12):
        copy_from_library(one_more(kind, number), event)
        if number in (1, 11):
            with CaptureQueriesContext(connection) as queries:
                chosen = kind.objects.filter(event=event, **{f"{NAME_FIELD[kind]}__startswith": "new"})
                page = admin_client.post(list_url(kind, event), chosen_in_list(action, chosen))
            assert len(page.context["changes"]) == number + 1
            counts.append(len(queries))
    assert counts[0] == counts[1]
