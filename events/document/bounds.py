"""How much a document may hold: what is beyond is refused before any of it is built.

Reading takes memory and time for each key and value, and much more for each that is wrong. Without
bounds a few megabytes that nobody means as an event would take a process all the memory it has.
"""

import re
from collections.abc import Iterable
from typing import NoReturn

from events.document.errors import refuse_text

# A large event has 130,000 characters and 12,000 keys and values; as many players as an event may have, with
# forty of either for each, have 130,000.
MOST_KEYS_AND_VALUES = 250_000
MOST_YAML_CHARACTERS = 2_000_000
# ruamel.yaml's own parser takes twenty times as long as libyaml.
MOST_SLOW_CHARACTERS = 400_000
MOST_SLOW_KEYS_AND_VALUES = 50_000
# A document is 9 levels deep; far deeper nesting is an accident or an attack.
MOST_LEVELS = 32

# Of one text or number; those of a document have up to 250.
MOST_VALUE_CHARACTERS = 200_000
# A mapping of fixed keys has up to 13.
MOST_KEYS_OF_A_PART = 100
# Some are counted again for each part that they are in. One takes two kilobytes.
MOST_COUNTED_PROBLEMS = 30_000

# Strings, whether they end or not, brackets and other values. It never looks back (so says the + after * and
# ?): the time that it takes grows with the length of the text, and the memory not at all.
JSON_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"?+|[\[\]{}]|[^\s\[\]{}",:]++', re.DOTALL)


class TooManyProblems(Exception):
    """So much is wrong that looking on would take more memory than it is worth."""


class ProblemBudget:
    """How many problems may still be found while a document is checked."""

    def __init__(self) -> None:
        self._left = MOST_COUNTED_PROBLEMS

    def spend(self, number: int) -> None:
        """Count problems that were found; raise `TooManyProblems` where that is enough."""
        self._left -= number
        if self._left < 0:
            raise TooManyProblems


def refuse_beyond(most: int) -> NoReturn:
    """Refuse what has more in it than is read."""
    refuse_text("", f"has more than {most:,} keys and values: no more are read")


def refuse_too_deep(place: str = "") -> NoReturn:
    """Refuse what has lists or mappings within each other too often."""
    refuse_text(place, f"is nested more than {MOST_LEVELS} levels deep")


def check_json(text: str) -> None:
    """Refuse JSON that is too deep or has too much in it."""
    level = count = 0
    for token in JSON_TOKEN.finditer(text):
        first = text[token.start()]
        if first in "]}":
            level -= 1
            continue
        count += 1
        level += first in "[{"
        if token.end() - token.start() > MOST_VALUE_CHARACTERS:
            place = line_and_column_of(text, token.start())
            refuse_text(place, f"is longer than {MOST_VALUE_CHARACTERS:,} characters")
        if level > MOST_LEVELS:
            refuse_too_deep(line_and_column_of(text, token.start()))
        if count > MOST_KEYS_AND_VALUES:
            refuse_beyond(MOST_KEYS_AND_VALUES)


def check_data(data: object) -> None:
    """Refuse plain data that is too deep or has too much in it."""
    count = 0
    parts = [data]
    for _ in range(MOST_LEVELS):
        count += len(parts)
        if count > MOST_KEYS_AND_VALUES:
            refuse_beyond(MOST_KEYS_AND_VALUES)
        parts = [inner for part in parts for inner in _inside(part)]
    if any(isinstance(part, dict | list) for part in parts):
        refuse_too_deep()


def line_and_column_of(text: str, position: int) -> str:
    """Return where a position of a text is."""
    line, line_end = text.count("\n", 0, position) + 1, text.rfind("\n", 0, position)
    return f"line {line}, column {position - line_end}"


def _inside(part: object) -> Iterable[object]:
    if isinstance(part, dict):
        return (*part.keys(), *part.values())
    return part if isinstance(part, list) else ()
