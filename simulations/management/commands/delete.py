"""`delete`: delete simulations with their results."""

import sys
from collections.abc import Sequence
from typing import Any

from django.core.management.base import CommandParser

from events.management.base import Cancelled, ProjectCommand, WrongArgument
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.steering import steering
from simulations.models import Simulation
from simulations.services import delete

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
        with steering():
            freed = delete(*found)
        self.answer({"deleted": list(found), "freed_bytes": freed})
        space = "" if freed is None else f", {freed / MEGABYTE:,.1f} MB are free again"
        self.say(f"Deleted {', '.join(found)}{space}.")

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
