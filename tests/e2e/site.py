"""The web application as its users have it: a server process on a database of its own, and who visits it."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from playwright.sync_api import Page, StorageStateCookie

from tests.e2e.steps import PASSWORD, log_in
from tests.fleet.waiting import free_port
from tests.simulations.processes import CHECKOUT, Manage

CAPTAIN = "captain"
STARTS_WITHIN_S = 60
ADD_MEMBER = """
from django.contrib.auth.models import Group, User
user = User.objects.create_user("{name}", password="{password}", is_staff=True)
user.groups.add(Group.objects.get(name="{group}"))
"""


@dataclass(frozen=True)
class Site:
    """A running web application: where it is, its database, and its `manage.py`."""

    url: str
    database: Path
    manage: Manage
    _cookies: dict[str, list[StorageStateCookie]] = field(default_factory=dict)

    def log_in(self, page: Page, name: str = CAPTAIN) -> None:
        """Log in as the captain, who may do everything, or somebody else; by the form only once each."""
        if name not in self._cookies:
            log_in(page, self.url, name=name)
            page.wait_for_url(f"{self.url}/admin/")
            self._cookies[name] = page.context.storage_state()["cookies"]
        page.context.add_cookies(self._cookies[name])  # type: ignore[arg-type]  # the same in another name

    def add_member(self, group: str, name: str) -> None:
        """Add somebody who is in this group alone."""
        run(self.manage, "shell", "-c", ADD_MEMBER.format(name=name, password=PASSWORD, group=group))

    def load(self, data: dict[str, Any], folder: Path) -> "StoredEvent":
        """Store an event from plain data, by way of a file in the folder."""
        path = folder / f"{data['slug']}.json"
        path.write_text(json.dumps(data))
        run(self.manage, "load_event", str(path))
        return self.event(data["slug"])

    def event(self, slug: str) -> "StoredEvent":
        """Return the stored event of that slug."""
        [(event_id,)] = self.read("SELECT id FROM events_event WHERE slug = ?", slug)
        return StoredEvent(self, event_id, slug)

    def read(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """Ask the database itself: a command takes a second."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query, values).fetchall()


@dataclass(frozen=True)
class StoredEvent:
    """An event in a site's database."""

    site: Site
    id: int
    slug: str

    @property
    def board_url(self) -> str:
        return f"{self.site.url}/admin/events/event/{self.id}/board/"

    def board(self) -> list[list[str]]:
        """Return the keys of the tiles of each row."""
        [(n_rows,)] = self.site.read("SELECT n_rows FROM events_event WHERE id = ?", self.id)
        rows: list[list[str]] = [[] for _ in range(n_rows)]
        tiles = "SELECT row, key FROM events_tile WHERE event_id = ? ORDER BY row, position"
        for row, key in self.site.read(tiles, self.id):
            rows[row].append(key)
        return rows

    def change_url(self, model: str, *, named: str) -> str:
        """Return where the part of that name is edited."""
        part = f"SELECT id FROM events_{model} WHERE event_id = ? AND name = ?"
        [(part_id,)] = self.site.read(part, self.id, named)
        return f"{self.site.url}/admin/events/{model}/{part_id}/change/"


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Serve an empty database in a folder with an account for the captain, as long as the context lasts.

    Simulations that are started there run in processes of their own, as they would anywhere: a server within
    the test's process would hand them another database than its own.
    """
    database = folder / "db.sqlite3"
    manage = Manage(f"sqlite:///{database}")
    run(manage, "migrate", "--verbosity", "0")
    run(manage, "createsuperuser", "--noinput", "--username", CAPTAIN, "--email", "captain@example.org")
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"],
        cwd=CHECKOUT,
        env={**os.environ, "DATABASE_URL": manage.database_url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for_answer(f"http://127.0.0.1:{port}/healthz", server)
        yield Site(f"http://127.0.0.1:{port}", database, manage)
    finally:
        server.terminate()
        server.wait(timeout=10)


def run(manage: Manage, *arguments: str) -> None:
    """Run a command that has to succeed."""
    code, _, err = manage.run(*arguments)
    assert code == 0, err


def _wait_for_answer(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTS_WITHIN_S
    while True:
        assert server.poll() is None, "the server ended"
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:  # URLError is one
            assert time.monotonic() < deadline, f"{url} does not answer"
            time.sleep(0.1)
