"""Who changed what: every change of a part is told of the part, and of the event that it belongs to."""

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Max, Model, Q
from django.http import HttpRequest
from django.utils.formats import date_format

from events.admin.addresses import number_in
from events.admin.change_words import OF_DOCUMENT, OF_SECTIONS
from events.models import Activity, Capability, Event, Player, Team, Tile
from events.transfer import StoreResult, changes_of_parts, document_changes

MOST_CHANGES = 20
MOST_SAVES = 5
ENTRIES_A_PAGE = 50

# Statements have at most so many parameters, on SQLite 32,766.
ENTRIES_A_STATEMENT = 1_000
# Of which model the parts of a document's section are, and what tells them apart.
SECTIONS: dict[str, tuple[type[Model], str]] = {
    "capabilities": (Capability, "key"),
    "activities": (Activity, "key"),
    "players": (Player, "name"),
    "teams": (Team, "name"),
    "board": (Tile, "key"),
}

VERBS = {ADDITION: "added", DELETION: "deleted"}

UNTOLD = "The history does not say by whom: it was a command on the server, or a form saved without a change."


def log_event_changes(request: HttpRequest, event: Event, changes: Sequence[str], how: str = "") -> None:
    """Keep in the event's history what changed, in words, a line each; nothing where nothing did.

    ``how`` is the first line where it is given: what the changes came from.
    """
    if changes:
        kept = [*changes[:MOST_CHANGES], *_more(changes)]
        _log(request.user, event, "\n".join([f"{how}:", *kept] if how else kept))


def log_stored(request: HttpRequest, result: StoreResult, how: str) -> None:
    """Keep what storing a document changed in the history of the event, and of each part that was changed."""
    event, before, after = result.event, result.before, result.after
    assert event is not None
    if before is None or after is None:
        log_event_changes(request, event, result.changes, how=how)
        return
    log_event_changes(request, event, document_changes(before, after, OF_DOCUMENT), how=how)
    of_parts = changes_of_parts(before, after, OF_SECTIONS)
    for section, (model, name) in SECTIONS.items():
        changed = {key: lines for (place, key), lines in of_parts.items() if place == section}
        parts = model._default_manager.filter(event=event, **{f"{name}__in": changed})
        entries = [
            _entry(request.user, part, f"{how}: {summed_up(changed[getattr(part, name)])}") for part in parts
        ]
        LogEntry.objects.bulk_create(entries, batch_size=ENTRIES_A_STATEMENT)


def log_part(request: HttpRequest, part: Any, event: Event | None, flag: int, changes: Sequence[str]) -> None:
    """Keep in an event's history what became of one of its parts."""
    # What becomes of the event's own settings, Django keeps in its history itself.
    if event is None or part == event or (flag == CHANGE and not changes):
        return
    kind = part._meta.verbose_name
    what = VERBS.get(flag) or summed_up(changes)
    _log(request.user, event, f"{kind} {part}: {what}" if flag == CHANGE else f"{kind} {part} {what}")


def log_tile_change(request: HttpRequest, tile: Tile, words: str) -> None:
    """Keep in a tile's history what the board changed about it."""
    _entry(request.user, tile, f"{words[:1].upper()}{words[1:]}.").save()


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


def newest_entry() -> str:
    """Return a word for where all histories end now: a page keeps it, to tell later what came after it."""
    return str(LogEntry.objects.aggregate(newest=Max("pk"))["newest"] or 0)


def saves_since(request: HttpRequest, opened: str | None, *things: Model | None) -> list[str]:
    """Return who changed any of some things after a page was opened, when and what, in words, a line each.

    ``opened`` is what `newest_entry` said then. There is none where no history tells of a change.
    """
    start = number_in(opened)
    if start is None:
        return []
    return _told(request, _entries_of(thing for thing in things if thing is not None).filter(pk__gt=start))


def last_save(request: HttpRequest, thing: Model) -> str:
    """Return who changed something last, when and what, in words; nothing where no history tells."""
    return " ".join(_told(request, _entries_of([thing])[:1]))


def deleted_by(request: HttpRequest, model: type[Model], pk: object) -> str:
    """Return who deleted something, and when, in words; nothing where no history tells."""
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(pk), action_flag=DELETION)
    entry = entries.select_related("user").order_by("-pk").first()
    return f"{_who(request, entry)} deleted it on {_moment(entry)}" if entry else ""


def _entries_of(things: Iterable[Model]) -> Any:
    of_things = Q(pk=None)
    for thing in things:
        kind = ContentType.objects.get_for_model(thing)
        of_things |= Q(content_type=kind, object_id=str(thing.pk))
    return LogEntry.objects.filter(of_things).select_related("user").order_by("-pk")


def _told(request: HttpRequest, entries: Any) -> list[str]:
    shown = [*entries[: MOST_SAVES + 1]]
    lines = [_save(request, entry) for entry in shown[:MOST_SAVES]]
    return [*lines, "There were others before."] if len(shown) > MOST_SAVES else lines


def _save(request: HttpRequest, entry: LogEntry) -> str:
    what = "; ".join(entry.get_change_message().splitlines()) or entry.get_action_flag_display()
    return f"{_who(request, entry)} on {_moment(entry)}: {what.rstrip('.')}."


def _who(request: HttpRequest, entry: LogEntry) -> str:
    if entry.user_id == request.user.pk:
        return "You"
    return entry.user.get_full_name() or entry.user.get_username()


def _moment(entry: LogEntry) -> str:
    """Return when it was, with the zone that the history has, too."""
    return f"{date_format(entry.action_time.astimezone(UTC), 'j F Y, H:i')} UTC"


def _more(changes: Sequence[str]) -> list[str]:
    more = len(changes) - MOST_CHANGES
    return [f"and {more} more"] if more > 0 else []


def _log(user: Any, event: Event, text: str) -> None:
    _entry(user, event, text).save()


def _entry(user: Any, thing: Model, text: str) -> LogEntry:
    assert isinstance(user, AbstractBaseUser)
    return LogEntry(
        user_id=user.pk,
        content_type_id=ContentType.objects.get_for_model(thing).pk,
        object_id=str(thing.pk),
        object_repr=str(thing)[:200],
        action_flag=CHANGE,
        change_message=text,
    )
