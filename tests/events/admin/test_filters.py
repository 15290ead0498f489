"""Lists are filtered by an event, which is found by typing, and by what is missing in one."""

import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from events.admin.filters import OfEvent
from events.admin.workspace import change_url, list_url
from events.document import parse_document
from events.transfer import put_into_library, store_document
from tests.events.factories import an_event, document_data, zulrah_data
from tests.visitors import who_may, who_may_only_read

pytestmark = pytest.mark.django_db

# Lists, with the choices that each always has.
LISTS = {
    "events_team": ["All"],
    "events_tile": ["All"],
    "events_activity": ["The library", "Everything"],
    "simulations_simulation": ["All"],
}


def links(page: Any) -> list[str]:
    """Return the choices that the filter by event has as links; the chosen one has a star."""
    changelist = page.context["cl"]
    (by_event,) = (spec for spec in changelist.filter_specs if isinstance(spec, OfEvent))
    return [choice["display"] + "*" * choice["selected"] for choice in by_event.choices(changelist)]


@pytest.mark.parametrize("name", LISTS)
def test_only_the_chosen_event_is_a_link(admin_client: Client, name: str) -> None:
    event = an_event()
    an_event(slug="other", name="Other Bingo")
    url = reverse(f"admin:{name}_changelist")
    first, *others = LISTS[name]
    assert links(admin_client.get(url)) == [f"{first}*", *others]
    assert links(admin_client.get(url, {"event": event.pk})) == [first, *others, "Small Bingo*"]


@pytest.mark.parametrize("name", LISTS)
def test_any_event_is_found(admin_client: Client, name: str) -> None:
    an_event()
    other = an_event(slug="other", name="Other Bingo")
    page = admin_client.get(reverse(f"admin:{name}_changelist"), {"q": "z"}).content.decode()
    assert 'data-address="?q=z" data-parameter="event"' in page
    select = re.search(r'<select name="find_event"[^>]*>', page)
    assert select is not None
    asked = {
        key: re.findall(f'data-{key.replace("_", "-")}="([^"]*)"', select[0])[0]
        for key in ("app_label", "model_name", "field_name")
    }
    address = re.findall(r'data-ajax--url="([^"]*)"', select[0])[0]
    found = admin_client.get(address, {**asked, "term": "other"}).json()["results"]
    assert found == [{"id": str(other.pk), "text": "Other Bingo"}]


def test_who_may_not_see_events_finds_none() -> None:
    page = who_may("view_simulation").get(reverse("admin:simulations_simulation_changelist"))
    assert "find_event" not in page.content.decode()
    assert links(page) == ["All*"]


def listed(client: Client, name: str, **asked: Any) -> list[str]:
    """Return the names of what a list shows."""
    page = client.get(reverse(f"admin:events_{name}_changelist"), asked)
    return sorted(str(entry) for entry in page.context["cl"].result_list)


@pytest.mark.parametrize(
    ("name", "asked", "found"),
    [
        ("activity", {"use": "used"}, ["Chambers of Xeric", "Zulrah"]),
        ("activity", {"use": "unused"}, ["Vorkath"]),
        ("capability", {"missing": "holders"}, ["Crystal"]),
        ("capability", {"missing": "rules"}, ["Boots", "Crystal"]),
        ("player", {"team": "none"}, ["Ida"]),
        ("player", {"q": "dragon slayer"}, ["Adam", "Zoe"]),
        ("team", {"strategy__exact": "greedy"}, ["Zebras"]),
    ],
)
def test_what_an_event_lacks_is_found(
    admin_client: Client, name: str, asked: dict[str, str], found: list[str]
) -> None:
    data = document_data()
    data["activities"]["boss.vorkath"] = zulrah_data(name="Vorkath")
    data["capabilities"] |= {"item.boots": "Boots", "item.crystal": "Crystal"}
    data["players"]["Ida"] = {"capabilities": ["item.boots"]}
    event = store_document(parse_document(data)).event
    assert event is not None
    assert listed(admin_client, name, event=event.pk, **asked) == found


@pytest.mark.parametrize(
    ("name", "asked"), [("activity", {"use": "unused"}), ("capability", {"missing": "rules"})]
)
def test_what_only_an_event_lacks_is_no_question_to_the_library(
    admin_client: Client, name: str, asked: dict[str, str]
) -> None:
    entry = an_event().activities.first() if name == "activity" else an_event().capabilities.first()
    assert entry is not None
    put_into_library(entry)
    assert listed(admin_client, name, **asked) == [str(entry)]


@pytest.mark.parametrize("name", ["activity", "capability", "player", "team"])
def test_clearing_the_filters_stays_in_the_event(admin_client: Client, name: str) -> None:
    event = an_event()
    url = list_url(apps.get_model("events", name), event)
    clear = admin_client.get(f"{url}&id=1").context["cl"].clear_all_filters_qs
    assert clear == f"?event={event.pk}"
    assert not admin_client.get(url).context["cl"].has_active_filters
    assert admin_client.get(f"{url}&id=1").context["cl"].has_active_filters


@pytest.mark.parametrize("name", ["activity", "capability", "player", "team"])
def test_an_empty_list_of_an_event_blames_no_filter(admin_client: Client, name: str) -> None:
    nothing: dict[str, Any] = {"activities": {}, "board": [], "teams": {}, "players": {}, "capabilities": {}}
    page = admin_client.get(list_url(apps.get_model("events", name), an_event(**nothing))).content.decode()
    assert "yet.</b> Add some with the button" in page


@pytest.mark.parametrize(
    ("name", "listed_at"),
    [("tile", "board/#tile-zulrah"), ("activity", "?event="), ("player", "?event="), ("team", "?event=")],
)
def test_who_may_only_read_closes_a_part_within_its_event(name: str, listed_at: str) -> None:
    part = apps.get_model("events", name)._default_manager.filter(event=an_event()).first()
    assert part is not None
    page = who_may_only_read().get(change_url(part)).content.decode()
    close = re.search(r'href="([^"]*)">Close', page)
    assert close is not None
    assert listed_at in close[1]


def test_a_team_of_another_event_is_no_filter(admin_client: Client) -> None:
    event, other = an_event(), an_event(slug="other")
    team = other.teams.first()
    assert team is not None
    assert listed(admin_client, "player", event=event.pk, team=team.pk) == ["Adam", "Mia", "Zoe"]
