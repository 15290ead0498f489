"""How long a fresh process takes to its first result, with compiled kernels and without."""

import tempfile
from statistics import median

from benchmarks.databases import sqlite_database
from benchmarks.processes import Finished, manage, prepare_database, run_python
from benchmarks.report import Figure
from benchmarks.sizes import Sizes
from benchmarks.throughput import BUNDLED

PART = "start-up"
SLUG = "spring-league-bingo"
FIRST_RUN = f"""
from pathlib import Path
from events.document import read_document
from simulations.engine import Engine, compile_event
text = Path({str(BUNDLED / SLUG)!r} + ".yaml").read_text()
print(Engine(compile_event(read_document(text)), "1").simulate(0, 1).digest)
"""


def start_figures(sizes: Sizes) -> list[Figure]:
    """Return the times of warm and cold starts."""
    manage("", "warmup", "--json")
    first = median(run_python("-c", FIRST_RUN).wall_s for _ in range(sizes.starts))
    with sqlite_database() as url:
        prepare_database(url)
        command = ["simulate", SLUG, "--runs", "1", "--processes", "1", "--json"]
        simulated = median(manage(url, *command).wall_s for _ in range(sizes.starts))
    cold = _cold_start()
    said = next((line for line in cold.err.splitlines() if "ompil" in line), "nothing said about it")
    of = f"fresh process, median of {sizes.starts}"
    return [
        Figure(PART, "engine, first run", first, "s", bound=2, at_most=True, note=of),
        Figure(PART, "simulate --runs 1", simulated, "s", bound=2, at_most=True, note=of),
        Figure(PART, "warmup, nothing compiled", cold.wall_s, "s", bound=60, at_most=True, note=said),
    ]


def _cold_start() -> Finished:
    with tempfile.TemporaryDirectory(prefix="bingosim-kernels-") as folder:
        return manage("", "warmup", "--json", NUMBA_CACHE_DIR=folder)
