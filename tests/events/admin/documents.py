"""What the tests of documents in the admin have in common."""

import re
from typing import Any

from django.contrib.admin.models import LogEntry
from django.http import HttpResponse
from django.urls import reverse

from events.models import Event


def page_of(name: str, event: Event | None = None) -> str:
    """Return the address of a page of documents."""
    return reverse(f"admin:events_event_{name}", args=[event.pk] if event else [])


def text_of(page: Any) -> str:
    """Return what a page holds."""
    assert isinstance(page, HttpResponse)
    return page.content.decode()


def carried_by(page: Any) -> dict[str, str]:
    """Return what the confirmation of a preview posts."""
    match = re.search(r'name="carried" value="([^"]+)"', text_of(page))
    assert match, "this page has nothing to confirm"
    return {"carried": match[1]}


def history_of(event: Event) -> list[str]:
    """Return what an event's history says, the latest first."""
    entries = LogEntry.objects.filter(object_id=str(event.pk), content_type__model="event")
    return [entry.get_change_message() for entry in entries.order_by("-pk")]
