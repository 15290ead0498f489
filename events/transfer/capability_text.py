"""Capabilities as people list them in one cell: `quest.ds2 item.lance`, `Dragon Slayer II; Lance`."""

import re
from collections import Counter
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
        meanings = Counter(word for word, _ in set(words))
        self._by_word = {word: key for word, key in words if meanings[word] == 1}

    def find(self, word: str) -> str | None:
        """Return the key that a word means, if any."""
        return word if word in self._keys else self._by_word.get(word.casefold())


def read_capabilities(text: str, known: KnownCapabilities) -> tuple[list[str], list[str]]:
    """Return the keys that a text lists, each once, and the words among them that mean nothing known."""
    keys: dict[str, None] = {}
    unknown: dict[str, None] = {}
    for words in _pieces(text):
        whole = known.find(" ".join(words))
        for key, word in [(whole, "")] if whole else [(known.find(word), word) for word in words]:
            keys[key or word] = None
            if key is None:
                unknown[word] = None
    return list(keys), list(unknown)


def write_capabilities(keys: Iterable[str]) -> str:
    """Return keys as `read_capabilities` takes them."""
    return "; ".join(key if PLAIN.fullmatch(key) else '"{}"'.format(key.replace('"', '""')) for key in keys)


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
