"""How far a simulation is, as its page and its list show it."""

from typing import Any, NamedTuple

from django.db.models import Count, Q, Sum

from simulations.admin import places
from simulations.models import ACTIVE, Batch, BatchStatus, Mode, Simulation, SimulationStatus
from simulations.presentation.drawing import duration, speed
from simulations.services.progress import present_runs_per_s
from simulations.services.recording import distributed_elapsed_s, runs_done

# What unfold colours a label by.
STATUS_LABELS: dict[Any, str] = {
    "waiting": "info",
    SimulationStatus.PENDING: "info",
    SimulationStatus.RUNNING: "info",
    SimulationStatus.COMPLETED: "success",
    SimulationStatus.FAILED: "danger",
    SimulationStatus.CANCELLED: "warning",
    SimulationStatus.INTERRUPTED: "warning",
}
ENDED_WORDS = {
    SimulationStatus.CANCELLED: "It was cancelled. What was finished is kept, and resuming goes on "
    "from there.",
    SimulationStatus.INTERRUPTED: "The process that computed it is gone. What was finished is kept, and "
    "resuming goes on from there.",
    SimulationStatus.FAILED: "It failed. What was finished is kept, and resuming tries the rest again.",
}
MOST_WORKERS = 100


class Progress(NamedTuple):
    """How far a simulation is, in words."""

    active: bool
    status: str
    label: str
    done: int
    n_runs: int
    speed: str
    left: str
    note: str


class WorkersPart(NamedTuple):
    """What one worker has computed of a simulation."""

    worker: str
    runs: int
    batches: int
    runs_per_s: float | None
    busy: bool


def progress_of(simulation: Simulation) -> Progress:
    """Return how far a simulation is by now."""
    done = runs_done(simulation.pk)
    active = simulation.status in ACTIVE
    elapsed_s = _elapsed_s(simulation)
    # The first moments say more of the start than of the speed.
    mean = done / elapsed_s if elapsed_s >= 0.01 else 0.0
    runs_per_s = (present_runs_per_s(simulation.pk) if active else None) or mean
    left_s = (simulation.n_runs - done) / runs_per_s if active and runs_per_s else None
    return Progress(
        active=active,
        status=simulation.shown_status,
        label=STATUS_LABELS[simulation.shown_status],
        done=done,
        n_runs=simulation.n_runs,
        speed=speed(runs_per_s) if runs_per_s else "",
        left=f"{duration(left_s)} left" if left_s is not None and done < simulation.n_runs else "",
        note=_note(simulation, done),
    )


def workers_of(simulation: Simulation) -> list[WorkersPart]:
    """Return what each worker has computed of a distributed simulation; nothing for a local one."""
    if simulation.mode == Mode.LOCAL:
        return []
    done, busy = Q(status=BatchStatus.DONE), Q(status=BatchStatus.RUNNING)
    parts = (
        Batch.objects.filter(done | busy, simulation=simulation)
        .order_by("worker")
        .values("worker")
        .annotate(
            runs=Sum("n_runs", filter=done, default=0),
            batches=Count("pk", filter=done),
            seconds=Sum("simulate_s", filter=done, default=0.0),
            busy=Count("pk", filter=busy),
        )[:MOST_WORKERS]
    )
    return [
        WorkersPart(
            part["worker"],
            part["runs"],
            part["batches"],
            part["runs"] / part["seconds"] if part["seconds"] else None,
            bool(part["busy"]),
        )
        for part in parts
    ]


def _elapsed_s(simulation: Simulation) -> float:
    if simulation.mode == Mode.DISTRIBUTED and simulation.status in ACTIVE:
        return distributed_elapsed_s(simulation.pk)
    return simulation.elapsed_s


def _note(simulation: Simulation, done: int) -> str:
    """Say what its status means, where that is not plain."""
    if simulation.status not in ACTIVE:
        return ENDED_WORDS.get(SimulationStatus(simulation.status), "")
    if simulation.mode == Mode.DISTRIBUTED:
        return places.idle_reason(simulation) or ("" if done else "Waiting for the first batch.")
    if simulation.is_waiting:
        return places.waiting_words(simulation)
    if simulation.status == SimulationStatus.PENDING:
        return "Its process is starting, which takes a few seconds."
    if simulation.leg_started_at is None:
        return "Getting ready: the first simulation of a version takes up to a minute for that."
    return "" if done else "Computing the first batch."
