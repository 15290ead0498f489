"""Tiles are added and changed with their rules on one page; rows that stay keep their ids."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from events.admin.workspace import add_url, change_url
from events.document import document_digest
from events.models import Activity, Capability, Drop, Event, Rule, Tile
from events.services.board import move_row
from events.transfer import document_of, put_into_library
from tests.events.admin.pages import Fields, at, fields_in, fields_of
from tests.events.factories import an_event, the_large_event, tile_data
from tests.visitors import who_may_only_read

pytestmark = pytest.mark.django_db

FORM = "tile_form"


def the_tile(key: str = "cox") -> Tile:
    """Return a tile of the small event; that of the raid has a rule with two modifiers."""
    return Tile.objects.get(event=an_event(), key=key)


def a_drop(activity: str, key: str) -> Drop:
    return Drop.objects.get(activity__key=activity, activity__event__slug="small-bingo", key=key)


def opened(client: Client, tile: Tile) -> Fields:
    return fields_of(client, change_url(tile), FORM)


def save(client: Client, tile: Tile, fields: Fields) -> Any:
    return client.post(change_url(tile), fields)


def a_rule(drop: Drop, number: int = 0, *, weight: str = "1", **more: Any) -> Fields:
    """Return what the page sends for a new rule with one drop."""
    prefix = f"rules-{number}"
    rule = {"ORDER": number, "DELETE": "", "id": "", "activity": drop.activity_id, "drops": [drop.pk]}
    rule |= {f"drops-{drop.pk}": weight, "modifiers-TOTAL_FORMS": 0} | more
    return {f"{prefix}-{name}": value for name, value in rule.items()}


def a_modifier(capability: Capability, number: int = 0, **more: Any) -> Fields:
    row = {"ORDER": number, "DELETE": "", "capability": capability.pk, "time": "", "rate": "", **more}
    return {f"modifiers-{number}-{name}": value for name, value in row.items()}


def capability(key: str = "quest.ds2") -> Capability:
    return Capability.objects.get(event__slug="small-bingo", key=key)


def form_of(page: Any) -> Any:
    assert page.status_code == 200
    return page.context["adminform"].form


def add(client: Client, event: Event, *rules: Fields, **more: Any) -> Any:
    """Add a tile with these rules; `row` and buttons by their names."""
    row = {"row": more.pop("row")} if "row" in more else {}
    fields = {"name": "Ten kills", "key": "", "points": 3, "needs": 10, "rules-TOTAL_FORMS": len(rules)}
    for rule in rules:
        fields |= rule
    return client.post(add_url(Tile, event, **row), fields | more)


def row_keys(event: Event, row: int) -> list[str]:
    return [tile.key for tile in event.tiles.filter(row=row)]


def test_a_tile_is_added_with_its_rules(admin_client: Client) -> None:
    event = an_event()
    rule = a_rule(a_drop("boss.zulrah", "kill.zulrah"), weight="0,5", requires=[capability().pk])
    page = add(admin_client, event, rule)
    tile = event.tiles.get(name="Ten kills")
    assert at(page) == f"{reverse('admin:events_event_board', args=[event.pk])}#tile-ten-kills"
    assert tile.as_data()["rules"] == [
        {"activity": "boss.zulrah", "drops": {"kill.zulrah": 0.5}, "requires": ["quest.ds2"], "modifiers": []}
    ]


def test_a_tile_without_a_row_comes_to_the_end_of_the_last(admin_client: Client) -> None:
    event = an_event()
    add(admin_client, event)
    assert row_keys(event, 1) == ["coins", "ten-kills"]


def test_a_tile_comes_to_the_end_of_the_row_that_the_address_names(admin_client: Client) -> None:
    event = an_event()
    add(admin_client, event, row=0)
    assert row_keys(event, 0) == ["zulrah", "cox", "ten-kills"]


def test_a_tile_one_past_the_last_row_begins_a_row(admin_client: Client) -> None:
    event = an_event()
    add(admin_client, event, row=2)
    assert len(document_of(event).board) == 3


def test_a_row_that_moved_meanwhile_is_told_of_before_a_tile_is_added(admin_client: Client) -> None:
    event = an_event()
    url = add_url(Tile, event, row=1)
    fields = fields_of(admin_client, url, "tile_form") | {"name": "New"}
    move_row(event_id=event.pk, seen_version=event.version, row=1, to=0)
    page = admin_client.post(url, fields)
    [told] = form_of(page).non_field_errors()
    assert "Row 2 had Coins, and has Zulrah, Cox now." in told
    assert not Tile.objects.filter(name="New").exists()
    admin_client.post(url, fields_in(page, "tile_form"))
    assert row_keys(event, 1)[-1] == "new"


def test_a_row_to_which_others_add_and_which_they_rearrange_is_the_same_row(admin_client: Client) -> None:
    event = an_event()
    url = add_url(Tile, event, row=0)
    fields = fields_of(admin_client, url, "tile_form") | {"name": "New"}
    Tile.objects.filter(key="cox").update(row=1)
    add(admin_client, event, row=0, name="Theirs")
    assert admin_client.post(url, fields).status_code == 302
    assert row_keys(event, 0) == ["zulrah", "theirs", "new"]


@pytest.mark.parametrize("row", ["3", "50", "-1", "x", "²"])
def test_a_row_that_cannot_be_is_refused(admin_client: Client, row: str) -> None:
    event = an_event()
    page = add(admin_client, event, row=row)
    assert "The board has no such row" in str(form_of(page).non_field_errors())
    assert event.tiles.count() == 3


def test_a_full_row_takes_no_more(admin_client: Client) -> None:
    event = an_event(board=[{"tiles": [tile_data(f"t{number}") for number in range(20)]}])
    page = add(admin_client, event)
    assert "Row 1 has 20 tiles, which is the most" in str(form_of(page).non_field_errors())


def test_saving_and_adding_another_stays_in_the_event_and_the_row(admin_client: Client) -> None:
    event = an_event()
    page = add(admin_client, event, row=0, _addanother="1")
    assert at(page) == add_url(Tile, event, row=0)


def test_a_made_key_is_one_that_nothing_else_has(admin_client: Client) -> None:
    event = an_event()
    add(admin_client, event)
    add(admin_client, event)
    assert row_keys(event, 1) == ["coins", "ten-kills", "ten-kills-2"]


def test_a_key_of_another_tile_is_an_error_at_the_key(admin_client: Client) -> None:
    page = add(admin_client, an_event(), key="cox")
    assert form_of(page).errors == {"key": ["Small Bingo has another tile of this key."]}


def test_a_tile_is_not_added_without_an_event(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:events_tile_add"))
    assert at(page) == reverse("admin:events_event_changelist")


def test_rows_that_stay_keep_their_ids_wherever_they_move(admin_client: Client) -> None:
    tile = the_tile()
    before = tile.rules.get()
    parts_before = [*before.modifiers.values_list("pk", flat=True)], before.drops.get().pk
    drop = a_drop("boss.zulrah", "kill.zulrah")
    fields = opened(admin_client, tile) | a_rule(drop, 1, ORDER=0)
    fields |= {"rules-TOTAL_FORMS": 2, "rules-0-ORDER": 1}
    assert save(admin_client, tile, fields).status_code == 302
    first, second = tile.rules.all()
    assert (first.activity.key, second.pk) == ("boss.zulrah", before.pk)
    assert ([*second.modifiers.values_list("pk", flat=True)], second.drops.get().pk) == parts_before


def test_a_removed_rule_goes_with_its_parts(admin_client: Client) -> None:
    tile = the_tile()
    save(admin_client, tile, opened(admin_client, tile) | {"rules-0-DELETE": "on"})
    assert not Rule.objects.filter(tile=tile).exists()


def test_the_order_of_drops_and_requirements_is_that_of_the_page(admin_client: Client) -> None:
    tile = the_tile("zulrah")
    kill, fang = a_drop("boss.zulrah", "kill.zulrah"), a_drop("boss.zulrah", "unique.fang")
    fields = opened(admin_client, tile) | {
        "rules-0-drops": [str(kill.pk), str(fang.pk)],
        "rules-0-requires": [str(capability("quest.ds2").pk), str(capability("item.lance").pk)],
    }
    save(admin_client, tile, fields)
    [rule] = document_of(tile.event).board[0].tiles[0].rules
    assert ([*rule.drops], rule.requires) == (["kill.zulrah", "unique.fang"], ["quest.ds2", "item.lance"])


def test_a_drop_of_another_activity_is_an_error_at_the_drops(admin_client: Client) -> None:
    event = an_event()
    zulrah = Activity.objects.get(event=event, key="boss.zulrah")
    page = add(admin_client, event, a_rule(a_drop("raid.cox", "loot.cox"), activity=zulrah.pk))
    [rule] = form_of(page).nested["rules"].rows
    assert rule.errors["drops"] == ["Zulrah (boss.zulrah) never drops loot.cox (did you mean loot.coins?)."]


def test_an_activity_of_another_event_is_an_error_at_the_activity(admin_client: Client) -> None:
    event = an_event()
    other = Activity.objects.get(event=an_event(slug="other"), key="raid.cox")
    page = add(admin_client, event, a_rule(other.drops.get()))
    [rule] = form_of(page).nested["rules"].rows
    assert "not there any more" in rule.errors["activity"][0]


@pytest.mark.parametrize("weight", ["0", "-1", "1001", "", "lots"])
def test_a_weight_that_cannot_be_is_an_error_at_the_drops_and_is_kept(
    admin_client: Client, weight: str
) -> None:
    page = add(admin_client, an_event(), a_rule(a_drop("raid.cox", "loot.cox"), weight=weight))
    [rule] = form_of(page).nested["rules"].rows
    assert rule.errors["drops"][0].startswith("loot.cox: ")
    assert f'value="{weight}"' in str(rule["drops"])


def test_a_rule_without_a_drop_is_refused_and_shows_what_there_is(admin_client: Client) -> None:
    page = add(admin_client, an_event(), a_rule(a_drop("raid.cox", "loot.cox"), drops=[]))
    [rule] = form_of(page).nested["rules"].rows
    assert "Tick at least one drop" in rule.errors["drops"][0]
    assert "loot.cox" in str(rule["drops"])


def test_the_same_capability_in_two_modifiers_is_an_error_at_the_second(admin_client: Client) -> None:
    event = an_event()
    modifiers = a_modifier(capability(), 0) | a_modifier(capability(), 1) | {"modifiers-TOTAL_FORMS": 2}
    page = add(admin_client, event, a_rule(a_drop("raid.cox", "loot.cox"), **modifiers))
    [rule] = form_of(page).nested["rules"].rows
    first, second = rule.nested["modifiers"].rows
    assert (list(first.errors), list(second.errors)) == ([], ["capability"])


def test_a_capability_of_the_library_is_an_error_at_it(admin_client: Client) -> None:
    event = an_event()
    kept = put_into_library(capability())
    modifiers = a_modifier(kept) | {"modifiers-TOTAL_FORMS": 1}
    rule = a_rule(a_drop("raid.cox", "loot.cox"), requires=[kept.pk], **modifiers)
    [rule_form] = form_of(add(admin_client, event, rule)).nested["rules"].rows
    assert "requires" in rule_form.errors
    assert "capability" in rule_form.nested["modifiers"].rows[0].errors


def test_at_most_20_rules_and_8_modifiers_are_taken(admin_client: Client) -> None:
    event = an_event()
    drop = a_drop("raid.cox", "loot.cox")
    modifiers: Fields = {"modifiers-TOTAL_FORMS": 9}
    for number in range(9):
        modifiers |= a_modifier(capability(), number)
    rules = [a_rule(drop, 0, **modifiers), *(a_rule(drop, number) for number in range(1, 21))]
    rule_set = form_of(add(admin_client, event, *rules)).nested["rules"]
    assert rule_set.non_form_errors() == ["There may be at most 20."]
    assert rule_set.rows[0].nested["modifiers"].non_form_errors() == ["There may be at most 8."]


def test_all_errors_come_at_once_and_what_was_typed_stays(admin_client: Client) -> None:
    page = add(
        admin_client, an_event(), a_rule(a_drop("raid.cox", "loot.cox"), weight="0"), points="0", needs="x"
    )
    form = form_of(page)
    assert {"points", "needs", "rules"} <= form.errors.keys()
    assert 'value="x"' in str(form["needs"])
    assert not Tile.objects.filter(name="Ten kills").exists()


def test_changes_of_rules_are_told_in_words(admin_client: Client) -> None:
    tile = the_tile()
    save(admin_client, tile, opened(admin_client, tile) | {"points": 7, "rules-0-modifiers-0-time": "0.8"})
    own = LogEntry.objects.get(content_type__model="tile").change_message
    of_event = LogEntry.objects.get(content_type__model="event").change_message
    assert own == "Points: 2 → 7; Rule 1, Modifier item.lance, Time ×: 0.9 → 0.8"
    assert of_event == f"tile Cox: {own}"


def test_the_page_leads_to_its_neighbours_and_to_the_board(admin_client: Client) -> None:
    page = admin_client.get(change_url(the_tile())).content.decode()
    for key in ("zulrah", "coins"):
        assert change_url(Tile.objects.get(key=key)) in page
    assert "Row 1, tile 2" in page


def test_without_an_activity_the_page_says_where_to_get_some(admin_client: Client) -> None:
    event = an_event(activities={}, board=[], capabilities={}, players={}, teams={})
    page = admin_client.get(add_url(Tile, event)).content.decode()
    assert f"{reverse('admin:events_activity_from_library')}?event={event.pk}" in page
    assert add_url(Activity, event) in page


def drops_of(client: Client, **query: Any) -> Any:
    return client.get(reverse("admin:events_tile_drops"), query)


def test_the_drops_of_a_chosen_activity_come_without_the_page(admin_client: Client) -> None:
    activity = Activity.objects.get(event=an_event(), key="raid.cox")
    page = drops_of(admin_client, name="rules-3-drops", activity=activity.pk)
    assert f'name="rules-3-drops" value="{activity.drops.get().pk}"' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"name": "rules-0-drops"}, 200),
        ({"name": "rules-0-drops", "activity": "x"}, 404),
        ({"name": "rules-0-drops", "activity": "123456"}, 404),
        ({"name": '"><script>', "activity": ""}, 400),
    ],
)
def test_drops_are_told_of_activities_that_there_are(
    admin_client: Client, query: dict[str, str], status: int
) -> None:
    assert drops_of(admin_client, **query).status_code == status


def test_who_may_not_see_tiles_sees_no_drops(client: Client) -> None:
    client.force_login(User.objects.create_user("guest", is_staff=True))
    assert drops_of(client, name="rules-0-drops").status_code == 403


def test_who_may_only_read_sees_the_rules_and_changes_nothing() -> None:
    tile = the_tile()
    client = who_may_only_read()
    page = client.get(change_url(tile))
    assert page.status_code == 200
    assert 'class="module parts" disabled' in page.content.decode()
    assert client.post(change_url(tile), {"name": "Mine"}).status_code == 403


def test_opening_and_saving_tiles_changes_nothing(admin_client: Client) -> None:
    event = the_large_event()
    digest = document_digest(document_of(event))
    rules = {*Rule.objects.values_list("pk", flat=True)}
    for tile in [*event.tiles.all()][::7]:
        assert save(admin_client, tile, opened(admin_client, tile)).status_code == 302
    assert document_digest(document_of(event)) == digest
    assert {*Rule.objects.values_list("pk", flat=True)} == rules


def n_queries(client: Client, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_a_page_asks_the_same_of_few_rules_and_of_many(admin_client: Client) -> None:
    tiles = [*the_large_event().tiles.all()]
    fewest, most = (pick(tiles, key=lambda tile: tile.rules.count()) for pick in (min, max))
    assert most.rules.count() == 20
    few, many = (n_queries(admin_client, change_url(tile)) for tile in (fewest, most))
    assert many <= few + 3
    assert many <= 27
