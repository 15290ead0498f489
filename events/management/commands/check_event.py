"""`check_event`: what is wrong or unreachable in an event, in words."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from events.checks import findings_of
from events.document import EventDocument
from events.management.base import ProjectCommand, WrongArgument, find_event
from events.management.documents import STANDARD_INPUT, read_documents
from events.transfer import document_of

SUFFIXES = (".yaml", ".yml", ".json")


class Command(ProjectCommand):
    help = "List what looks wrong in an event, or in a file that is not loaded yet."
    # A file can be checked without one.
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("event", metavar="SLUG-or-FILE")

    def handle(self, **options: Any) -> None:
        document = self._document(options["event"])
        findings = findings_of(document)
        self.answer({"event": document.slug, "findings": [finding._asdict() for finding in findings]})
        for finding in findings:
            self.say(str(finding))
        if not findings:
            self.say(f"{document.slug}: nothing looks wrong")

    def _document(self, named: str) -> EventDocument:
        if named == STANDARD_INPUT or "/" in named or named.endswith(SUFFIXES):
            return read_documents([named])[named]
        self.require_database()
        try:
            return document_of(find_event(named))
        except WrongArgument:
            if not Path(named).is_file():
                raise
        return read_documents([named])[named]
