"""Who changed what: every change of a part is told of the part, and of the event that it belongs to."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest

from events.models import Event

MOST_CHANGES = 20
ENTRIES_A_PAGE = 50

VERBS = {ADDITION: "added", DELETION: "deleted"}


def log_event_changes(request: HttpRequest, event: Event, changes: Sequence[str], how: str = "") -> None:
    """Keep in the event's history what changed, in words, a line each; nothing where nothing did.

    ``how`` is the first line where it is given: what the changes came from.
    """
    if changes:
        kept = [*changes[:MOST_CHANGES], *_more(changes)]
        _log(request.user, event, "\n".join([f"{how}:", *kept] if how else kept))


def log_part(request: HttpRequest, part: Any, event: Event | None, flag: int, changes: Sequence[str]) -> None:
    """Keep in an event's history what became of one of its parts."""
    # What becomes of the event's own settings, Django keeps in its history itself.
    if event is None or part == event or (flag == CHANGE and not changes):
        return
    kind = part._meta.verbose_name
    what = VERBS.get(flag) or summed_up(changes)
    _log(request.user, event, f"{kind} {part}: {what}" if flag == CHANGE else f"{kind} {part} {what}")


def summed_up(changes: Sequence[str]) -> str:
    """Return changes as one text, of which the history keeps the first."""
    return "; ".join([*changes[:MOST_CHANGES], *_more(changes)])


def history_context(request: HttpRequest, thing: Model) -> dict[str, Any]:
    """Return a page of an event's or a part's history, the latest first, for `history_list.html`."""
    kind = ContentType.objects.get_for_model(thing)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(thing.pk))
    paginator = Paginator(entries.select_related("user").order_by("-action_time", "-id"), ENTRIES_A_PAGE)
    page = paginator.get_page(request.GET.get("p"))
    return {"entries": page, "page_range": paginator.get_elided_page_range(page.number)}


def _more(changes: Sequence[str]) -> list[str]:
    more = len(changes) - MOST_CHANGES
    return [f"and {more} more"] if more > 0 else []


def _log(user: Any, event: Event, text: str) -> None:
    assert isinstance(user, AbstractBaseUser)
    LogEntry.objects.create(
        user_id=user.pk,
        content_type_id=ContentType.objects.get_for_model(Event).pk,
        object_id=str(event.pk),
        object_repr=str(event)[:200],
        action_flag=CHANGE,
        change_message=text,
    )
