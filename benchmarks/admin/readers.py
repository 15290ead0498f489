"""How long many readers of one finished simulation wait: `python -m benchmarks.admin.readers`.

gunicorn serves as in production, on an SQLite file of its own, and 50 people, who may look and nothing else,
open the page of one simulation at the same moment. Then each reads for a second or two and asks again, by a
browser that kept the page or one that did not; and at last each asks again as soon as it has an answer, as
nobody does. The readers share the machine's cores with the server.
"""

import argparse
import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from random import Random
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.databases import sqlite_database
from benchmarks.processes import CHECKOUT, manage, prepare_database
from docker.native import HOST, free_port

SLUG = "summer-clan-bingo"
RUNS = 2_000
READERS = 50
ROUNDS = 10
# How long somebody looks at the page, on average, before asking for it again.
READING_S = 1.5
BOUND_MS = 300.0
PATIENCE_S = 60.0


class Reader(NamedTuple):
    """Somebody who is signed in: the cookie says so."""

    cookie: str


class _Asking(NamedTuple):
    """What readers ask for, how often, after which pause, and whether their browsers keep the page."""

    port: int
    page: str
    rounds: int
    keep: bool
    pause_s: float


class Waits(NamedTuple):
    """How the readers asked, and the milliseconds that each answer took."""

    name: str
    milliseconds: Sequence[float]


def main() -> None:
    """Measure and print a table; being slow is no failure of the measurement."""
    parser = argparse.ArgumentParser(description="Time many readers of one page.")
    parser.add_argument("--readers", type=int, default=READERS, help="how many read at once")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often each asks again")
    options = parser.parse_args()
    production = {"DEBUG": "0", "SECRET_KEY": secrets.token_urlsafe(50), "ALLOWED_HOSTS": HOST}
    os.environ.update(production)
    with sqlite_database() as url:
        os.environ["DATABASE_URL"] = url
        prepare_database(url)
        manage(url, "collectstatic", "--noinput", "--verbosity", "0")
        simulation = manage(url, "simulate", SLUG, "--runs", str(RUNS), "--json").answer["id"]
        readers = _sign_in(options.readers)
        with _server() as port:
            page = f"/admin/simulations/simulation/{simulation}/change/"
            _show(list(_measure(port, page, readers, options.rounds)), options.readers)


def _sign_in(number: int) -> list[Reader]:
    """Make so many people who may look at everything, and sign them in."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import Permission, User
    from django.test import Client

    readers = []
    for reader in range(number):
        user = User.objects.create(username=f"reader{reader}", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        client = Client()
        client.force_login(user)
        name = settings.SESSION_COOKIE_NAME
        readers.append(Reader(f"{name}={client.cookies[name].value}"))
    return readers


@contextmanager
def _server() -> Iterator[int]:
    """Run gunicorn with the project's configuration, and yield its port."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn_conf.py"]
    process = subprocess.Popen([*command, "--bind", f"{HOST}:{port}", "--log-level", "warning"], cwd=CHECKOUT)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("gunicorn did not start: what it printed says why.")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _measure(port: int, page: str, readers: Sequence[Reader], rounds: int) -> Iterator[Waits]:
    """Time the first opening by all at once, then their asking again."""

    def ask(name: str, rounds: int, *, keep: bool, pause_s: float) -> Waits:
        return Waits(name, _all_read(_Asking(port, page, rounds, keep, pause_s), readers))

    yield ask("all at the same moment, nothing remembered", 1, keep=False, pause_s=0)
    yield ask("all at the same moment, a second time", 1, keep=False, pause_s=0)
    yield ask("now and then, the whole page", rounds, keep=False, pause_s=READING_S)
    yield ask("now and then, kept by the browser", rounds, keep=True, pause_s=READING_S)
    yield ask("without a pause, the whole page", rounds, keep=False, pause_s=0)
    yield ask("without a pause, kept by the browser", rounds, keep=True, pause_s=0)


def _all_read(asking: _Asking, readers: Sequence[Reader]) -> list[float]:
    """Let all readers ask at the same time, each on a connection of its own; return what each answer took."""
    waits: list[float] = []
    failures: list[Exception] = []
    start = threading.Barrier(len(readers))

    def read(reader: Reader) -> None:
        try:
            start.wait()
            waits.extend(_read(asking, reader))
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=read, args=[reader]) for reader in readers]
    _each(threads, threading.Thread.start)
    _each(threads, threading.Thread.join)
    if failures:
        raise failures[0]
    return waits


def _each(threads: Sequence[threading.Thread], do: Callable[[threading.Thread], None]) -> None:
    for thread in threads:
        do(thread)


def _read(asking: _Asking, reader: Reader) -> Iterator[float]:
    """Ask for the page so often; yield the milliseconds of each answer."""
    etag, random = "", Random(reader.cookie)
    connection = HTTPConnection(HOST, asking.port, timeout=PATIENCE_S)
    for _ in range(asking.rounds):
        time.sleep(asking.pause_s * random.uniform(0.5, 1.5))
        headers = {"Cookie": reader.cookie} | ({"If-None-Match": etag} if asking.keep and etag else {})
        started = time.perf_counter()
        connection.request("GET", asking.page, headers=headers)
        response = connection.getresponse()
        response.read()
        yield 1000 * (time.perf_counter() - started)
        if response.status not in (200, 304):
            raise RuntimeError(f"{asking.page} answered {response.status}")
        etag = response.headers.get("ETag", "")
        if asking.pause_s:
            connection.close()  # before the server does, in the middle of a question
    connection.close()


def _show(measured: Sequence[Waits], readers: int) -> None:
    title = f"Milliseconds that {readers} readers wait, {os.uname().nodename}; 95 % at most {BOUND_MS:.0f}"
    table = Table("how they ask", title=title)
    for heading in ("answers", "median", "95 %", "longest"):
        table.add_column(heading, justify="right")
    for waits in measured:
        figures = (*np.percentile(waits.milliseconds, [50, 95]), max(waits.milliseconds))
        table.add_row(waits.name, f"{len(waits.milliseconds):,}", *(f"{figure:,.0f}" for figure in figures))
    Console(width=None if sys.stdout.isatty() else 140).print(table)


if __name__ == "__main__":
    main()
