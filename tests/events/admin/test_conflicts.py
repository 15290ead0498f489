"""Whoever saves second is told who saved, when and what, beside what they typed themselves."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events.admin.workspace import add_url, change_url
from events.models import Activity, Event, Player, Team, TeamMember, Tile
from tests.events.admin.documents import carried_by, page_of, text_of
from tests.events.admin.library import a_library, address, entry
from tests.events.admin.pages import Fields, fields_in, fields_of
from tests.events.factories import an_event, document_data
from tests.simulations.factories import a_completed_simulation

pytestmark = pytest.mark.django_db

AT = r"on \d{1,2} \w+ \d{4}, \d\d:\d\d UTC: "


@pytest.fixture
def ben() -> Client:
    """The browser of Ben Smith, who may do everything, too."""
    client = Client()
    client.force_login(User.objects.create_superuser("ben", first_name="Ben", last_name="Smith"))
    return client


def form_id(part: Any) -> str:
    return f"{part._meta.model_name}_form"


def opened(client: Client, part: Any) -> Fields:
    return fields_of(client, change_url(part), form_id(part))


def save(client: Client, part: Any, fields: Fields, **typed: Any) -> Any:
    return client.post(change_url(part), fields | typed)


def rows_in(page: Any) -> list[tuple[str, str, str]]:
    return [tuple(row) for row in page.context["adminform"].form.conflict.rows]


PARTS: list[tuple[Callable[[], Any], str, Any, Any, tuple[str, str, str]]] = [
    (lambda: Event.objects.get(), "unlock_points", "3", "4", ("Points to open a row", "3", "4")),
    (lambda: Tile.objects.get(key="cox"), "points", "7", "8", ("Points", "7", "8")),
    (
        lambda: Team.objects.get(name="Zebras"),
        "strategy",
        "row_unlocking",
        "combo_unlocking",
        ("Strategy", "row_unlocking", "combo_unlocking"),
    ),
    (lambda: Player.objects.get(name="Zoe"), "skill", "0.5", "0.75", ("Skill", "0.5", "0.75")),
    (
        lambda: Player.objects.get(name="Zoe"),
        "timezone",
        "UTC",
        "Asia/Tokyo",
        ("Time zone", "UTC", "Asia/Tokyo"),
    ),
    (
        lambda: Activity.objects.get(key="boss.zulrah"),
        "attempt_seconds",
        "80",
        "70",
        ("Attempt, seconds", "80", "70"),
    ),
    (lambda: Event.objects.get().capabilities.get(key="item.lance"), "name", "A", "B", ("Name", "A", "B")),
]


@pytest.mark.parametrize(("the_part", "field", "theirs", "mine", "row"), PARTS)
def test_both_values_are_told_with_who_saved_and_when(
    admin_client: Client,
    ben: Client,
    the_part: Callable[[], Any],
    field: str,
    theirs: str,
    mine: str,
    row: tuple[str, str, str],
) -> None:
    an_event()
    part = the_part()
    fields = opened(admin_client, part)
    assert save(ben, part, opened(ben, part), **{field: theirs}).status_code == 302
    page = save(admin_client, part, fields, **{field: mine})
    assert rows_in(page) == [row]
    assert re.search(f"<li>Ben Smith {AT}.*→", text_of(page))
    assert fields_in(page, form_id(part))[field] in (mine, [mine])
    assert "events/conflict.css" in text_of(page)


def test_what_they_left_alone_is_no_conflict_and_is_not_saved_either(
    admin_client: Client, ben: Client
) -> None:
    an_event()
    player = Player.objects.get(name="Zoe")
    fields = opened(admin_client, player)
    save(ben, player, opened(ben, player), timezone="UTC")
    page = save(admin_client, player, fields, skill="0.5")
    assert rows_in(page) == [("Time zone", "UTC", "none")]
    player.refresh_from_db()
    assert (str(player.skill.normalize()), player.timezone) == ("0.85", "UTC")


def test_the_same_change_of_both_undoes_nothing(admin_client: Client, ben: Client) -> None:
    an_event()
    player = Player.objects.get(name="Zoe")
    fields = opened(admin_client, player)
    save(ben, player, opened(ben, player), skill="0.5")
    page = save(admin_client, player, fields, skill="0.5")
    assert rows_in(page) == []
    assert "is written in your form just so" in text_of(page)


def test_rows_of_rows_are_told_apart_to_the_value(admin_client: Client, ben: Client) -> None:
    an_event()
    tile = Tile.objects.get(key="zulrah")
    fields = opened(admin_client, tile)
    drop = next(name for name in fields if re.fullmatch(r"rules-0-drops-\d+", name))
    save(ben, tile, opened(ben, tile), **{drop: "3"})
    page = save(admin_client, tile, fields, **{drop: "2"})
    assert rows_in(page) == [("Rules, 1, drops, unique.fang", "3", "2")]


def test_sessions_and_rosters_are_told_entry_by_entry(admin_client: Client, ben: Client) -> None:
    event = an_event()
    player, team = Player.objects.get(name="Zoe"), Team.objects.get(name="Zebras")
    of_player, of_team = opened(admin_client, player), opened(admin_client, team)
    save(ben, player, opened(ben, player) | {"sessions-0-until": "", "sessions-0-minutes": "33"})
    save(ben, team, opened(ben, team), roster=[str(event.players.get(name="Adam").pk)])
    [*sessions] = rows_in(save(admin_client, player, of_player, skill="1"))
    assert {(row[1], row[2]) for row in sessions} == {("there", "not there"), ("not there", "there")}
    assert all(row[0].startswith("Sessions, ") for row in sessions)
    assert ("Players, Zoe", "not there", "there") in rows_in(save(admin_client, team, of_team, name="A"))


def test_who_typed_something_wrong_is_told_who_saved_and_sees_both_later(
    admin_client: Client, ben: Client
) -> None:
    an_event()
    player = Player.objects.get(name="Zoe")
    fields = opened(admin_client, player)
    save(ben, player, opened(ben, player), skill="0.5")
    page = save(admin_client, player, fields, skill="fast")
    assert re.search(f"<li>Ben Smith {AT}Skill: 0.85 → 0.5.</li>", text_of(page))
    assert "stand side by side here once what is marked below is right" in text_of(page)


def test_ones_own_save_in_another_window_is_told_as_such(admin_client: Client) -> None:
    an_event()
    player = Player.objects.get(name="Zoe")
    fields = opened(admin_client, player)
    save(admin_client, player, opened(admin_client, player), skill="0.5")
    assert re.search(f"<li>You {AT}", text_of(save(admin_client, player, fields, skill="0.75")))


def test_a_change_that_no_history_tells_of_is_laid_on_nobody(admin_client: Client, ben: Client) -> None:
    an_event()
    player = Player.objects.get(name="Zoe")
    save(ben, player, opened(ben, player), skill="0.6")
    fields = opened(admin_client, player)
    Player.objects.filter(pk=player.pk).update(skill="0.5")
    text = text_of(save(admin_client, player, fields, skill="0.75"))
    assert "The history does not say by whom" in text
    assert "Ben Smith" not in text


def test_what_changed_by_way_of_another_part_is_told_from_the_events_history(
    admin_client: Client, ben: Client
) -> None:
    event = an_event()
    team = Team.objects.get(name="Zebras")
    fields = opened(admin_client, team)
    player = event.players.get(name="Zoe")
    save(ben, player, opened(ben, player), name="Zara")
    page = save(admin_client, team, fields, name="Zebra")
    assert re.search(f"Ben Smith {AT}player Zara: Name: Zoe → Zara", text_of(page))


def test_the_board_tells_who_changed_what_and_what_was_not_done(admin_client: Client, ben: Client) -> None:
    event = an_event()
    page = admin_client.get(page_of("board", event))
    posted = {"version": event.version, "opened": page.context["opened"]}
    coins, url = Tile.objects.get(key="coins"), reverse("admin:events_event_change_board", args=[event.pk])
    ben.post(url, posted | {"do": f"shift_tile:{coins.pk}:up"})
    answer = admin_client.post(
        url, posted | {"do": f"move_tile:{coins.pk}:0:1"}, headers={"X-Requested-With": "fetch"}
    )
    assert answer.status_code == 409
    told, *saves = answer.json()["said"].splitlines()
    assert told.endswith("So nothing was done: you wanted to move Coins to place 2 of row 1.")
    [save] = saves
    assert re.fullmatch(f"Ben Smith {AT}board: tile Coins moved from row 2 to row 1.", save)


def test_a_new_tile_for_a_row_that_moved_tells_who_moved_it(admin_client: Client, ben: Client) -> None:
    event = an_event()
    url = add_url(Tile, event, row=1)
    fields = fields_of(admin_client, url, "tile_form") | {"name": "New"}
    change = {"do": "move_row:1:0", "version": event.version}
    ben.post(reverse("admin:events_event_change_board", args=[event.pk]), change)
    text = text_of(admin_client.post(url, fields))
    assert "Row 2 had Coins, and has Zulrah, Cox now." in text
    assert re.search(f"Ben Smith {AT}board: row 2 moved to be row 1", text)


def test_a_player_whom_another_team_took_is_told_with_who_did_so(admin_client: Client, ben: Client) -> None:
    event = an_event()
    zebras, apes = Team.objects.get(name="Zebras"), Team.objects.get(name="Apes")
    eva = Player.objects.create(event=event, name="Eva", position=9)
    fields = opened(admin_client, zebras) | {"roster": [str(eva.pk)]}
    save(ben, apes, opened(ben, apes), roster=[str(eva.pk)])
    assert TeamMember.objects.get(player=eva).team == apes
    [error] = save(admin_client, zebras, fields).context["adminform"].form.errors["roster"]
    assert re.match(f"Eva plays in Apes. Ben Smith {AT}", error)


def test_the_library_tells_who_changed_what_was_compared(admin_client: Client, ben: Client) -> None:
    activity = entry(Activity, "boss.zulrah", a_library())
    url = address(activity, "put_into_library")
    save(ben, activity, opened(ben, activity), attempt_seconds="81")
    page = admin_client.get(url)
    seen = {name: page.context[name] for name in ("seen", "opened")}
    save(ben, activity, opened(ben, activity), attempt_seconds="82")
    text = text_of(admin_client.post(url, seen, follow=True))
    assert re.search(
        f"It was changed meanwhile.* Ben Smith {AT}An attempt takes: 81 seconds → 82 seconds", text
    )


def test_an_import_and_a_paste_tell_who_changed_the_event_after_the_preview(
    admin_client: Client, ben: Client
) -> None:
    event = an_event()
    pages = {
        page_of("import"): {"text": str(document_data(name="New Name"))},
        page_of("players_csv", event): {"text": "name,skill\nZoe,0.5"},
    }
    carried = {url: carried_by(admin_client.post(url, typed)) for url, typed in pages.items()}
    player = event.players.get(name="Mia")
    save(ben, player, opened(ben, player), skill="0.7")
    for url, posted in carried.items():
        text = text_of(admin_client.post(url, posted))
        assert re.search(f"after this preview was made. Ben Smith {AT}player Mia: Skill: 1.25 → 0.7", text)


def test_who_steers_a_simulation_second_is_told_who_did_before(admin_client: Client, ben: Client) -> None:
    simulation = a_completed_simulation()

    def steer(client: Client, how: str, **typed: str) -> str:
        url = reverse(f"admin:simulations_simulation_{how}", args=[simulation.pk])
        return text_of(client.post(url, typed, follow=True))

    type(simulation).objects.filter(pk=simulation.pk).update(status="running", mode="distributed")
    steer(ben, "cancel")
    assert re.search(
        f"is cancelled: nothing to cancel. Ben Smith {AT}Cancelled.", steer(admin_client, "cancel")
    )
    runs = str(simulation.n_runs)
    assert re.search(
        f"give a larger number. Ben Smith {AT}Cancelled.", steer(admin_client, "extend", runs=runs)
    )
