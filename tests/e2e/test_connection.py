"""What a page's scripts keep up to date says so when nobody answers, and goes on by itself afterwards."""

import re
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Event, Tile
from simulations.models import Mode, SimulationStatus
from tests.e2e import steps
from tests.simulations.factories import a_completed_simulation

SIGNED_OUT = "You are signed out, so this page stands still."
AWAY = "The server does not answer, so this page stands still."
# What a browser says of answers that there are none of, which is what these tests are about.
EXPECTED = re.compile("401|403|DISCONNECTED|404|htmx:sendError")


@pytest.fixture(autouse=True)
def _only_expected(complaints: list[str], page: Page) -> Iterator[None]:
    yield
    assert [one for one in complaints if not EXPECTED.search(one)] == []
    complaints.clear()


def alert(page: Page) -> Locator:
    return page.locator(".connection")


def sign_in(page: Page, name: str = "captain") -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(steps.PASSWORD)
    page.get_by_role("button", name="Log in").click()


def open_board(page: Page, live_server: LiveServer, event: Event) -> None:
    page.goto(f"{live_server.url}/admin/events/event/{event.pk}/board/")
    page.locator("#tile-coins .tile-link").focus()


def test_a_board_without_a_session_says_so_and_leads_back(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    open_board(page, live_server, event)
    Session.objects.all().delete()
    page.keyboard.press("Alt+ArrowUp")
    expect(alert(page)).to_contain_text(f"Nothing was done. {SIGNED_OUT}")
    alert(page).get_by_role("link", name="Sign in again").click()
    sign_in(page)
    expect(page).to_have_url(f"{live_server.url}/admin/events/event/{event.pk}/board/")
    assert Tile.objects.get(key="coins").row == 1


def test_a_board_goes_on_once_one_signed_in_in_another_window(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    open_board(page, live_server, event)
    Session.objects.all().delete()
    page.keyboard.press("Alt+ArrowUp")
    expect(alert(page)).to_be_visible()
    window = page.context.new_page()
    window.goto(f"{live_server.url}/admin/")
    sign_in(window)
    expect(window).to_have_url(f"{live_server.url}/admin/")
    window.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#board-said")).to_have_text("This is the board as it is now.")
    expect(alert(page)).to_have_count(0)
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#board-said")).to_contain_text("moved from row 2 to row 1")


def test_a_board_whose_server_is_away_shows_what_is_there_once_it_is_back(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    open_board(page, live_server, event)
    page.context.set_offline(True)
    page.keyboard.press("Alt+ArrowUp")
    expect(alert(page)).to_contain_text(f"may or may not have been done. {AWAY}")
    tile = Tile.objects.get(key="coins")
    tile.name = "Gold"
    tile.save()
    page.context.set_offline(False)
    expect(alert(page)).to_have_count(0)
    expect(page.locator("#tile-coins")).to_contain_text("Gold")


def test_a_person_who_may_no_longer_do_it_reads_that_on_the_board(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    open_board(page, live_server, event)
    Event.objects.all().delete()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#board-notice")).to_contain_text("the event is not there any more")


@pytest.fixture
def progress(page: Page, live_server: LiveServer, event: Event) -> Locator:
    """The progress of a simulation that goes on, as its page shows it."""
    simulation = a_completed_simulation(event=event)
    simulation.status, simulation.mode = SimulationStatus.RUNNING, Mode.DISTRIBUTED
    simulation.save()
    page.goto(f"{live_server.url}/admin/simulations/simulation/{simulation.pk}/change/")
    return page.get_by_role("region", name="Progress")


def test_progress_without_a_session_stays_and_says_so(page: Page, progress: Locator) -> None:
    address = page.url
    Session.objects.all().delete()
    expect(alert(page)).to_contain_text(SIGNED_OUT)
    expect(progress).to_be_visible()
    alert(page).get_by_role("link", name="Sign in again").click()
    sign_in(page)
    expect(page).to_have_url(address)


def test_progress_of_a_server_that_is_away_goes_on_once_it_is_back(
    page: Page, progress: Locator, event: Event
) -> None:
    page.context.set_offline(True)
    expect(alert(page)).to_contain_text(AWAY)
    expect(progress).to_be_visible()
    event.simulations.update(n_runs=4321)
    page.context.set_offline(False)
    expect(alert(page)).to_have_count(0)
    expect(progress).to_contain_text("4,321")


def test_progress_of_a_simulation_that_somebody_deleted_says_so(
    page: Page, progress: Locator, event: Event
) -> None:
    expect(progress).to_be_visible()
    event.simulations.all().delete()
    expect(alert(page)).to_contain_text("This is not there any more")


def test_drops_come_once_one_is_signed_in_again_and_the_form_can_be_saved(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    tile = Tile.objects.get(event=event, key="zulrah")
    page.goto(f"{live_server.url}/admin/events/tile/{tile.pk}/change/")
    page.locator("[name=name]").fill("Half done")
    page.get_by_role("button", name="Add a rule").click()
    page.locator("[name=rules-1-activity] + .select2").click()
    # No question is under way any more when the session ends: its answer would take the options away.
    with page.expect_response(re.compile("term=Chambers")):
        page.locator(".select2-search__field").last.fill("Chambers")
    option = page.locator(".select2-results__option", has_text="Chambers")
    expect(option).to_be_visible()
    Session.objects.all().delete()
    option.first.click()
    expect(page.get_by_text("The drops could not be loaded yet")).to_be_visible()
    with page.context.expect_page() as opened:
        alert(page).get_by_role("link", name="Sign in in another window").click()
    sign_in(opened.value)
    expect(opened.value.locator("[name=name]")).to_be_visible()
    opened.value.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    page.locator("[data-drops=rules-1-drops]").get_by_label("loot.cox", exact=True).check()
    page.locator("[name^='rules-1-drops-']").fill("1")
    steps.save(page)
    expect(page).to_have_url(re.compile("/board/"))
    assert len(Tile.objects.get(pk=tile.pk).as_data()["rules"]) == 2


def test_a_field_that_searches_without_a_session_says_so(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    player = event.players.get(name="Mia")
    page.goto(f"{live_server.url}/admin/events/player/{player.pk}/change/")
    Session.objects.all().delete()
    page.locator("[name=held] + .select2").click()
    expect(alert(page)).to_contain_text(SIGNED_OUT)


def test_a_page_of_somebody_who_is_not_the_one_signed_in_now_stands_still(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    get_user_model().objects.create_superuser("other", password=steps.PASSWORD)
    open_board(page, live_server, event)
    Session.objects.all().delete()
    page.keyboard.press("Alt+ArrowUp")
    expect(alert(page)).to_be_visible()
    window = page.context.new_page()
    window.goto(f"{live_server.url}/admin/")
    sign_in(window, "other")
    expect(window).to_have_url(f"{live_server.url}/admin/")
    window.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(alert(page)).to_contain_text("Somebody else has signed in")
