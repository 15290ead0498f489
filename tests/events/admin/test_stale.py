"""Of two people who change the same, the second is told and nothing lost; different parts don't collide."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.http import HttpRequest
from django.test import Client

from events.admin.addresses import event_named
from events.admin.workspace import add_url, change_url, list_url
from events.models import (
    Activity,
    Capability,
    Event,
    Player,
    PlayerCapability,
    Rule,
    RuleDrop,
    Team,
    TeamMember,
    Tile,
)
from tests.events.admin.pages import Fields, fields_in, fields_of
from tests.events.factories import an_event
from tests.visitors import who_may_only_read

pytestmark = pytest.mark.django_db

STALE = "This was changed after the page was opened"


def form_id(part: Any) -> str:
    return f"{part._meta.model_name}_form"


def opened(client: Client, part: Any) -> Fields:
    return fields_of(client, change_url(part), form_id(part))


def an_event_itself() -> Event:
    return an_event()


def a_tile() -> Tile:
    return Tile.objects.get(event=an_event(), key="cox")


def a_team() -> Team:
    return Team.objects.get(event=an_event(), name="Zebras")


def a_player() -> Player:
    return Player.objects.get(event=an_event(), name="Zoe")


def an_activity() -> Activity:
    return Activity.objects.get(event=an_event(), key="raid.cox")


def a_capability() -> Any:
    return an_event().capabilities.get(key="quest.ds2")


def rename(part: Any) -> None:
    part.name = "Theirs"
    part.save()


def another_weight(tile: Any) -> None:
    RuleDrop.objects.filter(rule__tile=tile).update(weight=3)


def no_modifiers(tile: Any) -> None:
    tile.rules.get().modifiers.all().delete()


def another_rule(tile: Any) -> None:
    activity = tile.event.activities.get(key="boss.zulrah")
    rule = Rule.objects.create(tile=tile, activity=activity, position=1)
    RuleDrop.objects.create(rule=rule, drop=activity.drops.get(key="kill.zulrah"))


def one_leaves(team: Any) -> None:
    TeamMember.objects.get(player__name="Adam").delete()


def another_order(team: Any) -> None:
    TeamMember.objects.filter(player__name="Adam").update(position=0)
    TeamMember.objects.filter(player__name="Zoe").update(position=1)


def another_session(player: Any) -> None:
    player.sessions = [{"day": "sat", "start": "10:00", "minutes": 60}]
    player.save()


def another_capability(player: Any) -> None:
    lance = player.event.capabilities.get(key="item.lance")
    PlayerCapability.objects.create(player=player, capability=lance, position=1)


def more_loot(activity: Any) -> None:
    activity.loot[0]["outcomes"].append({"rate": 0, "penalty_seconds": 5, "drops": []} | {"rate": "1/1000"})
    activity.loot[0]["outcomes"][0]["rate"] = "1/2"
    activity.save()


CHANGES: list[tuple[Callable[[], Any], Callable[[Any], None]]] = [
    (an_event_itself, rename),
    (a_tile, rename),
    (a_tile, another_weight),
    (a_tile, no_modifiers),
    (a_tile, another_rule),
    (a_team, rename),
    (a_team, one_leaves),
    (a_team, another_order),
    (a_player, rename),
    (a_player, another_session),
    (a_player, another_capability),
    (an_activity, rename),
    (an_activity, more_loot),
    (a_capability, rename),
]
IDS = [f"{make.__name__}: {change.__name__}" for make, change in CHANGES]


@pytest.mark.parametrize(("make", "change"), CHANGES, ids=IDS)
def test_the_second_is_told_and_may_knowingly_save_over_it(
    admin_client: Client, make: Callable[[], Any], change: Callable[[Any], None]
) -> None:
    part = make()
    fields = opened(admin_client, part) | {"name": "Mine"}
    change(part)
    theirs = type(part).objects.get(pk=part.pk)
    page = admin_client.post(change_url(part), fields)
    assert page.status_code == 200
    assert STALE in page.content.decode()
    part.refresh_from_db()
    assert part.name == theirs.name
    # What was typed is still there, and saved once the box is ticked.
    again = fields_in(page, form_id(part))
    assert (again["name"], "save_over" in again) == ("Mine", False)
    box = page.context["adminform"].form.fields["save_over"].widget.attrs["value"]
    assert admin_client.post(change_url(part), again | {"save_over": box}).status_code == 302
    part.refresh_from_db()
    assert part.name == "Mine"


def test_saving_over_undoes_what_the_other_did_to_the_rules(admin_client: Client) -> None:
    tile = a_tile()
    fields = opened(admin_client, tile)
    before = tile.as_data()
    another_rule(tile)
    another_weight(tile)
    page = admin_client.post(change_url(tile), fields)
    box = page.context["adminform"].form.fields["save_over"].widget.attrs["value"]
    admin_client.post(change_url(tile), fields_in(page, form_id(tile)) | {"save_over": box})
    assert Tile.objects.get(pk=tile.pk).as_data() == before


def test_who_saves_over_is_told_again_of_what_changed_after_that(admin_client: Client) -> None:
    tile = a_tile()
    fields = opened(admin_client, tile)
    rename(tile)
    page = admin_client.post(change_url(tile), fields)
    box = page.context["adminform"].form.fields["save_over"].widget.attrs["value"]
    another_weight(tile)
    page = admin_client.post(change_url(tile), fields_in(page, form_id(tile)) | {"save_over": box})
    assert STALE in page.content.decode()


def test_a_form_that_says_nothing_of_what_it_has_seen_is_refused(admin_client: Client) -> None:
    tile = a_tile()
    fields = opened(admin_client, tile)
    del fields["seen"]
    assert STALE in admin_client.post(change_url(tile), fields).content.decode()


def test_different_parts_are_changed_by_two_people_at_once(admin_client: Client) -> None:
    event = an_event()
    parts: list[Any] = [
        event,
        event.tiles.get(key="cox"),
        event.tiles.get(key="zulrah"),
        event.teams.get(name="Zebras"),
        event.players.get(name="Mia"),
        event.activities.get(key="boss.zulrah"),
        event.capabilities.get(key="item.lance"),
    ]
    pages = [opened(admin_client, part) for part in parts]
    for part, fields in zip(parts, pages, strict=True):
        assert admin_client.post(change_url(part), fields | {"name": "Changed"}).status_code == 302
        part.refresh_from_db()
        assert part.name == "Changed"


def test_a_tile_that_was_moved_meanwhile_is_saved_where_it_is(admin_client: Client) -> None:
    tile = a_tile()
    fields = opened(admin_client, tile) | {"name": "Mine"}
    Tile.objects.filter(pk=tile.pk).update(row=1, position=5)
    assert admin_client.post(change_url(tile), fields).status_code == 302
    tile.refresh_from_db()
    assert (tile.name, tile.row, tile.position) == ("Mine", 1, 5)


def test_a_part_that_was_deleted_meanwhile_is_said_to_be_gone(admin_client: Client) -> None:
    tile = a_tile()
    fields = opened(admin_client, tile)
    address = change_url(tile)
    tile.delete()
    page = admin_client.post(address, fields, follow=True)
    html = page.content.decode()
    assert "Deleted after you opened this page" in html
    assert "The history does not say by whom" in html
    assert "There is no such tile any more" in admin_client.get(address, follow=True).content.decode()


def test_a_part_that_is_added_to_an_event_that_was_deleted_meanwhile_is_not_added_to_the_library(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = an_event()

    def looked_up_just_before(request: HttpRequest) -> Event | None:
        found = event_named(request)
        Event.objects.all().delete()
        return found

    monkeypatch.setattr("events.admin.base.event_named", looked_up_just_before)
    typed = {"name": "Lance", "key": "item.lance", "opened": "0", "of_event": str(event.pk)}
    answer = admin_client.post(add_url(Capability, event), typed)
    assert "Key: item.lance" in answer.context["typed"]
    assert not Capability.objects.exists()


def test_a_player_whom_another_team_took_meanwhile_is_an_error_at_the_roster(admin_client: Client) -> None:
    team = a_team()
    eva = Player.objects.create(event=team.event, name="Eva")
    fields = opened(admin_client, team) | {"roster": [str(eva.pk)]}
    TeamMember.objects.create(team=team.event.teams.get(name="Apes"), player=eva, position=5)
    page = admin_client.post(change_url(team), fields)
    assert page.context["adminform"].form.errors["roster"] == ["Eva plays in Apes."]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", [a_tile, a_team, a_player], ids=lambda make: make.__name__)
def test_of_two_who_save_at_the_same_moment_one_is_told(admin_user: Any, make: Callable[[], Any]) -> None:
    part = make()
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(admin_user)
    pages = [opened(client, part) | {"name": f"By {number}"} for number, client in enumerate(clients)]
    start = Barrier(2)

    def save(number: int) -> Any:
        try:
            start.wait(10)
            return clients[number].post(change_url(part), pages[number])
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = [*threads.map(save, range(2))]
    assert sorted(answer.status_code for answer in answers) == [200, 302]
    [refused] = [answer for answer in answers if answer.status_code == 200]
    assert STALE in refused.content.decode()
    part.refresh_from_db()
    assert part.name == f"By {answers.index(refused) ^ 1}"


@pytest.mark.parametrize(
    ("part", "stored"),
    [
        (lambda: Player.objects.get(name="Zoe"), {"sessions": [{"day": "someday"}]}),
        (lambda: Activity.objects.get(key="boss.zulrah"), {"loot": [{"line": 1}], "bands": [{"size": "x"}]}),
    ],
    ids=["player", "activity"],
)
def test_what_can_not_be_read_of_a_part_is_told_and_can_be_mended(
    admin_client: Client, part: Callable[[], Any], stored: dict[str, Any]
) -> None:
    event = an_event()
    Rule.objects.all().delete()
    type(part()).objects.filter(pk=part().pk).update(**stored)
    for client in (admin_client, who_may_only_read()):
        assert client.get(list_url(type(part()), event)).status_code == 200
        assert client.get(change_url(part())).status_code == 200
    page = admin_client.get(change_url(part())).content.decode()
    for name in stored:
        assert f"The {name} that are stored can&#x27;t be read" in page
    answer = admin_client.post(change_url(part()), opened(admin_client, part()))
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert [getattr(part(), name) for name in stored] == [[] for _ in stored]
