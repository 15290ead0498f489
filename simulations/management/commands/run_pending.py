"""`run_pending`: what the pages start in a process of its own."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import Cancelled, Refused
from simulations.management.computing import ComputingCommand
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.services import start_waiting


class Command(ComputingCommand):
    help = "Compute a pending simulation, without a report (the web application starts this)."
    takes_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)

    def handle(self, **options: Any) -> None:
        try:
            self.compute_here(find_simulation(options["id"]).pk)
        except Cancelled:
            # By a signal: this machine shuts down, and what waits starts when pages are shown again.
            raise
        except Refused:
            start_waiting()
            raise
        start_waiting()
