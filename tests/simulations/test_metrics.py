"""What the web process tells those who operate it."""

import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models.functions import Now
from django.db.utils import ConnectionHandler
from django.test import Client
from django.test.utils import CaptureQueriesContext
from kombu import Connection, Producer, Queue
from kombu.exceptions import OperationalError as BrokerError
from pytest_django import Settings

from simulations import metrics, views
from simulations.models import LEASE_S, Batch, Simulation, SimulationStatus, Worker, in_seconds
from simulations.queues import dead_letter_queue, worker_queue_name
from simulations.worker.meter import Meter
from tests.services import BROKER_URL, missing
from tests.simulations.exposition import read_samples
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation, a_simulation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_broker(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Most of it is about the database; nothing here waits long for a broker."""
    settings.BROKER_URL = None
    monkeypatch.setattr(metrics, "BROKER_TIMEOUT_S", 0.5)


@pytest.fixture
def client(settings: Settings) -> Client:
    """Who watches, at the port for that: clients of tests are served at port 80."""
    settings.METRICS_PORT = 80
    return Client()


@pytest.fixture
def broker(settings: Settings) -> Iterator[Connection]:
    """Return a connection to RabbitMQ, where queues have names of their own."""
    settings.BROKER_URL = BROKER_URL
    settings.BINGOSIM_NAMESPACE = f"test-{secrets.token_hex(4)}"
    # Confirmed, so that what was published counts when another connection asks.
    confirmed = {"confirm_publish": True}
    with Connection(BROKER_URL, connect_timeout=3, transport_options=confirmed) as broker:
        try:
            broker.ensure_connection(max_retries=0)
        except BrokerError:
            missing("no RabbitMQ answers: `make broker` starts one; BINGOSIM_TEST_BROKER_URL names another")
        yield broker


def a_worker(index: int, *, silent_s: float = 0, **facts: Any) -> Worker:
    """Return a worker that was heard of so many seconds ago."""
    facts = {"engine_version": 1, "ready": True, "name": f"worker-{index}", "token": "t"} | facts
    return Worker.objects.create(index=index, started_at=Now(), seen_at=in_seconds(-silent_s), **facts)


def a_batch(simulation: Simulation, first_run: int, **facts: Any) -> Batch:
    return Batch.objects.create(simulation=simulation, first_run=first_run, n_runs=10, **facts)


def told(client: Client) -> dict[str, float]:
    """Return what Prometheus is told."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response["Content-Type"].startswith("text/plain; version=")
    return read_samples(response.content.decode())


def test_figures_take_five_queries_however_much_there_is(client: Client) -> None:
    for index in range(3):
        a_worker(index)
        a_completed_simulation(batches=[10, 30])
        a_claimed_simulation()
    with CaptureQueriesContext(connection) as queries:
        told(client)
    assert len(queries) == 5, [query["sql"] for query in queries]


def test_active_simulations_are_counted_by_status_and_mode(client: Client) -> None:
    a_simulation()
    a_claimed_simulation()
    a_claimed_simulation()
    a_completed_simulation()
    figures = told(client)
    assert figures['bingosim_active_simulations{mode="local",status="pending"}'] == 1
    assert figures['bingosim_active_simulations{mode="local",status="running"}'] == 2
    assert figures['bingosim_active_simulations{mode="distributed",status="running"}'] == 0
    assert figures["bingosim_active_runs"] == 120


def test_batches_of_active_simulations_are_counted(client: Client) -> None:
    simulation, _ = a_claimed_simulation()
    a_batch(simulation, 0, status="done", simulate_s=2, claim_s=0.5, persist_s=0.25)
    a_batch(simulation, 10, status="done", simulate_s=3, attempts=2, lost_leases=1)
    a_batch(simulation, 20, status="running", token="t", attempts=3, lost_leases=2)
    a_batch(simulation, 30)
    a_completed_simulation(batches=[10, 30])
    figures = told(client)
    expected = {
        'bingosim_active_batches{status="done"}': 2,
        'bingosim_active_batches{status="running"}': 1,
        'bingosim_active_batches{status="pending"}': 1,
        'bingosim_active_batches{status="failed"}': 0,
        "bingosim_active_runs_done": 20,
        "bingosim_active_batches_retried": 2,
        "bingosim_active_leases_lost": 3,
        'bingosim_active_phase_seconds{phase="claim"}': 0.5,
        'bingosim_active_phase_seconds{phase="simulate"}': 5,
        'bingosim_active_phase_seconds{phase="persist"}': 0.25,
    }
    assert {name: figures[name] for name in expected} == expected


def test_without_anything_active_all_is_zero(client: Client) -> None:
    figures = told(client)
    active = {name: value for name, value in figures.items() if name.startswith("bingosim_active_")}
    assert len(active) == 15
    assert set(active.values()) == {0}


def test_recent_simulations_are_counted_by_status(client: Client) -> None:
    for _ in range(2):
        a_completed_simulation()
    failed, token = a_claimed_simulation()
    Simulation.objects.fail(failed.pk, token, error="broken")
    old = a_simulation()
    Simulation.objects.filter(pk=old.pk).update(created_at=in_seconds(-metrics.RECENT_S - 60))
    figures = told(client)
    recent = {
        status: figures[f'bingosim_recent_simulations{{status="{status}"}}'] for status in SimulationStatus
    }
    assert recent == dict.fromkeys(SimulationStatus, 0) | {"completed": 2, "failed": 1}


def test_no_more_than_the_newest_simulations_are_looked_at(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(metrics, "MOST_RECENT", 2)
    for _ in range(3):
        a_simulation()
    assert told(client)['bingosim_recent_simulations{status="pending"}'] == 2


def test_durations_are_those_of_completed_simulations(client: Client) -> None:
    for seconds in range(1, 21):
        Simulation.objects.filter(pk=a_completed_simulation().pk).update(elapsed_s=seconds)
    failed, token = a_claimed_simulation()
    Simulation.objects.fail(failed.pk, token, error="broken", elapsed_s=1000)
    figures = told(client)
    took = {p: figures[f'bingosim_recent_simulation_seconds{{percentile="{p}"}}'] for p in (50, 95, 100)}
    assert took == {50: 10, 95: 19, 100: 20}


def test_no_duration_is_told_before_a_simulation_is_completed(client: Client) -> None:
    a_claimed_simulation()
    assert not [name for name in told(client) if name.startswith("bingosim_recent_simulation_seconds")]


def test_speed_is_that_of_live_workers(client: Client) -> None:
    a_worker(0, runs_per_s=1000)
    a_worker(1, runs_per_s=500)
    a_worker(2, runs_per_s=250, ready=False)
    a_worker(3, runs_per_s=125, silent_s=LEASE_S)
    figures = told(client)
    assert figures["bingosim_workers_live"] == 2
    assert figures["bingosim_workers_runs_per_second"] == 1500
    live = [figures[f'bingosim_worker_live{{worker="{index}"}}'] for index in range(4)]
    assert live == [1, 1, 0, 0]


def test_totals_of_workers_are_told_also_when_they_are_gone(client: Client) -> None:
    totals = {"runs": 5000, "batches": 4, "retried": 1, "lost": 2, "simulate_s": 3.5, "publish_s": 0.5}
    a_worker(7, silent_s=LEASE_S, totals={**totals, "messages": 9, "cache_hits": 3, "cache_misses": 1})
    a_worker(8)
    figures = told(client)
    expected = {
        'bingosim_fleet_runs_completed_total{worker="7"}': 5000,
        'bingosim_fleet_runs_completed_total{worker="8"}': 0,
        'bingosim_fleet_batches_total{outcome="done",worker="7"}': 4,
        'bingosim_fleet_batches_total{outcome="retried",worker="7"}': 1,
        'bingosim_fleet_batches_total{outcome="lost",worker="7"}': 2,
        'bingosim_fleet_batches_total{outcome="failed",worker="7"}': 0,
        'bingosim_fleet_phase_seconds_total{phase="simulate",worker="7"}': 3.5,
        'bingosim_fleet_phase_seconds_total{phase="publish",worker="7"}': 0.5,
        'bingosim_fleet_messages_published_total{worker="7"}': 9,
        'bingosim_fleet_compile_cache_total{result="hit",worker="7"}': 3,
        'bingosim_fleet_compile_cache_total{result="miss",worker="7"}': 1,
    }
    assert {name: figures[name] for name in expected} == expected


def test_a_meters_totals_are_all_told(client: Client) -> None:
    totals = {key: float(number) for number, key in enumerate(Meter(index=0, engine_version=1).totals(), 100)}
    a_worker(0, totals=totals)
    fleet = {value for name, value in told(client).items() if name.startswith("bingosim_fleet_")}
    assert fleet == set(totals.values())


def test_no_name_of_an_event_or_a_person_is_told(client: Client) -> None:
    simulation, _ = a_claimed_simulation(name="Secret plan")
    a_batch(simulation, 0, worker="worker-0@host.example.org")
    a_worker(0, name="worker-0@host.example.org")
    body = client.get("/metrics").content.decode()
    for name in ("Secret plan", simulation.event_slug, simulation.event_name, simulation.pk, "example.org"):
        assert name not in body


def test_queues_of_live_workers_are_told(client: Client, broker: Connection) -> None:
    for index in (0, 1):
        a_worker(index)
    a_worker(2, ready=False)
    with a_queue(broker, worker_queue_name(0), messages=3), a_queue(broker, worker_queue_name(2), messages=1):
        figures = told(client)
    waiting = {name: value for name, value in figures.items() if name.startswith("bingosim_queue_")}
    assert figures["bingosim_broker_up"] == 1
    # Worker 1 has no queue yet, and worker 2 takes no more work.
    assert waiting == {'bingosim_queue_messages{worker="0"}': 3}
    assert "bingosim_dead_messages" not in figures


def test_dead_letters_are_told(client: Client, broker: Connection) -> None:
    with a_queue(broker, dead_letter_queue().name, messages=2):
        assert told(client)["bingosim_dead_messages"] == 2


def test_a_queue_that_may_not_be_looked_into_leaves_the_others(client: Client, broker: Connection) -> None:
    a_worker(0)
    with broker.channel() as channel, a_queue(broker, dead_letter_queue().name, messages=2):
        Queue(worker_queue_name(0), exclusive=True, channel=channel).declare()
        figures = told(client)
    assert figures["bingosim_dead_messages"] == 2
    assert 'bingosim_queue_messages{worker="0"}' not in figures


@pytest.mark.parametrize("address", ["guest:guest@127.0.0.1:1", "no:such@127.0.0.1:5672", "g:g@no.invalid"])
def test_without_the_broker_its_figures_are_missing(client: Client, settings: Settings, address: str) -> None:
    settings.BROKER_URL = f"amqp://{address}//"
    a_worker(0)
    figures = told(client)
    assert figures["bingosim_broker_up"] == 0
    assert figures["bingosim_workers_live"] == 1
    assert not [name for name in figures if name.startswith(("bingosim_queue_", "bingosim_dead_"))]


def test_a_broker_that_says_nothing_is_not_waited_for(client: Client, silent_broker: None) -> None:
    started = time.monotonic()
    assert told(client)["bingosim_broker_up"] == 0
    assert time.monotonic() - started < 3


def test_where_there_is_no_broker_nothing_is_said_of_one(client: Client) -> None:
    assert "bingosim_broker_up" not in told(client)


def test_without_the_database_only_its_absence_is_told(client: Client) -> None:
    with connection.execute_wrapper(refuse):
        assert told(client) == {"bingosim_database_up": 0}
    assert told(client)["bingosim_database_up"] == 1


def test_a_process_lives_without_database_and_broker(client: Client, no_database: None) -> None:
    with connection.execute_wrapper(refuse):
        response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_with_its_database_the_application_is_ready(client: Client) -> None:
    response = client.get("/readyz")
    expected = {"status": "ready", "database": "ok", "broker": "not configured"}
    assert (response.status_code, response.json()) == (200, expected)


def test_without_the_database_it_is_not_ready_and_says_no_more_than_that(
    client: Client, no_database: None, caplog: pytest.LogCaptureFixture
) -> None:
    response = client.get("/readyz")
    expected = {"status": "not ready", "database": "unreachable", "broker": "not configured"}
    assert (response.status_code, response.json()) == (503, expected)
    assert "the database does not answer: " in caplog.text


def test_with_a_migration_missing_it_is_not_ready(client: Client) -> None:
    newest = max(
        name for app, name in MigrationRecorder(connection).applied_migrations() if app == "simulations"
    )
    MigrationRecorder(connection).record_unapplied("simulations", newest)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["database"]) == (503, "not migrated")


def test_without_the_broker_it_is_ready_and_says_so(client: Client, settings: Settings) -> None:
    settings.BROKER_URL = "amqp://guest:secret@127.0.0.1:1//"
    response = client.get("/readyz")
    expected = {"status": "ready", "database": "ok", "broker": "unreachable"}
    assert (response.status_code, response.json()) == (200, expected)


def test_a_broker_that_answers_is_reported(client: Client, broker: Connection) -> None:
    assert client.get("/readyz").json()["broker"] == "ok"


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_answers_are_never_cached(client: Client, address: str) -> None:
    assert "no-store" in client.get(address)["Cache-Control"]


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/metrics"])
def test_nothing_can_be_posted(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


@pytest.fixture
def silent_broker(settings: Settings) -> Iterator[None]:
    """A port that takes connections and never says anything, as a stopped process does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.BROKER_URL = f"amqp://guest:guest@127.0.0.1:{server.getsockname()[1]}//"
        yield


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `readyz` look for a PostgreSQL where there is none."""
    nowhere = {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "PORT": 1, "NAME": "none"}
    monkeypatch.setattr(views, "connection", ConnectionHandler({"default": nowhere})["default"])


def refuse(*_: Any) -> None:
    """Fail each query, as they fail when the server has gone."""
    raise OperationalError("server closed the connection unexpectedly")


@contextmanager
def a_queue(broker: Connection, name: str, *, messages: int) -> Iterator[None]:
    """Lend a queue in which so many messages wait."""
    with broker.channel() as channel:
        queue = Queue(name, expires=60, channel=channel)
        queue.declare()
        for _ in range(messages):
            Producer(channel).publish({}, routing_key=name)
        yield
        queue.delete()
