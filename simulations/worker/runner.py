"""What a worker does with a batch: claim, compute in slices, record; then it hands itself the next."""

import logging
import random
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from django.db import Error, connection

from simulations import dispatch
from simulations.compiled import compile_frozen
from simulations.compute import Computer
from simulations.engine import Engine
from simulations.models import LEASE_S, BatchStatus, Worker
from simulations.services import batches
from simulations.services.batches import Claimed
from simulations.services.handover import Speed, hand_over
from simulations.services.outages import is_outage, outage_text, said_by_server
from simulations.services.reconciling import complete_if_finished
from simulations.storage import Computed
from simulations.worker.meter import Meter, Outcome

Answer = TypeVar("Answer")

RENEW_S = LEASE_S / 4
# A batch of a fixed size may take hours; a broker takes messages back that are not acknowledged for long.
LONGEST_S = 60.0
ENGINES = 2
RETRY_S, LONGEST_RETRY_S = 0.1, 1.0
# How long a worker that is to stop still tries to reach the database; after that the lease sees to its batch.
PATIENCE_WHEN_STOPPING_S = 5.0
# So long the lease is kept of a worker that can't reach the database, by its heart, which can.
KEEP_S = 60.0

OUTCOMES: dict[BatchStatus | None, Outcome] = {
    BatchStatus.PENDING: "retried",
    BatchStatus.FAILED: "failed",
    None: "lost",
}

logger = logging.getLogger(__name__)


class BatchLost(Exception):
    """The batch is another worker's by now, or its simulation has ended."""


class Runner:
    """One worker's way of computing batches, one after the other, in the thread that runs tasks."""

    def __init__(self, worker: Worker, meter: Meter, stopping: threading.Event) -> None:
        self.worker = worker
        self.meter = meter
        self.stopping = stopping
        self._held: Claimed | None = None
        self._trouble: _Trouble | None = None
        self._speed: Speed | None = None
        self._computers: OrderedDict[tuple[str, str], Computer] = OrderedDict()

    def run(self, batch_id: int) -> None:
        """Compute a batch if it is to be had, and hand this worker its next one."""
        with self.meter.phase("claim") as claiming:
            claimed = self._insist(lambda: self._claim(batch_id))
        if claimed is None:
            # The message was a repeated or a late one. Whoever has the batch goes on by itself.
            return
        self.meter.running(True)
        self._held = claimed
        try:
            self._run_claimed(claimed, claiming.seconds)
        finally:
            self._held = None
            self.meter.running(False)
        self.hand_on()

    def keep_lease(self) -> None:
        """Renew the lease of a batch that the database doesn't take; the heart calls it, from its thread.

        Only what is small may succeed: on a full disk a lease is renewed where a result finds no room.
        """
        held, trouble = self._held, self._trouble
        if held is not None and trouble is not None and trouble.is_anybodys():
            batches.hold(held, trouble=trouble.text)

    def hand_on(self) -> None:
        """Hand this worker its next batch, unless it is to stop."""
        if self.stopping.is_set():
            return
        with self.meter.phase("claim"):
            batch = self._insist(lambda: hand_over(self.worker.index, self._speed))
        if batch is not None:
            with self.meter.phase("publish"):
                sent = dispatch.send(batch)
            if sent:
                self.meter.message()

    def _claim(self, batch_id: int) -> Claimed | None:
        return batches.claim(batch_id, worker=self.worker.name, engine_version=self.worker.engine_version)

    def _run_claimed(self, claimed: Claimed, claim_s: float) -> None:
        try:
            computed = self._compute(claimed)
        except BatchLost:
            self._let_go(claimed)
        except Exception as error:
            self._retry(claimed, error)
        else:
            self._record(claimed, computed, claim_s)

    def _compute(self, claimed: Claimed) -> Computed:
        watch = _Watch(claimed, self.stopping)
        computer = self._computer(claimed)
        with self.meter.phase("simulate"):
            computed = computer.compute(claimed.span, watch)
        runs_per_s = computed.span.n_runs / max(computed.simulate_s, 1e-6)
        self._speed = Speed(claimed.document_digest, runs_per_s)
        return computed

    def _computer(self, claimed: Claimed) -> Computer:
        key = (claimed.document_digest, claimed.seed)
        self.meter.cache(key in self._computers)
        if key not in self._computers:
            document = self._insist(lambda: batches.frozen_document(claimed.simulation_id))
            self._computers[key] = Computer(Engine(compile_frozen(document), claimed.seed))
            if len(self._computers) > ENGINES:
                self._computers.popitem(last=False)
        self._computers.move_to_end(key)
        return self._computers[key]

    def _record(self, claimed: Claimed, computed: Computed, claim_s: float) -> None:
        started = time.monotonic()
        logged = _logged(claimed)

        def record() -> bool:
            timings = {"claim_s": claim_s, "persist_s": time.monotonic() - started}
            return batches.record(claimed, computed, **timings)

        with self.meter.phase("persist"):
            recorded = self._insist(record)
            if recorded:
                self._insist(lambda: complete_if_finished(claimed.simulation_id))
        if recorded:
            self.meter.runs(computed.span.n_runs)
            self.meter.batch("done")
        else:
            self.meter.batch("lost")
            logger.warning("lost the batch before it was recorded, and discard it", extra=logged)

    def _let_go(self, claimed: Claimed) -> None:
        """Return a batch whose simulation has ended; one that another has is discarded."""
        given_back = self._insist(lambda: batches.give_back(claimed))
        self.meter.batch("given_back" if given_back else "lost")
        text = "gave the batch back" if given_back else "lost the batch, and discard what was computed"
        logger.info(text, extra=_logged(claimed))

    def _retry(self, claimed: Claimed, error: Exception) -> None:
        text = "".join(traceback.format_exception(error, limit=-4))
        status = self._insist(lambda: batches.retry_or_fail(claimed, error=text))
        outcome = OUTCOMES[status]
        self.meter.batch(outcome)
        logger.error("the batch %s: %s", outcome, error, exc_info=error, extra=_logged(claimed))

    def _insist(self, ask: Callable[[], Answer]) -> Answer:
        """Ask the database until it answers, however long it is away; shorter where the worker is to stop."""
        try:
            return self._ask_until_answered(ask)
        finally:
            self._trouble = None

    def _ask_until_answered(self, ask: Callable[[], Answer]) -> Answer:
        started, wait_s, stop_at = time.monotonic(), RETRY_S, None
        while True:
            try:
                return ask()
            except Error as error:
                if not is_outage(error):
                    raise
                connection.close()
                self._trouble = _Trouble(outage_text(error), said_by_server(error), started)
                if self.stopping.is_set():
                    stop_at = stop_at or time.monotonic() + PATIENCE_WHEN_STOPPING_S
                    if time.monotonic() > stop_at:
                        raise
                logger.warning("%s (trying again)", self._trouble.text, extra={"repeats": "database"})
            time.sleep(wait_s * random.uniform(0.5, 1.5))
            wait_s = min(2 * wait_s, LONGEST_RETRY_S)


class _Trouble(NamedTuple):
    """Why the database is being asked again, and since when."""

    text: str
    said_by_server: bool
    since: float

    def is_anybodys(self) -> bool:
        """Return whether another worker would most likely get no further with the batch."""
        return self.said_by_server or time.monotonic() - self.since < KEEP_S


class _Watch:
    """What a worker asks itself between two slices: is the batch still mine, am I to stop?"""

    def __init__(self, claimed: Claimed, stopping: threading.Event) -> None:
        self.claimed = claimed
        self.stopping = stopping
        self.started = self.renewed = time.monotonic()

    def __call__(self) -> bool:
        """Return whether to go on; raise `BatchLost`."""
        now = time.monotonic()
        if self.stopping.is_set() or now - self.started > LONGEST_S:
            return False
        if now - self.renewed > RENEW_S:
            self._renew()
            self.renewed = now
        return True

    def _renew(self) -> None:
        try:
            if not batches.renew(self.claimed):
                raise BatchLost
        except Error as error:
            if not is_outage(error):
                raise
            # Without a database nobody else gets the batch: go on, and see when it is to be recorded.
            connection.close()


_current: Runner | None = None


def install(runner: Runner) -> None:
    """Make this process a worker: `current` returns its runner."""
    global _current
    _current = runner


def current() -> Runner:
    """Return the runner of this process; raise RuntimeError where it is no worker."""
    if _current is None:
        raise RuntimeError("Batches are run by `manage.py worker` only.")
    return _current


def _logged(claimed: Claimed) -> dict[str, object]:
    return {"simulation": claimed.simulation_id, "batch": claimed.batch_id}
