"""Simulations: one request each, and the changes of their status.

A status changes only by the conditional updates on the querysets, which say whether they won: of two
processes that finish, cancel or take over the same thing, one does.
"""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Now

from events.document import DocumentError, EventDocument, read_document
from events.models import Event
from events.wording import counted
from simulations.compiled import read_frozen
from simulations.identity import ID_LENGTH, new_id
from simulations.models.vocabulary import (
    ACTIVE,
    LOCAL_LEASE_S,
    MAX_BATCH_SIZE,
    MAX_RUNS,
    MAX_SEED_LENGTH,
    START_S,
    Mode,
    SimulationStatus,
    in_seconds,
)
from simulations.runs import StoredRuns


class SimulationQuerySet(models.QuerySet["Simulation"]):
    """Filters, and the changes of status; each change returns whether this caller made it."""

    def listed(self) -> Self:
        """Leave out what only the pages of one simulation need: it can be megabytes."""
        return self.defer("document", "summary")

    def with_runs_done(self) -> Self:
        """Add ``runs_done``, the runs of the finished batches."""
        from simulations.models.batch import Batch  # which refers to simulations

        done = Batch.objects.done().filter(simulation=OuterRef("pk")).order_by().values("simulation")
        total = Subquery(done.annotate(total=Sum("n_runs")).values("total"))
        return self.annotate(runs_done=Coalesce(total, 0, output_field=models.BigIntegerField()))

    def active_locally(self) -> Self:
        return self.filter(mode=Mode.LOCAL, status__in=ACTIVE)

    def in_turn(self) -> Self:
        """Local ones that pages asked for and that go on or wait, in the order in which they are started."""
        return self.active_locally().filter(queued_at__isnull=False).order_by("queued_at", "pk")

    def waiting(self) -> Self:
        """Those in turn that no process has been started for."""
        return self.in_turn().filter(status=SimulationStatus.PENDING, lease_expires_at=None)

    def abandoned(self) -> Self:
        """Local ones that say they go on, though the process that ran them let its lease expire."""
        return self.active_locally().filter(lease_expires_at__lt=Now())

    def active_distributed(self) -> Self:
        return self.filter(mode=Mode.DISTRIBUTED, status__in=ACTIVE)

    def owned(self, pk: str, token: str) -> Self:
        """The running one with this token: distributed ones, whose batches have owners, have an empty one."""
        return self.filter(pk=pk, status=SimulationStatus.RUNNING, token=token)

    def start_leg(self, pk: str) -> bool:
        """Pending → running, where a distributed simulation gets its first batch, or goes on."""
        pending = self.filter(pk=pk, mode=Mode.DISTRIBUTED, status=SimulationStatus.PENDING)
        return self._one(
            pending,
            status=SimulationStatus.RUNNING,
            started_at=Coalesce("started_at", Now()),
            leg_started_at=Now(),
            finished_at=None,
        )

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

    def begin_computing(self, pk: str, token: str, *, preparing_s: float, crowding: float) -> bool:
        """Note that a local one is ready, and its first batch is being computed."""
        facts = {"preparing_s": preparing_s, "crowding": crowding}
        return self._one(self.owned(pk, token), leg_started_at=Now(), **facts)

    def renew(self, pk: str, token: str, *, elapsed_s: float) -> bool:
        lease_expires_at = in_seconds(LOCAL_LEASE_S)
        return self._one(self.owned(pk, token), lease_expires_at=lease_expires_at, elapsed_s=elapsed_s)

    def complete(self, pk: str, token: str, **result: Any) -> bool:
        """Running → completed, unless it was extended meanwhile beyond the runs that ``result`` covers."""
        covered = self.owned(pk, token).filter(n_runs=result.pop("n_runs"))
        return self._one(covered, status=SimulationStatus.COMPLETED, **self._ended(), **result)

    def replace_summary(self, pk: str, digest: str, summary: bytes) -> bool:
        """Store a completed one's summary anew, in the present format; not if it has other runs by now."""
        completed = self.filter(pk=pk, status=SimulationStatus.COMPLETED, digest=digest)
        return self._one(completed, summary=summary)

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

    def reopen(self, pk: str, *, statuses: Iterable[str], queued: bool, **changes: Any) -> bool:
        """A final status → pending, so that what is missing can be computed."""
        final = self.filter(pk=pk, status__in=statuses)
        # The digest is that of all runs, which it no longer covers; the summary still covers its own.
        changes |= {"digest": "", "error": "", "finished_at": None, **pending_fields(queued=queued)}
        return self._one(final, status=SimulationStatus.PENDING, **changes)

    def start_turns(self, pks: Iterable[str]) -> int:
        """Waiting → about to start, for whoever then starts a process for each."""
        return self.waiting().filter(pk__in=pks).update(lease_expires_at=in_seconds(START_S))

    def end_turn(self, pk: str) -> int:
        """About to start → waiting, where its process could not be started."""
        starting = self.in_turn().filter(pk=pk, status=SimulationStatus.PENDING)
        return starting.update(lease_expires_at=None)

    @staticmethod
    def _ended() -> dict[str, Any]:
        return {
            "finished_at": Now(),
            "owner": "",
            "token": "",
            "lease_expires_at": None,
            "leg_started_at": None,
        }

    @staticmethod
    def _one(rows: models.QuerySet["Simulation"], **changes: Any) -> bool:
        return rows.update(**changes) == 1


def pending_fields(*, queued: bool) -> dict[str, Any]:
    """Return what tells a pending simulation that waits for its turn from one that starts at once."""
    if queued:
        return {"queued_at": Now(), "lease_expires_at": None}
    return {"queued_at": None, "lease_expires_at": in_seconds(START_S)}


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
    # When its computing began last, while it runs; a local one gets ready before.
    leg_started_at = models.DateTimeField(null=True, blank=True)
    # When a page put it into the queue of local simulations; None where a command computes it, or workers do.
    queued_at = models.DateTimeField(null=True, blank=True)
    # Starting processes and loading kernels, in all legs of a local one; no part of `elapsed_s`.
    preparing_s = models.FloatField(default=0)
    elapsed_s = models.FloatField(default=0)
    # How many times as long it took since others computed on the machine too, when its last leg began.
    crowding = models.FloatField(default=1)
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
        return f"{self.id} ({self.event_slug}, {counted(self.n_runs, 'run')})"

    @cached_property
    def frozen_document(self) -> EventDocument:
        """The event as it was when the simulation was asked for, with the simulation's overrides."""
        try:
            return read_frozen(self.document)
        except DocumentError:
            # Once more, for an error that names the simulation.
            return read_document(self.document, name=f"simulation {self.id}")

    @property
    def is_waiting(self) -> bool:
        """Whether it waits for other local simulations to end, and no process has been started for it."""
        pending = self.mode == Mode.LOCAL and self.status == SimulationStatus.PENDING
        return pending and self.queued_at is not None and self.lease_expires_at is None

    @property
    def shown_status(self) -> str:
        """Its status as people read it: a pending one that waits for its turn says so."""
        return "waiting" if self.is_waiting else str(self.status)

    @property
    def runs(self) -> StoredRuns:
        return StoredRuns(self)
