"""Looking ahead: where most attempts come to nothing, find the next one that matters in one go.

A player alone at a rule without parties disturbs nobody until an attempt of theirs brings drops
or a penalty. Draws are pure, so such a player is carried to that attempt at once, and taken back
to the attempt under way when a tile finishes and the plan sends them elsewhere.
"""

import numpy as np

from .attempts import alone_s
from .layout import (
    FAR,
    FIRST_ROLL_SLOT,
    FIXED_POINT,
    NO_TABLE,
    Act,
    Alone,
    Effort,
    Line,
    Mode,
    Rule,
    Seat,
)
from .seats import next_session_s
from .state import LONGEST_LOOK, NOTHING
from .steps import apart, inlined_step, step
from .words import U32, U_ATTEMPT_STEP, U_LOW, U_WORD_STEP, mix

RAW_MASK = (1 << 18) - 1
"""Takes nothing from how many seconds a time model has; lets the compiler multiply half words."""


@step
def look_ahead(ev, st, player, seat, rule, second, stretch):
    """Carry a player who starts on a rule to the next attempt that brings something.

    Returns False if not even the first attempt fits the session; nothing is changed then.
    """
    activity = ev.rules[rule, Rule.ACTIVITY]
    alone = player * len(ev.rules) + rule
    start, until = st.starts[seat, activity], st.seats[seat, Seat.ONLINE_UNTIL]
    first = st.counts[seat, activity]
    attempt, start_s, hit, fits = first, second, False, True
    for look in range(LONGEST_LOOK):
        st.stretch_s[seat, look] = start_s
        total, hit = draw_stretch(ev, st, activity, alone, start, attempt, stretch)
        if hit or start_s + total > until:
            hit = False
            for position in range(stretch):
                fits = start_s + st.times[position] <= until
                hit = fits and st.hits[position] != 0
                if hit or not fits:
                    break
                start_s += st.times[position]
                attempt += 1
            break
        attempt += stretch
        start_s += total
    if attempt == first and not fits:
        return False
    row = st.seats[seat]
    st.mode[seat] = Mode.AHEAD
    row[Seat.START_S] = second
    row[Seat.AHEAD_COUNT] = attempt
    row[Seat.AHEAD_S] = start_s
    row[Seat.AHEAD_HIT] = hit
    if hit:
        st.next_s[seat] = start_s + st.times[(attempt - first) & (stretch - 1)]
    elif fits:
        st.next_s[seat] = start_s
    else:
        st.next_s[seat] = next_session_s(ev, st, player, seat)
    return True


@step
def draw_stretch(ev, st, activity, alone, start, attempt, stretch):
    """Draw a stretch of attempts: durations into ``st.times``, in ``st.hits`` whether they bring
    something; return the sum of the durations and whether any brings something.

    Free of branches in the common case, so that the compiler vectorises it.
    """
    base = start + np.uint64(attempt) * U_ATTEMPT_STEP
    line = ev.activities[activity, Act.LINE_START]
    end_line = ev.activities[activity, Act.LINE_END]
    thresholds, factor = ev.alone[alone, Alone.THRESHOLDS], ev.alone[alone, Alone.FACTOR]
    limit = line_threshold(ev, activity, thresholds, line) if line < end_line else 0
    total, hits = 0, np.int64(0)
    if factor != 0 and ev.activities[activity, Act.TIME_THRESHOLDS] == NO_TABLE:
        lowest, n_values = ev.activities[activity, Act.RAW_LO], ev.activities[activity, Act.RAW_N]
        for i in range(stretch):
            word = mix(base + np.uint64(i) * U_ATTEMPT_STEP)
            raw = lowest + (((np.int64(word >> U32) + 1) * (n_values & RAW_MASK) - 1) >> 32)
            time = max((raw * factor) >> FIXED_POINT, 1)
            st.times[i] = time
            total += time
            hit = np.int64(np.int64(word & U_LOW) < limit)
            st.hits[i] = hit
            hits |= hit
    else:
        for i in range(stretch):
            word = mix(base + np.uint64(i) * U_ATTEMPT_STEP)
            time = alone_s(ev, activity, alone, np.int64(word >> U32))
            st.times[i] = time
            total += time
            hit = np.int64(np.int64(word & U_LOW) < limit)
            st.hits[i] = hit
            hits |= hit
    for other in range(line, end_line):
        limit = line_threshold(ev, activity, thresholds, other)
        for repetition in range(ev.lines[other, Line.TIMES]):
            slot = ev.lines[other, Line.SLOT] + repetition * ev.lines[other, Line.STRIDE]
            if slot != FIRST_ROLL_SLOT:
                hits |= add_hits(st, base, slot, limit, stretch)
    return total, hits != 0


@step
def add_hits(st, base, slot, limit, stretch):
    """Mark in ``st.hits`` where a slot's draw falls below ``limit``; return 1 if any does, else 0."""
    base += np.uint64(slot >> 1) * U_WORD_STEP
    shift = np.uint64(0) if slot & 1 else U32
    hits = np.int64(0)
    for i in range(stretch):
        word = mix(base + np.uint64(i) * U_ATTEMPT_STEP)
        hit = np.int64(np.int64((word >> shift) & U_LOW) < limit)
        st.hits[i] |= hit
        hits |= hit
    return hits


@inlined_step
def line_threshold(ev, activity, thresholds, line):
    """Return the threshold below which a roll of the line is not nothing."""
    first, end = ev.lines[line, Line.OUTCOME_START], ev.lines[line, Line.OUTCOME_END]
    if first == end:
        return 0
    return ev.thresholds[thresholds + end - 1 - ev.activities[activity, Act.OUTCOME_START]]


@inlined_step
def commit_ahead(ev, st, tally, seat):
    """Count the attempts that a look ahead passed over, up to ``AHEAD_COUNT``."""
    rule = st.seats[seat, Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    attempts = st.seats[seat, Seat.AHEAD_COUNT] - st.counts[seat, activity]
    seconds = st.seats[seat, Seat.AHEAD_S] - st.seats[seat, Seat.START_S]
    tally.effort[rule, Effort.ATTEMPTS] += attempts
    tally.effort[rule, Effort.PLAYER_SECONDS] += seconds
    st.counts[seat, activity] += attempts
    st.seats[seat, Seat.START_S] = st.seats[seat, Seat.AHEAD_S]


@step
def go_back(ev, st, tally, player, seat, second, stretch):
    """Take a player who looked ahead back to what they do at ``second``.

    Afterwards they are free (an attempt ends in that very second), busy with the attempt under
    way, or offline because an attempt didn't fit.
    """
    apart()
    row = st.seats[seat]
    rule = row[Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    alone = player * len(ev.rules) + rule
    ahead = row[Seat.AHEAD_COUNT] - st.counts[seat, activity]
    look = 0
    while (look + 1) * stretch <= ahead and look + 1 < LONGEST_LOOK:
        if st.stretch_s[seat, look + 1] > second:
            break
        look += 1
    attempt = st.counts[seat, activity] + look * stretch
    start_s = st.stretch_s[seat, look]
    start = st.starts[seat, activity]
    draw_stretch(ev, st, activity, alone, start, attempt, stretch)
    position = 0
    while position < stretch and start_s + st.times[position] <= min(second, row[Seat.ONLINE_UNTIL]):
        start_s += st.times[position]
        position += 1
    row[Seat.AHEAD_COUNT] = attempt + position
    row[Seat.AHEAD_S] = start_s
    commit_ahead(ev, st, tally, seat)
    row[Seat.NEXT_MEMBER] = NOTHING
    if start_s == second:
        st.mode[seat] = Mode.FREE
        st.next_s[seat] = FAR
    elif start_s + st.times[position] <= row[Seat.ONLINE_UNTIL]:
        st.mode[seat] = Mode.BUSY
        st.next_s[seat] = start_s + st.times[position]
    else:
        st.mode[seat] = Mode.OFFLINE
        st.next_s[seat] = next_session_s(ev, st, player, seat)
