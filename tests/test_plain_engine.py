"""The plain engine in C, by which benchmarks tell the engine's speed, plays by the model's rules.

Its luck is its own: runs differ, and what many of them come to is compared. Seeds are fixed, so a test either
passes or not.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from benchmarks.engine import GENERATED_SEED, measure
from benchmarks.generated import generate
from benchmarks.nine_days import nine_days
from benchmarks.plain import PlainEngine, Turns, build, take_turns, turn_figures
from benchmarks.plain.building import find_compiler
from benchmarks.report import NotThere
from benchmarks.sizes import Sizes
from events.document import STRATEGY_PARAMS, EventDocument, StrategyName, dump_document, parse_document
from simulations.engine import Engine, compile_event
from simulations.engine.layout import Result
from tests.engine.comparison import SEED, SMALLEST_P, bundled, z_of_difference
from tests.engine.documents import (
    a_line,
    a_player,
    a_raid,
    a_rule,
    a_tile,
    an_activity,
    an_event,
    an_outcome,
    online,
)
from tests.services import missing

PLAIN_SEED = 7


@pytest.fixture(scope="module")
def compiler() -> str:
    """Return the C compiler's path; skip where there is none, or fail where everything has to be there."""
    try:
        return find_compiler()
    except NotThere as reason:
        missing(f"{reason}; on Debian, apt-get install gcc.")


def five_strategies() -> EventDocument:
    """Return the generated event with its players in five teams, one for each strategy."""
    data = dump_document(generate(GENERATED_SEED, True))
    names = list(data["players"])
    data["teams"] = {
        f"Team {name}": {"strategy": name.value, "players": names[position :: len(StrategyName)]}
        for position, name in enumerate(StrategyName)
    }
    weights = dict(zip(STRATEGY_PARAMS, (1, 2, 3, 0.5, 0.25), strict=True))
    data["teams"][f"Team {StrategyName.WEIGHTED}"]["strategy"] = {"name": "weighted"} | weights
    return parse_document(data)


def without_waiting() -> EventDocument:
    """Return the generated event in which nobody waits for a party, and whose rows are all open."""
    changes = {"group_wait_minutes": 0, "unlock_points": 0}
    return parse_document(dump_document(generate(GENERATED_SEED, True)) | changes)


def short_evenings() -> EventDocument:
    """Return an event of attempts that often don't fit, waits and a party that one capability helps."""
    raid = a_raid(600, a_line(an_outcome("1/20", kill=1), roll="per_group"))
    boss = an_activity(1, attempt={"seconds": 2000, "spread": 1900})
    rules = [
        a_rule("boss", requires=["quest"]),
        a_rule("raid", requires=["level"], modifiers=[{"capability": "item", "rate": 3}]),
    ]
    short, long = ([online(day * 24 * 60, minutes) for day in range(4)] for minutes in (60, 120))
    # Just within Ann's wait for him, and long after it: then she waits again if Dan finishes a tile.
    later = [online(day * 24 * 60 + minutes, 60) for day, minutes in enumerate((29, 29, 50, 50))]
    players = {
        "Ann": a_player(*long, capabilities=["level"]),
        "Bob": a_player(*later, capabilities=["level", "item"]),
        "Cyd": a_player(*short, capabilities=["quest"]),
        "Dan": a_player(*long, capabilities=["quest"]),
    }
    return an_event(
        [[a_tile(f"tile-{place}", *rules) for place in range(20)]],
        players,
        activities={"boss": boss, "raid": raid},
        teams={"Three": {"players": ["Ann", "Bob", "Dan"]}, "One": {"players": ["Cyd"]}},
        group_wait_minutes=30,
        duration_hours=96,
    )


# Each event, with how many runs of the engine and of the plain one.
EVENTS: dict[str, tuple[Callable[[], EventDocument], int, int]] = {
    "spring": (lambda: bundled("spring-league-bingo"), 5_000, 3_000),
    "summer": (lambda: bundled("summer-clan-bingo"), 200, 60),
    "generated, five strategies": (five_strategies, 4_000, 3_000),
    "generated, without waiting": (without_waiting, 2_000, 1_500),
    "generated, without features": (lambda: generate(GENERATED_SEED, False), 1_000, 600),
    "short evenings": (short_evenings, 4_000, 3_000),
    "nine days, alike": (lambda: nine_days("alike"), 100, 40),
    "nine days, varied": (lambda: nine_days("varied"), 100, 40),
}


def differences(document: EventDocument, engine_runs: int, plain_runs: int) -> Iterator[str]:
    """Yield each team's figure whose mean is five standard errors off, or whose distribution is another."""
    compiled = compile_event(document)
    columns = Engine(compiled, SEED).simulate(0, engine_runs).columns
    results = PlainEngine(compiled, PLAIN_SEED).simulate(0, plain_runs)
    for team, name in enumerate(compiled.team_names):
        for figure in Result:
            if figure == Result.N:
                continue
            expected = columns[figure.name.lower()][:, team].astype(np.float64)
            found = results[team, :, figure].astype(np.float64)
            z, p = z_of_difference(found, expected), float(stats.ks_2samp(found, expected).pvalue)
            if abs(z) >= 5 or p < SMALLEST_P:
                yield f"{name}, {figure.name}: {found.mean()} for {expected.mean()}, z {z:.1f}, p {p:.2g}"


@pytest.mark.usefixtures("compiler")
@pytest.mark.parametrize("event", EVENTS)
def test_plain_runs_come_to_what_the_engines_come_to(event: str) -> None:
    make, engine_runs, plain_runs = EVENTS[event]
    assert list(differences(make(), engine_runs, plain_runs)) == []


@pytest.mark.usefixtures("compiler")
def test_a_seed_and_a_number_make_a_run() -> None:
    compiled = compile_event(generate(GENERATED_SEED, True))
    plain = PlainEngine(compiled, 1)
    whole = plain.simulate(0, 10)
    assert (plain.simulate(4, 6) == whole[:, 4:]).all()
    assert not (PlainEngine(compiled, 2).simulate(0, 10) == whole).all()


@pytest.mark.usefixtures("compiler")
def test_the_library_is_built_once(tmp_path: Path) -> None:
    library = build(tmp_path)
    built_ns = library.stat().st_mtime_ns
    assert build(tmp_path) == library
    assert library.stat().st_mtime_ns == built_ns
    assert list(tmp_path.iterdir()) == [library]


# Beside the engine


@pytest.mark.usefixtures("compiler")
def test_both_engines_are_timed_in_each_turn() -> None:
    engine = Engine(compile_event(generate(GENERATED_SEED, False)), SEED)
    turns = take_turns(engine, PlainEngine(engine.compiled, 1), 40, 20, 3)
    assert (len(turns.engine_s), len(turns.plain_s), turns.plain_runs) == (3, 3, 20)
    assert min(*turns.engine_s, *turns.plain_s) > 0


def test_the_factor_is_the_median_of_the_turns() -> None:
    turns = Turns(plain_runs=10, engine_s=[0.01, 0.02, 0.01], plain_s=[0.1, 0.4, 0.12])
    plain, times = turn_figures("part", turns, bound=15, goal=20)
    assert plain.value == pytest.approx(1 / 0.12)
    assert times.value == pytest.approx(12)
    assert times.passed is False


def test_without_a_compiler_the_engines_figures_remain(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    sizes = Sizes(repetitions=1, spring_runs=40, spring_traced=2, mixes=1000)
    report = measure(["spring"], sizes, say=lambda _: None)
    names = [figure.name for figure in report.figures]
    assert "one core" in names
    assert "times plain C" not in names
    assert report.left_out == {"spring": "plain C needs a compiler (cc, gcc, clang)"}
