"""The ends of attempts: what their loot lines roll, and what the grants do to the board."""

import numpy as np

from .ahead import note_progress, settle, share_room
from .durations import first_threshold
from .layout import (
    Accept,
    Act,
    Effort,
    Given,
    Grant,
    Line,
    Outcome,
    Record,
    Rule,
    Run,
    Seat,
    Shape,
    Team,
    Tile,
    Trace,
    Work,
)
from .planning import advance, grant_target
from .state import NOTHING, WORD_BITS
from .steps import apart, inlined_step, step
from .words import U1, draw_slot


@step
def resolve(ev, team, plans, st, tally, leader, end_s):
    """End an attempt: roll its lines, hand out the grants; return the party's penalty in seconds.

    Counts the attempt for every member. ``leader`` is the seat of the first member, from which
    ``NEXT_MEMBER`` leads to the others.
    """
    apart()
    rule = st.seats[leader, Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    first_player = ev.teams[team, Team.PLAYER_START]
    size, union = 0, 0
    seat = leader
    while seat != NOTHING:
        size += 1
        union |= ev.masks[first_player + seat, rule]
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    tally_attempt(tally, rule, size * (end_s - st.seats[leader, Seat.START_S]))
    if len(tally.trace):
        trace_attempt(ev, st, tally, leader, size, end_s, first_player)
    penalty = 0
    for line in range(ev.activities[activity, Act.LINE_START], ev.activities[activity, Act.LINE_END]):
        per_group = ev.lines[line, Line.PER_GROUP]
        seat = leader
        while seat != NOTHING:
            mask = union if per_group else ev.masks[first_player + seat, rule]
            thresholds = first_threshold(ev, rule, size, mask)
            penalty = max(penalty, roll_line(ev, team, plans, st, tally, seat, line, thresholds, end_s))
            seat = NOTHING if per_group else st.seats[seat, Seat.NEXT_MEMBER]
    seat = leader
    while seat != NOTHING:
        st.counts[seat, activity] += 1
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    return penalty


@inlined_step
def resolve_alone(ev, team, plans, st, tally, seat, end_s):
    """End the attempt of a player alone; `resolve` without the party."""
    rule = st.seats[seat, Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    first_player = ev.teams[team, Team.PLAYER_START]
    tally_attempt(tally, rule, end_s - st.seats[seat, Seat.START_S])
    if len(tally.trace):
        trace_attempt(ev, st, tally, seat, 1, end_s, first_player)
    thresholds = ev.alone[(first_player + seat) * len(ev.rules) + rule, Work.THRESHOLDS]
    penalty = 0
    for line in range(ev.activities[activity, Act.LINE_START], ev.activities[activity, Act.LINE_END]):
        penalty = max(penalty, roll_line(ev, team, plans, st, tally, seat, line, thresholds, end_s))
    st.counts[seat, activity] += 1
    return penalty


@inlined_step
def tally_attempt(tally, rule, player_seconds):
    """Count an attempt and the seconds that players spent on it."""
    tally.effort[rule, Effort.ATTEMPTS] += 1
    tally.effort[rule, Effort.PLAYER_SECONDS] += player_seconds


@inlined_step
def roll_line(ev, team, plans, st, tally, seat, line, thresholds, end_s):
    """Roll a line's repetitions for one member; return the largest penalty."""
    rule = st.seats[seat, Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    start, attempt = st.starts[seat, activity], st.counts[seat, activity]
    first, end = ev.lines[line, Line.OUTCOME_START], ev.lines[line, Line.OUTCOME_END]
    offset = thresholds - ev.activities[activity, Act.OUTCOME_START]
    slot = ev.lines[line, Line.SLOT]
    penalty = 0
    for repetition in range(ev.lines[line, Line.TIMES]):
        x = np.int64(draw_slot(start, attempt, slot))
        outcome = first
        while outcome < end and ev.thresholds[offset + outcome] <= x:
            outcome += 1
        if len(tally.trace):
            player = ev.teams[team, Team.PLAYER_START] + seat
            which = outcome - first if outcome < end else NOTHING
            record(st, tally, Trace.ROLL, end_s, player, line, repetition, which, 0)
        if outcome < end:
            penalty = max(penalty, ev.outcomes[outcome, Outcome.PENALTY_S])
            for grant in range(
                ev.outcomes[outcome, Outcome.GRANT_START], ev.outcomes[outcome, Outcome.GRANT_END]
            ):
                units = ev.grants[grant, Grant.LO]
                if ev.grants[grant, Grant.COUNT] > 1:
                    y = np.int64(draw_slot(start, attempt, slot + ev.grants[grant, Grant.SLOT]))
                    units += y * ev.grants[grant, Grant.COUNT] >> 32
                give(ev, team, plans, st, tally, seat, ev.grants[grant, Grant.DROP], units, end_s)
        slot += ev.lines[line, Line.STRIDE]
    return penalty


@inlined_step
def give(ev, team, plans, st, tally, seat, drop, units, second):
    """Grant units of a drop to the tile that the strategy picks, if there is one."""
    tally.drops[drop, Given.UNITS] += units
    target = grant_target(ev, team, plans, st, drop)
    player = ev.teams[team, Team.PLAYER_START] + seat
    if target == NOTHING:
        tally.drops[drop, Given.WASTED] += units
        if len(tally.trace):
            record(st, tally, Trace.GRANT, second, player, drop, units, NOTHING, 0)
        return
    tile = ev.accepts[target, Accept.TILE]
    gain, needs = units * ev.accepts[target, Accept.WEIGHT], ev.tiles[tile, Tile.NEEDS]
    lost, finishes = np.int64(0), False
    if st.progress[tile] + st.promises[tile] + gain >= needs:
        if st.promises[tile] != 0:
            share_room(ev, team, st, tally, tile, gain, second)
        lost = max(st.progress[tile] + gain - needs, np.int64(0))
        finishes = st.progress[tile] + gain >= needs
        if finishes:
            if st.run[Run.PROMISED]:
                settle(ev, team, st, tally, second)
            tally.drops[drop, Given.LOST] += lost
    st.progress[tile] += gain - lost
    if len(tally.trace):
        record(st, tally, Trace.GRANT, second, player, drop, units, tile, lost)
    if finishes:
        finish_tile(ev, plans, st, tally, tile, drop, second)
    else:
        note_progress(st, tile)


@inlined_step
def finish_tile(ev, plans, st, tally, tile, drop, second):
    """Finish a tile, open the next row where that is due, and move to the next plan."""
    st.finish_s[tile] = second
    st.unfinished[tile // WORD_BITS] ^= U1 << np.uint64(tile % WORD_BITS)
    st.run[Run.LAST_S] = second
    st.run[Run.TILES] += 1
    points, row = ev.tiles[tile, Tile.POINTS], ev.tiles[tile, Tile.ROW]
    st.run[Run.POINTS] += points
    st.row_points[row] += points
    if len(tally.trace):
        record(st, tally, Trace.FINISH, second, tile, 0, 0, 0, 0)
    last_row = st.run[Run.LAST_ROW]
    if row == last_row and row + 1 < len(st.opened_s) and st.row_points[row] >= ev.shape[Shape.UNLOCK_POINTS]:
        st.run[Run.LAST_ROW] = row + 1
        st.opened_s[row + 1] = second
        tally.tile_opened_row[tile] += 1
        if len(tally.trace):
            record(st, tally, Trace.UNLOCK, second, row + 1, 0, 0, 0, 0)
    advance(ev, plans, st, tile, drop)


@step
def record(st, tally, kind, second, a, b, c, d, e):
    """Append a record to the trace; where it is full, only count."""
    apart()
    row = st.run[Run.TRACED]
    st.run[Run.TRACED] = row + 1
    if row < len(tally.trace):
        entry = tally.trace[row]
        entry[Record.KIND], entry[Record.SECOND] = kind, second
        entry[Record.A], entry[Record.B], entry[Record.C] = a, b, c
        entry[Record.D], entry[Record.E] = d, e


@step
def trace_attempt(ev, st, tally, leader, size, end_s, first_player):
    """Record an attempt and its members."""
    apart()
    rule, start_s = st.seats[leader, Seat.RULE], st.seats[leader, Seat.START_S]
    record(st, tally, Trace.ATTEMPT, end_s, first_player + leader, rule, start_s, size, 0)
    seat = leader
    while seat != NOTHING:
        record(st, tally, Trace.MEMBER, end_s, first_player + seat, 0, 0, 0, 0)
        seat = st.seats[seat, Seat.NEXT_MEMBER]
