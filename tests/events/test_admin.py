"""The administration opens, finds and saves what the models hold."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from events.models import Activity, Capability, Drop, Event, Player, Rule, Tile
from events.transfer import put_into_library
from tests.events.factories import an_event

pytestmark = pytest.mark.django_db

REGISTERED = [model for model in admin.site._registry if model._meta.app_label == "events"]


@pytest.mark.parametrize("model", REGISTERED, ids=lambda model: model.__name__)
def test_every_list_and_form_opens(admin_client: Client, model: type[Event]) -> None:
    an_event()
    name = f"admin:events_{model._meta.model_name}"
    first = model.objects.first()
    assert first is not None
    found = admin_client.get(reverse(f"{name}_changelist"), {"q": "o"})
    form = admin_client.get(reverse(f"{name}_change", args=[first.pk]))
    assert (found.status_code, form.status_code) == (200, 200)


def test_a_wrong_loot_table_is_an_error_of_the_form(admin_client: Client) -> None:
    activity = Activity.objects.get(event=an_event(), key="raid.cox")
    fields = {"event": activity.event_id, "position": 0, "key": "raid.cox", "name": "Raid", "solo": "on"}
    times = {"attempt_seconds": 5, "attempt_spread": 0, "attempt_model": "fixed"}
    wrong = {"loot": '[{"line": "main", "outcomes": [{"rate": 2}]}]', "bands": "[]"}
    url = reverse("admin:events_activity_change", args=[activity.pk])
    page = admin_client.post(url, fields | times | wrong)
    assert page.status_code == 200
    assert "must be a rate above 0 and up to 1" in page.content.decode()


def inline(prefix: str, *rows: dict[str, Any]) -> dict[str, Any]:
    """Return what a page posts for the new rows of an inline."""
    fields = {f"{prefix}-{ix}-{name}": value for ix, row in enumerate(rows) for name, value in row.items()}
    return {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0, **fields}


def post_rule(client: Client, **inlines: list[dict[str, Any]]) -> Any:
    """Add a rule for Zulrah, with rows in its inlines."""
    rule = {"tile": Tile.objects.get(key="zulrah").pk, "position": 1}
    activity = Activity.objects.get(event__slug="small-bingo", key="boss.zulrah")
    rows = [inline(name, *inlines.get(name, [])) for name in ("drops", "requirements", "modifiers")]
    fields = {**rule, "activity": activity.pk, **rows[0], **rows[1], **rows[2]}
    return client.post(reverse("admin:events_rule_add"), fields)


def assert_error_at(page: Any, prefix: str, field: str, message: str) -> None:
    assert page.status_code == 200
    formsets = {part.formset.prefix: part.formset for part in page.context["inline_admin_formsets"]}
    [errors] = formsets[prefix].errors
    assert list(errors) == [field]
    assert message in errors[field][0]


def test_a_rule_is_added_with_its_drops(admin_client: Client) -> None:
    an_event()
    drop = Drop.objects.get(activity__key="boss.zulrah", key="kill.zulrah")
    page = post_rule(admin_client, drops=[{"drop": drop.pk, "position": 0, "weight": 2}])
    assert page.status_code == 302
    assert Rule.objects.get(tile__key="zulrah", position=1).drops.get().drop == drop


def test_a_new_rule_with_a_drop_of_another_activity_is_an_error_at_the_drop(admin_client: Client) -> None:
    an_event()
    drop = Drop.objects.get(activity__key="raid.cox")
    page = post_rule(admin_client, drops=[{"drop": drop.pk, "position": 0, "weight": 1}])
    assert_error_at(page, "drops", "drop", "boss.zulrah never drops loot.cox")


@pytest.mark.parametrize("prefix", ["requirements", "modifiers"])
def test_a_new_rule_with_a_capability_of_the_library_is_an_error_at_it(
    admin_client: Client, prefix: str
) -> None:
    kept = put_into_library(Capability.objects.get(event=an_event(), key="quest.ds2"))
    row = {"capability": kept.pk, "position": 0, "time": 1, "rate": 1}
    page = post_rule(admin_client, **{prefix: [row]})
    assert_error_at(page, prefix, "capability", "belongs to another event")


def test_a_new_rule_without_an_activity_is_an_error_of_the_rule_alone(admin_client: Client) -> None:
    an_event()
    row = {"drop": Drop.objects.get(activity__key="raid.cox").pk, "position": 0, "weight": 1}
    fields = {"tile": Tile.objects.get(key="zulrah").pk, "position": 1, "activity": ""}
    fields |= inline("drops", row) | inline("requirements") | inline("modifiers")
    page = admin_client.post(reverse("admin:events_rule_add"), fields)
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == ["activity"]


def test_a_new_player_with_a_capability_of_the_library_is_an_error_at_it(admin_client: Client) -> None:
    event = an_event()
    kept = put_into_library(Capability.objects.get(event=event, key="quest.ds2"))
    fields = {"event": event.pk, "position": 9, "name": "Eva", "skill": 1, "timezone": "", "sessions": "[]"}
    fields |= inline("held", {"capability": kept.pk, "position": 0})
    page = admin_client.post(reverse("admin:events_player_add"), fields)
    assert_error_at(page, "held", "capability", "belongs to another event")


def test_a_new_team_with_a_player_of_another_event_is_an_error_at_the_player(admin_client: Client) -> None:
    event = an_event()
    other = Player.objects.create(event=an_event(slug="other"), name="Eva")
    fields = {"event": event.pk, "position": 9, "name": "Yaks", "strategy": "greedy", "params": "[]"}
    fields |= inline("members", {"player": other.pk, "position": 0})
    page = admin_client.post(reverse("admin:events_team_add"), fields)
    assert_error_at(page, "members", "player", "belongs to another event")


def event_form(client: Client, event: Event) -> dict[str, Any]:
    """Open an event's page; return the fields that it would post."""
    page = client.get(reverse("admin:events_event_change", args=[event.pk]))
    form = page.context["adminform"].form
    return {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}


def test_an_event_is_saved_from_its_page(admin_client: Client) -> None:
    event = an_event()
    fields = event_form(admin_client, event) | {"name": "Mine"}
    page = admin_client.post(reverse("admin:events_event_change", args=[event.pk]), fields)
    assert page.status_code == 302
    event.refresh_from_db()
    assert event.name == "Mine"


def test_an_event_that_changed_after_its_page_was_opened_is_not_saved_over(admin_client: Client) -> None:
    event = an_event()
    fields = event_form(admin_client, event) | {"name": "Mine"}
    event.name = "Theirs"
    event.save()
    page = admin_client.post(reverse("admin:events_event_change", args=[event.pk]), fields)
    assert page.status_code == 200
    assert "was changed after this page was opened" in page.content.decode()
    event.refresh_from_db()
    assert event.name == "Theirs"


def test_an_event_is_added(admin_client: Client) -> None:
    fields = {"slug": "new", "name": "New", "start_date": "2026-03-06", "start_time": "18:00"}
    fields |= {"timezone": "Europe/Berlin", "duration_hours": "5", "unlock_points": "5"}
    fields |= {"group_wait_minutes": "15", "n_rows": "0", "seen_version": "1"}
    page = admin_client.post(reverse("admin:events_event_add"), fields)
    assert page.status_code == 302
    assert Event.objects.get(slug="new").version == 1
