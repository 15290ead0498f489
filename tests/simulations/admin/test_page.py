"""The page of a simulation."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from events.document import read_document
from simulations.admin.page import PLACES
from simulations.models import Batch, Mode, Simulation, SimulationStatus, in_seconds
from simulations.results import load_results
from simulations.services.recording import record_computed
from tests.events.factories import a_document, a_race, an_event, raid_tile_data, tile_data
from tests.simulations.admin.pages import address
from tests.simulations.factories import (
    a_claimed_simulation,
    a_completed_simulation,
    a_distributed_simulation,
    a_simulation,
    a_worker,
    claimed_batch,
    computed,
)
from tests.visitors import who_may

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def page_of(client: Client, simulation: Simulation) -> Any:
    response = client.get(address("change", simulation.pk))
    assert response.status_code == 200
    return response


def text_of(client: Client, simulation: Simulation) -> str:
    return str(page_of(client, simulation).content.decode())


def a_partial_simulation() -> Simulation:
    """Return a running one that has 25 of 40 runs."""
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [25]))
    return simulation


def test_the_figures_are_those_of_the_results(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    results, page = load_results(simulation), page_of(admin_client, simulation)
    figures = page.context["figures"]
    assert [name for name, _ in figures.teams] == [team.name for team in results.teams] == ["Zebras", "Apes"]
    for win, team in zip(figures.win_rates, results.teams, strict=True):
        assert team.win_rate is not None
        assert win.width == f"{100 * team.win_rate:.2f}"
        assert win.rate in page.content.decode()
    points = figures.distributions[0].rows[0][2]
    assert points[0] == f"{results.teams[0].points.mean:.1f}"
    assert points[2:] == [
        str(results.teams[0].points._asdict()[key]) for key in ("min", "p05", "p50", "p95", "max")
    ]
    rows = figures.distributions[2].rows[0][2]
    assert results.teams[0].row_reached.max is not None
    assert rows[-1] == str(1 + results.teams[0].row_reached.max)
    assert [row.name for row in figures.rows] == ["Row 1", "Row 2"]
    assert [tile.name for tile in figures.tiles] == ["Zulrah", "Cox", "Coins"]


def test_it_tells_what_holds_up_each_team_and_why(admin_client: Client) -> None:
    board = [
        {"tiles": [tile_data("endless", points=5, needs=10**6), tile_data("untried"), raid_tile_data()]},
        {"tiles": [tile_data("last")]},
    ]
    teams = {"Zebras": {"players": ["Zoe"]}, "Apes": {"strategy": "greedy", "players": ["Mia"]}}
    document = a_document(players={"Zoe": {}, "Mia": {}}, board=board, teams=teams, unlock_points=5)
    page = page_of(admin_client, a_completed_simulation(document=document))
    apes = page.context["figures"].stuck[1]
    assert apes.team == "Apes"
    assert [(table.title, [name for name, _ in table.rows]) for table in apes.tables] == [
        ("Closed row", ["Row 2"]),
        ("Tried and not finished", ["Endless"]),
        ("Not tried, others come first", ["Untried"]),
        ("Nobody can do", ["Cox"]),
    ]
    closed = apes.tables[0].rows[0][1]
    assert closed[:2] == ("100.0 %", "2 d 0 h")
    assert closed[2].startswith("Endless (4")
    text = page.content.decode()
    assert "Chambers of Xeric takes 2 players, 1 may do it" in text
    assert "No team finishes all tiles in any run." in text


def test_it_names_some_obstacles_of_a_kind_and_counts_the_others(admin_client: Client) -> None:
    board = [{"tiles": [raid_tile_data() | {"key": f"cox-{ix}"} for ix in range(7)]}]
    page = page_of(admin_client, a_completed_simulation(document=a_document(board=board)))
    assert len(page.context["figures"].stuck[1].tables[0].rows) == 5
    assert "and 2 more" in page.content.decode()


def test_it_tells_when_the_whole_board_is_finished(admin_client: Client) -> None:
    simulation = a_completed_simulation(document=a_race())
    page = page_of(admin_client, simulation)
    zebras, apes = page.context["figures"].board[0].cells
    assert (zebras[0], apes[0]) == ("100.0 %", "35.0 %")
    assert all(cell.startswith(("2 h", "3 h")) for cell in apes[2:])
    assert page.context["figures"].stuck[0].tables == []
    assert "Nothing holds it up." in page.content.decode()


def test_every_run_is_in_a_bar_of_the_histogram(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    figures = page_of(admin_client, simulation).context["figures"]
    results = load_results(simulation)
    for ix, histogram in enumerate(figures.histograms):
        assert len(histogram.bars) == int((results.summary.points_hist[ix] > 0).sum())
        assert max(float(bar.height) for bar in histogram.bars) == 100
        assert all(0 <= bar.x < histogram.width for bar in histogram.bars)


def test_what_was_asked_for_is_told(admin_client: Client) -> None:
    event = an_event()
    simulation = a_completed_simulation(
        event=event,
        name="Try",
        notes="A note",
        overrides=["teams.Apes.strategy=greedy"],
        asked_by=User.objects.create(username="olaf"),
    )
    text = text_of(admin_client, simulation)
    said = (
        "Try",
        "A note",
        "teams.Apes.strategy=greedy",
        "olaf",
        "small-bingo",
        simulation.digest,
        simulation.pk,
    )
    for words in (*said, "On this server", f"/admin/events/event/{event.pk}/board/"):
        assert words in text


def test_a_simulation_outlives_its_event(admin_client: Client) -> None:
    event = an_event()
    simulation = a_completed_simulation(event=event)
    event.delete()
    page = page_of(admin_client, simulation)
    assert page.context["figures"] is not None
    assert "(deleted since)" in page.content.decode()
    assert admin_client.get(address("document", simulation.pk)).status_code == 200


def test_the_frozen_document_is_a_file_that_can_be_loaded(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    response = admin_client.get(address("document", simulation.pk))
    assert f"small-bingo-{simulation.pk}.yaml" in response.headers["Content-Disposition"]
    assert read_document(response.content.decode(), name="download") == a_document()


def test_an_active_one_asks_how_far_it_is_and_an_ended_one_does_not(admin_client: Client) -> None:
    active, ended = a_partial_simulation(), a_completed_simulation()
    assert 'hx-trigger="every 2s"' in text_of(admin_client, active)
    assert "every 2s" not in text_of(admin_client, ended)


def test_progress_is_told_until_it_has_ended_then_the_page_is_loaded_anew(admin_client: Client) -> None:
    simulation = a_partial_simulation()
    Simulation.objects.filter(pk=simulation.pk).update(elapsed_s=0.5)
    response = admin_client.get(address("progress", simulation.pk))
    text = response.content.decode()
    assert "<strong>25</strong> of 40 runs" in text
    assert "50 runs/s" in text
    assert "0.3 s left" in text
    assert "HX-Refresh" not in response.headers
    Simulation.objects.cancel(simulation.pk)
    ended = admin_client.get(address("progress", simulation.pk))
    assert ended.headers["HX-Refresh"] == "true"
    assert "every 2s" not in ended.content.decode()


def test_what_gets_ready_says_so_until_its_first_batch_is_computed(admin_client: Client) -> None:
    simulation, token = a_claimed_simulation()
    assert "Getting ready" in text_of(admin_client, simulation)
    Simulation.objects.begin_computing(simulation.pk, token, preparing_s=3, crowding=1)
    text = text_of(admin_client, simulation)
    assert "Getting ready" not in text
    assert "Computing the first batch" in text


def test_the_time_left_follows_the_present_speed(admin_client: Client) -> None:
    simulation, token = a_claimed_simulation(n_runs=400)
    Simulation.objects.begin_computing(simulation.pk, token, preparing_s=3, crowding=1)
    record_computed(simulation.pk, token, computed(simulation, [50] * 6))
    # It stood still for a long time, and has just done 300 runs in 20 seconds.
    Simulation.objects.filter(pk=simulation.pk).update(elapsed_s=1000, leg_started_at=in_seconds(-1000))
    text = text_of(admin_client, simulation)
    assert "15 runs/s" in text
    assert "6.7 s left" in text


def test_what_it_took_is_told_in_two_parts_where_both_are_known(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    assert "<dd>0.5 s (80 runs/s)</dd>" in text_of(admin_client, simulation)
    Simulation.objects.filter(pk=simulation.pk).update(preparing_s=52, elapsed_s=42)
    assert "<dd>52.0 s to get ready, 42.0 s to compute" in text_of(admin_client, simulation)
    listed = admin_client.get(address("changelist"), {"o": "-6"})
    assert "1 min 34 s" in listed.content.decode()


def test_partial_results_are_shown_as_such(admin_client: Client) -> None:
    simulation = a_partial_simulation()
    text = text_of(admin_client, simulation)
    assert "These are the figures of 25 of 40 runs: partial results" in text
    Simulation.objects.cancel(simulation.pk)
    assert "partial results" in text_of(admin_client, simulation)
    assert "partial results" not in text_of(admin_client, a_completed_simulation())


def test_before_there_are_results_it_says_so(admin_client: Client) -> None:
    text = text_of(admin_client, a_simulation())
    assert "There are no results yet" in text
    assert "Its process is starting" in text


def test_the_error_of_a_failed_one_is_shown(admin_client: Client) -> None:
    simulation, token = a_claimed_simulation()
    Simulation.objects.fail(simulation.pk, token, error="Traceback: <boom>")
    text = text_of(admin_client, simulation)
    assert "Traceback: &lt;boom&gt;" in text
    assert "It failed." in text


@pytest.mark.parametrize("stored", [b"", b"nonsense"])
def test_results_that_can_not_be_read_are_told_instead_of_shown(admin_client: Client, stored: bytes) -> None:
    simulation = a_completed_simulation()
    Simulation.objects.filter(pk=simulation.pk).update(summary=stored)
    if stored:
        assert "simulate the event anew with the seed 7" in text_of(admin_client, simulation)
    else:
        assert "There are no results yet" in text_of(admin_client, simulation)


def test_a_process_that_is_gone_shows_as_interrupted(admin_client: Client) -> None:
    simulation = a_partial_simulation()
    Simulation.objects.filter(pk=simulation.pk).update(lease_expires_at="2020-01-01T00:00Z")
    page = page_of(admin_client, simulation)
    assert page.context["progress"].status == SimulationStatus.INTERRUPTED
    assert page.context["actions"]["resume"]


def test_workers_are_listed_with_what_they_computed(admin_client: Client) -> None:
    simulation, worker = a_distributed_simulation(), a_worker()
    claimed_batch(simulation, worker)
    Batch.objects.create(
        simulation=simulation, first_run=30, n_runs=10, status="done", worker="other@host", simulate_s=2
    )
    (here, other) = sorted(
        page_of(admin_client, simulation).context["workers"], key=lambda part: not part.busy
    )
    assert (here.worker, here.busy, here.runs) == (worker.name, True, 0)
    assert (other.worker, other.busy, other.runs, other.runs_per_s) == ("other@host", False, 10, 5)


def test_a_distributed_one_without_workers_says_what_it_waits_for(admin_client: Client) -> None:
    simulation = a_distributed_simulation()
    assert "No worker is running" in text_of(admin_client, simulation)
    a_worker(engine_version=999)
    assert "No running worker has engine version" in text_of(admin_client, simulation)
    a_worker(1)
    assert "Waiting for the first batch" in text_of(admin_client, simulation)


@pytest.mark.parametrize(
    ("flower_address", "link"),
    [("127.0.0.1", "http://127.0.0.1:5555/tasks"), ("0.0.0.0", "http://testserver:5555/tasks")],
)
def test_flower_is_linked_where_it_is_set_up(
    admin_client: Client, settings: Any, flower_address: str, link: str
) -> None:
    settings.FLOWER_ADDRESS, settings.FLOWER_PORT = flower_address, 5555
    distributed, local = a_distributed_simulation(), a_simulation()
    settings.FLOWER_BASIC_AUTH = None
    assert "Flower" not in text_of(admin_client, distributed)
    settings.FLOWER_BASIC_AUTH = "user:password"
    assert link in text_of(admin_client, distributed)
    assert "Flower" not in text_of(admin_client, local)
    assert "user:password" not in text_of(admin_client, distributed)


def test_a_page_is_read_only(admin_client: Client) -> None:
    simulation = a_completed_simulation()
    assert admin_client.post(address("change", simulation.pk), {"name": "new"}).status_code == 403
    assert Simulation.objects.get().name == ""
    for page in ("progress", "document"):
        assert admin_client.post(address(page, simulation.pk)).status_code == 405


@pytest.mark.parametrize("unknown", ["nothere", "a b", "x" * 300])
def test_an_unknown_one_is_not_found(admin_client: Client, unknown: str) -> None:
    for page in ("change", "progress", "document"):
        response = admin_client.get(f"/admin/simulations/simulation/{unknown}/{page}/", follow=True)
        assert response.status_code == 404


def test_who_may_view_simulations_but_no_events_sees_no_link_to_them() -> None:
    simulation = a_completed_simulation(event=an_event())
    page = page_of(who_may("view_simulation"), simulation)
    assert page.context["workspace"] is None
    assert "/board/" not in page.content.decode()
    assert "deleted since" not in page.content.decode()


def test_the_page_takes_as_many_queries_however_many_batches_there_are(
    admin_client: Client, django_assert_num_queries: Any
) -> None:
    counts = []
    for batches in ([40], [10, 10, 10, 10]):
        simulation = a_completed_simulation(event=an_event(slug=f"event-{len(batches)}"), batches=batches)
        # Session, user, simulation; of what is remembered from then on, the results and the runs done.
        with django_assert_num_queries(5) as queries:
            page_of(admin_client, simulation)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_every_place_has_words() -> None:
    assert set(PLACES) == set(Mode)
