"""`results`: what a simulation came to."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.reading import read_results
from simulations.management.waiting import idle_reason
from simulations.models import ACTIVE, Mode
from simulations.presentation import show_results
from simulations.results import results_json


class Command(ProjectCommand):
    help = "Show what a simulation came to, or has come to so far."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"], with_results=True)
        results = read_results(simulation)
        self.answer(results_json(results))
        self.say(*show_results(results))
        if simulation.mode == Mode.DISTRIBUTED and simulation.status in ACTIVE:
            self.say(idle_reason(simulation))
