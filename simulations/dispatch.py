"""The one door through which work reaches workers: nothing else publishes.

Messages are hints. That one can't be sent is no error: the reconciler of any worker sends another.
"""

import logging
from itertools import takewhile

from amqp.exceptions import AMQPError
from celery import current_app
from kombu.exceptions import KombuError

from simulations.queues import publisher, sending_queue
from simulations.services import handover, reconciling
from simulations.services.handover import Handover

RUN_BATCH = "simulations.run_batch"
# kombu passes on much of what its transport raises: sockets, time-outs, AMQP's refusals.
BROKER_ERRORS = (KombuError, AMQPError, OSError)

logger = logging.getLogger(__name__)


def hand_to_idle() -> int:
    """Hand a batch to each worker that has none; return how many were told."""
    return _send_all(handover.hand_over_to_idle())


def reconcile(*, take_back: bool = True) -> int:
    """Mend what is broken, and return how many idle workers were told of a batch."""
    return _send_all(reconciling.reconcile(take_back=take_back))


def send(batch: Handover) -> bool:
    """Tell a worker of its batch; False where the broker didn't take the message."""
    logged: dict[str, object] = {"simulation": batch.simulation_id, "batch": batch.batch_id}
    try:
        with publisher() as producer:
            current_app.send_task(
                RUN_BATCH,
                kwargs={"simulation_id": batch.simulation_id, "batch_id": batch.batch_id},
                # What Flower shows.
                kwargsrepr=f"simulation {batch.simulation_id}, batch {batch.batch_id}, {batch.span}",
                queue=sending_queue(batch.worker_index),
                producer=producer,
                retry=False,
            )
    except BROKER_ERRORS as error:
        logged["repeats"] = "broker"
        logger.warning("no message could be sent: %s", str(error) or type(error).__name__, extra=logged)
        return False
    return True


def _send_all(batches: list[Handover]) -> int:
    """Return how many were sent: after one that wasn't, no time is lost on others, which wait as well."""
    return sum(1 for _ in takewhile(send, batches))
