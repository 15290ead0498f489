"""What a worker can't start with, in one line each, and work that it refuses."""

import time

import amqp
import pytest

from tests.fleet.broker import Broker
from tests.fleet.faults import Faults
from tests.fleet.fleet import Fleet
from tests.fleet.messages import queue_of
from tests.fleet.waiting import free_port, wait_for


def refusal(fleet: Fleet, **env: str) -> tuple[int, str]:
    """Start a worker that can't start, and return its exit code and its one line."""
    code, out, err = fleet.run("worker", LOG_FORMAT="text", **{"WORKER_INDEX": "0", **env})
    assert out == ""
    lines = err.strip().splitlines()
    assert len(lines) == 1, err
    return code, lines[0]


def test_an_index_in_use_is_refused_after_some_patience(fleet: Fleet) -> None:
    first = fleet.worker(0)
    asked = time.monotonic()
    code, line = refusal(fleet)
    assert code == 1
    assert time.monotonic() - asked > 5
    assert "index 0 is in use" in line
    assert first.lives
    # The first was not disturbed by it.
    fleet.assert_completes_undisturbed(fleet.simulate(runs=200), 200)


def test_the_index_of_a_killed_worker_is_free_at_once(fleet: Fleet) -> None:
    fleet.worker(0).kill()
    second = fleet.worker(0)
    assert second.lives


def test_workers_without_an_index_take_the_lowest_free_ones(fleet: Fleet) -> None:
    fleet.worker(0)
    fleet.worker(7, WORKER_INDEX="", WORKER_COUNT="2")
    assert fleet.query("SELECT index FROM simulations_worker ORDER BY index") == [(0,), (1,)]
    code, line = refusal(fleet, WORKER_INDEX="", WORKER_COUNT="2")
    assert code == 1
    assert "WORKER_COUNT" in line


def test_an_index_beyond_the_count_is_refused(fleet: Fleet) -> None:
    code, line = refusal(fleet, WORKER_INDEX="3", WORKER_COUNT="3")
    assert code == 2
    assert "WORKER_INDEX" in line
    assert "0 to 2" in line


@pytest.mark.parametrize(
    ("variable", "said"), [("BROKER_URL", "The broker does not answer"), ("DATABASE_URL", "database")]
)
def test_an_unreachable_service_is_said_in_a_line(fleet: Fleet, variable: str, said: str) -> None:
    url = {
        "BROKER_URL": Broker.url_at(free_port()),
        "DATABASE_URL": fleet.database.url(fleet.name, port=free_port()),
    }[variable]
    code, line = refusal(fleet, **{variable: url})
    assert code == 1
    assert said in line


def test_wrong_credentials_of_the_broker_are_said_without_the_password(fleet: Fleet) -> None:
    url = Broker.url_at(fleet.broker.port, user="nobody", password="sesame-seed")
    code, line = refusal(fleet, BROKER_URL=url)
    assert code == 1
    assert "credentials" in line
    assert "sesame-seed" not in line


def test_wrong_credentials_of_the_database_are_said_without_the_password(fleet: Fleet) -> None:
    user = fleet.database.create_user("right-password")
    url = fleet.database.url(fleet.name, user=user, password="sesame-seed")
    code, line = refusal(fleet, DATABASE_URL=url)
    assert code == 1
    assert "password" in line
    assert "sesame-seed" not in line


def test_a_database_that_is_not_there_is_said(fleet: Fleet) -> None:
    code, line = refusal(fleet, DATABASE_URL=fleet.database.url("no_such_database"))
    assert code == 1
    assert "does not exist" in line


def test_sqlite_is_refused(fleet: Fleet) -> None:
    url = f"sqlite:///{fleet.folder / 'db.sqlite3'}"
    assert fleet.run("migrate", "-v", "0", DATABASE_URL=url)[0] == 0
    code, line = refusal(fleet, DATABASE_URL=url)
    assert code == 1
    assert "PostgreSQL" in line


def test_a_queue_that_exists_with_other_arguments_is_refused(fleet: Fleet) -> None:
    with fleet.broker.channel() as channel:
        channel.queue_declare(queue_of(fleet, 0), durable=True, auto_delete=False)
    code, line = refusal(fleet)
    assert code == 1
    assert queue_of(fleet, 0) in line
    assert "delete it" in line
    # Nothing was changed by it: the queue is there as it was.
    with fleet.broker.channel() as channel, pytest.raises(amqp.PreconditionFailed):
        channel.queue_declare(
            queue_of(fleet, 0), durable=True, auto_delete=False, arguments={"x-expires": 1000}
        )


def test_a_worker_of_another_engine_version_refuses_and_says_why_while_others_go_on(fleet: Fleet) -> None:
    newer = fleet.worker(0, ready=False, faults=Faults(engine_version=99))
    straight = fleet.worker(1, ready=False)
    for worker in (newer, straight):
        worker.wait_until_ready()
    simulation = fleet.simulate()
    fleet.assert_completes_undisturbed(simulation)
    assert fleet.runs_by(newer) == 0
    newer.wait_to_say("engine version")
    said = [record["message"] for record in newer.said("engine version") if "99" in record["message"]]
    assert any("ready" not in message for message in said), said
    assert newer.lives


def test_a_simulation_of_another_engine_version_waits_for_a_worker_that_has_it(fleet: Fleet) -> None:
    newer = fleet.worker(0, faults=Faults(engine_version=99))
    simulation = fleet.simulate()
    time.sleep(2)
    assert fleet.status(simulation) == "pending"
    fleet.worker(1)
    fleet.assert_completes_undisturbed(simulation)
    assert newer.lives


def test_without_a_worker_who_waits_is_told(fleet: Fleet) -> None:
    waiting = fleet.start_command("simulate", "small-bingo", "--runs", "200", "--seed", "7", "--distributed")
    assert waiting.stderr is not None
    assert "Workers compute simulation" in waiting.stderr.readline()
    assert "No worker" in waiting.stderr.readline()
    fleet.worker(0)
    assert waiting.wait(timeout=60) == 0
    waiting.communicate()
    (simulation,) = fleet.query("SELECT id FROM simulations_simulation")[0]
    fleet.assert_completes_undisturbed(simulation, 200)
    wait_for(lambda: fleet.live_workers() == 1, "the worker")
