"""An event's history tells who changed what, and when."""

import json
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, CHANGE, LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.test import Client, RequestFactory
from django.urls import reverse

from events.admin.history import log_event_changes, log_part
from events.models import Activity, Capability, Event, Player, Tile
from events.transfer import put_into_library
from tests.events.admin.documents import carried_by, history_of, page_of, text_of
from tests.events.factories import an_event, document_data
from tests.visitors import who_may

pytestmark = pytest.mark.django_db


def a_request(name: str = "Ada") -> Any:
    request = RequestFactory().get("/")
    request.user, _ = User.objects.get_or_create(username=name)
    return request


def add_entries(event: Event, count: int) -> None:
    kind, user = ContentType.objects.get_for_model(Event), a_request().user
    LogEntry.objects.bulk_create(
        LogEntry(
            user=user,
            content_type=kind,
            object_id=str(event.pk),
            action_flag=ADDITION,
            change_message=f"Change number {n}.",
        )
        for n in range(count)
    )


def test_changes_are_shown_with_who_made_them_the_latest_first(admin_client: Client) -> None:
    event = an_event()
    log_event_changes(a_request("Ada"), event, ["name: A → B", "unlock_points: 1 → 2"], how="Imported")
    log_event_changes(a_request("Ben"), event, ["board: tile x removed"])
    text = text_of(admin_client.get(page_of("history", event)))
    assert (
        text.index("Ben") < text.index("board: tile x removed") < text.index("Ada") < text.index("Imported:")
    )
    assert "<li>unlock_points: 1 → 2</li>" in text
    assert 'aria-current="page">History' in text


def test_changes_of_other_events_are_not_shown(admin_client: Client) -> None:
    event, other = an_event(), an_event(slug="other")
    log_event_changes(a_request(), other, ["name: A → B"])
    assert "Nobody has changed this event" in text_of(admin_client.get(page_of("history", event)))


def test_what_becomes_of_a_part_is_told_of_its_event() -> None:
    event = an_event()
    player = Player.objects.get(event=event, name="Zoe")
    log_part(a_request(), player, event, ADDITION, [])
    assert history_of(event) == ["player Zoe added"]


def test_what_becomes_of_the_event_itself_is_told_once() -> None:
    event = an_event()
    log_part(a_request(), event, event, ADDITION, [])
    assert history_of(event) == []


def test_many_changes_are_cut_short() -> None:
    event = an_event()
    log_event_changes(a_request(), event, [f"change {n}" for n in range(100)], how="Imported")
    assert history_of(event)[0].splitlines()[-2:] == ["change 19", "and 80 more"]


def test_nothing_is_told_where_nothing_changed() -> None:
    event = an_event()
    log_event_changes(a_request(), event, [], how="Imported")
    assert history_of(event) == []


def test_a_long_history_has_pages(admin_client: Client) -> None:
    event = an_event()
    add_entries(event, 120)
    first = text_of(admin_client.get(page_of("history", event)))
    last = text_of(admin_client.get(page_of("history", event), {"p": 3}))
    assert ("Change number 119." in first, "Change number 0." in first) == (True, False)
    assert ("Change number 0." in last, "120 entries" in last) == (True, True)
    assert admin_client.get(page_of("history", event), {"p": "x"}).status_code == 200


def test_a_history_takes_as_many_queries_however_long_it_is(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    event = an_event()
    add_entries(event, 50)
    with django_assert_max_num_queries(10):
        admin_client.get(page_of("history", event))


def test_names_that_look_like_markup_are_only_names(admin_client: Client) -> None:
    event = an_event()
    log_event_changes(a_request(), event, ["name: <script>x</script>"])
    assert "<script>x" not in text_of(admin_client.get(page_of("history", event)))


def test_a_part_has_a_history_of_its_own_in_its_events_pages(admin_client: Client) -> None:
    event = an_event()
    activity = Activity.objects.get(event=event, key="boss.zulrah")
    kind = ContentType.objects.get_for_model(Activity)
    LogEntry.objects.create(
        user=a_request().user,
        content_type=kind,
        object_id=str(activity.pk),
        action_flag=ADDITION,
        change_message="",
    )
    text = text_of(admin_client.get(reverse("admin:events_activity_history", args=[activity.pk])))
    assert text.index('class="workspace"') < text.index("History of Zulrah") < text.index("Added.")


def test_the_history_of_a_part_begins_with_the_latest(admin_client: Client) -> None:
    tile = Tile.objects.filter(event=an_event())[0]
    kind, user = ContentType.objects.get_for_model(Tile), a_request().user
    for words in ("the first", "the second"):
        LogEntry.objects.create(
            user=user, content_type=kind, object_id=str(tile.pk), action_flag=CHANGE, change_message=words
        )
    text = text_of(admin_client.get(reverse("admin:events_tile_history", args=[tile.pk])))
    assert text.index("the second") < text.index("the first")


def test_an_entry_of_the_library_has_a_history_without_an_event(admin_client: Client) -> None:
    activity = Activity.objects.create(key="mine", name="Mine", attempt_seconds=5)
    text = text_of(admin_client.get(reverse("admin:events_activity_history", args=[activity.pk])))
    assert 'class="workspace"' not in text


def test_it_takes_the_permission_to_see_events() -> None:
    event = an_event()
    assert who_may("view_event").get(page_of("history", event)).status_code == 200
    assert who_may("view_player").get(page_of("history", event)).status_code == 403


def said_of(part: Any) -> list[str]:
    """Return what a part's own history says, the latest first."""
    kind = ContentType.objects.get_for_model(part)
    entries = LogEntry.objects.filter(content_type=kind, object_id=str(part.pk))
    return [entry.get_change_message() for entry in entries.order_by("-pk")]


def test_an_import_is_told_of_each_part_that_it_changed(admin_client: Client) -> None:
    event = an_event()
    data = document_data()
    data["activities"]["boss.zulrah"]["attempt"]["seconds"] = 77
    data["players"]["Zoe"]["skill"] = 2
    data["capabilities"]["item.lance"] = "Long Lance"
    data["players"]["Ida"] = {}
    preview = admin_client.post(page_of("import"), {"text": json.dumps(data)})
    admin_client.post(page_of("import"), carried_by(preview))
    assert said_of(Activity.objects.get(key="boss.zulrah")) == [
        "Imported: An attempt takes: 120 seconds → 77 seconds"
    ]
    assert said_of(Player.objects.get(name="Zoe")) == ["Imported: Skill: 0.85 → 2"]
    assert said_of(Capability.objects.get(key="item.lance")) == ["Imported: Name: Lance → Long Lance"]
    assert said_of(Activity.objects.get(key="raid.cox")) == []
    assert said_of(Player.objects.get(name="Ida")) == ["Imported: added"]
    assert history_of(event)[0].splitlines() == [
        "Imported:",
        "Capability item.lance: Lance → Long Lance",
        "Activity boss.zulrah, An attempt takes: 120 seconds → 77 seconds",
        "Player Zoe, Skill: 0.85 → 2",
        "Player Ida added: Skill 1",
    ]


def test_what_the_board_does_to_a_tile_is_told_of_the_tile(admin_client: Client) -> None:
    event, tile = an_event(), Tile.objects.get(key="cox")
    command = {"do": f"shift_tile:{tile.pk}:left", "version": event.version}
    admin_client.post(page_of("change_board", event), command)
    assert said_of(tile) == ["Tile Cox moved from place 2 to 1 of row 1."]


def test_a_copy_says_where_it_comes_from(admin_client: Client) -> None:
    entry = put_into_library(an_event().activities.get(key="boss.zulrah"))
    event = an_event(slug="other", activities={}, board=[])
    address = f"{reverse('admin:events_activity_from_library')}?event={event.pk}"
    admin_client.post(address, {"entry": entry.pk})
    assert said_of(event.activities.get()) == ["Copied from the library."]
