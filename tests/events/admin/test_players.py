"""Players are saved with what they have and their weekly sessions; the list tells their hours and teams."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from events.admin.week import hours_a_week, week_of
from events.admin.workspace import add_url, change_url, list_url
from events.document import document_digest
from events.models import Capability, Event, Player, PlayerCapability
from events.transfer import document_of, put_into_library
from tests.events.admin.pages import Fields, at, fields_of
from tests.events.factories import an_event, the_large_event
from tests.visitors import who_may_only_read

pytestmark = pytest.mark.django_db

FORM = "player_form"


def the_player(name: str = "Zoe") -> Player:
    """Return a player of the small event; Zoe plays on Friday from 20:00 for 180 minutes."""
    return Player.objects.get(event=an_event(), name=name)


def capability(key: str) -> Capability:
    return Capability.objects.get(event__slug="small-bingo", key=key)


def opened(client: Client, player: Player) -> Fields:
    return fields_of(client, change_url(player), FORM)


def save(client: Client, player: Player, **changes: Any) -> Any:
    typed = {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(change_url(player), opened(client, player) | typed)


def a_session(number: Any = 0, **more: Any) -> Fields:
    row = {"ORDER": number, "DELETE": "", "day": "mon", "start": "18:00", "until": "", "minutes": "", **more}
    return {f"sessions-{number}-{name}": value for name, value in row.items()}


def add(client: Client, event: Event | None, *sessions: Fields, **more: Any) -> Any:
    fields: Fields = {"name": "Eva", "skill": "0,9", "timezone": "", "sessions-TOTAL_FORMS": len(sessions)}
    for session in sessions:
        fields |= session
    return client.post(add_url(Player, event), fields | more)


def errors_of(page: Any) -> Any:
    assert page.status_code == 200
    return page.context["adminform"].form.errors


def session_errors(page: Any) -> Any:
    assert page.status_code == 200
    return page.context["adminform"].form.nested["sessions"].errors


def test_a_player_is_added_at_the_end_with_capabilities_in_the_chosen_order(admin_client: Client) -> None:
    event = an_event()
    chosen = [capability("item.lance").pk, capability("quest.ds2").pk]
    page = add(admin_client, event, a_session(until="22:00"), held=chosen)
    assert at(page) == list_url(Player, event)
    player = [*document_of(event).players.items()][-1]
    assert player[0] == "Eva"
    assert player[1].capabilities == ["item.lance", "quest.ds2"]
    assert player[1].model_dump(mode="json")["sessions"] == [{"day": "mon", "start": "18:00", "minutes": 240}]


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ({"until": "18:01"}, 1),
        ({"until": "2:30"}, 510),
        ({"until": "24:00"}, 360),
        ({"until": "18:00"}, 1440),
        ({"until": "17:59"}, 1439),
        ({"minutes": "10080"}, 10_080),
        ({"minutes": "90"}, 90),
    ],
)
def test_a_session_lasts_until_a_time_of_day_or_so_many_minutes(
    admin_client: Client, typed: dict[str, str], minutes: int
) -> None:
    event = an_event()
    assert add(admin_client, event, a_session(**typed)).status_code == 302
    assert event.players.get(name="Eva").sessions[0]["minutes"] == minutes


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "until"),
        ({"until": "22:00", "minutes": "90"}, "minutes"),
        ({"minutes": "10081"}, "minutes"),
        ({"minutes": "0"}, "minutes"),
        ({"until": "24:30"}, "until"),
        ({"until": "22:00", "start": "lunch"}, "start"),
        ({"until": "22:00", "day": "someday"}, "day"),
    ],
)
def test_a_session_that_cannot_be_is_an_error_at_its_field(
    admin_client: Client, typed: dict[str, str], field: str
) -> None:
    [errors] = session_errors(add(admin_client, an_event(), a_session(**typed)))
    assert list(errors) == [field]


def test_a_longer_session_comes_back_by_its_minutes(admin_client: Client) -> None:
    player = the_player()
    player.sessions = [{"day": "sat", "start": "10:00", "minutes": 2000}]
    player.save()
    fields = opened(admin_client, player)
    assert (fields["sessions-0-until"], fields["sessions-0-minutes"]) == ("", "2000")


def test_without_sessions_a_player_is_always_available(admin_client: Client) -> None:
    player = the_player("Mia")
    assert "always available" in admin_client.get(change_url(player)).content.decode()
    event = an_event()
    save(admin_client, player)
    assert document_of(event).players["Mia"].sessions == []


def test_a_capability_of_the_library_is_an_error_at_the_capabilities(admin_client: Client) -> None:
    event = an_event()
    kept = put_into_library(capability("quest.ds2"))
    assert "held" in errors_of(add(admin_client, event, held=[kept.pk]))


@pytest.mark.parametrize(
    ("field", "typed"),
    [("skill", "0"), ("skill", "101"), ("skill", "fast"), ("timezone", "Moon/Sea"), ("name", "")],
)
def test_what_cannot_be_is_an_error_at_its_field(admin_client: Client, field: str, typed: str) -> None:
    assert list(errors_of(add(admin_client, an_event(), **{field: typed}))) == [field]


def test_a_name_that_is_taken_is_an_error_at_the_name(admin_client: Client) -> None:
    assert "another player of this name" in errors_of(add(admin_client, an_event(), name="Zoe"))["name"][0]


def test_a_player_of_the_library_may_have_the_name_of_one_in_an_event(admin_client: Client) -> None:
    an_event()
    assert add(admin_client, None, name="Zoe").status_code == 302
    assert Player.objects.get(event=None).name == "Zoe"


def test_capabilities_that_stay_keep_their_rows(admin_client: Client) -> None:
    player = the_player("Adam")
    kept = player.held.get(capability__key="quest.ds2").pk
    save(admin_client, player, held=[capability("quest.ds2").pk])
    assert [*player.held.values_list("pk", flat=True)] == [kept]


def test_changes_are_told_in_words(admin_client: Client) -> None:
    player = the_player()
    save(admin_client, player, held=[], skill="1", sessions__0__until="22:00")
    told = LogEntry.objects.get(content_type__model="player").change_message
    assert told == (
        "Skill: 0.85 → 1; Capabilities: quest.ds2 removed; "
        "Weekly sessions: Friday 20:00 for 180 minutes removed; "
        "Weekly sessions: Friday 20:00 for 120 minutes added"
    )


def test_the_week_is_drawn_past_midnight_and_past_sunday() -> None:
    week = week_of(
        [{"day": "sun", "start": "22:00", "minutes": 240}, {"day": "sun", "start": "23:00", "minutes": 30}]
    )
    assert [(day.name, [bar.words for bar in day.bars]) for day in week if day.bars] == [
        ("Mon", ["00:00 to 02:00"]),
        ("Sun", ["22:00 to 24:00"]),
    ]
    assert hours_a_week([{"day": "sun", "start": "22:00", "minutes": 240}]) == 4


def test_the_page_shows_the_week(admin_client: Client) -> None:
    page = admin_client.get(change_url(the_player()))
    assert "20:00 to 23:00" in page.content.decode()
    assert page.context["hours"] == "3"


@pytest.mark.parametrize("bundled", [False, True])
def test_opening_and_saving_players_changes_nothing(admin_client: Client, bundled: bool) -> None:
    event = the_large_event() if bundled else an_event()
    assert event is not None
    digest, held = (
        document_digest(document_of(event)),
        {*PlayerCapability.objects.values_list("pk", flat=True)},
    )
    for player in [*event.players.all()][:: 9 if bundled else 1]:
        assert save(admin_client, player).status_code == 302
    assert document_digest(document_of(event)) == digest
    assert {*PlayerCapability.objects.values_list("pk", flat=True)} == held


def listed(client: Client, event: Event | None, **query: Any) -> list[str]:
    page = client.get(list_url(Player, event), query | ({"event": event.pk} if event else {}))
    return [player.name for player in page.context["cl"].result_list]


def test_the_list_can_be_that_of_a_team_or_of_none(admin_client: Client) -> None:
    event = an_event()
    Player.objects.create(event=event, name="Eva", position=9)
    zebras = event.teams.get(name="Zebras")
    assert listed(admin_client, event, team=zebras.pk) == ["Zoe", "Adam"]
    assert listed(admin_client, event, team="none") == ["Eva"]
    assert listed(admin_client, None) == []


def test_the_list_tells_hours_team_and_capabilities(admin_client: Client) -> None:
    page = admin_client.get(list_url(Player, an_event())).content.decode()
    for told in ("always available", "Zebras", "Apes"):
        assert told in page


def test_lists_and_pages_ask_the_same_for_few_players_and_for_many(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = the_large_event()
    assert event is not None
    with django_assert_max_num_queries(12):
        admin_client.get(list_url(Player, event))
    player = max(event.players.all(), key=lambda player: player.held.count())
    with django_assert_max_num_queries(14):
        admin_client.get(change_url(player))


def test_who_may_only_read_sees_all_and_changes_nothing() -> None:
    part = the_player()
    client = who_may_only_read()
    page = client.get(change_url(part))
    assert page.status_code == 200
    assert "Dragon Slayer II" in page.content.decode()
    assert 'class="module parts" disabled' in page.content.decode()
    assert client.post(change_url(part), {"name": "Mine"}).status_code == 403
