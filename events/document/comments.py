"""Texts that YAML cuts short: what follows ` #` is a comment, though people mean it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from typing import NamedTuple

from ruamel.yaml.events import ScalarEvent

from events.document.bounds import MOST_YAML_CHARACTERS
from events.document.errors import DocumentError, Path, PlacedError, shown
from events.document.lines import line_of, lines_of, placed_events
from events.document.reading import resolve

# `Five #1 scales` is meant as one text; a remark usually has a space after the sign.
COMMENT = re.compile(r"[ \t]+#[^\s#][^\r\n]*")


# What is said of a value of which a comment left nothing, and of a name of which it left too little.
LEFT_NOTHING = re.compile(r"not nothing( \(.*\))?$|^there is no ")


class CutText(NamedTuple):
    """A text that ends where a comment begins: its path, what is read, and what is not."""

    path: Path
    kept: str
    comment: str


def texts_cut_short(text: str) -> Iterator[CutText]:
    """Yield the values of a document in YAML that a comment without a space after its # follows."""
    if not COMMENT.search(text) or len(text) > MOST_YAML_CHARACTERS:
        return
    text = text.removeprefix("\ufeff")
    with suppress(DocumentError):
        for path, event, is_key in placed_events(text):
            if is_key or not isinstance(event, ScalarEvent) or event.style or not event.implicit[0]:
                continue
            comment = COMMENT.match(text, event.end_mark.index)
            if comment and isinstance(resolve(event.value), str):
                yield CutText(path, event.value, comment[0].strip())


def with_hints_at_comments(errors: list[PlacedError], text: str) -> list[PlacedError]:
    """Return the errors of a text, with a hint where the text may have been lost to a comment."""
    if not COMMENT.search(text):
        return errors
    lines, written = lines_of(text), text.split("\n")
    return [_with_hint(error, _hint(error, lines, written)) for error in errors]


def _with_hint(error: PlacedError, hint: str) -> PlacedError:
    if not hint:
        return error
    # What is said of a value that is nothing, where nobody typed one, would lead elsewhere.
    said = re.sub(r"(?<=not nothing) \(.*\)$", "", error.message)
    return error._replace(message=said + hint)


def _hint(error: PlacedError, lines: dict[str, int], written: list[str]) -> str:
    line = line_of(error.place, lines)
    is_text = error.place.startswith("line ")
    if line is None or not (is_text or LEFT_NOTHING.search(error.message)):
        return ""
    # A key that lost its colon is noticed in the line after it.
    for number in (line, line - 1) if is_text else (line,):
        if 0 < number <= len(written) and (comment := COMMENT.search(written[number - 1])):
            return f" (in line {number}, {shown(comment[0].strip())} is a comment: put the text in quotes)"
    return ""
