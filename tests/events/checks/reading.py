"""Findings as tests read them."""

from typing import Any

from events.checks import findings_of
from events.document import EventDocument, parse_document
from tests.events.factories import sound_data


def found(code: str, document: EventDocument, text: str = "") -> list[str]:
    """Return the findings of a kind, as they are printed."""
    return [str(finding) for finding in findings_of(document, text) if finding.code == code]


def found_in(code: str, **overrides: Any) -> list[str]:
    """Return the findings of a kind in the sound event, with other fields."""
    return found(code, parse_document(sound_data(**overrides)))


def rows_of(*rows: list[Any]) -> list[Any]:
    """Return a board of rows of tiles."""
    return [{"tiles": tiles} for tiles in rows]
