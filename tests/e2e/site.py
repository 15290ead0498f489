"""The web application as its users have it: a server process on a database of its own, and who visits it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

from playwright.sync_api import Page

from tests.fleet.waiting import free_port
from tests.simulations.processes import CHECKOUT, Manage

NAME, PASSWORD = "captain", "a long password"
STARTS_WITHIN_S = 60


@dataclass(frozen=True)
class Site:
    """A running web application: where it is, and its `manage.py`."""

    url: str
    manage: Manage

    def log_in(self, page: Page) -> None:
        """Log in as the captain, who may do everything."""
        page.goto(f"{self.url}/admin/login/")
        page.get_by_label("Username").fill(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Serve an empty database in a folder with an account for the captain, as long as the context lasts.

    Simulations that are started there run in processes of their own, as they would anywhere: a server within
    the test's process would hand them another database than its own.
    """
    manage = Manage(f"sqlite:///{folder / 'db.sqlite3'}")
    _run(manage, "migrate", "--verbosity", "0")
    _run(manage, "createsuperuser", "--noinput", "--username", NAME, "--email", "captain@example.org")
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
        yield Site(f"http://127.0.0.1:{port}", manage)
    finally:
        server.terminate()
        server.wait(timeout=10)


def _run(manage: Manage, *arguments: str) -> None:
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
