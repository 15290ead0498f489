"""What share of an attempt goes where: draws, grants, picking, and the rest.

The kernels are one piece of machine code, so nothing can be timed inside them. Instead some runs are
traced, and each kind of step is repeated alone as often as these runs took it (`benchmarks.steps`).
Draws are counted once, though a look ahead draws some of its attempts again after going back. What no
driver repeats is the rest: who is due next, sessions, parties and waits, look aheads begun and undone,
and the summaries.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import steps
from benchmarks.report import Figure
from benchmarks.throughput import SEED, Speed
from simulations.engine import Engine
from simulations.engine.layout import Record, Rule, Team, Trace
from simulations.engine.state import new_plans, new_tally, new_team_run

Table = npt.NDArray[np.int64]

FIRST_CAPACITY = 1 << 14
# Far from the runs that engines were measured with: the plans of those are remembered.
FIRST_TRACED = 10_000_000
ROUNDS = 3
STRETCH = 32  # attempts drawn at a time, as rules of about a minute have it
A, B, C, D = Record.A, Record.B, Record.C, Record.D


@dataclass(frozen=True)
class TracedRun:
    """What a team did in a run, in the tables that the drivers take, and how often."""

    run: int
    ahead: Table
    durations: Table
    rolls: Table
    grants: Table
    counts: Counter[str]


@dataclass
class Costs:
    """Seconds by kind of step, and counts, added up over traced runs of all teams."""

    draws_s: float = 0.0
    grants_s: float = 0.0
    picks_s: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)


def attempt_figures(part: str, engine: Engine, speed: Speed, n_runs: int) -> list[Figure]:
    """Return the shares of an attempt, from ``n_runs`` traced runs; ``speed`` says what all of it takes."""
    costs = measure_costs(engine, n_runs)
    spent = {"draws": costs.draws_s, "grants": costs.grants_s, "picking": costs.picks_s}
    attempt_ns = {name: seconds / costs.counts["attempts"] * 1e9 for name, seconds in spent.items()}
    attempt_ns["the rest"] = speed.attempt_ns - sum(attempt_ns.values())
    counted = ", ".join(
        f"{costs.counts[name] / n_runs:,.0f} {name}"
        for name in ("looked ahead", "with drops", "grants", "finishes", "picks")
    )
    notes = {
        "draws": "each attempt's once, in stretches where looked ahead",
        "grants": "in order, on remembered plans",
        "picking": "new plans; a pick where an attempt matters, of all where a tile finishes",
        "the rest": f"by difference; a run has {counted}",
    }
    return [
        Figure(part, f"share of {name}", 100 * ns / speed.attempt_ns, "%", note=f"{ns:.1f} ns: {notes[name]}")
        for name, ns in attempt_ns.items()
    ]


def measure_costs(engine: Engine, n_runs: int) -> Costs:
    """Time the steps of some runs, team by team; a third as many go before, so that caches are warm."""
    # An engine of its own: the measured one must not learn the plans of these runs from tracing them.
    tracer = Engine(engine.compiled, SEED)
    runs = range(FIRST_TRACED, FIRST_TRACED + n_runs + max(1, n_runs // 3))
    costs = Costs()
    for team in range(engine.compiled.n_teams):
        traced = [trace_run(tracer, team, run) for run in runs]
        drivers = _Drivers(engine, team)
        drivers.warm_up(traced[n_runs:])
        drivers.measure(traced[:n_runs], costs)
    return costs


class _Drivers:
    """The drivers of one team, on a state of their own but with the plans that the engine remembers."""

    def __init__(self, engine: Engine, team: int) -> None:
        compiled = engine.compiled
        self.event, self.team, self.seed = compiled.event, team, engine.seed
        self.known_plans, self.own_plans = engine._teams[team].plans, new_plans(compiled, team)
        self.state, self.tally = new_team_run(compiled, team), new_tally(compiled, team)

    def warm_up(self, traced: list[TracedRun]) -> None:
        self.measure(traced, Costs())

    def measure(self, traced: list[TracedRun], costs: Costs) -> None:
        """Add what the steps of these runs take, and how many there are."""
        start_s = self._repeat(traced, self.own_plans, picks=False, grants=False)[0]
        costs.draws_s += self._draws_s(traced)
        # Grants alone on plans that the same runs have made; then with picks, as the engine meets them.
        self._repeat(traced, self.own_plans, picks=True)
        grants_s = min(self._repeat(traced, self.own_plans, picks=False)[0] for _ in range(ROUNDS))
        both_s, n_picks = self._repeat(traced, self.known_plans, picks=True)
        costs.grants_s += grants_s - start_s
        costs.picks_s += both_s - grants_s
        costs.counts["picks"] += n_picks
        for one in traced:
            costs.counts += one.counts

    def _draws_s(self, traced: list[TracedRun]) -> float:
        where = (self.event.address, self.team, self.state.address)
        ahead = np.concatenate([one.ahead for one in traced])
        durations = np.concatenate([one.durations for one in traced])
        rolls = np.concatenate([one.rolls for one in traced])
        return (
            _best(lambda: steps.draw_ahead(*where, ahead, STRETCH))
            + _best(lambda: steps.draw_durations(*where, durations))
            + _best(lambda: steps.draw_rolls(*where, rolls))
        )

    def _repeat(
        self, traced: list[TracedRun], plans: Any, *, picks: bool, grants: bool = True
    ) -> tuple[float, int]:
        """Return the seconds and the picks of these runs' grants, without them of starting the runs.

        Raises RuntimeError where the grants lead elsewhere than in the runs.
        """
        ends = np.cumsum([len(one.grants) if grants else 0 for one in traced])
        runs = np.column_stack([[one.run for one in traced], np.concatenate([[0], ends[:-1]]), ends])
        work = np.concatenate([one.grants for one in traced])
        packs = (plans.address, self.state.address, self.tally.address)
        started = time.process_time()
        tiles, n_picks = steps.repeat_runs(
            self.event.address, self.team, *packs, self.seed, np.ascontiguousarray(runs), work, picks
        )
        seconds = time.process_time() - started
        expected = sum(one.counts["finishes"] for one in traced)
        if grants and tiles != expected:
            raise RuntimeError(f"the traced grants finish {tiles} tiles, not {expected}")
        return seconds, int(n_picks)


def trace_run(engine: Engine, team: int, run: int) -> TracedRun:
    """Play a run of a team attempt by attempt and sort what it did."""
    records, needed, _ = engine.trace(team, run, FIRST_CAPACITY)
    if needed > FIRST_CAPACITY:
        records, needed, _ = engine.trace(team, run, needed)
    event = engine.compiled.event
    return read_trace(records[:needed], event.rules, int(event.teams[team, Team.PLAYER_START]), run)


def read_trace(records: Table, rules: Table, first_player: int, run: int) -> TracedRun:
    """Sort the records of a trace by what the drivers repeat."""
    kind = records[:, Record.KIND]
    attempts, rolls = records[kind == Trace.ATTEMPT], records[kind == Trace.ROLL]
    # Which attempt a record belongs to: the last one before it.
    owner = np.cumsum(kind == Trace.ATTEMPT) - 1
    rolled_in = owner[kind == Trace.ROLL]
    ahead = rules[attempts[:, B], Rule.LOOKAHEAD] != 0
    # A look ahead passes over attempts that come to nothing; all others are rolled one by one.
    matters = ~ahead
    matters[rolled_in[rolls[:, D] >= 0]] = True
    rolled = np.column_stack([rolls[:, A], attempts[rolled_in, B], rolls[:, B]])
    counts = {
        "attempts": len(attempts),
        "looked ahead": np.count_nonzero(ahead),
        "with drops": len(np.unique(owner[kind == Trace.GRANT])),
        "grants": np.count_nonzero(kind == Trace.GRANT),
        "finishes": np.count_nonzero(kind == Trace.FINISH),
    }
    return TracedRun(
        run,
        ahead=_counted(attempts[ahead][:, [A, B]]),
        durations=_counted(attempts[~ahead][:, [A, B]]),
        rolls=_counted(rolled[matters[rolled_in]]),
        grants=_grants(records, owner, matters, first_player),
        counts=Counter(counts),
    )


def _grants(
    records: Table, owner: npt.NDArray[np.intp], matters: npt.NDArray[np.bool_], first_player: int
) -> Table:
    """Return the grants in order, after those of each attempt a pick of its first member."""
    kind = records[:, Record.KIND]
    grants, attempts = records[kind == Trace.GRANT], records[kind == Trace.ATTEMPT][matters]
    given = np.insert(grants[:, [A, B, C, Record.SECOND]], 0, steps.GRANT, axis=1)
    given[:, 1] -= first_player
    picks = np.zeros((len(attempts), 5), dtype=np.int64)
    picks[:, 0], picks[:, 1] = steps.PICK, attempts[:, A] - first_player
    order = np.concatenate([owner[kind == Trace.GRANT], np.flatnonzero(matters)])
    return np.concatenate([given, picks])[np.argsort(order, kind="stable")]


def _counted(rows: Table) -> Table:
    """Return the distinct rows, each with how often it occurs as its last column."""
    distinct, counts = np.unique(rows, axis=0, return_counts=True)
    return np.column_stack([distinct, counts])


def _best(call: Callable[[], object]) -> float:
    return min(_timed(call) for _ in range(ROUNDS))


def _timed(call: Callable[[], object]) -> float:
    started = time.process_time()
    call()
    return time.process_time() - started
