"""Where a simulation can be computed, and what keeps it from being computed elsewhere, in words."""

from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from events.wording import counted
from simulations.compiled import engine_version
from simulations.models import Mode, Simulation, Worker
from simulations.services import before_in_turn, default_processes

EVERYWHERE = ("0.0.0.0", "::")


def local_words() -> str:
    """Say what computing on this machine means."""
    words = f"A process of its own on this server, on {counted(default_processes(), 'core')}."
    before = Simulation.objects.in_turn().count()
    if before < settings.LOCAL_SIMULATIONS:
        return words
    return f"{words} It waits for its turn: {_go_first(before)}"


def waiting_words(simulation: Simulation) -> str:
    """Say what a waiting local simulation waits for."""
    return f"It waits for its turn: {_go_first(before_in_turn(simulation))} This page may be closed."


def _go_first(before: int) -> str:
    at_once = counted(settings.LOCAL_SIMULATIONS, "local simulation")
    goes = "is" if before == 1 else "are"
    return f"{counted(before, 'other')} {goes} before it, and this server computes {at_once} at a time."


def distributed_problem() -> str:
    """Say why nothing can be handed to workers; nothing where it can."""
    if connection.vendor != "postgresql":
        return "Workers need PostgreSQL, which they share; this installation keeps its data in SQLite."
    # Celery and its like take a moment to load, which a local installation need not spend.
    from simulations.metrics import broker_answers
    from simulations.queues import broker_problem

    if problem := broker_problem():
        return problem
    return "" if broker_answers() else "The broker does not answer: check BROKER_URL, and that it runs."


def workers_words() -> str:
    """Say which workers would compute a simulation that is asked for now."""
    ready = Worker.objects.live().filter(engine_version=engine_version()).count()
    if not ready:
        return f"{_none_ready()} It waits until one starts."
    return f"{ready} worker{' is' if ready == 1 else 's are'} running."


def idle_reason(simulation: Simulation) -> str:
    """Say why nothing happens to an active distributed simulation; nothing where workers can compute it."""
    versions = set(Worker.objects.live().values_list("engine_version", flat=True))
    if simulation.engine_version in versions:
        return ""
    if versions:
        return (
            f"No running worker has engine version {simulation.engine_version}, which this simulation was "
            "asked for with: start one that has, or cancel it and simulate anew."
        )
    return f"{_none_ready()} The simulation goes on by itself as soon as one starts."


def _none_ready() -> str:
    return "No worker is running: `python manage.py worker` starts one."


def hand_to_workers() -> None:
    """Tell the idle workers that there is work; whatever comes of it, they look for it themselves."""
    from simulations import dispatch  # see above

    dispatch.hand_to_idle()


def flower_address(request: HttpRequest, simulation: Simulation) -> str:
    """Return where Flower shows the workers of a distributed simulation; nothing where it isn't set up."""
    if simulation.mode != Mode.DISTRIBUTED or not settings.FLOWER_BASIC_AUTH:
        return ""
    host = settings.FLOWER_ADDRESS
    if host in EVERYWHERE:
        # Then it is reached by the name that this server is reached by.
        host = urlsplit(f"//{request.get_host()}").hostname or host
    if ":" in host:
        host = f"[{host}]"
    return urlunsplit(("http", f"{host}:{settings.FLOWER_PORT}", "/tasks", "", ""))
