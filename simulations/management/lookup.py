"""Finding the simulation that an argument means."""

from django.core.management.base import CommandParser

from events.management.base import WrongArgument
from events.management.hints import command_line
from simulations.identity import ALPHABET, ID_LENGTH
from simulations.models import Simulation, SimulationQuerySet
from simulations.services import mark_interrupted

LAST = "last"
SHOWN = 5


def add_id_argument(parser: CommandParser, *, several: bool = False) -> None:
    """Add what `find_simulation` looks up: ``id``, or ``ids`` where several can be named."""
    help_text = f"The beginning of an id, or `{LAST}`."
    if several:
        parser.add_argument("ids", nargs="+", metavar="ID", help=help_text)
    else:
        parser.add_argument("id", metavar="ID", help=help_text)


def find_simulation(text: str, *, with_results: bool = False) -> Simulation:
    """Return the simulation with this id, or a unique beginning of one, or the `last` one.

    ``with_results`` loads the document and the summary too. Raises `WrongArgument`.
    """
    mark_interrupted()
    simulations = Simulation.objects.all() if with_results else Simulation.objects.listed()
    if text == LAST:
        return _newest(simulations)
    unknown = WrongArgument(f"There is no simulation {text!r}: `{command_line('simulations')}` lists them.")
    if not text or len(text) > ID_LENGTH or not set(text) <= set(ALPHABET):
        raise unknown
    found = list(simulations.filter(pk__startswith=text)[: SHOWN + 1])
    if not found:
        raise unknown
    if len(found) > 1:
        ids = ", ".join(simulation.pk for simulation in found[:SHOWN])
        raise WrongArgument(f"{text!r} could be {ids}{', …' if len(found) > SHOWN else ''}: give more of it.")
    return found[0]


def _newest(simulations: SimulationQuerySet) -> Simulation:
    newest = simulations.first()
    if newest is None:
        raise WrongArgument(
            f"There are no simulations yet: `{command_line('simulate SLUG --runs N')}` starts one."
        )
    return newest
