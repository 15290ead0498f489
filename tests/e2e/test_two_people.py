"""Two people change the same event at the same time: the second to save is told, and nothing is lost."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.axe import load_axe, violations
from tests.e2e.site import Site, StoredEvent
from tests.e2e.steps import expect_listed, save
from tests.events.factories import document_data

Open = Callable[[str, str], None]


@pytest.fixture
def event(site: Site, tmp_path: Path, slug: str) -> StoredEvent:
    """A small event."""
    return site.load(document_data(slug=slug), tmp_path)


@pytest.fixture
def both_open(page: Page, other_page: Page, site: Site, event: StoredEvent) -> Open:
    """Return what opens a part of the event for both."""

    def open_for_both(model: str, name: str) -> None:
        for one in (page, other_page):
            site.log_in(one)
            one.goto(event.change_url(model, named=name))

    return open_for_both


def stored_skill(site: Site, event: StoredEvent, name: str) -> float:
    skills = "SELECT skill FROM events_player WHERE event_id = ? AND name = ?"
    [(skill,)] = site.read(skills, event.id, name)
    return float(skill)


def test_the_second_to_save_is_told_and_may_save_over_it(
    page: Page, other_page: Page, site: Site, event: StoredEvent, both_open: Open
) -> None:
    both_open("player", "Zoe")
    other_page.locator("[name=skill]").fill("0.5")
    save(other_page)
    expect_listed(other_page, "Zoe")

    page.locator("[name=skill]").fill("0.75")
    page.get_by_label("Until").fill("21:35")
    save(page)
    expect(page.get_by_text("This was changed after the page was opened")).to_be_visible()
    expect(page.locator("[name=skill]")).to_have_value("0.75")
    expect(page.get_by_label("Until")).to_have_value("21:35")
    assert stored_skill(site, event, "Zoe") == 0.5

    page.get_by_role("checkbox", name="Save over it").check()
    save(page)
    expect_listed(page, "Zoe")
    assert stored_skill(site, event, "Zoe") == 0.75


def test_what_is_saved_over_is_what_was_seen(
    page: Page, other_page: Page, site: Site, event: StoredEvent, both_open: Open
) -> None:
    both_open("player", "Zoe")
    other_page.locator("[name=skill]").fill("0.5")
    save(other_page)
    page.locator("[name=skill]").fill("0.75")
    save(page)
    page.get_by_role("checkbox", name="Save over it").check()
    # Theirs changes once more: to save over that is another decision.
    other_page.goto(event.change_url("player", named="Zoe"))
    other_page.locator("[name=skill]").fill("0.6")
    save(other_page)
    expect_listed(other_page, "Zoe")
    save(page)
    expect(page.get_by_role("checkbox", name="Save over it")).not_to_be_checked()
    assert stored_skill(site, event, "Zoe") == 0.6


def test_different_tiles_are_saved_side_by_side(
    page: Page, other_page: Page, site: Site, event: StoredEvent
) -> None:
    for one, name, change in [(page, "Zulrah", "One"), (other_page, "Coins", "Another")]:
        site.log_in(one)
        one.goto(event.change_url("tile", named=name))
        one.locator("[name=name]").fill(change)
    for one in (page, other_page):
        save(one)
        expect(one).to_have_url(re.compile(re.escape(event.board_url)))
    names = site.read("SELECT name FROM events_tile WHERE event_id = ? ORDER BY row, position", event.id)
    assert names == [("One",), ("Cox",), ("Another",)]


def delete(page: Page, url: str) -> None:
    page.goto(url.replace("/change/", "/delete/"))
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page).not_to_have_url(re.compile("/delete/"))


def assert_clean(page: Page) -> None:
    load_axe(page)
    assert [*violations(page)] == []


def test_what_was_typed_into_a_tile_that_somebody_deleted_can_be_added_anew(
    page: Page, other_page: Page, event: StoredEvent, both_open: Open
) -> None:
    both_open("tile", "Zulrah")
    page.locator("[name=name]").fill("Snake")
    page.get_by_role("button", name="Add a modifier").last.click()
    page.locator("[name=rules-0-modifiers-0-time]").fill("0.9")
    delete(other_page, page.url)

    save(page)
    expect(page.get_by_role("heading", name="Deleted after you opened this page")).to_be_visible()
    expect(page.get_by_text("You deleted it on")).to_be_visible()
    expect(page.locator("[name=name]:not([type=hidden])")).to_have_value("Snake")
    expect(page.locator("[name=rules-0-modifiers-0-time]")).to_have_value("0.9")
    assert event.board() == [["cox"], ["coins"]]
    assert_clean(page)

    # What is lacking is said, and the form stays.
    save(page)
    expect(page.get_by_text("This field is required.").first).to_be_visible()
    page.get_by_role("button", name="Remove: modifier 1").last.click()
    save(page)
    expect(page).to_have_url(re.compile("/board/"))
    assert event.board() == [["cox", "zulrah"], ["coins"]]


def test_what_was_typed_for_an_event_that_somebody_deleted_can_be_copied(
    page: Page, other_page: Page, event: StoredEvent, both_open: Open
) -> None:
    both_open("player", "Zoe")
    page.locator("[name=name]").fill("Zara")
    delete(other_page, f"{event.site.url}/admin/events/event/{event.id}/change/")
    save(page)
    typed = page.get_by_label("What you typed")
    expect(typed).to_have_value(re.compile("Name: Zara\n(.*\n)*Session 1\n  Day: "))
    assert_clean(page)
