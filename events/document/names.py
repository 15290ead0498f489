"""Names as people see them: which of them look alike, and what in them can't be seen."""

import re
import unicodedata
from functools import lru_cache

# What shows nothing beside format characters (Cf): a joiner, fillers, vowels of old scripts, a blank pattern.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# Joiners and tags shape letters of some scripts, and emoji: after such a character they are meant.
_SHAPING = re.compile("[\u200c\u200d\U000e0020-\U000e007f]")


@lru_cache(maxsize=10_000)
def same_name_key(name: str) -> str:
    """Return what two names share that people, and the game, take for the same.

    Case, the kind and number of spaces, hyphens and underscores, spaces around the name, ways to compose a
    letter, and characters that can't be seen make no difference.
    """
    seen = "".join(character for character in name if not _shows_nothing(character))
    # Folding may leave letters that compose anew, so normalization comes last, too.
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return " ".join("".join(" " if _is_gap(character) else character for character in folded).split())


def invisible_characters(name: str) -> list[str]:
    """Return the characters of a name that nobody sees and that shape nothing, each once, as U+200B."""
    before = ("", *name)
    unseen = [
        character
        for last, character in zip(before, name, strict=False)
        if _shows_nothing(character) and not _is_meant(character, after=last)
    ]
    return [f"U+{ord(character):04X}" for character in dict.fromkeys(unseen)]


def _shows_nothing(character: str) -> bool:
    if character.isascii():
        return False
    is_format = unicodedata.category(character) == "Cf"
    return is_format or character in _BLANKS or bool(_SELECTORS.match(character))


def _is_meant(character: str, *, after: str) -> bool:
    if _SELECTORS.match(character):
        return bool(after)
    return bool(_SHAPING.match(character)) and bool(after) and not after.isascii()


def _is_gap(character: str) -> bool:
    return character == "_" or unicodedata.category(character) in ("Zs", "Pd")
