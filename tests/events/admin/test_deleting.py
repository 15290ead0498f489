"""What is in use is not deleted, and says by whom; what goes along, or is lost, is told before."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.db.models import RestrictedError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from events.admin import base
from events.admin.workspace import board_url, change_url, list_url
from events.models import Activity, Capability, Event, Player, Team, Tile
from events.transfer import put_into_library
from tests.events.factories import an_event
from tests.visitors import who_may

pytestmark = pytest.mark.django_db


def delete_url(part: Any) -> str:
    return reverse(f"admin:events_{part._meta.model_name}_delete", args=[part.pk])


def delete(client: Client, part: Any) -> Any:
    return client.post(delete_url(part), {"post": "yes"})


def delete_all(client: Client, event: Event, parts: list[Any]) -> Any:
    fields = {"action": "delete_selected", "_selected_action": [part.pk for part in parts], "post": "yes"}
    return client.post(list_url(type(parts[0]), event), fields)


def in_use() -> list[Any]:
    """Return an activity, a capability and a player of the small event that something uses."""
    event = an_event()
    return [
        event.activities.get(key="raid.cox"),
        event.capabilities.get(key="quest.ds2"),
        event.players.get(name="Zoe"),
    ]


USERS = {
    "activity": [("tile", "Cox", "has a rule for Chambers of Xeric")],
    "capability": [
        ("tile", "Coins", "requires Dragon Slayer II"),
        ("tile", "Cox", "is modified by Dragon Slayer II"),
    ],
    "player": [("team", "Zebras", "has Zoe in its roster")],
}


@pytest.mark.parametrize("ix", [0, 1, 2], ids=list(USERS))
def test_what_is_used_is_not_deleted_and_its_uses_are_linked(admin_client: Client, ix: int) -> None:
    part = in_use()[ix]
    page = delete(admin_client, part)
    assert page.status_code == 200
    for kind, name, how in USERS[part._meta.model_name]:
        user = (Tile if kind == "tile" else Team).objects.get(name=name)
        assert f'<a href="{change_url(user)}">{kind} {name}</a> {how}' in page.content.decode()
    part.refresh_from_db()


@pytest.mark.parametrize("ix", [0, 1, 2], ids=list(USERS))
def test_of_several_none_is_deleted_where_one_is_used(admin_client: Client, ix: int) -> None:
    part = in_use()[ix]
    free = type(part)(event=part.event, name="Free", **({} if ix == 2 else {"key": "free"}))
    if isinstance(free, Activity):
        free.attempt_seconds = 1
    free.save()
    page = delete_all(admin_client, part.event, [part, free])
    assert change_url(Tile.objects.get(key="cox") if ix < 2 else Team.objects.get(name="Zebras")) in (
        page.content.decode()
    )
    assert type(part).objects.filter(pk__in=[part.pk, free.pk]).count() == 2


@pytest.mark.parametrize("ix", [0, 1, 2], ids=list(USERS))
def test_models_refuse_too(ix: int) -> None:
    part = in_use()[ix]
    assert [str(use) for use in type(part).used_by([part])] == [
        f"{kind} {name} {how}" for kind, name, how in USERS[part._meta.model_name]
    ]
    with pytest.raises(RestrictedError):
        part.delete()


@pytest.mark.parametrize("ix", [0, 1, 2], ids=list(USERS))
def test_what_begins_to_be_used_while_it_is_deleted_stays(
    admin_client: Client, ix: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    part = in_use()[ix]
    # As if the uses had come after the page had looked for them.
    monkeypatch.setattr(base, "told_uses", lambda parts: [])
    assert delete(admin_client, part).url == delete_url(part)
    page = admin_client.post(
        list_url(type(part), part.event),
        {"action": "delete_selected", "_selected_action": [part.pk], "post": "yes"},
        follow=True,
    )
    assert "Somebody began to use one of these" in page.content.decode()
    part.refresh_from_db()
    assert not LogEntry.objects.exists()


def test_uses_of_many_take_as_many_queries_as_those_of_one(django_assert_num_queries: Any) -> None:
    event = an_event()
    for kind, queries in ((Activity, 3), (Capability, 7), (Player, 3)):
        parts = [*kind.objects.filter(event=event)]
        with django_assert_num_queries(queries):
            kind.used_by(parts)


def test_a_capability_that_players_merely_have_is_deleted_and_says_who_loses_it(admin_client: Client) -> None:
    event = an_event()
    part = Capability.objects.create(event=event, key="pet", name="Pet")
    event.players.get(name="Zoe").capabilities.add(part)
    event.players.get(name="Mia").capabilities.add(part)
    assert "Lose Pet: Zoe, Mia." in admin_client.get(delete_url(part)).content.decode()
    assert delete(admin_client, part).url == list_url(Capability, event)
    assert not Capability.objects.filter(pk=part.pk).exists()


def test_a_team_is_deleted_and_its_players_stay(admin_client: Client) -> None:
    event = an_event()
    team = event.teams.get(name="Zebras")
    told = "Zebras has 2 players, who stay in the event, in no team."
    assert told in admin_client.get(delete_url(team)).content.decode()
    assert delete(admin_client, team).url == list_url(Team, event)
    assert event.players.filter(membership=None).count() == 2


def test_a_tile_is_deleted_with_its_rules(admin_client: Client) -> None:
    event = an_event()
    tile = event.tiles.get(key="cox")
    assert "Cox goes with its 1 rule." in admin_client.get(delete_url(tile)).content.decode()
    assert delete(admin_client, tile).url.startswith(board_url(event))
    assert not Activity.used_by(Activity.objects.filter(event=event, key="raid.cox"))


def test_deleting_many_events_asks_as_little_as_deleting_two(admin_client: Client) -> None:
    counts = []
    for number in range(8):
        an_event(slug=f"event-{number}")
        if number in (1, 7):
            chosen = [*Event.objects.values_list("pk", flat=True)]
            fields = {"action": "delete_selected", "_selected_action": chosen}
            with CaptureQueriesContext(connection) as queries:
                page = admin_client.post(reverse("admin:events_event_changelist"), fields)
            assert page.content.decode().count("goes with all that it has") == number + 1
            counts.append(len(queries))
    assert counts[0] == counts[1]


def test_an_event_is_deleted_with_all_that_it_has_and_nothing_else(admin_client: Client) -> None:
    event, other = an_event(), an_event(slug="other")
    put_into_library(event.activities.get(key="raid.cox"))
    page = admin_client.get(delete_url(event)).content.decode()
    assert "3 tiles, 2 teams, 3 players, 2 activities, 2 capabilities" in page
    assert "Simulations keep the events that they ran" in page
    # Its own pages are gone with it.
    assert delete(admin_client, event).url == reverse("admin:events_event_changelist")
    assert [*Event.objects.all()] == [other]
    assert Activity.objects.filter(event=None).count() == 1


def test_deletions_are_told_in_the_history_of_the_event(admin_client: Client) -> None:
    event = an_event()
    delete(admin_client, event.tiles.get(key="cox"))
    told = LogEntry.objects.get(content_type__model="event")
    assert (told.object_id, told.change_message) == (str(event.pk), "tile Cox deleted")


def test_deleting_an_entry_of_the_library_leaves_its_copies(admin_client: Client) -> None:
    own = an_event().capabilities.get(key="quest.ds2")
    kept = put_into_library(own)
    assert "1 copy in events stay" in admin_client.get(delete_url(kept)).content.decode()
    delete(admin_client, kept)
    own.refresh_from_db()
    assert own.copied_from is None


def test_who_may_not_delete_is_refused() -> None:
    client = who_may("view_tile", "change_tile")
    tile = an_event().tiles.get(key="cox")
    assert (client.get(delete_url(tile)).status_code, delete(client, tile).status_code) == (403, 403)


def test_parts_come_with_the_permission_of_what_they_belong_to() -> None:
    client = who_may("view_tile", "delete_tile")
    assert delete(client, an_event().tiles.get(key="cox")).status_code == 302
