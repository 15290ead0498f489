"""`load_event`: documents into the database."""

import shlex
from collections.abc import Iterator
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from events.checks import TEXT_CUT, Finding, bounded, by_severity, findings_of, in_short
from events.document import EventDocument
from events.management.base import ProjectCommand, WrongArgument
from events.management.documents import bundled_files, read_document_files
from events.management.hints import command_line
from events.models import Event
from events.transfer import (
    StoreResult,
    StoreStatus,
    fill_library,
    preview_document,
    preview_library,
    store_document,
)
from events.wording import counted

# The bundled event whose activities and capabilities are the bundled library as well.
LIBRARY_EVENT = "summer-clan-bingo"
LIBRARY_ENTRIES = ("activity or capability", "activities and capabilities")

DONE = {StoreStatus.CREATED: "created", StoreStatus.CHANGED: "changed", StoreStatus.UNCHANGED: "unchanged"}
PREVIEWED = {
    StoreStatus.CREATED: "would be created",
    StoreStatus.CHANGED: "would be changed",
    StoreStatus.UNCHANGED: "would stay as it is",
}


class Command(ProjectCommand):
    help = "Store events from YAML or JSON files: all of them, or none if anything is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "files", nargs="*", metavar="FILE", help="An event document; - is standard input."
        )
        parser.add_argument(
            "--bundled",
            action="store_true",
            help="Load the events that come with the project, and add what the library lacks of theirs.",
        )
        parser.add_argument("--missing", action="store_true", help="Leave events alone that exist already.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Say what would change, and store nothing."
        )

    def handle(self, **options: Any) -> None:
        paths = list(dict.fromkeys([*options["files"], *(bundled_files() if options["bundled"] else [])]))
        if not paths:
            raise WrongArgument("name the files to load, or use --bundled")
        files = read_document_files(paths)
        path_of = {document.slug: path for path, (document, _) in files.items()}
        texts = {document.slug: text for document, text in files.values()}
        documents = [document for document, _ in files.values()]
        with transaction.atomic():
            if options["missing"]:
                documents = _missing(documents)
            store = preview_document if options["dry_run"] else store_document
            results = [(document, store(document)) for document in documents]
            n_added = _fill_library(results, options["dry_run"]) if options["bundled"] else 0
        findings = {document.slug: findings_of(document, texts[document.slug]) for document in documents}
        events = [_as_data(*pair, findings[pair[0].slug]) for pair in results]
        self.answer({"events": events, "added_to_library": n_added})
        for document, result in results:
            words = (PREVIEWED if options["dry_run"] else DONE)[result.status]
            self.say(f"{document.slug}: {words}", *(f"  {change}" for change in result.changes))
            # What was not stored is checked where it is.
            what = path_of[document.slug] if options["dry_run"] else document.slug
            self.say(*_in_lines(what, findings[document.slug]))
        if n_added:
            words = "would be added" if options["dry_run"] else "added"
            self.say(f"library: {counted(n_added, *LIBRARY_ENTRIES)} {words}")
        if not results:
            self.say("Nothing to load: all of these events exist.")


def _missing(documents: list[EventDocument]) -> list[EventDocument]:
    slugs = [document.slug for document in documents]
    known = set(Event.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    return [document for document in documents if document.slug not in known]


def _fill_library(results: list[tuple[EventDocument, StoreResult]], preview: bool) -> int:
    """Add to the library what it lacks of the bundled one, but for a preview; return how many entries."""
    for document, result in results:
        if document.slug == LIBRARY_EVENT:
            if preview or result.event is None:
                return preview_library(document)
            return fill_library(result.event)
    return 0


def _in_lines(checked: str, findings: list[Finding]) -> Iterator[str]:
    """Yield how many findings there are of a slug or file, and in full those that the file alone shows."""
    if findings:
        says_more = f"`{command_line(f'check_event {shlex.quote(checked)}')}` says more"
        yield f"  {counted(len(findings), 'finding')} ({in_short(findings)}): {says_more}"
    yield from (f"  {finding}" for finding in bounded(findings) if finding.code == TEXT_CUT)


def _as_data(document: EventDocument, result: StoreResult, findings: list[Finding]) -> dict[str, Any]:
    return {
        "slug": document.slug,
        "name": document.name,
        "status": str(result.status),
        "version": result.event.version if result.event else None,
        "changes": result.changes,
        "findings": len(findings),
        "findings_by_severity": {
            str(severity): len(found) for severity, found in by_severity(findings).items()
        },
    }
