"""`run_pending`: what the pages start in a process of its own."""

from typing import Any

from django.core.management.base import CommandParser

from simulations.management.computing import ComputingCommand
from simulations.management.lookup import add_id_argument, find_simulation


class Command(ComputingCommand):
    help = "Compute a pending simulation, without a report (the web application starts this)."
    takes_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)

    def handle(self, **options: Any) -> None:
        self.compute_here(find_simulation(options["id"]).pk)
