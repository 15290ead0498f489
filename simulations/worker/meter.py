"""What a worker process has done: totals, a log line per window, and metrics for Prometheus."""

import errno
import logging
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Literal, NamedTuple

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.metrics_core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from events.wording import counted

WINDOW_S = 10.0
# Upper ends of the histogram of batch durations: batches are cut to take between 50 ms and a second.
BUCKETS_S = (0.05, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0, 30.0, 60.0)

Phase = Literal["claim", "simulate", "persist", "publish"]
Outcome = Literal["done", "failed", "retried", "lost", "given_back"]

PHASES: tuple[Phase, ...] = ("claim", "simulate", "persist", "publish")
OUTCOMES: tuple[Outcome, ...] = ("done", "failed", "retried", "lost", "given_back")

log = logging.getLogger(__name__)


class MeterPortTaken(Exception):
    """The metrics can't be served on the port that was asked for."""


class Timed:
    """A phase under way; ``seconds`` is how long it has taken, in the end how long it took."""

    def __init__(self, phase: Phase, clock: Callable[[], float]) -> None:
        self.phase = phase
        self._clock = clock
        self._started = clock()
        self._ended: float | None = None

    @property
    def seconds(self) -> float:
        return (self._clock() if self._ended is None else self._ended) - self._started

    def end(self) -> None:
        self._ended = self._clock()


class Figures(NamedTuple):
    """Counts and seconds since the worker's start, or of one window."""

    # Runs, messages, hits, misses, and batches by outcome.
    counts: Counter[str]
    phase_counts: Counter[str]
    phase_s: dict[Phase, float]

    def since(self, before: "Figures") -> "Figures":
        return Figures(
            self.counts - before.counts,
            self.phase_counts - before.phase_counts,
            {phase: seconds - before.phase_s[phase] for phase, seconds in self.phase_s.items()},
        )


class Meter:
    """The figures of one worker process, from all of its threads."""

    def __init__(
        self, *, index: int, engine_version: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._facts = {"worker": str(index), "engine_version": str(engine_version)}
        self._clock = clock
        self._lock = Lock()
        self._counts: Counter[str] = Counter()
        self._phase_counts: Counter[str] = Counter()
        self._phase_s: dict[Phase, float] = dict.fromkeys(PHASES, 0.0)
        self._under_way: set[Timed] = set()
        self._batch_started: float | None = None
        self._buckets = [0] * (len(BUCKETS_S) + 1)
        self._batches_s = 0.0
        self._runs_per_s = 0.0
        self._window_started = clock()
        self._before = self._figures()

    @contextmanager
    def phase(self, phase: Phase) -> Iterator[Timed]:
        """Time a phase of a batch; it counts even where an exception ends it, since the time has passed."""
        timed = Timed(phase, self._clock)
        with self._lock:
            self._under_way.add(timed)
        try:
            yield timed
        finally:
            with self._lock:
                timed.end()
                self._under_way.discard(timed)
                self._phase_s[phase] += timed.seconds
                self._phase_counts[phase] += 1

    def runs(self, n_runs: int) -> None:
        """Count runs whose results are stored."""
        self._count("runs", n_runs)

    def cache(self, hit: bool) -> None:
        """Count a look for a compiled event."""
        self._count("hits" if hit else "misses")

    def message(self) -> None:
        """Count a message that the broker has taken."""
        self._count("messages")

    def batch(self, outcome: Outcome) -> None:
        """Count a batch that has left this worker's hands."""
        self._count(outcome)

    def running(self, running: bool) -> None:
        """Say that a batch is under way, or no longer."""
        with self._lock:
            if self._batch_started is not None:
                seconds = self._clock() - self._batch_started
                self._batches_s += seconds
                self._buckets[bisect_left(BUCKETS_S, seconds)] += 1
            self._batch_started = self._clock() if running else None

    @property
    def runs_per_s(self) -> float:
        """The throughput of the last whole window."""
        return self._runs_per_s

    def totals(self) -> dict[str, float]:
        """Return what happened since the worker's start, by the names of ``Worker.totals``."""
        with self._lock:
            counts, _, phase_s = self._figures()
        return {
            "runs": counts["runs"],
            "batches": counts["done"],
            **{f"{phase}_s": round(seconds, 6) for phase, seconds in phase_s.items()},
            "messages": counts["messages"],
            "cache_hits": counts["hits"],
            "cache_misses": counts["misses"],
            **{outcome: counts[outcome] for outcome in OUTCOMES if outcome != "done"},
        }

    def tick(self) -> None:
        """End the window that is over, with a log line if anything happened in it."""
        if self._clock() - self._window_started >= WINDOW_S:
            self.end_window()

    def end_window(self) -> None:
        """End the window now: a worker that stops has not told of its last seconds yet."""
        with self._lock:
            now, figures = self._clock(), self._figures()
            window, window_s = figures.since(self._before), now - self._window_started
            running = self._batch_started is not None
            self._window_started, self._before = now, figures
            self._runs_per_s = window.counts["runs"] / window_s if window_s > 0 else 0.0
        if running or window.counts or any(window.phase_counts.values()):
            fields = _fields(window, window_s, running)
            log.info(_sentence(fields), extra={"worker_index": int(self._facts["worker"]), **fields})

    def serve(self, port: int, address: str = "0.0.0.0") -> int:
        """Serve the metrics over HTTP, from a thread of its own; return the port (the one found, for 0)."""
        registry = CollectorRegistry()
        registry.register(_MeterCollector(self))
        ProcessCollector(registry=registry)
        try:
            server, _ = start_http_server(port, address, registry)
        except OSError as error:
            why = "is taken" if error.errno == errno.EADDRINUSE else f"can't be used ({error.strerror})"
            raise MeterPortTaken(
                f"METRICS_PORT {port} {why}: give this worker another one, or none to serve no metrics."
            ) from error
        return server.server_port

    def metrics(self) -> Iterator[Metric]:
        """Yield what Prometheus is told, all of one moment."""
        with self._lock:
            figures, running = self._figures(), self._batch_started is not None
            buckets, batches_s, runs_per_s = list(self._buckets), self._batches_s, self._runs_per_s
        yield InfoMetricFamily("bingosim_worker", "Which worker this is.", self._facts)
        yield from _counters(figures)
        yield GaugeMetricFamily("bingosim_batches_running", "Batches under way: 0 or 1.", int(running))
        yield GaugeMetricFamily(
            "bingosim_runs_per_second", "Runs stored per second in the last window.", runs_per_s
        )
        yield _histogram(buckets, batches_s)

    def _count(self, name: str, by: int = 1) -> None:
        with self._lock:
            self._counts[name] += by

    def _figures(self) -> Figures:
        """Copy the figures; call it with the lock. A phase under way counts up to now, else a long one
        would be missing from its windows and fill more than the whole of the one in which it ends.
        """
        phase_s = dict(self._phase_s)
        for timed in self._under_way:
            phase_s[timed.phase] += timed.seconds
        return Figures(Counter(self._counts), Counter(self._phase_counts), phase_s)


class _MeterCollector(Collector):
    def __init__(self, meter: Meter) -> None:
        self._meter = meter

    def collect(self) -> Iterator[Metric]:
        return self._meter.metrics()


def _counters(figures: Figures) -> Iterator[Metric]:
    counts, phase_counts, phase_s = figures
    yield CounterMetricFamily(
        "bingosim_runs_completed", "Runs whose results this worker stored.", counts["runs"]
    )
    batches = CounterMetricFamily(
        "bingosim_batches", "Batches that left this worker's hands.", labels=["outcome"]
    )
    for outcome in OUTCOMES:
        batches.add_metric([outcome], counts[outcome])
    yield batches
    seconds = CounterMetricFamily("bingosim_phase_seconds", "Seconds spent in a phase.", labels=["phase"])
    times = CounterMetricFamily("bingosim_phase_count", "Times that a phase ended.", labels=["phase"])
    for phase in PHASES:
        seconds.add_metric([phase], phase_s[phase])
        times.add_metric([phase], phase_counts[phase])
    yield from (seconds, times)
    looks = CounterMetricFamily(
        "bingosim_compile_cache", "Looks for a compiled event in the worker's cache.", labels=["result"]
    )
    looks.add_metric(["hit"], counts["hits"])
    looks.add_metric(["miss"], counts["misses"])
    yield looks
    yield CounterMetricFamily(
        "bingosim_messages_published", "Messages that the broker took.", counts["messages"]
    )


def _histogram(buckets: list[int], total_s: float) -> Metric:
    ends = [*map(str, BUCKETS_S), "+Inf"]
    below = [(end, float(sum(buckets[: position + 1]))) for position, end in enumerate(ends)]
    return HistogramMetricFamily("bingosim_batch_seconds", "How long batches were held.", below, total_s)


def _fields(window: Figures, window_s: float, running: bool) -> dict[str, Any]:
    """Return the window's figures as the fields of a structured log line."""
    counts, phase_counts, phase_s = window
    fields: dict[str, Any] = {
        "window_s": round(window_s, 1),
        "runs": counts["runs"],
        "runs_per_s": round(counts["runs"] / window_s) if window_s > 0 else 0,
        "batch_under_way": running,
    }
    for phase in PHASES:
        fields[f"{phase}_ms"] = round(phase_s[phase] * 1000)
        fields[f"{phase}_count"] = phase_counts[phase]
    fields |= {"cache_hits": counts["hits"], "cache_misses": counts["misses"], "messages": counts["messages"]}
    return fields | {f"batches_{outcome}": counts[outcome] for outcome in OUTCOMES}


def _sentence(fields: dict[str, Any]) -> str:
    phases = ", ".join(f"{p} {fields[f'{p}_ms']:,} ms in {fields[f'{p}_count']:,}" for p in PHASES)
    hits, misses = fields["cache_hits"], fields["cache_misses"]
    looks = f"{counted(hits, 'hit')} {counted(misses, 'miss', 'misses')}"
    parts = [
        f"window {fields['window_s']} s: {counted(fields['runs'], 'run')}, {fields['runs_per_s']:,} runs/s",
        phases,
        f"compiled events {looks}",
    ]
    told = [outcome for outcome in OUTCOMES if outcome != "done" and fields[f"batches_{outcome}"]]
    if told:
        parts.append("batches: " + ", ".join(f"{fields[f'batches_{o}']} {o.replace('_', ' ')}" for o in told))
    if fields["batch_under_way"]:
        parts.append("a batch under way")
    return "; ".join(parts)
