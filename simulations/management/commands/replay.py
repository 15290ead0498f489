"""`replay`: one run, told from start to end."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand, Refused, WrongArgument, whole_number
from simulations.management.lookup import add_id_argument, find_simulation
from simulations.management.progress import load_kernels
from simulations.management.reading import reading
from simulations.models import MAX_RUNS
from simulations.presentation import show_replay
from simulations.replays import replay_json, replay_run


class Command(ProjectCommand):
    help = "Tell one run of a simulation: what finishes and opens when, and what took the time."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        add_id_argument(parser)
        parser.add_argument("run", type=whole_number(0, MAX_RUNS), metavar="RUN", help="Counted from 0.")
        parser.add_argument("--team", metavar="NAME", help="Only this team.")
        parser.add_argument("--all", action="store_true", help="Every attempt, roll and drop too.")

    def handle(self, **options: Any) -> None:
        simulation = find_simulation(options["id"], with_results=True)
        names = list(simulation.frozen_document.teams)
        if options["team"] not in (None, *names):
            raise WrongArgument(f"There is no team {options['team']!r}: there are {', '.join(names)}.")
        load_kernels(self.warn)
        try:
            with reading(simulation):
                replayed = replay_run(simulation, options["run"])
        except IndexError as error:
            raise WrongArgument(str(error)) from error
        if replayed.mismatches and not replayed.engine_changed:
            raise Refused("\n".join(["The replay does not come to what is stored:", *replayed.mismatches]))
        teams = [team for team in replayed.teams if options["team"] in (None, team.name)]
        self.answer(replay_json(replayed, teams))
        if replayed.engine_changed:
            self.warn(
                f"The run was simulated by engine version {simulation.engine_version}, "
                "which this release no longer has: the replay may differ from what is stored."
            )
            for mismatch in replayed.mismatches:
                self.warn(mismatch)
        self.say(*show_replay(replayed, teams, everything=options["all"]))
