"""`resume`: go on with a simulation that did not complete."""

import time
from typing import Any

from django.core.management.base import CommandParser

from simulations.localrun.whereabouts import is_alive
from simulations.management.computing import ComputingCommand, add_detach_argument
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.steering import steering
from simulations.models import Mode, Simulation, SimulationStatus
from simulations.services import mark_interrupted, resume

LOOK_EVERY_S = 0.25


class Command(ComputingCommand):
    help = "Go on with a cancelled, failed or interrupted simulation, and report it."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)
        add_detach_argument(parser)

    def surely_computes_here(self, options: dict[str, Any]) -> bool:
        return False

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"])
        self.check_mode(simulation, detach=options["detach"])
        is_local = simulation.status == SimulationStatus.RUNNING and simulation.mode == Mode.LOCAL
        if is_local and not is_alive(simulation.owner):
            self._wait_for_lease(simulation)
        self.heed_ctrl_c(simulation.mode, detach=options["detach"])
        with steering():
            resume(simulation.pk)
        self.compute(simulation, detach=options["detach"])

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
