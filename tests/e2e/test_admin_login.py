"""Logging in to the admin, where events are edited."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.e2e.steps import PASSWORD, log_in


@pytest.fixture(autouse=True)
def _captain(live_server: LiveServer) -> None:
    get_user_model().objects.create_superuser("captain", password=PASSWORD)


def test_logging_in_leads_to_the_index(page: Page, live_server: LiveServer) -> None:
    log_in(page, live_server.url)
    expect(page).to_have_url(f"{live_server.url}/admin/")
    expect(page.get_by_role("link", name="Events", exact=True).first).to_be_visible()


def test_a_wrong_password_is_refused(page: Page, live_server: LiveServer) -> None:
    log_in(page, live_server.url, password="a wrong password")
    expect(page.get_by_text("Please enter the correct username and password")).to_be_visible()
    expect(page.get_by_label("Username")).to_have_value("captain")
