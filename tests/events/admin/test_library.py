"""Entries go from the library into events and back after a look at what that changes."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from events.admin.workspace import change_url, list_url
from events.models import Activity, Capability, Event, Player
from events.transfer import copy_from_library, put_into_library
from events.transfer.library import NAME_FIELD
from tests.events.admin.library import a_library, address, bare, entry, from_library, post_seen
from tests.events.admin.pages import at
from tests.events.factories import an_event
from tests.visitors import who_may

pytestmark = pytest.mark.django_db


def test_the_library_offers_what_the_event_lacks(admin_client: Client) -> None:
    a_library()
    event = bare()
    Capability.objects.create(event=event, key="quest.ds2", name="Mine")
    page = admin_client.get(from_library(Capability, event))
    assert [one.key for one in page.context["entries"]] == ["item.lance"]


def test_what_is_offered_can_be_searched(admin_client: Client) -> None:
    a_library()
    page = admin_client.get(f"{from_library(Activity, bare())}&q=xeric")
    assert [one.key for one in page.context["entries"]] == ["raid.cox"]


@pytest.mark.parametrize("kind", [Activity, Capability])
def test_several_chosen_entries_are_copied(admin_client: Client, kind: type[Any]) -> None:
    a_library()
    event = bare()
    chosen = [*kind.objects.filter(event=None)]
    page = admin_client.post(from_library(kind, event), {"entry": [one.pk for one in chosen]})
    assert at(page) == list_url(kind, event)
    copies = kind.objects.filter(event=event)
    assert [copy.copied_from for copy in copies] == chosen


def test_a_player_brings_their_capabilities(admin_client: Client) -> None:
    put_into_library(entry(Player, "Zoe", an_event()))
    event = bare()
    kept = entry(Player, "Zoe")
    admin_client.post(from_library(Player, event), {"entry": [kept.pk]})
    assert entry(Player, "Zoe", event).as_data()["capabilities"] == ["quest.ds2"]


def test_copies_are_told_in_the_history_of_the_event(admin_client: Client) -> None:
    a_library()
    event = bare()
    admin_client.post(from_library(Activity, event), {"entry": [entry(Activity, "raid.cox").pk]})
    assert "activity Chambers of Xeric copied" in LogEntry.objects.get(object_id=str(event.pk)).change_message


def test_of_several_all_are_copied_or_none(admin_client: Client) -> None:
    a_library()
    event = bare()
    chosen = [entry(Capability, "quest.ds2").pk, entry(Capability, "item.lance").pk]
    # Somebody else was quicker.
    copy_from_library(entry(Capability, "item.lance"), event)
    page = admin_client.post(from_library(Capability, event), {"entry": chosen}, follow=True)
    assert "already has Lance" in page.content.decode()
    assert event.capabilities.count() == 1


def test_nothing_chosen_is_said(admin_client: Client) -> None:
    a_library()
    page = admin_client.post(from_library(Activity, bare()), {"entry": ["x"]}, follow=True)
    assert "Nothing was chosen." in page.content.decode()


def test_an_update_is_shown_and_then_done(admin_client: Client) -> None:
    event = a_library()
    kept, own = entry(Activity, "raid.cox"), entry(Activity, "raid.cox", event)
    kept.attempt_seconds = 1000
    kept.save()
    url = address(own, "update_from_library")
    assert admin_client.get(url).context["change"].changes == [
        "An attempt takes: 900 seconds → 1,000 seconds"
    ]
    own.refresh_from_db()
    assert own.attempt_seconds == 900
    assert post_seen(admin_client, url).url == change_url(own)
    own.refresh_from_db()
    assert own.attempt_seconds == 1000
    told = LogEntry.objects.get(object_id=str(event.pk), content_type__model="event").change_message
    assert (
        told == "from the library: activity Chambers of Xeric: An attempt takes: 900 seconds → 1,000 seconds"
    )


@pytest.mark.parametrize(("kind", "key"), [(Capability, "quest.ds2"), (Player, "Zoe")])
def test_an_update_leaves_an_entry_the_key_that_it_has(
    admin_client: Client, kind: type[Any], key: str
) -> None:
    event = an_event()
    put_into_library(entry(kind, key, event))
    own = entry(kind, key, event)
    kind.objects.filter(pk=own.pk).update(**{NAME_FIELD[kind]: "own"})
    page = admin_client.get(address(own, "update_from_library"))
    assert page.context["change"].changes == []
    version = Event.objects.get().version
    post_seen(admin_client, address(own, "update_from_library"))
    own.refresh_from_db()
    assert (getattr(own, NAME_FIELD[kind]), Event.objects.get().version) == ("own", version)
    assert not LogEntry.objects.exists()


def test_an_update_that_rules_forbid_says_so_before_it_is_asked_for(admin_client: Client) -> None:
    own = entry(Activity, "raid.cox", a_library())
    Activity.objects.filter(event=None, key="raid.cox").update(loot=[])
    page = admin_client.get(address(own, "update_from_library"))
    assert "Rules accept loot.cox" in page.context["problems"][0]
    assert "Update it" not in page.content.decode()


def test_what_is_the_same_becomes_a_copy_of_the_librarys(admin_client: Client) -> None:
    own = entry(Capability, "quest.ds2", a_library())
    Capability.objects.filter(pk=own.pk).update(copied_from=None)
    url = address(own, "put_into_library")
    assert "counts as a copy" in admin_client.get(url).content.decode()
    post_seen(admin_client, url)
    own.refresh_from_db()
    assert own.copied_from == entry(Capability, "quest.ds2")


def test_only_copies_of_other_events_are_said_to_stay_as_they_are(admin_client: Client) -> None:
    own = entry(Capability, "quest.ds2", a_library())
    Capability.objects.filter(pk=own.pk).update(name="DS2")
    assert admin_client.get(address(own, "put_into_library")).context["note"] == ""
    copy_from_library(entry(Capability, "quest.ds2"), bare())
    note = admin_client.get(address(own, "put_into_library")).context["note"]
    assert note == "Copies in 1 other event stay as they are until they are updated."


def test_an_update_that_is_none_is_said(admin_client: Client) -> None:
    own = entry(Activity, "raid.cox", a_library())
    page = admin_client.get(address(own, "update_from_library"))
    assert "as it is in the library" in page.content.decode()


def test_an_update_that_would_take_away_a_drop_that_counts_is_refused(admin_client: Client) -> None:
    own = entry(Activity, "raid.cox", a_library())
    kept = entry(Activity, "raid.cox")
    kept.loot = []
    kept.save()
    url = address(own, "update_from_library")
    page = admin_client.post(url, {"seen": admin_client.get(url).context["seen"]}, follow=True)
    assert "Rules accept loot.cox" in page.content.decode()
    own.refresh_from_db()
    assert own.loot


@pytest.mark.parametrize("what", ["update_from_library", "put_into_library"])
def test_what_changed_after_the_look_is_shown_again_first(admin_client: Client, what: str) -> None:
    own = entry(Capability, "quest.ds2", a_library())
    url = address(own, what)
    seen = admin_client.get(url).context["seen"]
    Capability.objects.filter(pk=own.pk).update(name="Theirs")
    page = admin_client.post(url, {"seen": seen}, follow=True)
    assert "It was changed meanwhile" in page.content.decode()
    assert {one.name for one in Capability.objects.filter(key="quest.ds2")} == {"Theirs", "Dragon Slayer II"}


def test_an_entry_that_was_not_copied_cannot_be_updated(admin_client: Client) -> None:
    own = entry(Activity, "raid.cox", an_event())
    assert admin_client.get(address(own, "update_from_library")).status_code == 404


def test_putting_shows_what_it_changes_in_the_library(admin_client: Client) -> None:
    event = a_library()
    own, kept = entry(Capability, "quest.ds2", event), entry(Capability, "quest.ds2")
    own.name = "DS2"
    own.save()
    url = address(own, "put_into_library")
    assert admin_client.get(url).context["change"].changes == ["Name: Dragon Slayer II → DS2"]
    post_seen(admin_client, url)
    kept.refresh_from_db()
    assert kept.name == "DS2"


def test_putting_adds_what_the_library_lacks(admin_client: Client) -> None:
    own = entry(Player, "Zoe", an_event())
    url = address(own, "put_into_library")
    assert "The library has no Zoe yet" in admin_client.get(url).content.decode()
    post_seen(admin_client, url)
    own.refresh_from_db()
    assert own.copied_from == entry(Player, "Zoe")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_put_the_same_into_the_library_at_once_one_is_told(admin_user: User) -> None:
    both = [entry(Capability, "quest.ds2", event) for event in (an_event(), an_event(slug="other"))]
    rename = Capability.objects.get(pk=both[1].pk)
    rename.name = "DS2"
    rename.save()
    put_into_library(both[0])
    both[0].name = "Theirs"
    both[0].save()
    answers = at_once(admin_user, [address(one, "put_into_library") for one in both])
    assert sorted(answer.url in map(change_url, both) for answer in answers) == [False, True]
    assert entry(Capability, "quest.ds2").name in ("Theirs", "DS2")


@pytest.mark.django_db(transaction=True)
def test_of_two_who_copy_the_same_at_once_one_is_told(admin_user: User) -> None:
    a_library()
    event = bare()
    urls = [from_library(Capability, event)] * 2
    answers = at_once(admin_user, urls, {"entry": [entry(Capability, "quest.ds2").pk]})
    assert sorted(answer.url == list_url(Capability, event) for answer in answers) == [False, True]
    assert event.capabilities.count() == 1


def at_once(user: User, urls: list[str], fields: dict[str, Any] | None = None) -> list[Any]:
    """Look at pages, and agree to them at the same moment."""
    clients = [Client() for _ in urls]
    for client in clients:
        client.force_login(user)
    pages = [client.get(url).context for client, url in zip(clients, urls, strict=True)]
    start = Barrier(len(urls))

    def post(number: int) -> Any:
        try:
            start.wait(10)
            return clients[number].post(urls[number], fields or {"seen": pages[number]["seen"]})
        finally:
            connection.close()

    with ThreadPoolExecutor(len(urls)) as threads:
        return [*threads.map(post, range(len(urls)))]


def test_lists_of_the_library_tell_how_many_events_use_an_entry(admin_client: Client) -> None:
    a_library()
    copy_from_library(entry(Capability, "quest.ds2"), bare())
    page = admin_client.get(list_url(Capability, None))
    copied = {one.key: one.n_events for one in page.context["cl"].result_list}
    assert copied == {"quest.ds2": 2, "item.lance": 1}
    assert "Events with a copy" in page.content.decode()


def test_an_entry_of_the_library_itself_has_no_way_into_it(admin_client: Client) -> None:
    a_library()
    assert admin_client.get(address(entry(Capability, "quest.ds2"), "put_into_library")).status_code == 404


def test_pages_name_only_what_somebody_may_do() -> None:
    event = a_library()
    own = entry(Capability, "quest.ds2", event)
    client = who_may("view_capability", "change_capability", "view_event")
    page = client.get(change_url(own)).content.decode()
    assert address(own, "update_from_library") in page
    assert address(own, "put_into_library") not in page
    assert from_library(Capability, event) not in client.get(list_url(Capability, event)).content.decode()


def test_who_may_only_read_is_refused() -> None:
    event = a_library()
    own = entry(Capability, "quest.ds2", event)
    client = who_may("view_capability")
    for url in (
        address(own, "update_from_library"),
        address(own, "put_into_library"),
        from_library(Capability, event),
    ):
        assert (client.get(url).status_code, client.post(url).status_code) == (403, 403)


def test_adding_to_the_library_takes_the_permission_to_add() -> None:
    own = entry(Capability, "quest.ds2", an_event())
    client = who_may("view_capability", "change_capability")
    assert client.get(address(own, "put_into_library")).status_code == 403


def test_the_page_of_the_library_asks_the_same_for_few_and_for_many(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    Capability.objects.bulk_create([Capability(key=f"c{number}", name="C") for number in range(100)])
    event = bare()
    with django_assert_max_num_queries(9):
        admin_client.get(from_library(Capability, event))
