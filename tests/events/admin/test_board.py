"""The board's page shows what players know, and changes only what was seen and may be changed."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from events.models import Activity, Event, Player, Tile
from events.transfer import document_of
from tests.events.factories import an_event, document_data, tile_data
from tests.visitors import who_may

pytestmark = pytest.mark.django_db

BY_SCRIPT = {"X-Requested-With": "fetch"}
NO_RULES = {"key": "hopeless", "name": "Hopeless", "points": 1}


def board_page(event: Event) -> str:
    return reverse("admin:events_event_board", args=[event.pk])


def shown(client: Client, event: Event) -> str:
    """Return the text of the board's page."""
    response = client.get(board_page(event))
    assert response.status_code == 200
    return unescape(response.content.decode())


def words(page: str) -> str:
    """Return what a page says, without its tags and with single spaces."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def do(client: Client, event: Event, command: str, **posted: Any) -> Any:
    """Press a button of the board, as the board's script does."""
    data = {"do": command, "version": event.version, **posted}
    return client.post(reverse("admin:events_event_change_board", args=[event.pk]), data, headers=BY_SCRIPT)


def tile_id(key: str) -> int:
    return Tile.objects.get(key=key).pk


def rows_of(event: Event) -> list[list[str]]:
    return [[tile.key for tile in row.tiles] for row in document_of(event).board]


# What it shows.


def test_each_cell_shows_name_points_hours_and_sources(admin_client: Client) -> None:
    page = words(shown(admin_client, an_event()))
    assert "Zulrah 1 point 2 min Zulrah" in page
    assert "Cox 2 points 30 min Chambers of Xeric" in page


def test_each_row_shows_its_points_and_when_it_opens(admin_client: Client) -> None:
    page = words(shown(admin_client, an_event()))
    assert "Row 1 3 points open from the start" in page
    assert "Row 2 3 points opens at 2 points of row 1" in page


def test_without_points_to_unlock_every_row_is_open_from_the_start(admin_client: Client) -> None:
    page = words(shown(admin_client, an_event(unlock_points=0)))
    assert "Row 2 3 points open from the start" in page


def test_a_tile_leads_to_where_it_is_edited_and_a_row_to_where_one_is_added(admin_client: Client) -> None:
    event = an_event()
    page = shown(admin_client, event)
    assert f'href="{reverse("admin:events_tile_change", args=[tile_id("coins")])}"' in page
    assert f'href="{reverse("admin:events_tile_add")}?event={event.pk}&row=1"' in page


def test_teams_are_shown_with_their_rosters_and_hours(admin_client: Client) -> None:
    page = words(shown(admin_client, an_event()))
    assert "Zebras 2 players Zoe, Adam" in page
    assert "51 h online, the board takes about" in page
    assert "2 tiles it can" in page


def test_an_empty_event_says_what_to_do_next(admin_client: Client) -> None:
    event = an_event(capabilities={}, activities={}, players={}, board=[], teams={})
    page = shown(admin_client, event)
    assert "What is missing before you can simulate" in page
    assert "The board is empty." in page
    for model, advice in ((Activity, "Add activities"), (Player, "Add players")):
        url = reverse(f"admin:events_{model._meta.model_name}_changelist")
        assert f'<a href="{url}?event={event.pk}">{advice}</a>' in page
    assert (
        f'<a href="{reverse("admin:events_tile_add")}?event={event.pk}&row=0">Add the first tile</a>' in page
    )
    assert f'<a href="{reverse("admin:events_team_add")}?event={event.pk}">Add a team</a>' in page


def test_what_is_done_is_ticked_and_what_is_missing_named(admin_client: Client) -> None:
    page = words(shown(admin_client, an_event(board=[{"tiles": [NO_RULES]}], teams={"Nobody": {}})))
    assert "Activities : done" in page
    assert "1 tile can't be finished by anyone" in page
    assert "Give “Hopeless” its rules" in page
    assert "Fill the roster of “Nobody”" in page


def test_an_event_that_lacks_nothing_has_no_list_of_what_is_missing(admin_client: Client) -> None:
    page = shown(admin_client, an_event())
    assert "before you can simulate" not in page.lower()
    assert "Before you simulate" not in page


def test_an_event_that_no_document_may_hold_has_a_page_that_says_what_is_wrong(admin_client: Client) -> None:
    event = an_event()
    Tile.objects.filter(key="cox").update(name="two\nlines")
    Activity.objects.filter(event=event, key="boss.zulrah").update(loot=[])
    page = shown(admin_client, event)
    assert "Something stored can't be read" in page
    assert f'href="{reverse("admin:events_tile_change", args=[tile_id("cox")])}"' in page
    assert "must not have control characters or line breaks" in words(page)
    assert "boss.zulrah never drops kill.zulrah" in words(page)


def test_a_tile_of_an_event_that_is_wrong_can_be_deleted(admin_client: Client) -> None:
    event = an_event()
    Tile.objects.filter(key="cox").update(name="two\nlines")
    assert do(admin_client, event, f"delete_tile:{tile_id('cox')}", confirmed=1).status_code == 200
    assert rows_of(event) == [["zulrah"], ["coins"]]


def test_an_event_that_is_not_there_has_no_board(admin_client: Client) -> None:
    assert admin_client.get(reverse("admin:events_event_board", args=[999])).status_code == 404


# What is done on it.


def test_a_change_answers_with_the_board_as_it_is_then(admin_client: Client) -> None:
    event = an_event()
    answer = do(admin_client, event, f"move_tile:{tile_id('cox')}:1:0").json()
    assert rows_of(event) == [["zulrah"], ["cox", "coins"]]
    assert answer["said"] == "Tile Cox moved from row 1 to row 2."
    assert answer["focus"] == "tile-cox"
    assert f'name="version" value="{event.version + 1}"' in answer["html"]
    assert answer["html"].index('id="tile-cox"') < answer["html"].index('id="tile-coins"')


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("shift_tile:{cox}:left", [["cox", "zulrah"], ["coins"]]),
        ("duplicate_tile:{cox}", [["zulrah", "cox", "cox-2"], ["coins"]]),
        ("delete_tile:{cox}", [["zulrah"], ["coins"]]),
        ("add_row:0", [[], ["zulrah", "cox"], ["coins"]]),
        ("move_row:0:1", [["coins"], ["zulrah", "cox"]]),
        ("duplicate_row:1", [["zulrah", "cox"], ["coins"], ["coins-2"]]),
        ("delete_row:0", [["coins"]]),
    ],
)
def test_every_button_does_what_it_says(
    admin_client: Client, command: str, expected: list[list[str]]
) -> None:
    event = an_event()
    response = do(admin_client, event, command.format(cox=tile_id("cox")), confirmed=1)
    assert response.status_code == 200
    assert rows_of(event) == expected


def test_a_change_is_told_in_the_events_history(admin_client: Client) -> None:
    event = an_event()
    do(admin_client, event, "add_row:2")
    entry = LogEntry.objects.get(object_id=str(event.pk))
    assert (entry.change_message, entry.user.get_username()) == ("board: empty row 3 added", "admin")


def test_without_scripts_a_button_leads_back_to_the_board(admin_client: Client) -> None:
    event = an_event()
    data = {"do": f"shift_tile:{tile_id('cox')}:down", "version": event.version}
    url = reverse("admin:events_event_change_board", args=[event.pk])
    response = admin_client.post(url, data, follow=True)
    assert response.redirect_chain == [(f"{board_page(event)}#tile-cox", 302)]
    assert "Tile Cox moved from row 1 to row 2." in response.content.decode()


@pytest.mark.parametrize(
    ("command", "question"),
    [
        ("delete_tile:{cox}", "Delete the tile “Cox” with its 1 rule?"),
        ("delete_row:0", "Delete row 1 with its 2 tiles and their rules? These go: “Zulrah”, “Cox”."),
    ],
)
def test_deleting_asks_and_says_what_goes_along(admin_client: Client, command: str, question: str) -> None:
    event = an_event()
    url = reverse("admin:events_event_change_board", args=[event.pk])
    data = {"do": command.format(cox=tile_id("cox")), "version": event.version}
    page = admin_client.post(url, data)
    assert question in unescape(page.content.decode())
    assert question in shown(admin_client, event)
    assert rows_of(event) == [["zulrah", "cox"], ["coins"]]
    assert admin_client.post(url, {**data, "confirmed": 1}).status_code == 302
    assert rows_of(event) != [["zulrah", "cox"], ["coins"]]


def test_nothing_changes_where_somebody_else_changed_the_event_meanwhile(admin_client: Client) -> None:
    event = an_event()
    Tile.objects.get(key="coins").save()
    response = do(admin_client, event, f"move_tile:{tile_id('cox')}:1:0")
    assert response.status_code == 409
    assert response.json()["stale"]
    assert "This event was changed after the page was opened" in response.json()["said"]
    assert rows_of(event) == [["zulrah", "cox"], ["coins"]]
    assert not LogEntry.objects.exists()


def test_without_scripts_who_comes_too_late_sees_what_is_there_now(admin_client: Client) -> None:
    event = an_event()
    Tile.objects.get(key="coins").save()
    url = reverse("admin:events_event_change_board", args=[event.pk])
    page = admin_client.post(url, {"do": "add_row:0", "version": event.version}, follow=True)
    told = page.content.decode()
    assert "So nothing was done: you wanted to add an empty row 1." in told
    assert "This is what is there now." in told


def test_what_the_board_does_not_allow_is_refused_with_the_reason(admin_client: Client) -> None:
    event = an_event()
    response = do(admin_client, event, f"shift_tile:{tile_id('zulrah')}:up")
    assert (response.status_code, response.json()["said"]) == (422, "Zulrah is in the first row.")


@pytest.mark.parametrize(
    ("command", "version"),
    [
        ("", "1"),
        ("drop_table:1", "1"),
        ("add_row", "1"),
        ("add_row:-1", "1"),
        ("add_row:x", "1"),
        ("add_row:0:1", "1"),
        ("shift_tile:1:away", "1"),
        ("add_row:0", ""),
        ("add_row:0", "soon"),
        ("add_row:99999999999999999999", "1"),
    ],
)
def test_what_is_no_command_is_a_bad_request(admin_client: Client, command: str, version: str) -> None:
    assert do(admin_client, an_event(), command, version=version).status_code == 400


def test_the_board_changes_by_post_alone(admin_client: Client) -> None:
    event = an_event()
    url = reverse("admin:events_event_change_board", args=[event.pk])
    before = event.n_rows
    response = admin_client.get(url, {"do": "add_row:0"}, follow=True)
    assert response.redirect_chain == [(reverse("admin:events_event_board", args=[event.pk]), 302)]
    assert "Nothing was done" in response.content.decode()
    event.refresh_from_db()
    assert event.n_rows == before
    assert admin_client.put(url).status_code == 405


# Who may.

COMMANDS = {
    "move_tile:{cox}:1:0": {"change_tile"},
    "shift_tile:{cox}:down": {"change_tile"},
    "duplicate_tile:{cox}": {"add_tile"},
    "delete_tile:{cox}": {"delete_tile"},
    "add_row:0": {"change_event"},
    "move_row:0:1": {"change_event"},
    "duplicate_row:0": {"change_event", "add_tile"},
    "delete_row:0": {"change_event", "delete_tile"},
}


@pytest.mark.parametrize("command", COMMANDS)
def test_who_may_only_look_may_not_change_the_board(command: str) -> None:
    event = an_event()
    viewer = who_may("view_event", "view_tile", "view_team")
    response = do(viewer, event, command.format(cox=tile_id("cox")), confirmed=1)
    assert response.status_code == 403
    assert rows_of(event) == [["zulrah", "cox"], ["coins"]]


@pytest.mark.parametrize(("command", "needed"), COMMANDS.items())
def test_each_change_takes_its_own_permissions(command: str, needed: set[str]) -> None:
    event = an_event()
    client = who_may("view_event", *needed)
    assert do(client, event, command.format(cox=tile_id("cox")), confirmed=1).status_code == 200


def test_who_may_only_look_sees_no_buttons() -> None:
    page = shown(who_may("view_event", "view_tile", "view_team"), an_event())
    assert 'name="do"' not in page
    assert "Add a" not in page
    assert "Zulrah" in page


def test_who_may_only_look_is_told_what_is_missing_without_where_to_add_it() -> None:
    event = an_event(capabilities={}, activities={}, players={}, board=[], teams={})
    page = shown(who_may("view_event"), event)
    assert "What is missing before you can simulate" in page
    for button in ("Add activities", "Add the first tile", "Add players", "Add a team"):
        assert button not in page


def test_who_may_see_the_event_alone_is_led_nowhere_else() -> None:
    event = an_event(players={**document_data()["players"], "Idle": {}})
    page = shown(who_may("view_event"), event)
    assert "Zulrah" in page
    assert "Idle" in page
    for model in ("tile", "team", "player"):
        assert f"/admin/events/{model}/" not in page


def test_who_may_not_see_events_sees_no_board() -> None:
    assert who_may("view_team").get(board_page(an_event())).status_code == 403


def test_visitors_are_asked_to_sign_in(client: Client) -> None:
    response = client.get(board_page(an_event()))
    assert (response.status_code, "login" in response["Location"]) == (302, True)


# How much it takes.


def large_event() -> Event:
    return an_event(
        board=[{"tiles": [tile_data(f"t{row}-{place}") for place in range(4)]} for row in range(25)]
    )


def test_a_page_takes_few_queries_and_fewer_once_it_was_reckoned(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = large_event()
    cache.clear()
    with django_assert_max_num_queries(30):
        admin_client.get(board_page(event))
    with django_assert_max_num_queries(4):
        assert words(shown(admin_client, event)).count("opens at 2 points of row") == 24


def test_a_change_of_a_large_board_takes_few_queries(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = large_event()
    with django_assert_max_num_queries(50):
        assert do(admin_client, event, "move_row:0:24").status_code == 200
