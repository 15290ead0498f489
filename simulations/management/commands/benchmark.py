"""`benchmark`: how fast a fleet of workers is, and what limits it."""

import json
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.core.management.base import CommandParser
from django.db import connection
from rich.table import Table
from rich.text import Text

from events.document import EventDocument
from events.management.base import ProjectCommand, Refused, WrongArgument, find_event, whole_number
from events.management.database import migration_problem
from events.management.documents import bundled_files, read_documents
from events.management.files import replacing, write_file
from events.models import Event
from events.transfer import document_of
from events.wording import counted
from simulations.management.waiting import no_worker
from simulations.models import MAX_RUNS, MAX_SEED_LENGTH, Worker

if TYPE_CHECKING:
    from simulations.benchmark.outcome import Outcome

DEFAULT_EVENT = "spring-league-bingo"
# The event of which two workers have to be nearly twice as fast as one.
DEFAULT_WORKERS = {"summer-clan-bingo": [1, 2]}
MOST_WORKERS = 64
SERVER_VARIABLE = "BINGOSIM_BENCHMARK_SERVER"
EXAMPLE_SERVER = "postgres://postgres@127.0.0.1:5432/postgres"


class Command(ProjectCommand):
    help = "Measure how fast workers are, with processes and a database made for it; takes some minutes."
    # Workers of its own get a database of their own: the one at hand need not even be set up.
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--event", default=DEFAULT_EVENT, metavar="SLUG", help="Of this project or bundled."
        )
        parser.add_argument(
            "--runs",
            type=whole_number(1, MAX_RUNS),
            metavar="N",
            help="As many as are at least 20 s of work for one worker if not given.",
        )
        parser.add_argument(
            "--workers",
            type=whole_number(1, MOST_WORKERS),
            nargs="+",
            metavar="K",
            help="Numbers of workers to measure, one after the other: 1 3 if not given.",
        )
        parser.add_argument(
            "--server",
            metavar="URL",
            help="The PostgreSQL server to make a database on, such as "
            f"{EXAMPLE_SERVER}; {SERVER_VARIABLE} if not given.",
        )
        parser.add_argument("--running", action="store_true", help="Measure the workers that are running.")
        parser.add_argument(
            "--seed", default="benchmark", metavar="S", help="The same for all numbers of workers."
        )
        parser.add_argument(
            "--report",
            metavar="FILE.md",
            help="Write a report there, with a plot (.svg) and all figures (.json).",
        )

    def handle(self, **options: Any) -> None:
        if not 1 <= len(options["seed"]) <= MAX_SEED_LENGTH or not options["seed"].isprintable():
            raise WrongArgument(f"--seed takes 1 to {MAX_SEED_LENGTH} characters that can be printed.")
        document = self._running_event(options) if options["running"] else _any_event(options["event"])
        workers = self._levels(options)
        names = _report_names(options["report"])
        for name in names.values():
            _check_writable(name)
        server = _server(options)
        with _terminated_like_interrupted():
            outcome = self._measure(document, workers, options, server)
        if names:
            for name, content in _report(outcome, names, _made_by(options)):
                write_file(name, content)
        self.answer(outcome.to_data())
        self.say(*_shown(outcome))

    def _running_event(self, options: dict[str, Any]) -> EventDocument:
        if connection.vendor != "postgresql":
            raise Refused("--running needs PostgreSQL, which workers share: set DATABASE_URL to one.")
        self.require_database()
        return document_of(find_event(options["event"]))

    def _levels(self, options: dict[str, Any]) -> list[int]:
        if not options["running"]:
            chosen = options["workers"] or DEFAULT_WORKERS.get(options["event"], [1, 3])
            return list(dict.fromkeys(chosen))
        live = Worker.objects.live().count()
        if not live:
            raise Refused(no_worker())
        if options["workers"] not in (None, [live]):
            raise WrongArgument(
                f"--workers must be {live} or left out: with --running as many are measured as run."
            )
        return [live]

    def _measure(
        self, document: EventDocument, workers: list[int], options: dict[str, Any], server: str
    ) -> "Outcome":
        # Imported here: they take a second, which wrong arguments need not wait for.
        from simulations.benchmark import BenchmarkRefused
        from simulations.benchmark.measuring import Request, measure_own, measure_running

        request = Request(document, workers, options["seed"], options["runs"], server)
        measure = measure_running if options["running"] else measure_own
        try:
            return measure(request, lambda line: self.progress_console.print(line, soft_wrap=True))
        except BenchmarkRefused as refused:
            raise Refused(str(refused)) from refused


def _server(options: dict[str, Any]) -> str:
    """Return the server that was named for the benchmark's own database; empty for running workers."""
    if options["running"]:
        if options["server"]:
            raise WrongArgument("--server goes without --running: those workers have their database.")
        return ""
    url: str = options["server"] or settings.BENCHMARK_SERVER
    if not url:
        raise WrongArgument(
            "Name a PostgreSQL server that may be loaded for some minutes, where the benchmark makes a "
            f"database and drops it: --server {EXAMPLE_SERVER}, or the variable {SERVER_VARIABLE}."
        )
    if urlsplit(url).scheme not in ("postgres", "postgresql"):
        # The value may hold a password: it is not repeated.
        raise WrongArgument(f"--server and {SERVER_VARIABLE} must look like {EXAMPLE_SERVER}.")
    return url


def _any_event(slug: str) -> EventDocument:
    """Return an event of the database at hand, or else a bundled one."""
    if migration_problem() is None:
        event = Event.objects.filter(slug=slug).first() if slug.isascii() and slug.isprintable() else None
        if event is not None:
            return document_of(event)
    bundled = {document.slug: document for document in read_documents(bundled_files()).values()}
    if slug not in bundled:
        raise WrongArgument(f"There is no event {slug!r}, neither stored nor bundled ({', '.join(bundled)}).")
    return bundled[slug]


def _report_names(report: str | None) -> dict[str, str]:
    """Return by suffix which files to write."""
    if report is None:
        return {}
    if Path(report).suffix != ".md":
        raise WrongArgument(
            f"--report {report}: must end in .md; a plot and the figures are written beside it."
        )
    return {suffix: str(Path(report).with_suffix(suffix)) for suffix in (".md", ".svg", ".json")}


def _check_writable(name: str) -> None:
    """Raise `FileRefused` for a file that can't be written, before minutes of measuring."""
    with suppress(_Untouched), replacing(name):
        raise _Untouched


class _Untouched(Exception):
    """Leaves a file as it was."""


def _report(outcome: "Outcome", names: dict[str, str], made_by: str) -> Iterator[tuple[str, str]]:
    """Return the files of a report, by their names."""
    from simulations.benchmark.report import markdown, plot

    plot_name, data_name = (Path(names[suffix]).name for suffix in (".svg", ".json"))
    at = f"{datetime.now(UTC):%Y-%m-%d}"
    yield names[".md"], markdown(outcome, made_by=made_by, at=at, plot_name=plot_name, data_name=data_name)
    yield names[".svg"], plot(outcome)
    yield names[".json"], json.dumps(outcome.to_data(), indent=1) + "\n"


def _made_by(options: dict[str, Any]) -> str:
    """Return the command as it is to be typed to measure the same again."""
    words = ["python", "manage.py", "benchmark", "--event", options["event"]]
    words += ["--runs", str(options["runs"])] if options["runs"] else []
    words += ["--workers", *map(str, options["workers"])] if options["workers"] else []
    words += ["--server", _without_password(options["server"])] if options["server"] else []
    words += ["--running"] if options["running"] else []
    words += ["--seed", options["seed"]] if options["seed"] != "benchmark" else []
    report = Path(options["report"])
    return shlex.join([*words, "--report", report.name if report.is_absolute() else str(report)])


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    user, _, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user.partition(':')[0]}@{host}" if user else host))


def _shown(outcome: "Outcome") -> list[Table | Text | str]:
    from simulations.benchmark.report import criteria_rows, level_rows

    tables = []
    for levels in filter(None, (outcome.reference, outcome.levels)):
        head, *rows = level_rows(levels)
        table = Table(title=f"{outcome.event}, {counted(levels[0].runs, 'run')}, digest {levels[0].digest}")
        for ix, name in enumerate(head):
            table.add_column(name, justify="right" if ix else "left")
        for row in rows:
            table.add_row(*row)
        tables.append(table)
    judged = Table(title="criteria")
    for name in ("criterion", "value", "bound", "", "note"):
        judged.add_column(name, justify="right" if name in ("value", "bound") else "left")
    for *cells, verdict, note in criteria_rows(outcome.criteria):
        judged.add_row(*cells, Text(verdict, style="green" if verdict == "pass" else "bold red"), note)
    return [*tables, judged, outcome.limit]


@contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """Have SIGTERM end the command as Ctrl-C does, so that its workers end and its database goes."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)
