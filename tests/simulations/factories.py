"""Simulations for tests, computed by the real engine in this process."""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from simulations.compiled import compile_frozen, engine_version
from simulations.compute import Computer
from simulations.engine import Engine
from simulations.identity import new_token
from simulations.models import Mode, Simulation, Worker
from simulations.services import create_simulation
from simulations.services.batches import Claimed, claim, frozen_document
from simulations.services.handover import hand_over
from simulations.services.ownership import claim_local
from simulations.services.recording import complete, record_computed
from simulations.spans import Span
from simulations.storage import Computed
from tests.events.factories import a_document


def a_request(**changes: Any) -> dict[str, Any]:
    """Return what `create_simulation` needs for 40 runs of the small event."""
    document = changes.pop("document", None) or a_document()
    return {"document": document, "n_runs": 40, "seed": "7", **changes}


def a_simulation(**changes: Any) -> Simulation:
    """Return a pending simulation."""
    return create_simulation(**a_request(**changes))


def a_claimed_simulation(**changes: Any) -> tuple[Simulation, str]:
    """Return a running simulation and its owner's token."""
    simulation = a_simulation(**changes)
    token = claim_local(simulation.pk)
    assert token is not None
    simulation.refresh_from_db()
    return simulation, token


def a_distributed_simulation(**changes: Any) -> Simulation:
    """Return a pending simulation that workers are to compute."""
    return a_simulation(mode=Mode.DISTRIBUTED, **changes)


def a_worker(index: int = 0, **changes: Any) -> Worker:
    """Return a live worker."""
    facts = {"name": f"worker-{index}-abcd@host", "token": new_token(), "engine_version": engine_version()}
    return Worker.objects.register(index, **{**facts, **changes})


def claimed_batch(simulation: Simulation, worker: Worker) -> Claimed:
    """Return the next batch of a simulation in the hands of a worker."""
    handover = hand_over(worker.index)
    assert handover is not None
    assert handover.simulation_id == simulation.pk
    claimed = claim(handover.batch_id, worker=worker.name, engine_version=worker.engine_version)
    assert claimed is not None
    return claimed


def compute_claimed(claimed: Claimed) -> Computed:
    """Return what a claimed batch comes to."""
    return compute(frozen_document(claimed.simulation_id), claimed.seed, claimed.span)


def a_completed_simulation(*, batches: Sequence[int] | None = None, **changes: Any) -> Simulation:
    """Return a completed simulation, computed in batches of these sizes."""
    simulation, token = a_claimed_simulation(**changes)
    record_computed(simulation.pk, token, computed(simulation, batches or [simulation.n_runs]))
    assert complete(simulation, token, elapsed_s=lambda: 0.5)
    simulation.refresh_from_db()
    return simulation


def computed(simulation: Simulation, sizes: Iterable[int], *, first_run: int = 0) -> list[Computed]:
    """Return what adjacent spans of these sizes come to."""
    results = []
    for n_runs in sizes:
        results.append(compute(simulation.document, simulation.seed, Span(first_run, n_runs)))
        first_run += n_runs
    return results


@lru_cache(maxsize=256)
def compute(document: str, seed: str, span: Span) -> Computed:
    return Computer(_engine(document, seed)).compute(span, between=lambda: True)


@lru_cache(maxsize=16)
def _engine(document: str, seed: str) -> Engine:
    return Engine(compile_frozen(document), seed)
