"""`simulations`: list them."""

from typing import Any

from django.core.management.base import CommandParser

from events.management.base import ProjectCommand, find_event, whole_number
from events.management.hints import command_line
from simulations.models import Simulation, SimulationQuerySet
from simulations.presentation import show_simulations
from simulations.services import mark_interrupted

SHOWN = 20


class Command(ProjectCommand):
    help = "List the simulations, the newest first."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--event", metavar="SLUG", help="Those of this event only.")
        parser.add_argument("--limit", type=whole_number(1, 1_000_000), default=SHOWN, metavar="N")

    def handle(self, **options: Any) -> None:
        mark_interrupted()
        wanted = Simulation.objects.listed().with_runs_done()
        if options["event"] is not None:
            wanted = _of_event(wanted, options["event"])
        simulations = list(wanted[: options["limit"]])
        self.answer({"simulations": [_data(simulation) for simulation in simulations]})
        if simulations:
            self.say(show_simulations(simulations))
        elif options["event"]:
            self.say(f"There are no simulations of {options['event']}.")
        else:
            self.say(f"There are no simulations yet: `{command_line('simulate SLUG --runs N')}` starts one.")


def _of_event(simulations: SimulationQuerySet, slug: str) -> SimulationQuerySet:
    """Return an event's simulations, also of a deleted one; raise `WrongArgument` for an unknown slug."""
    # What can't be a slug stays away from the database, which would choke on some of it.
    could_be = slug.isascii() and slug.isprintable()
    found = simulations.filter(event_slug=slug) if could_be else simulations.none()
    if not found.exists():
        find_event(slug)
    return found


def _data(simulation: Any) -> dict[str, Any]:
    return {
        "id": simulation.pk,
        "name": simulation.name,
        "event": simulation.event_slug,
        "seed": simulation.seed,
        "runs": simulation.n_runs,
        "runs_done": simulation.runs_done,
        "mode": simulation.mode,
        "status": simulation.status,
        "waiting": simulation.is_waiting,
        "preparing_s": round(simulation.preparing_s, 3),
        "elapsed_s": round(simulation.elapsed_s, 3),
        "digest": simulation.digest or None,
        "overrides": simulation.overrides,
        "engine_version": simulation.engine_version,
        "created_at": simulation.created_at,
        "error": simulation.error or None,
    }
