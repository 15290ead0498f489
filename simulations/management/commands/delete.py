"""`delete`: delete simulations with their results."""

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.db import connection

from events.management.base import Cancelled, ProjectCommand, WrongArgument
from events.management.hints import command_line
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.steering import steering
from simulations.models import Simulation
from simulations.services import delete
from simulations.services.space import space_of

MEGABYTE = 1_000_000


class Command(ProjectCommand):
    help = "Delete simulations with all their results, for good."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser, several=True)
        parser.add_argument("--yes", action="store_true", help="Do not ask.")

    def handle(self, **options: Any) -> None:
        found = {simulation.pk: simulation for simulation in map(find_simulation, options["ids"])}
        if not options["yes"]:
            self._ask(list(found.values()))
        taken = space_of(*found).n_bytes
        with steering():
            freed = delete(*found)
        reusable = max(0, taken - freed) if connection.vendor == "postgresql" else 0
        self.answer({"deleted": list(found), "freed_bytes": freed, "reusable_bytes": reusable})
        self.say(f"Deleted {', '.join(found)}, {freed / MEGABYTE:,.1f} MB are free again.")
        if reusable:
            self.say(
                f"{reusable / MEGABYTE:,.1f} MB more are kept for later results: "
                f"`{command_line('compact')}` gives them back to the disk."
            )

    def _ask(self, simulations: Sequence[Simulation]) -> None:
        """Have the user confirm; raise `WrongArgument` where nobody can, `Cancelled` for a no."""
        if not sys.stdin.isatty():
            raise WrongArgument("--yes is needed where nobody can be asked")
        for simulation in simulations:
            self.stderr.write(str(simulation))
        self.stderr.write("Delete for good? [y/N] ", ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise Cancelled("Nothing was deleted.")
