"""Summaries of older formats: what they lack comes from the stored runs."""

from simulations.engine import Summary
from simulations.models import Simulation
from simulations.runs import stored_blocks


def recover_board_times(summary: Summary, simulation: Simulation) -> bool:
    """Put in the seconds in which boards were finished, which format 1 lacks; say whether it lacked any."""
    if not summary.lacks_board_times:
        return False
    document = simulation.frozen_document
    n_tiles = len(document.tiles())
    summary.forget_board_times()
    for _, columns in stored_blocks(simulation):
        finished = columns["tiles"] == n_tiles
        for team in range(finished.shape[1]):
            seconds = columns["last_s"][finished[:, team], team]
            summary.add_board_times(team, seconds, document.duration_s)
    return True
