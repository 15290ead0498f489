"""Small words that messages have in common."""

from collections.abc import Sequence

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
