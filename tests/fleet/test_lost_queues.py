"""A broker that is killed right after a queue was declared comes back with no more than the queue's name."""

import time

import pytest
from kombu import Connection, Queue
from pytest_django import Settings

from simulations.queues import dead_letter_queue, worker_queue
from tests.fleet.broker import Broker
from tests.fleet.fleet import Fleet
from tests.fleet.messages import queue_of
from tests.fleet.proxy import Proxy
from tests.fleet.waiting import wait_for

ANEW = "deleted and made anew"


def lose(broker: Broker, queue: Queue) -> None:
    """Have the broker lose a queue; skip the test where it is of a version that doesn't."""
    with Connection(broker.url) as connection:
        queue(connection.channel()).declare()
    broker.kill()
    broker.start()
    if broker.can_read(queue.name):
        pytest.skip("This RabbitMQ keeps what it was told right before it was killed.")


@pytest.fixture
def names(fleet: Fleet, settings: Settings) -> None:
    """Give queues the names that they have in the fleet, in this process, too."""
    settings.BINGOSIM_NAMESPACE = fleet.namespace


def test_a_broker_that_is_killed_soon_after_a_workers_start_stops_nothing(fleet: Fleet) -> None:
    worker = fleet.worker()
    # When it loses the queue is up to its own half a second; it loses one that was declared 0.3 s ago.
    time.sleep(0.2)
    fleet.broker.kill()
    simulation = fleet.simulate()
    fleet.broker.start()
    fleet.assert_completes_undisturbed(simulation)
    fleet.assert_nothing_failed()
    assert worker.lives


@pytest.mark.usefixtures("names")
def test_a_worker_that_finds_its_queue_lost_makes_it_anew(fleet: Fleet) -> None:
    queue = worker_queue(0)
    lose(fleet.broker, queue)
    worker = fleet.worker()
    (said,) = worker.said(ANEW)
    assert queue.name in said["message"]
    assert fleet.broker.can_read(queue.name)
    fleet.assert_completes_undisturbed(fleet.simulate())


@pytest.mark.usefixtures("names")
def test_lost_dead_letters_stop_no_worker(fleet: Fleet) -> None:
    dead = dead_letter_queue()
    lose(fleet.broker, dead)
    worker = fleet.worker()
    fleet.broker.publish(queue_of(fleet, 0), "no task")
    worker.wait_to_say("a message was refused")
    fleet.assert_completes_undisturbed(fleet.simulate())
    # Not a worker's to delete: what an operator has not read yet may be in it.
    assert worker.said(ANEW) == []
    assert not fleet.broker.can_read(dead.name)


def test_a_worker_that_connects_during_a_memory_alarm_keeps_its_queue(fleet: Fleet) -> None:
    queue = queue_of(fleet, 0)
    with Proxy(fleet.broker.port) as way, fleet.broker.blocked():
        worker = fleet.worker(BROKER_URL=Broker.url_at(way.port))
        way.cut()
        wait_for(lambda: fleet.broker.consumers(queue) == 0, "the broker to notice")
        way.mend()
        wait_for(lambda: fleet.broker.consumers(queue) == 1, "the worker to connect again")
        assert worker.said(ANEW) == []
        worker.kill()
