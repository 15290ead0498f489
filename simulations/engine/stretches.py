"""Drawing a stretch of attempts at once: when each of them ends, and which bring something."""

import numpy as np

from .durations import first_threshold, work_s
from .layout import FIRST_ROLL_SLOT, LANES, Act, Line, Seat, Work
from .state import NOTHING
from .steps import inlined_step, step, wide
from .vectors import draw_lanes, hit_lanes
from .words import U32, U_ATTEMPT_STEP, U_LOW, U_WORD_STEP, mix

LONGEST_S = 1 << 23
"""Longer than any event; keeps the sums of a stretch within 32 bits."""
U0 = np.uint64(0)


@inlined_step
def draw_stretch(ev, work, ends, base, drawn):
    """Draw ``drawn`` attempts, of which ``base`` is the first's start in its stream.

    Fills ``ends`` with the seconds from the start of the first to the end of each, up to a whole number of
    vectors. Returns a word with a bit for each attempt whose first roll brings something unusual; bits from
    ``drawn`` on mean nothing.
    """
    first, width = np.uint64(work[Work.QUIET_FROM]), np.uint64(work[Work.QUIET])
    n_values = np.uint64(work[Work.RAW_N])
    if n_values != U0:
        lowest, factor = np.uint64(work[Work.RAW_LO]), np.uint64(work[Work.FACTOR])
        return draw_vectors(ends, base, drawn, lowest, n_values, factor, first, width)
    hits, end_s = U0, np.int64(0)
    for attempt in range(drawn):
        word = mix(base + np.uint64(attempt) * U_ATTEMPT_STEP)
        end_s += min(work_s(ev, work, np.int64(word >> U32)), LONGEST_S)
        ends[attempt] = np.int32(end_s)
        hits |= np.uint64(((word - first) & U_LOW) >= width) << np.uint64(attempt)
    return hits


@step
def draw_vectors(ends, base, drawn, lowest, n_values, factor, first, width):
    """Draw a stretch whose durations need no table: `draw_stretch` in vectors."""
    wide()
    hits, end_s = U0, np.int64(0)
    for at in range(0, drawn, LANES):
        end_s, some = draw_lanes(
            base, lowest, n_values, factor & U_LOW, factor >> U32, first, width, ends, at, end_s
        )
        hits |= some << np.uint64(at)
        base += np.uint64(LANES) * U_ATTEMPT_STEP
    return hits


@step
def further_hits(ev, work, base, drawn):
    """Return the bits of attempts of a player alone of which a slot after the first brings something
    unusual."""
    activity, hits = work[Work.ACTIVITY], U0
    for line in range(ev.activities[activity, Act.LINE_START], ev.activities[activity, Act.LINE_END]):
        if line != work[Work.USUAL_LINE]:
            limit = line_limit(ev, activity, work[Work.THRESHOLDS], line)
            hits |= line_hits(ev, line, limit, base, drawn, True)
    return hits


@step
def party_hits(ev, st, leader, first_player, size, union, drawn):
    """Return the bits of a party's attempts of which any roll of any member brings something, but for the
    first member's first."""
    rule = st.seats[leader, Seat.RULE]
    activity, hits = st.together[leader, Work.ACTIVITY], U0
    for line in range(ev.activities[activity, Act.LINE_START], ev.activities[activity, Act.LINE_END]):
        per_group = ev.lines[line, Line.PER_GROUP]
        seat = leader
        while seat != NOTHING:
            mask = union if per_group else ev.masks[first_player + seat, rule]
            limit = line_limit(ev, activity, first_threshold(ev, rule, size, mask), line)
            base = st.starts[seat, activity] + np.uint64(st.counts[seat, activity]) * U_ATTEMPT_STEP
            hits |= line_hits(ev, line, limit, base, drawn, seat == leader)
            seat = NOTHING if per_group else st.seats[seat, Seat.NEXT_MEMBER]
    return hits


@step
def line_hits(ev, line, limit, base, drawn, but_first):
    """Return the bits of attempts of which a roll of one line brings something to whoever rolls it.

    ``but_first`` leaves the slot out that `draw_stretch` has looked at.
    """
    hits = U0
    for repetition in range(ev.lines[line, Line.TIMES]):
        slot = ev.lines[line, Line.SLOT] + repetition * ev.lines[line, Line.STRIDE]
        if but_first and slot == FIRST_ROLL_SLOT:
            continue
        first = base + np.uint64(slot >> 1) * U_WORD_STEP
        shift = U0 if slot & 1 else U32
        for at in range(0, drawn, LANES):
            hits |= hit_lanes(first, shift, limit) << np.uint64(at)
            first += np.uint64(LANES) * U_ATTEMPT_STEP
    return hits


@step
def line_limit(ev, activity, thresholds, line):
    """Return the draw below which a roll of the line is not nothing."""
    first, end = ev.lines[line, Line.OUTCOME_START], ev.lines[line, Line.OUTCOME_END]
    if first == end:
        return U0
    return np.uint64(ev.thresholds[thresholds + end - 1 - ev.activities[activity, Act.OUTCOME_START]])


@step
def attempts_until(ends, drawn, seconds):
    """Return how many of the attempts drawn end within ``seconds`` of the start of the first."""
    limit = np.int32(min(seconds, np.int64(LONGEST_S)))
    count = np.int32(0)
    for attempt in range(drawn):
        count += np.int32(ends[attempt] <= limit)
    return np.int64(count)
