"""What addresses and buttons say: numbers that a database can have, and which event is meant."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_POST

from events.models import Event

LARGEST_ID = 2**63 - 1

View = Callable[..., HttpResponse]

NOT_PRESSED = "Nothing was done: that address belongs to a button of this page, which has to be pressed."


def number_in(text: Any, most: int = LARGEST_ID) -> int | None:
    """Return the whole number, from 0, that a text is; None where it is none, or a larger one."""
    # The length first: reading thousands of digits is an error of its own.
    if not isinstance(text, str) or not text.isascii() or not text.isdecimal() or len(text) > len(str(most)):
        return None
    number = int(text)
    return number if number <= most else None


def event_id_named(request: HttpRequest) -> int | None:
    """Return the id of an event that an address has, or the list's filter that comes along in it."""
    filters = QueryDict(request.GET.get("_changelist_filters"))
    return number_in(request.GET.get("event") or filters.get("event"))


def event_named(request: HttpRequest) -> Event | None:
    """Return the event that an address names; None where it names none, or one that is gone."""
    named = event_id_named(request)
    return None if named is None else Event.objects.filter(pk=named).first()


def keep_at_hand(request: HttpRequest, event: Event | None) -> None:
    """Remember whose page is asked for: the navigation and some fields want to know."""
    request.event_at_hand = event  # type: ignore[attr-defined]  # a request has it from here on


def at_hand(request: HttpRequest) -> Event | None:
    """Return the event whose page is asked for, as it was kept."""
    event: Event | None = getattr(request, "event_at_hand", None)
    return event


def choose_only_ids(request: HttpRequest) -> None:
    """Take out of what was chosen in a list what can be no id: databases can't be asked for it."""
    posted = request.POST.copy()
    chosen = posted.getlist(ACTION_CHECKBOX_NAME)
    posted.setlist(ACTION_CHECKBOX_NAME, [one for one in chosen if number_in(one) is not None])
    request.POST = posted  # type: ignore[assignment]  # django takes any


def posted_from(page: str) -> Callable[[View], View]:
    """Take what a button of a page posts; lead whoever opens its address to that page, which says so."""

    def decorate(view: View) -> View:
        @wraps(view)
        def posted(request: HttpRequest, **parts: Any) -> HttpResponse:
            if request.method not in ("GET", "HEAD"):
                return require_POST(view)(request, **parts)
            messages.info(request, NOT_PRESSED)
            return HttpResponseRedirect(reverse(f"admin:{page}", args=[*parts.values()]))

        return posted

    return decorate
