"""Events are listed, found, added and set up; every error is shown at its field."""

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone as clock

from events.models import Event
from tests.events.factories import an_event
from tests.visitors import who_may

pytestmark = pytest.mark.django_db

LIST = reverse("admin:events_event_changelist")
FIELDS = {
    "name": "New Bingo",
    "slug": "new-bingo",
    "start_date": "2026-03-06",
    "start_time": "18:00",
    "timezone": "Europe/Berlin",
    "duration_hours": "5",
    "unlock_points": "5",
    "group_wait_minutes": "15",
}


def listed(client: Client, **query: str) -> list[str]:
    return [event.slug for event in client.get(LIST, query).context["cl"].result_list]


def starting(slug: str, in_hours: float, **overrides: Any) -> Event:
    """Return an event of two days that starts so many hours from now."""
    start = (clock.now() + timedelta(hours=in_hours)).replace(tzinfo=None, microsecond=0)
    return an_event(slug=slug, starts_at=start.isoformat(), timezone="UTC", **overrides)


def add(client: Client, **changed: str) -> Any:
    return client.post(reverse("admin:events_event_add"), FIELDS | changed)


def errors_of(response: Any) -> dict[str, list[str]]:
    assert response.status_code == 200
    return {name: [*errors] for name, errors in response.context["adminform"].form.errors.items()}


def settings_of(client: Client, event: Event) -> dict[str, Any]:
    """Open an event's settings; return what its form would post."""
    form = client.get(reverse("admin:events_event_change", args=[event.pk])).context["adminform"].form
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def test_the_list_says_when_and_how_much(admin_client: Client) -> None:
    an_event()
    page = admin_client.get(LIST).content.decode()
    for words in ("Small Bingo", "Fri 6 Mar 2026, 18:00", "America/New_York, 48 h", ">just now</time>"):
        assert words in page
    Event.objects.update(updated_at=clock.now() - timedelta(hours=2))
    assert ">2 hours ago</time>" in admin_client.get(LIST).content.decode().replace("\xa0", " ")
    [row] = admin_client.get(LIST).context["cl"].result_list
    assert (row.n_tiles, row.n_teams, row.n_players) == (3, 2, 3)


def test_an_event_in_the_list_leads_to_its_board(admin_client: Client) -> None:
    event = an_event()
    board = reverse("admin:events_event_board", args=[event.pk])
    assert f'href="{board}"' in admin_client.get(LIST).content.decode()


@pytest.mark.parametrize(("word", "found"), [("small", ["small-bingo"]), ("other", [])])
def test_events_are_found_by_name_and_slug(admin_client: Client, word: str, found: list[str]) -> None:
    an_event()
    assert listed(admin_client, q=word) == found


def test_events_are_told_apart_by_when_they_are(admin_client: Client) -> None:
    starting("soon", in_hours=1)
    starting("now", in_hours=-47)
    starting("over", in_hours=-49)
    assert listed(admin_client, when="upcoming") == ["soon"]
    assert listed(admin_client, when="running") == ["now"]
    assert listed(admin_client, when="past") == ["over"]
    assert set(listed(admin_client)) == {"soon", "now", "over"}


def test_an_event_starts_on_its_own_clocks(admin_client: Client) -> None:
    # Their day begins 14 hours before that of UTC.
    start = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(hours=7)
    an_event(starts_at=start.isoformat(), timezone="Pacific/Kiritimati")
    assert listed(admin_client, when="running") == ["small-bingo"]


def test_the_list_takes_as_many_queries_for_many_events(
    admin_client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        assert listed(admin_client) == []
    for number in range(12):
        an_event(slug=f"event-{number}")
    with django_assert_num_queries(5):
        assert len(listed(admin_client)) == 12


def test_a_list_without_events_says_what_an_event_is_and_where_to_begin(admin_client: Client) -> None:
    page = admin_client.get(LIST).content.decode()
    assert "No event yet" in page
    assert page.count(f'href="{reverse("admin:events_event_import")}"') == 2
    assert page.count(f'href="{reverse("admin:events_event_add")}"') == 2


def test_who_may_only_look_is_offered_neither_adding_nor_importing() -> None:
    page = who_may("view_event").get(LIST).content.decode()
    assert "No event yet" in page
    assert reverse("admin:events_event_import") not in page
    assert reverse("admin:events_event_add") not in page


def test_a_search_that_finds_nothing_does_not_say_that_there_are_no_events(admin_client: Client) -> None:
    an_event()
    assert "No event yet" not in admin_client.get(LIST, {"q": "zzz"}).content.decode()


def test_an_event_that_is_added_leads_to_its_empty_board(admin_client: Client) -> None:
    response = add(admin_client)
    event = Event.objects.get(slug="new-bingo")
    assert response["Location"] == reverse("admin:events_event_board", args=[event.pk])
    assert "The board is empty." in admin_client.get(response["Location"]).content.decode()
    assert (event.version, event.n_rows) == (1, 0)


@pytest.mark.parametrize(
    ("field", "typed", "message"),
    [
        ("name", "", "required"),
        ("name", "n" * 81, "1 to 80 characters"),
        ("slug", "Not A Slug", "lower-case letters"),
        ("slug", "small-bingo", "already exists"),
        ("start_date", "1999-12-31", "this century"),
        ("start_date", "soon", "valid date"),
        ("start_time", "18:00:00.5", "whole second"),
        ("timezone", "Europe/Nowhere", "time zone"),
        ("duration_hours", "0", "from 1 to 1,440"),
        ("duration_hours", "1441", "from 1 to 1,440"),
        ("duration_hours", "1.00001", "whole seconds"),
        ("duration_hours", "long", "from 1 to 1,440"),
        ("unlock_points", "-1", "from 0 to 20,000"),
        ("unlock_points", "20001", "from 0 to 20,000"),
        ("group_wait_minutes", "1441", "from 0 to 1,440"),
    ],
)
def test_a_wrong_setting_is_an_error_at_its_field(
    admin_client: Client, field: str, typed: str, message: str
) -> None:
    an_event()
    errors = errors_of(add(admin_client, **{field: typed}))
    assert list(errors) == [field]
    assert message in errors[field][0]
    assert not Event.objects.filter(slug="new-bingo").exists()


def test_all_wrong_settings_are_told_at_once_and_all_that_was_typed_is_kept(admin_client: Client) -> None:
    response = add(admin_client, duration_hours="0", unlock_points="-1", timezone="Mars/Base")
    assert set(errors_of(response)) == {"duration_hours", "unlock_points", "timezone"}
    for typed in ("New Bingo", "Mars/Base"):
        assert f'value="{typed}"' in unescape(response.content.decode())


def test_the_form_offers_the_names_of_time_zones(admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:events_event_add")).content.decode()
    assert 'list="zones"' in page
    assert '<option value="Europe/Berlin"></option>' in page


def test_numbers_are_shown_with_their_units(admin_client: Client) -> None:
    for _ in range(2):
        page = " ".join(admin_client.get(reverse("admin:events_event_add")).content.decode().split())
        for unit in ("hours", "points", "minutes"):
            assert f"> {unit} </span>" in page


def test_only_a_new_event_takes_its_slug_from_its_name(admin_client: Client) -> None:
    added = admin_client.get(reverse("admin:events_event_add"))
    changed = admin_client.get(reverse("admin:events_event_change", args=[an_event().pk]))
    assert added.context["adminform"].prepopulated_fields
    assert not changed.context["adminform"].prepopulated_fields


def test_settings_are_saved_and_told_in_the_history(admin_client: Client) -> None:
    event = an_event()
    url = reverse("admin:events_event_change", args=[event.pk])
    response = admin_client.post(url, settings_of(admin_client, event) | {"name": "Mine"})
    assert response.status_code == 302
    event.refresh_from_db()
    assert event.name == "Mine"
    history = admin_client.get(reverse("admin:events_event_history", args=[event.pk])).content.decode()
    assert "Small Bingo → Mine" in unescape(history)


def test_settings_that_changed_meanwhile_are_not_saved_over(admin_client: Client) -> None:
    event = an_event()
    fields = settings_of(admin_client, event) | {"name": "Mine"}
    event.name = "Theirs"
    event.save()
    response = admin_client.post(reverse("admin:events_event_change", args=[event.pk]), fields)
    assert "This was changed after the page was opened" in str(errors_of(response))
    event.refresh_from_db()
    assert event.name == "Theirs"


def test_a_row_added_meanwhile_is_no_change_of_the_settings(admin_client: Client) -> None:
    event = an_event()
    fields = settings_of(admin_client, event) | {"name": "Mine"}
    Event.objects.filter(pk=event.pk).update(n_rows=7)
    response = admin_client.post(reverse("admin:events_event_change", args=[event.pk]), fields)
    assert response.status_code == 302
    event.refresh_from_db()
    assert (event.name, event.n_rows) == ("Mine", 7)
