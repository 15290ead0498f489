"""What looks wrong on a board, in words: nothing here keeps an event from being saved or simulated."""

from events.checks.checking import findings_in, findings_of
from events.checks.event import CheckedEvent
from events.checks.finding import (
    KINDS,
    MOST_OF_A_KIND,
    TEXT_CUT,
    Finding,
    Severity,
    bounded,
    by_severity,
    in_short,
)
from events.checks.reach import why_not

__all__ = [
    "KINDS",
    "MOST_OF_A_KIND",
    "TEXT_CUT",
    "CheckedEvent",
    "Finding",
    "Severity",
    "bounded",
    "by_severity",
    "findings_in",
    "findings_of",
    "in_short",
    "why_not",
]
