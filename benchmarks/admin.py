"""How long the admin's pages take with a full database: `python -m benchmarks.admin`.

The database is an SQLite file of its own: both bundled events with the library, small events up to 100, and a
simulation of each bundled event. Each page is asked for by the test client, in this process and without a
network: what is timed is the application's work. A page's first answer fills its caches, and is given apart.
"""

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.databases import sqlite_database

ROOT = Path(__file__).resolve().parent.parent
BOUND_MS = 300.0
EVENTS = 100
# With those of the bundled events they are more than 200 activities and 500 players.
ACTIVITIES_EACH, PLAYERS_EACH = 2, 5
REPETITIONS = 5
RUNS = {"spring-league-bingo": 2_000, "summer-clan-bingo": 200}


class Timing(NamedTuple):
    """A page and the milliseconds of its answers: the first, then the median and longest of the others."""

    path: str
    first_ms: float
    median_ms: float
    longest_ms: float
    kilobytes: float


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
        timings = _measure(options.events, options.repetitions)
    _show(timings)


def _manage(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), *arguments], check=True, stdout=subprocess.DEVNULL
    )


def _measure(n_events: int, repetitions: int) -> list[Timing]:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    django.setup()
    from django.contrib.auth import get_user_model
    from django.test import Client

    _fill(n_events)
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(get_user_model()._default_manager.create_superuser("benchmark"))
    return [_time(client, path, repetitions) for path in _pages() if _opens(client, path)]


def _fill(n_events: int) -> None:
    from events.document import parse_document
    from events.models import Event
    from events.transfer import store_document

    for number in range(Event.objects.count(), n_events):
        store_document(parse_document(_small_event(number)))


def _small_event(number: int) -> dict[str, Any]:
    activities = {
        f"boss.{name}": {
            "name": f"Boss {name}",
            "attempt": {"seconds": 120},
            "loot": [{"line": "main", "outcomes": [{"rate": "1/50", "drops": {"unique": 1}}]}],
        }
        for name in range(ACTIVITIES_EACH)
    }
    players = [f"Player {name}" for name in range(PLAYERS_EACH)]
    rule = {"activity": "boss.0", "drops": ["unique"]}
    return {
        "format": "bingosim/event@1",
        "slug": f"small-{number}",
        "name": f"Small Event {number}",
        "starts_at": f"2026-{number % 12 + 1:02}-01T18:00:00",
        "timezone": "Europe/Berlin",
        "duration_hours": 48,
        "activities": activities,
        "players": {player: {} for player in players},
        "board": [
            {
                "tiles": [
                    {"key": f"r{row}-{tile}", "name": "A unique", "points": 3, "rules": [rule]}
                    for tile in range(4)
                ]
            }
            for row in range(5)
        ],
        "teams": {"One": {"players": players[:2]}, "Two": {"players": players[2:]}},
    }


def _pages() -> Iterator[str]:
    """Yield the address of every page that GET opens, for the largest event and what it holds."""
    from django.contrib import admin
    from django.urls import NoReverseMatch, reverse

    from events.models import Event
    from simulations.models import Simulation

    event = Event.objects.get(slug="summer-clan-bingo")
    simulation = Simulation.objects.get(event=event)
    for model, model_admin in admin.site._registry.items():
        owned = (
            model._default_manager.filter(event=event) if _has_event(model) else model._default_manager.all()
        )
        part = {Event: event, Simulation: simulation}.get(model) or owned.first()
        for pattern in model_admin.get_urls():
            if pattern.name is None:
                continue
            for arguments in ([], [part.pk if part else 0]):
                try:
                    path = reverse(f"admin:{pattern.name}", args=arguments)
                except NoReverseMatch:
                    continue
                yield path
                if not arguments and _has_event(model):
                    yield f"{path}?event={event.pk}"


def _has_event(model: Any) -> bool:
    return any(field.name == "event" for field in model._meta.fields)


def _opens(client: Any, path: str) -> bool:
    """Say whether there is a page: what wants POST, or more in its address, answers without one."""
    return client.get(path).status_code == 200  # type: ignore[no-any-return]


def _time(client: Any, path: str, repetitions: int) -> Timing:
    from django.core.cache import cache

    cache.clear()
    answers = [_answer(client, path) for _ in range(1 + repetitions)]
    first, *later = [milliseconds for milliseconds, _ in answers]
    return Timing(path, first, statistics.median(later), max(later), answers[-1][1] / 1024)


def _answer(client: Any, path: str) -> tuple[float, int]:
    started = time.perf_counter()
    response = client.get(path)
    milliseconds = 1000 * (time.perf_counter() - started)
    return milliseconds, len(response.getvalue())


def _show(timings: list[Timing]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("page", title=f"Milliseconds, {os.uname().nodename}; at most {BOUND_MS:.0f}")
    for heading in ("first", "median", "longest", "KB"):
        table.add_column(heading, justify="right")
    for timing in sorted(timings, key=lambda timing: -timing.median_ms):
        figures = (timing.first_ms, timing.median_ms, timing.longest_ms, timing.kilobytes)
        table.add_row(timing.path, *(f"{figure:,.0f}" for figure in figures))
    slow = sum(timing.median_ms > BOUND_MS for timing in timings)
    console = Console(width=None if sys.stdout.isatty() else 140)
    console.print(table)
    console.print(f"{len(timings) - slow} of {len(timings)} pages answer within {BOUND_MS:.0f} ms.")


if __name__ == "__main__":
    main()
