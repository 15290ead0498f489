"""Pages of events: their list, their settings, and what is done with an event as a whole."""

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from unfold.widgets import UnfoldAdminTextInputWidget

from events.admin import board, documents
from events.admin.base import PartAdmin
from events.admin.event_list import EventChangeList, EventColumns, StageFilter
from events.admin.fields import (
    DayInput,
    MinutesField,
    ScalarField,
    TextField,
    TimeOfDayInput,
    WholeField,
    ZoneInput,
)
from events.admin.forms import PartForm
from events.admin.permissions import MAKE_EVENTS, REPLACE_EVENTS
from events.admin.workspace import Tool, board_url
from events.document import MOST_BOARD_POINTS
from events.document.durations import Hours
from events.document.reading import exact
from events.document.values import with_decimal_point
from events.models import Event

MOST_WAIT_MINUTES = 1_440
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
OF_THIS_CENTURY = "The start must be in this century: a year from 2000 to 2099."

HELP = {
    "slug": "Names the event in commands, addresses and files: lower-case letters, digits, hyphens and "
    "underscores.",
    "start_date": "The day on which the event starts, in its own time zone.",
    "start_time": "The time of day at which it starts, in its own time zone: 18:00.",
    "timezone": "On whose clocks the event starts, such as Europe/London. Sessions of players without a "
    "time zone of their own are on these clocks, too.",
}


def _in(unit: str, keyboard: str = "numeric") -> Any:
    """Return an input that shows the unit of its number."""
    return UnfoldAdminTextInputWidget({"suffix": unit, "inputmode": keyboard, "autocomplete": "off"})


class HoursField(ScalarField):
    """A duration in hours, which comes to whole seconds."""

    def understood(self, typed: Any) -> Any:
        return exact(with_decimal_point(typed)) if isinstance(typed, str) else typed

    def _refusal(self, typed: Any) -> str | None:
        return None  # what is wrong with the number that was meant says more than that it was typed as text


class EventForm(PartForm):
    """An event's own settings; its rows are a matter of its board."""

    name = TextField(help_text="What people call the event.")
    duration_hours = HoursField(
        Hours(1, 24 * 60),
        label="Duration",
        widget=_in("hours", "text"),
        help_text="How long the event goes on, in hours, from 1 to 1,440: a week is 168. "
        "Hours and minutes may be written as 49:30.",
    )
    unlock_points = WholeField(
        0,
        MOST_BOARD_POINTS,
        initial=5,
        label="Points to open a row",
        widget=_in("points"),
        help_text="How many points a team needs in a row for the next one to open. 0 opens every row from "
        "the start.",
    )
    group_wait_minutes = MinutesField(
        0,
        MOST_WAIT_MINUTES,
        initial=15,
        label="Wait for a party",
        widget=_in("minutes", "text"),
        help_text="How long players wait for others to do an activity together before they go on without "
        "them, in minutes, from 0 to 1,440; 90 is 1:30.",
    )

    class Meta:
        model = Event
        fields = (
            "name",
            "slug",
            "start_date",
            "start_time",
            "timezone",
            "duration_hours",
            "unlock_points",
            "group_wait_minutes",
        )
        labels: ClassVar[Any] = {"timezone": "Time zone"}
        widgets: ClassVar[Any] = {
            "start_date": DayInput(),
            "start_time": TimeOfDayInput(),
            "timezone": ZoneInput(attrs={"placeholder": "Europe/London"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, text in HELP.items():
            if name in self.fields:
                self.fields[name].help_text = text
        if "start_date" in self.fields:
            self.fields["start_date"].validators += [
                MinValueValidator(FIRST_DAY, OF_THIS_CENTURY),
                MaxValueValidator(LAST_DAY, OF_THIS_CENTURY),
            ]

    def clean_start_time(self) -> Any:
        """Refuse parts of a second, which no document has."""
        start = self.cleaned_data["start_time"]
        if start is not None and start.microsecond:
            raise forms.ValidationError("The start must be at a whole second, like 18:00.")
        return start


@admin.register(Event)
class EventAdmin(EventColumns, PartAdmin):
    """Events, each of which opens on its board."""

    form = EventForm
    tab = "event"
    list_display: Any = ("name", "when", "tiles", "teams", "players", "last_change")
    list_filter = (StageFilter,)
    search_fields = ("name", "slug")
    search_help_text = "Search by name or slug"
    ordering = ("-start_date", "-start_time", "slug")
    fieldsets: ClassVar[Any] = (
        ("The event", {"fields": ("name", "slug")}),
        ("When", {"fields": ("start_date", "start_time", "timezone", "duration_hours")}),
        ("Rules of the bingo", {"fields": ("unlock_points", "group_wait_minutes")}),
    )
    read_as: ClassVar[Any] = {"duration_hours": "hours"}

    def owner_of(self, part: Any) -> Event | None:
        return part  # type: ignore[no-any-return]

    def event_at_hand(self, request: HttpRequest, obj: Any = None) -> Event | None:
        return obj if obj is not None and obj.pk is not None else None

    def list_tools(self, request: HttpRequest, event: Event | None) -> list[Tool]:
        tools = super().list_tools(request, event)
        if not any(map(request.user.has_perms, (MAKE_EVENTS, REPLACE_EVENTS))):
            return tools
        return [*tools, Tool("Import a file", "upload", reverse("admin:events_event_import"))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return Event.objects.with_sizes().order_by(*self.ordering)

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Who changes the name of an event that exists hardly wants other addresses for it.
        return {"slug": ("name",)} if obj is None else {}

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> Any:
        return EventChangeList

    def get_urls(self) -> list[URLPattern]:
        pages = [*board.pages(self), *documents.pages(self)]
        own = [
            path(route, self.admin_site.admin_view(view), name=f"events_event_{name}")
            for route, view, name in pages
        ]
        return [*own, *super().get_urls()]

    def back_to(self, event: Event | None, part: Any) -> str:
        return board_url(part)

    def back_from_deleted(self, event: Event | None, part: Any) -> str:
        return reverse("admin:events_event_changelist")
