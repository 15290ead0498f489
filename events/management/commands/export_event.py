"""`export_event`: an event as a document."""

import json
import sys
from typing import Any

from django.core.management.base import CommandParser

from events.document import EventDocument, dump_document, write_yaml
from events.management.base import ProjectCommand, find_event
from events.management.files import write_file
from events.transfer import document_of


class Command(ProjectCommand):
    help = "Write an event as a document, to stdout or to a file."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug")
        parser.add_argument("-o", "--output", metavar="FILE", help="Write to this file, replacing it whole.")
        parser.add_argument(
            "--format", choices=("yaml", "json"), help="By default what the file's name says."
        )

    def handle(self, **options: Any) -> None:
        document = document_of(find_event(options["slug"]))
        output = options["output"]
        if output in (None, "-"):
            self.answer(dump_document(document))
            self._print(_text(document, options["format"] or "yaml"))
            return
        suffix = "json" if output.lower().endswith(".json") else "yaml"
        write_file(output, _text(document, options["format"] or suffix))
        self.answer({"event": document.slug, "file": output})
        self.say(f"{document.slug} written to {output}")

    def _print(self, text: str) -> None:
        if self.wants_json:
            return
        # A document is UTF-8, whatever the terminal is set to.
        if self.console.file is sys.stdout and hasattr(sys.stdout, "reconfigure"):
            sys.stdout.reconfigure(encoding="utf-8")
        self.stdout.write(text)


def _text(document: EventDocument, form: str) -> str:
    if form == "json":
        return json.dumps(dump_document(document), ensure_ascii=False, indent=2) + "\n"
    return write_yaml(document)
