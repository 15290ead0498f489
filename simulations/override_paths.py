"""Paths of ``--set``: the place in an event document that one leads to, and what is to be done there.

A path is read along what is there: of the keys that fit, the longest is meant, so that keys may hold dots,
brackets and equals signs themselves. A key in quotation marks is meant as it stands.
"""

import difflib
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel

from events.document import STRATEGY_PARAMS, DocumentError, EventDocument, Player, StrategySpec, Tile
from events.document.known_names import KnownNames
from events.document.reading import read_data

OPERATOR = re.compile(r"\s*(\+=|-=|=)")
# Where a key may end.
BOUNDARY = re.compile(r"(?=\s*(?:[.\[]|[-+]?=))")
QUOTED = re.compile(r'"((?:[^"]|"")+)"')
INDEX = re.compile(r"\[(\d{1,6})\]")
TILES = "tiles."
MOST_KEYS_NAMED = 8
NO_OPERATOR = "is not PATH=VALUE, PATH+=VALUE or PATH-=VALUE"


class Refused(Exception):
    """Why one override can't be applied."""


class Place(NamedTuple):
    """What holds the last step of a path, that step, the type of what is there, and what is to be done."""

    container: Any
    key: Any
    kind: Any
    operator: str
    value: Any


class _Step(NamedTuple):
    """A step of a path: the key, what follows in the text, and the type that it leads to."""

    key: Any
    rest: str
    kind: Any


def find_place(data: dict[str, Any], text: str) -> Place:
    """Walk the path of an override through a document's plain data; parts that were left out are added."""
    operator = OPERATOR.search(text)
    if operator is None or not text[: operator.start()].strip():
        raise Refused(NO_OPERATOR)
    text = text.strip()
    node: Any = data
    step = _Step(None, text, EventDocument)
    if text.startswith(TILES):
        node, step = _tile_step(data, text.removeprefix(TILES))
    else:
        step = _step(node, step)
    while not (operator := OPERATOR.match(step.rest)):
        if not step.rest:
            raise Refused(NO_OPERATOR)
        if isinstance(node, dict) and step.key not in node:
            node[step.key] = empty(step.kind)
        node = node[step.key]
        step = _step(node, step._replace(rest=step.rest.removeprefix(".")))
    return Place(node, step.key, step.kind, operator[1], read_value(step.rest[operator.end() :]))


def read_value(text: str) -> Any:
    """Read a value as it would stand in an event file; what is no YAML (``Foo: bar``) is plain text."""
    text = text.strip()
    with suppress(DocumentError):
        data, doubled = read_data(f"value: {text}")
        if not doubled and isinstance(data, dict) and list(data) == ["value"]:
            return data["value"]
    return text


def empty(kind: Any) -> Any:
    """What stands where a key was left out: nothing yet, of the shape that belongs there."""
    return [] if getattr(kind, "__origin__", None) is list else {}


def unknown(asked: str, known: Iterable[str]) -> str:
    """Say that there is nothing of a name, and what there is."""
    known = list(known)
    if near := _near(asked, known):
        return f"there is no {asked!r} here, perhaps {' or '.join(near)} is meant"
    more = ", …" if len(known) > MOST_KEYS_NAMED else ""
    choices = ", ".join(known[:MOST_KEYS_NAMED]) + more or "nothing"
    return f"there is no {asked!r} here but {choices}"


def _tile_step(data: dict[str, Any], rest: str) -> tuple[list[Any], _Step]:
    """Return the row of the tile that ``tiles.KEY`` means, and the step to the tile in it."""
    try:
        places = {
            tile["key"]: (row["tiles"], tile_ix)
            for row in data.get("board", [])
            for tile_ix, tile in enumerate(row.get("tiles", []))
        }
    except (AttributeError, KeyError, TypeError):  # an earlier override put something else there
        raise Refused("has no board to look in: it was replaced by what is none") from None
    found = _key_of(rest, places)
    if found is None:
        raise Refused(unknown(_path_of(rest), places))
    key, after = found
    row, tile_ix = places[key]
    return row, _Step(tile_ix, after, Tile)


def _step(node: Any, step: _Step) -> _Step:
    """Take the next step of a path from what the last one led to."""
    rest, kind = step.rest, step.kind
    if isinstance(node, list):
        return _index_step(node, rest, kind)
    if not isinstance(node, dict):
        raise Refused(f"goes on with {_path_of(rest)!r} below a single value")
    fields = _fields(kind)
    known = fields if fields is not None else dict.fromkeys(node)
    found = _key_of(rest, known, as_players=_item_type(kind) is Player)
    if found is not None:
        key, after = found
        return _Step(key, after, fields[key] if fields is not None else _item_type(kind))
    if fields is None and (new := _new_entry(rest, _item_type(kind))):
        return new
    raise Refused(unknown(_path_of(rest), known))


def _new_entry(rest: str, kind: Any) -> _Step | None:
    """Return the step to a new player, team, activity or capability, if its value makes one."""
    quoted = QUOTED.match(rest)
    if quoted and quoted.end() == len(rest):
        raise Refused(NO_OPERATOR)
    operator = OPERATOR.match(rest, quoted.end()) if quoted else OPERATOR.search(rest)
    if operator is None or operator[1] != "=":
        return None
    entry = dict if _fields(kind) is not None else str
    if not isinstance(read_value(rest[operator.end() :]), entry):
        return None
    key = _unquoted(quoted) if quoted else rest[: operator.start()].strip()
    return _Step(key, rest[operator.start() :], kind)


def _index_step(node: list[Any], rest: str, kind: Any) -> _Step:
    found = INDEX.match(rest)
    if found is None or int(found[1]) >= len(node):
        upto = f"[0] to [{len(node) - 1}]" if node else "none, it is empty"
        raise Refused(f"needs a position before {_path_of(rest)!r}: {upto}")
    return _Step(int(found[1]), rest[found.end() :], _item_type(kind))


def _key_of(rest: str, known: Iterable[str], *, as_players: bool = False) -> tuple[str, str] | None:
    """Return the longest key that a path starts with, as a whole, and what follows it.

    Players are also found by what the game takes for their names.
    """
    known = dict.fromkeys(known)
    starts = [(rest[:end], rest[end:]) for end in _ends_of_keys(rest)]
    if quoted := QUOTED.match(rest):
        starts.append((_unquoted(quoted), rest[quoted.end() :]))
    for key, after in starts:
        if key in known:
            return key, after
    names = KnownNames(known if as_players else ())
    return next(((name, after) for key, after in starts if (name := names.find(key))), None)


def _ends_of_keys(rest: str) -> list[int]:
    """Return where the first key of a path may end, the furthest first."""
    return [len(rest), *sorted((match.start() for match in BOUNDARY.finditer(rest)), reverse=True)]


def _unquoted(quoted: re.Match[str]) -> str:
    return quoted[1].replace('""', '"')


def _path_of(rest: str) -> str:
    """Return what is left of a path, without what is to be done there."""
    operator = OPERATOR.search(rest)
    return rest[: operator.start()].strip() if operator else rest


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


def _near(asked: str, known: Iterable[str]) -> list[str]:
    return difflib.get_close_matches(re.split(r"[.\[]", asked)[0], list(known), n=3) or (
        difflib.get_close_matches(asked, list(known), n=3)
    )
