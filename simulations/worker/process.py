"""One worker, from its start to its end."""

import logging
import os
import secrets
import socket
import threading
import warnings
from contextlib import suppress
from typing import Any

from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed
from celery import Celery, signals
from celery.exceptions import SecurityWarning
from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from kombu.exceptions import OperationalError as BrokerError

from simulations import dispatch, engine
from simulations.identity import new_token
from simulations.models import Worker
from simulations.queues import broker_problem, declare, worker_queue
from simulations.worker import runner
from simulations.worker.heart import Heart
from simulations.worker.index import IndexLock
from simulations.worker.meter import Meter
from simulations.worker.runner import Runner
from simulations.worker.sessions import limit_silence

NICENESS = 5

logger = logging.getLogger(__name__)


class WorkerRefused(Exception):
    """The worker can't start; the message says why and what helps."""


def run_worker(app: Celery) -> int:
    """Be a worker until a signal ends it, and return the exit code.

    Raises `IndexTaken`, `WorkerRefused` and `MeterPortTaken` where it can't start.
    """
    # One line of log each, whatever the format.
    logging.captureWarnings(True)
    # Celery warns whoever is root of pickled messages, which run as code when they are read; ours are JSON.
    warnings.simplefilter("ignore", SecurityWarning)
    if connection.vendor != "postgresql":
        raise WorkerRefused("Workers need PostgreSQL, which they share: set DATABASE_URL to one.")
    if problem := broker_problem():
        raise WorkerRefused(problem)
    limit_silence()
    # The database and the broker go first where they share cores with workers: what they do is brief.
    os.nice(NICENESS)
    lock = IndexLock(settings.WORKER_INDEX, settings.WORKER_COUNT)
    index = lock.acquire()
    try:
        _declare_queue(app, index)
        _warm_up()
        return _Process(app, index, lock).run()
    finally:
        lock.release()


class _Process:
    """What a worker consists of: Celery's consumer, the runner in its thread, and the heart."""

    def __init__(self, app: Celery, index: int, lock: IndexLock) -> None:
        self.app = app
        self.index = index
        # The suffix keeps a restarted worker apart from the one before, whose control queue may be there yet.
        self.name = f"worker-{index}-{secrets.token_hex(2)}@{socket.gethostname()}"
        self.stopping = threading.Event()
        self.meter = Meter(index=index, engine_version=engine.ENGINE_VERSION)
        self.lock = lock

    def run(self) -> int:
        if settings.METRICS_PORT is not None:
            self.meter.serve(settings.METRICS_PORT)
        worker = Worker.objects.register(
            self.index, name=self.name, token=new_token(), engine_version=engine.ENGINE_VERSION
        )
        the_runner = Runner(worker, self.meter, self.stopping)
        runner.install(the_runner)
        heart = Heart(worker, self.lock, self.meter, the_runner.keep_lease)
        heart.start()
        signals.worker_shutting_down.connect(self._stop, weak=False)
        signals.worker_ready.connect(self._say_ready, weak=False)
        try:
            return self._consume()
        finally:
            heart.stop()
            self._leave(worker)
            logger.info("worker %d stopped", self.index, extra={"worker": self.name})

    def _consume(self) -> int:
        celery_worker = self.app.Worker(
            hostname=self.name,
            pool="threads",
            concurrency=1,
            queues=[worker_queue(self.index).name],
            without_gossip=True,
            without_mingle=True,
            task_events=True,
            loglevel="INFO",
            quiet=True,
        )
        with suppress(SystemExit):
            celery_worker.start()
        # Celery calls an end by Ctrl-C a failure, even a soft one.
        return 0 if self.stopping.is_set() else int(celery_worker.exitcode or 1)

    def _stop(self, **_: Any) -> None:
        self.stopping.set()

    def _say_ready(self, **_: Any) -> None:
        text = "worker %d is ready: process %d, engine version %d"
        logger.info(text, self.index, os.getpid(), engine.ENGINE_VERSION, extra={"worker": self.name})
        with suppress(DatabaseError):  # the heart does it, too, within two seconds
            dispatch.hand_to_idle()
        connection.close()  # this thread asks the database nothing more until the end

    def _leave(self, worker: Worker) -> None:
        self.meter.end_window()
        close_old_connections()
        with suppress(DatabaseError):  # without it the worker counts as dead a little later
            Worker.objects.leave(self.index, worker.token, totals=self.meter.totals())


def _declare_queue(app: Celery, index: int) -> None:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=5)
            declare(broker, index)
    except PreconditionFailed as error:
        raise WorkerRefused(
            f"A queue of worker {index} is there with other arguments: delete it, or set another "
            f"BINGOSIM_NAMESPACE ({error.reply_text})."
        ) from error
    except (AccessRefused, NotAllowed) as error:
        raise WorkerRefused(
            f"The broker refuses the credentials or the virtual host in BROKER_URL ({error.reply_text})."
        ) from error
    except (BrokerError, OSError) as error:
        raise WorkerRefused(f"The broker does not answer: check BROKER_URL ({error}).") from error


def _warm_up() -> None:
    if not engine.is_warm():
        logger.info("compiling the kernels, which takes up to a minute; this happens once for each version")
    engine.warmup()
