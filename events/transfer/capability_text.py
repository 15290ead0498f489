"""Capabilities as people list them in one cell: `quest.ds2 item.lance`, `Dragon Slayer II; Lance`."""

import re
from collections.abc import Iterable, Mapping

# A word in quotes keeps what else would separate: spaces, commas, semicolons and bars.
TOKEN = re.compile(r'"((?:[^"]|"")*)"(?=$|[\s;|,])|([;|,])|([^\s;|,]+)|\s+')
PLAIN = re.compile(r'[^\s;|,"]+')


class KnownCapabilities:
    """The capabilities that there are, found by their keys, by their names, and whatever the case."""

    def __init__(self, capabilities: Mapping[str, str]) -> None:
        self.keys = list(capabilities)
        self._keys = set(capabilities)
        words = [(key.casefold(), key) for key in capabilities]
        words += [(name.casefold(), key) for key, name in capabilities.items()]
        # What could mean several is not guessed.
        self._by_word: dict[str, list[str]] = {}
        for word, key in dict.fromkeys(words):
            self._by_word.setdefault(word, []).append(key)

    def find(self, word: str) -> str | None:
        """Return the one key that a word means, if any."""
        if word in self._keys:
            return word
        meant = self.meant_by(word)
        return meant[0] if len(meant) == 1 else None

    def meant_by(self, word: str) -> list[str]:
        """Return all keys that a word could mean."""
        return self._by_word.get(word.casefold(), [])


def read_capabilities(text: str, known: KnownCapabilities) -> tuple[list[str], list[str]]:
    """Return the keys that a text lists, each once, and what among them means nothing known."""
    keys: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for words in _pieces(text):
        for word in _listed(words, known):
            key = known.find(word)
            keys[key or word] = None
            if key is None:
                unknown[word] = None
    return list(keys), list(unknown)


def write_capabilities(keys: Iterable[str]) -> str:
    """Return keys as `read_capabilities` takes them."""
    return "; ".join(key if PLAIN.fullmatch(key) else '"{}"'.format(key.replace('"', '""')) for key in keys)


def _listed(words: list[str], known: KnownCapabilities) -> list[str]:
    """Return what words between two separators are: one name, or several that spaces separate."""
    whole = " ".join(words)
    if known.meant_by(whole):
        return [whole]
    # "quest.ds2 item.lance" are keys, "Dragon Slayer II" is a name that may not be known yet.
    return words if any(known.meant_by(word) or "." in word for word in words) else [whole]


def _pieces(text: str) -> Iterable[list[str]]:
    """Yield the words between two separators, of which a space is none: names have spaces."""
    words: list[str] = []
    for match in TOKEN.finditer(text):
        quoted, separator, word = match.groups()
        if quoted is not None or separator:
            if words:
                yield words
            words = []
            if quoted:
                yield [quoted.replace('""', '"')]
        elif word:
            words.append(word)
    if words:
        yield words
