"""Steering a simulation that exists: cancel, resume, extend, delete."""

from django.db import transaction

from events.wording import counted
from simulations.compiled import engine_version
from simulations.models import (
    ACTIVE,
    EXTENDABLE,
    MAX_RUNS,
    RESUMABLE,
    Batch,
    BatchResult,
    BatchStatus,
    Mode,
    Simulation,
    SimulationStatus,
)
from simulations.services.ownership import mark_interrupted
from simulations.services.recording import distributed_elapsed_s
from simulations.services.space import free_deleted, stored_bytes


class SteeringRefused(ValueError):
    """The simulation is not in a state for this; the message says why and what helps."""


def cancel(simulation_id: str) -> None:
    """Stop a simulation and keep what it has; raise `SteeringRefused` where there is nothing to stop."""
    mark_interrupted()
    if not Simulation.objects.cancel(simulation_id, **_elapsed(simulation_id)):
        raise SteeringRefused(f"Simulation {simulation_id} is {_status(simulation_id)}: nothing to cancel.")


def resume(simulation_id: str, *, queued: bool = False) -> None:
    """Make a cancelled, failed or interrupted simulation pending again; raise `SteeringRefused`.

    A ``queued`` local one waits until `start_waiting` starts it.
    """
    mark_interrupted()
    _check_engine(simulation_id)
    with transaction.atomic():
        if not Simulation.objects.reopen(simulation_id, statuses=RESUMABLE, queued=queued):
            raise SteeringRefused(_not_resumable(simulation_id, _status(simulation_id)))
        _renew_failures(simulation_id)


def extend(simulation_id: str, *, n_runs: int, queued: bool = False) -> bool:
    """Raise a simulation to ``n_runs`` runs; raise `SteeringRefused`.

    Returns whether it is pending now; one that is running goes on to the new number by itself. A ``queued``
    local one that is pending waits until `start_waiting` starts it.
    """
    mark_interrupted()
    _check_engine(simulation_id)
    shorter = Simulation.objects.filter(n_runs__lt=n_runs)
    if n_runs <= MAX_RUNS:
        with transaction.atomic():
            if shorter.reopen(simulation_id, statuses=_ended_extendable(), queued=queued, n_runs=n_runs):
                return True
        if shorter.filter(pk=simulation_id, status__in=ACTIVE).update(n_runs=n_runs):
            return False
    raise SteeringRefused(_not_extendable(simulation_id, n_runs))


def delete(*simulation_ids: str) -> int:
    """Delete simulations with their results, all or none; raise `SteeringRefused` where one goes on.

    Returns by how many bytes the database is smaller: on PostgreSQL, which uses most of the space for later
    results, mostly less than what they took; 0 in a transaction of the caller's, after which it is freed.
    """
    mark_interrupted()
    before = stored_bytes()
    with transaction.atomic():
        wanted = Simulation.objects.select_for_update().filter(pk__in=simulation_ids).order_by("pk")
        statuses = dict(wanted.values_list("pk", "status"))
        kept = [pk for pk in simulation_ids if statuses.get(pk) in (None, *ACTIVE)]
        if kept:
            raise SteeringRefused("\n".join(_not_deletable(pk, statuses.get(pk)) for pk in kept))
        # From the leaves up: results go in one statement, without the cascade that would look at each.
        BatchResult.objects.filter(batch__simulation_id__in=simulation_ids).delete()
        Batch.objects.filter(simulation_id__in=simulation_ids).delete()
        Simulation.objects.filter(pk__in=simulation_ids).delete()
    transaction.on_commit(free_deleted)
    return max(0, before - stored_bytes())


def _check_engine(simulation_id: str) -> None:
    """Runs of two engine versions must not be mixed: they would not be one sample."""
    stored = Simulation.objects.values_list("engine_version", flat=True).filter(pk=simulation_id).first()
    if stored not in (None, engine_version()):
        raise SteeringRefused(
            f"Simulation {simulation_id} was made by engine version {stored}, this is {engine_version()}: "
            "simulate the event anew, with the same seed."
        )


def _renew_failures(simulation_id: str) -> None:
    """Let what failed be tried again: workers take a batch as it is, a local run fills the gap of one."""
    failed = Batch.objects.filter(simulation_id=simulation_id, status=BatchStatus.FAILED)
    failed.filter(simulation__mode=Mode.LOCAL).delete()
    fresh = {"attempts": 0, "lost_leases": 0, "error": "", "not_before": None, "hinted_at": None}
    failed.update(status=BatchStatus.PENDING, **fresh)


def _elapsed(simulation_id: str) -> dict[str, float]:
    """Return what a distributed simulation has run until now; a local one's owner counts for itself."""
    distributed = Simulation.objects.active_distributed().filter(pk=simulation_id)
    return {"elapsed_s": distributed_elapsed_s(simulation_id)} if distributed.exists() else {}


def _ended_extendable() -> list[SimulationStatus]:
    return [status for status in EXTENDABLE if status not in ACTIVE]


def _status(simulation_id: str) -> str:
    found = Simulation.objects.values_list("status", flat=True).filter(pk=simulation_id).first()
    return found or "no longer there"


def _not_deletable(simulation_id: str, status: str | None) -> str:
    if status is None:
        return f"Simulation {simulation_id} is no longer there."
    return f"Simulation {simulation_id} is {status}: cancel it first."


def _not_resumable(simulation_id: str, status: str) -> str:
    remedy = {
        SimulationStatus.COMPLETED: "is completed: `extend` adds runs",
        SimulationStatus.PENDING: "is pending already, and starts by itself",
        SimulationStatus.RUNNING: "is being computed already",
    }
    return f"Simulation {simulation_id} {remedy.get(SimulationStatus(status), f'is {status}')}."


def _not_extendable(simulation_id: str, n_runs: int) -> str:
    if n_runs > MAX_RUNS:
        return f"A simulation has at most {MAX_RUNS:,} runs."
    if (status := _status(simulation_id)) == SimulationStatus.FAILED:
        return f"Simulation {simulation_id} failed: `resume` it first."
    current = Simulation.objects.values_list("n_runs", flat=True).filter(pk=simulation_id).first()
    if current is not None and current >= n_runs:
        return f"Simulation {simulation_id} has {counted(current, 'run')} already: give a larger number."
    return f"Simulation {simulation_id} is {status}: try again."
