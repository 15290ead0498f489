"""What the browser complains of is found, so that a page that is broken can't pass its test."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer


@pytest.mark.parametrize(
    ("markup", "complaint"),
    [
        ("<script>throw new Error('broken')</script>", "script: broken"),
        ("<script>console.error('odd')</script>", "console: odd"),
        ("<img src='/no-such-picture.png'>", "404: GET"),
        ("<img src='http://127.0.0.1:9/picture.png'>", "failed: GET http://127.0.0.1:9/picture.png"),
        ("<img src='http://elsewhere.invalid/picture.png'>", "asks elsewhere: http://elsewhere.invalid"),
    ],
)
def test_a_broken_page_is_noticed(
    page: Page, live_server: LiveServer, complaints: list[str], markup: str, complaint: str
) -> None:
    # Pages of ours would refuse such scripts.
    page.route("**/broken", lambda route: route.fulfill(body=markup, content_type="text/html"))
    page.goto(f"{live_server.url}/broken", wait_until="networkidle")
    found, complaints[:] = list(complaints), []
    assert [text for text in found if text.startswith(complaint)]


def test_a_page_without_fault_passes(page: Page, live_server: LiveServer, complaints: list[str]) -> None:
    page.goto(f"{live_server.url}/admin/", wait_until="networkidle")
    assert complaints == []
