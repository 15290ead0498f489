"""Handing work to workers: a batch that waits, else one cut from a simulation to the worker's measure."""

from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Now

from simulations.models import MAX_BATCH_SIZE, Batch, Simulation, SimulationStatus, Worker
from simulations.sizing import AIM_S, FIRST_AIM_S, batch_runs
from simulations.spans import Span

# Claiming and recording take some ten milliseconds where workers, database and broker share few cores.
LEAST_S = 0.3
# A speed that differs by less from the one that is noted is none.
NEWS = 0.1


class Handover(NamedTuple):
    """A batch that a worker is to be told of, once the transaction that made it is committed."""

    worker_index: int
    simulation_id: str
    batch_id: int
    span: Span


class Speed(NamedTuple):
    """How fast a worker computed its last batch: its next one of the same document is sized by that."""

    document_digest: str
    runs_per_s: float


@transaction.atomic
def hand_over(worker_index: int, speed: Speed | None = None) -> Handover | None:
    """Choose the next batch of a worker; None where there is nothing for it, or it has one already.

    ``speed`` is kept for those who hand it work later.
    """
    # Locked, so that of two who hand work to one worker the second sees that it has some.
    worker = Worker.objects.select_for_update(no_key=True).filter(pk=worker_index, ready=True).first()
    if worker is None:
        return None
    if speed is not None:
        _keep(speed, worker)
    if Batch.objects.hinted(worker.name).exists():
        return None
    batch = _waiting_batch(worker) or _cut(worker)
    if batch is None:
        return None
    span = Span(batch.first_run, batch.n_runs)
    return Handover(worker.index, batch.simulation_id, batch.pk, span)


def _keep(speed: Speed, worker: Worker) -> None:
    """Note a worker's speed, unless it is about what is known: every statement makes a worker wait."""
    before, now = worker.runs_per_s, speed.runs_per_s
    is_news = worker.document_digest != speed.document_digest or abs(now - before) > NEWS * before
    worker.document_digest, worker.runs_per_s = speed
    if is_news:
        Worker.objects.filter(pk=worker.pk).update(**speed._asdict())


def hand_over_to_idle() -> list[Handover]:
    """Choose a batch for each live worker that has none."""
    if not Simulation.objects.active_distributed().exists():
        return []
    indexes = Worker.objects.idle().values_list("index", flat=True)
    return [handover for index in list(indexes) if (handover := hand_over(index)) is not None]


def _waiting_batch(worker: Worker) -> Batch | None:
    """Take a batch that was given back, lost or put off, or whose message was lost."""
    waiting = Batch.objects.claimable().unhinted().filter(simulation__engine_version=worker.engine_version)
    # Another one's that is being handed over just now is skipped.
    batch = waiting.select_for_update(of=("self",), skip_locked=True).order_by("pk").first()
    if batch is not None:
        Batch.objects.filter(pk=batch.pk).update(hinted_at=Now(), worker=worker.name)
        Simulation.objects.start_leg(batch.simulation_id)
    return batch


def _cut(worker: Worker) -> Batch | None:
    """Cut a batch from the simulation that has the fewest in work, so that several get on side by side."""
    has_rest = Q(cursor__lt=F("n_runs"), engine_version=worker.engine_version)
    open_batches = Batch.objects.open().filter(simulation=OuterRef("pk")).order_by().values("simulation")
    in_work = Coalesce(Subquery(open_batches.annotate(n=Count("pk")).values("n")), 0)
    candidates = Simulation.objects.active_distributed().filter(has_rest).listed()
    live = Worker.objects.live().order_by().values("ready").annotate(n=Count("pk")).values("n")
    # Counted along with it, since every query makes a worker wait.
    ordered = candidates.annotate(in_work=in_work, n_live=Coalesce(Subquery(live), 1))
    # The lock lets others record meanwhile. Where another cut the last runs while this one waited for it,
    # PostgreSQL leaves the simulation out, and the next one is to be asked for.
    locked = ordered.order_by("in_work", "created_at", "pk").select_for_update(of=("self",), no_key=True)
    while (simulation := locked.first()) is None:
        if not candidates.exists():
            return None
    return _cut_from(simulation, worker, n_live=getattr(simulation, "n_live", 1))


def _cut_from(simulation: Simulation, worker: Worker, *, n_live: int) -> Batch:
    remaining = simulation.n_runs - simulation.cursor
    knows = worker.document_digest == simulation.document_digest
    n_runs = batch_runs(
        remaining,
        runs_per_s=worker.runs_per_s if knows else None,
        n_processes=n_live,
        fixed=simulation.batch_size,
        most=MAX_BATCH_SIZE,
        aim_s=AIM_S if simulation.cursor else FIRST_AIM_S,
        least_s=LEAST_S if simulation.cursor else FIRST_AIM_S,
    )
    n_runs = min(n_runs, remaining)
    batch = Batch.objects.create(
        simulation_id=simulation.pk,
        first_run=simulation.cursor,
        n_runs=n_runs,
        worker=worker.name,
        hinted_at=Now(),
    )
    Simulation.objects.filter(pk=simulation.pk).update(cursor=F("cursor") + n_runs)
    if simulation.status == SimulationStatus.PENDING:
        Simulation.objects.start_leg(simulation.pk)
    return batch
