"""Workers: who computes batches of distributed simulations, and whether they live."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from simulations.models.batch import Batch
from simulations.models.vocabulary import ALIVE_S, HINT_S, BatchStatus, in_seconds


class WorkerQuerySet(models.QuerySet["Worker"]):
    """Filters, and the changes that a worker makes to its own row."""

    def live(self) -> Self:
        """Those that take work, and were heard of lately."""
        return self.filter(ready=True, seen_at__gt=in_seconds(-ALIVE_S))

    def idle(self) -> Self:
        """Live ones that neither compute a batch nor have been told of one just now."""
        hinted = Q(status=BatchStatus.PENDING, hinted_at__gt=in_seconds(-HINT_S))
        busy = Batch.objects.filter(hinted | Q(status=BatchStatus.RUNNING), worker=OuterRef("name"))
        return self.live().filter(~Exists(busy.order_by()))

    def register(self, index: int, **facts: Any) -> "Worker":
        """Take over the row of an index, whose lock the caller holds."""
        fresh = {"seen_at": Now(), "started_at": Now(), "totals": {}, "ready": True}
        worker, _ = self.update_or_create(index=index, defaults={**fresh, **facts})
        return worker

    def beat(self, index: int, token: str, **facts: Any) -> bool:
        """Say that the worker lives; False where another has taken over its index."""
        return self.filter(index=index, token=token).update(seen_at=Now(), **facts) == 1

    def leave(self, index: int, token: str, **facts: Any) -> bool:
        """Say that the worker takes no more work."""
        return self.filter(index=index, token=token).update(ready=False, **facts) == 1


class Worker(models.Model):
    """The process that has an index now, or had it last."""

    index = models.PositiveIntegerField(primary_key=True)
    # What batches call it: one process, unlike the next one with the same index.
    name = models.CharField(max_length=200)
    token = models.CharField(max_length=32)
    engine_version = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ready = models.BooleanField(default=False)
    # What it computed last, and how fast: its next batch is sized by that.
    document_digest = models.CharField(max_length=64, blank=True)
    runs_per_s = models.FloatField(default=0)
    # The figures of its meter since it started.
    totals = models.JSONField(default=dict)

    objects = WorkerQuerySet.as_manager()

    class Meta:
        ordering = ("index",)

    def __str__(self) -> str:
        return self.name
