"""How a worker takes messages: as Celery does, but no message can stop it or get lost."""

import random
import secrets
import time
import warnings
from collections.abc import Callable
from copy import copy
from typing import Any

from celery import bootsteps
from celery.exceptions import CPendingDeprecationWarning
from celery.utils.log import get_logger
from celery.worker.consumer import Consumer as CeleryConsumer
from celery.worker.consumer.connection import Connection
from celery.worker.consumer.control import Control as CeleryControl

from simulations.queues import dead_letter_queue, replace_if_lost

logger = get_logger(__name__)

RECONNECT_AT_MOST_S = 5
LEFT_OUT = (
    # Nothing here delays a task, which takes 28 queues and exchanges that all namespaces would share.
    "celery.worker.consumer.delayed_delivery:DelayedDelivery",
    "celery.worker.consumer.control:Control",  # ours is in its place
)


class DeadLetters(bootsteps.StartStopStep):
    """Declares where dead letters go, also after a broker came back without it."""

    requires = (Connection,)

    def start(self, consumer: Any) -> None:
        """Declare the queue and its exchange."""
        with consumer.connection.channel() as channel:
            dead_letter_queue()(channel).declare()


class OwnQueue(bootsteps.StartStopStep):
    """Makes the worker's queue anew where the broker came back with its name only."""

    requires = (Connection,)

    def start(self, consumer: Any) -> None:
        """Look at the queue, before Celery waits for it without end."""
        for queue in consumer.app.amqp.queues.consume_from.values():
            if replace_if_lost(queue):
                logger.warning("the broker had lost queue %s, which was deleted and made anew", queue.name)


class Control(CeleryControl):
    """Remote control, which Flower asks, through a queue with a new name for each connection.

    The queue belongs to its connection. Under its old name a worker that connects again would be refused it,
    and could not consume, for as long as the broker takes the old connection for alive.
    """

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self.start = self._start_anew

    def _start_anew(self, consumer: Any) -> None:
        mailbox = copy(consumer.app.control.mailbox)
        mailbox.namespace = f"{mailbox.namespace}.{secrets.token_hex(4)}"  # of the queue; the exchange stays
        self.box.node.mailbox = mailbox
        self.box.start(consumer)


class Consumer(CeleryConsumer):
    """Celery's consumer, with dead letters and a queue that answers, without delayed delivery."""

    class Blueprint(CeleryConsumer.Blueprint):
        """The steps of starting to consume."""

        default_steps = (
            DeadLetters,
            OwnQueue,
            Control,
            *(step for step in CeleryConsumer.Blueprint.default_steps if step not in LEFT_OUT),
        )

    def create_task_handler(self, *arguments: Any, **options: Any) -> Callable[[Any], None]:
        """Return what is called with each message."""
        handle = super().create_task_handler(*arguments, **options)
        broken_connection = (*self.connection_errors, *self.channel_errors)

        def handle_safely(message: Any) -> None:
            try:
                _check(message)
                handle(message)
            except broken_connection:
                raise
            except Exception as error:
                self._refuse(message, str(error))

        return handle_safely

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Dead-letter what can't be read; Celery would acknowledge it."""
        self._refuse(message, f"it can't be read: {exc}")

    def on_unknown_message(self, body: Any, message: Any) -> None:
        """Dead-letter what isn't a task's."""
        self._refuse(message, "it is not that of a task")

    def on_unknown_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Dead-letter a task's that isn't ours, in one line of the log rather than thirty."""
        self._refuse(message, f"there is no task {message.headers.get('task')!r}")

    def on_invalid_task(self, body: Any, message: Any, exc: Exception) -> None:
        """Dead-letter what Celery can't make a request of."""
        self._refuse(message, str(exc))

    def _refuse(self, message: Any, reason: str) -> None:
        logger.error("a message was refused, and is now in queue %s: %s", dead_letter_queue().name, reason)
        if not message.acknowledged:
            message.reject_log_error(logger, self.connection_errors)

    def on_connection_error_after_connected(self, exc: Exception) -> None:
        """Prepare for connecting again, without a warning each time of what Celery 6 is going to change."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", CPendingDeprecationWarning)
            super().on_connection_error_after_connected(exc)
        # Celery connects again at once, also where every connection ends at once, thirty times a second.
        time.sleep(random.uniform(0.2, 1.0))

    def ensure_connected(self, conn: Any) -> Any:
        """Connect, trying again for ever; Celery's pauses grow to half a minute."""
        ensure = conn.ensure_connection

        def ensure_soon(*arguments: Any, **options: Any) -> Any:
            return ensure(
                *arguments, interval_start=1, interval_step=1, interval_max=RECONNECT_AT_MOST_S, **options
            )

        conn.ensure_connection = ensure_soon
        return super().ensure_connected(conn)


def _check(message: Any) -> None:
    """Raise for a message that isn't a task's: with a pool of threads Celery would never acknowledge it."""
    if not isinstance(message.headers, dict) or not {"id", "task"} <= message.headers.keys():
        raise ValueError("its headers name no task")
    match message.payload:
        case [list(), dict(), dict()]:
            return
    raise ValueError("its body is not that of a task")
