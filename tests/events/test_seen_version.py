"""Whoever stores a document may say which version it was made from; another one refuses it."""

import pytest

from events.models import Event, Player, StaleEvent
from events.transfer import StoreStatus, store_document
from tests.events.factories import a_document, an_event

pytestmark = pytest.mark.django_db


def test_the_version_that_was_seen_is_replaced() -> None:
    event = an_event()
    result = store_document(a_document(name="New"), seen_version=event.version)
    assert (result.status, Event.objects.get(pk=event.pk).name) == (StoreStatus.CHANGED, "New")


def test_another_version_is_refused_and_left_as_it_is() -> None:
    event = an_event()
    Player.objects.filter(event=event).first().save()  # type: ignore[union-attr]
    before = Event.objects.get(pk=event.pk)
    with pytest.raises(StaleEvent):
        store_document(a_document(name="New"), seen_version=event.version)
    after = Event.objects.get(pk=event.pk)
    assert (after.name, after.version) == (before.name, before.version)


def test_an_event_that_is_gone_is_not_made_again() -> None:
    event = an_event()
    version = event.version
    event.delete()
    with pytest.raises(StaleEvent):
        store_document(a_document(), seen_version=version)
    assert not Event.objects.exists()


def test_version_nought_means_that_there_was_none() -> None:
    assert store_document(a_document(), seen_version=0).status == StoreStatus.CREATED
    with pytest.raises(StaleEvent):
        store_document(a_document(name="New"), seen_version=0)
    assert Event.objects.get().name == "Small Bingo"


def test_without_a_version_anything_is_replaced() -> None:
    an_event()
    assert store_document(a_document(name="New")).status == StoreStatus.CHANGED
