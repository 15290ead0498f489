"""Names that people take for one another, and what in a name nobody sees."""

import re
from collections.abc import Iterator

from events.checks.event import CheckedEvent
from events.checks.finding import Finding
from events.document.errors import place_of, shown
from events.document.names import invisible_characters, same_name_key
from events.wording import listed

Named = tuple[str, str]

_GAPS = re.compile(r"[\s_-]+")


def names_alike(event: CheckedEvent) -> Iterator[Finding]:
    """Compare names of one kind: what stands for different things should look different."""
    told: set[str] = set()
    for siblings in _siblings(event):
        first_of: dict[str, str] = {}
        for place, name in siblings:
            first = first_of.setdefault(same_name_key(name), name)
            # A tile whose key and name are both like another's is told of once.
            if first != name and place not in told:
                told.add(place)
                message = f"{shown(name)} looks like {shown(first)}: they differ only in {_how(first, name)}"
                yield Finding(place, message, "names-alike")


def names_that_come_twice(event: CheckedEvent) -> Iterator[Finding]:
    """Tell of names that two tiles, activities or capabilities have: keys are never doubled."""
    for siblings in _siblings(event):
        first_of: dict[str, str] = {}
        for place, name in siblings:
            first = first_of.setdefault(name, place)
            if first != place:
                yield Finding(place, f"has the same name as {first}: {shown(name)}", "same-name")


def invisible(event: CheckedEvent) -> Iterator[Finding]:
    told: set[str] = set()
    for siblings in [[("name", event.document.name)], *_siblings(event)]:
        for place, name in siblings:
            characters = invisible_characters(name)
            if characters and place not in told:
                told.add(place)
                message = f"{shown(name)} has characters that nobody sees: {listed(characters)}"
                yield Finding(place, message, "invisible-character")


def _siblings(event: CheckedEvent) -> Iterator[list[Named]]:
    """Yield what should be told apart, kind by kind: every name with the place of what it names."""
    document = event.document
    for section in ("players", "teams", "activities", "capabilities"):
        yield [(place_of((section, key)), key) for key in getattr(document, section)]
    yield [(place_of(("activities", key)), activity.name) for key, activity in document.activities.items()]
    yield [(place_of(("capabilities", key)), name) for key, name in document.capabilities.items()]
    yield [(place, tile.key) for place, tile in event.tiles]
    yield [(place, tile.name) for place, tile in event.tiles]
    for key, activity in document.activities.items():
        yield [(place_of(("activities", key)), drop) for drop in activity.drop_keys()]


def _how(one: str, other: str) -> str:
    """Say in what two names differ that are alike."""
    if one.casefold() == other.casefold():
        return "upper and lower case"
    if _GAPS.sub(" ", one) == _GAPS.sub(" ", other):
        return "spaces, hyphens and underscores"
    unseen = list(dict.fromkeys([*invisible_characters(one), *invisible_characters(other)]))
    return f"what nobody sees ({listed(unseen)})" if unseen else "how they are written"
