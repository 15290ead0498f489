"""Flower shows what workers do."""

from typing import Any

from tests.fleet.fleet import Fleet
from tests.fleet.flower import Flower
from tests.fleet.waiting import wait_for


def test_a_batch_shows_with_its_task_simulation_and_runs(fleet: Fleet) -> None:
    fleet.worker()
    flower = Flower(fleet.env)
    simulations = []

    def shown() -> dict[str, Any] | None:
        # Another one each time: Flower answers before it listens.
        simulations.append(fleet.simulate(30, batch_size=30))
        return next(iter(flower.tasks()), None)

    try:
        task = wait_for(shown, "the task in Flower's list")
    finally:
        flower.process.kill()
        flower.process.communicate()
    assert task["name"] == "simulations.run_batch"
    simulation, batch, runs = task["kwargs"].split(", ", 2)
    assert simulation.removeprefix("simulation ") in simulations
    assert (batch.startswith("batch "), runs) == (True, "runs 0 to 29")
