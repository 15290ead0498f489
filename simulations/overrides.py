"""What-if questions: ``--set PATH=VALUE`` changes an event document before it is frozen.

A path is written like the places in error messages: ``teams.Team Alpha.strategy=greedy``,
``players.Alice.capabilities+=quest.sote``, ``board[3].tiles[1].needs=2``. Keys may hold dots and equals
signs themselves; of the keys that are there, the longest that fits is meant, and ``players."A".skill`` means
A where there is an A.skill, too. ``tiles.KEY`` is short for a tile's place. ``+=`` adds to a list or mapping,
``-=`` takes away.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from events.document import EventDocument, PlacedError, dump_document, parse_document
from events.document.known_names import KnownNames
from simulations.override_paths import Place, Refused, empty, find_place, unknown

FIXED = {
    "format": "says how the frozen document is to be read",
    "slug": "says which event the frozen document is of",
}


class OverrideError(ValueError):
    """Overrides that can't be applied; ``errors`` has each with its place and what would be right."""

    def __init__(self, errors: Sequence[PlacedError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in errors))


def apply_overrides(document: EventDocument, overrides: Iterable[str]) -> EventDocument:
    """Return the document with all overrides, applied in order; raise `OverrideError`.

    Raises `DocumentError` where the changed document is not a valid one.
    """
    data, errors = dump_document(document), []
    for text in overrides:
        try:
            _apply(data, find_place(data, text))
        except Refused as refused:
            errors.append(PlacedError(text, str(refused)))
    if errors:
        raise OverrideError(errors)
    return parse_document(data)


def _apply(data: dict[str, Any], place: Place) -> None:
    container, key = place.container, place.key
    if container is data and key in FIXED:
        raise Refused(f"can't be changed: {key} {FIXED[key]}")
    if place.operator == "=":
        container[key] = place.value
        return
    missing = isinstance(container, dict) and key not in container
    current = empty(place.kind) if missing else container[key]
    if place.operator == "+=":
        container[key] = _add(current, place.value)
    else:
        container[key] = _take(current, place.value, as_players=key == "players")


def _add(current: Any, value: Any) -> Any:
    if isinstance(current, list):
        return [*current, *(value if isinstance(value, list) else [value])]
    if isinstance(current, dict) and isinstance(value, dict):
        return {**current, **value}
    raise Refused("adds to what is neither a list nor a mapping: use = instead")


def _take(current: Any, value: Any, *, as_players: bool) -> Any:
    if not isinstance(current, list | dict):
        raise Refused("takes from what is neither a list nor a mapping: use = instead")
    unwanted = value if isinstance(value, list) else [value]
    if isinstance(current, dict) and any(isinstance(item, dict | list) for item in unwanted):
        raise Refused("takes away by name: give a name, or a list of names like [Alice, Bob]")
    if as_players:
        known = KnownNames(current)
        unwanted = [known.find(str(name)) or name for name in unwanted]
    if absent := [item for item in unwanted if item not in current]:
        raise Refused(unknown(str(absent[0]), map(str, current)))
    if isinstance(current, dict):
        return {key: item for key, item in current.items() if key not in unwanted}
    return [item for item in current if item not in unwanted]
