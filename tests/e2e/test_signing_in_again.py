"""A form that was filled in survives signing in again, for who filled it in and for nobody else."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Activity, Event, Player, Tile
from tests.e2e import steps
from tests.events.admin.documents import page_of
from tests.simulations.factories import a_completed_simulation

SIGNED_OUT = "You had been signed out when you sent the form, so nothing was saved."
KEPT = "What you filled in is kept in this window"
TWELVE_HOURS_LATER = """() => {
    const kept = JSON.parse(sessionStorage.getItem("kept-form"));
    sessionStorage.setItem("kept-form", JSON.stringify({ ...kept, at: kept.at - 12 * 3600 * 1000 - 1 }));
}"""
RESTORED = "This is what you had filled in. Nothing of it is saved yet"

Open = Callable[[str], None]


@pytest.fixture
def open_page(page: Page, live_server: LiveServer, event: Event) -> Open:
    """Return what opens an address of the admin, for the captain."""

    def go(address: str) -> None:
        page.goto(f"{live_server.url}/admin/{address}")

    return go


def end_session() -> None:
    """End all sessions, as time does."""
    Session.objects.all().delete()


def sign_in(page: Page, name: str = "captain") -> None:
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(steps.PASSWORD)
    page.get_by_role("button", name="Log in").click()


def lose_and_sign_in(page: Page, button: str) -> None:
    """Send a form after the session has ended, and sign in again."""
    end_session()
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(SIGNED_OUT)).to_be_visible()
    expect(page.get_by_text(KEPT)).to_be_visible()
    sign_in(page)


def change(part: Any) -> str:
    return f"events/{part._meta.model_name}/{part.pk}/change/"


def test_a_tile_with_rules_that_were_added_is_there_as_it_was_filled_in(
    page: Page, open_page: Open, event: Event
) -> None:
    tile = Tile.objects.get(event=event, key="zulrah")
    open_page(change(tile))
    page.locator("[name=name]").fill("Half done")
    page.get_by_role("button", name="Add a rule").click()
    steps.choose(page, "[name=rules-1-activity]", "Chambers")
    page.locator("[data-drops=rules-1-drops]").get_by_label("loot.cox", exact=True).check()
    page.get_by_role("textbox", name="progress a unit of loot.cox").fill("2.5")
    page.get_by_role("button", name="Add a modifier").last.click()
    steps.choose(page, "[name=rules-1-modifiers-0-capability]", "Lance")
    page.locator("[name=rules-1-modifiers-0-time]").fill("0.9")
    before = tile.as_data()

    lose_and_sign_in(page, "Save")
    expect(page.get_by_text(RESTORED)).to_be_visible()
    expect(page.locator("[name=name]:not([type=hidden])")).to_have_value("Half done")
    expect(page.locator("[name=rules-1-modifiers-0-time]:not([type=hidden])")).to_have_value("0.9")
    assert Tile.objects.get(pk=tile.pk).as_data() == before

    steps.save(page)
    expect(page).to_have_url(re.compile("/board/"))
    stored = Tile.objects.get(pk=tile.pk).as_data()
    assert (stored["name"], len(stored["rules"])) == ("Half done", 2)
    assert stored["rules"][1]["activity"] == "raid.cox"
    assert stored["rules"][1]["drops"] == {"loot.cox": 2.5}
    assert [one["capability"] for one in stored["rules"][1]["modifiers"]] == ["item.lance"]


def test_loot_of_three_levels_and_removed_rows_are_there_again(
    page: Page, open_page: Open, event: Event
) -> None:
    activity = Activity.objects.get(event=event, key="boss.zulrah")
    open_page(change(activity))
    page.get_by_role("button", name="Remove: outcome 2").click()
    page.get_by_role("button", name="Add an outcome").first.click()
    page.locator("[name=loot-0-outcomes-3-rate]").fill("1/1000")
    page.locator("[data-nested='loot-0-outcomes-3-drops'] > [data-nested-add]").click()
    page.locator("[name=loot-0-outcomes-3-drops-0-key]").fill("pet.snakeling")
    lose_and_sign_in(page, "Save")
    expect(page.locator("[name=loot-0-outcomes-3-drops-0-key]:not([type=hidden])")).to_have_value(
        "pet.snakeling"
    )
    expect(page.get_by_role("button", name="Take it back")).to_be_visible()
    steps.save(page)
    steps.expect_listed(page, "Zulrah")
    activity.refresh_from_db()
    rates = [outcome["rate"] for outcome in activity.loot[0]["outcomes"]]
    assert rates[-1] == "1/1000"
    assert len(rates) == 3


def test_a_new_part_with_an_error_is_there_again_with_the_error(
    page: Page, open_page: Open, event: Event
) -> None:
    open_page(f"events/player/add/?event={event.pk}")
    page.locator("[name=name]").fill("Newcomer")
    page.locator("[name=skill]").fill("fast")
    lose_and_sign_in(page, "Save")
    expect(page.locator("[name=skill]:not([type=hidden])")).to_have_value("fast")
    expect(page.locator(".error-places")).to_contain_text("Skill")
    page.locator("[name=skill]").fill("0.9")
    steps.save(page)
    steps.expect_listed(page, "Newcomer")
    assert Player.objects.get(name="Newcomer").event == event


def test_nobody_else_finds_what_was_filled_in(page: Page, open_page: Open, event: Event) -> None:
    get_user_model().objects.create_superuser("other", password=steps.PASSWORD)
    player = Player.objects.get(event=event, name="Zoe")
    open_page(change(player))
    page.locator("[name=name]").fill("A secret")
    end_session()
    steps.save(page)
    sign_in(page, "other")
    expect(page.locator("[name=name]:not([type=hidden])")).to_have_value("Zoe")
    assert page.evaluate("sessionStorage.length") == 0
    # Nor does the first, once the other was here.
    end_session()
    open_page(change(player))
    sign_in(page)
    expect(page.locator("[name=name]:not([type=hidden])")).to_have_value("Zoe")


def test_what_was_saved_or_left_is_kept_no_longer(page: Page, open_page: Open, event: Event) -> None:
    player = Player.objects.get(event=event, name="Zoe")
    open_page(change(player))
    steps.save(page)
    steps.expect_listed(page, "Zoe")
    assert page.evaluate("sessionStorage.length") == 0


def test_who_signed_in_anew_in_another_window_finds_the_form_again(
    page: Page, open_page: Open, event: Event, complaints: list[str]
) -> None:
    player = Player.objects.get(event=event, name="Zoe")
    open_page(change(player))
    page.locator("[name=name]").fill("Zara")
    end_session()
    window = page.context.new_page()
    window.goto(page.url)
    sign_in(window)
    window.close()
    steps.save(page)
    expect(page.get_by_role("heading", name="This was not taken")).to_be_visible()
    page.get_by_role("link", name="Open the form again").click()
    expect(page.get_by_text(RESTORED)).to_be_visible()
    steps.save(page)
    steps.expect_listed(page, "Zara")
    assert [one for one in complaints if "403" not in one] == []
    complaints.clear()


def test_who_comes_back_from_a_server_that_was_away_finds_the_form_again(
    page: Page, open_page: Open, event: Event, complaints: list[str]
) -> None:
    player = Player.objects.get(event=event, name="Zoe")
    # Going back leads there: in the history, the page that does not come takes the form's place.
    open_page("")
    open_page(change(player))
    page.get_by_role("button", name="Add a session").click()
    page.locator("[name=sessions-1-start]").fill("10:00")
    page.context.set_offline(True)
    steps.save(page)
    page.wait_for_url("chrome-error://chromewebdata/")
    page.context.set_offline(False)
    page.go_back()
    page.get_by_role("link", name="Open the form again").click()
    expect(page.get_by_text(RESTORED)).to_be_visible()
    expect(page.locator("[name=sessions-1-start]:not([type=hidden])")).to_have_value("10:00")
    assert [one for one in complaints if "DISCONNECTED" not in one] == []
    complaints.clear()


def test_who_is_led_elsewhere_is_offered_the_form(page: Page, open_page: Open, event: Event) -> None:
    player = Player.objects.get(event=event, name="Zoe")
    open_page(change(player))
    page.locator("[name=name]").fill("Zara")
    end_session()
    steps.save(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    open_page("")
    sign_in(page)
    page.get_by_role("link", name="Open the form again").click()
    expect(page.locator("[name=name]:not([type=hidden])")).to_have_value("Zara")


@pytest.mark.parametrize("how", ["time", "logging out", "discarding"])
def test_what_is_kept_is_forgotten(page: Page, open_page: Open, event: Event, how: str) -> None:
    player = Player.objects.get(event=event, name="Zoe")
    open_page(change(player))
    page.locator("[name=name]").fill("Zara")
    end_session()
    steps.save(page)
    expect(page.get_by_text(KEPT)).to_be_visible()
    if how == "time":
        page.evaluate(TWELVE_HOURS_LATER)
    open_page("")
    sign_in(page)
    expect(page.get_by_role("heading", name="Start")).to_be_visible()
    if how == "logging out":
        page.locator("form[action*=logout]").evaluate("form => form.submit()")
        page.wait_for_url("**/logout/")
    elif how == "discarding":
        page.get_by_role("button", name="Discard it").click()
        expect(page.get_by_text("is kept")).to_have_count(0)
    page.wait_for_load_state()
    assert page.evaluate("sessionStorage.length") == 0


def test_documents_pastes_and_previews_are_there_again(
    page: Page, live_server: LiveServer, event: Event, tmp_path: Path
) -> None:
    page.goto(f"{live_server.url}{page_of('players_csv', event)}")
    page.locator("[name=text]").fill("name,skill\nZoe,0.5\nNéw,1")
    lose_and_sign_in(page, "Preview")
    expect(page.locator("[name=text]:not([type=hidden])")).to_have_value("name,skill\nZoe,0.5\nNéw,1")
    page.get_by_role("button", name="Preview").click()
    lose_and_sign_in(page, "Store players")
    expect(page.get_by_text("2 changes of")).to_be_visible()
    assert not Player.objects.filter(name="Néw").exists()
    page.get_by_role("button", name="Store players").click()
    steps.expect_listed(page, "Néw")

    page.goto(f"{live_server.url}{page_of('import')}")
    file = tmp_path / "event.yaml"
    file.write_text("slug: x")
    page.locator("input[type=file]").set_input_files(file)
    lose_and_sign_in(page, "Preview")
    expect(page.get_by_text("A file can't be kept: choose it again.")).to_be_visible()


def test_what_a_simulation_is_asked_for_with_is_there_again(
    page: Page, open_page: Open, event: Event, complaints: list[str]
) -> None:
    open_page(f"simulations/simulation/add/?event={event.pk}")
    page.locator("[name=notes]").fill("With the new rates")
    page.locator("[name=runs]").fill("77")
    lose_and_sign_in(page, "Simulate")
    expect(page.locator("textarea[name=notes]")).to_have_value("With the new rates")
    expect(page.locator("[name=runs]:not([type=hidden])")).to_have_value("77")
    assert not event.simulations.exists()
    # How long it takes was asked for, too, while nobody was signed in.
    assert [one for one in complaints if "401" not in one] == []
    complaints.clear()

    simulation = a_completed_simulation(event=event)
    open_page(f"simulations/simulation/{simulation.pk}/change/")
    page.get_by_text("Extend…").click()
    page.get_by_label("Runs in all").fill("4321")
    end_session()
    page.get_by_role("button", name="Compute more runs").click()
    sign_in(page)
    expect(page.get_by_label("Runs in all")).to_have_value("4321")


def test_what_was_ticked_in_the_library_is_ticked_again(page: Page, open_page: Open, event: Event) -> None:
    Player.objects.create(name="Of the library", position=0)
    open_page(f"events/player/from-library/?event={event.pk}")
    page.get_by_label("Of the library").check()
    lose_and_sign_in(page, "Add what is ticked")
    expect(page.get_by_label("Of the library")).to_be_checked()
    assert not event.players.filter(name="Of the library").exists()


def test_passwords_are_not_kept(page: Page, open_page: Open) -> None:
    open_page("auth/user/add/")
    page.locator("[name=username]").fill("newcomer")
    page.locator("[name=password1]").fill("a secret of theirs")
    end_session()
    steps.save(page)
    expect(page.get_by_text(SIGNED_OUT)).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0


def test_accounts_and_groups_are_there_again(page: Page, open_page: Open) -> None:
    captain = get_user_model().objects.get(username="captain")
    open_page(f"auth/user/{captain.pk}/change/")
    page.locator("[name=first_name]").fill("Jack")
    lose_and_sign_in(page, "Save")
    expect(page.locator("#id_first_name")).to_have_value("Jack")
    captain.refresh_from_db()
    assert captain.first_name == ""
    open_page("auth/group/add/")
    page.locator("[name=name]").fill("scribes")
    lose_and_sign_in(page, "Save")
    expect(page.locator("#id_name")).to_have_value("scribes")
