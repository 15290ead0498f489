"""`resume`: go on with a simulation that did not complete."""

import time
from typing import Any

from django.core.management.base import CommandParser

from events.management.base import Refused
from simulations.management.computing import ComputingCommand
from simulations.management.lookup import find_simulation
from simulations.models import Mode, Simulation, SimulationStatus
from simulations.services import SteeringRefused, mark_interrupted, resume

LOOK_EVERY_S = 0.25


class Command(ComputingCommand):
    help = "Go on with a cancelled, failed or interrupted simulation, and report it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("id", metavar="ID", help="The beginning of an id, or `last`.")

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"])
        if simulation.status == SimulationStatus.RUNNING and simulation.mode == Mode.LOCAL:
            self._wait_for_lease(simulation)
        try:
            resume(simulation.pk)
        except SteeringRefused as refused:
            raise Refused(str(refused)) from refused
        self.report(self.compute(simulation.pk))

    def _wait_for_lease(self, simulation: Simulation) -> None:
        """Wait until the lease of a process that may be gone has ended; a renewed one shows that it lives."""
        self.warn(f"The process that computes {simulation.pk} may still live: waiting until its lease ends.")
        lease = simulation.lease_expires_at
        while True:
            mark_interrupted()
            simulation.refresh_from_db(fields=("status", "lease_expires_at"))
            if simulation.status != SimulationStatus.RUNNING or simulation.lease_expires_at != lease:
                return
            time.sleep(LOOK_EVERY_S)
