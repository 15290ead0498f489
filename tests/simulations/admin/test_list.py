"""The list of simulations."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils.formats import date_format

from simulations.models import Simulation
from simulations.services import cancel
from tests.events.factories import an_event
from tests.simulations.admin.pages import address
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation, a_simulation
from tests.visitors import who_may

pytestmark = pytest.mark.django_db


def listed(client: Client, **filters: Any) -> list[str]:
    response = client.get(address("changelist"), filters)
    assert response.status_code == 200
    return [simulation.pk for simulation in response.context["cl"].result_list]


def test_a_row_has_event_name_status_runs_place_who_and_how_long(admin_client: Client) -> None:
    olaf = User.objects.create(username="olaf")
    simulation = a_completed_simulation(name="Try", asked_by=olaf)
    text = admin_client.get(address("changelist")).content.decode()
    for words in ("Small Bingo", "Try", "completed", "On this server", "olaf", "0.5 s", simulation.pk):
        assert words in text


def test_a_row_tells_what_was_changed_for_the_simulation(admin_client: Client) -> None:
    a_completed_simulation(overrides=["teams.Apes.strategy=greedy", "players.<b>.skill=0.5"])
    text = admin_client.get(address("changelist")).content.decode()
    assert "<br>with teams.Apes.strategy=greedy<br>with players.&lt;b&gt;.skill=0.5" in text


def test_every_moment_says_its_zone(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    asked = date_format(simulation.created_at, "j M Y, H:i") + " UTC"
    assert asked in admin_client.get(address("changelist")).content.decode()
    page = admin_client.get(address("change", simulation.pk)).content.decode()
    # By its title, and where it says when it started and ended.
    assert page.count(asked) >= 2
    assert page.count(" UTC") == 3


def test_what_goes_on_has_its_progress(admin_client: Client) -> None:
    a_claimed_simulation()
    assert "0 of 40 (0 %)" in admin_client.get(address("changelist")).content.decode()


def test_an_events_tab_lists_its_simulations_alone_below_its_header(admin_client: Client) -> None:
    event = an_event()
    own = a_simulation(event=event)
    a_simulation()
    response = admin_client.get(address("changelist"), {"event": event.pk})
    assert [simulation.pk for simulation in response.context["cl"].result_list] == [own.pk]
    assert response.context["workspace"]["event"] == event
    assert [tab["title"] for tab in response.context["workspace"]["tabs"] if tab["current"]] == [
        "Simulations"
    ]


def test_an_unknown_event_has_no_simulations(admin_client: Client) -> None:
    a_simulation(event=an_event())
    assert listed(admin_client, event="999") == []
    assert listed(admin_client, event="x") == []


def test_it_is_filtered_by_status_and_place_and_searched(admin_client: Client) -> None:
    done, cancelled = a_completed_simulation(name="First"), a_simulation(name="Second")
    cancel(cancelled.pk)
    assert listed(admin_client, status__exact="cancelled") == [cancelled.pk]
    assert listed(admin_client, mode__exact="distributed") == []
    assert listed(admin_client, q="First") == [done.pk]
    assert len(listed(admin_client, q="small-bingo")) == 2


def test_without_the_permission_for_events_there_is_no_header() -> None:
    event = an_event()
    client = who_may("view_simulation")
    assert client.get(address("changelist"), {"event": event.pk}).context["workspace"] is None


def test_the_list_takes_as_many_queries_however_long_it_is(
    admin_client: Client, django_assert_num_queries: Any
) -> None:
    counts: list[int] = []
    for _ in range(2):
        for number in range(4):
            a_completed_simulation(asked_by=User.objects.create(username=f"{len(counts)}-{number}"))
        with django_assert_num_queries(7) as queries:
            listed(admin_client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_loads_no_documents_and_no_results(admin_client: Client) -> None:
    a_completed_simulation()
    found: Simulation = admin_client.get(address("changelist")).context["cl"].result_list[0]
    assert {"document", "summary"} <= found.get_deferred_fields()
