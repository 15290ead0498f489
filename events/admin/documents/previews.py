"""What a document would change, as pages show it before anything is stored."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.core import signing
from django.http import HttpRequest
from django.utils.formats import date_format

from events.checks import Finding, bounded, by_severity, findings_of, in_short
from events.document import EventDocument
from events.models import Event
from events.transfer import StoreStatus, document_changes, preview_document
from events.transfer.differences import contents_of

MOST_LINES = 200
# What comes back with a page's confirmation must fit into what Django takes of a form.
MOST_CARRIED = 2_000_000
SALT = "events.admin.documents"
# As long as a page that was left open may be confirmed.
CARRIED_SECONDS = 24 * 3600

SECTIONS = {
    "capabilities": "Capabilities",
    "activities": "Activities",
    "players": "Players",
    "board": "Board",
    "teams": "Teams",
}
SETTINGS = "Settings"


class Change(NamedTuple):
    """A change in words, and what kind it is: added, removed or changed."""

    kind: str
    text: str


class Group(NamedTuple):
    """The changes of a section of the document, the first of which are shown."""

    title: str
    n_changes: int
    changes: list[Change]

    @property
    def more(self) -> int:
        """How many changes are not shown."""
        return self.n_changes - len(self.changes)


class Preview(NamedTuple):
    """What storing a document would come to."""

    document: EventDocument
    event: Event | None
    status: StoreStatus
    n_changes: int
    groups: list[Group]
    facts: list[tuple[str, str]]
    findings: list[Finding]

    @property
    def seen_version(self) -> int:
        """The version of the event that the document was compared with; 0 for a new event."""
        return self.event.version if self.event else 0

    @property
    def is_new(self) -> bool:
        """Whether there is no such event yet."""
        return self.status == StoreStatus.CREATED

    @property
    def is_same(self) -> bool:
        """Whether the event is already as the document says."""
        return self.status == StoreStatus.UNCHANGED

    @property
    def findings_in_short(self) -> str:
        """How many findings there are, by how much they matter."""
        return in_short(self.findings)

    @property
    def shown_findings(self) -> list[tuple[str, list[Finding]]]:
        """The findings that are shown, with a heading for how much they matter."""
        return [(severity.heading, found) for severity, found in by_severity(bounded(self.findings)).items()]


def preview_of(document: EventDocument, text: str) -> Preview:
    """Return what storing the document that was read from a text would change, and store nothing."""
    result, findings = preview_document(document), findings_of(document, text)
    if result.status == StoreStatus.CREATED:
        return Preview(document, None, result.status, 1, [], _facts(document), findings)
    return _preview(document, result.event, result.changes, findings)


def preview_of_change(event: Event, old: EventDocument, new: EventDocument) -> Preview:
    """Return what storing a document would change that was made from the event's own."""
    return _preview(new, event, document_changes(old, new), findings_of(new))


def _preview(
    document: EventDocument, event: Event | None, changes: list[str], findings: list[Finding]
) -> Preview:
    status = StoreStatus.CHANGED if changes else StoreStatus.UNCHANGED
    return Preview(document, event, status, len(changes), _grouped(changes), [], findings)


def carried(request: HttpRequest, page: str, content: dict[str, Any]) -> str | None:
    """Return content in a form that a page can carry to its confirmation; None where it is too large.

    It is signed, for this user and this kind of page: what is confirmed is what was previewed.
    """
    text = signing.dumps(content | {"user": request.user.pk}, salt=f"{SALT}.{page}", compress=True)
    return text if len(text) <= MOST_CARRIED else None


def carried_back(request: HttpRequest, page: str, text: str) -> dict[str, Any] | None:
    """Return what a page of that kind carried, or None where it is not to be trusted or too old."""
    try:
        content: dict[str, Any] = signing.loads(text, salt=f"{SALT}.{page}", max_age=CARRIED_SECONDS)
    except signing.BadSignature:
        return None
    return content if content.pop("user") == request.user.pk else None


def _grouped(changes: Iterable[str]) -> list[Group]:
    texts: dict[str, list[str]] = {title: [] for title in (SETTINGS, *SECTIONS.values())}
    for change in changes:
        section = re.match(r"[a-z_]*", change)[0]  # type: ignore[index]  # matches anything
        title = SECTIONS.get(section, SETTINGS)
        texts[title].append(change if title == SETTINGS else change[len(section) :].lstrip(".: "))
    return [
        Group(title, len(lines), [_change(line) for line in lines[:MOST_LINES]])
        for title, lines in texts.items()
        if lines
    ]


def _change(text: str) -> Change:
    """Tell additions and removals from other changes, so that their words need not say it again."""
    if " → " not in text:  # names may hold such words, too
        for kind in ("added", "removed"):
            if match := re.fullmatch(rf"(.+?) {kind}(|:? .*)", text, re.DOTALL):
                return Change(kind, match[1] + match[2])
    return Change("changed", text)


def _facts(document: EventDocument) -> list[tuple[str, str]]:
    """Return what a new event would be, as labels and values."""
    starts = date_format(document.starts_at, "D j M Y, H:i")
    hours = document.duration_hours.normalize()
    return [
        ("Name", document.name),
        ("Slug", document.slug),
        ("Starts", f"{starts} ({document.timezone})"),
        ("Lasts", f"{hours:f} hour{'' if hours == 1 else 's'}"),
        ("Holds", contents_of(document)),
        ("Teams", ", ".join(f"{name} ({len(team.players)})" for name, team in document.teams.items())),
    ]
