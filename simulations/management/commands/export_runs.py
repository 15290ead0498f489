"""`export_runs`: all runs as a table."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand, WrongArgument
from events.management.files import replacing
from simulations.exports import SUFFIXES, export_runs
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.reading import reading


class Command(ProjectCommand):
    help = "Write the runs of a simulation to a Parquet or CSV file, a row for each team of each run."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)
        parser.add_argument("-o", "--output", required=True, metavar="FILE", help="*.parquet or *.csv")

    def handle(self, **options: Any) -> None:
        suffix = Path(options["output"]).suffix.lower()
        if suffix not in SUFFIXES:
            raise WrongArgument(f"{options['output']}: name a file that ends in {' or '.join(SUFFIXES)}")
        simulation = find_simulation(options["id"])
        with replacing(options["output"]) as temporary, reading(simulation):
            runs = export_runs(simulation, temporary, suffix)
        self.answer({"id": simulation.pk, "file": options["output"], "runs": runs})
        missing = "" if runs == simulation.n_runs else f" of {simulation.n_runs:,}"
        self.say(f"{options['output']}: {runs:,}{missing} runs")
