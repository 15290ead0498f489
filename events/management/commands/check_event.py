"""`check_event`: what is wrong or unreachable in an event, in words, what matters most first."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from events.checks import Finding, bounded, by_severity, findings_of
from events.management.base import ProjectCommand, WrongArgument, find_event
from events.management.documents import STANDARD_INPUT, DocumentFile, read_document_files
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
        document, text = self._document(options["event"])
        findings = bounded(findings_of(document, text))
        self.answer({"event": document.slug, "findings": list(map(_as_data, findings))})
        for severity, found in by_severity(findings).items():
            self.say(f"{severity.heading}:", *(f"  {finding}" for finding in found))
        if not findings:
            self.say(f"{document.slug}: nothing looks wrong")

    def _document(self, named: str) -> DocumentFile:
        if named == STANDARD_INPUT or "/" in named or named.endswith(SUFFIXES):
            return read_document_files([named])[named]
        self.require_database()
        try:
            return DocumentFile(document_of(find_event(named)), text="")
        except WrongArgument:
            if not Path(named).is_file():
                raise
        return read_document_files([named])[named]


def _as_data(finding: Finding) -> dict[str, str]:
    return finding._asdict() | {"severity": str(finding.severity)}
