"""``simulation.runs[123456]``: what runs came to, decoded from the blocks of their batches."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from simulations.storage import Columns, TeamRun, decode_block, run_of

if TYPE_CHECKING:
    from simulations.models import Simulation


class RunNotSimulated(LookupError):
    """The run belongs to the simulation, but no finished batch holds it."""


class RunResult(NamedTuple):
    """One run: for each team of the document, in its order, what the run came to."""

    run: int
    teams: dict[str, TeamRun]


class StoredRuns:
    """The runs of a simulation by their number."""

    def __init__(self, simulation: "Simulation") -> None:
        self.simulation = simulation

    def __len__(self) -> int:
        return self.simulation.n_runs

    def __getitem__(self, run: int) -> RunResult:
        """Decode one run; raise IndexError outside the simulation, `RunNotSimulated` in a gap."""
        if not 0 <= run < len(self):
            raise IndexError(f"Run {run} is not one of the runs 0 to {len(self) - 1}.")
        found = (
            self.simulation.batches.done()
            .filter(first_run__lte=run)
            .order_by("-first_run")
            .values_list("first_run", "n_runs", "result__block")
            .first()
        )
        if found is None or run >= found[0] + found[1]:
            raise RunNotSimulated(f"Run {run} has not been simulated yet.")
        names = self.simulation.frozen_document.teams
        return RunResult(run, dict(zip(names, run_of(decode_block(found[2]), run - found[0]), strict=True)))


def stored_blocks(simulation: "Simulation") -> Iterator[tuple[int, Columns]]:
    """Yield the first run and the columns of each finished batch, in the order of the runs."""
    batches = simulation.batches.done().order_by("first_run").values_list("first_run", "result__block")
    for first_run, block in batches.iterator(chunk_size=4):
        yield first_run, decode_block(block)
