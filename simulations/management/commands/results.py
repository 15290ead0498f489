"""`results`: what a simulation came to."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.reading import read_results
from simulations.management.waiting import idle_reason
from simulations.models import ACTIVE, Mode
from simulations.presentation import show_hours, show_results, show_rows, show_tiles
from simulations.results_json import results_json

# What can be shown beside the report, by its option.
DETAILS = {
    "tiles": (show_tiles, "Every tile too: how often and when each team finishes it."),
    "rows": (show_rows, "Every row too: how often and when each team opens it."),
    "hours": (show_hours, "Where the hours of players go too, by activity and by tile."),
}


class Command(ProjectCommand):
    help = "Show what a simulation came to, or has come to so far. With --json everything is there at once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)
        for option, (_, help_text) in DETAILS.items():
            parser.add_argument(f"--{option}", action="store_true", help=help_text)

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"], with_results=True)
        results = read_results(simulation)
        self.answer(results_json(results))
        self.say(*show_results(results))
        for option, (show, _) in DETAILS.items():
            if options[option]:
                self.say(*show(results))
        if simulation.mode == Mode.DISTRIBUTED and simulation.status in ACTIVE:
            self.say(idle_reason(simulation))
