"""A replay tells exactly the run that was simulated."""

from collections import Counter, defaultdict
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from events.availability import intervals
from events.document import EventDocument, Roll
from simulations.engine import Engine, ReplayEvent, TeamReplay, compile_event, replay
from simulations.engine.replaying import FIRST_CAPACITY
from tests.engine.comparison import SEED, bundled
from tests.engine.documents import event_documents
from tests.engine.edge_cases import EDGE_CASES
from tests.engine.grinds import grinds
from tests.engine.oracle import LogEntry, OracleTeam, play

TOTALS = ("name", "points", "tiles", "row", "last_s")


def replay_of(document: EventDocument, run: int) -> list[TeamReplay]:
    return replay(compile_event(document), SEED, run)


def as_the_oracle_says(event: ReplayEvent) -> LogEntry:
    """Write an event as an entry of the oracle's log."""
    details: dict[str, dict[str, Any]] = {
        "attempt": {
            "start": event.start_s,
            "end": event.second,
            "members": list(event.players),
            "tile": event.tile,
            "activity": event.activity,
        },
        "roll": {"line": event.line, "member": event.players[:1], "outcome": event.outcome},
        "grant": {
            "activity": event.activity,
            "drop": event.drop,
            "units": event.units,
            "tile": event.tile,
        },
        "finish": {"tile": event.tile},
        "unlock": {"row": event.row},
    }
    return LogEntry(event.second, event.kind, details[event.kind])


def log_of(team: OracleTeam) -> list[LogEntry]:
    return [
        entry._replace(details=entry.details | {"member": (entry.details["member"],)})
        if entry.kind == "roll"
        else entry
        for entry in team.log
    ]


def check_against_oracle(document: EventDocument, run: int) -> None:
    for told, expected in zip(replay_of(document, run), play(document, SEED, run), strict=True):
        assert {name: getattr(told, name) for name in TOTALS} == {
            name: getattr(expected, name) for name in TOTALS
        }
        assert (told.rows_s, told.tiles_s) == (expected.rows, expected.tiles_s)
        # The oracle doesn't note the rolls that came to nothing.
        events = [event for event in told.events if event.kind != "roll" or event.outcome is not None]
        assert [as_the_oracle_says(event) for event in events] == log_of(expected)


@pytest.mark.parametrize("case", EDGE_CASES)
def test_edge_cases_are_told_as_the_oracle_tells_them(case: str) -> None:
    check_against_oracle(EDGE_CASES[case], run=4)


@settings(max_examples=30)
@given(event_documents())
def test_made_up_events_are_told_as_the_oracle_tells_them(document: EventDocument) -> None:
    check_against_oracle(document, run=4)


@settings(max_examples=30)
@given(grinds())
def test_made_up_grinds_are_told_as_the_oracle_tells_them(document: EventDocument) -> None:
    check_against_oracle(document, run=4)


def test_the_spring_event_is_told_as_the_oracle_tells_it() -> None:
    check_against_oracle(bundled("spring-league-bingo"), run=11)


# What must hold without an oracle, also of a long event.

Told = tuple[EventDocument, int, list[TeamReplay]]
RUNS = {"summer-clan-bingo": 2, "spring-league-bingo": 3}


@pytest.fixture(scope="module", params=RUNS)
def told(request: pytest.FixtureRequest) -> Told:
    document, run = bundled(request.param), RUNS[request.param]
    return document, run, replay_of(document, run)


def test_every_attempt_has_a_party(told: Told) -> None:
    # Where a replay outgrows its first room for records, it is traced again.
    document, _, teams = told
    assert (max(len(team.events) for team in teams) > FIRST_CAPACITY) == (
        document.slug == "summer-clan-bingo"
    )
    assert all(event.players for team in teams for event in team.events if event.kind == "attempt")


def test_totals_are_those_of_the_simulation(told: Told) -> None:
    document, run, teams = told
    columns = Engine(compile_event(document), SEED).simulate(run, 1).columns
    for name in ("points", "tiles", "row", "last_s"):
        assert columns[name].tolist() == [[getattr(team, name) for team in teams]]


def test_seconds_are_those_of_the_simulation(told: Told) -> None:
    document, run, teams = told
    summary = Engine(compile_event(document), SEED).simulate(run, 1).summary
    for ix, team in enumerate(teams):
        for thing, seconds in (("row", team.rows_s), ("tile", team.tiles_s)):
            sums, counts = summary.arrays[f"{thing}_sum"][ix], summary.arrays[f"{thing}_count"][ix]
            known = [second if count else -1 for second, count in zip(sums, counts, strict=True)]
            assert known == seconds


def test_effort_is_that_of_the_simulation(told: Told) -> None:
    document, run, teams = told
    compiled = compile_event(document)
    summary = Engine(compiled, SEED).simulate(run, 1).summary
    for ix, team in enumerate(teams):
        attempts: Counter[str | None] = Counter()
        seconds: Counter[str | None] = Counter()
        for event in team.events:
            if event.kind == "attempt":
                assert event.start_s is not None
                for key in (f"activity {event.activity}", f"tile {event.tile}"):
                    attempts[key] += 1
                    seconds[key] += (event.second - event.start_s) * len(event.players)
        for thing, keys in (("activity", compiled.activity_keys), ("tile", compiled.tile_keys)):
            names = [f"{thing} {key}" for key in keys]
            assert summary.arrays[f"{thing}_attempts"][ix].tolist() == [attempts[name] for name in names]
            assert summary.arrays[f"{thing}_seconds"][ix].tolist() == [seconds[name] for name in names]


def test_grants_are_those_of_the_simulation(told: Told) -> None:
    document, run, teams = told
    compiled = compile_event(document)
    summary = Engine(compiled, SEED).simulate(run, 1).summary
    for ix, team in enumerate(teams):
        units: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
        for event in team.events:
            if event.kind == "grant":
                assert event.activity is not None
                assert event.drop is not None
                assert event.units is not None
                assert event.lost is not None
                granted = units[event.activity, event.drop]
                granted[0] += event.units
                granted[1] += event.units if event.tile is None else 0
                granted[2] += event.lost
        expected = [units[pair] for pair in compiled.drops]
        found = zip(summary.drop_granted[ix], summary.drop_wasted[ix], summary.drop_lost[ix], strict=True)
        assert [list(triple) for triple in found] == expected


def attempts_of_players(team: TeamReplay) -> dict[str, list[tuple[int, int]]]:
    attempts: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for event in team.events:
        if event.kind == "attempt":
            assert event.start_s is not None
            for player in event.players:
                attempts[player].append((event.start_s, event.second))
    return attempts


def test_attempts_lie_in_a_session_of_every_member(told: Told) -> None:
    document, _, teams = told
    for team in teams:
        for player, attempts in attempts_of_players(team).items():
            online = intervals(document.players[player], document)
            for start, end in attempts:
                assert any(first <= start and end <= last for first, last in online)


def test_nobody_is_in_two_attempts_at_once(told: Told) -> None:
    for team in told[2]:
        for attempts in attempts_of_players(team).values():
            assert all(before[1] <= after[0] for before, after in pairwise(sorted(attempts)))


def test_events_come_in_the_order_of_time(told: Told) -> None:
    document, _, teams = told
    for team in teams:
        seconds = [event.second for event in team.events]
        assert seconds == sorted(seconds)
        assert max(seconds) <= document.duration_s


def test_every_repetition_of_every_line_is_told(told: Told) -> None:
    document, _, teams = told
    for team in teams:
        expected: list[tuple[str, str, int]] = []
        for event in team.events:
            if event.kind == "attempt":
                assert event.activity is not None
                for line in document.activities[event.activity].loot:
                    rollers = event.players[:1] if line.roll == Roll.PER_GROUP else event.players
                    expected += [(line.line, who, i) for who in rollers for i in range(line.times)]
        rolls = [event for event in team.events if event.kind == "roll"]
        assert [(roll.line, roll.players[0], roll.repetition) for roll in rolls] == expected
