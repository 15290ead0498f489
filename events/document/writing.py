"""Plain data to YAML text that people like to read and every YAML reader understands alike."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.compat import StringIO
from ruamel.yaml.events import (
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

LINE_WIDTH = 110
# What is at most this long goes on the line of its key, below the sections of the document.
FLOW_WIDTH = 84
FLOW_FROM_LEVEL = 2

# Readers of YAML 1.1 take some words as true or false and more forms as numbers: text that is not
# plain to every reader is quoted.
PLAIN = re.compile(r"[A-Za-z][\w .'/@-]*|\d+/\d+|\d+-\d+|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", re.ASCII)
NOT_PLAIN = re.compile(r"null|true|false|yes|no|on|off|y|n", re.IGNORECASE)


def yaml_text(data: dict[str, Any]) -> str:
    """Return a document's plain data as YAML, in its order."""
    yaml = YAML(typ="safe", pure=True)
    yaml.width = LINE_WIDTH
    stream = StringIO()
    yaml.emit(_events(data), stream)
    return str(stream.getvalue())


def _events(data: dict[str, Any]) -> Iterator[Any]:
    yield StreamStartEvent()
    yield DocumentStartEvent(explicit=False)
    yield from _node(data, level=0, flow=False)
    yield DocumentEndEvent(explicit=False)
    yield StreamEndEvent()


def _node(value: Any, level: int, flow: bool) -> Iterator[Any]:
    flow = flow or not value or (level >= FLOW_FROM_LEVEL and _fits_a_line(value))
    if isinstance(value, dict):
        yield MappingStartEvent(anchor=None, tag=None, implicit=True, flow_style=flow)
        for key, member in value.items():
            yield _scalar(key)
            yield from _node(member, level + 1, flow)
        yield MappingEndEvent()
    elif isinstance(value, list):
        yield SequenceStartEvent(anchor=None, tag=None, implicit=True, flow_style=flow)
        for entry in value:
            yield from _node(entry, level + 1, flow)
        yield SequenceEndEvent()
    else:
        yield _scalar(value)


def _fits_a_line(value: Any) -> bool:
    """Say whether a mapping or list is short and holds no list of mappings."""
    if isinstance(value, list) and any(isinstance(entry, dict) for entry in value):
        return False
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return len(str(value)) <= FLOW_WIDTH and all(map(_fits_a_line, members))


def _scalar(value: object) -> Any:
    text, plain = _spelling(value)
    style = None if plain else '"'
    return ScalarEvent(anchor=None, tag=None, implicit=(plain, not plain), value=text, style=style)


def _spelling(value: object) -> tuple[str, bool]:
    """Return how a scalar is spelled, and whether it stands without quotes."""
    if isinstance(value, bool):
        return str(value).lower(), True
    if isinstance(value, int):
        return str(value), True
    if isinstance(value, float):
        # Without an exponent, which readers disagree about.
        return format(Decimal(repr(value)), "f"), True
    text = str(value)
    plain = PLAIN.fullmatch(text) and not NOT_PLAIN.fullmatch(text) and not text.endswith(" ")
    return text, bool(plain)
