"""Looking ahead: where most attempts come to nothing, find the next one that matters in one go.

A player alone at a rule without parties disturbs nobody until an attempt of theirs brings drops
or a penalty. Draws are pure, so such a player is carried to that attempt at once, and taken back
to the attempt under way when a tile finishes and the plan sends them elsewhere.
"""

import numpy as np
from .packs import step

from .attempts import duration_s, first_threshold, raw_seconds, scale, time_multiplier
from .draws import U32, U_ATTEMPT_STEP, U_LOW, U_WORD_STEP, draw_slot, draw_word, mix
from .layout import FAR, NEVER, Act, Line, Mode, Player, Rule, Seat

LONGEST_LOOK = 512
FIXED_POINT = 40
FIXED_POINT_CAP = 1 << 22  # multipliers below it keep raw × fixed-point factor in int64


@step
def look_ahead(ev, st, player, seat, rule, second, block):
    """Carry a player who starts on a rule to the next attempt that brings something.

    Returns False if not even the first attempt fits the session; nothing is changed then.
    """
    activity = ev.rules[rule, Rule.ACTIVITY]
    mask = ev.masks[player, rule]
    multiplier = time_multiplier(ev, rule, ev.players[player, Player.SKILL], 1, mask)
    thresholds = first_threshold(ev, rule, 1, mask)
    start, until = st.starts[seat, activity], st.seats[seat, Seat.ONLINE_UNTIL]
    first = st.counts[seat, activity]
    attempt, start_s, hit = first, second, 0
    while attempt - first < LONGEST_LOOK:
        n_block = 1
        if block > 1:
            n_block = block
            total, any_hit = draw_block(ev, st, activity, multiplier, thresholds, start, attempt, block)
            if not any_hit and start_s + total <= until:
                attempt += block
                start_s += total
                continue
        else:
            x = np.int64(draw_slot(start, attempt, 0))
            st.times[0] = duration_s(ev, activity, multiplier, x)
        done = False
        for position in range(n_block):
            if start_s + st.times[position] > until:
                done = True
                break
            if brings_something(ev, activity, thresholds, start, attempt):
                hit = 1
                done = True
                break
            start_s += st.times[position]
            attempt += 1
        if done:
            break
    if attempt == first and hit == 0:
        return False
    st.seats[seat, Seat.MODE] = Mode.AHEAD
    st.seats[seat, Seat.START_S] = second
    st.seats[seat, Seat.AHEAD_COUNT] = attempt
    st.seats[seat, Seat.AHEAD_S] = start_s
    st.seats[seat, Seat.AHEAD_HIT] = hit
    x = np.int64(draw_slot(start, attempt, 0))
    end_s = start_s + duration_s(ev, activity, multiplier, x)
    if hit:
        st.seats[seat, Seat.NEXT_S] = end_s
    elif end_s <= until:
        st.seats[seat, Seat.NEXT_S] = start_s
    else:
        st.seats[seat, Seat.NEXT_S] = next_session_s(ev, st, player, seat)
    return True


@step
def next_session_s(ev, st, player, seat):
    """Return when the player's next session starts, ``FAR`` if there is none."""
    session = st.seats[seat, Seat.SESSION] + 1
    if session < ev.players[player, Player.SESSION_END]:
        return ev.sessions[session, 0]
    return FAR


@step
def draw_block(ev, st, activity, multiplier, thresholds, start, attempt, block):
    """Draw a block of attempts: durations into ``st.times``; return their sum and whether any hits.

    Free of branches, so that the compiler vectorises it. The factor is the multiplier / 10⁶ in
    fixed point, rounded up: for raw values below 2¹⁸ the error stays below a millionth, the
    distance of an inexact product from the next whole number, so the floor is exact.
    """
    base = start + np.uint64(attempt) * U_ATTEMPT_STEP
    line = ev.activities[activity, Act.LINE_START]
    end_line = ev.activities[activity, Act.LINE_END]
    limit = line_threshold(ev, activity, thresholds, line) if line < end_line else 0
    factor = ((multiplier << FIXED_POINT) - 1) // 1_000_000 + 1 if multiplier < FIXED_POINT_CAP else 0
    total, hits = 0, 0
    if factor != 0 and ev.activities[activity, Act.TIME_THRESHOLDS] == NEVER:
        lowest, n_values = ev.activities[activity, Act.RAW_LO], ev.activities[activity, Act.RAW_N]
        for i in range(block):
            word = mix(base + np.uint64(i) * U_ATTEMPT_STEP)
            raw = lowest + (((np.int64(word >> U32) + 1) * (n_values & 0x3FFFF) - 1) >> 32)
            time = max((raw * factor) >> FIXED_POINT, 1)
            st.times[i] = time
            total += time
            hits |= np.int64(word & U_LOW) < limit
    else:
        for i in range(block):
            word = mix(base + np.uint64(i) * U_ATTEMPT_STEP)
            time = max(scale(multiplier, raw_seconds(ev, activity, np.int64(word >> U32))), 1)
            st.times[i] = time
            total += time
            hits |= np.int64(word & U_LOW) < limit
    for other in range(line, end_line):
        limit = line_threshold(ev, activity, thresholds, other)
        for repetition in range(ev.lines[other, Line.TIMES]):
            slot = ev.lines[other, Line.SLOT] + repetition * ev.lines[other, Line.STRIDE]
            if slot != 1:
                hits |= block_hits(base, slot, limit, block)
    return total, hits != 0


@step
def block_hits(base, slot, limit, block):
    """Return 1 if a slot's draw falls below ``limit`` in any attempt of a block, else 0."""
    base += np.uint64(slot >> 1) * U_WORD_STEP
    shift = np.uint64(0) if slot & 1 else U32
    hits = 0
    for i in range(block):
        word = mix(base + np.uint64(i) * U_ATTEMPT_STEP)
        hits |= np.int64((word >> shift) & U_LOW) < limit
    return hits


@step
def line_threshold(ev, activity, thresholds, line):
    """Return the threshold below which a roll of the line is not nothing."""
    first, end = ev.lines[line, Line.OUTCOME_START], ev.lines[line, Line.OUTCOME_END]
    if first == end:
        return 0
    return ev.thresholds[thresholds + end - 1 - ev.activities[activity, Act.OUTCOME_START]]


@step
def brings_something(ev, activity, thresholds, start, attempt):
    """Return whether any roll of an attempt is not nothing."""
    for line in range(ev.activities[activity, Act.LINE_START], ev.activities[activity, Act.LINE_END]):
        limit = line_threshold(ev, activity, thresholds, line)
        slot = ev.lines[line, Line.SLOT]
        for _ in range(ev.lines[line, Line.TIMES]):
            word = draw_word(start, attempt, slot >> 1)
            x = word & U_LOW if slot & 1 else word >> U32
            if np.int64(x) < limit:
                return True
            slot += ev.lines[line, Line.STRIDE]
    return False


@step
def commit_ahead(ev, st, tally, seat):
    """Count the attempts that a look ahead passed over, up to ``AHEAD_COUNT``."""
    rule = st.seats[seat, Seat.RULE]
    activity, tile = ev.rules[rule, Rule.ACTIVITY], ev.rules[rule, Rule.TILE]
    attempts = st.seats[seat, Seat.AHEAD_COUNT] - st.counts[seat, activity]
    seconds = st.seats[seat, Seat.AHEAD_S] - st.seats[seat, Seat.START_S]
    tally.effort[activity, 0] += attempts
    tally.effort[activity, 1] += seconds
    tally.aimed[tile, 0] += attempts
    tally.aimed[tile, 1] += seconds
    st.counts[seat, activity] += attempts
    st.seats[seat, Seat.START_S] = st.seats[seat, Seat.AHEAD_S]


@step
def go_back(ev, st, tally, player, seat, second):
    """Take a player who looked ahead back to what they do at ``second``.

    Afterwards they are free (an attempt ends in that very second), busy with the attempt under
    way, or offline because an attempt didn't fit.
    """
    rule = st.seats[seat, Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    start_s, until = st.seats[seat, Seat.START_S], st.seats[seat, Seat.ONLINE_UNTIL]
    mask = ev.masks[player, rule]
    multiplier = time_multiplier(ev, rule, ev.players[player, Player.SKILL], 1, mask)
    start, attempt = st.starts[seat, activity], st.counts[seat, activity]
    mode, next_s = Mode.FREE, second
    while start_s < second:
        x = np.int64(draw_slot(start, attempt, 0))
        end_s = start_s + duration_s(ev, activity, multiplier, x)
        if end_s > until:
            mode, next_s = Mode.OFFLINE, next_session_s(ev, st, player, seat)
            break
        if end_s > second:
            mode, next_s = Mode.BUSY, end_s
            break
        start_s = end_s
        attempt += 1
    st.seats[seat, Seat.AHEAD_COUNT] = attempt
    st.seats[seat, Seat.AHEAD_S] = start_s
    commit_ahead(ev, st, tally, seat)
    st.seats[seat, Seat.MODE] = mode
    st.seats[seat, Seat.NEXT_S] = next_s
    st.seats[seat, Seat.NEXT_MEMBER] = NEVER
