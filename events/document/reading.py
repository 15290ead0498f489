"""Text to plain data: YAML by the 1.2 core rules, or JSON, with numbers as written.

The YAML parser is asked for events only. What they mean is decided here: that keeps numbers
exact, finds doubled keys with their lines, and leaves nothing that a file could make expand.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from events.document.bounds import (
    MOST_KEYS_AND_VALUES,
    MOST_LEVELS,
    MOST_SLOW_CHARACTERS,
    MOST_SLOW_KEYS_AND_VALUES,
    MOST_YAML_CHARACTERS,
    check_json,
    line_and_column_of,
    refuse_beyond,
    refuse_too_deep,
)
from events.document.errors import (
    MOST_PROBLEMS,
    DocumentError,
    Path,
    Problem,
    refuse_text,
    shortened,
    shown,
)

# Where libyaml, which follows YAML 1.1, may read otherwise than the rules of 1.2: tabs, question marks,
# text in blocks, characters that break lines in one version alone, marks of byte order, tags, directives.
READ_OTHERWISE = re.compile("[\\t?|>\\x85\\u2028\\u2029\\ufeff]|\\r(?!\\n)|(?<!\\w)!|^%", re.MULTILINE)

MOST_NUMBER_CHARACTERS = 40

COLLECTION_STARTS = MappingStartEvent, SequenceStartEvent
COLLECTION_ENDS = MappingEndEvent, SequenceEndEvent
NODE_STARTS = *COLLECTION_STARTS, ScalarEvent

NULL = re.compile(r"null|Null|NULL|~|")
TRUE = re.compile(r"true|True|TRUE")
FALSE = re.compile(r"false|False|FALSE")
INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
REAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

# What people usually did where the parser says so.
MEANT = {
    "'\\t'": "there is a tab; indent with spaces",
    "expected <block end>": "a line is not as far indented as those that belong with it",
    "mapping values are not allowed": "a line is too far indented, or a text with a colon needs quotes",
    "could not find expected ':'": "a colon is missing after a key, or a line is not far enough indented",
}

STR_TAG = "tag:yaml.org,2002:str"


def read_data(text: str) -> tuple[object, list[Problem]]:
    """Return the plain data of YAML or JSON text, and its doubled keys.

    Raises `DocumentError` with a single error, which names line and column, if the text cannot
    be read.
    """
    text = text.removeprefix("\ufeff")
    if re.match(r"\s*\{\s*(\"|\}\s*\Z)", text):
        return _read_json(text)
    return _read_yaml(text)


def resolve(text: str) -> object:
    """Return what a plain scalar means by the core rules: null, true or false, a number or text."""
    if NULL.fullmatch(text):
        return None
    if TRUE.fullmatch(text):
        return True
    if FALSE.fullmatch(text):
        return False
    return exact(text)


def exact(text: str) -> object:
    """Return the exact number that a scalar spells; text that is none, or is too long, stays."""
    if len(text) > MOST_NUMBER_CHARACTERS:
        return text
    if INTEGER.fullmatch(text):
        return int(text)
    if OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if HEXADECIMAL.fullmatch(text):
        return int(text[2:], 16)
    try:
        return Decimal(text) if REAL.fullmatch(text) else text
    # Some exponents are beyond what a decimal can have.
    except InvalidOperation:
        return text


def _read_json(text: str) -> tuple[object, list[Problem]]:
    check_json(text)
    doubled: list[str] = []

    def mapping(pairs: list[tuple[str, object]]) -> dict[str, object]:
        members = dict(pairs)
        if len(members) < len(pairs):
            doubled.extend(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        return members

    try:
        data = json.loads(
            text, parse_float=exact, parse_int=exact, parse_constant=str, object_pairs_hook=mapping
        )
    except json.JSONDecodeError as error:
        refuse_text(f"line {error.lineno}, column {error.colno}", f"not JSON: {error.msg}")
    return (data, []) if not doubled else (data, _doubled_in_json(text, doubled))


def _doubled_in_json(text: str, doubled: list[str]) -> list[Problem]:
    """Return the places of doubled keys, for which the YAML reader knows the lines.

    JSON is YAML but for odd white space; where that gets in the way, only the keys are named.
    """
    try:
        _, problems = _read_yaml(text)
    except DocumentError:
        problems = []
    return problems or [((), f"the key {shown(key)} appears twice") for key in doubled[: MOST_PROBLEMS + 1]]


def _read_yaml(text: str) -> tuple[object, list[Problem]]:
    if len(text) > MOST_YAML_CHARACTERS:
        refuse_text("", f"is too large: at most {MOST_YAML_CHARACTERS:,} characters of YAML are read")
    reader = _YamlReader(text)
    return reader.document(), reader.problems


def yaml_events(text: str) -> Iterator[Any]:
    """Return the events of YAML by the 1.2 rules; they refuse the text where it is none.

    libyaml is twenty times quicker than ruamel.yaml's own parser, which knows the rules and says best what is
    wrong: it reads what libyaml may read otherwise, or does not read to the end.
    """
    if otherwise := READ_OTHERWISE.search(text):
        if len(text) > MOST_SLOW_CHARACTERS:
            _refuse_slow(text, otherwise.start())
        return _events_by_the_rules(text)
    stopped = _check_quickly(text)
    if stopped is None:
        events: Iterator[Any] = YAML(typ="safe").parse(text)
        return events
    if len(text) > MOST_SLOW_CHARACTERS:
        _refuse_yaml(stopped, text)
    return _events_by_the_rules(text)


def _check_quickly(text: str) -> Exception | None:
    """Refuse YAML that is too deep or has too much in it; return what keeps libyaml from reading it."""
    level = count = 0
    events = YAML(typ="safe").parse(text)
    while True:
        try:
            event = next(events)
        except StopIteration:
            return None
        except Exception as error:
            return error
        level += isinstance(event, COLLECTION_STARTS) - isinstance(event, COLLECTION_ENDS)
        count += isinstance(event, NODE_STARTS)
        # Far deeper nesting takes libyaml minutes.
        if level > MOST_LEVELS:
            refuse_too_deep(_line_and_column(event.start_mark))
        if count > MOST_KEYS_AND_VALUES:
            refuse_beyond(MOST_KEYS_AND_VALUES)


def _refuse_slow(text: str, position: int) -> NoReturn:
    what = text[position]
    named = f"“{what}”" if what.isprintable() else "a tab" if what == "\t" else "an odd character"
    refuse_text(
        line_and_column_of(text, position),
        f"there is {named}, with which YAML is read slowly and only up to {MOST_SLOW_CHARACTERS:,} "
        "characters: write the document without it, or as JSON",
    )


def _events_by_the_rules(text: str) -> Iterator[Any]:
    line = count = 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            line = event.end_mark.line
            count += isinstance(event, NODE_STARTS)
            if count > MOST_SLOW_KEYS_AND_VALUES:
                break
            yield event
        else:
            return
    # The parser has faults of its own for odd text, such as escapes of characters that do not exist.
    except Exception as error:
        _refuse_yaml(error, text, f"after line {line + 1}")
    refuse_beyond(MOST_SLOW_KEYS_AND_VALUES)


def _refuse_yaml(error: Exception, text: str, place: str = "") -> NoReturn:
    """Refuse a text with what a parser says that is wrong."""
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        problem = _one_line(error.problem or error.context)
        meant = next((f"{meant} ({problem})" for sign, meant in MEANT.items() if sign in problem), problem)
        refuse_text(_line_and_column(mark), f"not YAML: {meant}")
    if isinstance(error, ReaderError):
        place = line_and_column_of(text, error.position)
        refuse_text(place, "not YAML: a control character, which must be written as an escape")
    refuse_text(place, f"not YAML: {_one_line(error)}")


def _line_and_column(mark: Any) -> str:
    return f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""


def _one_line(text: object) -> str:
    return shortened(" ".join(str(text).split()))


class _YamlReader:
    """Builds plain data from the events of one YAML text."""

    def __init__(self, text: str) -> None:
        self.events = yaml_events(text)
        self.problems: list[Problem] = []

    def document(self) -> object:
        next(self.events)
        if not isinstance(next(self.events), DocumentStartEvent):
            refuse_text("", "is empty")
        data = self.node(next(self.events), ())
        next(self.events)
        following = next(self.events)
        if isinstance(following, DocumentStartEvent):
            self.refuse(following, "a second document begins here: there must be one")
        return data

    def refuse(self, event: Any, message: str) -> NoReturn:
        refuse_text(_line_and_column(event.start_mark), message)

    def node(self, event: Any, path: Path) -> object:
        if isinstance(event, AliasEvent) or event.anchor:
            self.refuse(event, "anchors and aliases (& and *) are not supported")
        if event.tag and not (isinstance(event, ScalarEvent) and event.tag in ("!", STR_TAG)):
            self.refuse(event, f"tags like {shortened(str(event.tag))} are not supported")
        if len(path) >= MOST_LEVELS and isinstance(event, COLLECTION_STARTS):
            refuse_too_deep(_line_and_column(event.start_mark))
        if isinstance(event, MappingStartEvent):
            return self.mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self.sequence(path)
        # What has one of these tags is text, whatever it spells.
        return resolve(event.value) if event.implicit[0] and not event.tag else event.value

    def mapping(self, path: Path) -> dict[str, object]:
        members: dict[str, object] = {}
        lines: dict[str, int] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            key = self.key(event)
            line = event.start_mark.line + 1
            value = self.node(next(self.events), (*path, key))
            if key in members:
                message = f"this key on line {line} is already on line {lines[key]}"
                self.problems.append(((*path, key), message))
            else:
                members[key], lines[key] = value, line
        return members

    def key(self, event: Any) -> str:
        """Return a key as it is spelled: in a document all keys are text."""
        if not isinstance(event, ScalarEvent):
            self.refuse(event, "a key must be text")
        self.node(event, ())  # for what is refused of every node
        return str(event.value)

    def sequence(self, path: Path) -> list[object]:
        entries: list[object] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            entries.append(self.node(event, (*path, len(entries))))
        return entries
