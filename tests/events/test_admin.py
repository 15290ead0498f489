"""The administration opens, finds and saves what the models hold."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from events.models import Activity, Event
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
