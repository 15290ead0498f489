"""Batches, the units of work and of storage, and what they came to."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from simulations.models.simulation import Simulation
from simulations.models.vocabulary import (
    ACTIVE,
    HINT_S,
    LEASE_S,
    MAX_BATCH_SIZE,
    OPEN,
    BatchStatus,
    Mode,
    SimulationStatus,
    in_seconds,
)


class BatchQuerySet(models.QuerySet["Batch"]):
    """Filters, and the changes of status; each change returns whether this caller made it."""

    def done(self) -> Self:
        return self.filter(status=BatchStatus.DONE)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def owned(self, pk: int, token: str) -> Self:
        return self.filter(pk=pk, status=BatchStatus.RUNNING, token=token)

    def claimable(self) -> Self:
        """Pending, due, and of a simulation that goes on."""
        due = Q(not_before__isnull=True) | Q(not_before__lte=Now())
        return self.filter(
            due, status=BatchStatus.PENDING, simulation__status__in=ACTIVE, simulation__mode=Mode.DISTRIBUTED
        )

    def unhinted(self) -> Self:
        """Those of which no message can still be under way to a worker."""
        return self.exclude(hinted_at__gt=in_seconds(-HINT_S))

    def hinted(self, worker: str) -> Self:
        """Pending ones of which a message to this worker may be under way."""
        return self.filter(status=BatchStatus.PENDING, worker=worker, hinted_at__gt=in_seconds(-HINT_S))

    def expired(self) -> Self:
        """Running in the hands of a worker that has let its lease expire."""
        return self.filter(status=BatchStatus.RUNNING, lease_expires_at__lt=Now())

    def claim(self, pk: int, *, worker: str, token: str, engine_version: int) -> bool:
        """Pending and due → running, with one more attempt counted."""
        claimed = (
            self.claimable()
            .filter(pk=pk, simulation__engine_version=engine_version)
            .update(
                status=BatchStatus.RUNNING,
                worker=worker,
                token=token,
                lease_expires_at=in_seconds(LEASE_S),
                attempts=F("attempts") + 1,
            )
        )
        return claimed == 1

    def renew(self, pk: int, token: str, **changes: Any) -> bool:
        """Renew the lease of a batch, unless it was lost or its simulation ended."""
        wanted = self.owned(pk, token).filter(simulation__status=SimulationStatus.RUNNING)
        return wanted.update(lease_expires_at=in_seconds(LEASE_S), **changes) == 1

    def finish(self, pk: int, token: str, **changes: Any) -> bool:
        """Running → done; call it in the transaction that writes the result."""
        return self._leave(pk, token, BatchStatus.DONE, error="", finished_at=Now(), **changes)

    def give_back(self, pk: int, token: str) -> bool:
        """Running → pending, as if it had never been claimed."""
        return self._leave(pk, token, BatchStatus.PENDING, attempts=F("attempts") - 1, hinted_at=None)

    def put_off(self, pk: int, token: str, *, seconds: float, **changes: Any) -> bool:
        """Running → pending again, not before some seconds have passed."""
        # None, not "now": SQLite's sum of times has more digits than its clock, and would lie a little ahead.
        not_before = in_seconds(seconds) if seconds else None
        return self._leave(pk, token, BatchStatus.PENDING, not_before=not_before, hinted_at=None, **changes)

    def fail(self, pk: int, token: str, *, error: str, **changes: Any) -> bool:
        return self._leave(pk, token, BatchStatus.FAILED, error=error, **changes)

    def _leave(self, pk: int, token: str, status: BatchStatus, **changes: Any) -> bool:
        """Running in the hands of whoever has the token → ``status``, in nobody's."""
        freed: dict[str, Any] = {"status": status, "token": "", "lease_expires_at": None}
        return self.owned(pk, token).update(**freed, **changes) == 1


class Batch(models.Model):
    """A contiguous range of runs, computed and stored together: narrow, so that claims stay cheap."""

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="batches")
    first_run = models.BigIntegerField()
    n_runs = models.IntegerField()
    status = models.CharField(max_length=8, choices=BatchStatus, default=BatchStatus.PENDING)
    worker = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=32, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    # When a worker was last told of it: a message may still be under way.
    hinted_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lost_leases = models.PositiveSmallIntegerField(default=0)
    error = models.TextField(blank=True)
    claim_s = models.FloatField(default=0)
    simulate_s = models.FloatField(default=0)
    persist_s = models.FloatField(default=0)

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ("simulation", "first_run")
        verbose_name_plural = "batches"
        indexes = (
            models.Index(
                fields=["simulation", "not_before"], name="batch_open", condition=Q(status__in=OPEN)
            ),
            models.Index(fields=["id"], name="batch_waiting", condition=Q(status=BatchStatus.PENDING)),
        )
        constraints = (
            models.UniqueConstraint(fields=["simulation", "first_run"], name="batch_range_once"),
            models.CheckConstraint(
                condition=Q(first_run__gte=0, n_runs__gte=1, n_runs__lte=MAX_BATCH_SIZE),
                name="batch_range_valid",
            ),
            models.CheckConstraint(condition=Q(status__in=BatchStatus.values), name="batch_status_known"),
            models.CheckConstraint(
                condition=~Q(status=BatchStatus.RUNNING) | ~Q(token=""), name="batch_running_has_token"
            ),
        )

    def __str__(self) -> str:
        return f"runs {self.first_run:,} to {self.first_run + self.n_runs - 1:,}"


class BatchResultQuerySet(models.QuerySet["BatchResult"]):
    def unfolded(self) -> Self:
        """Those whose summary has not been merged into another yet."""
        return self.filter(summary__isnull=False)


class BatchResult(models.Model):
    """What the runs of a batch came to; written once, in the transaction that completes the batch."""

    batch = models.OneToOneField(Batch, primary_key=True, on_delete=models.CASCADE, related_name="result")
    block = models.BinaryField()
    # Null once it is part of another batch's summary, or of the simulation's.
    summary = models.BinaryField(null=True)
    # The sum of the runs' digests modulo 2⁶⁴, as a signed number: databases have no unsigned one.
    digest = models.BigIntegerField()

    objects = BatchResultQuerySet.as_manager()

    class Meta:
        indexes = (
            models.Index(fields=["batch"], name="result_unfolded", condition=Q(summary__isnull=False)),
        )

    def __str__(self) -> str:
        return f"result of batch {self.batch_id}"
