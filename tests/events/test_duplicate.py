"""A copy of an event holds all that the event does, and the two change apart from each other."""

from datetime import datetime
from typing import Any

import pytest

from events.document import DocumentError
from events.models import Activity, Capability, Event, Player, StaleEvent, Tile
from events.transfer import document_of, duplicate_event, put_into_library, suggested_names
from tests.events.factories import an_event

pytestmark = pytest.mark.django_db


def test_a_copy_holds_everything_but_slug_and_name() -> None:
    event = an_event()
    copy = duplicate_event(event, slug="copy", name="The Copy")
    renamed = {"slug": "copy", "name": "The Copy"}
    assert document_of(copy) == document_of(event).model_copy(update=renamed)
    assert document_of(event).slug == "small-bingo"


def test_a_copy_may_start_at_another_time() -> None:
    event, start = an_event(), datetime(2027, 1, 2, 3, 4)  # noqa: DTZ001  # on the event's own clocks
    copy = duplicate_event(event, slug="copy", name="The Copy", starts_at=start)
    assert (copy.starts_at, event.starts_at.year) == (start, 2026)


def test_entries_of_a_copy_come_from_the_same_entries_of_the_library() -> None:
    event = an_event()
    kept = {
        Activity: put_into_library(Activity.objects.get(event=event, key="boss.zulrah")),
        Capability: put_into_library(Capability.objects.get(event=event, key="item.lance")),
        Player: put_into_library(Player.objects.get(event=event, name="Mia")),
    }
    copy = duplicate_event(event, slug="copy", name="The Copy")
    for kind, entry in kept.items():
        origins: Any = kind._default_manager.filter(event=copy).values_list("copied_from", flat=True)
        assert [origin for origin in origins if origin] == [entry.pk]


def test_changing_a_copy_leaves_the_original() -> None:
    event = an_event()
    copy = duplicate_event(event, slug="copy", name="The Copy")
    tile = Tile.objects.get(event=copy, key="zulrah")
    tile.points = 9
    tile.save()
    assert document_of(event).board[0].tiles[0].points == 1


def test_a_slug_that_is_taken_is_refused_and_nothing_is_overwritten() -> None:
    event, other = an_event(), an_event(slug="other", name="Other", teams={})
    with pytest.raises(StaleEvent):
        duplicate_event(event, slug="other", name="The Copy")
    assert Event.objects.get(pk=other.pk).name == "Other"


def test_a_start_that_no_event_may_have_is_refused() -> None:
    with pytest.raises(DocumentError, match="starts_at"):
        duplicate_event(an_event(), slug="copy", name="Copy", starts_at=datetime(1999, 1, 1))  # noqa: DTZ001


def test_suggested_names_are_those_of_no_event() -> None:
    event = an_event()
    assert suggested_names(event) == ("small-bingo-copy", "Small Bingo (copy)")
    slug, name = suggested_names(event)
    copy = duplicate_event(event, slug=slug, name=name)
    assert suggested_names(event) == ("small-bingo-copy-2", "Small Bingo (copy 2)")
    assert suggested_names(copy) == ("small-bingo-copy-2", "Small Bingo (copy 2)")


def test_suggested_names_of_long_names_are_short_enough() -> None:
    slug, name = suggested_names(an_event(slug="s" * 80, name="n" * 80))
    assert (len(slug), len(name)) == (80, 80)


def test_duplicating_takes_few_queries_however_much_there_is(django_assert_max_num_queries: Any) -> None:
    event = an_event(players={f"Player {n}": {} for n in range(300)}, teams={})
    with django_assert_max_num_queries(80):
        duplicate_event(event, slug="copy", name="The Copy")
