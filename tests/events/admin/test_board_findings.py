"""The board tells what looks wrong: what matters first, in groups, each leading to where it is mended."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from events.models import Activity, Player, Team
from tests.events.admin.test_board import NO_RULES, board_page, shown, words
from tests.events.factories import Data, an_event, document_data, raid_tile_data

pytestmark = pytest.mark.django_db


def test_findings_are_counted_at_their_tile_and_told_in_words(admin_client: Client) -> None:
    page = shown(admin_client, an_event(board=[{"tiles": [NO_RULES]}]))
    assert "nobody can finish it" in page
    assert re.search(r'aria-describedby="findings-\d+"', page)
    assert '<span class="mark" aria-hidden="true">1</span>' in page
    assert "has no rules: nobody can finish it" in page


def test_findings_lead_to_where_they_are_mended(admin_client: Client) -> None:
    rows = [{"tiles": [raid_tile_data()]}, {"tiles": []}]
    event = an_event(teams={"Nobody": {}}, board=rows, unlock_points=9)
    page = shown(admin_client, event)
    for model, name in ((Team, "Nobody"), (Player, "Zoe"), (Activity, "boss.zulrah")):
        field = "key" if model is Activity else "name"
        part = model.objects.get(event=event, **{field: name})
        assert f'href="{reverse(f"admin:events_{model._meta.model_name}_change", args=[part.pk])}"' in page
    assert f'<a href="{board_page(event)}#row-1">Row 1</a>: its tiles are worth 2 points' in page


def test_findings_of_a_kind_are_together_under_a_heading(admin_client: Client) -> None:
    page = words(shown(admin_client, an_event(teams={"One": {}, "Two": {}})))
    assert "Teams without players 2 One : has no players Two : has no players" in page


def test_a_kind_with_many_findings_is_cut_short(admin_client: Client) -> None:
    bare = [{"tiles": [NO_RULES | {"key": f"t{row}-{n}"} for n in range(15)]} for row in range(2)]
    page = words(shown(admin_client, an_event(board=bare)))
    assert "Tiles without rules 30" in page
    assert "and 10 more of this kind" in page


def test_what_matters_most_is_told_first_under_a_heading_of_its_own(admin_client: Client) -> None:
    page = words(shown(admin_client, an_event(players=document_data()["players"] | {"Idle": {}})))
    headings = ["Can't work as it is", "Perhaps not as meant", "Worth knowing"]
    places = [page.index(heading) for heading in headings]
    assert places == sorted(places)
    assert (
        page.index("Tiles that a team can't do") < places[1] < page.index("Requirements that others' drops")
    )
    assert page.index("Players in no team") > places[2]


def test_a_finding_is_not_turned_around_by_the_name_that_it_is_about(admin_client: Client) -> None:
    event = an_event(players=document_data()["players"] | {"B\u202eob": {}})
    page = shown(admin_client, event)
    assert re.search(
        r'<a href="[^"]*">B\ufffdob</a>: "B\ufffdob" has characters that nobody sees: U\+202E', page
    )


def test_a_finding_of_many_players_leads_to_their_list(admin_client: Client) -> None:
    players: Data = {f"P{number}": {} for number in range(40)}
    event = an_event(players=players, teams={})
    page = shown(admin_client, event)
    url = f"{reverse('admin:events_player_changelist')}?event={event.pk}"
    assert f'<a href="{url}">Players</a>: 40 are in no team: P0, P1, P2, P3 and 36 more' in page
