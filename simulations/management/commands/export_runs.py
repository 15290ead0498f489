"""`export_runs`: all runs as a table."""

import time
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand, Refused, WrongArgument
from events.management.files import replacing
from simulations.exports import SUFFIXES, export_runs
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.progress import Watcher, watcher
from simulations.management.reading import reading
from simulations.models import Simulation
from simulations.presentation.drawing import done_of
from simulations.run_times import EngineChanged, ReplayDiffers, replay_pieces
from simulations.services import SimulationProgress, default_processes
from simulations.services.recording import runs_done

# Each has an engine of its own, of up to a hundred megabytes.
MOST_THREADS = 8


class Command(ProjectCommand):
    help = "Write the runs of a simulation to a Parquet or CSV file, a row for each team of each run."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)
        parser.add_argument("-o", "--output", required=True, metavar="FILE", help="*.parquet or *.csv")
        parser.add_argument(
            "--times",
            action="store_true",
            help="Replay the runs, and add when each row opened and each tile was finished.",
        )

    def handle(self, **options: Any) -> None:
        suffix = Path(options["output"]).suffix.lower()
        if suffix not in SUFFIXES:
            raise WrongArgument(f"{options['output']}: name a file that ends in {' or '.join(SUFFIXES)}")
        simulation = find_simulation(options["id"])
        with replacing(options["output"]) as temporary, reading(simulation):
            runs = self._export(simulation, temporary, suffix, times=options["times"])
        self.answer({"id": simulation.pk, "file": options["output"], "runs": runs})
        self.say(f"{options['output']}: {done_of(runs, simulation.n_runs)}")

    def _export(self, simulation: Simulation, path: Path, suffix: str, *, times: bool) -> int:
        """Write the runs, replayed where times are wanted; raise `Refused` where that can't be done."""
        if not times:
            return export_runs(simulation, path, suffix)
        try:
            with watcher(self.progress_console) as watch:
                told = _Told(runs_done(simulation.pk), watch)
                threads = min(default_processes(), MOST_THREADS)
                pieces = replay_pieces(simulation, told, n_threads=threads)
                return export_runs(simulation, path, suffix, pieces)
        except (EngineChanged, ReplayDiffers) as error:
            raise Refused(str(error)) from error


class _Told:
    """Loads the kernels, then tells a watcher how many runs have been replayed."""

    def __init__(self, n_runs: int, watch: Watcher) -> None:
        # Imported here: it takes a while, and `help` loads every command.
        from simulations import engine

        self._watch = watch
        self._progress = SimulationProgress(n_runs, 0, compiling=not engine.is_warm())
        watch(self._progress)
        engine.warmup()
        self._progress.compiling, self._progress.computing = False, True
        self._started = time.monotonic()

    def __call__(self, runs_done: int) -> None:
        self._progress.done, self._progress.elapsed_s = runs_done, time.monotonic() - self._started
        self._watch(self._progress)
