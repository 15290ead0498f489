"""A run told again equals what is stored of it."""

from importlib import import_module

import pytest

from simulations.models import BatchResult, Simulation
from simulations.replays import replay_json, replay_run
from simulations.services.recording import record_computed
from simulations.storage import decode_block, encode_block
from tests.simulations.factories import a_claimed_simulation, a_completed_simulation, computed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("run", [0, 17, 39])
def test_a_replay_comes_to_what_is_stored(run: int) -> None:
    replayed = replay_run(a_completed_simulation(batches=[10, 30]), run)
    assert replayed.stored is not None
    assert replayed.mismatches == []
    assert replay_json(replayed, replayed.teams)["matches_stored"] is True


def test_a_replay_that_differs_is_found_out() -> None:
    simulation = a_completed_simulation()
    result = BatchResult.objects.get()
    columns = {name: column.copy() for name, column in decode_block(result.block).items()}
    columns["points"][3, 0] += 1
    BatchResult.objects.update(block=encode_block(columns))
    assert replay_run(simulation, 2).mismatches == []
    (mismatch,) = replay_run(simulation, 3).mismatches
    assert "Zebras: points" in mismatch


def test_a_run_in_a_gap_is_replayed_without_comparing() -> None:
    simulation, token = a_claimed_simulation()
    record_computed(simulation.pk, token, computed(simulation, [10]))
    replayed = replay_run(simulation, 30)
    assert replayed.stored is None
    assert replay_json(replayed, replayed.teams)["matches_stored"] is None


def test_there_is_no_run_beyond_the_last() -> None:
    with pytest.raises(IndexError):
        replay_run(a_completed_simulation(), 40)


def test_a_replay_knows_that_the_engine_has_changed() -> None:
    simulation = a_completed_simulation()
    Simulation.objects.update(engine_version=999)
    simulation.refresh_from_db()
    assert replay_run(simulation, 0).engine_changed


def test_long_runs_are_told_whole_too(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = a_completed_simulation()
    expected = replay_run(simulation, 0).teams
    monkeypatch.setattr(import_module("simulations.engine.replaying"), "FIRST_CAPACITY", 8)
    assert replay_run(simulation, 0).teams == expected
