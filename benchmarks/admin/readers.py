"""How long many readers of one finished simulation wait: `python -m benchmarks.admin.readers`.

gunicorn serves as in production, on an SQLite file of its own, and 50 people, who may look and nothing else,
open the page of one simulation at the same moment. Then each reads for a second or two and asks again, by a
browser that kept the page or one that did not; and at last each asks again as soon as it has an answer, as
nobody does. The readers share the machine's cores with the server.
"""

import argparse
import asyncio
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.databases import sqlite_database
from benchmarks.memory import process_tree
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


_Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass
class Reader:
    """Somebody who is signed in: the cookies say so. ``etag`` is that of the page that the browser keeps."""

    cookie: str
    etag: str = ""


class Server(NamedTuple):
    """gunicorn, and where it listens."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """Return the processor time that its processes have taken by now."""
        return sum(map(_cpu_s, process_tree(self.pid)))


class _Asking(NamedTuple):
    """What readers ask for, how often, after which pause, and whether their browsers keep the page."""

    port: int
    page: str
    rounds: int
    kept: bool
    pause_s: float


class Waits(NamedTuple):
    """How the readers asked, the milliseconds that each answer took, and those of a core for one.

    ``server_ms`` and ``readers_ms`` are means: what gunicorn's processes took, and the readers themselves.
    """

    name: str
    milliseconds: Sequence[float]
    server_ms: float
    readers_ms: float


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
        with _server() as server:
            page = f"/admin/simulations/simulation/{simulation}/change/"
            _show(list(_measure(server, page, readers, options.rounds)), options.readers)


def _sign_in(number: int) -> list[Reader]:
    """Make so many people who may look at everything, and sign them in."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    django.setup()
    from django.conf import settings
    from django.contrib.auth.models import Permission, User
    from django.test import Client
    from django.utils.crypto import get_random_string

    readers = []
    for reader in range(number):
        user = User.objects.create(username=f"reader{reader}", is_staff=True)
        user.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        client = Client()
        client.force_login(user)
        cookies = {settings.SESSION_COOKIE_NAME: client.session.session_key}
        # Browsers have it from the page that they signed in at: the page's ETag depends on it.
        cookies[settings.CSRF_COOKIE_NAME] = get_random_string(32)
        readers.append(Reader("; ".join(f"{name}={value}" for name, value in cookies.items())))
    return readers


@contextmanager
def _server() -> Iterator[Server]:
    """Run gunicorn with the project's configuration."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "--config", "docker/gunicorn_conf.py"]
    process = subprocess.Popen([*command, "--bind", f"{HOST}:{port}", "--log-level", "warning"], cwd=CHECKOUT)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("gunicorn did not start: what it printed says why.")
            time.sleep(0.2)
        yield Server(process.pid, port)
    finally:
        process.terminate()
        process.wait()


def _cpu_s(pid: int) -> float:
    """Return the processor time of a process, without that of its children."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0  # it ended since the tree was looked at
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _answers(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _measure(server: Server, page: str, readers: Sequence[Reader], rounds: int) -> Iterator[Waits]:
    """Time the first opening by all at once, then their asking again."""

    def ask(name: str, rounds: int, *, kept: bool, pause_s: float) -> Waits:
        asking = _Asking(server.port, page, rounds, kept, pause_s)
        before_s, own_s = server.cpu_s(), time.process_time()
        waits = asyncio.run(_all_read(asking, readers))
        used_s = server.cpu_s() - before_s, time.process_time() - own_s
        return Waits(name, waits, *(1000 * seconds / len(waits) for seconds in used_s))

    yield ask("all at the same moment, nothing remembered", 1, kept=False, pause_s=0)
    yield ask("all at the same moment, a second time", 1, kept=False, pause_s=0)
    yield ask("all at the same moment, kept by the browser", 1, kept=True, pause_s=0)
    yield ask("now and then, the whole page", rounds, kept=False, pause_s=READING_S)
    yield ask("now and then, kept by the browser", rounds, kept=True, pause_s=READING_S)
    yield ask("without a pause, the whole page", rounds, kept=False, pause_s=0)
    yield ask("without a pause, kept by the browser", rounds, kept=True, pause_s=0)


async def _all_read(asking: _Asking, readers: Sequence[Reader]) -> list[float]:
    """Let all readers ask at the same time, each on a connection of its own; return what each answer took."""
    start = asyncio.Event()
    reading = [asyncio.create_task(_read(asking, reader, start)) for reader in readers]
    await asyncio.sleep(0)
    start.set()
    return [wait for waits in await asyncio.gather(*reading) for wait in waits]


async def _read(asking: _Asking, reader: Reader, start: asyncio.Event) -> list[float]:
    """Ask for the page so often; return the milliseconds of each answer."""
    waits, random, connection = [], Random(reader.cookie), None
    expected = 304 if asking.kept else 200
    await start.wait()
    for _ in range(asking.rounds):
        await asyncio.sleep(asking.pause_s * random.uniform(0.5, 1.5))
        started = time.perf_counter()
        connection = connection or await asyncio.open_connection(HOST, asking.port)
        status, etag = await asyncio.wait_for(_answer(connection, asking, reader), PATIENCE_S)
        waits.append(1000 * (time.perf_counter() - started))
        if status != expected:
            raise RuntimeError(f"{asking.page} answered {status}, not {expected}")
        reader.etag = etag
        if asking.pause_s:
            # Before the server does, in the middle of a question.
            connection[1].close()
            connection = None
    if connection:
        connection[1].close()
    return waits


async def _answer(connection: _Connection, asking: _Asking, reader: Reader) -> tuple[int, str]:
    """Ask on an open connection; return the answer's status and ETag when all of it is there.

    By hand, since the readers share the cores with the server: Python's own client takes as long to read an
    answer as the server to give it.
    """
    received, sent = connection
    condition = f"If-None-Match: {reader.etag}\r\n" if asking.kept else ""
    sent.write(
        f"GET {asking.page} HTTP/1.1\r\nHost: {HOST}\r\nCookie: {reader.cookie}\r\n{condition}\r\n".encode()
    )
    first, *lines = (await received.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    await received.readexactly(int(headers.get("content-length", 0)))
    return int(first.split()[1]), headers.get("etag", "")


def _show(measured: Sequence[Waits], readers: int) -> None:
    title = f"Milliseconds that {readers} readers wait, {os.uname().nodename}; 95 % at most {BOUND_MS:.0f}"
    table = Table("how they ask", title=title)
    for heading in ("answers", "median", "95 %", "longest", "a core, server", "readers"):
        table.add_column(heading, justify="right")
    for waits in measured:
        figures = (*np.percentile(waits.milliseconds, [50, 95]), max(waits.milliseconds))
        cores = (f"{figure:.1f}" for figure in (waits.server_ms, waits.readers_ms))
        count = f"{len(waits.milliseconds):,}"
        table.add_row(waits.name, count, *(f"{figure:,.0f}" for figure in figures), *cores)
    Console(width=None if sys.stdout.isatty() else 140).print(table)


if __name__ == "__main__":
    main()
