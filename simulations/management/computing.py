"""What `simulate`, `resume`, `extend` and `demo` share: having a simulation computed, then the report."""

import signal
from contextlib import ExitStack, suppress
from typing import Any

from django.core.management.base import CommandParser

from events.management.base import Cancelled, ProjectCommand, Refused, WrongArgument, whole_number
from events.management.hints import command_line
from events.wording import counted
from simulations.localrun.pool import Pool
from simulations.localrun.signals import StopSignals
from simulations.management.progress import watcher
from simulations.management.reading import read_results
from simulations.management.waiting import OutagesWaitedFor, idle_reason, wait_until_ended
from simulations.models import Mode, Simulation, SimulationStatus
from simulations.presentation import show_results
from simulations.results_json import results_json
from simulations.services import (
    NotClaimed,
    SteeringRefused,
    cancel,
    default_processes,
    run_local,
)
from simulations.services.local import MAX_PROCESSES
from simulations.services.recording import runs_done


class ComputingCommand(ProjectCommand):
    """A command that has a pending simulation computed, here or by workers, and reports it."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--processes",
            type=whole_number(1, MAX_PROCESSES),
            metavar="K",
            help="Computing processes of this machine; all cores if not given.",
        )

    def execute(self, *args: Any, **options: Any) -> str | None:
        self._processes = options["processes"]
        with ExitStack() as self._ends:
            self._pool: Pool | None = None
            self._signals: StopSignals | None = None
            if self.surely_computes_here(options):
                # First of all, so that the processes load their kernels while this one asks the database.
                self._open_pool()
            return super().execute(*args, **options)

    def surely_computes_here(self, options: dict[str, Any]) -> bool:
        return True

    def check_mode(self, simulation: Simulation, *, detach: bool) -> None:
        """Raise `WrongArgument` for options that don't go with where a simulation is computed."""
        if simulation.mode == Mode.LOCAL and detach:
            raise WrongArgument("--detach is for distributed simulations: this process computes this one.")
        if simulation.mode == Mode.DISTRIBUTED and self._processes:
            raise WrongArgument("--processes is for local simulations: workers compute this one.")

    def heed_ctrl_c(self, mode: str, *, detach: bool) -> None:
        """Have Ctrl-C cancel from now on what workers compute, instead of ending this process alone.

        To be called before workers can learn of the simulation.
        """
        if mode == Mode.DISTRIBUTED and not detach:
            # Not SIGTERM: whoever asked may go away, and the simulation goes on.
            self._signals = self._ends.enter_context(StopSignals([signal.SIGINT]))

    def compute(self, simulation: Simulation, *, detach: bool) -> None:
        """Have computed what is missing of a pending simulation, then report it; `heed_ctrl_c` comes before.

        ``detach`` leaves it to the workers and reports at once. Raises `Cancelled` or `Refused` where the
        simulation was not completed.
        """
        if simulation.mode == Mode.LOCAL:
            self.report(self.compute_here(simulation.pk))
            return
        if detach:
            self.hand_to_workers()
            self.report_start(simulation)
        else:
            self.report(self._have_workers_compute(simulation.pk))

    def compute_here(self, simulation_id: str) -> Simulation:
        """Compute what is missing in processes of this machine; raise `Cancelled` or `Refused`."""
        try:
            with watcher(self.progress_console) as watch:
                stopped = run_local(simulation_id, pool=self._open_pool(), watch=watch).stopped
        except NotClaimed:
            raise Refused(_not_claimed(simulation_id)) from None
        return _completed(simulation_id, stopped=stopped)

    def hand_to_workers(self) -> None:
        """Tell the idle workers; whatever comes of it, their reconcilers do so within two seconds."""
        from simulations import dispatch  # Celery takes a moment, which only distributed simulations need

        dispatch.hand_to_idle()

    def report(self, simulation: Simulation) -> None:
        results = read_results(simulation)
        self.answer(results_json(results))
        self.say(*show_results(results))

    def report_start(self, simulation: Simulation) -> None:
        """Say that a distributed simulation is on its way."""
        simulation.refresh_from_db(fields=("status", "n_runs"))
        if reason := idle_reason(simulation):
            self.warn(reason)
        self.answer(
            {
                "id": simulation.pk,
                "name": simulation.name,
                "event": simulation.event_slug,
                "overrides": simulation.overrides,
                "seed": simulation.seed,
                "runs": simulation.n_runs,
                "status": simulation.status,
            }
        )
        self.say(
            f"Simulation {simulation.pk} is {simulation.status}: "
            f"`{command_line(f'results {simulation.pk}')}` shows how far it is."
        )

    def _open_pool(self) -> Pool:
        if self._pool is None:
            self._pool = self._ends.enter_context(Pool(self._processes or default_processes()))
        return self._pool

    def _have_workers_compute(self, simulation_id: str) -> Simulation:
        signals = self._signals
        assert signals is not None
        # Said first: whatever becomes of this process, the simulation can be found again.
        results = command_line(f"results {simulation_id}")
        self.progress_console.print(
            f"Workers compute simulation {simulation_id}: `{results}` shows how far it is.", soft_wrap=True
        )
        with OutagesWaitedFor(self.warn):
            self.hand_to_workers()
        with watcher(self.progress_console) as watch:
            wait_until_ended(simulation_id, watch, self.warn, signals)
        if signals.requested:
            with suppress(SteeringRefused):  # it has ended at this very moment
                cancel(simulation_id)
        return _completed(simulation_id, stopped=signals.requested)


def add_detach_argument(parser: CommandParser) -> None:
    parser.add_argument(
        "--detach", action="store_true", help="Don't wait for the workers that compute it: return at once."
    )


def _not_claimed(simulation_id: str) -> str:
    """Say what became of a simulation that was no longer pending when it should be computed."""
    status = Simulation.objects.values_list("status", flat=True).filter(pk=simulation_id).first()
    if status is None:
        return f"Simulation {simulation_id} was deleted meanwhile."
    if status == SimulationStatus.RUNNING:
        return f"Another process computes simulation {simulation_id} already."
    return f"Simulation {simulation_id} is {status}: there is nothing to compute."


def _completed(simulation_id: str, *, stopped: bool) -> Simulation:
    """Return a completed simulation; raise `Cancelled` or `Refused` for another, saying what it is."""
    simulation = Simulation.objects.filter(pk=simulation_id).first()
    if simulation is None:
        raise Refused(f"Simulation {simulation_id} was deleted meanwhile.")
    if simulation.status != SimulationStatus.COMPLETED:
        raise _ended(simulation, stopped=stopped)
    return simulation


def _ended(simulation: Simulation, *, stopped: bool) -> Refused:
    """Say how a simulation ended that is not completed."""
    done = runs_done(simulation.pk)
    kept = f"{done:,} of {counted(simulation.n_runs, 'run')} {'is' if done == 1 else 'are'} kept"
    resume = f"`{command_line(f'resume {simulation.pk}')}` goes on"
    if stopped:
        return Cancelled(f"Cancelled: {kept}, {resume}.")
    if simulation.status == SimulationStatus.FAILED:
        reason: Any = (simulation.error.strip().splitlines() or ["no reason is known"])[-1]
        return Refused(f"Simulation {simulation.pk} failed: {reason} ({kept}, {resume})")
    return Refused(f"Simulation {simulation.pk} was {simulation.status} from elsewhere: {kept}, {resume}.")
