"""How long the admin takes to answer with a full database: `python -m benchmarks.admin`.

The database is an SQLite file of its own: both bundled events with the library, small events up to 100, and a
simulation of each bundled event. Each page is asked for, and each form sent, by the test client, in this
process and without a network: what is timed is the application's work. The first answer fills caches, and is
given apart.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.databases import sqlite_database

if TYPE_CHECKING:
    from benchmarks.admin.timing import Timing

ROOT = Path(__file__).resolve().parents[2]
BOUND_MS = 300.0
EVENTS = 100
REPETITIONS = 5
RUNS = {"spring-league-bingo": 2_000, "summer-clan-bingo": 200}


def main() -> None:
    """Fill a database, time the pages and print a table; being slow is no failure of the measurement."""
    parser = argparse.ArgumentParser(description="Time the admin's pages.")
    parser.add_argument("--events", type=int, default=EVENTS, help="how many events the database holds")
    parser.add_argument("--repetitions", type=int, default=REPETITIONS, help="answers after the first")
    options = parser.parse_args()
    with sqlite_database() as url:
        os.environ["DATABASE_URL"] = url
        _manage("migrate", "--verbosity", "0")
        _manage("load_event", "--bundled")
        for slug, runs in RUNS.items():
            _manage("simulate", slug, "--runs", str(runs))
        pages, forms = _measure(options.events, options.repetitions)
    _show("page", pages)
    _show("what is sent", forms)


def _manage(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments], check=True, stdout=subprocess.DEVNULL
    )


def _measure(n_events: int, repetitions: int) -> tuple[list["Timing"], list["Timing"]]:
    """Return the timings of pages, and those of what is sent."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client

    # All of these need Django's applications; the first does what it does in a server.
    import bingosim_project.wsgi  # noqa: F401
    from benchmarks.admin.filling import fill
    from benchmarks.admin.forms import form_timings
    from benchmarks.admin.pages import page_timings

    fill(n_events)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model()._default_manager.create_superuser("benchmark"))
    return list(page_timings(client, repetitions)), list(form_timings(client, repetitions))


def _show(what: str, timings: Sequence["Timing"]) -> None:
    table = Table(what, title=f"Milliseconds, {os.uname().nodename}; at most {BOUND_MS:.0f}")
    for heading in ("first", "median", "longest", "KB"):
        table.add_column(heading, justify="right")
    for timing in sorted(timings, key=lambda timing: -timing.median_ms):
        figures = (timing.first_ms, timing.median_ms, timing.longest_ms, timing.kilobytes)
        table.add_row(timing.name, *(f"{figure:,.0f}" for figure in figures))
    quick = sum(timing.median_ms <= BOUND_MS for timing in timings)
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    console.print(f"{quick} of {len(timings)} are answered within {BOUND_MS:.0f} ms.")


if __name__ == "__main__":
    main()
