"""`cancel`: stop a simulation."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.steering import steering
from simulations.presentation.results import how_to_go_on
from simulations.services import cancel


class Command(ProjectCommand):
    help = "Stop a simulation; what it has finished is kept, and `resume` goes on."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"])
        with steering():
            cancel(simulation.pk)
        self.answer({"id": simulation.pk, "status": "cancelled"})
        self.say(f"Simulation {simulation.pk} is cancelled: {how_to_go_on(simulation)}.")
