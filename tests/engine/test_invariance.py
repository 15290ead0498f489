"""What a run comes to doesn't depend on how the work is split, ordered or sped up."""

from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context
from typing import Any

import pytest
from hypothesis import given, settings

from events.document import EventDocument
from simulations.engine import CompiledEvent, Engine, compile_event
from simulations.engine.layout import Shortcut
from simulations.engine.simulator import ALL_SHORTCUTS
from tests.engine.comparison import (
    SEED,
    add_up,
    bundled,
    differing_fields,
    fields_of,
    simulate_alone,
)
from tests.engine.documents import event_documents
from tests.engine.edge_cases import EDGE_CASES
from tests.engine.grinds import grinds, grinds_in_step, parties_in_step, usual_kills

N_RUNS = 100
SPLITS: dict[str, list[range]] = {
    "batches of 1": [range(run, run + 1) for run in range(N_RUNS)],
    "batches of 7": [range(run, min(run + 7, N_RUNS)) for run in range(0, N_RUNS, 7)],
    "uneven batches": [range(*ends) for ends in pairwise([0, 1, 4, 50, 51, 51, 90, N_RUNS])],
    "from the last to the first": [range(run, run + 10) for run in reversed(range(0, N_RUNS, 10))],
    "in no order": [range(start, start + 25) for start in (50, 0, 75, 25)],
}
OPTIONS: dict[str, dict[str, int]] = {
    "stretches of 1": {"stretch": 1},
    "stretches of 2": {"stretch": 2},
    "stretches of 8": {"stretch": 8},
    "stretches of 64": {"stretch": 64},
    "no shortcut": {"shortcuts": 0},
    "quick steps only": {"shortcuts": Shortcut.QUICK},
    "looking ahead only": {"shortcuts": Shortcut.AHEAD | Shortcut.TOGETHER},
    "looking ahead only, stretches of 1": {"shortcuts": Shortcut.AHEAD | Shortcut.TOGETHER, "stretch": 1},
    **{f"all but {one.name}": {"shortcuts": ALL_SHORTCUTS & ~one} for one in Shortcut},
    "promises, but no quick steps": {"shortcuts": Shortcut.AHEAD | Shortcut.PROMISE},
    "memory for one plan": {"max_nodes": 1},
    "memory for two plans": {"max_nodes": 2},
    "memory for fifty plans": {"max_nodes": 50},
    "no help at all": {"shortcuts": 0, "stretch": 1, "max_nodes": 1},
}
EVENTS = EDGE_CASES | {
    "spring-league-bingo": bundled("spring-league-bingo"),
    "grinds in step": grinds_in_step(group_wait_minutes=0),
    "parties in step": parties_in_step(group_wait_minutes=3, solo=False),
    "usual kills": usual_kills(),
    "grinds in step, with waits": grinds_in_step(group_wait_minutes=5, seconds=(30, 60)),
}
COMPILED = {name: compile_event(document) for name, document in EVENTS.items()}


def differs(compiled: CompiledEvent, engines: Iterable[Engine], parts: list[range]) -> bool:
    """Return whether these engines say anything else of these runs than a fresh one in one batch."""
    expected = Engine(compiled, SEED).simulate(0, sum(len(part) for part in parts))
    digest, summary = add_up(compiled, engines, parts)
    return digest != expected.digest or bool(
        differing_fields(fields_of(summary), fields_of(expected.summary))
    )


def engines_like(compiled: CompiledEvent, n_engines: int, **options: Any) -> Iterable[Engine]:
    return (Engine(compiled, SEED, **options) for _ in range(n_engines))


@pytest.mark.parametrize("split", SPLITS)
def test_any_split_by_one_engine(split: str) -> None:
    parts = SPLITS[split]
    reused = {name: [Engine(compiled, SEED)] * len(parts) for name, compiled in COMPILED.items()}
    assert [name for name, compiled in COMPILED.items() if differs(compiled, reused[name], parts)] == []


@pytest.mark.parametrize("split", ["uneven batches", "in no order"])
def test_any_split_by_fresh_engines(split: str) -> None:
    parts = SPLITS[split]
    assert [
        name
        for name, compiled in COMPILED.items()
        if differs(compiled, engines_like(compiled, len(parts)), parts)
    ] == []


@pytest.mark.parametrize("option", OPTIONS)
def test_any_shortcut_stretch_and_memory(option: str) -> None:
    assert [
        name
        for name, compiled in COMPILED.items()
        if differs(compiled, engines_like(compiled, 1, **OPTIONS[option]), [range(N_RUNS)])
    ] == []


@pytest.mark.parametrize("option", OPTIONS)
def test_any_shortcut_stretch_and_memory_on_the_summer_event(option: str) -> None:
    compiled = compile_event(bundled("summer-clan-bingo"))
    assert not differs(compiled, engines_like(compiled, 1, **OPTIONS[option]), [range(4)])


def test_any_split_of_the_summer_event() -> None:
    compiled = compile_event(bundled("summer-clan-bingo"))
    parts = [range(7, 10), range(7), range(10, 11), range(11, 20)]
    assert not differs(compiled, [Engine(compiled, SEED)] * len(parts), parts)


def differing_options(document: EventDocument) -> list[str]:
    """Return the options and splits with which the results of a few runs differ."""
    compiled = compile_event(document)
    found = [
        option
        for option, chosen in OPTIONS.items()
        if differs(compiled, engines_like(compiled, 1, **chosen), [range(4)])
    ]
    backwards = [range(2, 4), range(1, 2), range(1)]
    if differs(compiled, [Engine(compiled, SEED)] * 3, backwards):
        found.append("backwards")
    return found


@settings(max_examples=60)
@given(event_documents())
def test_made_up_events(document: EventDocument) -> None:
    assert differing_options(document) == []


@settings(max_examples=100)
@given(grinds())
def test_made_up_grinds(document: EventDocument) -> None:
    assert differing_options(document) == []


def test_an_extended_simulation_equals_a_fresh_one() -> None:
    compiled = COMPILED["spring-league-bingo"]
    first, more = Engine(compiled, SEED).simulate(0, 60), Engine(compiled, SEED).simulate(60, 40)
    fresh = Engine(compiled, SEED).simulate(0, 100)
    first.summary.merge(more.summary)
    assert (first.digest + more.digest) % 2**64 == fresh.digest
    assert differing_fields(fields_of(first.summary), fields_of(fresh.summary)) == []


@pytest.mark.parametrize("name", ["spring-league-bingo", "units from a range"])
def test_two_processes_say_what_one_says(name: str) -> None:
    parts = [range(60), range(60, 100)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        arguments = ([EVENTS[name]] * 2, [SEED] * 2, parts)
        found = list(pool.map(simulate_alone, *arguments, timeout=300))
    for part, (digest, fields) in zip(parts, found, strict=True):
        expected = Engine(COMPILED[name], SEED).simulate(part.start, len(part))
        assert digest == expected.digest
        assert differing_fields(fields, fields_of(expected.summary)) == []


def test_no_runs_are_nothing() -> None:
    compiled = COMPILED["spring-league-bingo"]
    output = Engine(compiled, SEED).simulate(5, 0)
    assert (output.digest, output.n_runs, output.summary.runs) == (0, 0, 0)


def test_another_seed_is_another_result() -> None:
    compiled = COMPILED["spring-league-bingo"]
    assert Engine(compiled, "7").simulate(0, 1).digest != Engine(compiled, "07").simulate(0, 1).digest
