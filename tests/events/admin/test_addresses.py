"""Addresses that nobody is led to are answered: ids that no database has, characters that none can hold."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events.models import Capability, Event
from tests.events.factories import an_event

pytestmark = pytest.mark.django_db

NO_IDS = ("99999999999999999999", "9" * 5000, "٣", "-1", "x", "%00", "")
LISTS = ("event", "team", "tile", "player", "activity", "capability")


@pytest.fixture
def event() -> Event:
    return an_event()


@pytest.mark.parametrize("no_id", NO_IDS, ids=lambda no_id: no_id[:21])
@pytest.mark.parametrize("model", LISTS)
@pytest.mark.parametrize("page", ["changelist", "add"])
def test_an_event_that_can_not_be_is_none(
    admin_client: Client, event: Event, page: str, model: str, no_id: str
) -> None:
    answer = admin_client.get(reverse(f"admin:events_{model}_{page}") + f"?event={no_id}")
    assert answer.status_code in (200, 302, 400, 404)
    # Alone, three letters are in a random token now and then.
    assert b">Zoe<" not in answer.content


@pytest.mark.parametrize("no_id", NO_IDS, ids=lambda no_id: no_id[:21])
@pytest.mark.parametrize("address", [
    "admin:events_player_find,event={}",
    "admin:events_player_find,event={event}&page={}",
    "admin:events_player_find,event={event}&term={}",
    "admin:events_player_from_library,event={}",
    "admin:events_player_from_library,event={event}&q={}",
    "admin:events_player_changelist,event={event}&team={}",
    "admin:events_player_changelist,event={event}&q={}",
    "admin:events_tile_add,event={event}&row={}",
    "admin:events_tile_drops,name=rules-0-drops&activity={}",
    "admin:simulations_simulation_changelist,event={}",
    "admin:simulations_simulation_add,event={}",
    "admin:simulations_simulation_estimate,event={event}&runs={}",
])  # fmt: skip
def test_what_an_address_can_not_mean_is_no_error_of_the_server(
    admin_client: Client, event: Event, address: str, no_id: str
) -> None:
    name, query = address.split(",")
    answer = admin_client.get(f"{reverse(name)}?{query.format(no_id, event=event.pk)}")
    assert answer.status_code in (200, 302, 400, 404), answer.status_code


@pytest.mark.parametrize("no_id", NO_IDS, ids=lambda no_id: no_id[:21])
@pytest.mark.parametrize("action", ["delete_selected", "put_into_library_action"])
def test_what_can_not_be_chosen_in_a_list_is_not_chosen(
    admin_client: Client, event: Event, action: str, no_id: str
) -> None:
    address = f"{reverse('admin:events_player_changelist')}?event={event.pk}"
    posted = {"action": action, "_selected_action": no_id, "post": "yes"}
    assert admin_client.post(address, posted).status_code in (200, 302)
    assert event.players.count() == 3


@pytest.mark.parametrize("model", ["activity", "capability", "player", "team", "tile"])
def test_nothing_is_added_for_an_event_that_is_gone(admin_client: Client, model: str) -> None:
    address = reverse(f"admin:events_{model}_add") + "?event=99"
    for answer in (
        admin_client.get(address, follow=True),
        admin_client.post(address, {"name": "x"}, follow=True),
    ):
        assert answer.redirect_chain == [(reverse("admin:events_event_changelist"), 302)]
    assert not Capability.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "/admin/simulations/simulation/%00/delete/",
        "/admin/simulations/simulation/?status__exact=%00",
        "/admin/events/player/?name__contains=%00",
        "/admin/autocomplete/?term=%00&app_label=events&model_name=team&field_name=event",
    ],
)
def test_no_database_is_asked_for_a_character_that_it_can_not_have(
    admin_client: Client, address: str
) -> None:
    assert admin_client.get(address).status_code == 400


def test_who_signed_in_again_meanwhile_is_told_so() -> None:
    User.objects.create_superuser("captain", password="a long password")
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get())
    answer = client.post(reverse("admin:events_event_add"), {"name": "x", "csrfmiddlewaretoken": "old"})
    assert answer.status_code == 403
    assert "You signed in again" in answer.content.decode()


def test_no_simulation_is_chosen_by_such_a_character(admin_client: Client) -> None:
    posted = {"action": "delete_selected", "_selected_action": "\x00", "post": "yes"}
    assert admin_client.post(reverse("admin:simulations_simulation_changelist"), posted).status_code == 400
