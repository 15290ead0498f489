"""Simulations, their batches and what these came to.

A status changes only by the conditional updates on the querysets below, which say whether they won: of
two processes that finish, cancel or take over the same thing, one does.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, F, OuterRef, Q, Subquery, Sum
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Now

from events.document import EventDocument, read_document
from events.models import Event
from simulations.identity import ID_LENGTH, new_id
from simulations.runs import StoredRuns

# How long whoever computes a batch, or a whole simulation on one machine, goes without renewing before others
# take it for dead. A local run waits for SQLite's lock for up to 20 s, and must not lose its lease by that.
LEASE_S = 10
LOCAL_LEASE_S = 30
# A process that was asked to compute a simulation has this long to claim it.
START_S = 60
MAX_RUNS = 1_000_000_000
MAX_BATCH_SIZE = 10_000_000
MAX_SEED_LENGTH = 64


class Mode(models.TextChoices):
    """Where the runs are computed: by the processes of one machine, or by workers."""

    LOCAL = "local"
    DISTRIBUTED = "distributed"


class SimulationStatus(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class BatchStatus(models.TextChoices):
    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


ACTIVE = (SimulationStatus.PENDING, SimulationStatus.RUNNING)
RESUMABLE = (SimulationStatus.CANCELLED, SimulationStatus.FAILED, SimulationStatus.INTERRUPTED)
EXTENDABLE = tuple(status for status in SimulationStatus if status != SimulationStatus.FAILED)
OPEN = (BatchStatus.PENDING, BatchStatus.RUNNING)


def in_seconds(seconds: float) -> Combinable:
    """Return that moment by the database's clock, the only one that all owners share."""
    return ExpressionWrapper(Now() + timedelta(seconds=seconds), output_field=models.DateTimeField())


class SimulationQuerySet(models.QuerySet["Simulation"]):
    """Filters, and the changes of status; each change returns whether this caller made it."""

    def listed(self) -> Self:
        """Leave out what only the pages of one simulation need: it can be megabytes."""
        return self.defer("document", "summary")

    def with_runs_done(self) -> Self:
        """Add ``runs_done``, the runs of the finished batches."""
        done = Batch.objects.done().filter(simulation=OuterRef("pk")).order_by().values("simulation")
        total = Subquery(done.annotate(total=Sum("n_runs")).values("total"))
        return self.annotate(runs_done=Coalesce(total, 0, output_field=models.BigIntegerField()))

    def active_locally(self) -> Self:
        return self.filter(mode=Mode.LOCAL, status__in=ACTIVE)

    def abandoned(self) -> Self:
        """Local ones that say they go on, though the process that ran them let its lease expire."""
        return self.active_locally().filter(lease_expires_at__lt=Now())

    def owned(self, pk: str, token: str) -> Self:
        return self.filter(pk=pk, status=SimulationStatus.RUNNING, token=token)

    def claim(self, pk: str, *, owner: str, token: str) -> bool:
        """Pending → running, in the hands of ``owner`` as long as it renews its lease."""
        return self._one(
            self.filter(pk=pk, status=SimulationStatus.PENDING),
            status=SimulationStatus.RUNNING,
            owner=owner,
            token=token,
            lease_expires_at=in_seconds(LOCAL_LEASE_S),
            started_at=Coalesce("started_at", Now()),
            finished_at=None,
        )

    def renew(self, pk: str, token: str, *, elapsed_s: float) -> bool:
        lease_expires_at = in_seconds(LOCAL_LEASE_S)
        return self._one(self.owned(pk, token), lease_expires_at=lease_expires_at, elapsed_s=elapsed_s)

    def complete(self, pk: str, token: str, **result: Any) -> bool:
        """Running → completed, unless it was extended meanwhile beyond the runs that ``result`` covers."""
        covered = self.owned(pk, token).filter(n_runs=result.pop("n_runs"))
        return self._one(covered, status=SimulationStatus.COMPLETED, **self._ended(), **result)

    def fail(self, pk: str, token: str, *, error: str, **changes: Any) -> bool:
        return self._one(
            self.owned(pk, token), status=SimulationStatus.FAILED, error=error, **self._ended(), **changes
        )

    def cancel(self, pk: str, **changes: Any) -> bool:
        """Pending or running → cancelled; the owner notices when it next records or renews."""
        active = self.filter(pk=pk, status__in=ACTIVE)
        return self._one(active, status=SimulationStatus.CANCELLED, **self._ended(), **changes)

    def interrupt(self, pk: str, token: str, **changes: Any) -> bool:
        """Running → interrupted, by an owner that gives up or for one that is gone."""
        changes |= {"status": SimulationStatus.INTERRUPTED, **self._ended()}
        return self._one(self.owned(pk, token), **changes)

    def interrupt_abandoned(self) -> int:
        """Running or pending → interrupted, where the lease expired; return how many."""
        return self.abandoned().update(status=SimulationStatus.INTERRUPTED, **self._ended())

    def reopen(self, pk: str, *, statuses: Iterable[str], **changes: Any) -> bool:
        """A final status → pending, so that what is missing can be computed."""
        final = self.filter(pk=pk, status__in=statuses)
        # The digest is that of all runs, which it no longer covers; the summary still covers its own.
        changes |= {"digest": "", "error": "", "finished_at": None, "lease_expires_at": in_seconds(START_S)}
        return self._one(final, status=SimulationStatus.PENDING, **changes)

    @staticmethod
    def _ended() -> dict[str, Any]:
        return {"finished_at": Now(), "owner": "", "token": "", "lease_expires_at": None}

    @staticmethod
    def _one(rows: models.QuerySet["Simulation"], **changes: Any) -> bool:
        return rows.update(**changes) == 1


class Simulation(models.Model):
    """One request: many runs of one frozen event document."""

    id = models.CharField(primary_key=True, max_length=ID_LENGTH, default=new_id, editable=False)
    name = models.CharField(max_length=200, blank=True)
    notes = models.TextField(blank=True)
    event = models.ForeignKey(Event, null=True, on_delete=models.SET_NULL, related_name="simulations")
    event_slug = models.CharField(max_length=80)
    event_name = models.CharField(max_length=200)
    # Text, not JSON: the document's order has meaning, and jsonb would lose it.
    document = models.TextField()
    document_digest = models.CharField(max_length=64)
    document_format = models.CharField(max_length=40)
    overrides = models.JSONField(default=list, blank=True)
    seed = models.CharField(max_length=MAX_SEED_LENGTH)
    n_runs = models.BigIntegerField()
    batch_size = models.IntegerField(null=True, blank=True)
    mode = models.CharField(max_length=12, choices=Mode, default=Mode.LOCAL)
    status = models.CharField(max_length=12, choices=SimulationStatus, default=SimulationStatus.PENDING)
    engine_version = models.PositiveIntegerField()
    cursor = models.BigIntegerField(default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    elapsed_s = models.FloatField(default=0)
    error = models.TextField(blank=True)
    summary = models.BinaryField(null=True)
    digest = models.CharField(max_length=16, blank=True)
    # Who computes it now. A process that was killed lets the lease expire.
    owner = models.CharField(max_length=200, blank=True)
    token = models.CharField(max_length=32, blank=True)
    lease_expires_at = models.DateTimeField(null=True, blank=True)

    objects = SimulationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="simulation_newest"),
            models.Index(
                fields=["lease_expires_at"], name="simulation_leases", condition=Q(status__in=ACTIVE)
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(n_runs__gte=1, n_runs__lte=MAX_RUNS), name="simulation_runs_in_range"
            ),
            models.CheckConstraint(
                condition=Q(batch_size__isnull=True) | Q(batch_size__gte=1, batch_size__lte=MAX_BATCH_SIZE),
                name="simulation_batch_size_in_range",
            ),
            models.CheckConstraint(condition=~Q(seed=""), name="simulation_has_seed"),
            models.CheckConstraint(condition=Q(mode__in=Mode.values), name="simulation_mode_known"),
            models.CheckConstraint(
                condition=Q(status__in=SimulationStatus.values), name="simulation_status_known"
            ),
            models.CheckConstraint(
                condition=~Q(status=SimulationStatus.COMPLETED) | (Q(summary__isnull=False) & ~Q(digest="")),
                name="simulation_completed_has_result",
            ),
            models.CheckConstraint(
                condition=Q(cursor__gte=0, elapsed_s__gte=0), name="simulation_progress_positive"
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} ({self.event_slug}, {self.n_runs:,} runs)"

    @cached_property
    def frozen_document(self) -> EventDocument:
        """The event as it was when the simulation was asked for, with the simulation's overrides."""
        return read_document(self.document, name=f"simulation {self.id}")

    @property
    def runs(self) -> StoredRuns:
        return StoredRuns(self)


class BatchQuerySet(models.QuerySet["Batch"]):
    """Filters, and the changes of status; each change returns whether this caller made it."""

    def done(self) -> Self:
        return self.filter(status=BatchStatus.DONE)

    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def owned(self, pk: int, token: str) -> Self:
        return self.filter(pk=pk, status=BatchStatus.RUNNING, token=token)

    def claim(self, pk: int, *, worker: str, token: str) -> bool:
        """Pending and due → running, with one more attempt counted."""
        due = Q(not_before__isnull=True) | Q(not_before__lte=Now())
        claimed = self.filter(due, pk=pk, status=BatchStatus.PENDING).update(
            status=BatchStatus.RUNNING,
            worker=worker,
            token=token,
            lease_expires_at=in_seconds(LEASE_S),
            attempts=F("attempts") + 1,
        )
        return claimed == 1

    def renew(self, pk: int, token: str) -> bool:
        return self.owned(pk, token).update(lease_expires_at=in_seconds(LEASE_S)) == 1

    def finish(self, pk: int, token: str, **timings: float) -> bool:
        """Running → done; call it in the transaction that writes the result."""
        changes = {"status": BatchStatus.DONE, "token": "", "lease_expires_at": None, "error": ""}
        return self.owned(pk, token).update(**changes, **timings) == 1

    def put_off(self, pk: int, token: str, *, error: str, seconds: float) -> bool:
        """Running → pending again, not before some seconds have passed."""
        changes = {"status": BatchStatus.PENDING, "token": "", "lease_expires_at": None, "error": error}
        return self.owned(pk, token).update(**changes, not_before=in_seconds(seconds)) == 1

    def fail(self, pk: int, token: str, *, error: str) -> bool:
        changes = {"status": BatchStatus.FAILED, "token": "", "lease_expires_at": None, "error": error}
        return self.owned(pk, token).update(**changes) == 1


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

    def __str__(self) -> str:
        return f"result of batch {self.batch_id}"
