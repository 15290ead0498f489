"""`demo`: what there is to see, in half a minute."""

import io
from typing import Any

from django.core.management import call_command

from events.management.base import find_event
from events.management.hints import command_line
from events.transfer import document_of
from simulations.management.computing import ComputingCommand
from simulations.models import Simulation
from simulations.presentation import show_results
from simulations.results import load_results
from simulations.results_json import results_json
from simulations.services import create_simulation

SEED = "demo"
PARTS = {"spring-league-bingo": 500_000, "summer-clan-bingo": 2_000}
NEXT = """\
What to do next
  {manage} results {id}      the report again
  {manage} replay {id} 0     one run, told from start to end
  {manage} simulate {slug} --runs 2000 --seed {seed} \\
      --set 'teams.{team}.strategy=greedy'     what if?
  {manage} compare {id} last  and what did that change?
  {manage} export_event {slug} -o my-event.yaml
  make run                                    the admin, where events are edited"""


class Command(ComputingCommand):
    help = "Set up the database, load the bundled events, simulate them and show the results."
    needs_database = False  # it migrates

    def handle(self, **options: Any) -> None:
        answers = []
        self._prepare()
        for slug, n_runs in PARTS.items():
            simulation = self._simulate(slug, n_runs)
            results = load_results(simulation)
            answers.append(results_json(results))
            self.say(*show_results(results), "")
        self.answer({"simulations": answers})
        team = next(iter(simulation.frozen_document.teams))
        self.say(
            NEXT.format(manage=command_line("").strip(), id=simulation.pk, slug=slug, seed=SEED, team=team)
        )

    def _prepare(self) -> None:
        quiet = {"stdout": io.StringIO(), "verbosity": 0}
        call_command("migrate", interactive=False, **quiet)
        call_command("load_event", bundled=True, missing=True, **quiet)

    def _simulate(self, slug: str, n_runs: int) -> Simulation:
        event = find_event(slug)
        simulation = create_simulation(
            event=event, document=document_of(event), n_runs=n_runs, seed=SEED, name="demo"
        )
        return self.compute_here(simulation.pk)
