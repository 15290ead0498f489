"""Steps that many stories have in common, as a person takes them."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

PASSWORD = "a long password"
# What the board says of keys that have nothing to do; with its own apostrophe.
NOT_HERE = re.compile(r"^That can.t be done here\.$")
# This includes compiling the kernels where nothing has done so yet.
SIMULATED_WITHIN_MS = 180_000


def log_in(page: Page, url: str, *, name: str = "captain", password: str = PASSWORD) -> None:
    """Log in as a visitor would who was asked for it on the way to the admin."""
    page.goto(f"{url}/admin/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def open_tab(page: Page, name: str) -> None:
    page.get_by_label("Pages of this event").get_by_role("link", name=name, exact=True).click()


def expect_listed(page: Page, name: str) -> None:
    expect(page.locator("#result_list").get_by_role("link", name=name, exact=True)).to_be_visible()


def choose(page: Page, select: str, text: str) -> None:
    """Choose from an autocomplete as one does: open it, type, take what is offered."""
    page.locator(f"{select} + .select2").click()
    # At once, and answered: of what comes for each letter, an option may be gone before it is pressed, and a
    # question that is only asked later may find nobody signed in.
    with page.expect_response(lambda answer: parse_qs(urlsplit(answer.url).query).get("term") == [text]):
        page.locator(".select2-search__field").last.fill(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def add_from_tab(page: Page, tab: str, button: str) -> None:
    """Open the form that adds something to the event at hand."""
    open_tab(page, tab)
    page.get_by_role("link", name=button, exact=True).click()


def simulate(page: Page, *, runs: int, seed: str = "friday") -> None:
    """Simulate the event at hand, and wait until that is done."""
    page.get_by_role("link", name="Simulate…").click()
    page.locator("[name=runs]").fill(str(runs))
    page.locator("[name=seed]").fill(seed)
    page.get_by_role("button", name="Simulate", exact=True).click()
    progress = page.get_by_role("region", name="Progress")
    expect(progress.get_by_text("completed", exact=True)).to_be_visible(timeout=SIMULATED_WITHIN_MS)
