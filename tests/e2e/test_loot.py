"""An activity's loot is edited row by row, by mouse or keyboard, and says what is left to nothing."""

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Activity
from tests.e2e import steps
from tests.e2e.conftest import log_captain_in
from tests.events.factories import an_event


@pytest.fixture
def activity(page: Page, live_server: LiveServer) -> Activity:
    """An activity of one line with three outcomes, the first with two drops, whose page is open."""
    log_captain_in(page, live_server)
    activity = Activity.objects.get(event=an_event(), key="boss.zulrah")
    page.goto(f"{live_server.url}/admin/events/activity/{activity.pk}/change/")
    return activity


def rows(page: Page, prefix: str) -> Locator:
    return page.locator(f"[data-nested='{prefix}'] > ol > li")


def button(row: Locator, what: str) -> Locator:
    """Return one of the buttons that order and remove a row itself."""
    return row.locator(f"> .nested-tools [data-nested-{what}]")


def save(page: Page) -> None:
    steps.save(page)
    page.wait_for_url("**/admin/events/activity/?event=*")


def focused(page: Page) -> str:
    """Return the name of the field that has the focus."""
    return str(page.evaluate("document.activeElement.name"))


def test_new_rows_of_every_level_get_the_focus_and_are_saved(page: Page, activity: Activity) -> None:
    page.get_by_role("button", name="Add a loot line").click()
    page.keyboard.type("pet")
    line = rows(page, "loot").last
    line.get_by_label("Rate").fill("1/5000")
    line.get_by_role("button", name="Add a drop").click()
    assert focused(page) == "loot-1-outcomes-0-drops-0-key"
    page.keyboard.type("pet.snakeling")
    line.get_by_role("button", name="Add an outcome").click()
    assert focused(page) == "loot-1-outcomes-1-rate"
    page.keyboard.type("0,2 %")
    line.get_by_role("button", name="Add a drop").last.click()
    assert focused(page) == "loot-1-outcomes-1-drops-0-key"
    page.keyboard.type("jar.swamp")
    save(page)
    activity.refresh_from_db()
    assert activity.as_data()["loot"][1] == {
        "line": "pet",
        "outcomes": [
            {"rate": "1/5000", "drops": {"pet.snakeling": 1}},
            {"rate": "1/500", "drops": {"jar.swamp": 1}},
        ],
    }


def test_rows_are_moved_by_keyboard_and_keep_the_focus(page: Page, activity: Activity) -> None:
    last = rows(page, "loot-0-outcomes").last
    button(last, "up").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert label == "Move up: Outcome 1"
    # There is nowhere left to go.
    page.keyboard.press("Enter")
    save(page)
    activity.refresh_from_db()
    rates = [outcome["rate"] for outcome in activity.loot[0]["outcomes"]]
    assert rates == ["1/8", "3/4", "1/50"]


def test_a_removed_row_can_be_taken_back(page: Page, activity: Activity) -> None:
    second, third = rows(page, "loot-0-outcomes").nth(1), rows(page, "loot-0-outcomes").nth(2)
    for row in (second, third):
        button(row, "remove").click()
        expect(row.get_by_label("Rate")).to_be_hidden()
    third.get_by_role("button", name="Take it back").click()
    expect(third.get_by_label("Rate")).to_be_focused()
    save(page)
    activity.refresh_from_db()
    rates = [outcome["rate"] for outcome in activity.loot[0]["outcomes"]]
    assert rates == ["3/4", "1/8"]


def test_what_the_rates_leave_is_told_while_they_are_typed(page: Page, activity: Activity) -> None:
    line = rows(page, "loot").first
    rest, rate = line.locator("[data-loot-rest]"), line.get_by_label("Rate").first
    expect(rest).to_have_text("The rest, 10.5 %, is nothing.")
    for typed, told in [
        ("1/2", "The rest, 35.5 %, is nothing."),
        ("1 in 2", "The rest, 35.5 %, is nothing."),
        ("1,000/2,000", "The rest, 35.5 %, is nothing."),
        ("50 %", "The rest, 35.5 %, is nothing."),
        ("0,5", "The rest, 35.5 %, is nothing."),
        ("0.855", "There is no rest: every roll gives one of these."),
        ("0.85500000000000001", "There is no rest: every roll gives one of these."),
        ("0.8550001", "The rates must sum to at most 1, not slightly more than 1."),
        ("0.9", "The rates must sum to at most 1, not 1.045."),
        ("often", ""),
    ]:
        rate.fill(typed)
        expect(rest).to_have_text(told)
    rate.fill("1/2")
    button(rows(page, "loot-0-outcomes").nth(1), "remove").click()
    expect(rest).to_have_text("The rest, 37.5 %, is nothing.")


def test_what_the_rates_leave_is_not_known_where_nobody_is_signed_in(page: Page, activity: Activity) -> None:
    line = rows(page, "loot").first
    expect(line.locator("[data-loot-rest]")).to_have_text("The rest, 10.5 %, is nothing.")
    page.context.clear_cookies(name="sessionid")
    line.get_by_label("Rate").first.fill("1/2")
    told = "What is left isn't known: the server did not answer, or you are signed out."
    expect(line.locator("[data-loot-rest]")).to_have_text(told)


def test_a_wrong_rate_is_shown_at_its_row(page: Page, activity: Activity) -> None:
    rows(page, "loot-0-outcomes").nth(1).get_by_label("Rate").fill("often")
    steps.save(page)
    wrong = rows(page, "loot-0-outcomes").nth(1)
    expect(wrong.get_by_text("must be a rate above 0 and up to 1")).to_be_visible()
    expect(wrong.get_by_label("Rate")).to_have_value("often")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_no_wider_than_its_window(page: Page, activity: Activity, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    page.get_by_role("button", name="Add a loot line").click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
