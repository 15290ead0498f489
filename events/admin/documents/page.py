"""What the pages of documents have in common."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse

from events.admin.addresses import keep_at_hand
from events.admin.workspace import workspace
from events.models import Event

# Of what is wrong, so much is listed.
MOST_ERRORS = 200


def require(request: HttpRequest, *permissions: str) -> None:
    """Refuse the page to who lacks any of the permissions, such as `events.add_event`."""
    if not request.user.has_perms(permissions):
        raise PermissionDenied


def event_or_404(event_id: int) -> Event:
    """Return the event of an address."""
    return get_object_or_404(Event, pk=event_id)


def show(
    request: HttpRequest,
    site: Any,
    template: str,
    *,
    title: str,
    event: Event | None = None,
    current: str = "",
    status: int = 200,
    **context: Any,
) -> TemplateResponse:
    """Answer with a page of an event, or with one of none."""
    keep_at_hand(request, event)
    common = {
        **site.each_context(request),
        "title": title,
        "opts": Event._meta,
        "event": event,
        "workspace": workspace(request, event, current) if event else None,
    }
    return TemplateResponse(request, f"admin/events/event/{template}.html", common | context, status=status)
