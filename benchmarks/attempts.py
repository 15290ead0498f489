"""What share of an attempt goes where: draws, grants, picking, and the rest.

The kernels are one piece of machine code, so nothing can be timed inside them. Instead some runs are
traced, and each kind of step is repeated alone as often as these runs took it (`benchmarks.steps`).
Draws are counted once, though a look ahead draws some of its attempts again after going back. What no
driver repeats is the rest: who is due next, sessions, parties and waits, look aheads begun and undone,
and the summaries.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import steps
from benchmarks.report import Figure
from benchmarks.throughput import Speed
from simulations.engine import Engine
from simulations.engine.layout import Rule, Team, Trace
from simulations.engine.simulator import BLOCK
from simulations.engine.state import new_plans, new_tally, new_team_run

Table = npt.NDArray[np.int64]

FIRST_CAPACITY = 1 << 14
ROUNDS = 3
# The columns of a trace record after its kind and second.
A, B, C, D, E = range(2, 7)


@dataclass(frozen=True)
class TracedRun:
    """What a team did in a run, as the drivers take it, with counts in ``n``."""

    run: int
    ahead: Table
    durations: Table
    rolls: Table
    grants: Table
    n: dict[str, int]


@dataclass
class Costs:
    """Seconds by kind of step, and counts, added up over traced runs of all teams."""

    draws_s: float = 0.0
    grants_s: float = 0.0
    picks_s: float = 0.0
    n: dict[str, int] = field(default_factory=dict)

    def count(self, counts: dict[str, int]) -> None:
        for name, value in counts.items():
            self.n[name] = self.n.get(name, 0) + value


def attempt_figures(part: str, engine: Engine, speed: Speed, n_runs: int) -> list[Figure]:
    """Return the shares of an attempt, from ``n_runs`` traced runs; ``speed`` says what all of it takes."""
    costs = measure_costs(engine, range(n_runs))
    attempts = costs.n["attempts"]
    spent = {"draws": costs.draws_s, "grants": costs.grants_s, "picking": costs.picks_s}
    nanoseconds = {name: seconds / attempts * 1e9 for name, seconds in spent.items()}
    nanoseconds["the rest"] = speed.attempt_ns - sum(nanoseconds.values())
    counted = ", ".join(
        f"{costs.n[name] / n_runs:,.0f} {name}" for name in ("looked ahead", "with drops", "grants", "finishes", "picks")
    )
    notes = {
        "draws": "each attempt's draws once, in blocks where looked ahead",
        "grants": "all grants in order, plans remembered",
        "picking": "new plans, and picks where an attempt matters or a tile finishes",
        "the rest": f"by difference; a run has {counted}",
    }
    return [
        Figure(part, f"share of {name}", 100 * ns / speed.attempt_ns, "%", note=f"{ns:.2f} ns: {notes[name]}")
        for name, ns in nanoseconds.items()
    ]


def measure_costs(engine: Engine, runs: range) -> Costs:
    """Time the steps of some runs, team by team."""
    costs = Costs()
    for team in range(engine.compiled.n_teams):
        traced = [trace_run(engine, team, run) for run in runs]
        for one in traced:
            costs.count(one.n)
        _Drivers(engine, team).measure(traced, costs)
    return costs


class _Drivers:
    """The drivers of one team, on state of their own but with the plans that the engine remembers."""

    def __init__(self, engine: Engine, team: int) -> None:
        compiled = engine.compiled
        self.event, self.team = compiled.event, team
        self.first_player = int(compiled.event.teams[team, Team.PLAYER_START])
        self.seed = engine.seed
        self.known_plans = engine._teams[team].plans
        self.own_plans = new_plans(compiled, team)
        self.state, self.tally = new_team_run(compiled, team), new_tally(compiled, team)

    def measure(self, traced: list[TracedRun], costs: Costs) -> None:
        event, state, first = self.event.address, self.state.address, self.first_player
        for one in traced:
            self._start(one.run, self.own_plans)
            costs.draws_s += _best(lambda one=one: steps.draw_ahead(event, first, state, one.ahead, BLOCK))
            costs.draws_s += _best(lambda one=one: steps.draw_durations(event, first, state, one.durations))
            costs.draws_s += _best(lambda one=one: steps.draw_rolls(event, first, state, one.rolls))
            # Grants alone on plans that the run itself has made; then once more as the engine meets it.
            self._repeat(one, self.own_plans, picks=True)
            grants_s = min(self._repeat(one, self.own_plans, picks=False)[0] for _ in range(ROUNDS))
            both_s, n_picks = self._repeat(one, self.known_plans, picks=True)
            costs.grants_s += grants_s
            costs.picks_s += both_s - grants_s
            costs.count({"picks": n_picks})

    def _start(self, run: int, plans: Any) -> None:
        steps.start_run(self.event.address, self.team, plans.address, self.state.address, self.seed, run)

    def _repeat(self, one: TracedRun, plans: Any, *, picks: bool) -> tuple[float, int]:
        """Return the seconds and the picks of a run's grants; raise where they lead elsewhere than it did."""
        self._start(one.run, plans)
        packs = (plans.address, self.state.address, self.tally.address)
        started = time.perf_counter()
        tiles, n_picks = steps.repeat_run(
            self.event.address, self.team, self.first_player, *packs, one.grants, picks
        )
        seconds = time.perf_counter() - started
        if tiles != one.n["finishes"]:
            raise RuntimeError(f"run {one.run}: {tiles} tiles finished instead of {one.n['finishes']}")
        return seconds, int(n_picks)


def trace_run(engine: Engine, team: int, run: int) -> TracedRun:
    """Play a run of a team attempt by attempt and sort what it did."""
    records, needed, _ = engine.trace(team, run, FIRST_CAPACITY)
    if needed > FIRST_CAPACITY:
        records, needed, _ = engine.trace(team, run, needed)
    event = engine.compiled.event
    first_player = int(event.teams[team, Team.PLAYER_START])
    return read_trace(records[:needed], event.rules, first_player, run)


def read_trace(records: Table, rules: Table, first_player: int, run: int) -> TracedRun:
    """Sort the records of a trace by what the drivers repeat."""
    kind = records[:, 0]
    attempts = records[kind == Trace.ATTEMPT]
    n_attempts = len(attempts)
    # Which attempt a record belongs to: the last one before it.
    owner = np.cumsum(kind == Trace.ATTEMPT) - 1
    is_roll = kind == Trace.ROLL
    rolls, rolled_by = records[is_roll], owner[is_roll]
    ahead = rules[attempts[:, B], Rule.LOOKAHEAD] != 0
    matters = ~ahead
    matters[rolled_by[rolls[:, D] >= 0]] = True
    kept = matters[rolled_by]
    roll_rules = attempts[rolled_by, B]
    return TracedRun(
        run,
        ahead=_counted(attempts[ahead][:, [A, B]]),
        durations=_counted(attempts[~ahead][:, [A, B]]),
        rolls=_counted(np.column_stack([rolls[:, A], roll_rules, rolls[:, B]])[kept]),
        grants=_grants(records, owner, matters, first_player),
        n={
            "attempts": n_attempts,
            "looked ahead": int(ahead.sum()),
            "with drops": len(np.unique(owner[kind == Trace.GRANT])),
            "grants": int((kind == Trace.GRANT).sum()),
            "finishes": int((kind == Trace.FINISH).sum()),
        },
    )


def _grants(records: Table, owner: npt.NDArray[np.intp], matters: npt.NDArray[np.bool_], first_player: int) -> Table:
    """Return the grants in order, and after those of an attempt a pick of its first member."""
    kind = records[:, 0]
    grants = records[kind == Trace.GRANT]
    attempts = records[kind == Trace.ATTEMPT][matters]
    given = np.column_stack(
        [np.full(len(grants), steps.GRANT), grants[:, A] - first_player, grants[:, B], grants[:, C], grants[:, 1]]
    )
    picks = np.zeros((len(attempts), 5), dtype=np.int64)
    picks[:, 0], picks[:, 1] = steps.PICK, attempts[:, A] - first_player
    order = np.concatenate([owner[kind == Trace.GRANT], np.flatnonzero(matters)])
    return np.ascontiguousarray(np.concatenate([given, picks])[np.argsort(order, kind="stable")])


def _counted(rows: Table) -> Table:
    """Return the distinct rows, each with how often it occurs as a last column."""
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return np.ascontiguousarray(np.column_stack([distinct, counts]).astype(np.int64))


def _best(call: Callable[[], object]) -> float:
    return min(_timed(call) for _ in range(ROUNDS))


def _timed(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started
