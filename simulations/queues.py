"""Queues of the broker: a quorum queue for each worker, and one for messages that nobody could use."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from amqp.exceptions import AccessRefused, AMQPError, InternalError, NotAllowed
from celery import current_app
from django.conf import settings
from kombu import Connection, Exchange, Producer, Queue
from kombu.exceptions import KombuError
from kombu.pools import ProducerPool

# Above any number of attempts and lost leases, so that no broker's way of counting decides what fails.
DELIVERY_LIMIT = 100
# A worker's queue is gone once nobody has read it for this long.
EXPIRES_S = 600
# The oldest of more dead letters are dropped.
MOST_DEAD_LETTERS = 10_000
# How long a publisher waits for the broker's word that it has the message. A broker that is short of memory
# gives none; the message is sent again later.
CONFIRM_S = min(3.0, 0.3 * settings.LEASE_S)
MOST_PUBLISHERS = 4
# How long a broker that answers may take to read a queue; so long, twice over, only a lost one stays silent.
ANSWER_S = min(5.0, settings.LEASE_S)
# RabbitMQ itself gives a lost queue's missing leader 5 s before it deletes without.
DELETE_S = 10.0

# kombu passes on much of what its transport raises: sockets, time-outs, AMQP's refusals.
BROKER_ERRORS = (KombuError, AMQPError, OSError)


def broker_problem() -> str | None:
    """Say what is wrong with the broker's address, if nothing can be sent for want of one."""
    if settings.BROKER_URL is None:
        return "BROKER_URL must be set, like amqp://user:password@host:5672//, when DEBUG is 0."
    return None


def explain_broker_error(error: Exception) -> str:
    """Say in one line what is wrong and what helps."""
    if isinstance(error, AccessRefused | NotAllowed):
        return f"The broker refuses the credentials or the virtual host in BROKER_URL ({error.reply_text})."
    what = str(error).strip().partition("\n")[0] or type(error).__name__
    return f"The broker does not answer: check BROKER_URL ({what})."


def worker_queue_name(index: int) -> str:
    """Name the queue of worker `index`."""
    return f"{settings.BINGOSIM_NAMESPACE}.sim.worker.{index}"


def worker_queue(index: int) -> Queue:
    """Return the queue of worker `index`, as that worker declares it."""
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": dead_letter_queue().name,
        "x-dead-letter-routing-key": dead_letter_queue().name,
    }
    name = worker_queue_name(index)
    # Without an exchange of its own: every queue is reached by its name.
    return Queue(name, exchange=Exchange(""), routing_key=name, expires=EXPIRES_S, queue_arguments=arguments)


def sending_queue(index: int) -> Queue:
    """Return the queue of worker `index` as publishers see it: they declare nothing."""
    name = worker_queue_name(index)
    return Queue(name, exchange=Exchange("", no_declare=True), routing_key=name, no_declare=True)


def dead_letter_queue() -> Queue:
    """Return the queue, with its exchange, of messages that no worker could use."""
    name = f"{settings.BINGOSIM_NAMESPACE}.dead"
    arguments: dict[str, Any] = {"x-queue-type": "quorum", "x-max-length": MOST_DEAD_LETTERS}
    return Queue(name, exchange=Exchange(name, "direct"), routing_key=name, queue_arguments=arguments)


def declare(connection: Connection, index: int) -> None:
    """Make the queues that worker `index` needs, and tell Celery of its own.

    Raises `amqp.exceptions.PreconditionFailed` where one is there with other arguments.
    """
    for queue in (dead_letter_queue(), worker_queue(index)):
        with connection.channel() as channel:
            queue(channel).declare()
    current_app.amqp.queues.add(worker_queue(index))


def replace_if_lost(queue: Queue) -> bool:
    """Make a queue anew that the broker knows but can't read; True where that was so.

    RabbitMQ that is killed right after a quorum queue was declared may come back with the queue's name and
    without its leader: declaring it is answered, reading and filling it never. Only for the queue of an index
    that this process holds: its messages are lost, which are hints.
    """
    if _can_be_read(queue) or _can_be_read(queue):
        return False
    with _patient_for(DELETE_S) as connection:
        bound = queue(connection.channel())
        bound.delete()
        bound.declare()
    return True


def _can_be_read(queue: Queue) -> bool:
    with _patient_for(ANSWER_S) as connection:
        bound = queue(connection.channel())
        # Outside of the `try`: a broker that doesn't even answer this is one to wait for.
        bound.declare()
        try:
            bound.get()  # a message is back in the queue when the connection ends
        except (TimeoutError, InternalError):  # RabbitMQ itself gives up after a minute
            # Without a goodbye: a channel that waits for a lost queue answers none.
            connection.collect()
            return False
    return True


def _patient_for(seconds: float) -> Connection:
    """Return a connection of its own, on which nothing arrives but answers: each has to come in time."""
    connection: Connection = current_app.connection_for_read(transport_options={"read_timeout": seconds})
    return connection


class ConfirmedProducer(Producer):
    """Waits until the broker has a message, but not for ever."""

    def publish(self, *arguments: Any, **options: Any) -> Any:
        """Publish as kombu does, with a bound on the waiting."""
        options["confirm_timeout"] = options.get("confirm_timeout") or CONFIRM_S
        return super().publish(*arguments, **options)


@contextmanager
def publisher() -> Iterator[Producer]:
    """Lend a producer with confirms, for `app.send_task(…, producer=…, queue=sending_queue(…))`."""
    with _publishers().acquire(block=True, timeout=CONFIRM_S) as producer:
        try:
            yield producer
        except BaseException:
            # Dropped without a goodbye, for which kombu would wait: a broker that blocks answers none.
            producer.connection.collect()
            raise


@cache
def _publishers() -> ProducerPool:
    # Confirms are only for what these send: a worker's events need none, and would wait for it each time.
    connection = current_app.connection_for_write(transport_options={"confirm_publish": True})
    connections = connection.Pool(limit=MOST_PUBLISHERS)
    return ProducerPool(connections, limit=MOST_PUBLISHERS, Producer=ConfirmedProducer)
