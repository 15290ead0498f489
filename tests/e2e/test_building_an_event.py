"""An event is built from nothing in the browser, checked, simulated, and its result read."""

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.site import Site
from tests.e2e.steps import add_from_tab, choose, expect_listed, open_tab, save, simulate


def add_event(page: Page, site: Site) -> None:
    page.goto(f"{site.url}/admin/events/event/add/")
    page.locator("[name=name]").fill("Friday Bingo")
    page.locator("[name=start_date]").fill("2026-03-06")
    page.locator("[name=start_time]").fill("18:00")
    page.locator("[name=timezone]").fill("Europe/Berlin")
    page.locator("[name=duration_hours]").fill("48")
    page.locator("[name=unlock_points]").fill("1")
    save(page)
    expect(page.get_by_text("The board is empty.")).to_be_visible()


def add_capability(page: Page) -> None:
    add_from_tab(page, "Capabilities", "Add a capability")
    page.locator("[name=name]").fill("Dragon Slayer II")
    page.locator("[name=key]").fill("quest.ds2")
    save(page)
    expect_listed(page, "Dragon Slayer II")


def add_activity(page: Page) -> None:
    add_from_tab(page, "Activities", "Add an activity")
    page.locator("[name=name]").fill("Vorkath")
    page.locator("[name=key]").fill("boss.vorkath")
    page.locator("[name=attempt_seconds]").fill("120")
    page.get_by_role("button", name="Add a loot line").click()
    page.locator("[name=loot-0-line]").fill("main")
    page.locator("[name=loot-0-outcomes-0-rate]").fill("2/1")
    page.get_by_role("button", name="Add a drop").click()
    page.locator("[name=loot-0-outcomes-0-drops-0-key]").fill("unique.vorkath")
    save(page)
    # What is wrong is said at its field, and what was typed is there still.
    wrong = "must be a rate above 0 and up to 1"
    outcome = page.get_by_role("listitem", name="Outcome 1")
    expect(outcome.get_by_text(wrong)).to_be_visible()
    expect(page.get_by_role("link", name=f"Loot line 1, Outcome 1, Rate: {wrong}")).to_be_visible()
    expect(page.locator("[name=loot-0-outcomes-0-drops-0-key]")).to_have_value("unique.vorkath")
    page.locator("[name=loot-0-outcomes-0-rate]").fill("1/50")
    save(page)
    expect_listed(page, "Vorkath")


def add_player(page: Page, name: str, *, capability: str = "") -> None:
    add_from_tab(page, "Players", "Add a player")
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


def add_tile(page: Page, name: str, *, requires: str = "") -> None:
    page.locator("[name=name]").fill(name)
    page.locator("[name=points]").fill("1")
    page.get_by_role("button", name="Add a rule").click()
    choose(page, "[name=rules-0-activity]", "Vorkath")
    page.get_by_role("checkbox", name="unique.vorkath").check()
    if requires:
        choose(page, "[name=rules-0-requires]", requires)
    save(page)
    board = page.get_by_role("grid", name="Board")
    expect(board.get_by_role("link", name=re.compile(f"^{name}"))).to_be_visible()


def add_team(page: Page, name: str, player: str) -> None:
    add_from_tab(page, "Teams", "Add a team")
    page.locator("[name=name]").fill(name)
    page.get_by_role("checkbox", name=player).check()
    save(page)
    expect_listed(page, name)


def told(team: dict[str, Any]) -> str:
    """Return the row that says how often a team wins."""
    low, high = (100 * bound for bound in team["win_rate_ci95"])
    return f"{team['name']} {100 * team['win_rate']:.1f} % {low:.2f} – {high:.2f} %"


def test_an_event_is_built_checked_simulated_and_read(page: Page, site: Site) -> None:
    site.log_in(page)
    add_event(page, site)
    add_capability(page)
    add_activity(page)
    add_player(page, "Alice", capability="Dragon Slayer")
    add_player(page, "Bob")
    open_tab(page, "Board")
    page.locator("#board-form").get_by_role("link", name="Add the first tile").click()
    add_tile(page, "A Vorkath unique", requires="Dragon Slayer")
    add_team(page, "Dragons", "Alice")
    add_team(page, "Turtles", "Bob")

    open_tab(page, "Board")
    # Bob lacks the quest: the board says so, and leads to where it is mended.
    findings = page.get_by_role("region", name="Findings")
    finding = findings.get_by_role("listitem").filter(has_text="can't be done by Turtles")
    expect(finding.get_by_role("link", name="A Vorkath unique")).to_be_visible()

    simulate(page, runs=10_000)
    stored = site.manage.newest()
    assert (stored["runs"], stored["status"]) == (10_000, "completed")
    wins = page.get_by_role("region", name="Who wins").get_by_role("row")
    teams = site.manage.json("results", stored["id"])["teams"]
    assert [team["name"] for team in teams] == ["Dragons", "Turtles"]
    expect(wins).to_have_text(["TeamWins95 % interval0 %50100", *map(told, teams)])
    # Bob can't do the only tile: his team wins no more than its share where nobody finishes it.
    assert teams[1]["win_rate"] < 0.1
