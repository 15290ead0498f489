"""What is wrong with a document: every problem with its place."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from itertools import pairwise
from typing import NamedTuple, NoReturn

Path = tuple[str | int, ...]
Problem = tuple[Path, str]

SHOWN_CHARACTERS = 60
# Beyond this nobody reads on, and looking for similar names would take long.
MOST_PROBLEMS = 1_000
MOST_SIMILAR = 1_000
MOST_COMPARED = 10


class PlacedError(NamedTuple):
    """One problem: its place, like ``board[3].tiles[1].points``, and what would be right."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class DocumentError(ValueError):
    """A document that cannot be used; ``errors`` has every problem that was found."""

    def __init__(self, errors: list[PlacedError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


def refuse_text(place: str, message: str) -> NoReturn:
    """Refuse a text as a whole, with one error."""
    raise DocumentError([PlacedError(place, message)])


def place_of(path: Path) -> str:
    """Return the place as people read it: ``("board", 3, "tiles")`` is ``board[3].tiles``."""
    place = ""
    for step in path:
        if isinstance(step, int):
            place += f"[{step}]"
        else:
            place += f".{shortened(step)}" if place else shortened(step)
    return place


def printable(text: str) -> str:
    """Return text with a mark in place of what can't be seen, or would turn around what follows it."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def shortened(text: str) -> str:
    """Return text that is safe and short enough for an error's one line."""
    text = printable(text)
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def shown(value: object) -> str:
    """Return how an error names a value that was not accepted."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f'"{shortened(value)}"'
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    # Printing an int takes time that grows with the square of its digits.
    if isinstance(value, int) and value.bit_length() > 256:
        return "a very large number"
    return shortened(str(value))


def hint(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean …?)`` if a known name is close to ``name``, else nothing."""
    others = [other for other in known if other != name]
    if len(name) > SHOWN_CHARACTERS or len(others) > MOST_SIMILAR:
        return ""
    close = get_close_matches(name, _nearest(name, others), n=1, cutoff=0.7)
    return f" (did you mean {shortened(close[0])}?)" if close else ""


def _nearest(name: str, others: list[str]) -> list[str]:
    """Return the names that share most pairs of letters with a name: to look closer at all takes long."""
    if len(others) <= MOST_COMPARED:
        return others
    pairs = _pairs(name)
    return nlargest(MOST_COMPARED, others, key=lambda other: len(pairs & _pairs(other)))


@lru_cache(maxsize=2 * MOST_SIMILAR)
def _pairs(name: str) -> frozenset[str]:
    letters = f" {name} "
    return frozenset(map("".join, pairwise(letters)))


def in_document_order(data: object, found: Iterable[Problem]) -> list[PlacedError]:
    """Return the problems, each once, in the order in which their places come in ``data``."""
    positions = _Positions(data)
    unique = sorted(dict.fromkeys(found), key=lambda problem: positions.of(problem[0]))
    errors = [PlacedError(place_of(path), message) for path, message in unique[:MOST_PROBLEMS]]
    if len(unique) > MOST_PROBLEMS:
        errors.append(PlacedError("", f"there are more problems than these {MOST_PROBLEMS:,}"))
    return errors


class _Positions:
    """Where parts come in plain data; the keys of a mapping are numbered once."""

    def __init__(self, data: object) -> None:
        self.data = data
        self.numbers: dict[int, dict[object, int]] = {}

    def of(self, path: Path) -> list[int]:
        """Return the position of each step on a path; a key that is missing comes last."""
        position, part = [], self.data
        for step in path:
            if isinstance(part, dict):
                numbers = self.numbers.setdefault(id(part), {})
                if not numbers:
                    numbers.update((key, number) for number, key in enumerate(part))
                position.append(numbers.get(step, len(numbers)))
                part = part.get(step)
            elif isinstance(part, list) and isinstance(step, int) and step < len(part):
                position.append(step)
                part = part[step]
        return position
