"""What-if questions: ``--set PATH=VALUE`` changes an event document before it is frozen.

A path is written like the places in error messages: ``teams.Team Alpha.strategy=greedy``,
``players.Alice.capabilities+=quest.sote``, ``board[3].tiles[1].needs=2``. Keys may hold dots themselves;
of the keys that are there, the longest that fits is meant. ``tiles.KEY`` is short for a tile's place.
``+=`` adds to a list or mapping, ``-=`` takes away.
"""

import difflib
import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import BaseModel

from events.document import (
    STRATEGY_PARAMS,
    DocumentError,
    EventDocument,
    PlacedError,
    StrategySpec,
    dump_document,
    parse_document,
)
from events.document.reading import read_data

OPERATORS = ("+=", "-=", "=")
INDEX = re.compile(r"\[(\d{1,6})\]")
MOST_KEYS_NAMED = 8
FIXED = {
    "format": "says how the frozen document is to be read",
    "slug": "says which event the frozen document is of",
}


class OverrideError(ValueError):
    """Overrides that can't be applied; ``errors`` has each with its place and what would be right."""

    def __init__(self, errors: Sequence[PlacedError]) -> None:
        self.errors = list(errors)
        super().__init__("\n".join(str(error) for error in errors))


class _Refused(Exception):
    """Why one override can't be applied."""


@dataclass(frozen=True)
class _Override:
    path: str
    operator: str
    value: Any

    @classmethod
    def parse(cls, text: str) -> "_Override":
        at, operator = min(
            ((text.find(operator), operator) for operator in OPERATORS if operator in text),
            default=(-1, ""),
        )
        if at < 1:
            raise _Refused("is not PATH=VALUE, PATH+=VALUE or PATH-=VALUE")
        return cls(text[:at].strip(), operator, _read_value(text[at + len(operator) :]))


def apply_overrides(document: EventDocument, overrides: Iterable[str]) -> EventDocument:
    """Return the document with all overrides, applied in order; raise `OverrideError`.

    Raises `DocumentError` where the changed document is not a valid one.
    """
    data, errors = dump_document(document), []
    for text in overrides:
        try:
            override = _Override.parse(text)
            if override.path in FIXED:
                raise _Refused(f"can't be changed: {override.path} {FIXED[override.path]}")
            _apply(data, override)
        except _Refused as refused:
            errors.append(PlacedError(text, str(refused)))
    if errors:
        raise OverrideError(errors)
    return parse_document(data)


def _read_value(text: str) -> Any:
    """Read a value as it would stand in an event file; what is no YAML (``Foo: bar``) is plain text."""
    text = text.strip()
    with suppress(DocumentError):
        data, doubled = read_data(f"value: {text}")
        if not doubled and isinstance(data, dict) and list(data) == ["value"]:
            return data["value"]
    return text


def _apply(data: dict[str, Any], override: _Override) -> None:
    container, key, kind = _locate(data, override)
    if override.operator == "=":
        container[key] = override.value
        return
    missing = isinstance(container, dict) and key not in container
    current = _empty(kind) if missing else container[key]
    change = _add if override.operator == "+=" else _take
    container[key] = change(current, override.value)


def _locate(data: dict[str, Any], override: _Override) -> tuple[Any, Any, Any]:
    """Walk a path; return what holds its last step, that step, and the type of what is there."""
    node: Any = data
    kind: Any = EventDocument
    rest = override.path
    if tile := _tile_path(data, rest):
        rest = tile
    while True:
        key, rest, kind = _step(node, rest, kind, override)
        if not rest:
            return node, key, kind
        if isinstance(node, dict) and key not in node:
            node[key] = _empty(kind)
        node = node[key]


def _tile_path(data: dict[str, Any], path: str) -> str | None:
    """Return the place of the tile that ``tiles.KEY`` means, with what follows the key."""
    if not path.startswith("tiles."):
        return None
    try:
        places = _tile_places(data)
    except (AttributeError, KeyError, TypeError):  # an earlier override put something else there
        raise _Refused("has no board to look in: it was replaced by what is none") from None
    key = _longest(path.removeprefix("tiles."), places)
    if key is None:
        raise _Refused(_unknown(path.removeprefix("tiles."), places))
    return places[key] + path.removeprefix("tiles.")[len(key) :]


def _tile_places(data: dict[str, Any]) -> dict[str, str]:
    return {
        tile["key"]: f"board[{row_ix}].tiles[{tile_ix}]"
        for row_ix, row in enumerate(data.get("board", []))
        for tile_ix, tile in enumerate(row.get("tiles", []))
    }


def _step(node: Any, rest: str, kind: Any, override: _Override) -> tuple[Any, str, Any]:
    """Take the first step of a path; return it, what is left of the path, and the type it leads to."""
    if isinstance(node, list):
        return _index_step(node, rest, kind)
    if not isinstance(node, dict):
        raise _Refused(f"goes on with {rest!r} below a single value")
    fields = _fields(kind)
    known = fields if fields is not None else dict.fromkeys(node)
    key = _longest(rest, known)
    if key is not None:
        return key, _after(rest, key), fields[key] if fields is not None else _item_type(kind)
    entry = dict if fields is None and _fields(_item_type(kind)) is not None else str
    if fields is None and override.operator == "=" and isinstance(override.value, entry):
        return rest, "", _item_type(kind)  # a new player, team, activity or capability
    raise _Refused(_unknown(rest, known))


def _index_step(node: list[Any], rest: str, kind: Any) -> tuple[int, str, Any]:
    found = INDEX.match(rest)
    if found is None or int(found[1]) >= len(node):
        upto = f"[0] to [{len(node) - 1}]" if node else "none, it is empty"
        raise _Refused(f"needs a position before {rest!r}: {upto}")
    return int(found[1]), rest[found.end() :].removeprefix("."), _item_type(kind)


def _longest(rest: str, keys: Iterable[str]) -> str | None:
    """Return the longest key that the path starts with, as a whole."""
    fitting = (key for key in keys if rest == key or rest.startswith((f"{key}.", f"{key}[")))
    return max(fitting, key=len, default=None)


def _after(rest: str, key: str) -> str:
    return rest[len(key) :].removeprefix(".")


def _fields(kind: Any) -> dict[str, Any] | None:
    """Return the fields of a part with fixed keys; None for a mapping with free ones."""
    model = next((part for part in (kind, *get_args(kind)) if _is_model(part)), None)
    if model is None or _is_collection(kind):
        return None
    if model is StrategySpec:  # in a document its parameters stand beside its name
        return dict.fromkeys(("name", *STRATEGY_PARAMS))
    return {name: field.annotation for name, field in model.model_fields.items()}


def _is_collection(kind: Any) -> bool:
    return getattr(kind, "__origin__", None) in (dict, list)


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _item_type(kind: Any) -> Any:
    return get_args(kind)[-1] if _is_collection(kind) else None


def _empty(kind: Any) -> Any:
    """What stands where a key was left out: nothing yet, of the shape that belongs there."""
    return [] if getattr(kind, "__origin__", None) is list else {}


def _add(current: Any, value: Any) -> Any:
    if isinstance(current, list):
        return [*current, *(value if isinstance(value, list) else [value])]
    if isinstance(current, dict) and isinstance(value, dict):
        return {**current, **value}
    raise _Refused("adds to what is neither a list nor a mapping: use = instead")


def _take(current: Any, value: Any) -> Any:
    if not isinstance(current, list | dict):
        raise _Refused("takes from what is neither a list nor a mapping: use = instead")
    unwanted = value if isinstance(value, list) else [value]
    if isinstance(current, dict) and any(isinstance(item, dict | list) for item in unwanted):
        raise _Refused("takes away by name: give a name, or a list of names like [Alice, Bob]")
    if absent := [item for item in unwanted if item not in current]:
        raise _Refused(_unknown(str(absent[0]), map(str, current)))
    if isinstance(current, dict):
        return {key: item for key, item in current.items() if key not in unwanted}
    return [item for item in current if item not in unwanted]


def _unknown(asked: str, known: Iterable[str]) -> str:
    known = list(known)
    if near := _near(asked, known):
        return f"there is no {asked!r} here, perhaps {' or '.join(near)} is meant"
    more = ", …" if len(known) > MOST_KEYS_NAMED else ""
    choices = ", ".join(known[:MOST_KEYS_NAMED]) + more or "nothing"
    return f"there is no {asked!r} here but {choices}"


def _near(asked: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(re.split(r"[.\[]", asked)[0], list(known), n=3) or (
        difflib.get_close_matches(asked, list(known), n=3)
    )
