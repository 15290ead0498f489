"""The thread beside the computing one: heartbeat, index, leases, reconciling and the meter's log lines."""

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable

from django.db import connection

from simulations import dispatch
from simulations.models import LEASE_S, RECONCILE_S, Simulation, Worker
from simulations.services.outages import is_outage, outage_text
from simulations.worker.index import IndexLock
from simulations.worker.meter import Meter

# More than one, so that one may hang.
RECONCILERS = 2
STATEMENT_TIMEOUT = "5s"

logger = logging.getLogger(__name__)


class Heart(threading.Thread):
    """Beats every two seconds or so, until it is stopped; ``keep_lease`` is called with each beat."""

    def __init__(self, worker: Worker, lock: IndexLock, meter: Meter, keep_lease: Callable[[], None]) -> None:
        super().__init__(name="heart", daemon=True)
        self.worker = worker
        self.lock = lock
        self.meter = meter
        self.keep_lease = keep_lease
        self._stopped = threading.Event()
        self._spares_until = 0.0
        self._cut_off = False
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
            self.keep_lease()
            if not self.lock.keep() or not self._say_alive():
                logger.error("another worker has index %d by now: this one stops", self.worker.index)
                # As an operator would: the batch under way is given back.
                os.kill(os.getpid(), signal.SIGTERM)
                self._stopped.set()
                return
            self._say_what_is_left()
            if self._cut_off:
                # Others that could not renew their leases either have time to do so, or to record.
                self._cut_off, self._spares_until = False, time.monotonic() + LEASE_S
            if self._reconciles():
                dispatch.reconcile(take_back=time.monotonic() >= self._spares_until)
        except Exception as error:
            # Whatever it is, a worker without a heart would look dead; the next beat may do better.
            connection.close()
            if is_outage(error):
                logger.warning(outage_text(error), extra={"repeats": "database"})
                self._cut_off = True
            else:
                logger.exception("the heartbeat failed")

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
