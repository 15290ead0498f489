"""Teams are saved with their strategy and their roster from one page."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from events.admin.teams import STRATEGIES
from events.admin.workspace import add_url, change_url, list_url
from events.document import document_digest
from events.document.models import StrategyName
from events.models import Event, Player, Team, TeamMember
from events.transfer import document_of
from tests.events.admin.pages import Fields, at, fields_of
from tests.events.factories import an_event, the_large_event
from tests.visitors import who_may_only_read

pytestmark = pytest.mark.django_db

FORM = "team_form"


def the_team(name: str = "Zebras") -> Team:
    """Return a team of the small event: Zoe and Adam, greedy; the other is Apes with Mia, weighted."""
    return Team.objects.get(event=an_event(), name=name)


def a_player(name: str) -> Player:
    return Player.objects.get(event__slug="small-bingo", name=name)


def opened(client: Client, team: Team) -> Fields:
    return fields_of(client, change_url(team), FORM)


def save(client: Client, team: Team, **changes: Any) -> Any:
    return client.post(change_url(team), opened(client, team) | changes)


def roster(team: Team) -> list[str]:
    return [member.player.name for member in team.members.all()]


def errors_of(page: Any) -> Any:
    assert page.status_code == 200
    return page.context["adminform"].form.errors


def test_a_team_is_added_at_the_end_with_several_players_in_order(admin_client: Client) -> None:
    event = an_event()
    players = [Player.objects.create(event=event, name=name).pk for name in ("Eva", "Bo", "Cy")]
    fields = {"name": "Yaks", "strategy": "greedy", "roster": [players[2], players[0]]}
    page = admin_client.post(add_url(Team, event), fields)
    assert at(page) == list_url(Team, event)
    team = event.teams.last()
    assert team is not None
    assert (team.name, roster(team)) == ("Yaks", ["Cy", "Eva"])


def test_players_move_come_and_go_and_the_others_keep_their_rows(admin_client: Client) -> None:
    team = the_team()
    new = Player.objects.create(event=team.event, name="Eva")
    adam = team.members.get(player__name="Adam").pk
    save(admin_client, team, roster=[new.pk, a_player("Adam").pk])
    assert roster(team) == ["Eva", "Adam"]
    assert team.members.get(player__name="Adam").pk == adam
    assert Player.objects.filter(event=team.event, name="Zoe", membership=None).exists()


def test_a_roster_can_be_emptied(admin_client: Client) -> None:
    team = the_team()
    assert save(admin_client, team, roster=[]).status_code == 302
    assert roster(team) == []


def test_a_player_whom_the_page_did_not_show_in_another_team_is_refused_by_name(admin_client: Client) -> None:
    team, mia = the_team(), a_player("Mia")
    unseen = {f"roster-team-{mia.pk}": ""}
    page = save(admin_client, team, roster=[a_player("Zoe").pk, mia.pk], **unseen)
    assert errors_of(page)["roster"] == ["Mia plays in Apes."]
    assert roster(team) == ["Zoe", "Adam"]


def test_a_player_is_taken_from_another_team_that_the_page_showed(admin_client: Client) -> None:
    team, mia = the_team(), a_player("Mia")
    apes = Team.objects.get(name="Apes")
    assert save(admin_client, team, roster=[mia.pk, a_player("Zoe").pk]).status_code == 302
    assert (roster(team), roster(apes)) == (["Mia", "Zoe"], [])
    said = [entry.change_message for entry in LogEntry.objects.order_by("pk")]
    assert said.count("Roster: Mia moved to Zebras") == 1
    assert "team Apes: Roster: Mia moved to Zebras" in said


def test_players_of_other_teams_are_shown_as_such(admin_client: Client) -> None:
    page = admin_client.get(change_url(the_team())).content.decode()
    apes = change_url(Team.objects.get(name="Apes"))
    assert f'plays in <a href="{apes}">Apes</a>' in page


def test_a_player_of_another_event_is_refused(admin_client: Client) -> None:
    team = the_team()
    other = Player.objects.create(event=an_event(slug="other"), name="Eva")
    assert "not there any more" in errors_of(save(admin_client, team, roster=[other.pk]))["roster"][0]


def test_more_than_100_players_are_refused(admin_client: Client) -> None:
    team = the_team()
    Player.objects.bulk_create([Player(event=team.event, name=f"P{number}") for number in range(101)])
    many = [*Player.objects.filter(event=team.event, name__startswith="P").values_list("pk", flat=True)]
    page = save(admin_client, team, roster=many)
    assert errors_of(page)["roster"] == ["A team has at most 100 players, not 101."]


def test_every_strategy_is_told_of_in_a_sentence() -> None:
    assert set(STRATEGIES) == set(StrategyName)


def test_weights_are_saved_and_those_left_empty_left_out(admin_client: Client) -> None:
    team = the_team()
    save(admin_client, team, strategy="weighted", w_points="1,5", w_hours="-2")
    team.refresh_from_db()
    assert (team.strategy, team.params) == ("weighted", [["w_points", 1.5], ["w_hours", -2]])


def test_another_strategy_drops_the_weights(admin_client: Client) -> None:
    team = the_team("Apes")
    save(admin_client, team, strategy="greedy")
    team.refresh_from_db()
    assert team.params == []


def test_a_hidden_weight_is_not_held_against_anybody(admin_client: Client) -> None:
    assert save(admin_client, the_team(), w_points="lots").status_code == 302


def test_a_wrong_weight_is_an_error_at_it(admin_client: Client) -> None:
    page = save(admin_client, the_team("Apes"), w_rate="lots", w_hours="1e9")
    assert set(errors_of(page)) == {"w_rate", "w_hours"}


def test_a_name_of_another_team_is_an_error_at_the_name(admin_client: Client) -> None:
    assert errors_of(save(admin_client, the_team(), name="Apes")) == {
        "name": ["Small Bingo has another team of this name."]
    }


def test_a_team_is_not_added_without_an_event(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:events_team_add"))
    assert at(page) == reverse("admin:events_event_changelist")


def test_saving_and_adding_another_stays_in_the_event(admin_client: Client) -> None:
    team = the_team()
    assert save(admin_client, team, _addanother="1").url == add_url(Team, team.event)


def test_changes_of_a_roster_are_told_in_words(admin_client: Client) -> None:
    team = the_team()
    save(admin_client, team, roster=[a_player("Adam").pk], strategy="row_unlocking")
    told = LogEntry.objects.get(content_type__model="team").change_message
    assert told == "Strategy: greedy → row_unlocking; Roster: Zoe removed"
    assert LogEntry.objects.get(content_type__model="event").change_message == f"team Zebras: {told}"


@pytest.mark.parametrize("bundled", [False, True])
def test_opening_and_saving_teams_changes_nothing(admin_client: Client, bundled: bool) -> None:
    event = the_large_event() if bundled else an_event()
    assert event is not None
    digest, members = document_digest(document_of(event)), {*TeamMember.objects.values_list("pk", flat=True)}
    for team in event.teams.all():
        assert save(admin_client, team).status_code == 302
    assert document_digest(document_of(event)) == digest
    assert {*TeamMember.objects.values_list("pk", flat=True)} == members


def test_the_list_is_that_of_an_event_or_of_all(admin_client: Client) -> None:
    event, other = an_event(), an_event(slug="other", name="Other")
    of_event = admin_client.get(list_url(Team, event))
    everything = admin_client.get(list_url(Team, None))
    assert [team.event_id for team in of_event.context["cl"].result_list] == [event.pk] * 2
    assert {team.event_id for team in everything.context["cl"].result_list} == {event.pk, other.pk}


def test_the_list_of_an_event_tells_players_and_hours_online(admin_client: Client) -> None:
    page = admin_client.get(list_url(Team, an_event())).content.decode()
    # Zoe plays on Friday for three hours; Adam, always available, for all 48.
    assert "hours online during the event" in page.lower()
    assert ">51<" in "".join(page.split())


def with_players(n: int) -> Event:
    event = an_event()
    Player.objects.bulk_create(
        [Player(event=event, name=f"P{number}", position=number) for number in range(n)]
    )
    return event


def test_pages_ask_the_same_for_few_players_and_for_many(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = with_players(150)
    team = event.teams.get(name="Zebras")
    with django_assert_max_num_queries(14):
        admin_client.get(change_url(team))
    admin_client.get(list_url(Team, event))
    with django_assert_max_num_queries(10):
        admin_client.get(list_url(Team, event))


def test_who_may_only_read_sees_all_and_changes_nothing() -> None:
    part = the_team()
    client = who_may_only_read()
    page = client.get(change_url(part))
    assert page.status_code == 200
    assert "Adam" in page.content.decode()
    assert 'class="module parts" disabled' in page.content.decode()
    assert client.post(change_url(part), {"name": "Mine"}).status_code == 403
