"""`make stack`: what it keeps running, and the whole of it for real."""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlsplit, urlunsplit
from urllib.request import urlopen

import psycopg
import pytest
from psycopg import sql

from docker import native
from docker.supervisor import Kept, Service
from tests.fleet.broker import Broker, require_rabbitmq
from tests.on_postgresql import SERVER_URL
from tests.services import missing
from tests.simulations.processes import Manage

CHECKOUT = Path(__file__).resolve().parents[1]
PATIENCE_S = 90


def wait_until(condition: Callable[[], object], patience_s: float = PATIENCE_S, say: object = "") -> None:
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, say
        time.sleep(0.05)


class Log:
    """Lines that were said, with who said them."""

    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def __call__(self, name: str, line: str) -> None:
        self.lines.append((name, line))

    def of(self, text: str) -> list[str]:
        return [line for _, line in self.lines if text in line]


def kept(code: str, log: Log, grace_s: float = 5) -> Kept:
    return Kept(Service("one", [sys.executable, "-u", "-c", code], grace_s=grace_s), log)


def keep_until(one: Kept, condition: Callable[[], object]) -> None:
    def kept_and_met() -> object:
        one.keep()
        return condition()

    wait_until(kept_and_met, patience_s=20)


def stop(one: Kept) -> None:
    one.ask_to_stop()
    one.wait_for_stop(time.monotonic() + one.service.grace_s)


def test_a_process_that_is_killed_is_started_again() -> None:
    log = Log()
    one = kept("import time; print('up'); time.sleep(60)", log)
    keep_until(one, lambda: log.of("up"))
    one.kill()
    keep_until(one, lambda: len(log.of("up")) == 2)
    stop(one)
    assert log.of("killed by SIGKILL; starts again in 0.5 s")


def test_a_process_that_ends_at_once_is_started_less_and_less_often() -> None:
    log = Log()
    one = kept("raise SystemExit(3)", log)
    keep_until(one, lambda: len(log.of("ended with 3")) == 3)
    assert [line.rsplit(" in ")[1] for line in log.of("ended with 3")] == ["0.5 s", "1 s", "2 s"]


def test_every_line_says_who_wrote_it() -> None:
    log = Log()
    one = kept("import sys; print('out'); print('err', file=sys.stderr); input()", log)
    keep_until(one, lambda: log.of("EOFError"))
    assert ("one", "out") in log.lines
    assert ("one", "err") in log.lines


def test_what_does_not_stop_within_its_grace_is_killed() -> None:
    log = Log()
    code = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf'); time.sleep(60)"
    one = kept(code, log, grace_s=0.5)
    keep_until(one, lambda: log.of("deaf"))
    stop(one)
    assert log.of("does not stop: killed")


# Says goodbye after as many seconds as it is told.
STOPPABLE = """
import signal, sys, time

def stop(*_):
    time.sleep(float(sys.argv[1]))
    print("bye", flush=True)
    sys.exit()

signal.signal(signal.SIGTERM, stop)
print("up", flush=True)
time.sleep(60)
"""
SUPERVISED = f"""
import sys
from docker.supervisor import Service, Supervisor, print_line

def service(name, seconds):
    return Service(name, [sys.executable, "-c", {STOPPABLE!r}, seconds], grace_s=40)

Supervisor([[service("web", "0.5")], [service("worker", "0")]], print_line).run()
"""


@pytest.fixture
def supervised() -> Iterator[Callable[[str], "Running"]]:
    started: list[Running] = []

    def start(code: str) -> Running:
        started.append(Running([sys.executable, "-c", code], {}))
        return started[-1]

    yield start
    for running in started:
        running.end()


class Running:
    """A process of a stack, and what it has printed so far."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(line.rstrip() for line in self.process.stdout)

    def matches(self, pattern: str) -> list[str]:
        return [line for line in list(self.lines) if re.search(pattern, line)]

    def wait_for(self, pattern: str, count: int = 1, patience_s: float = PATIENCE_S) -> str:
        """Wait for so many lines that match, and return the last of them."""
        wait_until(
            lambda: len(self.matches(pattern)) >= count or self.process.poll() is not None, patience_s, self
        )
        assert len(self.matches(pattern)) >= count, self
        return self.matches(pattern)[-1]

    def ended(self) -> int:
        """Return the exit code once the process has ended and all is read."""
        code = self.process.wait(PATIENCE_S)
        wait_until(lambda: self.matches("stopped$") or code, patience_s=5)
        return code

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(60)
            except subprocess.TimeoutExpired:
                self.process.kill()

    def __repr__(self) -> str:
        return "\n".join(self.lines)


def pid_in(line: str) -> int:
    return int(line.rsplit(" ", 1)[1])


def is_there(pid: int) -> bool:
    try:
        # A process that has ended and is not waited for yet is not there any more.
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_services_stop_in_order(supervised: Callable[[str], Running]) -> None:
    running = supervised(SUPERVISED)
    running.wait_for(r"\| up", count=2)
    running.process.send_signal(signal.SIGINT)
    running.process.wait(20)
    wait_until(lambda: len(running.matches("bye")) == 2, patience_s=5)
    assert [line.split()[0] for line in running.matches("bye")] == ["web", "worker"]


def test_a_second_signal_kills(supervised: Callable[[str], Running]) -> None:
    running = supervised(SUPERVISED.replace('"web", "0.5"', '"web", "30"'))
    running.wait_for(r"\| up", count=2)
    running.process.send_signal(signal.SIGINT)
    running.wait_for("stopping")
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(10) == 0
    assert not running.matches("bye")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's end")
def test_a_killed_supervisor_leaves_nothing_behind(supervised: Callable[[str], Running]) -> None:
    running = supervised(SUPERVISED)
    running.wait_for(r"\| up", count=2)
    pids = [pid_in(line) for line in running.matches("started, process")]
    running.process.kill()
    wait_until(lambda: not any(is_there(pid) for pid in pids), patience_s=10)


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("sqlite:///db.sqlite3", "Workers share a PostgreSQL: set DATABASE_URL"),
        ("postgres://nobody@127.0.0.1:{port}/bingosim", "`make db-postgres` starts one in Docker"),
    ],
)
def test_a_missing_postgresql_is_said_in_a_line(url: str, what: str) -> None:
    with pytest.raises(native.NotThere) as refused:
        native.prepare_database(url.format(port=native.free_port()))
    assert what in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_missing_broker_is_said_in_a_line() -> None:
    url = f"amqp://guest:not-to-be-shown@127.0.0.1:{native.free_port()}//"
    with pytest.raises(native.NotThere) as refused:
        native.check_broker(url)
    assert "`make broker` starts one in Docker" in str(refused.value)
    assert "not-to-be-shown" not in str(refused.value)


def test_a_port_in_use_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(native.NotThere, match=f"Port {port} is in use: set STACK_PORT"):
            native.read_plan({"STACK_PORT": str(port), "STACK_FLOWER_PORT": "0", "STACK_METRICS_PORT": "0"})


def test_a_port_of_the_workers_figures_in_use_is_refused() -> None:
    with socket.create_server(("0.0.0.0", 0)) as server:
        port = server.getsockname()[1]
        ports = {"STACK_PORT": "0", "STACK_FLOWER_PORT": "0", "STACK_METRICS_PORT": str(port)}
        with pytest.raises(native.NotThere, match=f"Port {port} is in use: set STACK_METRICS_PORT"):
            native.read_plan(ports)


@pytest.mark.parametrize("url", ["nonsense", "http://127.0.0.1:5672//", "amqp://127.0.0.1:port//"])
def test_what_is_no_brokers_address_is_said_in_a_line(url: str) -> None:
    with pytest.raises(native.NotThere, match="set BROKER_URL to amqp://"):
        native.check_broker(url)


@pytest.mark.parametrize("text", ["two", "-1", "65", "1,5"])
def test_a_wrong_number_of_workers_is_refused(text: str) -> None:
    with pytest.raises(native.NotThere, match="STACK_WORKERS must be a whole number"):
        native.read_plan({"STACK_WORKERS": text})


def test_the_password_of_flower_is_made_up_for_each_start() -> None:
    free = {"STACK_PORT": "0", "STACK_FLOWER_PORT": "0", "STACK_METRICS_PORT": "0"}
    first, second = (native.read_plan(free).flower_login for _ in range(2))
    assert first.startswith("stack:")
    assert first != second
    assert native.read_plan({**free, "FLOWER_BASIC_AUTH": "me:mine"}).flower_login == "me:mine"


def test_web_listens_where_its_figures_are_asked_for() -> None:
    plan = native.read_plan({"STACK_PORT": "0", "STACK_FLOWER_PORT": "0", "STACK_METRICS_PORT": "0"})
    [web] = native.services(plan)[0]
    assert f"127.0.0.1:{web.environment['METRICS_PORT']}" in web.command
    assert plan.web_metrics_port not in plan.metrics_ports


def database_url() -> str:
    name = f"bingosim_stack_{secrets.token_hex(4)}"
    return urlunsplit(urlsplit(SERVER_URL)._replace(path=f"/{name}"))


def drop_database(url: str) -> None:
    name = sql.Identifier(urlsplit(url).path.lstrip("/"))
    with psycopg.connect(SERVER_URL, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


@pytest.fixture
def broker_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start a broker of the test's own, which leaves nothing behind."""
    require_rabbitmq()
    broker = Broker(tmp_path_factory.mktemp("broker"))
    try:
        broker.start()
        yield broker.url
    finally:
        broker.close()


@pytest.fixture
def stack(broker_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """Start the stack on a database and ports of its own, which this process's environment names, too."""
    require_postgresql()
    url = database_url()
    environment = {
        "DATABASE_URL": url,
        "BROKER_URL": broker_url,
        "BINGOSIM_NAMESPACE": "test-stack",
        "BINGOSIM_LEASE_S": "2",
        "STACK_WORKERS": "2",
        **dict.fromkeys(("STACK_PORT", "STACK_FLOWER_PORT", "STACK_METRICS_PORT"), "0"),
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    running = Running([sys.executable, "-m", "docker.native"], {})
    try:
        yield running
    finally:
        running.end()
        drop_database(url)


def require_postgresql() -> None:
    """Skip the test where no server answers, or fail it where every service has to be there."""
    try:
        native.prepare_database(SERVER_URL)
    except native.NotThere as error:
        missing(str(error))


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, ConnectionError, TimeoutError):
        return False


SIMULATE = ("simulate", "spring-league-bingo", "--runs", "400000", "--seed", "stack")


@pytest.fixture
def undisturbed(tmp_path: Path) -> str:
    """Return the digest that the simulation has where nothing happens to it."""
    local = Manage(f"sqlite:///{tmp_path / 'local.sqlite3'}")
    assert local.run("migrate", "--verbosity", "0")[0] == 0
    local.json("load_event", "--bundled")
    return str(local.json(*SIMULATE)["digest"])


def test_the_stack_heals_in_the_middle_of_a_simulation(undisturbed: str, stack: Running) -> None:
    web = stack.wait_for("web on ").split("web on ")[1].split(",")[0]
    flower = stack.wait_for("Flower on ").split("Flower on ")[1].split(",")[0]
    stack.wait_for(r"worker \d is ready", count=2)
    wait_until(lambda: answers(f"{web}healthz") and answers(f"{flower}healthcheck"), say=stack)
    manage = Manage(os.environ["DATABASE_URL"])
    simulation = manage.json(*SIMULATE, "--distributed", "--detach")["id"]
    manage.wait_for_results()

    for name in ("worker-0", "web", "flower"):
        os.killpg(pid_in(stack.wait_for(f"^{name} .*started, process")), signal.SIGKILL)
    wait_until(lambda: manage.newest()["status"] == "completed", say=stack)
    assert manage.json("results", simulation)["digest"] == undisturbed
    stack.wait_for(r"^worker-0 .* is ready", count=2)
    wait_until(lambda: answers(f"{web}healthz") and answers(f"{flower}healthcheck"), say=stack)

    stack.process.send_signal(signal.SIGTERM)
    assert stack.ended() == 0
    assert not stack.matches("does not stop|Traceback")
