"""Activities are listed, read, added and changed with their loot, and nothing wrong is saved."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from events.document import document_digest
from events.models import Activity, Event, RuleDrop
from events.transfer import document_of, put_into_library, store_document
from tests.events.admin.pages import Fields, fields_in, fields_of
from tests.events.factories import an_event, the_large_document, the_large_event, zulrah_data
from tests.visitors import who_may

pytestmark = pytest.mark.django_db

LIST = "/admin/events/activity/"
FORM = "activity_form"
BOTH_OR_NEITHER = "Parties need a smallest and a largest size: fill in both, or neither."


def change_url(activity: Activity) -> str:
    return reverse("admin:events_activity_change", args=[activity.pk])


def zulrah() -> Activity:
    """Return Zulrah of the small event: alone or in parties, one line of three outcomes, one band."""
    return Activity.objects.get(event=an_event(), key="boss.zulrah")


def save(client: Client, activity: Activity, **changes: Any) -> Any:
    """Open an activity, type something, and save; `__` in names is `-`."""
    fields = fields_of(client, change_url(activity), FORM)
    return client.post(change_url(activity), fields | dashed(changes))


def dashed(changes: Fields) -> Fields:
    return {name.replace("__", "-"): value for name, value in changes.items()}


def digest_of_its_event(activity: Activity) -> str:
    assert activity.event is not None
    return document_digest(document_of(activity.event))


def add_url(event: Event | None) -> str:
    query = f"?event={event.pk}" if event else ""
    return reverse("admin:events_activity_add") + query


def rows_of(page: Any, name: str = "loot") -> Any:
    return page.context["adminform"].form.nested[name]


@pytest.mark.any_database
def test_opening_and_saving_every_activity_of_a_large_event_changes_nothing(admin_client: Client) -> None:
    # Without its board and its people, with which every save would compare the activities again.
    document = the_large_document().model_copy(update={"board": [], "teams": {}, "players": {}})
    event = store_document(document).event
    assert event is not None
    activities = event.activities.all()
    assert len(activities) == 76
    for activity in activities:
        page = save(admin_client, activity)
        assert page.status_code == 302, page.context["adminform"].form.errors
    assert document_digest(document_of(event)) == document_digest(document)
    assert LogEntry.objects.exclude(change_message="Nothing changed.").count() == 0


def test_nothing_but_what_was_typed_changes(admin_client: Client) -> None:
    activity = zulrah()
    page = save(
        admin_client,
        activity,
        attempt_seconds="100",
        loot__0__outcomes__0__rate="0,5 %",
        loot__0__outcomes__0__drops__1__units="2-5",
    )
    assert page.status_code == 302
    stored = document_of(Event.objects.get()).activities["boss.zulrah"]
    outcomes = [
        {"rate": "1/200", "drops": {"unique.fang": 3, "kill.zulrah": "2-5"}},
        *zulrah_data()["loot"][0]["outcomes"][1:],
    ]
    wanted = zulrah_data(
        attempt={"seconds": 100, "spread": 30, "model": "normal"},
        loot=[{"line": "main", "outcomes": outcomes}],
    )
    assert stored == type(stored).model_validate(wanted)


def test_times_are_typed_as_pages_show_them(admin_client: Client) -> None:
    activity = zulrah()
    typed = {
        "attempt_seconds": "1:40",
        "attempt_spread": "0:20",
        "loot__0__outcomes__1__penalty_seconds": "2:05",
    }
    assert save(admin_client, activity, **typed).status_code == 302
    activity.refresh_from_db()
    assert (activity.attempt_seconds, activity.attempt_spread) == (100, 20)
    assert activity.as_data()["loot"][0]["outcomes"][1]["penalty_seconds"] == 125


def test_outcomes_are_added_moved_and_removed(admin_client: Client) -> None:
    added = {
        "loot-0-outcomes-TOTAL_FORMS": "4",
        "loot-0-outcomes-1-DELETE": "on",
        "loot-0-outcomes-3-rate": "1 in 1000",
        "loot-0-outcomes-3-ORDER": "0",
        "loot-0-outcomes-0-ORDER": "1",
        "loot-0-outcomes-3-penalty_seconds": "60",
        "loot-0-outcomes-3-drops-TOTAL_FORMS": "1",
        "loot-0-outcomes-3-drops-0-key": "pet.snakeling",
        "loot-0-outcomes-3-drops-0-units": "1",
    }
    activity = zulrah()
    assert save(admin_client, activity, **added).status_code == 302
    activity.refresh_from_db()
    [line] = activity.as_data()["loot"]
    assert [outcome["rate"] for outcome in line["outcomes"]] == ["1/1000", "3/4", "1/8"]
    assert line["outcomes"][0] == {
        "rate": "1/1000",
        "drops": {"pet.snakeling": 1},
        "penalty_seconds": 60,
    }
    assert [drop.key for drop in activity.drops.all()] == [
        "pet.snakeling",
        "unique.fang",
        "kill.zulrah",
        "loot.coins",
    ]


def test_loot_lines_are_moved(admin_client: Client) -> None:
    second = {
        "loot-TOTAL_FORMS": "2",
        "loot-1-ORDER": "0",
        "loot-0-ORDER": "1",
        "loot-1-line": "pet",
        "loot-1-roll": "per_group",
        "loot-1-times": "2",
        "loot-1-outcomes-TOTAL_FORMS": "1",
        "loot-1-outcomes-0-rate": "1/5000",
        "loot-1-outcomes-0-drops-TOTAL_FORMS": "0",
    }
    activity = zulrah()
    assert save(admin_client, activity, **second).status_code == 302
    activity.refresh_from_db()
    assert [line["line"] for line in activity.loot] == ["pet", "main"]
    assert (activity.loot[0]["roll"], activity.loot[0]["times"]) == ("per_group", 2)


def test_a_wrong_rate_is_an_error_at_that_outcome(admin_client: Client) -> None:
    page = save(admin_client, zulrah(), name="", loot__0__outcomes__1__rate="often")
    assert page.status_code == 200
    form = page.context["adminform"].form
    assert form.errors["name"] == ["This field is required."]
    outcome = rows_of(page).rows[0].nested["outcomes"].rows[1]
    assert outcome.errors == {"rate": ['must be a rate above 0 and up to 1, like 3/4 or 0.02, not "often"']}
    html = page.content.decode()
    assert html.count("must be a rate above 0") == 1
    # Everything that was typed is there still.
    assert fields_in(page, FORM)["loot-0-outcomes-1-rate"] == "often"
    assert Activity.objects.get(key="boss.zulrah").name == "Zulrah"


def test_rates_that_come_to_more_than_1_are_an_error_of_their_line(admin_client: Client) -> None:
    page = save(admin_client, zulrah(), loot__0__outcomes__0__rate="0.9")
    errors = rows_of(page).rows[0].nested["outcomes"].non_form_errors()
    assert errors == ["the rates must sum to at most 1, not 1.045"]


def test_a_drop_that_comes_twice_in_an_outcome_is_an_error_at_the_second(admin_client: Client) -> None:
    page = save(admin_client, zulrah(), loot__0__outcomes__0__drops__1__key="unique.fang")
    drops = rows_of(page).rows[0].nested["outcomes"].rows[0].nested["drops"]
    assert [list(row.errors) for row in drops.rows] == [[], ["key"]]


def test_a_loot_line_of_the_name_of_another_is_an_error_at_its_name(admin_client: Client) -> None:
    entry = put_into_library(zulrah())
    for activity in (zulrah(), entry):
        fields = fields_of(admin_client, change_url(activity), FORM)
        first = [(name, value) for name, value in fields.items() if name.startswith("loot-0-")]
        second = {name.replace("loot-0-", "loot-1-"): value for name, value in first}
        page = admin_client.post(change_url(activity), {**fields, **second, "loot-TOTAL_FORMS": "2"})
        assert [list(row.errors) for row in rows_of(page).rows] == [[], ["line"]]


def test_a_band_that_holds_the_size_of_another_is_an_error_at_its_size(admin_client: Client) -> None:
    second = {"bands-TOTAL_FORMS": "2", "bands-1-size": "4-6", "bands-1-time": "", "bands-1-rate": ""}
    page = save(admin_client, zulrah(), **second)
    errors = [dict(row.errors) for row in rows_of(page, "bands").rows]
    assert errors == [{}, {"size": ["another band holds the size 4, too"]}]
    assert page.context["adminform"].form.non_field_errors() == []


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"group_min": "9"}, "group_min", "must be at most the largest party, which is 8"),
        ({"group_min": ""}, "group_min", BOTH_OR_NEITHER),
        ({"group_max": ""}, "group_max", BOTH_OR_NEITHER),
        ({"group_max": "1000"}, "group_max", "must be a whole number from 1 to 100, not 1000"),
        ({"attempt_spread": "121"}, "attempt_spread", "must be at most the 120 seconds, not 121"),
        (
            {"attempt_seconds": "0"},
            "attempt_seconds",
            "must be a whole number from 1 to 86,400, in seconds or as minutes and seconds like 1:30, not 0",
        ),
        ({"key": "raid.cox"}, "key", "Small Bingo has another activity of this key."),
        ({"name": ""}, "name", "This field is required."),
        (
            {"attempt_model": "x"},
            "attempt_model",
            "Select a valid choice. x is not one of the available choices.",
        ),
    ],
)
def test_what_is_wrong_is_said_once_and_at_its_field(
    admin_client: Client, changes: Fields, field: str, message: str
) -> None:
    page = save(admin_client, zulrah(), **changes)
    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert errors[field][0].replace('"', "") == message
    assert list(errors) == [field]


def test_an_activity_that_nobody_could_do_is_refused(admin_client: Client) -> None:
    activity = zulrah()
    fields = fields_of(admin_client, change_url(activity), FORM) | {"group_min": "", "group_max": ""}
    del fields["solo"]
    page = admin_client.post(change_url(activity), fields)
    assert list(page.context["adminform"].form.errors) == ["solo"]


def test_rules_accept_a_drop_under_its_new_name(admin_client: Client) -> None:
    activity = zulrah()
    page = save(admin_client, activity, loot__0__outcomes__0__drops__1__key="kill.snake")
    assert page.status_code == 302
    accepted = RuleDrop.objects.filter(rule__tile__key="zulrah").values_list("drop__key", flat=True)
    assert [*accepted] == ["unique.fang", "kill.snake"]
    assert activity.event is not None
    assert "kill.snake" in document_of(activity.event).board[0].tiles[0].rules[0].drops


def test_a_drop_may_take_the_name_that_another_had(admin_client: Client) -> None:
    first, second = (f"loot-0-outcomes-0-drops-{ix}-key" for ix in (0, 1))
    names = {first: "unique.new", second: "unique.fang"}
    assert save(admin_client, zulrah(), **names).status_code == 302
    accepted = RuleDrop.objects.filter(rule__tile__key="zulrah").values_list("drop__key", flat=True)
    assert [*accepted] == ["unique.new", "unique.fang"]


def test_two_drops_that_change_places_are_not_renamed(admin_client: Client) -> None:
    activity = zulrah()
    first, second = (f"loot-0-outcomes-0-drops-{ix}-key" for ix in (0, 1))
    assert save(admin_client, activity, **{first: "kill.zulrah", second: "unique.fang"}).status_code == 302
    accepted = RuleDrop.objects.filter(rule__tile__key="zulrah").values_list("drop__key", flat=True)
    assert [*accepted] == ["unique.fang", "kill.zulrah"]


def test_loot_that_rules_accept_can_not_be_lost(admin_client: Client) -> None:
    activity = zulrah()
    page = save(admin_client, activity, **{"loot-0-outcomes-0-drops-1-DELETE": "on"})
    assert page.status_code == 200
    assert rows_of(page).non_form_errors() == ["Rules accept kill.zulrah (tile Zulrah): change them first."]
    assert "Rules accept kill.zulrah" in page.content.decode()
    activity.refresh_from_db()
    assert "kill.zulrah" in [drop.key for drop in activity.drops.all()]


@pytest.mark.parametrize(
    "damage",
    [
        {"loot-TOTAL_FORMS": "999999999"},
        {"loot-TOTAL_FORMS": ""},
        {"loot-0-outcomes-TOTAL_FORMS": "x"},
        {"loot-0-outcomes-0-drops-TOTAL_FORMS": "-1"},
        {"loot-0-roll": "nobody"},
        {"loot-0-outcomes-0-rate": None},
        {"bands-0-size": "4-2"},
    ],
)
def test_a_damaged_page_is_refused_with_errors(admin_client: Client, damage: Fields) -> None:
    activity = zulrah()
    fields = fields_of(admin_client, change_url(activity), FORM) | damage
    before = digest_of_its_event(activity)
    page = admin_client.post(change_url(activity), {k: v for k, v in fields.items() if v is not None})
    assert page.status_code == 200
    assert page.context["adminform"].form.errors
    assert digest_of_its_event(activity) == before


def test_an_activity_is_added_last_and_with_its_loot(admin_client: Client) -> None:
    event = an_event()
    fields = fields_of(admin_client, add_url(event), FORM)
    assert fields["solo"] == "on"
    typed = {
        "name": "Vorkath",
        "key": "boss.vorkath",
        "attempt_seconds": "95",
        "loot-TOTAL_FORMS": "1",
        "loot-0-line": "main",
        "loot-0-roll": "per_player",
        "loot-0-times": "2",
        "loot-0-outcomes-TOTAL_FORMS": "1",
        "loot-0-outcomes-0-rate": "1/50",
        "loot-0-outcomes-0-drops-TOTAL_FORMS": "1",
        "loot-0-outcomes-0-drops-0-key": "unique.head",
        "loot-0-outcomes-0-drops-0-units": "1",
    }
    page = admin_client.post(add_url(event), fields | typed)
    assert page.status_code == 302, page.context["adminform"].form.errors
    document = document_of(event)
    assert list(document.activities) == ["boss.zulrah", "raid.cox", "boss.vorkath"]
    added = document.activities["boss.vorkath"]
    assert added.drop_keys() == ["unique.head"]
    assert added.loot[0].times == 2


def test_an_activity_without_a_key_gets_one_from_its_name(admin_client: Client) -> None:
    fields = fields_of(admin_client, add_url(None), FORM)
    typed = {"name": "Theatre of Blood", "key": "", "attempt_seconds": "1200"}
    assert admin_client.post(add_url(None), fields | typed).status_code == 302
    assert Activity.objects.get().key == "theatre-of-blood"


def test_the_library_and_each_event_may_have_the_same_key(admin_client: Client) -> None:
    zulrah()
    fields = fields_of(admin_client, add_url(None), FORM)
    typed = {"name": "Zulrah", "key": "boss.zulrah", "attempt_seconds": "95"}
    assert admin_client.post(add_url(None), fields | typed).status_code == 302
    page = admin_client.post(add_url(None), fields | typed)
    assert list(page.context["adminform"].form.errors) == ["key"]


def test_a_page_shows_no_json_and_suggests_the_drops_of_its_event(admin_client: Client) -> None:
    html = admin_client.get(change_url(zulrah())).content.decode()
    assert "[{" not in re.sub(r"(?s)<script.*?</script>|<head.*?</head>", "", html).replace("&quot;", '"')
    suggested = re.search(r'(?s)<datalist id="drop-keys">(.*?)</datalist>', html)
    assert suggested
    assert re.findall(r'value="([^"]+)"', suggested[1]) == [
        "kill.zulrah",
        "loot.coins",
        "loot.cox",
        "unique.fang",
    ]


def test_who_may_only_read_is_told_the_loot_in_words(admin_client: Client) -> None:
    activity = zulrah()
    page = who_may("view_activity", "view_event").get(change_url(activity))
    html = " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())
    assert "alone, or parties of 1 to 8" in html
    assert "1:30 to 2:30 minutes: a bell curve around the middle" in html
    assert "every member rolls" in html
    assert "3/4 3 × unique.fang, kill.zulrah" in html
    assert "1/50 a death, which costs 1:30 minutes" in html
    assert "1/8 30 to 200 × loot.coins" in html
    assert "10.5 % the rest is nothing" in html
    assert "parties of 2 to 4: an attempt's time × 0.85 and all rates × 1.1" in html.replace("&#x27;", "'")
    assert 'name="name"' not in page.content.decode()


def test_who_may_only_read_can_not_save(admin_client: Client) -> None:
    activity = zulrah()
    fields = fields_of(admin_client, change_url(activity), FORM) | {"name": "Snake"}
    assert who_may("view_activity").post(change_url(activity), fields).status_code == 403


def queries_of(client: Client, url: str, django_assert_max_num_queries: Any) -> int:
    with django_assert_max_num_queries(60) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_a_list_and_a_page_take_as_many_queries_however_much_there_is(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    small = an_event()
    large = the_large_event()
    admin_client.get(LIST)
    numbers = [
        [
            queries_of(admin_client, f"{LIST}?event={event.pk}", django_assert_max_num_queries),
            queries_of(admin_client, change_url(event.activities.all()[0]), django_assert_max_num_queries),
        ]
        for event in (small, large)
    ]
    assert numbers[0] == numbers[1]
    assert max(numbers[0]) <= 20
