"""`extend`: more runs for a simulation that exists."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import whole_number
from events.wording import counted
from simulations.management.computing import ComputingCommand, add_detach_argument
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.steering import steering
from simulations.models import MAX_RUNS, Mode
from simulations.services import extend


class Command(ComputingCommand):
    help = "Raise a simulation to N runs: it comes to what a fresh one of N runs would."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)
        add_detach_argument(parser)
        parser.add_argument("--runs", type=whole_number(1, MAX_RUNS), required=True, metavar="N")

    def surely_computes_here(self, options: dict[str, Any]) -> bool:
        return False

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"])
        self.check_mode(simulation, detach=options["detach"])
        self.heed_ctrl_c(simulation.mode, detach=options["detach"])
        with steering():
            pending = extend(simulation.pk, n_runs=options["runs"])
        if pending:
            self.compute(simulation, detach=options["detach"])
            return
        if simulation.mode == Mode.DISTRIBUTED:
            self.hand_to_workers()
        self.answer({"id": simulation.pk, "status": "running", "runs": options["runs"]})
        runs = counted(options["runs"], "run")
        self.say(f"Simulation {simulation.pk} goes on to {runs} where it is being computed.")
