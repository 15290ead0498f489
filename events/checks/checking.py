"""All checks, and what they find."""

from collections.abc import Callable, Iterator

from events.checks import fitting, goals, hours, names, parts, reach, requirements, texts
from events.checks.event import CheckedEvent
from events.checks.finding import Finding, in_order
from events.document import EventDocument

CHECKS: tuple[Callable[[CheckedEvent], Iterator[Finding]], ...] = (
    parts.missing_parts,
    parts.start_skipped,
    parts.unused_parts,
    parts.unused_drops,
    parts.players_never_online,
    parts.sessions_outside,
    reach.teams_never_online,
    reach.parties_out_of_reach,
    reach.tiles_out_of_reach,
    reach.rows_out_of_reach,
    fitting.attempts_too_long,
    hours.tiles_take_too_long,
    hours.hours_out_of_reach,
    goals.sets_of_any,
    goals.tiles_that_count_anew,
    requirements.requirements_evaded,
    requirements.weights_that_never_count,
    names.names_alike,
    names.names_that_come_twice,
    names.invisible,
)


def findings_of(document: EventDocument, text: str = "") -> list[Finding]:
    """Return everything that looks wrong in an event, what matters most first.

    ``text`` is what the document was read from, where that is at hand.
    """
    return in_order([*findings_in(CheckedEvent(document)), *texts.texts_cut(document, text)])


def findings_in(event: CheckedEvent) -> list[Finding]:
    """Return everything that looks wrong in a checked event, what matters most first."""
    return in_order(finding for check in CHECKS for finding in check(event))
