"""The content security policy: scripts that are smuggled into a page don't run, and its own controls work."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from tests.e2e.site import Site

SMUGGLED = """
<script>window.harm = "a script in the page"</script>
<script src="data:text/javascript,window.harm='a script in an address'"></script>
<img src="/nowhere.png" onerror="window.harm = 'an attribute'">
<div x-data x-init="constructor.constructor('window.harm = 1')()"></div>
<iframe srcdoc="<script>parent.harm = 'a frame'</script>"></iframe>
"""
EVALUATED = """() => new Promise((tell) => setTimeout(() => {
    try { tell(window.eval("'it runs'")) } catch (error) { tell(error.name) }
}))"""


@pytest.fixture
def smuggler(page: Page, complaints: list[str]) -> Iterator[Page]:
    """A page that somebody has smuggled scripts into, and whose browser complains of that."""

    def smuggle(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("</body>", f"{SMUGGLED}</body>"))

    page.route(re.compile("/admin/login/"), smuggle)
    yield page
    complaints.clear()


def test_a_script_that_is_smuggled_into_a_page_does_not_run(
    smuggler: Page, site: Site, complaints: list[str]
) -> None:
    smuggler.goto(f"{site.url}/admin/login/?next=/admin/")
    smuggler.wait_for_function("() => 'Alpine' in window")
    assert smuggler.evaluate("window.harm") is None
    refused = [complaint for complaint in complaints if "Content Security Policy" in complaint]
    assert len(refused) >= 4, complaints


def test_text_is_never_run(page: Page, site: Site, complaints: list[str]) -> None:
    page.goto(f"{site.url}/admin/login/")
    assert page.evaluate(EVALUATED) == "EvalError"
    complaints.clear()


def test_the_sidebar_folds_and_stays_so(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/admin/events/player/")
    library = page.locator("#nav-sidebar").get_by_text("Library")
    fold = page.get_by_text("dock_to_right").locator("visible=true")
    expect(library).to_be_visible()
    fold.click()
    expect(library).to_be_hidden()
    page.reload()
    expect(library).to_be_hidden()
    fold.click()
    expect(library).to_be_visible()


def test_the_search_opens_by_keys_and_leads_to_what_was_found(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/admin/")
    page.keyboard.press("Control+k")
    page.locator("#search-input-command").press_sequentially("Players")
    expect(page.locator("#command-results-list li")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/admin/events/player/")


def test_filters_open_and_close(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/admin/events/player/")
    page.get_by_text("Filters").first.click()
    expect(page.locator("#changelist-filter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#changelist-filter")).to_be_hidden()


def test_a_form_is_sent_to_where_it_was_opened(page: Page, site: Site) -> None:
    site.log_in(page)
    page.goto(f"{site.url}/admin/auth/group/add/?name=Somebody")
    form = page.locator("#group_form")
    expect(form).to_have_attribute("action", "/admin/auth/group/add/?name=Somebody")
