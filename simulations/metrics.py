"""Figures for Prometheus, from the database and the broker, about all workers and local runs together.

Tables of batches and simulations grow for ever, and this is asked several times a minute. So totals since ever
are those that workers keep of themselves (a row for each index); else it is about simulations that are active,
which an index knows, or among the newest ones of the last day. No label holds the name of an event or a person.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any

from amqp.exceptions import NotFound
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Count, F, Q, Sum
from kombu import Connection
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from simulations.models import (
    ACTIVE,
    Batch,
    BatchStatus,
    Mode,
    Simulation,
    SimulationStatus,
    Worker,
    in_seconds,
)
from simulations.queues import dead_letter_queue, worker_queue_name

BROKER_TIMEOUT_S = 1.0
RECENT_S = 24 * 3600
MOST_RECENT = 1000
PERCENTILES = (50, 95, 100)
OUTCOMES = {
    "done": "batches",
    "failed": "failed",
    "retried": "retried",
    "lost": "lost",
    "given_back": "given_back",
}
LOOKS = {"hit": "cache_hits", "miss": "cache_misses"}


class SharedMetrics(Collector):
    """What the web process tells Prometheus; without the database or the broker, the rest of it."""

    def collect(self) -> Iterator[Metric]:
        """Ask the database and the broker, and yield what they know."""
        live: list[int] = []
        try:
            live = list(Worker.objects.live().values_list("index", flat=True))
            figures = [*_workers(live), *_active_simulations(), *_active_batches(), *_recent_simulations()]
        except DatabaseError:
            yield _gauge("bingosim_database_up", "Whether the database answers.", 0)
        else:
            yield _gauge("bingosim_database_up", "Whether the database answers.", 1)
            yield from figures
        yield from _broker(live)


def broker_answers() -> bool | None:
    """Say whether the broker takes connections; None where there is none to ask."""
    if settings.BROKER_URL is None:
        return None
    return queue_lengths([]) is not None


def queue_lengths(queues: Iterable[str]) -> dict[str, int] | None:
    """Return how many messages wait in those of the queues that exist; None if the broker doesn't answer."""
    limits = {"read_timeout": BROKER_TIMEOUT_S, "write_timeout": BROKER_TIMEOUT_S}
    connection = Connection(
        settings.BROKER_URL, connect_timeout=BROKER_TIMEOUT_S, heartbeat=0, transport_options=limits
    )
    try:
        with connection:
            connection.ensure_connection(max_retries=0)
            lengths = {queue: _queue_length(connection, queue) for queue in queues}
    except (BrokerError, *connection.connection_errors, *connection.channel_errors):
        return None
    return {queue: length for queue, length in lengths.items() if length is not None}


def _queue_length(connection: Connection, queue: str) -> int | None:
    channel = connection.channel()
    try:
        length: int = channel.queue_declare(queue, passive=True).message_count
    except NotFound:
        # The broker has closed the channel by that.
        return None
    channel.close()
    return length


def _broker(live: list[int]) -> Iterator[Metric]:
    if settings.BROKER_URL is None:
        return
    queues = {worker_queue_name(index): index for index in live}
    dead = dead_letter_queue().name
    lengths = queue_lengths([*queues, dead])
    yield _gauge("bingosim_broker_up", "Whether the broker answers.", int(lengths is not None))
    if lengths is None:
        return
    waiting = _gauge("bingosim_queue_messages", "Messages in the queue of a live worker.", labels=["worker"])
    for queue, index in queues.items():
        if queue in lengths:
            waiting.add_metric([str(index)], lengths[queue])
    yield waiting
    if dead in lengths:
        yield _gauge("bingosim_dead_messages", "Messages that no worker could use.", lengths[dead])


def _workers(live: list[int]) -> Iterator[Metric]:
    alive = _gauge("bingosim_worker_live", "Whether a worker takes work: 1 or 0.", labels=["worker"])
    runs = _counter("bingosim_fleet_runs_completed", "Runs stored by the worker, since its start.")
    messages = _counter("bingosim_fleet_messages_published", "Messages sent by the worker, since its start.")
    batches = _counter("bingosim_fleet_batches", "Batches that left the worker's hands.", "outcome")
    seconds = _counter("bingosim_fleet_phase_seconds", "Seconds the worker spent in a phase.", "phase")
    looks = _counter("bingosim_fleet_compile_cache", "The worker's looks for a compiled event.", "result")
    speed = 0.0
    for index, runs_per_s, totals in Worker.objects.values_list("index", "runs_per_s", "totals"):
        worker = str(index)
        alive.add_metric([worker], int(index in live))
        speed += runs_per_s if index in live else 0
        runs.add_metric([worker], totals.get("runs", 0))
        messages.add_metric([worker], totals.get("messages", 0))
        for outcome, key in OUTCOMES.items():
            batches.add_metric([worker, outcome], totals.get(key, 0))
        for phase in ("claim", "simulate", "persist", "publish"):
            seconds.add_metric([worker, phase], totals.get(f"{phase}_s", 0))
        for result, key in LOOKS.items():
            looks.add_metric([worker, result], totals.get(key, 0))
    yield _gauge("bingosim_workers_live", "Workers that take work.", len(live))
    yield _gauge(
        "bingosim_workers_runs_per_second",
        "What live workers compute per second while they have work.",
        speed,
    )
    yield from (alive, runs, messages, batches, seconds, looks)


def _active_simulations() -> Iterator[Metric]:
    groups = Simulation.objects.filter(status__in=ACTIVE).order_by().values_list("status", "mode")
    found = {group: (count, runs) for *group, count, runs in ()}
