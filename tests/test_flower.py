"""Flower: it watches through a real broker, and shows nobody anything without the password."""

import base64
import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import amqp
import pytest
from django.conf import settings
from kombu import Connection

from tests.fleet.waiting import answers, free_port, wait_for

BROKER_URL = os.environ.get("BINGOSIM_TEST_BROKER_URL") or "amqp://guest:guest@127.0.0.1:5672//"
LOGIN = "watcher:long-enough"
REQUIRED = os.environ.get("BINGOSIM_REQUIRE_SERVICES") == "1"
HOW_TO_START = (
    "no RabbitMQ answers: start one, such as `service rabbitmq-server start`; "
    "BINGOSIM_TEST_BROKER_URL names another, like amqp://user:password@host:5672//"
)
# What `simulate --distributed` and workers do to tell a worker of its batch.
SEND = """if True:
    from simulations.dispatch import send
    from simulations.services.handover import Handover
    from simulations.spans import Span
    print(send(Handover(7, "abcdef", 12, Span(1000, 500))))
"""


class Flower:
    """A running `manage.py flower`."""

    def __init__(self, namespace: str) -> None:
        self.port = free_port()
        self.environment = {**os.environ, "BROKER_URL": BROKER_URL, "BINGOSIM_NAMESPACE": namespace}
        self.process = start(self.environment, "--port", str(self.port), FLOWER_BASIC_AUTH=LOGIN)
        wait_for(lambda: self.process.poll() is not None or answers(self.port), "Flower")
        assert self.process.poll() is None, self.process.communicate()[1]

    def get(self, path: str, login: str | None = LOGIN, method: str = "GET") -> tuple[int, str]:
        headers = {"Authorization": "Basic " + base64.b64encode(login.encode()).decode()} if login else {}
        request = Request(f"http://127.0.0.1:{self.port}{path}", headers=headers, method=method)
        try:
            with urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def tasks(self) -> list[dict[str, Any]]:
        return list(json.loads(self.get("/api/tasks")[1]).values())


def start(environment: dict[str, str], *arguments: str, **variables: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "flower", *arguments],
        cwd=settings.BASE_DIR,
        env={**environment, **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
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
        if REQUIRED:
            pytest.fail(HOW_TO_START, pytrace=False)
        pytest.skip(HOW_TO_START)
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


@pytest.fixture(scope="module")
def flower(namespace: str) -> Iterator[Flower]:
    running = Flower(namespace)
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


def test_it_does_not_start_without_a_broker_in_production() -> None:
    production = {"DEBUG": "0", "SECRET_KEY": "a key", "ALLOWED_HOSTS": "localhost", "BROKER_URL": ""}
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


def test_a_batch_shows_with_its_task_simulation_and_runs(flower: Flower) -> None:
    def shown() -> dict[str, Any] | None:
        # Sent again each time: Flower answers before it listens.
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", SEND]
        sent = subprocess.run(
            command, cwd=settings.BASE_DIR, env=flower.environment, capture_output=True, text=True
        )
        assert sent.stdout == "True\n", sent.stderr
        return next(iter(flower.tasks()), None)

    task = wait_for(shown, "the task in Flower's list")
    assert task["name"] == "simulations.run_batch"
    assert task["kwargs"] == "simulation abcdef, batch 12, runs 1,000 to 1,499"


def test_it_only_watches(flower: Flower) -> None:
    assert flower.get("/api/worker/shutdown/worker-0", method="POST")[0] == 403
    assert flower.get("/api/task/send-task/simulations.run_batch", method="POST")[0] == 403


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals, namespace: str) -> None:
    flower = Flower(namespace)
    flower.process.send_signal(number)
    _, stderr = flower.process.communicate(timeout=15)
    assert flower.process.returncode == 0
    assert "Traceback" not in stderr
