"""Simulations, their batches and what these came to, and the workers that compute them."""

from simulations.models.batch import Batch, BatchQuerySet, BatchResult, BatchResultQuerySet
from simulations.models.simulation import Simulation, SimulationQuerySet, pending_fields
from simulations.models.vocabulary import (
    ACTIVE,
    EXTENDABLE,
    LEASE_S,
    LOCAL_LEASE_S,
    MAX_BATCH_SIZE,
    MAX_RUNS,
    MAX_SEED_LENGTH,
    OPEN,
    RECONCILE_S,
    RESUMABLE,
    START_S,
    BatchStatus,
    Mode,
    SimulationStatus,
    in_seconds,
)
from simulations.models.worker import Worker, WorkerQuerySet

__all__ = [
    "ACTIVE",
    "EXTENDABLE",
    "LEASE_S",
    "LOCAL_LEASE_S",
    "MAX_BATCH_SIZE",
    "MAX_RUNS",
    "MAX_SEED_LENGTH",
    "OPEN",
    "RECONCILE_S",
    "RESUMABLE",
    "START_S",
    "Batch",
    "BatchQuerySet",
    "BatchResult",
    "BatchResultQuerySet",
    "BatchStatus",
    "Mode",
    "Simulation",
    "SimulationQuerySet",
    "SimulationStatus",
    "Worker",
    "WorkerQuerySet",
    "in_seconds",
    "pending_fields",
]
