"""Copies between events and the library are made when somebody asks, and only then."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from events.models import Activity, Capability, Event, Player
from events.transfer import (
    LibraryError,
    copy_from_library,
    document_of,
    fill_library,
    put_into_library,
    update_from_library,
)
from tests.events.factories import a_document, an_event

pytestmark = pytest.mark.django_db


def an_empty_event() -> Event:
    return an_event(slug="empty", capabilities={}, activities={}, players={}, board=[], teams={})


def in_library(name: str = "Zoe") -> Player:
    """Put a player of the small event into the library, and return the library's entry."""
    return put_into_library(Player.objects.get(event=an_event(), name=name))


def test_an_entry_goes_into_the_library_and_into_another_event() -> None:
    kept = put_into_library(Activity.objects.get(event=an_event(), key="boss.zulrah"))
    event = an_empty_event()
    copy = copy_from_library(kept, event)
    assert (kept.event, copy.copied_from) == (None, kept)
    assert document_of(event).activities == {"boss.zulrah": a_document().activities["boss.zulrah"]}


def test_a_player_brings_capabilities_along() -> None:
    event = an_empty_event()
    copy_from_library(in_library("Adam"), event)
    document = document_of(event)
    assert document.players == {"Adam": a_document().players["Adam"]}
    assert document.capabilities == {"item.lance": "Lance", "quest.ds2": "Dragon Slayer II"}


def test_copies_stay_as_they_are_until_they_are_updated() -> None:
    kept = in_library()
    copy = copy_from_library(kept, an_empty_event())
    kept.skill = 2
    kept.save()
    copy.refresh_from_db()
    assert float(copy.skill) == 0.85
    assert update_from_library(copy).skill == 2


def test_putting_an_entry_into_the_library_again_replaces_the_librarys() -> None:
    kept = in_library()
    player = Player.objects.get(event__slug="small-bingo", name="Zoe")
    player.skill = 3
    player.save()
    assert put_into_library(player) == kept
    kept.refresh_from_db()
    assert kept.skill == 3
    assert Player.objects.library().count() == 1


def test_an_update_that_would_take_a_drop_from_a_rule_is_refused() -> None:
    activity = Activity.objects.get(event=an_event(), key="raid.cox")
    kept = put_into_library(activity)
    kept.loot = []
    kept.save()
    with pytest.raises(ValidationError, match="Rules accept"):
        update_from_library(activity)


def test_what_makes_no_sense_is_refused() -> None:
    event = an_event()
    mine = Capability.objects.get(event=event, key="quest.ds2")
    with pytest.raises(LibraryError, match="not copied"):
        update_from_library(mine)
    with pytest.raises(LibraryError, match="belongs to an event"):
        copy_from_library(mine, event)
    kept = put_into_library(mine)
    with pytest.raises(LibraryError, match="already has"):
        copy_from_library(kept, event)
    with pytest.raises(LibraryError, match="in the library already"):
        put_into_library(kept)


def test_an_entry_outlives_the_library_entry_it_came_from() -> None:
    kept = in_library()
    kept.delete()
    assert Player.objects.get(event__slug="small-bingo", name="Zoe").copied_from is None


def test_filling_the_library_adds_what_it_lacks_and_once_only() -> None:
    event = an_event()
    assert fill_library(event) == 4
    assert fill_library(event) == 0
    assert [entry.key for entry in Activity.objects.library()] == ["boss.zulrah", "raid.cox"]
    mine = Activity.objects.get(event=event, key="boss.zulrah")
    kept = Activity.objects.library().get(key="boss.zulrah")
    assert (mine.copied_from, kept.as_data()) == (kept, mine.as_data())
    assert [drop.key for drop in kept.drops.all()] == [drop.key for drop in mine.drops.all()]


def test_filling_the_library_leaves_what_is_there() -> None:
    event = an_event()
    own = Activity.objects.create(key="boss.zulrah", name="Our own", attempt_seconds=5)
    assert fill_library(event) == 3
    own.refresh_from_db()
    assert own.name == "Our own"


def test_filling_the_library_leaves_the_event_at_its_version() -> None:
    event = an_event()
    fill_library(event)
    assert Event.objects.get(pk=event.pk).version == event.version


def test_filling_the_library_takes_a_few_queries_however_much_there_is(
    django_assert_max_num_queries: Any,
) -> None:
    event = an_event()
    with django_assert_max_num_queries(16):
        fill_library(event)


def test_a_player_whom_the_game_knows_by_the_same_name_is_the_same_player() -> None:
    event = an_event()
    for name in ("Iron_Man", "-"):
        Player.objects.create(event=event, name=name)
    in_library = Player.objects.create(event=None, name="iron man", skill=2)
    with pytest.raises(LibraryError, match="already has"):
        copy_from_library(in_library, event)
    kept = put_into_library(Player.objects.get(event=event, name="Iron_Man"))
    assert (kept.pk, kept.name) == (in_library.pk, "iron man")
    assert kept.skill == 1
    copy_from_library(Player.objects.create(event=None, name="_"), event)
    assert event.players.filter(name="_").exists()
