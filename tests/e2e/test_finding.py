"""What there may be hundreds of is found by typing: players, activities, events."""

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Activity, Event, Player, Rule, Team
from tests.e2e import steps
from tests.events.factories import an_event


def test_players_are_taken_in_by_typing_and_enter(page: Page, live_server: LiveServer, event: Event) -> None:
    for position, name in enumerate(["Old Ann", "Young\u00a0Ann", "Zed"]):
        Player.objects.create(event=event, name=name, position=10 + position)
    page.goto(f"{live_server.url}/admin/events/team/add/?event={event.pk}")
    page.locator("[name=name]").fill("Anns")
    search = page.get_by_label("Find a player")
    search.click()
    for typed in ("young_ANN", "ann"):
        page.keyboard.type(typed)
        page.keyboard.press("Enter")
        expect(search).to_have_value("")
    # Who plays elsewhere comes from there.
    page.get_by_role("checkbox", name="Mia").check()
    # Nobody is called that: neither is anybody taken in, nor the form sent.
    search.click()
    page.keyboard.type("nobody")
    page.keyboard.press("Enter")
    expect(page.get_by_text("In the team (3)")).to_be_visible()
    steps.save(page)
    steps.expect_listed(page, "Anns")
    roster = Team.objects.get(name="Anns").members.order_by("position")
    assert [member.player.name for member in roster] == ["Young\u00a0Ann", "Old Ann", "Mia"]
    assert not Team.objects.get(name="Apes").members.exists()


def test_the_activity_of_a_rule_is_found_and_brings_its_drops(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    tile = event.tiles.first()
    assert tile is not None
    drop = Activity.objects.get(event=event, key="boss.zulrah").drops.first()
    assert drop is not None
    page.goto(f"{live_server.url}/admin/events/tile/{tile.pk}/change/")
    n_rules = page.get_by_role("listitem", name="rule").count()
    page.get_by_role("button", name="Add a rule").click()
    steps.choose(page, f"[name=rules-{n_rules}-activity]", "Zulrah")
    page.locator(f"[name=rules-{n_rules}-drops][value='{drop.pk}']").check()
    steps.save(page)
    page.wait_for_url("**/board/#*")
    added = Rule.objects.filter(tile=tile).order_by("position").last()
    assert added is not None
    assert [one.drop for one in added.drops.all()] == [drop]


def test_lists_are_filtered_by_an_event_that_is_found(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    an_event(slug="other", name="Autumn Bingo")
    page.goto(f"{live_server.url}/admin/events/team/?q=zebras")
    page.get_by_text("Filters").first.click()
    steps.choose(page, "[name=find_event]", "Autumn")
    page.wait_for_url("**/admin/events/team/?*event=*")
    expect(page.get_by_text("Autumn Bingo").first).to_be_visible()
    assert "q=zebras" in page.url


def test_who_is_signed_out_is_told_where_something_is_looked_for(
    page: Page, live_server: LiveServer, event: Event, complaints: list[str]
) -> None:
    tile = event.tiles.first()
    assert tile is not None
    page.goto(f"{live_server.url}/admin/events/tile/{tile.pk}/change/")
    page.locator("[name=name]").fill("Kept")
    page.locator("[name=rules-0-activity] + .select2").click()
    page.locator(".select2-search__field").last.type("cham")
    option = page.locator(".select2-results__option", has_text="Chambers").first
    expect(option).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    option.click()
    expect(page.get_by_role("alert").filter(has_text="The drops could not be loaded yet")).to_be_visible()
    page.locator("[name=rules-0-activity] + .select2").click()
    page.locator(".select2-search__field").last.type("zul")
    expect(page.get_by_text("The results could not be loaded.")).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Kept")
    complaints.clear()
