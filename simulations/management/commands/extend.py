"""`extend`: more runs for a simulation that exists."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import Refused, whole_number
from simulations.management.computing import ComputingCommand
from simulations.management.lookup import find_simulation
from simulations.models import MAX_RUNS
from simulations.services import SteeringRefused, extend


class Command(ComputingCommand):
    help = "Raise a simulation to N runs: it comes to what a fresh one of N runs would."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("id", metavar="ID", help="The beginning of an id, or `last`.")
        parser.add_argument("--runs", type=whole_number(1, MAX_RUNS), required=True, metavar="N")

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"])
        try:
            pending = extend(simulation.pk, n_runs=options["runs"])
        except SteeringRefused as refused:
            raise Refused(str(refused)) from refused
        if pending:
            self.report(self.compute(simulation.pk))
            return
        self.answer({"id": simulation.pk, "status": "running", "runs": options["runs"]})
        self.say(
            f"Simulation {simulation.pk} goes on to {options['runs']:,} runs where it is being computed."
        )
