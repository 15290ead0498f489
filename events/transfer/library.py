"""The library: what belongs to no event is copied into events, and back, when somebody asks for it."""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction

from events.document import EventDocument
from events.document.known_names import KnownNames
from events.models import Activity, Capability, Drop, Event, Player, PlayerCapability, next_position
from events.models.values import drop_keys
from events.transfer.rows import ROWS_A_STATEMENT

Entry = TypeVar("Entry", bound=Activity | Capability | Player)

# What tells the entries of a kind apart, and what is copied besides it.
NAME_FIELD: dict[type, str] = {Activity: "key", Capability: "key", Player: "name"}
TIME_FIELDS = ("attempt_seconds", "attempt_spread", "attempt_model")
COPIED_FIELDS: dict[type, tuple[str, ...]] = {
    Activity: ("name", "solo", "group_min", "group_max", *TIME_FIELDS, "loot", "bands"),
    Capability: ("name",),
    Player: ("skill", "timezone", "sessions"),
}


class LibraryError(ValueError):
    """What was asked of the library can't be done."""


@transaction.atomic
def copy_from_library(entry: Entry, event: Event) -> Entry:
    """Add a copy of a library entry to the end of an event's entries, and return it.

    A player brings the capabilities that the event lacks. Raises `LibraryError` where the event has an entry
    of that key or name already.
    """
    if entry.event_id is not None:
        raise LibraryError(f"{entry} belongs to an event, not to the library.")
    if namesake_of(entry, event.pk) is not None:
        raise LibraryError(f"{event} already has {entry}: update it from the library instead.")
    return _copy(entry, event.pk)


@transaction.atomic
def update_from_library(entry: Entry) -> Entry:
    """Give an event's entry what the library's entry that it was copied from holds now, and return it."""
    if entry.copied_from is None:
        raise LibraryError(f"{entry} was not copied from the library.")
    _overwrite(entry, entry.copied_from)
    return entry


def problems_of_update(entry: Entry) -> list[str]:
    """Return why `update_from_library` would be refused, if it would."""
    tried = type(entry).objects.get(pk=entry.pk)
    for field in COPIED_FIELDS[type(entry)] if tried.copied_from else ():
        setattr(tried, field, getattr(tried.copied_from, field))
    try:
        tried.clean()
    except ValidationError as error:
        return error.messages
    return []


@transaction.atomic
def put_into_library(entry: Entry) -> Entry:
    """Make the library's entry of this key or name hold what an event's entry does, and return it.

    It is added where there is none yet. From then on the event's entry counts as its copy.
    """
    if entry.event_id is None:
        raise LibraryError(f"{entry} is in the library already.")
    kept = namesake_of(entry, None)
    if kept is None:
        kept = _copy(entry, None)
    else:
        _overwrite(kept, entry)
    entry.copied_from = kept
    entry.save()
    return kept


@transaction.atomic
def fill_library(event: Event) -> int:
    """Add the capabilities and activities of an event that the library lacks; return how many there were.

    What the library has already stays as it is, also where the event's differs. The event's entries count as
    copies of those that are added.
    """
    capabilities, activities = _add_missing(Capability, event), _add_missing(Activity, event)
    drops = [
        Drop(activity=activity, key=key, position=position)
        for activity in activities
        for position, key in enumerate(drop_keys(activity.loot))
    ]
    Drop.objects.bulk_create(drops, batch_size=ROWS_A_STATEMENT)
    return len(capabilities) + len(activities)


def preview_library(document: EventDocument) -> int:
    """Return how many entries `fill_library` would add for the event that the document describes."""
    known = [set(kind.objects.library().values_list("key", flat=True)) for kind in (Capability, Activity)]
    return len(document.capabilities.keys() - known[0]) + len(document.activities.keys() - known[1])


def namesake_of(entry: Entry, owner_id: int | None) -> Entry | None:
    """Return what an event, or the library, has under the entry's key or name."""
    kind, field = type(entry), NAME_FIELD[type(entry)]
    name = getattr(entry, field)
    same = kind.objects.filter(event=owner_id, **{field: names_there(kind, [name], owner_id)[name]})
    namesake: Entry | None = same.first()
    return namesake


def names_there(kind: type[Any], names: Iterable[str], owner_id: int | None) -> dict[str, str]:
    """Return what an event, or the library, calls entries of these names: players as the game knows them."""
    if kind is not Player:
        return {name: name for name in names}
    known = KnownNames(Player.objects.filter(event=owner_id).values_list("name", flat=True))
    return {name: known.find(name) or name for name in names}


def _copy(entry: Entry, owner_id: int | None) -> Entry:
    copy = _unsaved_copy(entry, owner_id, next_position(type(entry), event=owner_id))
    copy.save()
    if isinstance(copy, Player) and isinstance(entry, Player):
        _match_capabilities(copy, entry)
    return copy


def _unsaved_copy(entry: Entry, owner_id: int | None, position: int) -> Entry:
    return type(entry)(
        event_id=owner_id,
        position=position,
        copied_from=entry if owner_id is not None else None,
        **{field: getattr(entry, field) for field in (NAME_FIELD[type(entry)], *COPIED_FIELDS[type(entry)])},
    )


def _add_missing(kind: type[Activity | Capability], event: Event) -> list[Any]:
    """Add copies of an event's entries whose keys the library lacks, in few statements; return them."""
    known = set(kind.objects.library().values_list("key", flat=True))
    missing = [entry for entry in kind.objects.filter(event=event) if entry.key not in known]
    first = next_position(kind, event=None)
    copies = [_unsaved_copy(entry, None, first + ix) for ix, entry in enumerate(missing)]
    kind.objects.bulk_create(copies, batch_size=ROWS_A_STATEMENT)
    for entry, copy in zip(missing, copies, strict=True):
        entry.copied_from = copy
    kind.objects.bulk_update(missing, ["copied_from"], batch_size=ROWS_A_STATEMENT)
    return copies


def _overwrite(entry: Entry, source: Entry) -> None:
    for field in COPIED_FIELDS[type(entry)]:
        setattr(entry, field, getattr(source, field))
    entry.save()
    if isinstance(entry, Player) and isinstance(source, Player):
        _match_capabilities(entry, source)


def _match_capabilities(player: Player, source: Player) -> None:
    """Give a player the capabilities that another has, each as it is known where the player belongs."""
    PlayerCapability.objects.filter(player=player).delete()
    for held in source.held.select_related("capability"):
        known = namesake_of(held.capability, player.event_id) or _copy(held.capability, player.event_id)
        PlayerCapability(player=player, capability=known, position=held.position).save()
