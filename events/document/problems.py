"""What pydantic found wrong, in this project's words."""

from collections.abc import Iterator
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails, ValidationError

from events.document.errors import Path, Problem, hint, shown
from events.document.models import EventDocument
from events.document.reading import resolve

RESERVED = "is reserved for forecasts from the middle of an event: no document may have it"


def shape_problems(error: ValidationError) -> Iterator[Problem]:
    """Yield the path and the message of everything that is wrong with a document's shape."""
    for details in error.errors(include_url=False):
        yield _path(details), _message(details)


def _path(details: ErrorDetails) -> Path:
    path: Path = details["loc"]
    # Pydantic marks an error of a mapping's key so, and keeps a strategy's parameters apart.
    path = path[:-1] if path[-1:] == ("[key]",) else path
    return path[:3] + path[4:] if _is_strategy_param(path) else path


def _is_strategy_param(path: Path) -> bool:
    return len(path) >= 4 and path[0] == "teams" and path[2:4] == ("strategy", "params")


def _message(details: ErrorDetails) -> str:
    context, value = details.get("ctx", {}), details["input"]
    match details["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return _unknown_key(details["loc"])
        case "enum" | "literal_error":
            expected = context["expected"].replace("'", "")
            return f"must be {expected}, not {shown(value)}"
        case "dict_type" | "model_type" | "model_attributes_type":
            return f"must be a mapping, not {shown(value)}"
        case "list_type":
            return f"must be a list, not {shown(value)}"
        case "bool_type":
            is_quoted = isinstance(value, str) and isinstance(resolve(value), bool)
            return f"must be true or false, not {shown(value)}" + is_quoted * " (write it without quotes)"
        case "invalid_key":
            return "a key must be text"
        case "too_long":
            # Pydantic leaves out how many entries a mapping has.
            return f"has {len(value)} entries, at most {context['max_length']} are allowed"
        case "too_short":
            return f"needs at least {context['min_length']}"
        case _:
            return details["msg"]


def _unknown_key(path: Path) -> str:
    if path == ("progress",):
        return RESERVED
    return f"unknown key{hint(str(path[-1]), known_keys(path[:-1]))}"


def known_keys(path: Path) -> list[str]:
    """Return the keys that the part at a path of a document may have."""
    kind: Any = EventDocument
    for step in path:
        kind = kind.model_fields[step].annotation if _is_part(kind) else get_args(kind)[-1]
        kind = _without_none(kind)
    return list(kind.model_fields)


def _is_part(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (UnionType, Union):
        return next(option for option in get_args(kind) if option is not type(None))
    return kind
