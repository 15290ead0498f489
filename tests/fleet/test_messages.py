"""Messages are hints: lost, repeated, late, out of order or mangled, they change nothing."""

import random
from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest

from tests.fleet.broker import Broker
from tests.fleet.expected import RUNS
from tests.fleet.fleet import Fleet
from tests.fleet.messages import a_message, dead_letters, queue_of, tell
from tests.fleet.proxy import Proxy
from tests.fleet.waiting import wait_for


@pytest.fixture
def way(broker: Broker) -> Iterator[Proxy]:
    """The way from a worker to the broker: where it is cut, messages to the worker stay in its queue."""
    with Proxy(broker.port) as proxy:
        yield proxy


def test_a_lost_message_is_replaced(fleet: Fleet, way: Proxy) -> None:
    fleet.worker(BROKER_URL=Broker.url_at(way.port))
    queue = queue_of(fleet, 0)
    way.cut()
    simulation = fleet.simulate()
    # It is in the queue if the command has sent it; the worker's own heart, if it was first, could not.
    fleet.broker.take(queue)
    assert fleet.broker.length(queue) == 0
    assert len(fleet.query("SELECT id FROM simulations_batch")) == 1
    way.mend()
    fleet.assert_completes_undisturbed(simulation)


def test_a_repeated_message_is_computed_once(fleet: Fleet, way: Proxy) -> None:
    fleet.worker(BROKER_URL=Broker.url_at(way.port))
    queue = queue_of(fleet, 0)
    way.cut()
    simulation = fleet.simulate()
    [(batch,)] = fleet.query("SELECT id FROM simulations_batch")
    body, properties = a_message(simulation_id=simulation, batch_id=batch)
    for _ in range(3):
        fleet.broker.publish(queue, body, **properties)
    way.mend()
    fleet.assert_completes_undisturbed(simulation)
    assert fleet.query("SELECT max(attempts) FROM simulations_batch") == [(1,)]


def test_messages_out_of_order_and_to_both_workers_are_computed_once(fleet: Fleet) -> None:
    fleet.several(2)
    simulation = fleet.simulate()
    fleet.wait_for_runs(simulation, 200)
    (first,) = fleet.query("SELECT min(id) FROM simulations_batch")[0]
    # Some of these are done, some under way, most not even cut.
    told = [(first + number, index) for number in range(24) for index in (0, 1)]
    random.Random(5).shuffle(told)
    for batch, index in told:
        tell(fleet, index, simulation, batch)
    fleet.assert_completes_undisturbed(simulation)
    assert fleet.query("SELECT max(attempts) FROM simulations_batch") == [(1,)]


def test_a_message_of_a_batch_that_is_gone_is_ignored(fleet: Fleet) -> None:
    worker = fleet.worker()
    tell(fleet, 0, "zzzzzzzzzzzz", 10**9)
    wait_for(lambda: fleet.broker.length(queue_of(fleet, 0)) == 0, "the message to be taken")
    simulation = fleet.simulate(runs=200)
    fleet.assert_completes_undisturbed(simulation, 200)
    assert worker.lives
    assert fleet.broker.length(dead_letters(fleet)) == 0


MANGLED: dict[str, tuple[str | bytes, dict[str, Any]]] = {
    "an unknown task": a_message("simulations.no_such_task", simulation_id="zzzzzzzzzzzz", batch_id=1),
    "other arguments": a_message(simulation="zzzzzzzzzzzz"),
    "arguments of another type": a_message(simulation_id="zzzzzzzzzzzz", batch_id="all"),
    "no JSON": ("{{{", a_message()[1]),
    "no task": ("[[], {}, {}]", {"content_type": "application/json", "content_encoding": "utf-8"}),
    "another content type": (
        b"\x80\x04.",
        {**a_message()[1], "content_type": "application/x-python-serialize"},
    ),
    "no properties": ("hello", {}),
    "bytes": (b"\xff\xfe\x00", a_message()[1]),
}


def has_length(broker: Broker, queue: str, length: int) -> bool:
    return broker.length(queue) == length


def test_what_is_no_message_for_workers_becomes_a_dead_letter_and_the_worker_lives(fleet: Fleet) -> None:
    worker = fleet.worker()
    queue, dead = queue_of(fleet, 0), dead_letters(fleet)
    for number, (what, (body, properties)) in enumerate(MANGLED.items(), start=1):
        said = len(worker.records())
        fleet.broker.publish(queue, body, **properties)
        wait_for(partial(has_length, fleet.broker, dead, number), f"{what} among the dead letters")
        levels = [record["level"] for record in worker.records()[said:]]
        assert {"WARNING", "ERROR", "CRITICAL"} & set(levels), f"nothing was said of {what}"
    simulation = fleet.simulate()
    fleet.assert_completes_undisturbed(simulation, RUNS)
    assert worker.lives
