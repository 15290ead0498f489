"""What the tests of the library in the admin have in common."""

from typing import Any

from django.test import Client
from django.urls import reverse

from events.models import Event, Player
from events.transfer import fill_library
from tests.events.factories import an_event


def bare(slug: str = "bare") -> Event:
    """Return an event that has nothing yet."""
    return an_event(slug=slug, activities={}, capabilities={}, players={}, board=[], teams={})


def a_library() -> Event:
    """Return an event whose activities and capabilities are in the library, too."""
    event = an_event()
    fill_library(event)
    return event


def entry(kind: type[Any], key: str, event: Event | None = None) -> Any:
    """Return an event's entry of a key or name, or the library's."""
    return kind.objects.get(event=event, **{"name" if kind is Player else "key": key})


def from_library(kind: type[Any], event: Event) -> str:
    """Return where entries of a kind are copied into an event."""
    return reverse(f"admin:events_{kind._meta.model_name}_from_library") + f"?event={event.pk}"


def address(part: Any, what: str) -> str:
    """Return where something is done with an entry, such as `put_into_library`."""
    return reverse(f"admin:events_{part._meta.model_name}_{what}", args=[part.pk])


def post_seen(client: Client, url: str) -> Any:
    """Look at what is asked, and agree."""
    return client.post(url, {"seen": client.get(url).context["seen"]})
