"""Storing what was computed: once, whole, and only by who owns it; then folding and completing."""

import time
from collections.abc import Callable, Sequence
from itertools import chain

from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.db.models.functions import Now

from simulations.compiled import merge_summaries
from simulations.models import Batch, BatchResult, BatchStatus, Simulation
from simulations.services.ownership import OwnershipLost
from simulations.spans import Span, missing_spans
from simulations.storage import Computed, signed_digest, total_digest
from simulations.upgrading import recover_board_times

# So many batches may keep a summary of their own; more are folded into one.
FOLD_AT = 64


def record_computed(
    simulation_id: str, token: str, computed: Sequence[Computed], *, worker: str = ""
) -> None:
    """Store finished spans of a local simulation as batches, all in one transaction.

    Raises `OwnershipLost` where the token is no longer the simulation's.
    """
    started = time.monotonic()
    try:
        with transaction.atomic():
            _hold(simulation_id, token)
            batches = Batch.objects.bulk_create(
                Batch(
                    simulation_id=simulation_id,
                    first_run=one.span.first_run,
                    n_runs=one.span.n_runs,
                    status=BatchStatus.DONE,
                    worker=worker,
                    attempts=1,
                    simulate_s=one.simulate_s,
                    finished_at=Now(),
                )
                for one in computed
            )
            BatchResult.objects.bulk_create(
                _result(batch.pk, one) for batch, one in zip(batches, computed, strict=True)
            )
            # Each batch's share of all but the commit, which can't be measured from within.
            persist_s = (time.monotonic() - started) / max(1, len(batches))
            Batch.objects.filter(pk__in=[batch.pk for batch in batches]).update(persist_s=persist_s)
    except IntegrityError as error:
        # On PostgreSQL a range that another owner has stored, or a simulation that was deleted meanwhile.
        raise OwnershipLost(simulation_id) from error


def create_result(batch_id: int, computed: Computed) -> None:
    """Store what a batch came to; call it in the transaction that finishes the batch."""
    _result(batch_id, computed).save(force_insert=True)


def record_failure(
    simulation_id: str, token: str, *, span: Span | None, attempts: int, error: str, elapsed_s: float
) -> bool:
    """Fail the simulation, and keep the batch that it failed at; False where the owner lost it."""
    with transaction.atomic():
        if not Simulation.objects.fail(simulation_id, token, error=error, elapsed_s=elapsed_s):
            return False
        if span is not None:
            Batch.objects.create(
                simulation_id=simulation_id,
                first_run=span.first_run,
                n_runs=span.n_runs,
                status=BatchStatus.FAILED,
                attempts=attempts,
                error=error,
            )
    return True


def done_spans(simulation_id: str) -> list[Span]:
    done = Batch.objects.done().filter(simulation_id=simulation_id)
    return [Span(*row) for row in done.values_list("first_run", "n_runs").order_by("first_run")]


def fold_summaries(simulation: Simulation, *, at_least: int = FOLD_AT) -> bool:
    """Merge the batches' summaries into one of them, once there are ``at_least`` so many."""
    unfolded = BatchResult.objects.unfolded().filter(batch__simulation_id=simulation.pk)
    with transaction.atomic():
        rows = list(unfolded.select_for_update(of=("self",)).order_by("pk").values_list("pk", "summary"))
        if len(rows) < at_least:
            return False
        merged = merge_summaries([summary for _, summary in rows], simulation.document)
        keeper, *others = (pk for pk, _ in rows)
        BatchResult.objects.filter(pk__in=others).update(summary=None)
        BatchResult.objects.filter(pk=keeper).update(summary=merged.to_bytes())
    return True


def complete(simulation: Simulation, token: str, *, elapsed_s: Callable[[], float]) -> bool:
    """Running → completed, with everything merged; False where runs are missing or the owner lost it.

    ``elapsed_s`` is asked when all is merged, since that is part of the time.
    """
    with transaction.atomic():
        _hold(simulation.pk, token)
        n_runs = Simulation.objects.values_list("n_runs", flat=True).get(pk=simulation.pk)
        if missing_spans(done_spans(simulation.pk), n_runs):
            return False
        results = BatchResult.objects.filter(batch__simulation_id=simulation.pk)
        before = Simulation.objects.filter(pk=simulation.pk).values_list("summary", flat=True)
        parts = chain(before, results.unfolded().values_list("summary", flat=True))
        merged = merge_summaries(parts, simulation.document)
        recover_board_times(merged, simulation)
        summary, digest = merged.to_bytes(), total_digest(results.values_list("digest", flat=True))
        results.unfolded().update(summary=None)
        return Simulation.objects.complete(
            simulation.pk,
            token,
            n_runs=n_runs,
            cursor=n_runs,
            summary=summary,
            digest=digest,
            elapsed_s=elapsed_s(),
        )


def runs_done(simulation_id: str) -> int:
    done = Batch.objects.done().filter(simulation_id=simulation_id)
    return done.aggregate(total=Sum("n_runs"))["total"] or 0


def distributed_elapsed_s(simulation_id: str) -> float:
    """Return the seconds that a distributed simulation has run, in all its legs."""
    before = Simulation.objects.filter(pk=simulation_id).values_list("elapsed_s", flat=True).first()
    return (before or 0.0) + leg_s(simulation_id)


def leg_s(simulation_id: str) -> float:
    """Return the seconds since its computing began last; 0 where it doesn't run, or gets ready."""
    asked = Simulation.objects.filter(pk=simulation_id).annotate(now=Now())
    started_at, now = asked.values_list("leg_started_at", "now").first() or (None, None)
    return (now - started_at).total_seconds() if started_at and now else 0.0


def _hold(simulation_id: str, token: str) -> None:
    """Lock the simulation's row against being cancelled or taken over until the transaction ends."""
    owned = Simulation.objects.owned(simulation_id, token).select_for_update()
    if not owned.values_list("pk").first():
        raise OwnershipLost(simulation_id)


def _result(batch_id: int, computed: Computed) -> BatchResult:
    return BatchResult(
        batch_id=batch_id,
        block=computed.block,
        summary=computed.summary,
        digest=signed_digest(computed.digest),
    )
