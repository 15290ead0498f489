"""What the kernels gain over the plain engine, which plays the same runs."""

import time

from benchmarks.report import Figure
from benchmarks.throughput import SEED, bundled, measure_speed, warm_engine
from simulations.engine import digest_text
from tests.engine.oracle import digest

PART = "oracle"
SLUG = "spring-league-bingo"


def oracle_figures(n_runs: int, engine_runs: int) -> list[Figure]:
    """Time the oracle on ``n_runs`` runs and the engine on more; raise where they disagree."""
    document = bundled(SLUG)
    engine = warm_engine(document)
    digest(document, SEED, range(1))  # fills its caches
    started = time.process_time()
    expected = digest(document, SEED, range(n_runs))
    oracle_runs_per_s = n_runs / (time.process_time() - started)
    if digest_text(engine.simulate(0, n_runs).digest) != expected:
        raise RuntimeError("oracle and kernels disagree")
    runs_per_s = measure_speed(engine, engine_runs, 3).runs_per_s
    note = f"{n_runs} runs of {SLUG}, same digest as the kernels'; without summaries"
    return [
        Figure(PART, "one core", oracle_runs_per_s, "runs/s", note=note),
        Figure(PART, "kernels over oracle", runs_per_s / oracle_runs_per_s, "×"),
    ]
