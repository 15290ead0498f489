"""Capabilities tell who has them and what asks for them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from events.admin.workspace import add_url, change_url, list_url
from events.models import Activity, Capability, Player, PlayerCapability
from tests.events.admin.pages import fields_of
from tests.events.factories import an_event
from tests.visitors import who_may_only_read

pytestmark = pytest.mark.django_db


def capability(key: str = "quest.ds2") -> Capability:
    return Capability.objects.get(event=an_event(), key=key)


def add(client: Client, **fields: Any) -> Any:
    return client.post(add_url(Capability, an_event()), {"name": "Song of the Elves", "key": "", **fields})


def test_a_capability_without_a_key_gets_one_from_its_name_at_the_end(admin_client: Client) -> None:
    assert add(admin_client).status_code == 302
    assert Capability.objects.last().key == "song-of-the-elves"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("fields", "field"), [({"key": "quest.ds2"}, "key"), ({"name": ""}, "name"), ({"name": "龍"}, "key")]
)
def test_what_cannot_be_is_an_error_at_its_field(
    admin_client: Client, fields: dict[str, str], field: str
) -> None:
    page = add(admin_client, **fields)
    assert field in page.context["adminform"].form.errors


def test_a_new_key_and_name_are_those_of_all_that_refers_to_it(admin_client: Client) -> None:
    ds2 = capability()
    fields = fields_of(admin_client, change_url(ds2), "capability_form") | {"key": "quest.dragon"}
    admin_client.post(change_url(ds2), fields)
    assert Player.objects.get(name="Zoe").as_data()["capabilities"] == ["quest.dragon"]


def test_the_page_names_who_has_it_and_which_tiles_ask_for_it(admin_client: Client) -> None:
    page = admin_client.get(change_url(capability()))
    assert [holder["name"] for holder in page.context["holders"]] == ["Zoe", "Adam"]
    assert [str(one["use"]) for one in page.context["uses"]] == [
        "tile Coins requires Dragon Slayer II",
        "tile Cox is modified by Dragon Slayer II",
    ]


def test_the_list_counts_holders_and_rules(admin_client: Client) -> None:
    page = admin_client.get(list_url(Capability, an_event())).content.decode()
    assert "1 require, 1 modified" in page


def test_the_list_asks_the_same_for_few_and_for_many(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = an_event()
    many = [Capability(event=event, key=f"c{number}", name="C", position=number) for number in range(90)]
    Capability.objects.bulk_create(many)
    zoe = event.players.get(name="Zoe")
    PlayerCapability.objects.bulk_create([PlayerCapability(player=zoe, capability=one) for one in many])
    with django_assert_max_num_queries(10):
        admin_client.get(list_url(Capability, event))


def found(client: Client, kind: str, **query: Any) -> list[str]:
    answer = client.get(reverse(f"admin:events_{kind}_find"), query)
    assert answer.status_code == 200
    return [entry["text"] for entry in answer.json()["results"]]


def test_autocompletes_find_entries_of_one_owner_by_all_words(admin_client: Client) -> None:
    event = an_event()
    Capability.objects.create(key="quest.ds2", name="In the library")
    assert found(admin_client, "capability", event=event.pk, term="slayer quest") == [
        "Dragon Slayer II (quest.ds2)"
    ]
    assert found(admin_client, "capability", event="library") == ["In the library (quest.ds2)"]
    assert found(admin_client, "player", event=event.pk, term="zo") == ["Zoe"]
    assert found(admin_client, "capability", event="x") == []


def test_autocompletes_find_many_page_by_page(admin_client: Client) -> None:
    Activity.objects.bulk_create(
        [Activity(key=f"a{number:02}", name="A", attempt_seconds=1, position=number) for number in range(31)]
    )
    assert len(found(admin_client, "activity", event="library")) == 30
    assert found(admin_client, "activity", event="library", page=2) == ["A (a30)"]


def test_autocompletes_answer_who_may_see_entries(client: Client, django_user_model: Any) -> None:
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))
    assert client.get(reverse("admin:events_capability_find")).status_code == 403


def test_who_may_only_read_sees_a_capability_and_changes_nothing() -> None:
    client = who_may_only_read()
    part = capability()
    assert "Zoe" in client.get(change_url(part)).content.decode()
    assert client.post(change_url(part), {"name": "Mine"}).status_code == 403
