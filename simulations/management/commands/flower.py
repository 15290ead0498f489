"""`flower`: watch the workers in a browser."""

import logging
import re
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser

from events.management.base import ProjectCommand, Refused, WrongArgument, whole_number
from simulations.queues import BROKER_ERRORS, broker_problem, explain_broker_error

logger = logging.getLogger(__name__)

LAST_PORT = 65_535
SHORTEST_PASSWORD = 8
MOST_TASKS = 10_000
COLUMNS = "name,kwargs,state,received,started,runtime,worker,exception"


class Command(ProjectCommand):
    help = "Serve Flower, which shows workers and their tasks, until SIGTERM or Ctrl-C."
    takes_json = False
    needs_database = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--port",
            type=whole_number(1, LAST_PORT),
            default=settings.FLOWER_PORT,
            help="the port to serve (default: %(default)s)",
        )
        parser.add_argument(
            "--address",
            default=settings.FLOWER_ADDRESS,
            help="the address to serve, 0.0.0.0 for all (default: %(default)s)",
        )

    def handle(self, *, port: int, address: str, **options: Any) -> None:
        login = _login()
        if problem := broker_problem():
            raise WrongArgument(problem)
        _serve(login, address, port)


def _login() -> str:
    """Return `user:password`; refuse to serve the fleet to everybody."""
    login = settings.FLOWER_BASIC_AUTH
    if login is None:
        raise WrongArgument(
            "FLOWER_BASIC_AUTH must be set to user:password: Flower is not served unprotected."
        )
    user, colon, password = login.partition(":")
    # The value is not repeated: a terminal or a log is no place for it.
    if not user or not colon or not re.fullmatch(r"[!-~]+", login):
        raise WrongArgument("FLOWER_BASIC_AUTH must be user:password, in ASCII letters, digits and signs.")
    if len(password) < SHORTEST_PASSWORD:
        raise WrongArgument(
            f"FLOWER_BASIC_AUTH must have a password of at least {SHORTEST_PASSWORD} characters."
        )
    return str(login)


def _serve(login: str, address: str, port: int) -> None:
    # Imported here: they take a second, which other commands need not wait for.
    from celery import current_app
    from flower.app import Flower
    from flower.options import options
    from flower.urls import settings as pages
    from flower.views.monitor import Metrics
    from tornado.web import authenticated

    class ProtectedMetrics(Metrics):  # type: ignore[misc]
        get = authenticated(Metrics.get)

    _check_broker(current_app)
    chosen = {
        "address": address,
        "port": port,
        "basic_auth": [login],
        # Watching only: simulations are steered by commands, which know what a batch is.
        "read_only": True,
        "tasks_columns": COLUMNS,
        "max_tasks": MOST_TASKS,
        "purge_offline_workers": 3600,
    }
    for name, value in chosen.items():
        setattr(options, name, value)
    server = Flower(capp=current_app, options=options, **pages)
    server.add_handlers(".*", [("/metrics", ProtectedMetrics)])
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: server.io_loop.add_callback_from_signal(server.stop))
    try:
        server.start_http_server()
    except OSError as error:
        raise Refused(f"Flower can't serve {address}:{port}: {error.strerror or error}.") from error
    logger.info("Flower serves http://%s:%d, for who knows FLOWER_BASIC_AUTH", address, port)
    server.start()


def _check_broker(app: Any) -> None:
    """Refuse to start without a broker; one that goes away later is waited for."""
    try:
        with app.connection_for_read() as connection:
            connection.ensure_connection(max_retries=1, timeout=5)
    except BROKER_ERRORS as error:
        raise Refused(explain_broker_error(error)) from error
