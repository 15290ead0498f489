"""Who changed an event, when, and what in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from events.admin.documents.page import event_or_404, require, show
from events.admin.history import history_context


def history_page(request: HttpRequest, site: Any, event_id: int) -> HttpResponse:
    """Show an event's history, the latest first."""
    require(request, "events.view_event")
    event = event_or_404(event_id)
    context = history_context(request, event)
    return show(
        request, site, "history", title=f"{event}: history", event=event, current="history", **context
    )
