"""Flower: it shows nobody anything without the password."""

import os
import secrets
import signal
from collections.abc import Iterator

import amqp
import pytest
from kombu import Connection

from tests.fleet.flower import LOGIN, Flower, start
from tests.fleet.waiting import free_port
from tests.services import BROKER_URL, missing

HOW_TO_START = (
    "no RabbitMQ answers: start one, such as `service rabbitmq-server start`; "
    "BINGOSIM_TEST_BROKER_URL names another, like amqp://user:password@host:5672//"
)


def refusal(*arguments: str, **variables: str) -> tuple[int, str]:
    """Return the exit code and the line of a Flower that should not start."""
    process = start({**os.environ, "BROKER_URL": BROKER_URL}, *arguments, **variables)
    try:
        stdout, stderr = process.communicate(timeout=60)
    finally:
        process.kill()
    assert stdout == ""
    assert len(stderr.splitlines()) == 1
    return process.returncode, stderr


def connect() -> Connection:
    connection = Connection(BROKER_URL, connect_timeout=3)
    try:
        connection.connect()
    except (OSError, amqp.AMQPError):
        missing(HOW_TO_START)
    return connection


@pytest.fixture(scope="module")
def namespace() -> Iterator[str]:
    """A namespace of the broker; what Flower makes there is removed."""
    connection = connect()
    name = f"test-flower-{secrets.token_hex(4)}"
    yield name
    with connection.channel() as channel:
        for exchange in (f"{name}.events", f"{name}.control.pidbox", f"reply.{name}.control.pidbox"):
            channel.exchange_delete(exchange)
    connection.close()


def watching(namespace: str) -> dict[str, str]:
    return {**os.environ, "BROKER_URL": BROKER_URL, "BINGOSIM_NAMESPACE": namespace}


@pytest.fixture(scope="module")
def flower(namespace: str) -> Iterator[Flower]:
    running = Flower(watching(namespace))
    yield running
    running.process.kill()
    running.process.communicate()


@pytest.mark.parametrize(
    ("login", "right"),
    [
        ("", "must be set to user:password"),
        ("no colon in it", "must be user:password"),
        (":long-enough", "must be user:password"),
        ("watcher:", "must have a password"),
        ("watcher:short", "at least 8 characters"),
        ("watcher:ünsigned-long", "ASCII"),
    ],
)
def test_it_does_not_start_unprotected(login: str, right: str) -> None:
    code, line = refusal(FLOWER_BASIC_AUTH=login)
    assert code == 2
    assert line.startswith("FLOWER_BASIC_AUTH ")
    assert right in line
    assert not login or login not in line


@pytest.mark.parametrize("port", ["1_5", "0", "65536"])
def test_what_is_no_port_is_refused(port: str) -> None:
    code, line = refusal("--port", port, FLOWER_BASIC_AUTH=LOGIN)
    assert code == 2
    assert "is not a whole number from 1 to 65,535" in line


def test_it_does_not_start_without_a_broker_in_production() -> None:
    production = {
        "DEBUG": "0",
        "SECRET_KEY": "a key that is long enough and has been made up for these tests",
        "ALLOWED_HOSTS": "localhost",
        "BROKER_URL": "",
    }
    code, line = refusal(FLOWER_BASIC_AUTH=LOGIN, **production)
    assert code == 2
    assert line.startswith("BROKER_URL must be set")


def test_a_broker_that_does_not_answer_is_said() -> None:
    code, line = refusal(FLOWER_BASIC_AUTH=LOGIN, BROKER_URL=f"amqp://me:secret@127.0.0.1:{free_port()}//")
    assert code == 1
    assert line.startswith("The broker does not answer: check BROKER_URL")
    assert "secret" not in line


def test_wrong_credentials_for_the_broker_are_said(namespace: str) -> None:
    place = BROKER_URL.rpartition("@")[2]
    code, line = refusal(FLOWER_BASIC_AUTH=LOGIN, BROKER_URL=f"amqp://nobody:wrongly@{place}")
    assert code == 1
    assert line.startswith("The broker refuses the credentials")
    assert "wrongly" not in line


def test_a_port_in_use_is_said(flower: Flower) -> None:
    code, line = refusal("--port", str(flower.port), FLOWER_BASIC_AUTH=LOGIN)
    assert code == 1
    assert line == f"Flower can't serve 127.0.0.1:{flower.port}: Address already in use.\n"


@pytest.mark.parametrize(
    "path", ["/", "/workers", "/tasks", "/broker", "/metrics", "/api/workers", "/api/tasks"]
)
def test_a_page_takes_the_password(path: str, flower: Flower) -> None:
    assert flower.get(path)[0] == 200
    assert flower.get(path, login=None)[0] == 401
    assert flower.get(path, login="watcher:long-wrong")[0] == 401


def test_health_is_for_everybody(flower: Flower) -> None:
    assert flower.get("/healthcheck", login=None) == (200, "OK")


def test_it_only_watches(flower: Flower) -> None:
    assert flower.get("/api/worker/shutdown/worker-0", method="POST")[0] == 403
    assert flower.get("/api/task/send-task/simulations.run_batch", method="POST")[0] == 403


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals, namespace: str) -> None:
    flower = Flower(watching(namespace))
    flower.process.send_signal(number)
    _, stderr = flower.process.communicate(timeout=15)
    assert flower.process.returncode == 0
    assert "Traceback" not in stderr
