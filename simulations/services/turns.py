"""Local simulations that pages ask for: they wait for their turn, since each takes all cores and its memory.

A few are computed at once (``LOCAL_SIMULATIONS``), each by a process of its own, which starts the next one
when it ends. Whatever shows simulations calls `start_waiting` too, so that a queue goes on whose process was
killed. What commands compute takes no turn: its processes belong to whoever typed the command.
"""

import logging
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.db import transaction

from simulations.models import Simulation
from simulations.services.ownership import mark_interrupted
from simulations.services.requests import create_simulation

logger = logging.getLogger(__name__)


def queue_local(**request: Any) -> Simulation:
    """Create a local simulation that is computed when its turn comes, and return it."""
    simulation = create_simulation(queued=True, **request)
    start_waiting()
    return simulation


def start_waiting() -> None:
    """Start a process for each waiting simulation whose turn it is."""
    mark_interrupted()
    # Looked at first: what shows a simulation asks every two seconds, and need not write each time.
    if _next(_turns(Simulation.objects.in_turn())):
        for simulation_id in _take_turns():
            _start_process(simulation_id)


def before_in_turn(simulation: Simulation) -> int:
    """Return how many simulations go on or wait that were put into the queue before this one."""
    earlier = Simulation.objects.in_turn().filter(queued_at__lt=simulation.queued_at)
    return earlier.exclude(pk=simulation.pk).count()


def _take_turns() -> list[str]:
    """Let as many of the waiting ones start as may; return them."""
    with transaction.atomic():
        # Locked in one order: of two that take at the same time, the second sees what the first took.
        taken = _next(_turns(Simulation.objects.in_turn().select_for_update()))
        Simulation.objects.start_turns(taken)
    return taken


def _turns(simulations: Any) -> list[tuple[str, bool]]:
    """Return each simulation in turn, and whether it waits."""
    return [(pk, lease is None) for pk, lease in simulations.values_list("pk", "lease_expires_at")]


def _next(turns: list[tuple[str, bool]]) -> list[str]:
    """Return the waiting ones whose turn it is."""
    going_on = sum(not is_waiting for _, is_waiting in turns)
    waiting = [pk for pk, is_waiting in turns if is_waiting]
    return waiting[: max(0, settings.LOCAL_SIMULATIONS - going_on)]


def _start_process(simulation_id: str) -> None:
    """Start a process of its own that computes the simulation; leave it waiting where that is impossible."""
    try:
        subprocess.Popen(
            [sys.executable, str(settings.BASE_DIR / "manage.py"), "run_pending", simulation_id],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=settings.BASE_DIR,
            start_new_session=True,
        )
    except OSError:
        Simulation.objects.end_turn(simulation_id)
        logger.exception("no process could be started for simulation %s: it waits", simulation_id)
