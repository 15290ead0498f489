"""Lists and forms of what events and the library both have: activities, capabilities and players."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from events.admin.addresses import number_in
from events.admin.filters import ALL, BelongsTo, FilteredByEvent
from events.admin.library import LibraryPages
from events.admin.workspace import Tool
from events.models import Event, next_position
from events.models.counting import number_of


class CatalogueAdmin(FilteredByEvent, LibraryPages):
    """Lists and forms of activities, capabilities and players: the library's, and each event's own."""

    list_filter: ClassVar[Any] = (BelongsTo,)
    exclude = ("event", "position")
    change_form_outer_before_template = "admin/events/library/form_top.html"

    def list_tools(self, request: HttpRequest, event: Event | None) -> list[Tool]:
        """Return the buttons above a list."""
        tools = super().list_tools(request, event)
        if event is None or not self.has_copy_permission(request):
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

    # What the lists show, and what of it only events' entries have.
    columns: tuple[str, ...] = ()
    event_columns: tuple[str, ...] = ()

    def get_list_display(self, request: HttpRequest) -> Any:
        owner = request.GET.get("event", "")
        if owner == ALL:
            name, *others = self.columns
            return (name, "owner", *others, *self.event_columns)
        own = ("copied_to",) if number_in(owner) is None else self.event_columns
        return (*self.columns, *own)

    @admin.display(description="belongs to", ordering="event__name")
    def owner(self, entry: Any) -> str:
        """Return whose it is, for the list of everything."""
        return str(entry.event or "the library")

    @admin.display(description="events with a copy", ordering="n_events")
    def copied_to(self, entry: Any) -> int:
        """Return how many events have a copy of it, for the library's list."""
        return int(entry.n_events)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        entries = super().get_queryset(request).select_related("event")
        counted: QuerySet[Any] = entries.annotate(n_events=number_of("copies__event", self.model))
        return counted

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Put a new entry at the end of its owner's."""
        if not change:
            obj.position = next_position(self.model, event=obj.event_id)
        super().save_model(request, obj, form, change)
