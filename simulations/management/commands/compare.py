"""`compare`: simulations side by side."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand, Refused, WrongArgument
from simulations.comparison import Comparison, NothingInCommon, compare, comparison_json
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.reading import read_results, reading
from simulations.presentation import show_comparison
from simulations.results import SimulationResults
from simulations.results_json import results_json


class Command(ProjectCommand):
    help = "Show how simulations differ from the first one, with 95 % intervals."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser, several=True)

    def handle(self, **options: Any) -> None:
        if len(options["ids"]) < 2:
            raise WrongArgument("name at least two simulations to compare")
        simulations = [find_simulation(text, with_results=True) for text in options["ids"]]
        if len({simulation.pk for simulation in simulations}) < len(simulations):
            raise WrongArgument("the same simulation is named twice")
        first, *others = [_with_runs(read_results(simulation)) for simulation in simulations]
        comparisons = [_compared(first, other) for other in others]
        self.answer(
            {
                "simulations": [results_json(results) for results in (first, *others)],
                "comparisons": [comparison_json(comparison) for comparison in comparisons],
            }
        )
        for position, comparison in enumerate(comparisons):
            self.say(*([""] if position else []), *show_comparison(comparison))


def _with_runs(results: SimulationResults) -> SimulationResults:
    if not results.runs:
        raise Refused(f"Simulation {results.simulation.pk} has no results yet.")
    return results


def _compared(first: SimulationResults, second: SimulationResults) -> Comparison:
    with reading(first.simulation, second.simulation):
        try:
            return compare(first, second)
        except NothingInCommon as error:
            raise Refused(str(error)) from error
