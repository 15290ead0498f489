"""Pages say in their titles and messages what they show, and of which event, by the names that people use."""

import html
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from events.admin.workspace import board_url, change_url, list_url
from events.models import Activity, Event, Team
from tests.events.admin.pages import fields_of
from tests.events.factories import an_event

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def title_of(client: Client, address: str) -> str:
    page = client.get(address).content.decode()
    found = re.search(r"<title>(.*?)</title>", page, re.DOTALL)
    assert found
    return " ".join(html.unescape(found[1]).split())


def test_titles_name_the_page_and_its_event(admin_client: Client) -> None:
    event = an_event()
    cox: Any = event.activities.get(key="raid.cox")
    wanted = {
        reverse("admin:index"): "Start | BingoSim",
        reverse("admin:events_event_changelist"): "Events | BingoSim",
        board_url(event): f"Board – {event.name} | BingoSim",
        list_url(Team, event): f"Teams – {event.name} | BingoSim",
        change_url(event): f"Settings – {event.name} | BingoSim",
        change_url(cox): f"{cox.name} – {event.name} | BingoSim",
        list_url(Activity, None): "Activities | BingoSim",
    }
    assert {address: title_of(admin_client, address) for address in wanted} == wanted


def test_messages_call_what_was_saved_by_its_name(admin_client: Client) -> None:
    tile = an_event().tiles.get(key="cox")
    response = admin_client.post(change_url(tile), fields_of(admin_client, change_url(tile), "tile_form"))
    assert [re.sub("<.*?>", "", str(told)) for told in get_messages(response.wsgi_request)] == [
        f"The tile “{tile.name}” was changed successfully."
    ]
    assert tile.name != tile.key


def test_the_start_has_the_groups_of_the_navigation(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:index")).content.decode()
    groups = re.findall(r'<h2 id="start-\d+">(.*?)</h2>', page)
    assert groups == ["Events", "Library", "Simulations", "Accounts"]
    assert not Event.objects.exists()
