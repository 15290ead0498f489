# mypy: disallow-untyped-decorators=False
"""Kernel drivers that repeat single steps of the engine, as often as runs were seen to take them.

They call the engine's own steps on the engine's own tables; what they add is a loop.
"""

from typing import Any

import numpy as np

from simulations.engine.attempts import give
from simulations.engine.compile import EVENT
from simulations.engine.durations import work_s
from simulations.engine.layout import DURATION_SLOT, Act, Line, Rule, Run, Team, Work
from simulations.engine.planning import pick_rule
from simulations.engine.state import PLANS, TALLY, TEAM_RUN
from simulations.engine.steps import entry_step, inlined_step
from simulations.engine.stretches import draw_stretch, further_hits
from simulations.engine.tables import pack_at
from simulations.engine.team import reset
from simulations.engine.words import U_ATTEMPT_STEP, draw_slot

event_at, plans_at, team_run_at, tally_at = map(pack_at, (EVENT, PLANS, TEAM_RUN, TALLY))

GRANT, PICK = 0, 1


@inlined_step
def work_at(ev: Any, st: Any, first_player: int, player: int, rule: int) -> Any:
    """Return the activity of a rule, the player's stream at it, and their row of ``ev.alone``."""
    activity = ev.rules[rule, Rule.ACTIVITY]
    return activity, st.starts[player - first_player, activity], player * len(ev.rules) + rule


@entry_step
def draw_ahead(event: Any, team: int, team_run: Any, work: Any, stretch: int) -> Any:
    """Draw attempts in stretches, as a look ahead does. ``work`` int64 [n, 3]: player, rule, attempts."""
    ev, st = event_at(event), team_run_at(team_run)
    first_player = ev.teams[team, Team.PLAYER_START]
    total = 0
    for row in work:
        player, rule, attempts = row[0], row[1], row[2]
        _, base, alone = work_at(ev, st, first_player, player, rule)
        ends = st.ends[player - first_player]
        for _ in range(0, attempts, stretch):
            hits = draw_stretch(ev, ev.alone[alone], ends, base, stretch)
            if ev.alone[alone, Work.MORE]:
                hits |= further_hits(ev, ev.alone[alone], base, stretch)
            total += ends[stretch - 1] + np.int64(hits & np.uint64(1))
            base += np.uint64(stretch) * U_ATTEMPT_STEP
    return total


@entry_step
def draw_durations(event: Any, team: int, team_run: Any, work: Any) -> Any:
    """Draw durations one by one. ``work`` int64 [n, 3]: player, rule, attempts."""
    ev, st = event_at(event), team_run_at(team_run)
    first_player = ev.teams[team, Team.PLAYER_START]
    total = 0
    for row in work:
        player, rule, attempts = row[0], row[1], row[2]
        _, start, alone = work_at(ev, st, first_player, player, rule)
        for attempt in range(attempts):
            total += work_s(ev, ev.alone[alone], np.int64(draw_slot(start, attempt, DURATION_SLOT)))
    return total


@entry_step
def draw_rolls(event: Any, team: int, team_run: Any, work: Any) -> Any:
    """Draw rolls one by one and find their outcomes. ``work`` int64 [n, 4]: player, rule, line, rolls."""
    ev, st = event_at(event), team_run_at(team_run)
    first_player = ev.teams[team, Team.PLAYER_START]
    total = 0
    for row in work:
        player, rule, line, rolls = row[0], row[1], row[2], row[3]
        activity, start, alone = work_at(ev, st, first_player, player, rule)
        slot = ev.lines[line, Line.SLOT]
        offset = ev.alone[alone, Work.THRESHOLDS] - ev.activities[activity, Act.OUTCOME_START]
        first, end = ev.lines[line, Line.OUTCOME_START], ev.lines[line, Line.OUTCOME_END]
        for attempt in range(rolls):
            x = np.int64(draw_slot(start, attempt, slot))
            outcome = first
            while outcome < end and ev.thresholds[offset + outcome] <= x:
                outcome += 1
            total += outcome
    return total


@entry_step
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
