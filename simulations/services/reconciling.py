"""What keeps a fleet going though messages, workers and brokers get lost: done every two seconds by one."""

import logging

from django.db import connection, transaction
from django.db.models import Count, Exists, F, OuterRef

from simulations.models import Batch, BatchResult, Mode, Simulation, SimulationQuerySet, SimulationStatus
from simulations.services import recording
from simulations.services.batches import take_back_expired
from simulations.services.handover import Handover, hand_over_to_idle
from simulations.services.ownership import OwnershipLost

# The lock of whoever reconciles, among the database's advisory locks.
LOCK_KEY = 0x62696E67_6F000001

logger = logging.getLogger(__name__)


def reconcile(*, take_back: bool = True) -> list[Handover]:
    """Mend what is broken, and return the batches that idle workers are to be told of.

    Where another process does so just now, nothing is done. Without ``take_back`` expired leases are spared.
    """
    with transaction.atomic():
        if not _lock():
            return []
        for batch in take_back_expired() if take_back else ():
            logger.warning(
                "%s fell silent computing %s, which is taken from it",
                batch.worker,
                batch,
                extra={"simulation": batch.simulation_id, "batch": batch.pk},
            )
        for simulation in _with_many_summaries():
            recording.fold_summaries(simulation)
        for pk in finished_simulations():
            complete(pk)
    # Each in a transaction of its own: two locked workers' rows, and a simulation's, are a deadlock.
    return hand_over_to_idle()


def finished_simulations() -> list[str]:
    """Return the active ones of which every batch is cut and done."""
    return list(_finished().order_by().values_list("pk", flat=True))


def complete_if_finished(simulation_id: str) -> bool:
    """Complete a simulation whose last batch was recorded; whoever sees no open batch does so."""
    return _finished().filter(pk=simulation_id).exists() and complete(simulation_id)


def complete(simulation_id: str) -> bool:
    """Active → completed; False where somebody else did so or changed it meanwhile."""
    # One that was cancelled right at its end and resumed has nothing left to be handed out.
    Simulation.objects.start_leg(simulation_id)
    simulation = Simulation.objects.filter(pk=simulation_id).first()
    if simulation is None:
        return False
    try:
        return recording.complete(
            simulation, "", elapsed_s=lambda: recording.distributed_elapsed_s(simulation_id)
        )
    except OwnershipLost:
        return False


def _finished() -> SimulationQuerySet:
    open_batches = Batch.objects.open().filter(simulation=OuterRef("pk")).order_by()
    return Simulation.objects.active_distributed().filter(~Exists(open_batches), cursor=F("n_runs"))


def _with_many_summaries() -> list[Simulation]:
    unfolded = BatchResult.objects.unfolded().filter(
        batch__simulation__mode=Mode.DISTRIBUTED, batch__simulation__status=SimulationStatus.RUNNING
    )
    counts = unfolded.order_by().values("batch__simulation").annotate(n=Count("pk"))
    many = counts.filter(n__gte=recording.FOLD_AT).values("batch__simulation")
    return list(Simulation.objects.filter(pk__in=many))


def _lock() -> bool:
    """Try to be the one who reconciles until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])
