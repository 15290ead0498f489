"""How fast a simulation goes just now, and how long it still takes."""

import io

import pytest
from rich.console import Console

from simulations.management import progress as told
from simulations.management.progress import Pace, ProgressLines
from simulations.models import Batch, Simulation, in_seconds
from simulations.services import SimulationProgress
from simulations.services.progress import PRESENT_S, present_runs_per_s
from simulations.services.recording import record_computed
from tests.simulations.factories import a_claimed_simulation, computed


def at(elapsed_s: float, done: int, done_before: int = 0) -> SimulationProgress:
    return SimulationProgress(1_000, done, done_before=done_before, elapsed_s=elapsed_s, computing=True)


def test_the_time_left_follows_the_present_speed_not_the_mean() -> None:
    pace = Pace()
    for second in range(11):
        pace.words(at(second, 50 * second))
    # Others came: it goes on at a tenth of its speed.
    for second in range(11, 41):
        words = pace.words(at(second, 500 + 5 * (second - 10)))
    assert words == "5 runs/s, 1 min 10 s left"


def test_before_anything_is_done_the_speed_is_being_measured() -> None:
    assert Pace().words(at(0, 0)) == "measuring"


def test_a_resumed_one_is_as_fast_as_what_it_does_now() -> None:
    pace = Pace()
    pace.words(at(0, 900, done_before=900))
    assert pace.words(at(10, 950, done_before=900)) == "5 runs/s, 10.0 s left"


def test_batches_that_take_long_have_a_speed_all_the_same() -> None:
    pace = Pace()
    pace.words(at(0, 0))
    words = [pace.words(at(second, 10 * (second // 60))) for second in range(1, 181)]
    assert words[58] == "measuring"
    assert words[59] == "0.17 runs/s, 1 h 39 min left"
    assert words[179] == "0.17 runs/s, 1 h 37 min left"


def test_lines_tell_the_present_speed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "LINE_EVERY_S", 0)
    console = Console(file=io.StringIO(), width=80)
    with ProgressLines(console) as watch:
        watch(at(0, 0))
        watch(at(10, 500))
    assert console.file.getvalue().splitlines()[-1] == (  # type: ignore[attr-defined]
        "500 of 1,000 runs, 50 runs/s, 10.0 s left"
    )


def a_simulation_in_batches() -> Simulation:
    """Return a running simulation of which six of seven batches ended in its last seconds."""
    simulation, token = a_claimed_simulation(n_runs=400)
    Simulation.objects.begin_computing(simulation.pk, token, preparing_s=1, crowding=1)
    Simulation.objects.filter(pk=simulation.pk).update(leg_started_at=in_seconds(-30))
    record_computed(simulation.pk, token, computed(simulation, [50] * 7))
    for ix, batch in enumerate(Batch.objects.order_by("first_run")):
        ago_s = 28 if ix < 1 else 2 * ix
        Batch.objects.filter(pk=batch.pk).update(finished_at=in_seconds(-ago_s))
    return simulation


@pytest.mark.django_db
def test_the_present_speed_is_that_of_the_last_seconds() -> None:
    simulation = a_simulation_in_batches()
    assert present_runs_per_s(simulation.pk) == pytest.approx(6 * 50 / PRESENT_S, rel=0.05)


@pytest.mark.django_db
def test_too_few_batches_tell_no_present_speed() -> None:
    simulation = a_simulation_in_batches()
    Batch.objects.filter(first_run__gte=150).delete()
    assert present_runs_per_s(simulation.pk) is None


@pytest.mark.django_db
def test_what_gets_ready_has_no_speed() -> None:
    simulation, _ = a_claimed_simulation()
    assert present_runs_per_s(simulation.pk) is None
