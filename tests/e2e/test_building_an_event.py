"""An event is built from nothing in the browser, checked, simulated, and its result read."""

import re

from playwright.sync_api import Page, expect

from tests.e2e.site import Site

# Simulating includes compiling the kernels where nothing has done so yet.
SIMULATED_WITHIN_MS = 180_000


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def open_tab(page: Page, name: str) -> None:
    page.get_by_label("Pages of this event").get_by_role("link", name=name, exact=True).click()


def expect_listed(page: Page, name: str) -> None:
    expect(page.locator("#result_list").get_by_role("link", name=name, exact=True)).to_be_visible()


def add_event(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/events/event/add/")
    page.get_by_label("Name", exact=False).first.fill("Friday Bingo")
    page.locator("[name=start_date]").fill("2026-03-06")
    page.locator("[name=start_time]").fill("18:00")
    page.locator("[name=timezone]").fill("Europe/Berlin")
    page.locator("[name=duration_hours]").fill("48")
    page.locator("[name=unlock_points]").fill("1")
    save(page)
    expect(page.get_by_text("The board is empty.")).to_be_visible()


def add_capability(page: Page) -> None:
    open_tab(page, "Capabilities")
    page.get_by_role("link", name=re.compile("^Add a capability")).first.click()
    page.locator("[name=name]").fill("Dragon Slayer II")
    page.locator("[name=key]").fill("quest.ds2")
    save(page)
    expect_listed(page, "Dragon Slayer II")


def add_activity(page: Page) -> None:
    open_tab(page, "Activities")
    page.get_by_role("link", name=re.compile("^Add an activity")).first.click()
    page.locator("[name=name]").fill("Vorkath")
    page.locator("[name=key]").fill("boss.vorkath")
    page.locator("[name=attempt_seconds]").fill("120")
    page.get_by_role("button", name="Add a loot line").click()
    page.locator("[name=loot-0-line]").fill("main")
    page.locator("[name=loot-0-outcomes-0-rate]").fill("2/1")
    page.get_by_role("button", name="Add a drop").first.click()
    page.locator("[name=loot-0-outcomes-0-drops-0-key]").fill("unique.vorkath")
    save(page)
    # What is wrong is said at its field, and what was typed is there still.
    expect(page.get_by_text("must be a rate above 0 and up to 1")).to_be_visible()
    expect(page.locator("[name=loot-0-outcomes-0-drops-0-key]")).to_have_value("unique.vorkath")
    page.locator("[name=loot-0-outcomes-0-rate]").fill("1/50")
    save(page)
    expect_listed(page, "Vorkath")


def add_player(page: Page, name: str, *, capability: str = "") -> None:
    open_tab(page, "Players")
    page.get_by_role("link", name=re.compile("^Add a player")).first.click()
    page.locator("[name=name]").fill(name)
    page.locator("[name=skill]").fill("0.9")
    if capability:
        choose(page, "[name=held]", capability)
    page.get_by_role("button", name="Add a session").click()
    page.locator("[name=sessions-0-day]").select_option("fri")
    page.locator("[name=sessions-0-start]").fill("19:00")
    page.locator("[name=sessions-0-minutes]").fill("240")
    save(page)
    expect_listed(page, name)


def choose(page: Page, select: str, text: str) -> None:
    """Choose from an autocomplete as one does: open it, type, take what is offered."""
    page.locator(f"{select} + .select2").click()
    page.locator(".select2-search__field").last.type(text)
    page.locator(".select2-results__option", has_text=text).first.click()


def add_tile(page: Page, name: str, *, requires: str = "") -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=points]").fill("1")
    page.get_by_role("button", name="Add a rule").click()
    choose(page, "[name=rules-0-activity]", "Vorkath")
    page.get_by_role("checkbox", name="unique.vorkath").check()
    if requires:
        choose(page, "[name=rules-0-requires]", requires)
    save(page)
    expect(page.get_by_role("link", name=re.compile(name)).first).to_be_visible()


def add_team(page: Page, name: str, player: str) -> None:
    open_tab(page, "Teams")
    page.get_by_role("link", name=re.compile("^Add a team")).first.click()
    page.locator("[name=name]").fill(name)
    page.get_by_role("checkbox", name=player).check()
    save(page)
    expect_listed(page, name)


def test_an_event_is_built_checked_simulated_and_read(page: Page, site: Site) -> None:
    site.log_in(page)
    add_event(page, site)
    add_capability(page)
    add_activity(page)
    add_player(page, "Alice", capability="Dragon Slayer")
    add_player(page, "Bob")
    open_tab(page, "Board")
    page.get_by_role("link", name="Add the first tile").first.click()
    add_tile(page, "A Vorkath unique", requires="Dragon Slayer")
    add_team(page, "Dragons", "Alice")
    add_team(page, "Turtles", "Bob")

    open_tab(page, "Board")
    # Bob lacks the quest: the board says so, and leads to where it is mended.
    finding = page.get_by_text("can't be done by Turtles").last
    expect(finding).to_be_visible()

    page.get_by_role("link", name="Simulate…").click()
    page.locator("[name=runs]").fill("10000")
    page.locator("[name=seed]").fill("friday")
    page.get_by_role("button", name="Simulate", exact=True).click()
    completed = page.get_by_text("completed", exact=False).first
    expect(completed).to_be_visible(timeout=SIMULATED_WITHIN_MS)
    expect(page.get_by_role("heading", name="Who wins")).to_be_visible()
    wins = page.get_by_role("row", name=re.compile("Dragons")).first
    expect(wins).to_contain_text("%")
    stored = site.manage.newest()
    assert (stored["runs"], stored["status"]) == (10_000, "completed")
