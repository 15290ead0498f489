"""`make stack`: the services of compose.yaml as processes of this machine, on its PostgreSQL and RabbitMQ.

What differs from the image: one command, ports on loopback (but for those of the workers' figures), and
passwords that are made up for this start.
"""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

import psycopg
from kombu.connection import Connection
from psycopg import sql

from docker.supervisor import CHECKOUT, Service, Supervisor, print_line
from events.wording import counted, whole_number_in

DATABASE_URL = "postgres://postgres@127.0.0.1:5432/bingosim"
BROKER_URL = "amqp://guest:guest@127.0.0.1:5672//"
HOST = "127.0.0.1"
PATIENCE_S = 5
MANAGE = (sys.executable, "manage.py")
GUNICORN = (sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn_conf.py")
# The same as compose.yaml's; a test compares them.
GRACE_S = {"web": 30, "worker": 30, "flower": 15}


class NotThere(Exception):
    """Something that the stack needs is missing or wrong; the message is one line that says what helps."""


@dataclass(frozen=True)
class Plan:
    """What is started, and where."""

    database_url: str
    broker_url: str
    workers: int
    port: int
    flower_port: int
    metrics_ports: Sequence[int]
    web_metrics_port: int
    flower_login: str

    @property
    def environment(self) -> dict[str, str]:
        return {
            "DATABASE_URL": self.database_url,
            "BROKER_URL": self.broker_url,
            "PYTHONUNBUFFERED": "1",
            # A worker's index is the lowest free one, as for replicas in compose.
            "WORKER_INDEX": "",
            "WORKER_COUNT": "",
            "METRICS_PORT": "",
        }


def read_plan(variables: Mapping[str, str]) -> Plan:
    """Read the stack's own variables; raise `NotThere` for one that is wrong."""
    workers = _number(variables, "STACK_WORKERS", 2, most=64)
    *metrics_ports, web_metrics_port = _metrics_ports(variables, workers + 1)
    return Plan(
        database_url=variables.get("DATABASE_URL") or DATABASE_URL,
        broker_url=variables.get("BROKER_URL") or BROKER_URL,
        workers=workers,
        port=_port(variables, "STACK_PORT", 8000),
        flower_port=_port(variables, "STACK_FLOWER_PORT", 5555),
        metrics_ports=metrics_ports,
        web_metrics_port=web_metrics_port,
        flower_login=variables.get("FLOWER_BASIC_AUTH") or f"stack:{secrets.token_urlsafe(12)}",
    )


def _number(variables: Mapping[str, str], name: str, default: int, *, most: int = 65_000) -> int:
    text = variables.get(name) or str(default)
    number = whole_number_in(text)
    if number is None or not 0 <= number <= most:
        raise NotThere(f"{name} must be a whole number from 0 to {most}, not {text!r}.")
    return number


def _port(variables: Mapping[str, str], name: str, default: int) -> int:
    """Return the port that a variable names; a free one for 0. Raise `NotThere` for one that is in use."""
    port = _number(variables, name, default) or free_port()
    _check_free(port, name)
    return port


def _metrics_ports(variables: Mapping[str, str], processes: int) -> list[int]:
    """Return the ports of the figures of workers and then web: in a row, or any that are free."""
    name = "STACK_METRICS_PORT"
    first = _number(variables, name, 9100)
    ports = [first + number if first else free_port() for number in range(processes)]
    for port in ports:
        _check_free(port, name, host="")  # workers listen on all addresses
    return ports


def _check_free(port: int, name: str, host: str = HOST) -> None:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are just closing counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NotThere(
                f"Port {port} is in use: set {name} to another, or to 0 for a free one."
            ) from error


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def services(plan: Plan) -> list[list[Service]]:
    """Return what runs, in the order of stopping: nobody asks any more, then nobody computes, then nobody
    watches."""
    web = Service(
        "web",
        [*GUNICORN, "--bind", f"{HOST}:{plan.port}", "--bind", f"{HOST}:{plan.web_metrics_port}"],
        {**plan.environment, "METRICS_PORT": str(plan.web_metrics_port)},
        grace_s=GRACE_S["web"],
    )
    workers = [
        Service(
            f"worker-{number}",
            [*MANAGE, "worker"],
            {**plan.environment, "METRICS_PORT": str(port)},
            grace_s=GRACE_S["worker"],
        )
        for number, port in enumerate(plan.metrics_ports)
    ]
    flower = Service(
        "flower",
        [*MANAGE, "flower"],
        {
            **plan.environment,
            "FLOWER_BASIC_AUTH": plan.flower_login,
            "FLOWER_ADDRESS": HOST,
            "FLOWER_PORT": str(plan.flower_port),
        },
        grace_s=GRACE_S["flower"],
    )
    return [[web], workers, [flower]]


def prepare_database(url: str) -> None:
    """Make the database where it is missing; raise `NotThere` where no PostgreSQL answers."""
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise NotThere(
            "Workers share a PostgreSQL: set DATABASE_URL to postgres://user:password@host:5432/name."
        )
    name = unquote(parts.path.lstrip("/"))
    try:
        # A database that every server has.
        server = urlunsplit(parts._replace(path="/postgres"))
        with psycopg.connect(server, connect_timeout=PATIENCE_S, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    except psycopg.errors.DuplicateDatabase:
        return  # another stack was quicker
    except psycopg.errors.InsufficientPrivilege as error:
        raise NotThere(
            f"The database {name} is missing, and this user may not make it: make it first."
        ) from error
    except psycopg.OperationalError as error:
        raise NotThere(
            f"No PostgreSQL to be used at {parts.hostname}:{parts.port or 5432} ({_first_line(error)}): "
            "`make db-postgres` starts one in Docker; DATABASE_URL names another."
        ) from error


def check_broker(url: str) -> None:
    """Raise `NotThere` where no broker takes these credentials."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("amqp", "amqps") and parts.hostname and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise NotThere("Workers share a RabbitMQ: set BROKER_URL to amqp://user:password@host:5672//.")
    try:
        with Connection(url, connect_timeout=PATIENCE_S) as connection:
            connection.connect()
    except Exception as error:  # whatever it is, the stack can't start, and the line says it
        raise NotThere(
            f"No RabbitMQ to be used at {parts.hostname}:{parts.port or 5672} ({_first_line(error)}): "
            "`make broker` starts one in Docker; BROKER_URL names another."
        ) from error


def _first_line(error: Exception) -> str:
    text = str(getattr(error, "reply_text", None) or error)
    return (text.strip().splitlines() or [type(error).__name__])[0]


def prepare_tables(plan: Plan) -> None:
    """Bring the tables up to date, and make what a first start needs."""
    for arguments in (
        ["migrate", "--verbosity", "0"],
        ["load_event", "--bundled", "--missing"],
        ["create_first_account"],
    ):
        command = [*MANAGE, *arguments]
        code = subprocess.call(command, cwd=CHECKOUT, env={**os.environ, **plan.environment})
        if code:
            raise NotThere(f"`manage.py {' '.join(arguments)}` failed with {code}: see above.")


def main() -> int:
    """Run the stack until Ctrl-C or SIGTERM; return 0, or 1 where something is missing."""
    try:
        plan = read_plan(os.environ)
        prepare_database(plan.database_url)
        check_broker(plan.broker_url)
        prepare_tables(plan)
    except NotThere as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Cancelled.", file=sys.stderr)
        return 130
    print_line("stack", f"web on http://{HOST}:{plan.port}/, {counted(plan.workers, 'worker')}; Ctrl-C stops")
    print_line("stack", f"Flower on http://{HOST}:{plan.flower_port}/, as {_login_to_show(plan)}")
    Supervisor(services(plan), print_line).run()
    print_line("stack", "stopped")
    return 0


def _login_to_show(plan: Plan) -> str:
    """The login, where it was made up for this start: nobody could know it otherwise."""
    if os.environ.get("FLOWER_BASIC_AUTH"):
        return "FLOWER_BASIC_AUTH says"
    user, _, password = plan.flower_login.partition(":")
    return f"{user}, password {password} (made up for this start)"


if __name__ == "__main__":
    sys.exit(main())
