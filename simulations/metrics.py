"""Figures for Prometheus, from the database and the broker, about all workers and local runs together.

Tables of batches and simulations grow for ever, and this is asked several times a minute. So totals since
ever are those that workers keep of themselves (a row for each index); all else is about active simulations,
which an index knows, or about the newest ones of the last day. No label holds a name of an event or a person.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product

from amqp.exceptions import ChannelError
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Count, Q, Sum
from kombu import Connection
from kombu.exceptions import OperationalError as BrokerError
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
    """Return how many messages wait in each queue that there is; None if the broker doesn't answer."""
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
    except ChannelError:
        # There is none, or not for us; the broker has closed the channel by that.
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
    counted = groups.annotate(Count("pk"), Sum("n_runs"))
    found = {(status, mode): (number, runs) for status, mode, number, runs in counted}
    active = _gauge(
        "bingosim_active_simulations", "Simulations that wait or are computed.", labels=["status", "mode"]
    )
    for status, mode in product(ACTIVE, Mode.values):
        active.add_metric([status, mode], found.get((status, mode), (0, 0))[0])
    yield active
    asked_for = sum(runs for _, runs in found.values())
    yield _gauge("bingosim_active_runs", "Runs asked for by active simulations.", asked_for)


def _active_batches() -> Iterator[Metric]:
    groups = Batch.objects.filter(simulation__status__in=ACTIVE).order_by().values("status")
    found = {
        group["status"]: group
        for group in groups.annotate(
            number=Count("pk"),
            runs=Sum("n_runs"),
            retried=Count("pk", filter=Q(attempts__gt=1)),
            lost=Sum("lost_leases"),
            claim=Sum("claim_s"),
            simulate=Sum("simulate_s"),
            persist=Sum("persist_s"),
        )
    }
    batches = _gauge("bingosim_active_batches", "Batches of active simulations.", labels=["status"])
    for status in BatchStatus.values:
        batches.add_metric([status], found[status]["number"] if status in found else 0)
    yield batches
    done = found[BatchStatus.DONE]["runs"] if BatchStatus.DONE in found else 0
    yield _gauge("bingosim_active_runs_done", "Runs stored so far for active simulations.", done)
    yield _gauge(
        "bingosim_active_batches_retried",
        "Batches of active simulations that were begun more than once.",
        sum(group["retried"] for group in found.values()),
    )
    yield _gauge(
        "bingosim_active_leases_lost",
        "How often batches of active simulations lost their worker.",
        sum(group["lost"] for group in found.values()),
    )
    seconds = _gauge(
        "bingosim_active_phase_seconds",
        "Seconds that the batches of active simulations spent in a phase.",
        labels=["phase"],
    )
    for phase in ("claim", "simulate", "persist"):
        seconds.add_metric([phase], sum(group[phase] for group in found.values()))
    yield seconds


def _recent_simulations() -> Iterator[Metric]:
    newest = Simulation.objects.filter(created_at__gt=in_seconds(-RECENT_S)).order_by("-created_at", "-id")
    rows = list(newest.values_list("status", "elapsed_s")[:MOST_RECENT])
    numbers = Counter(status for status, _ in rows)
    recent = _gauge(
        "bingosim_recent_simulations",
        f"Simulations asked for in the last day (of the {MOST_RECENT:,} newest).",
        labels=["status"],
    )
    for status in SimulationStatus.values:
        recent.add_metric([status], numbers[status])
    yield recent
    durations = sorted(seconds for status, seconds in rows if status == SimulationStatus.COMPLETED)
    took = _gauge(
        "bingosim_recent_simulation_seconds",
        "How long the completed ones among the recent simulations took, at most, for a share of them.",
        labels=["percentile"],
    )
    for percentile in PERCENTILES if durations else ():
        # The nearest rank, in whole numbers: a product of fractions could round to the next one.
        took.add_metric([str(percentile)], durations[-(-len(durations) * percentile // 100) - 1])
    yield took


def _gauge(
    name: str, meaning: str, value: float | None = None, labels: list[str] | None = None
) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value, labels)


def _counter(name: str, meaning: str, *labels: str) -> CounterMetricFamily:
    return CounterMetricFamily(name, meaning, labels=["worker", *labels])
