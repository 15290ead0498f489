"""A worker's way with a batch: claim it, renew it, then record it, give it back or let it fail."""

import random
from typing import NamedTuple

from django.db import transaction

from simulations.identity import new_token
from simulations.models import LEASE_S, Batch, BatchStatus, Simulation
from simulations.services import recording
from simulations.spans import Span
from simulations.storage import Computed

MAX_RETRIES = 5
MAX_LOST_LEASES = 10
MAX_ERROR_LENGTH = 10_000


class Claimed(NamedTuple):
    """A batch in the hands of a worker, and what it is to compute."""

    batch_id: int
    token: str
    span: Span
    simulation_id: str
    document_digest: str
    seed: str


def claim(batch_id: int, *, worker: str, engine_version: int) -> Claimed | None:
    """Take a pending batch; None where it is taken, done, not due, unwanted or gone."""
    token = new_token()
    claimed = Batch.objects.claim(batch_id, worker=worker, token=token, engine_version=engine_version)
    if not claimed:
        return None
    facts = Batch.objects.owned(batch_id, token).values_list(
        "first_run", "n_runs", "simulation_id", "simulation__document_digest", "simulation__seed"
    )
    row = facts.first()
    if row is None:  # its simulation was deleted this very moment
        return None
    first_run, n_runs, simulation_id, document_digest, seed = row
    return Claimed(batch_id, token, Span(first_run, n_runs), simulation_id, document_digest, seed)


def frozen_document(simulation_id: str) -> str:
    """Return the document of a simulation, as text; raise Simulation.DoesNotExist."""
    return Simulation.objects.values_list("document", flat=True).get(pk=simulation_id)


def renew(claimed: Claimed) -> bool:
    """Renew the lease; False where the worker lost the batch, or its simulation has ended."""
    return Batch.objects.renew(claimed.batch_id, claimed.token)


def hold(claimed: Claimed, *, trouble: str) -> bool:
    """Renew the lease of a batch that can't be gone on with, and note why; False as for `renew`."""
    return Batch.objects.renew(claimed.batch_id, claimed.token, error=trouble[-MAX_ERROR_LENGTH:])


def record(claimed: Claimed, computed: Computed, **timings: float) -> bool:
    """Store what a batch came to; False where the worker lost it, and then nothing is stored.

    What it left out of its span becomes a batch that waits.
    """
    done, wanted = computed.span, claimed.span
    with transaction.atomic():
        finished = Batch.objects.finish(
            claimed.batch_id, claimed.token, n_runs=done.n_runs, simulate_s=computed.simulate_s, **timings
        )
        if not finished:
            return False
        recording.create_result(claimed.batch_id, computed)
        if done.end < wanted.end:
            Batch.objects.create(
                simulation_id=claimed.simulation_id, first_run=done.end, n_runs=wanted.end - done.end
            )
    return True


def give_back(claimed: Claimed) -> bool:
    """Return a batch of which nothing is done; False where the worker lost it."""
    return Batch.objects.give_back(claimed.batch_id, claimed.token)


def retry_or_fail(claimed: Claimed, *, error: str) -> BatchStatus | None:
    """After an exception: put the batch off, or fail it and its simulation; None where it was lost."""
    error = error[-MAX_ERROR_LENGTH:]
    with transaction.atomic():
        batch = Batch.objects.owned(claimed.batch_id, claimed.token).select_for_update().first()
        if batch is None:
            return None
        failures = batch.attempts - batch.lost_leases
        if failures <= MAX_RETRIES:
            Batch.objects.put_off(batch.pk, batch.token, seconds=backoff_s(failures), error=error)
            return BatchStatus.PENDING
        Batch.objects.fail(batch.pk, batch.token, error=error)
        _fail_simulation(
            batch, f"{claimed.span} failed {failures} times, the last time with {last_line(error)}"
        )
    return BatchStatus.FAILED


def take_back_expired() -> list[Batch]:
    """Take batches from workers that let their lease expire, for others or the bin; return those taken.

    Call it in a transaction.
    """
    expired = list(Batch.objects.expired().select_for_update(of=("self",), skip_locked=True).order_by("pk"))
    for batch in expired:
        lost = batch.lost_leases + 1
        if lost < MAX_LOST_LEASES:
            # A first loss costs no time; a batch that seems to kill its workers must not keep them busy.
            seconds = backoff_s(lost - 1) if lost > 1 else 0
            Batch.objects.put_off(batch.pk, batch.token, seconds=seconds, lost_leases=lost)
            continue
        span = Span(batch.first_run, batch.n_runs)
        error = f"{lost} workers fell silent computing {span}, the last one {batch.worker}."
        if batch.error:
            error += f" What one said of it before: {last_line(batch.error)}"
        Batch.objects.fail(batch.pk, batch.token, error=error, lost_leases=lost)
        _fail_simulation(batch, error)
    return expired


def backoff_s(n_failures: int) -> float:
    """Return how long to wait after so many failures: a tenth of the lease, doubled each time, jittered."""
    return min(LEASE_S / 10 * 2.0 ** (n_failures - 1), 3 * LEASE_S) * random.uniform(0.8, 1.2)


def last_line(error: str) -> str:
    """Return the line of a traceback that says what happened."""
    return (error.strip().splitlines() or ["an exception without a text"])[-1]


def _fail_simulation(batch: Batch, error: str) -> None:
    elapsed_s = recording.distributed_elapsed_s(batch.simulation_id)
    Simulation.objects.fail(batch.simulation_id, "", error=error, elapsed_s=elapsed_s)
