"""Messages as workers get them, made by hand: repeated, late, mangled."""

import json
import secrets
from typing import Any

from simulations.dispatch import RUN_BATCH
from tests.fleet.fleet import Fleet


def a_message(task: str = RUN_BATCH, **kwargs: Any) -> tuple[str, dict[str, Any]]:
    """Return the body and the properties of a task message, in the second version of Celery's protocol."""
    task_id = secrets.token_hex(16)
    embedded = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    headers = {"lang": "py", "task": task, "id": task_id, "root_id": task_id, "argsrepr": "()"}
    properties = {
        "application_headers": headers,
        "content_type": "application/json",
        "content_encoding": "utf-8",
        "correlation_id": task_id,
        "delivery_mode": 2,
    }
    return json.dumps([[], kwargs, embedded]), properties


def tell(fleet: Fleet, index: int, simulation_id: str, batch_id: int) -> None:
    """Tell a worker of a batch."""
    body, properties = a_message(simulation_id=simulation_id, batch_id=batch_id)
    fleet.broker.publish(queue_of(fleet, index), body, **properties)


def queue_of(fleet: Fleet, index: int) -> str:
    return f"{fleet.namespace}.sim.worker.{index}"


def dead_letters(fleet: Fleet) -> str:
    return f"{fleet.namespace}.dead"
