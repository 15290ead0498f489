"""Where the parts of a document are in its text, to lead people to what is wrong."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

from ruamel.yaml.events import (
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from events.document.bounds import MOST_LEVELS, MOST_YAML_CHARACTERS
from events.document.errors import DocumentError, Path, place_of
from events.document.reading import yaml_events


def lines_of(text: str) -> dict[str, int]:
    """Return the lines, from 1, of all parts of a text by their places; what can't be read has none.

    JSON is YAML but for odd white space, so the lines of both are found.
    """
    lines: dict[str, int] = {}
    if len(text) > MOST_YAML_CHARACTERS:
        return lines
    # As far as the text can be read.
    with suppress(DocumentError):
        for path, event, _ in placed_events(text):
            lines.setdefault(place_of(path), event.start_mark.line + 1)
    return lines


def line_of(place: str, lines: dict[str, int]) -> int | None:
    """Return the line of a place, or of what it would be in where it is missing itself."""
    if match := re.search(r"\bline (\d+), column \d+$", place):
        return int(match[1])
    while place and place not in lines:
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return lines.get(place)


def placed_events(text: str) -> Iterator[tuple[Path, Any, bool]]:
    """Yield the event of every key and every value with its path, and whether it is a key.

    As far as a document is read.
    """
    # The first two begin the stream and the document.
    events = islice(yaml_events(text.removeprefix("\ufeff")), 2, None)
    # Of each open mapping or list: its path, and the key that comes next in it: for a list, a number.
    open_parts: list[tuple[Path, Any]] = []
    for event in events:
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            open_parts.pop()
            continue
        path: Path = ()
        if open_parts:
            parent, step = open_parts[-1]
            if step is None:
                # No document has other keys.
                if not isinstance(event, ScalarEvent):
                    return
                key = str(event.value)
                open_parts[-1] = (parent, key)
                yield (*parent, key), event, True
                continue
            path = (*parent, step)
            open_parts[-1] = (parent, step + 1 if isinstance(step, int) else None)
            yield path, event, False
        if isinstance(event, MappingStartEvent):
            open_parts.append((path, None))
        elif isinstance(event, SequenceStartEvent):
            open_parts.append((path, 0))
        if not open_parts or len(open_parts) > MOST_LEVELS:
            return
