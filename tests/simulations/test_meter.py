"""What a worker process tells of itself: totals, a line per window, metrics."""

import logging
import socket
import sys
import urllib.request
from collections.abc import Iterator
from threading import Thread

import pytest

from simulations.worker.meter import Meter, MeterPortTaken
from tests.simulations.exposition import read_samples


class Clock:
    """A clock that goes only when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def go(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def meter(clock: Clock) -> Meter:
    return Meter(index=2, engine_version=7, clock=clock)


@pytest.fixture(autouse=True)
def _log_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "simulations.worker.meter")


@pytest.fixture
def _impatient_threads() -> Iterator[None]:
    """Switch threads so often that what is not locked goes wrong."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def compute_a_batch(meter: Meter, clock: Clock, n_runs: int = 1000) -> None:
    """Do what a worker does with a batch that goes well: 2, 900, 20 and 4 ms in its phases."""
    meter.running(True)
    with meter.phase("claim"):
        clock.go(0.002)
    meter.cache(hit=False)
    with meter.phase("simulate"):
        clock.go(0.9)
    with meter.phase("persist"):
        clock.go(0.02)
    with meter.phase("publish"):
        clock.go(0.004)
    meter.message()
    meter.runs(n_runs)
    meter.batch("done")
    meter.running(False)


def test_a_phase_says_how_long_it_takes_and_took(meter: Meter, clock: Clock) -> None:
    with meter.phase("simulate") as timed:
        clock.go(3)
        assert timed.seconds == 3
        clock.go(1)
    clock.go(5)
    assert timed.seconds == 4


def test_a_window_is_told_in_one_line(meter: Meter, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    compute_a_batch(meter, clock, 500_000)
    meter.cache(hit=True)
    compute_a_batch(meter, clock, 312_000)
    clock.now = 1010.0
    meter.tick()
    phases = "claim 4 ms in 2, simulate 1,800 ms in 2, persist 40 ms in 2, publish 8 ms in 2"
    assert caplog.messages == [
        f"window 10.0 s: 812,000 runs, 81,200 runs/s; {phases}; compiled events 1 hit 2 misses"
    ]


def test_the_line_has_its_numbers_as_fields(
    meter: Meter, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    compute_a_batch(meter, clock)
    meter.batch("lost")
    clock.go(10)
    meter.tick()
    fields = vars(caplog.records[0])
    told = {"worker_index": 2, "runs": 1000, "simulate_ms": 900, "simulate_count": 1, "messages": 1}
    told |= {
        "cache_hits": 0,
        "cache_misses": 1,
        "batches_done": 1,
        "batches_lost": 1,
        "batch_under_way": False,
    }
    assert {name: fields[name] for name in told} == told


def test_nothing_is_said_before_a_window_is_over(
    meter: Meter, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    compute_a_batch(meter, clock)
    clock.go(9)
    meter.tick()
    assert not caplog.messages


def test_nothing_is_said_of_a_window_without_work(
    meter: Meter, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    compute_a_batch(meter, clock)
    for _ in range(3):
        clock.go(10)
        meter.tick()
    assert len(caplog.messages) == 1


def test_a_batch_merely_under_way_is_said(
    meter: Meter, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    meter.running(True)
    with meter.phase("simulate"):
        for _ in range(2):
            clock.go(10)
            meter.tick()
    assert len(caplog.messages) == 2
    for message in caplog.messages:
        assert "0 runs, 0 runs/s" in message
        assert "simulate 10,000 ms in 0" in message
        assert message.endswith("; a batch under way")


def test_what_went_wrong_is_said(meter: Meter, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    for outcome in ("done", "retried", "given_back", "retried"):
        meter.batch(outcome)
    clock.go(10)
    meter.tick()
    assert caplog.messages[0].endswith("; batches: 2 retried, 1 given back")


def test_the_last_window_may_end_early(meter: Meter, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    compute_a_batch(meter, clock)
    meter.end_window()
    assert caplog.messages[0].startswith("window 0.9 s: 1,000 runs, 1,080 runs/s")


def test_a_phase_that_an_exception_ends_counts(meter: Meter, clock: Clock) -> None:
    def fail() -> None:
        with meter.phase("simulate"):
            clock.go(2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert meter.totals()["simulate_s"] == 2


def test_totals_are_those_since_the_start(meter: Meter, clock: Clock) -> None:
    compute_a_batch(meter, clock)
    clock.go(10)
    meter.tick()
    compute_a_batch(meter, clock)
    for outcome in ("failed", "retried", "lost", "given_back"):
        meter.batch(outcome)
    assert meter.totals() == {
        "runs": 2000,
        "batches": 2,
        "claim_s": pytest.approx(0.004),
        "simulate_s": pytest.approx(1.8),
        "persist_s": pytest.approx(0.04),
        "publish_s": pytest.approx(0.008),
        "messages": 2,
        "cache_hits": 0,
        "cache_misses": 2,
        "failed": 1,
        "retried": 1,
        "lost": 1,
        "given_back": 1,
    }


@pytest.mark.usefixtures("_impatient_threads")
def test_no_count_of_several_threads_is_lost(meter: Meter) -> None:
    def count() -> None:
        for _ in range(5000):
            meter.runs(1)
            with meter.phase("claim"):
                meter.totals()

    threads = [Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    told = samples(meter)
    assert told["bingosim_runs_completed_total"] == 20_000
    assert told['bingosim_phase_count_total{phase="claim"}'] == 20_000


def test_the_metrics_hold_the_same_figures(meter: Meter, clock: Clock) -> None:
    compute_a_batch(meter, clock, 5000)
    clock.now = 1010.0
    meter.tick()
    meter.running(True)
    meter.batch("retried")
    told = samples(meter)
    expected = {
        'bingosim_worker_info{engine_version="7",worker="2"}': 1,
        "bingosim_runs_completed_total": 5000,
        'bingosim_batches_total{outcome="done"}': 1,
        'bingosim_batches_total{outcome="retried"}': 1,
        'bingosim_batches_total{outcome="lost"}': 0,
        "bingosim_batches_running": 1,
        "bingosim_runs_per_second": pytest.approx(500),
        'bingosim_phase_seconds_total{phase="simulate"}': pytest.approx(0.9),
        'bingosim_phase_count_total{phase="publish"}': 1,
        'bingosim_compile_cache_total{result="miss"}': 1,
        "bingosim_messages_published_total": 1,
        'bingosim_batch_seconds_bucket{le="0.75"}': 0,
        'bingosim_batch_seconds_bucket{le="1.0"}': 1,
        "bingosim_batch_seconds_count": 1,
        "bingosim_batch_seconds_sum": pytest.approx(0.926),
    }
    assert {name: told.get(name) for name in expected} == expected


def test_a_taken_port_is_refused_in_one_line(meter: Meter) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(
            MeterPortTaken, match=f"^METRICS_PORT {port} is taken: .*another one.*"
        ) as refused:
            meter.serve(port)
    assert "\n" not in str(refused.value)


def samples(meter: Meter) -> dict[str, float]:
    """Return what the meter serves over HTTP, by name and labels."""
    port = meter.serve(0, address="127.0.0.1")
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return read_samples(answer.read().decode())
