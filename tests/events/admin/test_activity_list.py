"""Lists of activities say what each is, whose it is and where it is used, and find them."""

import re
from typing import Any

import pytest
from django.test import Client

from events.document import parse_document
from events.transfer import copy_from_library, put_into_library, store_document
from tests.events.admin.pages import Fields
from tests.events.factories import an_event, document_data

pytestmark = pytest.mark.django_db

LIST = "/admin/events/activity/"


def cells(page: Any) -> list[list[str]]:
    """Return the texts of a list's rows."""
    html = page.content.decode()
    rows = re.findall(r"(?s)<tr[^>]*>(.*?)</tr>", html[html.index("result_list") :])
    texts = [
        [
            " ".join(re.sub(r"<[^>]+>", " ", cell).split())
            for cell in re.findall(r"(?s)<t[dh][^>]*>(.*?)</t[dh]>", row)
        ]
        for row in rows
    ]
    return [[text for text in row if text] for row in texts if len(row) > 3]


def test_an_events_list_says_what_each_activity_is_and_how_many_tiles_use_it(admin_client: Client) -> None:
    event = an_event()
    page = admin_client.get(LIST, {"event": event.pk})
    titles, *rows = cells(page)
    assert titles[-6:] == ["Name", "Key", "Players", "An attempt (min:s)", "Drops", "Tiles that use it"]
    assert rows == [
        ["Zulrah", "boss.zulrah", "alone, or 1 to 8", "2:00", "3", "2"],
        ["Chambers of Xeric", "raid.cox", "2 to 8", "15:00", "1", "1"],
    ]


def test_the_librarys_list_says_how_many_events_have_a_copy(admin_client: Client) -> None:
    entry = put_into_library(an_event().activities.get(key="boss.zulrah"))
    nothing: Fields = {"activities": {}, "board": [], "teams": {}, "players": {}, "capabilities": {}}
    other = store_document(parse_document(document_data(slug="other", **nothing))).event
    assert other is not None
    copy_from_library(entry, other)
    titles, *rows = cells(admin_client.get(LIST))
    assert titles[-1] == "Events with a copy"
    assert rows == [["Zulrah", "boss.zulrah", "alone, or 1 to 8", "2:00", "3", "2"]]


def test_the_list_of_everything_says_whose_each_activity_is(admin_client: Client) -> None:
    put_into_library(an_event().activities.get(key="boss.zulrah"))
    titles, *rows = cells(admin_client.get(LIST, {"event": "all", "o": "1"}))
    assert "Belongs to" in titles
    assert [row[:3] for row in rows] == [
        ["Chambers of Xeric", "Small Bingo", "raid.cox"],
        ["Zulrah", "the library", "boss.zulrah"],
        ["Zulrah", "Small Bingo", "boss.zulrah"],
    ]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "zul"}, ["Zulrah"]),
        ({"q": "loot.c"}, ["Zulrah", "Chambers of Xeric"]),
        ({"done": "alone"}, ["Zulrah"]),
        ({"done": "parties"}, ["Zulrah", "Chambers of Xeric"]),
        ({"o": "4"}, ["Zulrah", "Chambers of Xeric"]),
        ({"o": "-4"}, ["Chambers of Xeric", "Zulrah"]),
    ],
)
def test_activities_are_found_by_name_drop_and_how_they_are_done_and_ordered(
    admin_client: Client, asked: Fields, found: list[str]
) -> None:
    event = an_event()
    _, *rows = cells(admin_client.get(LIST, {"event": event.pk, **asked}))
    assert [row[0] for row in rows] == found
