"""Every place of a document leads to the page where what is there is edited."""

import pytest
from django.db.models import Model
from django.urls import reverse

from events.admin.board.places import target_of
from events.models import Activity, Capability, Player, Team, Tile
from events.overview import overview_of
from tests.events.factories import an_event, tile_data, zulrah_data

pytestmark = pytest.mark.django_db


def change_url(part: Model) -> str:
    return reverse(f"admin:events_{part._meta.model_name}_change", args=[part.pk])


def test_places_of_parts_lead_to_the_parts() -> None:
    event = an_event()
    overview = overview_of(event)
    parts = {
        "board[0].tiles[1]": Tile.objects.get(key="cox"),
        "board[1].tiles[0].rules[0].drops": Tile.objects.get(key="coins"),
        "activities.boss.zulrah": Activity.objects.get(key="boss.zulrah"),
        "activities.boss.zulrah.loot[0].line": Activity.objects.get(key="boss.zulrah"),
        "capabilities.quest.ds2": Capability.objects.get(key="quest.ds2"),
        "players.Zoe.sessions[0].day": Player.objects.get(name="Zoe"),
        "teams.Apes.players[0]": Team.objects.get(name="Apes"),
    }
    for place, part in parts.items():
        assert target_of(overview, place).url == change_url(part), place


def test_places_say_in_words_what_they_are_and_what_is_inside() -> None:
    overview = overview_of(an_event())
    assert target_of(overview, "board[0].tiles[1].points")[::3] == ("Cox (row 1)", "points")
    assert target_of(overview, "activities.boss.zulrah.loot[0]")[::3] == ("Zulrah", "loot[0]")
    assert target_of(overview, "board[1]").title == "Row 2"


def test_places_without_a_part_lead_to_lists_the_board_and_the_settings() -> None:
    event = an_event()
    overview = overview_of(event)
    board = reverse("admin:events_event_board", args=[event.pk])
    players = f"{reverse('admin:events_player_changelist')}?event={event.pk}"
    settings = reverse("admin:events_event_change", args=[event.pk])
    assert target_of(overview, "board").url == board
    assert target_of(overview, "board[0]").url == f"{board}#row-1"
    assert target_of(overview, "board[7].tiles[0]").url == f"{board}#row-8"
    assert target_of(overview, "players").url == players
    assert target_of(overview, "players.Gone").url == players
    assert target_of(overview, "timezone").url == settings
    assert target_of(overview, "").url == settings


def test_the_longest_key_that_a_place_begins_with_is_meant() -> None:
    activities = {"boss": zulrah_data(), "boss.zulrah": zulrah_data(), "boss.zul": zulrah_data()}
    overview = overview_of(an_event(activities=activities, board=[], teams={}))
    place = "activities.boss.zulrah.name"
    assert target_of(overview, place).url == change_url(Activity.objects.get(key="boss.zulrah"))


def test_a_long_key_is_found_where_an_error_shortens_it() -> None:
    key = "k" * 70
    event = an_event(activities={key: zulrah_data()}, board=[{"tiles": [tile_data(activity=key)]}], teams={})
    place = f"activities.{'k' * 59}….name"
    assert target_of(overview_of(event), place).url == change_url(Activity.objects.get(key=key))
