"""What workers are told to do: thin tasks, which take ids and call one function."""

from typing import Any

from celery import shared_task
from celery.exceptions import Reject

from simulations.dispatch import RUN_BATCH
from simulations.worker import runner


@shared_task(name=RUN_BATCH)
def run_batch(*args: Any, **ids: Any) -> None:
    """Compute a batch, as far as this worker gets it; a message that names none becomes a dead letter."""
    match ids:
        case {"simulation_id": str(), "batch_id": int(batch_id), **rest} if not args and not rest:
            runner.current().run(batch_id)
        case _:
            raise Reject(f"not the arguments of a batch: {args} {ids}", requeue=False)
