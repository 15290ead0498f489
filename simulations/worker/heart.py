"""The thread beside the computing one: heartbeat, index, reconciling and the meter's log lines."""

import logging
import os
import random
import signal
import threading

from django.db import connection

from simulations import dispatch
from simulations.models import RECONCILE_S, Simulation, Worker
from simulations.worker.index import IndexLock
from simulations.worker.meter import Meter
from simulations.worker.sessions import is_gone

# More than one, so that one may hang.
RECONCILERS = 2
STATEMENT_TIMEOUT = "5s"

logger = logging.getLogger(__name__)


class Heart(threading.Thread):
    """Beats every two seconds or so, until it is stopped."""

    def __init__(self, worker: Worker, lock: IndexLock, meter: Meter) -> None:
        super().__init__(name="heart", daemon=True)
        self.worker = worker
        self.lock = lock
        self.meter = meter
        self._stopped = threading.Event()
        self._silent = False
        self._left: set[str] = set()

    def run(self) -> None:
        # Jittered, so that the workers of a fleet don't come all at once.
        while not self._stopped.wait(RECONCILE_S * random.uniform(0.7, 1.0)):
            self._beat()
            self.meter.tick()
        connection.close()

    def stop(self) -> None:
        """End the thread."""
        self._stopped.set()
        self.join(timeout=RECONCILE_S)

    def _beat(self) -> None:
        try:
            _limit_statements()
            if not self.lock.keep() or not self._say_alive():
                logger.error("another worker has index %d by now: this one stops", self.worker.index)
                # As an operator would: the batch under way is given back.
                os.kill(os.getpid(), signal.SIGTERM)
                self._stopped.set()
                return
            self._say_what_is_left()
            if self._reconciles():
                dispatch.reconcile()
            self._silent = False
        except Exception as error:
            # Whatever it is, a worker without a heart would look dead; the next beat may do better.
            connection.close()
            if not is_gone(error):
                logger.exception("the heartbeat failed")
            elif not self._silent:
                logger.warning("the database does not answer: %s", str(error).strip().partition("\n")[0])
                self._silent = True

    def _say_alive(self) -> bool:
        return Worker.objects.beat(self.worker.index, self.worker.token, totals=self.meter.totals())

    def _reconciles(self) -> bool:
        """Only the lowest live indexes do: the cost of all doing it grows with the square of their number."""
        return Worker.objects.live().filter(index__lt=self.worker.index).count() < RECONCILERS

    def _say_what_is_left(self) -> None:
        """Say once which simulations need another engine, which might give other results."""
        version = self.worker.engine_version
        others = Simulation.objects.active_distributed().exclude(engine_version=version)
        for pk, wanted in others.order_by().values_list("pk", "engine_version"):
            if pk not in self._left:
                self._left.add(pk)
                text = "the simulation needs engine version %d, this worker has %d: left to others"
                logger.warning(text, wanted, version, extra={"simulation": pk})


def _limit_statements() -> None:
    """No statement may hold the heart for long; said each time, since the connection may be a new one."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET statement_timeout = '{STATEMENT_TIMEOUT}'")
