"""Whoever saves what somebody else deleted meanwhile keeps what they typed, and is told who deleted it."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import reverse

from events.admin.workspace import add_url
from events.models import Activity, Capability, Event, Player, Team, Tile
from tests.events.admin.documents import text_of
from tests.events.admin.pages import Fields, fields_in, fields_of
from tests.events.factories import an_event
from tests.visitors import who_may

pytestmark = pytest.mark.django_db

WHEN = r"Ben Smith deleted it on \d{1,2} \w+ \d{4}, \d\d:\d\d UTC"
TOLD = "Deleted after you opened this page"


@pytest.fixture
def ben() -> Client:
    """The browser of Ben Smith, who may do everything, too."""
    client = Client()
    client.force_login(User.objects.create_superuser("ben", first_name="Ben", last_name="Smith"))
    return client


def url_of(thing: Any, page: str = "change") -> str:
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{page}", args=[thing.pk])


def form_of(thing: Any) -> str:
    return f"{thing._meta.model_name}_form"


def opened(client: Client, thing: Any) -> Fields:
    return fields_of(client, url_of(thing), form_of(thing))


def delete(client: Client, thing: Any) -> None:
    assert client.post(url_of(thing, "delete"), {"post": "yes"}).status_code == 302
    assert not type(thing)._default_manager.filter(pk=thing.pk).exists()


def typed_of(page: Any) -> list[str]:
    return str(page.context["typed"]).splitlines()


def the_part(kind: str) -> Any:
    event = an_event()
    player = Player.objects.create(event=event, name="Free", position=9)
    Activity.objects.create(event=event, key="free", name="Free", attempt_seconds=60, position=9)
    Capability.objects.create(event=event, key="free", name="Free", position=9)
    parts = {
        "tile": Tile.objects.get(key="zulrah"),
        "team": Team.objects.get(name="Zebras"),
        "player": player,
        "activity": Activity.objects.get(key="free"),
        "capability": Capability.objects.get(key="free"),
        "event": event,
    }
    return parts[kind]


KINDS = ["tile", "team", "player", "activity", "capability"]


@pytest.mark.parametrize("kind", [*KINDS, "event"])
def test_what_was_typed_is_in_the_form_of_a_new_one_and_can_be_saved(
    admin_client: Client, ben: Client, kind: str
) -> None:
    part = the_part(kind)
    fields = opened(admin_client, part) | {"name": "Typed"}
    before = part.as_data() if hasattr(part, "as_data") and kind != "event" else {}
    delete(ben, part)
    page = admin_client.post(url_of(part), fields, follow=True)
    [(address, status)] = page.redirect_chain
    assert status == 307
    assert re.search(f"The {kind} was deleted after you opened its page: {WHEN}", text_of(page))
    assert page.context["adminform"].form.errors == {}
    model = type(part)
    assert not model._default_manager.filter(name="Typed").exists()

    saved = admin_client.post(address, fields_in(page, form_of(part)))
    assert saved.status_code == 302, saved.context["adminform"].form.errors
    added = model._default_manager.get(name="Typed")
    assert added.pk != part.pk
    if before:
        assert added.event_id == part.event_id
        assert added.as_data() == before | {
            name: value for name, value in added.as_data().items() if name == "name"
        }


def test_a_tile_comes_to_its_row_again(admin_client: Client, ben: Client) -> None:
    tile = the_part("tile")
    assert (tile.row, tile.event.tiles.filter(row=1).count()) == (0, 1)
    fields = opened(admin_client, tile)
    delete(ben, tile)
    page = admin_client.post(url_of(tile), fields, follow=True)
    admin_client.post(page.redirect_chain[0][0], fields_in(page, "tile_form"))
    assert Tile.objects.get(key="zulrah").row == 0


def test_a_tile_that_went_by_the_board_is_told_of_from_the_events_history(
    admin_client: Client, ben: Client
) -> None:
    tile = the_part("tile")
    fields = opened(admin_client, tile)
    board = reverse("admin:events_event_change_board", args=[tile.event_id])
    ben.post(board, {"do": f"delete_tile:{tile.pk}", "version": tile.event.version, "confirmed": "1"})
    assert not Tile.objects.filter(pk=tile.pk).exists()
    page = admin_client.post(url_of(tile), fields, follow=True)
    assert re.search(r"Ben Smith on .* UTC: board: tile Zulrah removed from row 1", text_of(page))


@pytest.mark.parametrize("kind", KINDS)
def test_where_the_event_is_gone_what_was_typed_is_a_text(
    admin_client: Client, ben: Client, kind: str
) -> None:
    part = the_part(kind)
    fields = opened(admin_client, part) | {"name": "Typed"}
    delete(ben, part.event)
    page = admin_client.post(url_of(part), fields)
    assert page.status_code == 200
    assert re.search(f"It was deleted with its event after you opened this page: {WHEN}", text_of(page))
    assert "Name: Typed" in typed_of(page)
    assert "Name: Typed" in fields_or_text(page)
    assert not type(part)._default_manager.filter(name="Typed").exists()


def fields_or_text(page: Any) -> str:
    return re.sub(r"(?s).*<textarea[^>]*>(.*)</textarea>.*", r"\1", page.content.decode())


def test_rows_of_rows_are_in_the_text(admin_client: Client, ben: Client) -> None:
    event = an_event()
    activity = event.activities.get(key="boss.zulrah")
    fields = opened(admin_client, activity) | {"loot-0-outcomes-0-drops-1-units": "2-5"}
    delete(ben, event)
    lines = typed_of(admin_client.post(url_of(activity), fields))
    assert lines[0] == "Name: Zulrah"
    assert "Can be done alone: yes" in lines
    assert [line for line in lines if "2-5" in line] == ["      Units: 2-5"]
    assert "    Rate: 3/4" in lines


@pytest.mark.parametrize("kind", KINDS)
def test_a_new_part_of_an_event_that_is_gone_is_a_text(admin_client: Client, ben: Client, kind: str) -> None:
    part = the_part(kind)
    url = add_url(type(part), part.event)
    fields = fields_of(admin_client, url, form_of(part)) | {"name": "Typed"}
    delete(ben, part.event)
    page = admin_client.post(url, fields)
    assert re.search(f"The event was deleted after you opened this page: {WHEN}", text_of(page))
    assert "Name: Typed" in typed_of(page)
    assert not type(part)._default_manager.exists()


def test_an_entry_of_the_library_is_added_to_the_library(admin_client: Client, ben: Client) -> None:
    entry = Capability.objects.create(key="quest", name="Quest", position=0)
    an_event()
    fields = opened(admin_client, entry) | {"name": "Typed"}
    delete(ben, entry)
    page = admin_client.post(url_of(entry), fields, follow=True)
    admin_client.post(page.redirect_chain[0][0], fields_in(page, "capability_form"))
    assert Capability.objects.get(name="Typed").event is None


def test_who_may_not_add_one_gets_a_text(ben: Client) -> None:
    part = the_part("player")
    client = who_may("view_player", "change_player")
    fields = opened(client, part) | {"name": "Typed"}
    delete(ben, part)
    page = client.post(url_of(part), fields)
    assert page.status_code == 200
    assert "Name: Typed" in typed_of(page)


def test_what_is_wrong_in_the_new_one_is_said_and_nothing_is_lost(admin_client: Client, ben: Client) -> None:
    part = the_part("player")
    fields = opened(admin_client, part) | {"name": "Typed", "skill": "fast"}
    delete(ben, part)
    page = admin_client.post(url_of(part), fields, follow=True)
    again = admin_client.post(page.redirect_chain[0][0], fields_in(page, "player_form"))
    assert list(again.context["adminform"].form.errors) == ["skill"]
    assert fields_in(again, "player_form")["skill"] == "fast"
    assert TOLD not in text_of(again)


def some_permission() -> Permission:
    return Permission.objects.get(
        codename="view_event", content_type=ContentType.objects.get_for_model(Event)
    )


def test_a_group_that_was_deleted_is_filled_in_as_a_new_one(admin_client: Client, ben: Client) -> None:
    group = Group.objects.create(name="scribes")
    group.permissions.add(some_permission())
    fields = opened(admin_client, group) | {"name": "Typed"}
    delete(ben, group)
    page = admin_client.post(url_of(group), fields, follow=True)
    assert re.search(f"The group was deleted after you opened its page: {WHEN}", text_of(page))
    admin_client.post(page.redirect_chain[0][0], fields_in(page, "group_form"))
    assert [*Group.objects.get(name="Typed").permissions.all()] == [some_permission()]


def test_an_account_that_was_deleted_is_a_text_with_the_names_of_its_groups(
    admin_client: Client, ben: Client
) -> None:
    olaf = User.objects.create_user("olaf")
    group = Group.objects.create(name="scribes")
    fields = opened(admin_client, olaf) | {"first_name": "Typed", "groups": [str(group.pk)]}
    delete(ben, olaf)
    page = admin_client.post(url_of(olaf), fields)
    assert re.search(f"The user was deleted after you opened its page: {WHEN}", text_of(page))
    lines = typed_of(page)
    assert {"First name: Typed", "Groups: scribes", "Active: yes"} <= {*lines}
    assert not any("assword" in line for line in lines)


def test_the_page_of_what_is_gone_leads_to_the_list(admin_client: Client, ben: Client) -> None:
    olaf = User.objects.create_user("olaf")
    delete(ben, olaf)
    page = admin_client.get(url_of(olaf), follow=True)
    assert page.redirect_chain == [(reverse("admin:auth_user_changelist"), 302)]
    assert re.search(f"no such user any more: {WHEN}", text_of(page))
