"""What a finished simulation's page shows and nothing can change any more: rendered once, then remembered."""

import hashlib
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.template.loader import render_to_string

from events.document import DocumentError
from simulations.admin.figures import figures_of
from simulations.engine import SummaryError
from simulations.models import Simulation, SimulationStatus
from simulations.results import SimulationResults, load_results
from simulations.storage import BlockError

COLUMNS = ("mean", "std", "min", "5 %", "median", "95 %", "max")
TEMPLATE = "admin/simulations/simulation/figures.html"
KEPT_S = 24 * 3600
# Of many that open a page at the same time, one renders it; the others wait for that.
_rendering = threading.Lock()


class Shown(NamedTuple):
    """What a simulation has come to by now, as its page shows it.

    ``figures`` is empty without results, and ``unreadable`` says why they can't be read.
    """

    figures: str = ""
    runs: int = 0
    digest: str = ""
    unreadable: str = ""


def shown_results(simulation: Simulation) -> Shown:
    """Return what the page shows of a simulation's results; what is completed is rendered once."""
    if simulation.status != SimulationStatus.COMPLETED:
        return _render(simulation)
    key = f"shown-results:{simulation.pk}:{simulation.digest}:{release()}"
    if (shown := _kept(key)) is None:
        with _rendering:
            if (shown := _kept(key)) is None:
                shown = _render(simulation)
                if not shown.unreadable:
                    cache.set(key, tuple(shown), KEPT_S)
    return shown


def release() -> str:
    """Return a hash that changes with the code, the templates and the settings that make pages."""
    return _hash_sources() if settings.DEBUG else _release()


@lru_cache(maxsize=1)
def _release() -> str:
    return _hash_sources()


def _hash_sources() -> str:
    hashed = hashlib.sha256(repr((settings.FLOWER_BASIC_AUTH is None, settings.FLOWER_PORT)).encode())
    for app in ("bingosim_project", "events", "simulations"):
        for path in sorted((Path(settings.BASE_DIR) / app).rglob("*")):
            if path.suffix in (".py", ".html", ".css", ".js"):
                hashed.update(f"{path}:{path.stat().st_mtime_ns}:{path.stat().st_size}\0".encode())
    return hashed.hexdigest()[:16]


def _kept(key: str) -> Shown | None:
    kept: Any = cache.get(key)
    return None if kept is None else Shown(*kept)


def _render(simulation: Simulation) -> Shown:
    # Left out until now: they are megabytes, and what is remembered does without.
    simulation.refresh_from_db(fields=("document", "summary"))
    try:
        results = load_results(simulation)
        assert results.teams is not None  # read now, while what can go wrong is caught
    except (BlockError, SummaryError, DocumentError):
        return Shown(
            unreadable="Its results were stored by another version, or are damaged: simulate the event anew "
            f"with the seed {simulation.seed}."
        )
    return Shown(_figures(results), results.runs, results.digest)


def _figures(results: SimulationResults) -> str:
    figures = figures_of(results)
    context = {"figures": figures, "results": results, "columns": COLUMNS}
    return render_to_string(TEMPLATE, context) if figures else ""
