"""Watching a distributed simulation from the command line, until workers have completed it."""

import time
from collections.abc import Callable
from types import TracebackType

from django.db import connection

from events.management.hints import command_line
from simulations.localrun.signals import StopSignals
from simulations.management.progress import Watcher
from simulations.models import ACTIVE, Simulation, SimulationStatus, Worker
from simulations.services import SimulationProgress
from simulations.services.outages import is_outage, outage_text
from simulations.services.recording import leg_s, runs_done

SOON_S, LATER_S = 0.1, 1.0
# So long after the start it is said that no worker does anything.
PATIENCE_S = 3.0
# That the database is away is said at once, then so often, and ends the waiting after so long.
REMIND_S = 10.0
LONGEST_OUTAGE_S = 600.0


def wait_until_ended(
    simulation_id: str, watch: Watcher, warn: Callable[[str], None], signals: StopSignals
) -> None:
    """Return when a simulation is no longer active, or gone, or a signal came.

    A database that is away is waited for; after ten minutes its error is raised.
    """
    started, wait_s, warned = time.monotonic(), SOON_S, False
    before: int | None = None
    outages = OutagesWaitedFor(warn)
    while not signals.requested:
        with outages:
            if (simulation := _active(simulation_id)) is None:
                return
            done = runs_done(simulation_id)
            before = done if before is None else before
            watch(_progress(simulation, done, before))
            if not warned and time.monotonic() - started > PATIENCE_S and (reason := idle_reason(simulation)):
                warn(reason)
                warned = True
        signals.sleep(wait_s)
        wait_s = min(wait_s * 1.2, LATER_S)


class OutagesWaitedFor:
    """Around what asks the database again and again: it goes on after an outage, and says so now and then."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._since: float | None = None
        self._due = 0.0

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Exception) or not is_outage(error):
            self._since = None
            return False
        now = time.monotonic()
        if self._since is None:
            self._since = self._due = now
        if now - self._since > LONGEST_OUTAGE_S:
            return False
        connection.close()
        if now >= self._due:
            self._warn(f"Waiting, since {outage_text(error)}")
            self._due = now + REMIND_S
        return True


def idle_reason(simulation: Simulation) -> str:
    """Say why nothing happens to an active distributed simulation; nothing where workers can compute it."""
    versions = set(Worker.objects.live().values_list("engine_version", flat=True))
    if not versions:
        return no_worker("starts one, and the simulation goes on by itself")
    if simulation.engine_version not in versions:
        return (
            f"No running worker has engine version {simulation.engine_version}, which the simulation was "
            "asked for with: start one that has, or cancel it and simulate anew."
        )
    return ""


def no_worker(starts: str = "starts one") -> str:
    """Say that no worker is running, and what `worker` would do, or what keeps it from starting here."""
    from simulations.queues import broker_problem  # Celery takes a moment, which others need not wait for

    if connection.vendor != "postgresql":
        problem = "workers need PostgreSQL, which they share. Set DATABASE_URL to one."
        return f"No worker is running, and none can: {problem}"
    if problem := broker_problem() or "":
        return f"No worker is running, and none can: {problem}"
    return f"No worker is running: `{command_line('worker')}` {starts}."


def _active(simulation_id: str) -> Simulation | None:
    return Simulation.objects.listed().filter(pk=simulation_id, status__in=ACTIVE).first()


def _progress(simulation: Simulation, done: int, before: int) -> SimulationProgress:
    return SimulationProgress(
        simulation.n_runs,
        done,
        done_before=before,
        elapsed_s=leg_s(simulation.pk),
        computing=simulation.status == SimulationStatus.RUNNING,
    )
