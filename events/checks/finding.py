"""Findings: what each kind is called, how much it matters, and how they are put in order."""

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from events.document.errors import printable
from events.wording import counted

# A kind with more findings is a pattern, which the first ones show.
MOST_OF_A_KIND = 20


class Severity(StrEnum):
    """How much a finding matters, what matters most first."""

    BLOCKING = "blocking"
    DOUBTFUL = "doubtful"
    NOTE = "note"

    @property
    def words(self) -> str:
        """What is said of a finding of this severity."""
        return WORDS[self]

    @property
    def heading(self) -> str:
        """What stands above the findings of this severity."""
        return self.words.capitalize()


WORDS = {
    Severity.BLOCKING: "can't work as it is",
    Severity.DOUBTFUL: "perhaps not as meant",
    Severity.NOTE: "worth knowing",
}
# What the file alone shows: an event that is stored has nothing but what was read.
TEXT_CUT = "text-cut"


class Kind(NamedTuple):
    """A kind of findings: how much it matters, and what several of them are called."""

    severity: Severity
    title: str


# In the order in which findings are told: of equal severity, causes before what follows from them.
KINDS = {
    "no-tiles": Kind(Severity.BLOCKING, "An empty board"),
    "no-teams": Kind(Severity.BLOCKING, "Nobody to play it"),
    "team-without-players": Kind(Severity.BLOCKING, "Teams without players"),
    "team-never-online": Kind(Severity.BLOCKING, "Teams that are never online"),
    "tile-without-rules": Kind(Severity.BLOCKING, "Tiles without rules"),
    "party-too-large": Kind(Severity.BLOCKING, "Parties that no team can form"),
    "party-never-together": Kind(Severity.BLOCKING, "Parties that are never online together"),
    "attempt-too-long": Kind(Severity.BLOCKING, "Attempts longer than anybody plays"),
    "tile-out-of-reach": Kind(Severity.BLOCKING, "Tiles that a team can't do"),
    "row-never-opens": Kind(Severity.BLOCKING, "Rows that never open"),
    TEXT_CUT: Kind(Severity.DOUBTFUL, "Texts cut short by a comment"),
    "names-alike": Kind(Severity.DOUBTFUL, "Names that look alike"),
    "invisible-character": Kind(Severity.DOUBTFUL, "Names with characters that nobody sees"),
    "start-skipped": Kind(Severity.DOUBTFUL, "A start that clocks skip"),
    "player-never-online": Kind(Severity.DOUBTFUL, "Players who are never online"),
    "attempt-too-long-for-some": Kind(Severity.DOUBTFUL, "Attempts longer than some ever play"),
    "attempt-at-times-too-long": Kind(
        Severity.DOUBTFUL, "Attempts that are at times longer than anybody plays"
    ),
    "set-of-any": Kind(Severity.DOUBTFUL, "Sets that duplicates complete"),
    "tile-counts-anew": Kind(Severity.DOUBTFUL, "Tiles that count anew what another one counted"),
    "requirement-evaded": Kind(Severity.DOUBTFUL, "Requirements that others' drops get around"),
    "weight-never-counts": Kind(Severity.DOUBTFUL, "Weights that never count"),
    "too-few-hours-for-tile": Kind(Severity.DOUBTFUL, "Tiles that take longer than a team is online"),
    "too-few-hours-for-rows": Kind(Severity.DOUBTFUL, "Rows that would open too late"),
    "player-without-team": Kind(Severity.NOTE, "Players in no team"),
    "too-few-hours-for-board": Kind(Severity.NOTE, "Teams without the hours for the whole board"),
    "same-name": Kind(Severity.NOTE, "Names that come twice"),
    "unused-activity": Kind(Severity.NOTE, "Activities that no tile uses"),
    "unused-capability": Kind(Severity.NOTE, "Capabilities that no rule mentions"),
    "unused-drop": Kind(Severity.NOTE, "Drops that no rule accepts"),
    "session-outside-event": Kind(Severity.NOTE, "Sessions outside the event"),
}
_ORDER = {code: number for number, code in enumerate(KINDS)}


class Finding(NamedTuple):
    """Something that looks wrong: its place in the document, what it is, and a word for its kind."""

    place: str
    message: str
    code: str

    @property
    def severity(self) -> Severity:
        """How much it matters."""
        return KINDS[self.code].severity

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings with what matters most first, safe to be shown whatever names they hold."""
    shown = (finding._replace(message=printable(finding.message)) for finding in findings)
    return sorted(shown, key=lambda finding: _ORDER[finding.code])


def bounded(findings: Iterable[Finding]) -> list[Finding]:
    """Return the first findings of every kind, and in place of all further ones how many those are."""
    by_kind: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        by_kind[finding.code].append(finding)
    return [finding for found in by_kind.values() for finding in _first(found)]


def _first(found: list[Finding]) -> list[Finding]:
    if len(found) <= MOST_OF_A_KIND:
        return found
    next_one, n_more = found[MOST_OF_A_KIND], len(found) - MOST_OF_A_KIND
    section = re.split(r"[.\[]", next_one.place)[0]
    more = Finding(section, f"and {counted(n_more, 'more finding')} of this kind", next_one.code)
    return [*found[:MOST_OF_A_KIND], more]


def in_short(findings: Iterable[Finding]) -> str:
    """Return how many findings there are of each severity: `2 can't work as it is, 1 worth knowing`."""
    return ", ".join(f"{len(found):,} {severity.words}" for severity, found in by_severity(findings).items())


def by_severity(findings: Iterable[Finding]) -> dict[Severity, list[Finding]]:
    """Return findings by how much they matter, what matters most first."""
    sorted_out: dict[Severity, list[Finding]] = {severity: [] for severity in Severity}
    for finding in findings:
        sorted_out[finding.severity].append(finding)
    return {severity: found for severity, found in sorted_out.items() if found}
