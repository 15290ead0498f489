"""From the command line to stored results: `simulate` on SQLite and on PostgreSQL."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager

from benchmarks.databases import postgresql_database, sqlite_database
from benchmarks.machine import parallel_gain
from benchmarks.processes import Stored, prepare_database, simulate
from benchmarks.report import Figure, NotThere
from benchmarks.sizes import Sizes
from benchmarks.throughput import bundled, warm_engine
from simulations.benchmark import BenchmarkRefused
from simulations.storage import encode_block

SLUG = "spring-league-bingo"
MEGABYTE = 1e6
MEBIBYTE = 1 << 20

Database = Callable[[], AbstractContextManager[str]]
DATABASES: dict[str, Database] = {"SQLite": sqlite_database, "PostgreSQL": postgresql_database}


def stored_figures(database_name: str, sizes: Sizes) -> list[Figure]:
    """Return what `simulate` takes on a fresh database, with one process and with two."""
    try:
        with DATABASES[database_name]() as url:
            prepare_database(url)
            one, two = (simulate(url, SLUG, sizes.stored_runs, processes=n) for n in (1, 2))
    except BenchmarkRefused as error:
        raise NotThere(str(error).rstrip(".")) from error
    part = f"end to end, {database_name}"
    if one.result["digest"] != two.result["digest"]:
        raise RuntimeError(f"one process and two came to different results on {database_name}")
    scaling = one.result["elapsed_s"] / two.result["elapsed_s"]
    return [
        *_time_figures(part, one, 1),
        *_time_figures(part, two, 2),
        Figure(part, "two processes over one", scaling, "×", bound=1.8, note="by elapsed_s"),
        Figure(part, "two cores over one", parallel_gain(sizes.mixes), "×", note="calibration's gain now"),
        *_storing_figures(part, two),
        *memory_figures(part, two),
    ]


def long_figures(sizes: Sizes) -> list[Figure]:
    """Return what very many runs take; memory must not grow with them."""
    with sqlite_database() as url:
        prepare_database(url)
        stored = simulate(url, SLUG, sizes.long_runs, processes=2)
    part = f"{sizes.long_runs:,} runs"
    return [*_time_figures(part, stored, 2), *_storing_figures(part, stored), *memory_figures(part, stored)]


def memory_figures(part: str, stored: Stored) -> list[Figure]:
    memory = stored.command.memory
    peaks = {"parent": memory.parent_bytes, "largest child": memory.largest_child_bytes}
    return [
        Figure(part, f"peak memory, {who}", peak / MEBIBYTE, "MiB", bound=1024, at_most=True)
        for who, peak in peaks.items()
        if peak  # not every system tells
    ]


def _time_figures(part: str, stored: Stored, processes: int) -> list[Figure]:
    result, runs = stored.result, stored.result["runs"]
    whole = processes == 2 and runs == 500_000
    return [
        Figure(
            part,
            f"command, processes: {processes}",
            stored.command.wall_s,
            "s",
            bound=8 if whole else None,
            at_most=True,
            note=f"{runs:,} runs from the shell to the end, kernels compiled before",
        ),
        Figure(part, f"elapsed_s, processes: {processes}", result["elapsed_s"], "s"),
        Figure(part, f"runs_per_s, processes: {processes}", result["runs_per_s"], "runs/s"),
    ]


def _storing_figures(part: str, stored: Stored) -> list[Figure]:
    """Return what storing takes: of the time, and on disk."""
    result, sizes = stored.result, stored.stored
    team_runs = result["runs"] * len(result["teams"])
    # Completing stores too, after elapsed_s was taken.
    elapsed_s = result["elapsed_s"] + sizes["storing"]["complete"]
    packing = packing_share()
    shares = {**{name: seconds / elapsed_s for name, seconds in sizes["storing"].items()}, "packing": packing}
    note = ", ".join(f"{name} {100 * share:.1f} %" for name, share in shares.items())
    disk = (stored.grown_bytes - sizes["summary_bytes"]) / team_runs
    return [
        Figure(part, "storing", 100 * sum(shares.values()), "%", bound=5, at_most=True, note=note),
        Figure(
            part,
            "blocks a team-run",
            sizes["block_bytes"] / team_runs,
            "bytes",
            note=f"{sizes['batches']} batches",
        ),
        Figure(
            part,
            "disk a team-run",
            disk,
            "bytes",
            bound=12,
            at_most=True,
            note="growth of the database, without the summary",
        ),
        Figure(part, "stored summary", sizes["summary_bytes"] / MEGABYTE, "MB", bound=5, at_most=True),
    ]


def packing_share(n_runs: int = 20_000) -> float:
    """Return what part of a computing process's time goes into compressing results for storage."""
    engine = warm_engine(bundled(SLUG))
    started = time.process_time()
    output = engine.simulate(0, n_runs)
    simulated = time.process_time()
    encode_block(output.columns)
    output.summary.to_bytes()
    return (time.process_time() - simulated) / (time.process_time() - started)
