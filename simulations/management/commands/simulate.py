"""`simulate`: run an event many times and report."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import connection

from events.document import DocumentError, EventDocument
from events.management.base import Refused, WrongArgument, find_event, whole_number
from events.models import Event
from events.transfer import document_of
from simulations.management.computing import ComputingCommand, add_detach_argument
from simulations.models import MAX_BATCH_SIZE, MAX_RUNS, Mode
from simulations.overrides import OverrideError, apply_overrides
from simulations.services import NothingToSimulate, RequestRefused, create_simulation


class Command(ComputingCommand):
    help = "Simulate an event and report; Ctrl-C cancels and keeps what is finished."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug", metavar="SLUG", help="The event; `events` lists them.")
        parser.add_argument("--runs", type=whole_number(1, MAX_RUNS), required=True, metavar="N")
        parser.add_argument("--seed", metavar="S", help="1 to 64 characters; a random one if not given.")
        parser.add_argument(
            "--distributed", action="store_true", help="Have it computed by workers instead of this machine."
        )
        add_detach_argument(parser)
        parser.add_argument(
            "--batch-size",
            type=whole_number(1, MAX_BATCH_SIZE),
            metavar="B",
            help="Runs of a batch; about a second's work if not given.",
        )
        parser.add_argument("--name", default="", metavar="T", help="What to call the simulation.")
        parser.add_argument("--notes", default="", metavar="T", help="Anything worth remembering about it.")
        parser.add_argument(
            "--set",
            action="append",
            default=[],
            dest="overrides",
            metavar="PATH=VALUE",
            help="Change the frozen event only, like 'teams.Team Alpha.strategy=greedy' or "
            "'players.Alice.capabilities+=quest.sote'; may be given several times. A key in quotation "
            "marks is meant as it stands: 'players.\"A=B\".skill=0.9'.",
        )

    def surely_computes_here(self, options: dict[str, Any]) -> bool:
        return not options["distributed"]

    def handle(self, **options: Any) -> None:
        event = find_event(options["slug"])
        document = changed_document(event, options["overrides"])
        mode = self._mode(options)
        self.heed_ctrl_c(mode, detach=options["detach"])
        try:
            simulation = create_simulation(
                event=event,
                document=document,
                n_runs=options["runs"],
                mode=mode,
                **{name: options[name] for name in ("seed", "batch_size", "name", "notes", "overrides")},
            )
        except NothingToSimulate as refused:
            raise Refused(str(refused)) from refused
        except RequestRefused as refused:
            raise WrongArgument(str(refused)) from refused
        self.compute(simulation, detach=options["detach"])

    def _mode(self, options: dict[str, Any]) -> Mode:
        """Return where it is computed; raise `WrongArgument` before anything is stored."""
        if not options["distributed"]:
            if options["detach"]:
                raise WrongArgument("--detach goes with --distributed: without it this process computes.")
            return Mode.LOCAL
        if options["processes"]:
            raise WrongArgument(
                "--processes is for local simulations: as many workers compute as are running."
            )
        if connection.vendor != "postgresql":
            raise Refused("--distributed needs PostgreSQL, which workers share: set DATABASE_URL to one.")
        return Mode.DISTRIBUTED


def changed_document(event: Event, overrides: list[str]) -> EventDocument:
    """Return the event's document with the overrides; raise `WrongArgument`."""
    document = document_of(event)
    if not overrides:
        return document
    try:
        return apply_overrides(document, overrides)
    except (OverrideError, DocumentError) as error:
        raise WrongArgument("\n".join(f"--set {placed}" for placed in error.errors)) from error
