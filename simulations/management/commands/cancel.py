"""`cancel`: stop a simulation."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand, Refused
from simulations.management.lookup import find_simulation
from simulations.services import SteeringRefused, cancel


class Command(ProjectCommand):
    help = "Stop a simulation; what it has finished is kept, and `resume` goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("id", metavar="ID", help="The beginning of an id, or `last`.")

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"])
        try:
            cancel(simulation.pk)
        except SteeringRefused as refused:
            raise Refused(str(refused)) from refused
        self.answer({"id": simulation.pk, "status": "cancelled"})
        self.say(f"Simulation {simulation.pk} is cancelled: `resume {simulation.pk}` goes on.")
