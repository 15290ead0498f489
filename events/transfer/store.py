"""Documents into the database: what is there already is kept, what differs is changed."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db import transaction

from events.document import DocumentError, EventDocument, document_digest
from events.document.known_names import renames_between
from events.models import Event, StaleEvent
from events.transfer.differences import contents_of, document_changes
from events.transfer.export import document_of
from events.transfer.parts import bring_parts


class StoreStatus(StrEnum):
    """What storing a document came to."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True)
class StoreResult:
    """A stored event (None for a preview of a new one), and what changed in words.

    ``before`` and ``after`` are its documents, where both can be read: a new event is told of as a whole.
    """

    event: Event | None
    status: StoreStatus
    changes: list[str]
    before: EventDocument | None = None
    after: EventDocument | None = None


def store_document(
    document: EventDocument, *, seen_version: int | None = None, seen: EventDocument | None = None
) -> StoreResult:
    """Make the event with the document's slug what the document says, in one transaction.

    Rows that stay the same are not touched, and rows that change keep their ids. Storing a document that the
    event equals already writes nothing and leaves its version.

    ``seen_version`` is the version of the event that the document was made from or compared with, 0 where
    there was no event. Raises `StaleEvent` where it is another one by now. ``seen`` is what the event holds
    at that version, where the caller has read it: it is not read again then.
    """
    with transaction.atomic():
        event, created = Event.objects.get_or_create(slug=document.slug, defaults=_event_values(document))
        if not created:
            event = Event.objects.select_for_update().get(pk=event.pk)
        if seen_version is not None and seen_version != (0 if created else event.version):
            raise StaleEvent(f"{document.slug} was changed by somebody else meanwhile.")
        result = _compare(None if created else event, document, seen if seen_version else None)
        if result.status != StoreStatus.UNCHANGED:
            if not created:
                _update_event(event, document)
                _rename_players(event, document)
            bring_parts(event, document)
    return replace(result, event=event)


def preview_document(document: EventDocument) -> StoreResult:
    """Say what storing the document would change, and store nothing."""
    return _compare(Event.objects.filter(slug=document.slug).first(), document)


def _compare(
    event: Event | None, document: EventDocument, stored: EventDocument | None = None
) -> StoreResult:
    if event is None:
        return StoreResult(None, StoreStatus.CREATED, [f"new event with {contents_of(document)}"])
    try:
        stored = stored or document_of(event)
    except DocumentError as error:
        # Nothing that was saved past the forms may keep a right document out.
        return StoreResult(event, StoreStatus.CHANGED, [f"replaced, since {place}" for place in error.errors])
    if document_digest(stored) == document_digest(document):
        return StoreResult(event, StoreStatus.UNCHANGED, [])
    return StoreResult(
        event, StoreStatus.CHANGED, document_changes(stored, document), before=stored, after=document
    )


def _event_values(document: EventDocument) -> dict[str, Any]:
    return {
        "name": document.name,
        "start_date": document.starts_at.date(),
        "start_time": document.starts_at.time(),
        "timezone": document.timezone,
        "duration_hours": document.duration_hours,
        "unlock_points": document.unlock_points,
        "group_wait_minutes": document.group_wait_minutes,
        "n_rows": len(document.board),
    }


def _update_event(event: Event, document: EventDocument) -> None:
    for name, value in _event_values(document).items():
        setattr(event, name, value)
    event.save()


def _rename_players(event: Event, document: EventDocument) -> None:
    """Let players keep their rows whose names are only spelled otherwise now."""
    names = event.players.values_list("name", flat=True)
    for old, new in renames_between(names, document.players).items():
        event.players.filter(name=old).update(name=new)
