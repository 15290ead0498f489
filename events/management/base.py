"""What every command of the project has in common: its output, its errors and its exit codes.

A command exits with 0 when it did its work, 1 when that failed or was refused, 2 for wrong arguments or
something unknown, 130 after Ctrl-C (`docs/commands.md` tells users). Reports go to stdout; errors and
progress go to stderr.
"""

import argparse
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from typing import IO, Any, NoReturn

from django.core.management.base import (
    BaseCommand,
    CommandError,
    CommandParser,
    handle_default_options,
)
from django.db import DatabaseError, InterfaceError, connections
from rich.console import Console, RenderableType

from events.document import DocumentError
from events.management.database import explain_database_error, migration_problem
from events.management.files import FileRefused
from events.management.hints import command_line
from events.management.terminal import show_anywhere
from events.models import Event, StaleEvent
from events.wording import grouping_hint, whole_number_in

# Wide enough for every table: into a pipe no cell should be wrapped.
PIPE_WIDTH = 240


class Refused(CommandError):
    """The work failed or was refused."""

    def __init__(self, message: str, returncode: int = 1) -> None:
        super().__init__(message, returncode=returncode)


class WrongArgument(Refused):
    """An argument is wrong, or names something that does not exist."""

    def __init__(self, message: str, returncode: int = 2) -> None:
        super().__init__(message, returncode)


class Cancelled(Refused):
    """The user stopped the command."""

    def __init__(self, message: str = "Cancelled.", returncode: int = 130) -> None:
        super().__init__(message, returncode)


class ProjectCommand(BaseCommand):
    """A command that speaks to people or, with `--json`, to programs.

    Subclasses implement `handle`, and use `say`, `warn` and `answer` for output. Raise `Refused`,
    `WrongArgument` or `Cancelled` to end with a line on stderr and the exit code that belongs to it.
    """

    requires_system_checks = ()
    needs_database = True
    takes_json = True

    wants_json = False
    console: Console
    progress_console: Console

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        # argparse offers no other way to leave its usage block out of an error.
        parser.error = partial(_refuse_arguments, parser)  # type: ignore[method-assign]
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        if self.takes_json:
            parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def run_from_argv(self, argv: list[str]) -> None:
        self._called_from_command_line = True
        parsed = self.create_parser(argv[0], argv[1]).parse_args(argv[2:])
        handle_default_options(parsed)
        options = vars(parsed)
        arguments = options.pop("args", ())
        try:
            code = self._exit_code(*arguments, **options)
        finally:
            connections.close_all()
        if code:
            sys.exit(code)

    def execute(self, *args: Any, **options: Any) -> str | None:
        _open_consoles(self, options)
        with one_line_errors():
            if self.needs_database:
                self.require_database()
            return super().execute(*args, **options)

    def require_database(self) -> None:
        """Refuse to work on a database that is not of this version of the project."""
        if problem := migration_problem():
            raise Refused(problem)

    def say(self, *renderables: RenderableType) -> None:
        """Print for people; prints nothing with `--json`."""
        if not self.wants_json:
            for renderable in renderables:
                self.console.print(renderable, soft_wrap=isinstance(renderable, str))

    def warn(self, line: str) -> None:
        """Print one line to stderr."""
        self.stderr.write(line, style_func=self.style.WARNING)

    def answer(self, data: Mapping[str, Any]) -> None:
        """Print the one JSON object of the command; prints nothing without `--json`."""
        if self.wants_json:
            self.stdout.write(json.dumps(_plain(data), allow_nan=False))

    def _exit_code(self, *args: Any, **options: Any) -> int:
        """Run the command and return its exit code, with what went wrong on stderr in a line."""
        try:
            self.execute(*args, **options)
            sys.stdout.flush()
        except BrokenPipeError:
            _abandon_stdout()
            return 1
        except KeyboardInterrupt:
            return self._complain(Cancelled())
        except CommandError as error:
            if options["traceback"]:
                raise
            return self._complain(error)
        except Exception as error:
            if options["traceback"]:
                raise
            what = f"{type(error).__name__}: {error}".splitlines()[0]
            return self._complain(Refused(f"Unexpected error: {what} (--traceback shows more)"))
        return 0

    def _complain(self, error: CommandError) -> int:
        self.stderr.write(str(error))
        return error.returncode


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn the errors that users can meet into refusals that say what to do."""
    try:
        yield
    except DocumentError as error:
        raise Refused(document_errors(error)) from error
    except StaleEvent as error:
        raise Refused(str(error)) from error
    except FileRefused as error:
        raise WrongArgument(str(error)) from error
    except (DatabaseError, InterfaceError) as error:
        raise Refused(explain_database_error(error)) from error
    except BrokenPipeError:
        raise
    except OSError as error:
        raise Refused(f"{error.filename or 'output'}: {error.strerror or error}") from error


def document_errors(error: DocumentError, name: str = "") -> str:
    """Write the placed errors of a document, one a line, each with the name of its file in front."""
    prefix = f"{name}: " if name else ""
    return "\n".join(f"{prefix}{placed}" for placed in error.errors)


def find_event(slug: str) -> Event:
    """Return the event with this slug; `WrongArgument` where there is none."""
    # What can't be a slug stays away from the database, which would choke on some of it.
    event = Event.objects.filter(slug=slug).first() if slug.isascii() and slug.isprintable() else None
    if event is None:
        raise WrongArgument(f"There is no event {slug!r}: `{command_line('events')}` lists them.")
    return event


def whole_number(lowest: int, highest: int) -> Callable[[str], int]:
    """Return an argparse type for whole numbers in a range, which may be written 500_000 or 500,000."""

    def parse(text: str) -> int:
        number = whole_number_in(text)
        if number is not None and lowest <= number <= highest:
            return number
        hint = grouping_hint(text) if number is None else ""
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a whole number from {lowest:,} to {highest:,}{hint}"
        )

    return parse


def _refuse_arguments(parser: CommandParser, message: str) -> NoReturn:
    if parser.called_from_command_line:
        parser.exit(2, f"{parser.prog}: {message} (--help shows all arguments)\n")
    raise WrongArgument(message)


def _open_consoles(command: ProjectCommand, options: Mapping[str, Any]) -> None:
    """Give the command its consoles, on the streams that it was called with."""
    out, err = options.get("stdout") or sys.stdout, options.get("stderr") or sys.stderr
    for stream in (out, err):
        show_anywhere(stream)  # a narrow terminal encoding must not end a report
    command.console = _console(out, options, None if out.isatty() else PIPE_WIDTH)
    command.progress_console = _console(err, options, None)
    command.wants_json = bool(options.get("json"))


def _console(stream: IO[str], options: Mapping[str, Any], width: int | None) -> Console:
    # Markup and emoji codes stay off: names may hold [brackets] and :colons:.
    return Console(
        file=stream,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        no_color=options.get("no_color") or None,
        force_terminal=options.get("force_color") or None,
    )


def _abandon_stdout() -> None:
    # The reader has gone: the interpreter would flush again on exit, and complain.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: moments as ISO text, and what is not finite as null."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if hasattr(value, "tolist"):  # numpy's scalars and arrays
        return _plain(value.tolist())
    return value
