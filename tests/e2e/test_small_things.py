"""Buttons that copy, and panels that open, do no more and no less than they say."""

from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from events.models import Event, Player
from tests.e2e import steps
from tests.simulations.factories import a_completed_simulation


def test_copying_a_session_stops_where_there_may_be_no_more(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    # As many as there may be but two.
    sessions = [{"day": "sun", "start": f"{n // 60:02}:{n % 60:02}", "minutes": 1} for n in range(197)]
    sessions.append({"day": "mon", "start": "18:00", "minutes": 60})
    player = Player.objects.create(event=event, name="Busy", position=9, sessions=sessions)
    page.goto(f"{live_server.url}/admin/events/player/{player.pk}/change/")
    page.get_by_role("button", name="Copy to every day").last.click()
    steps.save(page)
    steps.expect_listed(page, "Busy")
    player.refresh_from_db()
    assert player.sessions[:198] == sessions
    assert [(one["day"], one["start"]) for one in player.sessions[198:]] == [
        ("tue", "18:00"),
        ("wed", "18:00"),
    ]


def test_what_a_button_of_a_simulation_opens_closes_with_escape(
    page: Page, live_server: LiveServer, event: Event
) -> None:
    simulation = a_completed_simulation(event=event)
    page.goto(f"{live_server.url}/admin/simulations/simulation/{simulation.pk}/change/")
    page.get_by_text("Extend…").click()
    field = page.get_by_label("Runs in all")
    expect(field).to_be_visible()
    page.keyboard.press("Escape")
    expect(field).not_to_be_visible()
    expect(page.get_by_text("Extend…")).to_be_focused()
    page.get_by_text("Extend…").click()
    page.get_by_role("heading", name="Who wins").click()
    expect(field).not_to_be_visible()
