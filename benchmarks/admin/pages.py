"""Every page of the admin that GET opens."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, reverse

from benchmarks.admin.timing import Timing, timed
from events.models import Event
from simulations.models import Simulation


def page_timings(client: Client, repetitions: int) -> Iterator[Timing]:
    """Time every page, for the largest event and what it holds."""
    for path in _addresses():
        if _opens(client, path):
            yield timed(path, lambda path=path: partial(client.get, path), repetitions)  # type: ignore[misc]


def _addresses() -> Iterator[str]:
    """Yield the address of every page that GET opens, for the largest event and what it holds."""
    event = Event.objects.get(slug="summer-clan-bingo")
    simulation = Simulation.objects.get(event=event)
    for model, model_admin in admin.site._registry.items():
        owned = (
            model._default_manager.filter(event=event) if _has_event(model) else model._default_manager.all()
        )
        part = {Event: event, Simulation: simulation}.get(model) or owned.first()
        for pattern in model_admin.get_urls():
            if pattern.name is None:
                continue
            for arguments in ([], [part.pk if part else 0]):
                try:
                    path = reverse(f"admin:{pattern.name}", args=arguments)
                except NoReverseMatch:
                    continue
                yield path
                if not arguments and _has_event(model):
                    yield f"{path}?event={event.pk}"


def _has_event(model: Any) -> bool:
    return any(field.name == "event" for field in model._meta.fields)


def _opens(client: Any, path: str) -> bool:
    """Say whether there is a page: what wants POST, or more in its address, answers without one."""
    return client.get(path).status_code == 200  # type: ignore[no-any-return]
