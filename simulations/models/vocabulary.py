"""Statuses, limits and the database's clock, which all models share."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

# How long a worker goes without renewing the lease of its batch before another gets the batch. What keeps the
# fleet going is done so often, loses a message for so long, and takes a silent worker for dead after so long.
LEASE_S = settings.LEASE_S
RECONCILE_S = min(2.0, LEASE_S / 5)
HINT_S = RECONCILE_S
ALIVE_S = 0.6 * LEASE_S
# The same for the process that computes a simulation on one machine: it waits for SQLite's lock for up to
# 20 s, and must not lose its lease by that.
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
