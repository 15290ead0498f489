"""gunicorn as it serves: a port for those who watch, apart from the one for everybody, and its log lines."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from docker.native import GUNICORN
from tests.fleet.waiting import free_port, wait_for
from tests.simulations.processes import CHECKOUT, Manage

ANSWERED = ["/healthz", "/readyz", "/metrics"]


@dataclass(frozen=True)
class Server:
    """gunicorn, with both of its ports."""

    process: "subprocess.Popen[bytes]"
    port: int
    monitoring_port: int
    log: Path

    def ask(self, port: int, path: str, **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request(
            "GET", path, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )
        answer = connection.getresponse()
        answer.read()
        return answer

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.ask(self.monitoring_port, "/healthz").status == 200
        except OSError:
            return False

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Start gunicorn with its configuration, on an empty database."""
    folder = tmp_path_factory.mktemp("monitoring")
    database_url = f"sqlite:///{folder / 'db.sqlite3'}"
    assert Manage(database_url).run("migrate", "--verbosity", "0")[0] == 0
    port, monitoring_port = free_port(), free_port()
    environment = {
        "DATABASE_URL": database_url,
        "ALLOWED_HOSTS": "bingo.example.org",
        "METRICS_PORT": str(monitoring_port),
        "LOG_FORMAT": "json",
        # Where static files were never collected, WhiteNoise says so.
        "PYTHONWARNINGS": "ignore",
    }
    binds = [f"--bind=127.0.0.1:{number}" for number in (port, monitoring_port)]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [*GUNICORN, *binds], cwd=CHECKOUT, env={**os.environ, **environment}, stdout=log, stderr=log
        )
    server = Server(process, port, monitoring_port, folder / "log")
    try:
        wait_for(server.answers, "an answer of gunicorn")
        yield server
    finally:
        server.stop()


@pytest.mark.parametrize("path", ANSWERED)
@pytest.mark.parametrize("host", ["172.18.0.5:9100", "web:9100", "bingosim_web_1:9100"])
def test_who_watches_may_call_the_container_as_he_likes(server: Server, path: str, host: str) -> None:
    assert server.ask(server.monitoring_port, path, Host=host).status == 200


def test_at_the_port_for_everybody_a_host_has_to_be_served(server: Server) -> None:
    assert server.ask(server.port, "/healthz", Host="web:8000").status == 400
    assert server.ask(server.port, "/healthz", Host="bingo.example.org").status == 200


def test_figures_are_not_public(server: Server) -> None:
    port = str(server.monitoring_port)
    pretended = {"Server_Port": port, "X_Forwarded_Port": port, "Host": f"bingo.example.org:{port}"}
    assert server.ask(server.port, "/metrics", Host="bingo.example.org").status == 404
    assert server.ask(server.port, "/metrics", **pretended).status == 404


def test_nothing_else_is_served_where_figures_are(server: Server) -> None:
    for path in ("/", "/admin/", "/static/events/admin.js"):
        answer = server.ask(server.monitoring_port, path, Host="bingo.example.org")
        assert (answer.status, answer.headers.get_content_type()) == (404, "text/plain")


def test_every_line_of_the_log_is_json(server: Server) -> None:
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    told = [line["message"] for line in lines if line["logger"] == "gunicorn.error"]
    assert any(message.startswith("Starting gunicorn") for message in told)
    assert any(message.startswith("Booting worker") for message in told)


def test_a_wrong_variable_stops_gunicorn_with_one_line() -> None:
    environment = {**os.environ, "DEBUG": "perhaps"}
    stopped = subprocess.run(
        GUNICORN, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert (stopped.returncode, stopped.stderr) == (2, "DEBUG must be 1 or 0, not 'perhaps'.\n")


def test_without_a_port_for_it_nobody_is_told_figures() -> None:
    code = """if True:
        from django.test import Client
        print(Client().get("/metrics").status_code, Client().get("/healthz").status_code)
        """
    command = [sys.executable, "manage.py", "shell", "-v0", "-c", code]
    environment = {**os.environ, "METRICS_PORT": "", "ALLOWED_HOSTS": "testserver", "DEBUG": "1"}
    asked = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, check=True)
    assert asked.stdout == "404 200\n"
