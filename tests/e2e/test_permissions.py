"""Who may only look on is offered nothing that changes anything; who analyses may have events simulated."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.site import Site, StoredEvent
from tests.e2e.steps import NOT_HERE, simulate
from tests.events.factories import document_data

# What is offered on a page, but to look for something and to filter. Links that change something are known by
# where they lead; scripts' own buttons, which have no effect on what is stored, say that they are such.
CHANGES = "add|delete|import|replace|duplicate|csv|from-library|put-into-library"
OFFERED = """[...document.querySelectorAll("#main a, #main button, #main input, \
#main select, #main textarea")]
    .filter((control) => control.checkVisibility() && !control.matches(":disabled, [readonly]"))
    .filter((control) => control.matches("a")
        ? new RegExp("/(CHANGES)/").test(control.pathname)
        : control.type !== "button" && !control.closest("#changelist-search, #changelist-filter, dialog"))
    .map((control) => control.outerHTML.slice(0, 120))""".replace("CHANGES", CHANGES)


@pytest.fixture
def event(site: Site, tmp_path: Path, slug: str) -> StoredEvent:
    """A small event."""
    return site.load(document_data(slug=slug, name="Small Bingo"), tmp_path)


def addresses_of(event: StoredEvent) -> list[str]:
    """Return where the event's board, lists and forms are."""
    events = f"{event.site.url}/admin/events"
    named = {"team": "Zebras", "player": "Zoe", "tile": "Coins", "activity": "Zulrah", "capability": "Lance"}
    return [
        event.board_url,
        f"{events}/event/",
        f"{events}/event/{event.id}/change/",
        f"{events}/event/{event.id}/history/",
        *(f"{events}/{model}/?event={event.id}" for model in named if model != "tile"),
        *(event.change_url(model, named=name) for model, name in named.items()),
        f"{event.site.url}/admin/simulations/simulation/?event={event.id}",
    ]


def offered(page: Page, address: str) -> list[str]:
    """Open a page and all that is folded up there, and return what it offers that changes something."""
    page.goto(address)
    page.evaluate("for (const folded of document.querySelectorAll('details')) folded.open = true")
    found: list[str] = page.evaluate(OFFERED)
    return found


def test_a_viewer_is_offered_nothing_that_changes_anything(
    page: Page, other_page: Page, site: Site, event: StoredEvent
) -> None:
    site.add_member("viewer", "looker")
    site.log_in(page, "looker")
    site.log_in(other_page)
    for address in addresses_of(event):
        assert offered(page, address) == [], address
        # The captain is, on the same page, but for histories.
        assert "/history/" in address or offered(other_page, address) != [], address


def test_keys_change_nothing_for_a_viewer(page: Page, site: Site, event: StoredEvent) -> None:
    site.add_member("viewer", "presser")
    site.log_in(page, "presser")
    page.goto(event.board_url)
    page.locator("[data-stop][tabindex='0']").focus()
    before = event.board()
    for key in ("Alt+ArrowRight", "d", "r", "Delete", "Shift+Alt+ArrowDown", "Shift+d", "n", "m"):
        page.keyboard.press(key)
    expect(page.get_by_role("status")).to_have_text(NOT_HERE)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page).to_have_url(event.board_url)
    assert event.board() == before


def test_an_analyst_has_an_event_simulated(page: Page, site: Site, event: StoredEvent) -> None:
    site.add_member("analyst", "analyst")
    site.log_in(page, "analyst")
    page.goto(event.board_url)
    expect(page.get_by_role("link", name="Import", exact=True)).to_have_count(0)
    simulate(page, runs=100)
    expect(page.get_by_role("heading", name="Who wins")).to_be_visible()
