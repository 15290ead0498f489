"""Lists and forms of what events and the library both have: activities, capabilities and players."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from events.admin.filters import BelongsTo, FilteredByEvent
from events.admin.library import LibraryPages
from events.admin.workspace import Tool
from events.models import Event, next_position
from events.wording import counted


class CatalogueAdmin(FilteredByEvent, LibraryPages):
    """Lists and forms of activities, capabilities and players: the library's, and each event's own."""

    list_filter: ClassVar[Any] = (BelongsTo,)
    exclude = ("event", "position")
    change_form_outer_before_template = "admin/events/library/form_top.html"

    def list_tools(self, request: HttpRequest, event: Event | None) -> list[Tool]:
        """Return the buttons above a list."""
        tools = super().list_tools(request, event)
        if event is None or not tools:
            return tools
        address = f"{self.page_url('from_library')}?event={event.pk}"
        return [*tools, Tool("Add from the library", "library_add", address)]

    def form_context(self, request: HttpRequest, event: Event | None, part: Any) -> dict[str, Any]:
        return {"tools": self.form_tools(request, part), "entry": part}

    def form_tools(self, request: HttpRequest, entry: Any) -> list[Tool]:
        """Return the buttons above an entry's form: what an event's has to do with the library."""
        if entry is None or entry.event_id is None or not self.has_change_permission(request, entry):
            return []
        update = Tool("Update from the library", "download", self.page_url("update_from_library", entry.pk))
        put = Tool("Put into the library", "upload", self.page_url("put_into_library", entry.pk))
        return [
            *([update] if entry.copied_from_id else []),
            *([put] if self.has_put_permission(request) else []),
        ]

    @admin.display(description="used by", ordering="n_events")
    def used_by(self, entry: Any) -> str:
        """Say in how many events there are copies of a library entry, or whose an entry is."""
        if entry.event_id is not None:
            return str(entry.event)
        return counted(entry.n_events, "event")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # A subquery: joining copies would multiply what other counts count.
        copies = (
            self.model._default_manager.filter(copied_from=OuterRef("pk")).order_by().values("copied_from")
        )
        n_events = Coalesce(Subquery(copies.annotate(n=Count("event", distinct=True)).values("n")), 0)
        entries = super().get_queryset(request).select_related("event")
        counted: QuerySet[Any] = entries.annotate(n_events=n_events)
        return counted

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Put a new entry at the end of its owner's."""
        if not change:
            obj.position = next_position(self.model, event=obj.event_id)
        super().save_model(request, obj, form, change)
