"""Output that any terminal can show: what its encoding lacks is written with look-alikes in ASCII."""

import codecs
from typing import Any

LOOKALIKES = "lookalikes"

# One for one, so that columns stay in line. Heights rise from a dot to a hash; shades of a bar fall from it.
_HEIGHTS = dict(zip("▁▂▃▄▅▆▇█", ".:-=+*%#", strict=True))
_SHADES = {"▓": "=", "▒": "-", "░": ".", "·": "."}
_LINES = {"─": "-", "━": "-", "╸": "-", "╺": "-", "│": "|", "┃": "|", "┼": "+", "═": "="}
_SIGNS = {"→": ">", "▶": ">", "★": "*", "…": "~", "×": "x", "≥": ">", "≤": "<", "−": "-"}
_PUNCTUATION = {
    "–": "-",
    "—": "-",
    "\u2018": "'",
    "\u2019": "'",
    "“": '"',
    "”": '"',
    "\u00a0": " ",
    "\u202f": " ",
}
ASCII = {**_HEIGHTS, **_SHADES, **_LINES, **_SIGNS, **_PUNCTUATION}


def show_anywhere(stream: Any) -> None:
    """Have a stream write look-alikes, or an escape such as \\xe9, for what its encoding can't show."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors=LOOKALIKES)


def _instead(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    wanted = error.object[error.start : error.end]
    return "".join(map(_lookalike, wanted)), error.end


def _lookalike(character: str) -> str:
    return ASCII.get(character) or character.encode("ascii", "backslashreplace").decode()


codecs.register_error(LOOKALIKES, _instead)
