"""Results as people read them in a terminal: tables, bars and small histograms of 80 columns."""

from simulations.presentation.comparisons import show_comparison
from simulations.presentation.details import show_hours, show_rows, show_tiles
from simulations.presentation.lists import show_simulations, show_workers
from simulations.presentation.replays import show_replay
from simulations.presentation.results import show_results

__all__ = [
    "show_comparison",
    "show_hours",
    "show_replay",
    "show_results",
    "show_rows",
    "show_simulations",
    "show_tiles",
    "show_workers",
]
