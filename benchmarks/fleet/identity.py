"""One worker identity: everything that a worker does beside computing, with the worker's own code.

The runner, the heart, the lock of the index, the services and the dispatch are the real ones. Left out are
Celery's consumer, whose place a kombu consumer takes, and the kernel, which sleeps.
"""

import random
import secrets
import socket
import threading
import time
from contextlib import suppress
from typing import Any, NamedTuple

from celery import Celery
from django.db import connection
from kombu import Connection, Consumer

from benchmarks.fleet.tally import Tally
from simulations import engine
from simulations.compute import SLICE_S, Computer
from simulations.identity import new_token
from simulations.models import Worker
from simulations.queues import declare, worker_queue
from simulations.services.batches import Claimed
from simulations.spans import Span
from simulations.storage import Computed
from simulations.worker.heart import Heart
from simulations.worker.index import IndexLock
from simulations.worker.meter import Meter
from simulations.worker.runner import Runner

# Batches differ in length, and workers that march in step would come all at once.
JITTER = 0.1
# How soon an identity without a batch sees that it is to stop.
LISTEN_S = 0.5


class Role(NamedTuple):
    """What an identity plays: a batch that was computed once, and how long it takes to compute."""

    computed: Computed
    batch_s: float


class Sleeper(Computer):
    """Sleeps in the slices in which a computer computes, and returns what was computed before."""

    def __init__(self, role: Role, tally: Tally) -> None:
        # Without the engine that a computer has.
        self.role = role
        self.tally = tally
        self._ended: float | None = None

    def compute(self, span: Span, between: Any) -> Computed:
        """Sleep as long as a batch takes; ``between`` ends it as it ends computing."""
        started = time.monotonic()
        if self._ended is not None:
            self.tally.wait("between batches", started - self._ended)
        end = started + self.role.batch_s * random.uniform(1 - JITTER, 1 + JITTER)
        while (left := end - time.monotonic()) > 0:
            time.sleep(min(SLICE_S, left))
            if not between():
                break
        self._ended = time.monotonic()
        return self.role.computed._replace(span=span, simulate_s=self._ended - started)


class SleepingRunner(Runner):
    """The runner of a worker, with its steps timed."""

    def __init__(
        self, worker: Worker, meter: Meter, stopping: threading.Event, *, role: Role, tally: Tally
    ) -> None:
        super().__init__(worker, meter, stopping)
        self.tally = tally
        self._sleeper = Sleeper(role, tally)
        self.handed_on: float | None = None

    def hand_on(self) -> None:
        with self.tally.step("hand over"):
            super().hand_on()
        self.handed_on = time.monotonic()

    def _claim(self, batch_id: int) -> Claimed | None:
        with self.tally.step("claim"):
            return super()._claim(batch_id)

    def _computer(self, claimed: Claimed) -> Computer:
        self.meter.cache(True)
        return self._sleeper

    def _record(self, claimed: Claimed, computed: Computed, claim_s: float) -> None:
        with self.tally.step("record"):
            super()._record(claimed, computed, claim_s)


class TimedHeart(Heart):
    """The heart of a worker, timed, with the event that Celery sends about as often."""

    def __init__(self, worker: Worker, lock: IndexLock, meter: Meter, *, events: Any, tally: Tally) -> None:
        super().__init__(worker, lock, meter, keep_lease=lambda: None)
        self.events = events
        self.tally = tally

    def run(self) -> None:
        with connection.execute_wrapper(self.tally.statement):
            super().run()

    def _beat(self) -> None:
        with self.tally.step("heart"):
            super()._beat()
        self.events.send("worker-heartbeat", freq=2.0, active=1, processed=1, loadavg=(0.0, 0.0, 0.0))
        self.tally.add("events", n=1)


class Identity(threading.Thread):
    """A worker from its start to its end, in a thread."""

    def __init__(self, app: Celery, index: int, role: Role, tally: Tally, stopping: threading.Event) -> None:
        super().__init__(name=f"worker-{index}", daemon=True)
        self.app = app
        self.index = index
        self.role = role
        self.tally = tally
        self.stopping = stopping
        self.meter = Meter(index=index, engine_version=engine.ENGINE_VERSION)
        self.ready = threading.Event()
        self.problem: BaseException | None = None

    def run(self) -> None:
        lock = IndexLock(self.index, None)
        try:
            lock.acquire()
            with self.app.connection_for_write() as listening, self.app.connection_for_write() as telling:
                declare(listening, self.index)
                with connection.execute_wrapper(self.tally.statement):
                    self._work(lock, listening, telling)
        except BaseException as problem:
            self.problem = problem
        finally:
            lock.release()
            connection.close()

    def _work(self, lock: IndexLock, listening: Connection, telling: Connection) -> None:
        name = f"worker-{self.index}-{secrets.token_hex(2)}@{socket.gethostname()}"
        worker = Worker.objects.register(
            self.index, name=name, token=new_token(), engine_version=engine.ENGINE_VERSION
        )
        events = self.app.events.Dispatcher(telling, hostname=name, buffer_group=["task"])
        runner = SleepingRunner(worker, self.meter, self.stopping, role=self.role, tally=self.tally)
        heart = TimedHeart(worker, lock, self.meter, events=events, tally=self.tally)
        # Without handing work to the idle, as a worker does when it starts: there is none yet.
        heart.start()
        try:
            self._listen(listening, runner, events)
        finally:
            heart.stop()
            Worker.objects.leave(self.index, worker.token, totals=self.meter.totals())

    def _listen(self, listening: Connection, runner: SleepingRunner, events: Any) -> None:
        def take(body: Any, message: Any) -> None:
            self._take(body, message, runner, events)

        queue = worker_queue(self.index)
        with Consumer(
            listening, [queue], callbacks=[take], accept=["json"], prefetch_count=1, auto_declare=False
        ):
            self.ready.set()
            while not self.stopping.is_set():
                with suppress(TimeoutError):
                    listening.drain_events(timeout=LISTEN_S)

    def _take(self, body: Any, message: Any, runner: SleepingRunner, events: Any) -> None:
        """Do with a message what the task does, and send the events that Celery sends around it."""
        if runner.handed_on is not None:
            self.tally.wait("message", time.monotonic() - runner.handed_on)
            runner.handed_on = None
        _, ids, _ = body
        task_id = message.headers["id"]
        facts = {"name": message.headers["task"], "kwargs": message.headers["kwargsrepr"], "args": "()"}
        events.send("task-received", uuid=task_id, **facts)
        events.send("task-started", uuid=task_id)
        events.flush()
        runner.run(ids["batch_id"])
        message.ack()
        events.send("task-succeeded", uuid=task_id, result=None, runtime=self.role.batch_s)
        events.flush()
        self.tally.add("events", n=2)
