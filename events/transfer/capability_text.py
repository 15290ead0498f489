"""Capabilities as people list them in one cell: `quest.ds2 item.lance`, `Dragon Slayer II; Lance`."""

import re
from collections.abc import Iterable, Iterator, Mapping

# A word in quotes keeps what else would separate: spaces, commas, semicolons and bars.
TOKEN = re.compile(r'"((?:[^"]|"")*)"(?=$|[\s;|,])|([;|,\n])|([^\s;|,]+)|\s+?')
# Who writes such a word means a key.
LIKE_KEY = re.compile(r"\w+(?:\.\w+)+")
PLAIN = re.compile(r'[^\s;|,"]+')


class KnownCapabilities:
    """The capabilities that there are, found by their keys, by their names, and whatever the case."""

    def __init__(self, capabilities: Mapping[str, str]) -> None:
        self.keys = list(capabilities)
        self._keys = set(capabilities)
        words = [(key.casefold(), key) for key in capabilities]
        words += [(name.casefold(), key) for key, name in capabilities.items()]
        # What could mean several is not guessed.
        self.most_words = max((word.count(" ") + 1 for word, _ in words), default=1)
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


def _listed(words: list[str], known: KnownCapabilities) -> Iterator[str]:
    """Yield what words between two separators list: keys, known names of several words, and names of others.

    "quest.ds2 item.lance" are two keys, "Dragon Slayer II" is a name, known or not.
    """
    unknown: list[str] = []
    ix = 0
    while ix < len(words):
        longest = min(known.most_words, len(words) - ix)
        spans = (" ".join(words[ix : ix + length]) for length in range(longest, 0, -1))
        found = next((span for span in spans if known.meant_by(span)), None)
        found = found or (words[ix] if LIKE_KEY.fullmatch(words[ix]) else None)
        if found is None:
            unknown.append(words[ix])
            ix += 1
            continue
        if unknown:
            yield " ".join(unknown)
            unknown = []
        yield found
        ix += found.count(" ") + 1
    if unknown:
        yield " ".join(unknown)


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
