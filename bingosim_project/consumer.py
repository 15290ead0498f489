"""How a worker takes messages: as Celery does, but no message can stop it or get lost."""

from collections.abc import Callable
from typing import Any

from celery import bootsteps
from celery.utils.log import get_logger
from celery.worker.consumer import Consumer as CeleryConsumer
from celery.worker.consumer.connection import Connection
from celery.worker.consumer.delayed_delivery import DelayedDelivery

from simulations.queues import dead_letter_queue

logger = get_logger(__name__)

RECONNECT_AT_MOST_S = 5


class DeadLetters(bootsteps.StartStopStep):
    """Declares where dead letters go, also after a broker came back without it."""

    requires = (Connection,)

    def start(self, consumer: Any) -> None:
        """Declare the queue and its exchange."""
        with consumer.connection.channel() as channel:
            dead_letter_queue()(channel).declare()


class Consumer(CeleryConsumer):
    """Celery's consumer, with dead letters, and without what delays tasks (nothing here does)."""

    class Blueprint(CeleryConsumer.Blueprint):
        """The steps of starting to consume."""

        default_steps = [
            DeadLetters,
            *(
                step
                for step in CeleryConsumer.Blueprint.default_steps
                if step != f"{DelayedDelivery.__module__}:{DelayedDelivery.__name__}"
            ),
        ]

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
                self._refuse(message, error)

        return handle_safely

    def on_decode_error(self, message: Any, exc: Exception) -> None:
        """Dead-letter what can't be read; Celery would acknowledge it."""
        self._refuse(message, exc)

    def _refuse(self, message: Any, error: Exception) -> None:
        logger.error("Message refused, it is now in %s: %s", dead_letter_queue().name, error)
        if not message.acknowledged:
            message.reject_log_error(logger, self.connection_errors)

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
    """Raise for a message that isn't a task's: in a pool of threads such a one would never be acknowledged."""
    if not isinstance(message.headers, dict) or not {"id", "task"} <= message.headers.keys():
        raise ValueError("no task is named in its headers")
    match message.payload:
        case [list(), dict(), dict()]:
            return
    raise ValueError("its body is not that of a task")
