"""What `simulate`, `resume`, `extend` and `demo` share: computing on this machine, then the report."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import Cancelled, ProjectCommand, Refused, whole_number
from events.management.hints import command_line
from simulations.localrun.pool import Pool
from simulations.management.progress import watcher
from simulations.management.reading import read_results
from simulations.models import Simulation, SimulationStatus
from simulations.presentation import show_results
from simulations.results import results_json
from simulations.services import LocalProgress, NotClaimed, default_processes, run_local
from simulations.services.local import MAX_PROCESSES
from simulations.services.recording import runs_done


class ComputingCommand(ProjectCommand):
    """A command that computes a pending simulation and reports it."""

    pool: Pool

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--processes",
            type=whole_number(1, MAX_PROCESSES),
            metavar="K",
            help="Computing processes; all cores if not given.",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        # First of all, so that the processes load their kernels while this one asks the database.
        with Pool(options["processes"] or default_processes()) as self.pool:
            return super().execute(*args, **options)

    def compute(self, simulation_id: str) -> Simulation:
        """Compute what is missing; raise `Cancelled` or `Refused` where that did not complete it."""
        try:
            with watcher(self.progress_console) as watch:
                progress = run_local(simulation_id, pool=self.pool, watch=watch)
        except NotClaimed:
            raise Refused(_not_claimed(simulation_id)) from None
        simulation = Simulation.objects.filter(pk=simulation_id).first()
        if simulation is None:
            raise Refused(f"Simulation {simulation_id} was deleted meanwhile.")
        if simulation.status != SimulationStatus.COMPLETED:
            raise _ended(simulation, progress)
        return simulation

    def report(self, simulation: Simulation) -> None:
        results = read_results(simulation)
        self.answer(results_json(results))
        self.say(*show_results(results))


def _not_claimed(simulation_id: str) -> str:
    """Say what became of a simulation that was no longer pending when it should be computed."""
    status = Simulation.objects.values_list("status", flat=True).filter(pk=simulation_id).first()
    if status is None:
        return f"Simulation {simulation_id} was deleted meanwhile."
    if status == SimulationStatus.RUNNING:
        return f"Another process computes simulation {simulation_id} already."
    return f"Simulation {simulation_id} is {status}: there is nothing to compute."


def _ended(simulation: Simulation, progress: LocalProgress) -> Refused:
    """Say how a simulation ended that is not completed."""
    kept = f"{runs_done(simulation.pk):,} of {progress.n_runs:,} runs are kept"
    resume = f"`{command_line(f'resume {simulation.pk}')}` goes on"
    if progress.stopped:
        return Cancelled(f"Cancelled: {kept}, {resume}.")
    if simulation.status == SimulationStatus.FAILED:
        reason: Any = (simulation.error.strip().splitlines() or ["no reason is known"])[-1]
        return Refused(f"Simulation {simulation.pk} failed: {reason} ({kept}, {resume})")
    return Refused(
        f"Simulation {simulation.pk} was taken from this process and is {simulation.status}: {kept}."
    )
