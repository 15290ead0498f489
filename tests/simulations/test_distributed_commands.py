"""`simulate --distributed` and its neighbours, as far as they go without a worker."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from simulations.models import Batch, Mode, Simulation, SimulationStatus, Worker
from simulations.services import cancel
from tests.events.factories import an_event
from tests.simulations.factories import (
    a_completed_simulation,
    a_distributed_simulation,
    a_worker,
    claimed_batch,
)
from tests.simulations.test_commands import answered, refused, said

pytestmark = pytest.mark.django_db

SIMULATE = ("simulate", "small-bingo", "--runs", "100")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--detach",), "--detach goes with --distributed"),
        (("--distributed", "--processes", "2"), "as many workers compute as are running"),
    ],
)
def test_what_does_not_go_together_is_refused(arguments: tuple[str, ...], reason: str) -> None:
    an_event()
    code, message = refused(*SIMULATE, *arguments)
    assert (code, reason in message) == (2, True)
    assert not Simulation.objects.exists()


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL serves both")
@pytest.mark.parametrize("command", [(*SIMULATE, "--distributed"), ("worker",)])
def test_workers_and_their_simulations_need_postgresql(command: tuple[str, ...]) -> None:
    an_event()
    if command == ("worker",):
        with pytest.raises(Exception, match="Workers need PostgreSQL"):
            said(*command)
    else:
        code, message = refused(*command)
        assert (code, "needs PostgreSQL" in message) == (1, True)


@pytest.mark.postgresql
def test_a_detached_simulation_waits_for_workers_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    an_event()
    answer = answered(*SIMULATE, "--distributed", "--detach", "--seed", "7")
    assert (answer["status"], answer["runs"], answer["seed"]) == ("pending", 100, "7")
    assert (answer["name"], answer["overrides"]) == ("", [])
    simulation = Simulation.objects.get(pk=answer["id"])
    assert (simulation.mode, simulation.status) == (Mode.DISTRIBUTED, SimulationStatus.PENDING)
    assert "No worker is running" in said("results", simulation.pk)


@contextmanager
def ctrl_c_during(query: str) -> Iterator[None]:
    """Send this process the signal of Ctrl-C while it executes the first query that begins so."""
    sent: list[str] = []

    def execute(query_on: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(query) and not sent:
            sent.append(sql)
            os.kill(os.getpid(), signal.SIGINT)
        return query_on(sql, params, many, context)

    with connection.execute_wrapper(execute):
        yield
    assert sent


@pytest.mark.postgresql
@pytest.mark.parametrize(
    "query",
    [
        'INSERT INTO "simulations_simulation"',
        'SELECT "simulations_worker"."index"',
        'SELECT "simulations_simulation"."id", ',
        'SELECT SUM("simulations_batch"."n_runs")',
    ],
    ids=["while_storing", "while_telling_workers", "while_waiting", "while_counting"],
)
def test_ctrl_c_cancels_whatever_is_being_asked(query: str) -> None:
    an_event()
    with ctrl_c_during(query):
        code, message = refused(*SIMULATE, "--distributed")
    assert (code, "Cancelled: 0 of 100 runs are kept" in message) == (130, True)
    assert Simulation.objects.get().status == SimulationStatus.CANCELLED


def test_results_say_that_no_worker_has_the_engine_of_the_simulation() -> None:
    a_worker(engine_version=999)
    assert "No running worker has engine version" in said("results", a_distributed_simulation().pk)


def test_results_of_a_simulation_in_good_hands_say_nothing_of_workers() -> None:
    a_worker()
    assert "worker" not in said("results", a_distributed_simulation().pk)


def test_detaching_is_for_distributed_simulations() -> None:
    simulation = a_completed_simulation()
    code, message = refused("extend", simulation.pk, "--runs", "60", "--detach")
    assert (code, "--detach is for distributed simulations" in message) == (2, True)
    simulation.refresh_from_db()
    assert (simulation.status, simulation.n_runs) == (SimulationStatus.COMPLETED, 40)


def test_a_cancelled_distributed_simulation_is_resumed_by_workers() -> None:
    simulation, worker = a_distributed_simulation(), a_worker()
    claimed_batch(simulation, worker)
    cancel(simulation.pk)
    Worker.objects.update(ready=False)
    assert answered("resume", simulation.pk, "--detach")["status"] == "pending"
    assert Batch.objects.open().count() == 1


def test_workers_are_listed_with_what_they_do() -> None:
    claimed = claimed_batch(a_distributed_simulation(), a_worker())
    a_worker(1)
    workers = answered("workers")["workers"]
    assert [(worker["index"], worker["simulation"]) for worker in workers] == [
        (0, claimed.simulation_id),
        (1, None),
    ]
    assert claimed.simulation_id in said("workers")


@pytest.mark.postgresql
def test_without_workers_the_list_says_how_to_start_one() -> None:
    assert "worker` starts one" in said("workers")


@pytest.mark.skipif(connection.vendor == "postgresql", reason="workers can start there")
def test_where_no_worker_can_start_the_list_recommends_none() -> None:
    text = said("workers")
    assert text.startswith("No worker is running, and none can: workers need PostgreSQL")
    assert "starts one" not in text


@pytest.mark.postgresql
def test_without_a_broker_no_worker_is_recommended(settings: Any) -> None:
    settings.BROKER_URL = None
    text = said("workers")
    assert "BROKER_URL must be set" in text
    assert "starts one" not in text
