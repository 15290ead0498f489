# mypy: disallow-untyped-decorators=False
"""Kernel drivers that repeat single steps of the engine, as often as runs were seen to take them.

They call the engine's own steps on the engine's own tables; what they add is a loop.
"""

from typing import Any

import numpy as np

from simulations.engine.attempts import alone_s, give
from simulations.engine.compile import EVENT
from simulations.engine.draws import draw_slot
from simulations.engine.layout import Act, Alone, Line, Rule, Run, Team
from simulations.engine.lookahead import draw_stretch
from simulations.engine.packs import step
from simulations.engine.planning import pick_rule
from simulations.engine.state import PLANS, TALLY, TEAM_RUN
from simulations.engine.team import reset

event_at, plans_at, team_run_at, tally_at = EVENT.at, PLANS.at, TEAM_RUN.at, TALLY.at

GRANT, PICK = 0, 1


@step(cache=True)
def draw_ahead(event: Any, team: int, team_run: Any, work: Any, stretch: int) -> Any:
    """Draw attempts in stretches, as a look ahead does. ``work`` int64 [n, 3]: player, rule, attempts."""
    ev, st = event_at(event), team_run_at(team_run)
    first_player = ev.teams[team, Team.PLAYER_START]
    total = 0
    for line in range(len(work)):
        player, rule, attempts = work[line, 0], work[line, 1], work[line, 2]
        activity = ev.rules[rule, Rule.ACTIVITY]
        start = st.starts[player - first_player, activity]
        alone = player * len(ev.rules) + rule
        for attempt in range(0, attempts, stretch):
            seconds, _ = draw_stretch(ev, st, activity, alone, start, attempt, stretch)
            total += seconds
    return total


@step(cache=True)
def draw_durations(event: Any, team: int, team_run: Any, work: Any) -> Any:
    """Draw durations one by one. ``work`` int64 [n, 3]: player, rule, attempts."""
    ev, st = event_at(event), team_run_at(team_run)
    first_player = ev.teams[team, Team.PLAYER_START]
    total = 0
    for line in range(len(work)):
        player, rule, attempts = work[line, 0], work[line, 1], work[line, 2]
        activity = ev.rules[rule, Rule.ACTIVITY]
        start = st.starts[player - first_player, activity]
        for attempt in range(attempts):
            x = np.int64(draw_slot(start, attempt, 0))
            total += alone_s(ev, activity, player * len(ev.rules) + rule, x)
    return total


@step(cache=True)
def draw_rolls(event: Any, team: int, team_run: Any, work: Any) -> Any:
    """Draw rolls one by one and find their outcomes. ``work`` int64 [n, 4]: player, rule, line, rolls."""
    ev, st = event_at(event), team_run_at(team_run)
    first_player = ev.teams[team, Team.PLAYER_START]
    total = 0
    for row in range(len(work)):
        player, rule, line, rolls = work[row, 0], work[row, 1], work[row, 2], work[row, 3]
        activity = ev.rules[rule, Rule.ACTIVITY]
        start, slot = st.starts[player - first_player, activity], ev.lines[line, Line.SLOT]
        thresholds = ev.alone[player * len(ev.rules) + rule, Alone.THRESHOLDS]
        offset = thresholds - ev.activities[activity, Act.OUTCOME_START]
        first, end = ev.lines[line, Line.OUTCOME_START], ev.lines[line, Line.OUTCOME_END]
        for attempt in range(rolls):
            x = np.int64(draw_slot(start, attempt, slot))
            outcome = first
            while outcome < end and ev.thresholds[offset + outcome] <= x:
                outcome += 1
            total += outcome
    return total


@step(cache=True)
def repeat_runs(
    event: Any,
    team: int,
    plans: Any,
    team_run: Any,
    tally: Any,
    seed: Any,
    runs: Any,
    work: Any,
    picks: bool,
) -> Any:
    """Give the grants of runs in order, with the finishes, unlocks and plans that follow from them.

    ``runs`` int64 [runs, 3]: run, its first row of ``work``, the row after its last one. ``work``
    int64 [n, 5]: GRANT, seat, drop, units, second; or PICK, seat: with ``picks`` a pick of that
    player, and of everybody where a tile has finished since the last pick. Returns how many tiles
    were finished and how many picks made.
    """
    ev, pl, st, ta = event_at(event), plans_at(plans), team_run_at(team_run), tally_at(tally)
    first_player = ev.teams[team, Team.PLAYER_START]
    n_picks, n_tiles = 0, 0
    for position in range(len(runs)):
        reset(ev, team, pl, st, seed, runs[position, 0])
        seen = 0
        for row in range(runs[position, 1], runs[position, 2]):
            seat = work[row, 1]
            if work[row, 0] == GRANT:
                give(ev, team, pl, st, ta, seat, work[row, 2], work[row, 3], work[row, 4])
            elif picks:
                pick_rule(ev, team, pl, st, first_player + seat, seat)
                n_picks += 1
                if st.run[Run.TILES] != seen:
                    seen = st.run[Run.TILES]
                    for other in range(len(st.seats)):
                        pick_rule(ev, team, pl, st, first_player + other, other)
                    n_picks += len(st.seats)
        n_tiles += st.run[Run.TILES]
    return n_tiles, n_picks
