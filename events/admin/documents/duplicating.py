"""A copy of an event, such as the same board for the next season."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.widgets import UnfoldAdminTextInputWidget

from events.admin.documents.page import event_or_404, require, show
from events.admin.fields import DayInput, TimeOfDayInput
from events.admin.history import log_event_changes
from events.admin.kept import KeptForm
from events.admin.permissions import MAKE_EVENTS
from events.admin.workspace import board_url
from events.document import DocumentError, PlacedError
from events.models import Event, StaleEvent
from events.transfer import duplicate_event, suggested_names

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Event]
else:
    ModelForm = forms.ModelForm

FIELDS = {"slug": "slug", "name": "name", "starts_at": "start_date"}


class DuplicateForm(KeptForm, ModelForm):
    """What is new about a copy."""

    class Meta:
        model = Event
        fields = ("name", "slug", "start_date", "start_time")
        widgets: ClassVar[dict[str, Any]] = {
            "name": UnfoldAdminTextInputWidget,
            "slug": UnfoldAdminTextInputWidget,
            "start_date": DayInput(),
            "start_time": TimeOfDayInput(),
        }
        help_texts: ClassVar[dict[str, str]] = {
            "name": "What people call the copy.",
            "slug": "What commands and addresses call the copy: lower-case letters, digits, hyphens and "
            "underscores; no other event may have it.",
            "start_date": "On the event's own clocks.",
            "start_time": "On the event's own clocks.",
        }

    @property
    def starts_at(self) -> datetime:
        """When the copy starts, on its own clocks."""
        return datetime.combine(self.cleaned_data["start_date"], self.cleaned_data["start_time"])

    def place(self, errors: list[PlacedError]) -> None:
        """Show each error of the copy's document at its field, or above them all."""
        for error in errors:
            field = FIELDS.get(error.place)
            self.add_error(field, error.message if field else str(error))


def duplicate_page(request: HttpRequest, site: Any, event_id: int) -> HttpResponse:
    """Copy an event with all that it holds, and go to the copy's board."""
    require(request, "events.view_event", *MAKE_EVENTS)
    event = event_or_404(event_id)
    form = DuplicateForm(request.POST or None, initial=_suggested(event))
    if request.method == "POST" and form.is_valid():
        copy = _duplicate(request, event, form)
        if copy is not None:
            messages.success(request, f"This is {copy}, a copy of {event}.")
            return HttpResponseRedirect(board_url(copy))
    return show(request, site, "duplicate", title=f"{event}: duplicate", event=event, form=form)


def _suggested(event: Event) -> dict[str, Any]:
    slug, name = suggested_names(event)
    return {"slug": slug, "name": name, "start_date": event.start_date, "start_time": event.start_time}


def _duplicate(request: HttpRequest, event: Event, form: DuplicateForm) -> Event | None:
    """Return the copy, or nothing where the form says what is wrong with it."""
    slug, name = form.cleaned_data["slug"], form.cleaned_data["name"]
    try:
        with transaction.atomic():
            copy = duplicate_event(event, slug=slug, name=name, starts_at=form.starts_at)
            log_event_changes(request, copy, [f"duplicated from {event} ({event.slug})"])
    except DocumentError as error:
        form.place(error.errors)
    except StaleEvent:
        form.add_error(None, "An event was changed or added at this moment: try again.")
    else:
        return copy
    return None
