"""A browser for the tests of pages, to be used together with pytest-django's `live_server`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
    expect,
    sync_playwright,
)
from pytest_django.live_server_helper import LiveServer

from events.models import Event
from tests.e2e.site import Site, running_site
from tests.e2e.steps import PASSWORD
from tests.events.factories import an_event
from tests.services import missing

CHROMIUM = Path(os.environ.get("BINGOSIM_TEST_CHROMIUM") or "/usr/bin/chromium")
# As root, as in CI, it refuses to start with a sandbox; and it need not talk to anyone but our server.
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
# A machine that is busy with other tests answers late; nothing here judges how soon.
PATIENCE_MS = 30_000
# What htmx tells of a request that a newer one, or leaving the page, ended; of one that fails it tells more.
ABORTED = ("htmx:sendAbort", "htmx:afterRequest")


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Start Chromium once for all tests of this folder.

    Playwright keeps an event loop running in this thread for as long as it is started: Django then takes all
    code for asynchronous and refuses queries, unless told otherwise. So it ends with this folder's tests.
    """
    if not CHROMIUM.exists():
        missing(
            f"no Chromium at {CHROMIUM}: `apt-get install chromium` brings one; "
            "BINGOSIM_TEST_CHROMIUM names another, like /opt/chromium/chrome"
        )
    expect.set_options(timeout=PATIENCE_MS)
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Site]:
    """The web application in a process of its own, for all tests of this folder that name it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
        with running_site(tmp_path_factory.mktemp("site")) as site:
            yield site


@pytest.fixture
def complaints() -> list[str]:
    """What a page's browser complained of: a test that expects something takes it out."""
    return []


@pytest.fixture
def page(chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page of a desktop's size, of a visitor who was never here; in the end nothing may have gone wrong.

    `page.set_viewport_size` makes it a phone's.
    """
    with visitor(chromium, complaints) as page:
        yield page
    if complaints:
        pytest.fail("the browser complained:\n" + "\n".join(complaints), pytrace=False)


@pytest.fixture
def other_page(page: Page, chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page of somebody else, who is there at the same time as the visitor of `page`."""
    with visitor(chromium, complaints) as other_page:
        yield other_page


@pytest.fixture
def phone(page: Page, chromium: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page of a phone's size that is touched, instead of `page`."""
    with visitor(chromium, complaints, viewport=PHONE, has_touch=True) as phone:
        yield phone


@pytest.fixture
def slug(request: pytest.FixtureRequest) -> str:
    """The slug of an event of the test's own."""
    name: str = request.node.name
    return name.replace("_", "-")


@pytest.fixture
def event(page: Page, live_server: LiveServer) -> Event:
    """An event of somebody who is logged in."""
    log_captain_in(page, live_server)
    return an_event()


def log_captain_in(page: Page, live_server: LiveServer) -> None:
    """Make an account for the captain, and log in: not by the form, which takes two pages."""
    captain = get_user_model().objects.create_superuser("captain", password=PASSWORD)
    client = Client()
    client.force_login(captain)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
    )


@contextmanager
def visitor(
    chromium: Browser, complaints: list[str], *, viewport: ViewportSize = DESKTOP, has_touch: bool = False
) -> Iterator[Page]:
    """Open a page in a browser without any history, and note what it complains of."""
    context = chromium.new_context(viewport=viewport, has_touch=has_touch)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    _listen(page, complaints)
    yield page
    context.close()


def _listen(page: Page, complaints: list[str]) -> None:
    """Note errors of scripts, requests that fail, and those that leave this machine."""

    def on_console(message: ConsoleMessage) -> None:
        url = message.location.get("url", "")
        if message.type == "error" and message.text not in ABORTED:
            complaints.append(f"console: {message.text} ({url})")

    def on_request(request: Request) -> None:
        host = urlsplit(request.url).hostname
        if host not in (None, "localhost", "127.0.0.1"):
            complaints.append(f"asks elsewhere: {request.url}")

    def on_failed(request: Request) -> None:
        # Leaving a page ends what it still loads.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(f"failed: {request.method} {request.url}: {request.failure}")

    def on_response(response: Response) -> None:
        if response.status >= 400:
            complaints.append(f"{response.status}: {response.request.method} {response.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(f"script: {error}"))
    page.on("request", on_request)
    page.on("requestfailed", on_failed)
    page.on("response", on_response)
