"""Attempts: how long one takes, what its loot lines roll, and what the grants do to the board."""

import numpy as np

from .layout import (
    FIXED_POINT,
    MILLION,
    MULTIPLIER_CAP,
    NO_TABLE,
    Accept,
    Act,
    Alone,
    Dirty,
    Effort,
    Given,
    Grant,
    Line,
    Outcome,
    Player,
    Record,
    Rule,
    Run,
    Seat,
    Shape,
    Size,
    Team,
    Tile,
    Trace,
)
from .planning import advance, grant_target
from .state import NOTHING
from .steps import apart, inlined_step, step
from .words import draw_slot


@inlined_step
def scale(multiplier, factor):
    """Return ``multiplier × factor / 10⁶`` rounded down, without overflow up to 10¹⁶ × 10⁸."""
    whole = multiplier // MILLION
    return whole * factor + (multiplier - whole * MILLION) * factor // MILLION


@step
def time_multiplier(ev, rule, skill, size, mask):
    """Return skill × band × modifiers in millionths, each step rounded down and capped."""
    band = ev.activities[ev.rules[rule, Rule.ACTIVITY], Act.SIZE_START] + size
    multiplier = min(scale(skill, ev.sizes[band, Size.TIME]), MULTIPLIER_CAP)
    first = ev.rules[rule, Rule.MODIFIER_START]
    for modifier in range(first, ev.rules[rule, Rule.MODIFIER_END]):
        if mask >> (modifier - first) & 1:
            multiplier = min(scale(multiplier, ev.modifiers[modifier]), MULTIPLIER_CAP)
    return multiplier


@inlined_step
def raw_seconds(ev, activity, x):
    """Return the seconds that a 32-bit draw picks from an activity's time model."""
    lowest = ev.activities[activity, Act.RAW_LO]
    thresholds = ev.activities[activity, Act.TIME_THRESHOLDS]
    if thresholds == NO_TABLE:
        return lowest + (((x + 1) * ev.activities[activity, Act.RAW_N] - 1) >> 32)
    cell = x >> ev.activities[activity, Act.GUIDE_SHIFT]
    value = ev.time_tables[ev.activities[activity, Act.GUIDE] + cell]
    while ev.time_tables[thresholds + value] <= x:
        value += 1
    return lowest + value


@inlined_step
def duration_s(ev, activity, multiplier, x):
    """Return the length of an attempt in seconds."""
    return max(scale(multiplier, raw_seconds(ev, activity, x)), 1)


@inlined_step
def alone_s(ev, activity, alone, x):
    """Return the length of an attempt of a player alone, by their row of ``ev.alone``."""
    factor = ev.alone[alone, Alone.FACTOR]
    raw = raw_seconds(ev, activity, x)
    if factor == 0:
        return max(scale(ev.alone[alone, Alone.MULTIPLIER], raw), 1)
    return max((raw * factor) >> FIXED_POINT, 1)


@inlined_step
def first_threshold(ev, rule, size, mask):
    """Return where the thresholds of an activity's outcomes begin, for a party size and a mask."""
    band = ev.activities[ev.rules[rule, Rule.ACTIVITY], Act.SIZE_START] + size
    n_modifiers = ev.rules[rule, Rule.MODIFIER_END] - ev.rules[rule, Rule.MODIFIER_START]
    variant = ev.rules[rule, Rule.VARIANT] + (ev.sizes[band, Size.RATE_BAND] << n_modifiers) + mask
    return ev.variants[variant]


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
    thresholds = ev.alone[(first_player + seat) * len(ev.rules) + rule, Alone.THRESHOLDS]
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
    progress = st.progress[tile] + units * ev.accepts[target, Accept.WEIGHT]
    lost = max(progress - ev.tiles[tile, Tile.NEEDS], 0)
    if lost > 0:
        tally.drops[drop, Given.LOST] += lost
    st.progress[tile] = progress - lost
    if len(tally.trace):
        record(st, tally, Trace.GRANT, second, player, drop, units, tile, lost)
    if st.progress[tile] == ev.tiles[tile, Tile.NEEDS]:
        finish_tile(ev, plans, st, tally, tile, second)
    elif st.dirty[Dirty.FLAGS, tile] == 0:
        st.dirty[Dirty.FLAGS, tile] = 1
        st.dirty[Dirty.TILES, st.run[Run.DIRTY]] = tile
        st.run[Run.DIRTY] += 1


@inlined_step
def finish_tile(ev, plans, st, tally, tile, second):
    """Finish a tile, open the next row where that is due, and move to the next plan."""
    st.finish_s[tile] = second
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
    advance(ev, plans, st, tile)


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


@step
def slowest_skill(ev, st, first_player, leader):
    """Return the largest attempt-time multiplier of a party's members, millionths."""
    skill = 0
    seat = leader
    while seat != NOTHING:
        skill = max(skill, ev.players[first_player + seat, Player.SKILL])
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    return skill
