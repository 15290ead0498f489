"""Copies of whole events."""

import re
from datetime import datetime
from typing import Any

from django.db import transaction

from events.document import dump_document, parse_document
from events.models import Activity, Capability, Event, Player
from events.models.validation import KEY_LENGTH
from events.transfer.export import document_of
from events.transfer.rows import ROWS_A_STATEMENT
from events.transfer.store import store_document

# What remembers the library's entry that it was copied from, and what tells its entries apart.
COPIED: tuple[tuple[type[Any], str], ...] = ((Capability, "key"), (Activity, "key"), (Player, "name"))


@transaction.atomic
def duplicate_event(event: Event, *, slug: str, name: str, starts_at: datetime | None = None) -> Event:
    """Store a copy of an event under another slug, and return it.

    The copy holds all that the event does, and its entries count as copies of the same entries of the
    library; it starts when the event does unless ``starts_at`` (on its own clocks) says otherwise. Raises
    `DocumentError` where the event or what is new about the copy is refused, and `StaleEvent` where there is
    an event of that slug.
    """
    renamed = dump_document(document_of(event)) | {"slug": slug, "name": name}
    if starts_at is not None:
        renamed["starts_at"] = starts_at
    copy = store_document(parse_document(renamed), seen_version=0).event
    assert copy is not None
    for kind, name_field in COPIED:
        _keep_origins(kind, name_field, event, copy)
    return copy


def suggested_names(event: Event) -> tuple[str, str]:
    """Return a slug and a name that a copy may have, neither of which any event has."""
    slugs, names = set[str](), set[str]()
    for slug, name in Event.objects.values_list("slug", "name"):
        slugs.add(slug)
        names.add(name)
    slug = _unused(slugs, re.sub(r"-copy(-\d+)?$", "", event.slug), "-copy", "-copy-{}")
    name = _unused(names, re.sub(r" \(copy( \d+)?\)$", "", event.name), " (copy)", " (copy {})")
    return slug, name


def _unused(used: set[str], stem: str, first: str, later: str) -> str:
    for number in range(1, len(used) + 2):
        ending = first if number == 1 else later.format(number)
        name = stem[: KEY_LENGTH - len(ending)].rstrip() + ending
        if name not in used:
            return name
    raise AssertionError("one more name than there are events is unused")


def _keep_origins(kind: type[Any], name_field: str, event: Event, copy: Event) -> None:
    """Let each entry of the copy know the library's entry that the original was copied from."""
    of_event = kind.objects.filter(event=event, copied_from__isnull=False)
    origins = dict(of_event.values_list(name_field, "copied_from"))
    entries = [entry for entry in kind.objects.filter(event=copy) if getattr(entry, name_field) in origins]
    for entry in entries:
        entry.copied_from_id = origins[getattr(entry, name_field)]
    kind.objects.bulk_update(entries, ["copied_from"], batch_size=ROWS_A_STATEMENT)
