"""How much database and broker a fleet takes: `python -m benchmarks.fleet`.

Many worker identities work against a database that is made and dropped for this, under a name of their own
on the broker, and sleep instead of computing. `docs/scaling.md` says what follows from the figures.
"""

import argparse
import json
import os
import secrets
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import django
from rich.console import Console

from benchmarks.fleet.broker import broker
from benchmarks.fleet.database import database_server
from simulations.benchmark import BenchmarkRefused
from simulations.benchmark.databases import temporary_database

INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    """Return 0 where everything was measured, 1 with one line on stderr where it can't be."""
    options = _parser().parse_args(arguments)
    # However it is asked to end, what it made goes first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    console = Console(stderr=True)
    try:
        with (
            broker(options.workers) as broker_url,
            database_server(options.workers) as server_url,
            temporary_database(server_url) as url,
        ):
            os.environ["DATABASE_URL"], os.environ["BROKER_URL"] = url, broker_url
            os.environ["BINGOSIM_NAMESPACE"] = f"bingosim-fleet-{secrets.token_hex(4)}"
            _measure(options, console)
    except BenchmarkRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Interrupted; what was made for it is gone.", file=sys.stderr)
        return INTERRUPTED
    return 0


def _measure(options: argparse.Namespace, console: Console) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bingosim_project.settings")
    django.setup()
    # Only now can models be imported.
    from django.db import connections

    from benchmarks.fleet.report import Report
    from benchmarks.fleet.running import Wanted, run
    from bingosim_project.celery import app  # makes it the application that publishes
    from simulations.benchmark.fleet import check_broker

    app.set_current()
    check_broker()
    wanted = Wanted(options.workers, options.seconds, options.batch_s, options.simulations, options.event)
    try:
        report = Report.of(run(wanted, console.print))
    finally:
        connections.close_all()
    Console().print(report.render())
    for path, text in (
        (options.json, json.dumps(report.to_data(), indent=2) + "\n"),
        (options.markdown, report.to_markdown()),
    ):
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=(__doc__ or "").strip())
    parser.add_argument("--workers", type=_between(1, 1000), default=200, metavar="N")
    parser.add_argument("--seconds", type=_seconds, default=60.0, help="How long to measure, default 60.")
    parser.add_argument(
        "--batch-s", type=_seconds, default=1.0, metavar="S", help="How long a batch is slept on, default 1."
    )
    parser.add_argument(
        "--simulations",
        type=_between(1, 1000),
        default=1,
        metavar="N",
        help="How many go on at once, default 1.",
    )
    parser.add_argument(
        "--event",
        default="spring-league-bingo",
        metavar="SLUG",
        help="The bundled event whose results are stored, default spring-league-bingo.",
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--markdown", type=Path, metavar="FILE")
    return parser


def _between(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        value = int(text)
        if not least <= value <= most:
            raise argparse.ArgumentTypeError(f"{value} is not from {least} to {most}")
        return value

    return number


def _seconds(text: str) -> float:
    value = float(text)
    if not 0.05 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not from 0.05 to 3600")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
