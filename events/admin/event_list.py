"""The list of events: what it shows of each, and which of them."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone as clock
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from unfold.views import ChangeList

from events.admin.workspace import board_url
from events.models import Event

UPCOMING, RUNNING, PAST = "upcoming", "running", "past"


class EventChangeList(ChangeList):
    """A list whose rows lead to the boards."""

    def url_for_result(self, result: Model) -> str:
        """Return where an event's board is."""
        assert isinstance(result, Event)
        return board_url(result)


def stage_of(event: Event, now: datetime) -> str:
    """Return whether an event is still to come, goes on, or is over."""
    try:
        start = event.start
    except KeyError:  # a zone that was stored past the forms, and that nobody knows
        start = event.starts_at.replace(tzinfo=UTC)
    if now < start:
        return UPCOMING
    return RUNNING if now < start + timedelta(hours=float(event.duration_hours)) else PAST


class StageFilter(admin.SimpleListFilter):
    """Events that are still to come, go on, or are over."""

    title = "when"
    parameter_name = "when"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the choices."""
        return [(UPCOMING, "Still to come"), (RUNNING, "Going on now"), (PAST, "Over")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the chosen events."""
        chosen = self.value()
        if chosen not in (UPCOMING, RUNNING, PAST):
            return queryset
        # Each event starts on clocks of its own, which databases don't know.
        now = clock.now()
        events = Event.objects.only("start_date", "start_time", "timezone", "duration_hours")
        return queryset.filter(pk__in=[event.pk for event in events if stage_of(event, now) == chosen])


class EventColumns:
    """What the list of events shows of each."""

    @admin.display(description="when", ordering="start_date")
    def when(self, event: Event) -> SafeString:
        """The start on the event's own clocks, the hours, and whether it goes on."""
        stage = stage_of(event, clock.now())
        return format_html(
            '<span class="event-when"><span class="event-start">{}</span> '
            '<span class="event-stage is-{}">{}</span><br><span class="event-zone">{}, {} h</span></span>',
            f"{event.starts_at:%a} {event.starts_at.day} {event.starts_at:%b %Y, %H:%M}",
            stage,
            stage,
            event.timezone,
            self.hours(event),
        )

    @admin.display(description="duration in hours")
    def hours(self, event: Event) -> str:
        """How long the event goes on, without needless zeros."""
        return f"{event.duration_hours.normalize():f}"

    @admin.display(description="tiles", ordering="n_tiles")
    def tiles(self, event: Any) -> int:
        """How many tiles the board has."""
        return int(event.n_tiles)

    @admin.display(description="teams", ordering="n_teams")
    def teams(self, event: Any) -> int:
        """How many teams play."""
        return int(event.n_teams)

    @admin.display(description="players", ordering="n_players")
    def players(self, event: Any) -> int:
        """How many players the event has, in teams or not."""
        return int(event.n_players)

    @admin.display(description="last change", ordering="updated_at")
    def last_change(self, event: Event) -> SafeString:
        """How long ago anything in the event was changed."""
        changed = event.updated_at
        is_new = clock.now() - changed < timedelta(minutes=1)
        return format_html(
            '<time datetime="{}" title="{}">{}</time>',
            changed.isoformat(),
            f"{changed:%Y-%m-%d %H:%M} UTC",
            "just now" if is_new else f"{timesince(changed, depth=1)} ago",
        )
