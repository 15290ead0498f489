"""What opens on a page, and pages without the admin's frame, are for everybody, too; keys get everywhere.

Every page as it is opened is looked at in `test_pages`.
"""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.e2e.axe import load_axe, violations
from tests.e2e.conftest import PHONE
from tests.e2e.site import Site, StoredEvent
from tests.e2e.steps import save
from tests.events.factories import document_data


@pytest.fixture
def event(site: Site, tmp_path: Path, slug: str) -> StoredEvent:
    """A small event."""
    return site.load(document_data(slug=slug), tmp_path)


def assert_clean(page: Page) -> None:
    """Check the page as it is, in both themes."""
    load_axe(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        assert [*violations(page)] == [], theme


def test_signing_in_and_out(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/login/")
    page.get_by_role("button", name="Theme").press("Enter")
    expect(page.get_by_role("button", name="Dark")).to_be_visible()
    assert_clean(page)
    page.get_by_label("Username").fill("nobody")
    page.get_by_label("Password").fill("nothing")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_text("Please enter the correct username")).to_be_visible()
    assert_clean(page)
    site.add_member("viewer", "leaver")
    site.log_in(page, "leaver")
    page.goto(f"{site.url}/admin/logout/")
    assert_clean(page)
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Log in again")).to_be_visible()
    assert_clean(page)


def test_a_page_of_an_error(page: Page, live_server: LiveServer, complaints: list[str]) -> None:
    # The other server has the errors of developers.
    page.goto(f"{live_server.url}/nowhere")
    expect(page.get_by_role("heading", name="Not found")).to_be_visible()
    assert_clean(page)
    complaints.clear()


def test_menus_are_opened_by_keys(page: Page, site: Site) -> None:
    site.log_in(page)
    page.set_viewport_size(PHONE)
    page.goto(f"{site.url}/admin/events/activity/")
    page.get_by_role("button", name="Navigation", exact=True).press("Enter")
    page.get_by_role("button", name="Account: captain").press("Enter")
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert_clean(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Log out")).not_to_be_visible()
    page.get_by_role("button", name="Close the navigation").press("Enter")
    expect(page.get_by_role("button", name="Account: captain")).not_to_be_visible()
    page.get_by_role("button", name="Filters").press("Enter")
    expect(page.get_by_role("heading", name="By how it is done")).to_be_visible()
    assert_clean(page)


def test_the_first_key_leads_past_the_navigation(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/admin/")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("main").get_by_role("link").first).to_be_focused()


def test_a_form_that_is_refused(page: Page, site: Site, event: StoredEvent) -> None:
    site.log_in(page)
    page.goto(event.change_url("activity", named="Zulrah"))
    for field in ("name", "attempt_seconds", "loot-0-outcomes-0-rate"):
        page.locator(f"[name={field}]").fill("")
    save(page)
    expect(page.locator(".error-places")).to_be_visible()
    assert_clean(page)


def test_a_question_on_the_board(page: Page, site: Site, event: StoredEvent) -> None:
    site.log_in(page)
    page.goto(event.board_url)
    page.locator("[data-stop][tabindex='0']").focus()
    page.keyboard.press("Delete")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_clean(page)


def test_an_activity_in_words(page: Page, site: Site, event: StoredEvent) -> None:
    site.add_member("viewer", "reader")
    site.log_in(page, "reader")
    page.goto(event.change_url("activity", named="Zulrah"))
    expect(page.get_by_text("the rest is nothing").first).to_be_visible()
    assert_clean(page)
