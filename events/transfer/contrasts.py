"""Two versions of a part side by side: each place in which they differ, with what either has there."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any, NamedTuple

from events.transfer.differences import NAMED_BY, by_name, session_words, shown

Place = tuple[str, ...]

NOTHING = "not there"
THERE = "there"


class Contrast(NamedTuple):
    """A place in which two versions differ, and the words for what either has there."""

    place: Place
    one: str
    other: str


def contrasts_of(one: dict[str, Any], other: dict[str, Any]) -> list[Contrast]:
    """Return every place in which two versions of a part, as plain data, differ."""
    return [*_of_mappings((), one, other)]


def _of_values(place: Place, one: Any, other: Any) -> Iterator[Contrast]:
    if one == other:
        return
    if isinstance(one, dict) and isinstance(other, dict):
        yield from _of_mappings(place, one, other)
    elif isinstance(one, list) and isinstance(other, list):
        yield from _of_lists(place, one, other)
    else:
        yield Contrast(place, _words(one), _words(other))


def _of_mappings(place: Place, one: dict[str, Any], other: dict[str, Any]) -> Iterator[Contrast]:
    for key in dict.fromkeys((*one, *other)):
        inside = (*place, key)
        if key in one and key in other:
            yield from _of_values(inside, one[key], other[key])
        else:
            either = (_words(version[key]) if key in version else NOTHING for version in (one, other))
            yield Contrast(inside, *either)
    yield from _of_order(place, list(one), list(other))


def _of_lists(place: Place, one: list[Any], other: list[Any]) -> Iterator[Contrast]:
    name = NAMED_BY.get(place[-1])
    entries = (*one, *other)
    if place[-1] == "sessions":
        yield from _of_words(place, [*map(session_words, one)], [*map(session_words, other)])
    elif name:
        yield from _of_mappings(place, by_name(name, one), by_name(name, other))
    elif all(isinstance(entry, str) for entry in entries):
        yield from _of_words(place, one, other)
    else:
        # Nothing but their places tells these entries apart; people count from 1.
        missing = object()
        for number, pair in enumerate(zip_longest(one, other, fillvalue=missing), 1):
            inside = (*place, str(number))
            if missing in pair:
                yield Contrast(inside, *(NOTHING if entry is missing else _words(entry) for entry in pair))
            else:
                yield from _of_values(inside, *pair)


def _of_words(place: Place, one: list[str], other: list[str]) -> Iterator[Contrast]:
    if any(len({*words}) < len(words) for words in (one, other)):
        # Nothing tells apart what is there twice.
        yield Contrast(place, shown(one), shown(other))
        return
    for word in dict.fromkeys((*one, *other)):
        if word not in one or word not in other:
            yield Contrast((*place, word), *(THERE if word in words else NOTHING for words in (one, other)))
    yield from _of_order(place, one, other)


def _of_order(place: Place, one: list[str], other: list[str]) -> Iterator[Contrast]:
    """Yield another order of what both have, from where it begins to differ."""
    both = set(one) & set(other)
    orders = [[word for word in words if word in both] for words in (one, other)]
    if orders[0] == orders[1]:
        return
    start = next(ix for ix, pair in enumerate(zip(*orders, strict=True)) if pair[0] != pair[1])
    yield Contrast((*place, "order"), *(shown(order[start:]) for order in orders))


def _words(value: Any) -> str:
    # A text is shown as a whole: two may differ in their last letter.
    return value or "empty" if isinstance(value, str) else shown(value)
