"""`python -m benchmarks.engine`: measure the engine, print a table and write JSON.

It measures and never fails for being slow; whoever reads the table judges. docs/benchmarks.md explains it.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from benchmarks.attempts import attempt_figures
from benchmarks.end_to_end import long_figures, stored_figures
from benchmarks.generated import generate
from benchmarks.machine import mix_ns
from benchmarks.nine_days import Players, nine_days
from benchmarks.oracle import oracle_figures
from benchmarks.plain import PlainEngine, take_turns, turn_figures
from benchmarks.report import Figure, NotThere, Report
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.starting import start_figures
from benchmarks.throughput import bundled, measure_speed, speed_figures, warm_engine
from events.document import EventDocument
from simulations.benchmark.machine import describe_machine

FOLDER = Path(__file__).resolve().parents[1] / "var" / "benchmarks"
GENERATED_SEED = 1
PLAIN_SEED = 1
PIPE_WIDTH = 160


@dataclass(frozen=True)
class EventSizes:
    """Runs of a repetition in the engine and in the plain one, and runs that are traced."""

    runs: int
    traced: int
    plain_runs: int
    repetitions: int


@dataclass(frozen=True)
class Limits:
    """What an event has to reach, and what we would like: runs/s, and times the plain engine's."""

    runs_per_s: float | None = None
    runs_per_s_goal: float | None = None
    times_plain: float | None = None
    times_plain_goal: float | None = None


NINE_DAYS: dict[Players, Limits] = {
    "alike": Limits(times_plain=17, times_plain_goal=24),
    "varied": Limits(times_plain=15, times_plain_goal=20),
}


def measure_spring(sizes: Sizes) -> Iterator[Figure]:
    return measure_event(
        bundled("spring-league-bingo"),
        EventSizes(sizes.spring_runs, sizes.spring_traced, sizes.spring_plain_runs, sizes.repetitions),
        Limits(runs_per_s=50_000, runs_per_s_goal=140_000, times_plain=10, times_plain_goal=15),
    )


def measure_summer(sizes: Sizes) -> Iterator[Figure]:
    return measure_event(
        bundled("summer-clan-bingo"),
        EventSizes(sizes.summer_runs, sizes.summer_traced, sizes.summer_plain_runs, sizes.repetitions),
        Limits(runs_per_s=600, runs_per_s_goal=1_300),
    )


def measure_nine_days(sizes: Sizes, players: Players) -> Iterator[Figure]:
    return measure_event(
        nine_days(players),
        EventSizes(
            sizes.nine_days_runs, sizes.nine_days_traced, sizes.nine_days_plain_runs, sizes.repetitions
        ),
        NINE_DAYS[players],
    )


def measure_event(document: EventDocument, sizes: EventSizes, limits: Limits) -> Iterator[Figure]:
    """Measure an event: runs/s, the shares of an attempt, and the plain engine beside.

    Raises `NotThere` where there is no compiler for the plain engine, after all other figures.
    """
    part, engine = document.slug, warm_engine(document)
    speed = measure_speed(engine, sizes.runs, sizes.repetitions)
    yield from speed_figures(part, speed, bound=limits.runs_per_s, goal=limits.runs_per_s_goal)
    yield from attempt_figures(part, engine, speed, sizes.traced)
    turns = take_turns(
        engine, PlainEngine(engine.compiled, PLAIN_SEED), sizes.runs, sizes.plain_runs, sizes.repetitions
    )
    yield from turn_figures(part, turns, bound=limits.times_plain, goal=limits.times_plain_goal)


def measure_features(sizes: Sizes) -> list[Figure]:
    """Measure the generated event with all features and without, and how much slower the first is."""
    full, plain = (
        measure_speed(
            warm_engine(generate(GENERATED_SEED, with_features)), sizes.generated_runs, sizes.repetitions
        )
        for with_features in (True, False)
    )
    part = "generated"
    runs, attempts = plain.runs_per_s / full.runs_per_s, full.attempt_ns / plain.attempt_ns
    note = "parties, waits, penalties, weights, modifiers"
    return [
        Figure(part, "with features", full.runs_per_s, "runs/s", note=note),
        Figure(part, "without", plain.runs_per_s, "runs/s", note="same board, rates, times and players"),
        Figure(part, "times slower a run", runs, "×", bound=3, at_most=True),
        Figure(
            part, "an attempt with features", full.attempt_ns, "ns", note=f"{full.attempts_a_run:,.0f} a run"
        ),
        Figure(part, "an attempt without", plain.attempt_ns, "ns", note=f"{plain.attempts_a_run:,.0f} a run"),
        Figure(part, "times slower an attempt", attempts, "×", note="a party's attempt counts once"),
    ]


Measure = Callable[[Sizes], Iterable[Figure]]
PARTS: dict[str, Measure] = {
    "spring": measure_spring,
    "summer": measure_summer,
    "nine-days-alike": lambda sizes: measure_nine_days(sizes, "alike"),
    "nine-days-varied": lambda sizes: measure_nine_days(sizes, "varied"),
    "features": measure_features,
    "sqlite": lambda sizes: stored_figures("SQLite", sizes),
    "postgresql": lambda sizes: stored_figures("PostgreSQL", sizes),
    "startup": start_figures,
    "oracle": lambda sizes: oracle_figures(sizes.oracle_runs, sizes.spring_runs),
}
LONG = "long"


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    # Wide enough for the table: into a pipe no cell should be cut off.
    console = Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)
    report = measure(options.only, QUICK if options.quick else FULL, say=print_progress, quick=options.quick)
    console.print(report.render())
    path = options.json or FOLDER / f"engine-{report.at.replace(':', '')}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report.to_data(), indent=1) + "\n")
    console.print(f"written to {path}", soft_wrap=True)
    if options.markdown:
        options.markdown.write_text(report.to_markdown())
    return 0


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.engine", description="Measure the engine.")
    names = ", ".join([*PARTS, LONG])
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=[*PARTS, LONG], help=f"parts: {names}")
    parser.add_argument("--long", action="store_true", help="also simulate ten million runs")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything works")
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write the figures")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table for a page, too")
    options = parser.parse_args(arguments)
    options.only = options.only or list(PARTS)
    if options.long and LONG not in options.only:
        options.only.append(LONG)
    return options


def measure(names: Sequence[str], sizes: Sizes, *, say: Callable[[str], None], quick: bool = False) -> Report:
    """Measure the named parts one after the other; what is not there is left out, with the reason."""
    report = Report(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", quick, describe_machine())
    report.mix_ns.append(mix_ns(sizes.mixes))
    for name in names:
        say(f"measuring {name}")
        try:
            for figure in long_figures(sizes) if name == LONG else PARTS[name](sizes):
                report.figures.append(figure)  # one by one: what came before a reason stays
        except NotThere as reason:
            report.left_out[name] = str(reason)
        report.mix_ns.append(mix_ns(sizes.mixes))
    return report


def print_progress(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
