"""From an event to a simulation."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from events.models import Event
from simulations.models import Mode, Simulation, SimulationStatus
from tests.events.factories import an_event, document_data
from tests.simulations.admin.pages import address, note_messages
from tests.simulations.factories import a_completed_simulation, a_worker
from tests.visitors import who_may

pytestmark = pytest.mark.django_db


def form_address(event: Event) -> str:
    return f"{address('add')}?event={event.pk}"


def ask(client: Client, event: Event, **changes: Any) -> Any:
    """Post the form."""
    data = {"runs": "500", "mode": "local", "seed": "7", "name": "Mine", "notes": "Why not", **changes}
    return client.post(form_address(event), data)


def test_the_header_of_an_event_leads_to_the_form_and_to_its_simulations(admin_client: Client) -> None:
    event = an_event()
    page = admin_client.get(reverse("admin:events_event_board", args=[event.pk]))
    shown = page.context["workspace"]
    first = shown["actions"][0]
    assert (first["title"], first["primary"], first["url"]) == ("Simulate…", True, form_address(event))
    tabs = {tab["title"]: tab["url"] for tab in shown["tabs"]}
    assert tabs["Simulations"] == f"{address('changelist')}?event={event.pk}"


def test_what_is_asked_for_is_stored_and_a_process_started(admin_client: Client, started: list[str]) -> None:
    event = an_event()
    response = ask(admin_client, event)
    simulation = Simulation.objects.get()
    assert response.headers["Location"] == address("change", simulation.pk)
    assert started == [simulation.pk]
    assert (simulation.event, simulation.n_runs, simulation.seed) == (event, 500, "7")
    assert (simulation.name, simulation.notes, simulation.mode) == ("Mine", "Why not", Mode.LOCAL)
    assert simulation.asked_by == User.objects.get(username="admin")


def test_the_form_says_that_another_goes_first(admin_client: Client, started: list[str]) -> None:
    event = an_event()
    assert "waits for its turn" not in admin_client.get(form_address(event)).content.decode()
    ask(admin_client, event)
    assert (
        "It waits for its turn: 1 other is before it"
        in admin_client.get(form_address(event)).content.decode()
    )
    ask(admin_client, event)
    assert len(started) == 1
    listed = admin_client.get(address("changelist")).content.decode()
    assert "waiting" in listed


def test_without_a_seed_there_is_a_random_one(admin_client: Client, started: list[str]) -> None:
    event = an_event()
    for _ in range(2):
        ask(admin_client, event, seed="")
    seeds = set(Simulation.objects.values_list("seed", flat=True))
    assert len(seeds) == 2


def test_the_form_proposes_runs_and_offers_others(admin_client: Client) -> None:
    page = admin_client.get(form_address(an_event()))
    assert page.context["form"]["runs"].value() == 10_000
    for runs in ("1000", "10000", "100000", "500000"):
        assert f'data-runs="{runs}"' in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("runs", "0", "from 1 to 1,000,000,000"),
        ("runs", "2000000000", "from 1 to 1,000,000,000"),
        ("runs", "many", "Enter a whole number"),
        ("runs", "1,5", "write 1500 or 1,500"),
        ("runs", "1_5", "write 1500 or 1,500"),
        ("runs", "10.000", "write 1500 or 1,500"),
        ("runs", "", "required"),
        ("seed", "   ", "is blank"),
        ("seed", "x" * 65, "at most 64 characters"),
        ("seed", "a\tb", "can't be printed"),
        ("name", "x" * 201, "at most 200 characters"),
        ("name", "a\tb", "can't be printed"),
        ("mode", "elsewhere", "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_all_that_was_typed_stays(
    admin_client: Client, started: list[str], field: str, value: str, message: str
) -> None:
    page = ask(admin_client, an_event(), **{field: value})
    form = page.context["form"]
    assert page.status_code == 200
    assert list(form.errors) == [field]
    assert message in form.errors[field][0]
    assert form["notes"].value() == "Why not"
    assert (Simulation.objects.count(), started) == (0, [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"board": []}, "there is no tile to play for"),
        ({"teams": {}}, "there is no team"),
        ({"teams": {"Zebras": {"strategy": "greedy"}}}, "no team has a player"),
    ],
)
def test_an_event_that_nobody_can_play_is_refused_in_words(
    admin_client: Client, started: list[str], changes: dict[str, Any], message: str
) -> None:
    event = an_event(**changes)
    for page in (admin_client.get(form_address(event)), ask(admin_client, event)):
        assert page.status_code == 200
        assert [message in refusal for refusal in page.context["refusals"]] == [True]
        assert 'id="simulate"' not in page.content.decode()
    assert (Simulation.objects.count(), started) == (0, [])


def test_the_estimate_says_how_long_getting_ready_takes(admin_client: Client) -> None:
    event = an_event()
    for runs in ("1,500", "1 500", "1500"):
        text = admin_client.get(f"{address('estimate')}?event={event.pk}&runs={runs}").content.decode()
        assert "<strong>1,500 runs take about " in text
        assert " of it to get ready, reckoned from" in text
    one = admin_client.get(f"{address('estimate')}?event={event.pk}&runs=1").content.decode()
    assert "<strong>1 run takes about " in one


def test_findings_are_shown_and_prevent_nothing(admin_client: Client, started: list[str]) -> None:
    event = an_event(players={**document_data()["players"], "Idle": {}})
    page = admin_client.get(form_address(event))
    assert "is in no team" in page.content.decode()
    assert (
        "5 findings (3 can&#x27;t work as it is, 1 perhaps not as meant, 1 worth knowing)"
        in page.content.decode()
    )
    assert ask(admin_client, event).status_code == 302
    assert len(started) == 1


def test_an_event_that_no_document_may_hold_is_not_simulated(
    admin_client: Client, started: list[str]
) -> None:
    event = an_event()
    Event.objects.update(timezone="No/Where")
    page = admin_client.get(form_address(event))
    assert page.status_code == 200
    assert "be simulated as it is" in page.content.decode()
    assert ask(admin_client, event).status_code == 200
    assert started == []


def test_without_an_event_one_is_chosen(admin_client: Client) -> None:
    event = an_event()
    page = admin_client.get(address("add"))
    assert "data-ajax--url" in page.content.decode()
    assert admin_client.get(address("add"), {"event": event.pk}).context["event"] == event


def test_the_list_of_an_events_simulations_leads_to_its_form(admin_client: Client) -> None:
    event = an_event()
    page = admin_client.get(address("add"), {"_changelist_filters": f"event={event.pk}"})
    assert page.context["event"] == event


@pytest.mark.parametrize("named", ["0", "999999", "99999999999999999999999", "x", "1;"])
def test_an_unknown_event_is_none(admin_client: Client, named: str) -> None:
    an_event()
    page = admin_client.get(address("add"), {"event": named})
    assert (page.status_code, "event" in page.context["form"].fields) == (200, True)
    assert admin_client.get(address("estimate"), {"event": named}).status_code == 404


@pytest.mark.parametrize("codenames", [("add_simulation",), ("view_simulation", "view_event")])
def test_only_who_may_simulate_and_see_events_gets_the_form(
    started: list[str], codenames: tuple[str, ...]
) -> None:
    event, client = an_event(), who_may(*codenames)
    assert client.get(form_address(event)).status_code == 403
    assert ask(client, event).status_code == 403
    assert client.get(address("estimate"), {"event": event.pk}).status_code == 403
    assert started == []


def test_a_post_without_its_token_is_refused(started: list[str]) -> None:
    event = an_event()
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_superuser("admin"))
    assert ask(client, event).status_code == 403
    assert started == []


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL serves both")
def test_on_sqlite_workers_are_out_of_reach_and_it_says_why(admin_client: Client, started: list[str]) -> None:
    event = an_event()
    page = admin_client.get(form_address(event))
    assert "Workers need PostgreSQL" in page.content.decode()
    refused = ask(admin_client, event, mode="distributed").context["form"]
    assert "Workers need PostgreSQL" in refused.errors["mode"][0]
    assert (Simulation.objects.count(), started) == (0, [])


@pytest.mark.postgresql
@pytest.mark.parametrize(
    ("url", "reason"),
    [(None, "BROKER_URL must be set"), ("amqp://127.0.0.1:1//", "The broker does not answer")],
)
def test_without_a_broker_workers_are_out_of_reach(
    admin_client: Client, settings: Any, url: str | None, reason: str
) -> None:
    settings.BROKER_URL = url
    event = an_event()
    assert reason in admin_client.get(form_address(event)).content.decode()
    assert reason in ask(admin_client, event, mode="distributed").context["form"].errors["mode"][0]


@pytest.mark.postgresql
def test_a_distributed_one_is_handed_to_the_workers(
    admin_client: Client, started: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulations.metrics.broker_answers", lambda: True)
    sent = note_messages(monkeypatch)
    event = an_event()
    page = admin_client.get(form_address(event))
    assert "No worker is running" in page.content.decode()
    a_worker()
    assert "1 worker is running" in admin_client.get(form_address(event)).content.decode()
    assert ask(admin_client, event, mode="distributed").status_code == 302
    simulation = Simulation.objects.get()
    assert (simulation.mode, simulation.status) == (Mode.DISTRIBUTED, SimulationStatus.RUNNING)
    assert (sent, started) == ([simulation.pk], [])


@pytest.mark.postgresql
def test_without_a_worker_a_distributed_one_waits_and_says_so(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("simulations.metrics.broker_answers", lambda: True)
    page = admin_client.get(ask(admin_client, an_event(), mode="distributed").headers["Location"])
    assert "No worker is running" in page.content.decode()
    assert Simulation.objects.get().status == SimulationStatus.PENDING


def estimated(client: Client, event: Event, **asked: str) -> str:
    response = client.get(address("estimate"), {"event": str(event.pk), **asked})
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_estimate_follows_what_is_asked_for(admin_client: Client) -> None:
    event = an_event()
    a_completed_simulation(event=event)
    shown = estimated(admin_client, event, runs="4000", mode="local")
    assert "4,000 runs take about" in shown
    assert "as the last one of this event ran that had 40 runs" in shown


@pytest.mark.parametrize("runs", ["", "0", "-3", "x", "99999999999", "²"])
def test_without_a_number_of_runs_there_is_no_estimate(admin_client: Client, runs: str) -> None:
    assert "Say how many runs" in estimated(admin_client, an_event(), runs=runs)


def test_the_estimate_is_only_read(admin_client: Client) -> None:
    event = an_event()
    assert admin_client.post(f"{address('estimate')}?event={event.pk}").status_code == 405
