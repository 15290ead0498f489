"""Small words that messages have in common, and numbers as people write them."""

import re
from collections.abc import Sequence

# Digits, or groups of three with one sign between them. Bounded, since int() refuses very long texts with an
# error of its own. 0,500 is no group: it is half of something on the continent.
_DIGITS = re.compile("[+-]?[0-9]{1,30}")
_GROUPED = re.compile("[+-]?[1-9][0-9]{0,2}(?:([,_ \u00a0\u202f])[0-9]{3})(?:\\1[0-9]{3}){0,8}")
_PARTED = re.compile("[0-9][,._'\u2019 \u00a0\u202f][0-9]")

# What a message names of many: enough to know what it is about.
MOST_NAMED = 5


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun, in the plural where it takes one."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def listed(names: Sequence[str], most: int = MOST_NAMED) -> str:
    """Return names as a sentence has them; of more than `most`, the first and how many others there are."""
    if len(names) <= most:
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{', '.join(names[: most - 1])} and {len(names) - most + 1:,} more"


def lasting(seconds: int) -> str:
    """Return a length of time with its units, exactly: `2 h 5 min`."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{number:,} {unit}" for number, unit in parts if number) or "0 s"


def whole_number_in(text: str) -> int | None:
    """Return the whole number that a text is, which may be written 1500, 1,500, 1 500 or 1_500; else None."""
    trimmed = text.strip()
    if _DIGITS.fullmatch(trimmed) or _GROUPED.fullmatch(trimmed):
        return int(re.sub("[^0-9+-]", "", trimmed))
    return None


def grouping_hint(text: str) -> str:
    """Say how to write a number where what parts its digits was not understood; nothing for other texts."""
    return ": write 1500 or 1,500, in groups of three digits" if _PARTED.search(text) else ""
