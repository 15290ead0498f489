"""How long a simulation is said to take."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from events.document import EventDocument
from simulations import crowding
from simulations.estimates import (
    ATTEMPT_S,
    COMPILING_S,
    LEAST_ATTEMPT_S,
    STARTING_S,
    attempts_per_run,
    estimate,
)
from simulations.models import Mode, Simulation
from simulations.services import default_processes
from tests.events.factories import a_document, friday_evening, tile_data
from tests.simulations.factories import a_completed_simulation, a_simulation, a_worker

pytestmark = pytest.mark.django_db

STARTING = STARTING_S[Mode.LOCAL]


@pytest.fixture(autouse=True)
def calm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Have the kernels compiled and nothing else going on; return what lets so many others compute."""
    kept = tmp_path / "kernels-0123" / "simulate_team-1.kernel"
    kept.parent.mkdir(parents=True)
    kept.touch()
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    loads = tmp_path / "loadavg"
    monkeypatch.setattr(crowding, "LOADS", loads)

    def others(running: int) -> None:
        # This process is one of those that run.
        loads.write_text(f"0.52 0.58 0.59 {running + 1}/967 12345\n")

    others(0)
    return others


def finished(
    *, elapsed_s: float, n_runs: int, document: EventDocument | None = None, **facts: float
) -> Simulation:
    """Return a simulation that says to have computed so many runs in such a time."""
    simulation = a_completed_simulation(document=document or a_document())
    Simulation.objects.filter(pk=simulation.pk).update(elapsed_s=elapsed_s, n_runs=n_runs, **facts)
    return simulation


def another_document() -> EventDocument:
    return a_document(slug="another", name="Another")


def test_a_run_has_the_attempts_that_its_players_have_the_time_for() -> None:
    document = a_document(
        board=[{"tiles": [tile_data()]}],  # an attempt takes 120 s
        players={
            "Zoe": {"capabilities": ["quest.ds2"], "sessions": [friday_evening(minutes=60)]},
            "Adam": {},
        },
        teams={"Zebras": {"strategy": "greedy", "players": ["Zoe"]}},
    )
    assert attempts_per_run(document) == 60 * 60 / 120


def test_an_event_without_rules_is_one_attempt() -> None:
    assert attempts_per_run(a_document(board=[])) == 1


def test_the_same_event_is_expected_to_take_as_long_as_it_took() -> None:
    finished(elapsed_s=10, n_runs=1_000)
    expected = estimate(a_document(), n_runs=3_000)
    assert expected.seconds == pytest.approx(STARTING + 30)
    assert expected.basis == "as the last one of this event ran that had 1,000 runs"


def test_what_was_about_as_long_tells_more() -> None:
    finished(elapsed_s=100, n_runs=100_000)
    finished(elapsed_s=1, n_runs=100)
    assert estimate(a_document(), n_runs=50_000).seconds == pytest.approx(STARTING + 50)
    assert estimate(a_document(), n_runs=200).seconds == pytest.approx(STARTING + 2)


def test_another_event_is_reckoned_by_its_attempts() -> None:
    finished(elapsed_s=10, n_runs=1_000)
    # Twice the time means twice the attempts of who is always online, whose share is known.
    document = another_document()
    expected = estimate(document, n_runs=1_000)
    assert expected.seconds == pytest.approx(STARTING + 10)
    assert "at the speed of the last simulations here" in expected.basis
    longer = a_document(slug="longer", duration_hours=96)
    ratio = attempts_per_run(longer) / attempts_per_run(document)
    assert ratio > 1.5
    assert estimate(longer, n_runs=1_000).seconds == pytest.approx(STARTING + 10 * ratio)


def test_no_event_makes_others_look_quicker_than_any_machine_is() -> None:
    # Nobody could do anything in it: its runs were over at once.
    finished(elapsed_s=0.1, n_runs=100_000_000)
    document = another_document()
    computing = 1_000_000 * attempts_per_run(document) * LEAST_ATTEMPT_S / default_processes()
    assert estimate(document, n_runs=1_000_000).seconds == pytest.approx(STARTING + computing)


def test_where_nothing_was_simulated_yet_an_ordinary_speed_is_expected() -> None:
    document = a_document()
    expected = estimate(document, n_runs=1_000)
    computing = 1_000 * attempts_per_run(document) * ATTEMPT_S / default_processes()
    assert expected.seconds == pytest.approx(STARTING + computing)
    assert "nothing was simulated here yet" in expected.basis


def test_getting_ready_is_expected_to_take_as_long_as_it_usually_took() -> None:
    for preparing_s in (6, 20, 5, 7):
        finished(elapsed_s=10, n_runs=1_000, preparing_s=preparing_s)
    expected = estimate(a_document(), n_runs=1_000)
    assert expected.preparing_s == 6
    assert expected.seconds == pytest.approx(16)


def test_one_that_compiled_is_no_rule_for_getting_ready() -> None:
    finished(elapsed_s=10, n_runs=1_000, preparing_s=55)
    assert estimate(a_document(), n_runs=1_000).preparing_s == STARTING


def test_kernels_that_have_to_be_compiled_first_count_and_it_is_said(tmp_path: Path) -> None:
    finished(elapsed_s=10, n_runs=1_000)
    (kept,) = tmp_path.rglob("*.kernel")
    # Its sources have changed since.
    os.utime(kept, (1, 1))
    expected = estimate(a_document(), n_runs=1_000)
    assert expected.preparing_s == STARTING + COMPILING_S
    assert "have to be compiled first" in expected.basis
    kept.unlink()
    assert estimate(a_document(), n_runs=1_000) == expected


def test_on_a_busy_machine_all_of_it_takes_longer_and_it_is_said(calm: Callable[[int], None]) -> None:
    finished(elapsed_s=10, n_runs=1_000)
    calm(3 * default_processes())
    expected = estimate(a_document(), n_runs=1_000)
    assert expected.seconds == pytest.approx(4 * (STARTING + 10))
    assert "other work on this machine makes it take about 4 times as long" in expected.basis


def test_what_was_measured_on_a_busy_machine_takes_less_on_a_calm_one(calm: Callable[[int], None]) -> None:
    for _ in range(2):
        finished(elapsed_s=40, n_runs=1_000, preparing_s=20, crowding=4)
    assert estimate(a_document(), n_runs=1_000).seconds == pytest.approx(5 + 10)
    calm(3 * default_processes())
    assert estimate(a_document(), n_runs=1_000).seconds == pytest.approx(20 + 40)


def test_others_take_nothing_from_who_leaves_them_a_core(calm: Callable[[int], None]) -> None:
    cores = crowding.usable_cores()
    calm(cores)
    assert crowding.crowding(0) == 1
    assert crowding.crowding(cores) == 2
    # Two for each core share it with each other, too.
    assert crowding.crowding(2 * cores) == 1.5


def test_a_machine_that_does_not_tell_how_busy_it_is_counts_as_calm(tmp_path: Path) -> None:
    for text in ("", "0.5 0.5", "0.1 0.2 0.3 many 1"):
        (tmp_path / "loadavg").write_text(text)
        assert crowding.crowding(2) == 1
    (tmp_path / "loadavg").unlink()
    assert crowding.crowding(2) == 1


@pytest.mark.parametrize("changes", [{"status": "cancelled"}, {"engine_version": 0}, {"elapsed_s": 0.001}])
def test_what_says_nothing_of_the_speed_does_not_count(changes: dict[str, object]) -> None:
    simulation = finished(elapsed_s=10, n_runs=1_000)
    Simulation.objects.filter(pk=simulation.pk).update(**changes)
    a_simulation()
    assert "nothing was simulated here yet" in estimate(a_document(), n_runs=10).basis


def test_more_workers_take_less_time() -> None:
    finished(elapsed_s=10, n_runs=1_000)
    a_worker(0)
    one = estimate(a_document(), n_runs=10_000, mode=Mode.DISTRIBUTED)
    a_worker(1)
    two = estimate(a_document(), n_runs=10_000, mode=Mode.DISTRIBUTED)
    starting = STARTING_S[Mode.DISTRIBUTED]
    assert one.seconds - starting == pytest.approx(2 * (two.seconds - starting))
    assert one.seconds - starting == pytest.approx(100 * default_processes())


def test_an_estimate_takes_few_queries(django_assert_max_num_queries: object) -> None:
    for _ in range(3):
        finished(elapsed_s=10, n_runs=1_000)
    document = another_document()
    estimate(document, n_runs=1_000)
    with django_assert_max_num_queries(2):  # type: ignore[operator]
        estimate(document, n_runs=1_000)
