"""Picks, parties and the starts of attempts."""

import numpy as np

from .durations import first_threshold, slowest_skill, time_multiplier, work_s
from .layout import (
    DRAWS,
    DURATION_SLOT,
    FAR,
    FIXED_POINT,
    FIXED_POINT_CAP,
    MILLION,
    NO_TABLE,
    Act,
    Line,
    Mode,
    Rule,
    Run,
    Seat,
    Shape,
    Shortcut,
    Team,
    Work,
)
from .lookahead import hold, look_ahead, look_ahead_together, meet_free, next_length
from .planning import pick_rule
from .seats import is_anybody, leave_out, next_session_s, send_offline
from .state import NOTHING
from .steps import apart, inlined_step, step
from .stretches import line_limit
from .words import draw_slot


@step
def stays_together(ev, team, plans, st, leader, second):
    """Return whether the members of a party would form it again, with nobody to join them."""
    first_player = ev.teams[team, Team.PLAYER_START]
    rule = st.seats[leader, Seat.RULE]
    if st.mode[leader] == Mode.BUSY and ev.rules[rule, Rule.MEETS]:
        return False  # others may end an attempt in this second, unseen
    seat = leader
    while seat != NOTHING:
        if second >= st.seats[seat, Seat.ONLINE_UNTIL]:
            return False
        if pick_rule(ev, team, plans, st, first_player + seat, seat) != rule:
            return False
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    # Nobody looks ahead where somebody waits.
    return st.mode[leader] == Mode.AHEAD or not is_anybody(st, Mode.WAITING, rule)


@inlined_step
def goes_alone(ev, st, rule):
    """Return whether a player who alone is free starts on a rule at once and by themselves."""
    activity = ev.rules[rule, Rule.ACTIVITY]
    if ev.activities[activity, Act.GROUP_MAX] == 0:
        return True
    if ev.rules[rule, Rule.MEETS]:
        return False
    alone = ev.activities[activity, Act.SOLO] != 0 or ev.activities[activity, Act.GROUP_MIN] <= 1
    return alone and not is_anybody(st, Mode.WAITING, rule)


@step
def seat_everyone(ev, team, plans, st, tally, second):
    """Let the free pick and form parties, again and again until nobody is free."""
    first_player = ev.teams[team, Team.PLAYER_START]
    first_pass = True
    while True:
        chosen, meets = False, False
        for seat in range(len(st.seats)):
            row = st.seats[seat]
            if st.mode[seat] != Mode.FREE:
                continue
            rule = pick_rule(ev, team, plans, st, first_player + seat, seat)
            if rule != row[Seat.CLOCK_RULE]:
                row[Seat.CLOCK_RULE] = NOTHING
            row[Seat.RULE] = rule
            if rule == NOTHING:
                st.mode[seat] = Mode.IDLE
                st.next_s[seat] = next_session_s(ev, st, first_player + seat, seat)
            else:
                st.mode[seat] = Mode.CHOSEN
                chosen = True
                meets |= ev.rules[rule, Rule.MEETS] != 0
        if not chosen:
            return
        if meets and first_pass:
            meet_free(ev, st, tally, second)
        first_pass = False
        for seat in range(len(st.seats)):
            if st.mode[seat] == Mode.CHOSEN:
                activity = ev.rules[st.seats[seat, Seat.RULE], Rule.ACTIVITY]
                if ev.activities[activity, Act.GROUP_MAX] == 0:
                    start_attempt(ev, team, plans, st, seat, second)
                else:
                    form_parties(ev, team, plans, st, tally, seat, second)


@step
def form_parties(ev, team, plans, st, tally, first, second):
    """Form parties of all who picked the rule of seat ``first`` or wait for it, and start them."""
    apart()
    rule = st.seats[first, Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    remaining = 0
    for seat in range(len(st.seats)):
        remaining += stands_by(st, seat, rule)
    seat = 0
    while remaining > 0:
        size = min(remaining, ev.activities[activity, Act.GROUP_MAX])
        together = size >= ev.activities[activity, Act.GROUP_MIN]
        leader, last, position = NOTHING, NOTHING, seat
        for _ in range(size):
            while not stands_by(st, position, rule):
                position += 1
            st.seats[position, Seat.NEXT_MEMBER] = NOTHING
            if leader == NOTHING:
                leader = position
            elif together:
                st.seats[last, Seat.NEXT_MEMBER] = position
            last = position
            if not together:
                settle_alone(ev, team, plans, st, tally, position, rule, second)
            position += 1
        if together:
            start_attempt(ev, team, plans, st, leader, second)
        seat = position
        remaining -= size


@inlined_step
def stands_by(st, seat, rule):
    """Return whether a seat has picked a rule in this pass or waits for it."""
    mode = st.mode[seat]
    return (mode == Mode.CHOSEN or mode == Mode.WAITING) and st.seats[seat, Seat.RULE] == rule


@inlined_step
def settle_alone(ev, team, plans, st, tally, seat, rule, second):
    """Start a player of a rest that is too small for a party alone, or let them wait."""
    row = st.seats[seat]
    if ev.activities[ev.rules[rule, Rule.ACTIVITY], Act.SOLO]:
        start_attempt(ev, team, plans, st, seat, second)
    elif ev.shape[Shape.GROUP_WAIT_S] == 0:
        leave_out(ev, st, seat, rule)
        st.mode[seat] = Mode.FREE
    else:
        if row[Seat.CLOCK_RULE] != rule:
            row[Seat.CLOCK_RULE] = rule
            row[Seat.CLOCK_S] = second
        st.mode[seat] = Mode.WAITING
        st.next_s[seat] = min(row[Seat.CLOCK_S] + ev.shape[Shape.GROUP_WAIT_S], row[Seat.ONLINE_UNTIL])
        if ev.rules[rule, Rule.MEETS]:
            hold(ev, st, tally, rule, second)


@step
def start_attempt(ev, team, plans, st, leader, second):
    """Start a party's attempt; if it doesn't fit, those who lack the time stop, the others are free."""
    first_player = ev.teams[team, Team.PLAYER_START]
    rule = st.seats[leader, Seat.RULE]
    shortcut = Shortcut.TOGETHER if ev.rules[rule, Rule.MEETS] else Shortcut.AHEAD
    looks_ahead = st.run[Run.SHORTCUTS] & shortcut and ev.rules[rule, Rule.LOOKAHEAD]
    if st.seats[leader, Seat.NEXT_MEMBER] == NOTHING:
        if looks_ahead:
            drawn = next_length(ev, st, leader, second)
            look_ahead(ev, team, plans, st, leader, rule, second, drawn)
        else:
            start_alone(ev, team, st, leader, second)
        return
    size, union = 0, 0
    until = FAR
    seat = leader
    while seat != NOTHING:
        size += 1
        union |= ev.masks[first_player + seat, rule]
        until = min(until, st.seats[seat, Seat.ONLINE_UNTIL])
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    prepare_together(ev, st, first_player, leader, size, union)
    if looks_ahead:
        drawn = next_length(ev, st, leader, second)
        if look_ahead_together(ev, team, st, leader, size, union, second, drawn, until):
            return
        end_s = second + st.ends[leader, 0]
    else:
        activity = ev.rules[rule, Rule.ACTIVITY]
        x = np.int64(draw_slot(st.starts[leader, activity], st.counts[leader, activity], DURATION_SLOT))
        end_s = second + work_s(ev, st.together[leader], x)
    if end_s <= until:
        board_party(st, leader, second, end_s)
    else:
        break_up(ev, team, st, leader, end_s)


@step
def prepare_together(ev, st, first_player, leader, size, union):
    """Fill ``together`` with what a party does, as `compile` does for players alone."""
    rule = st.seats[leader, Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    multiplier = time_multiplier(ev, rule, slowest_skill(ev, st, first_player, leader), size, union)
    work = st.together[leader]
    work[Work.ACTIVITY] = activity
    work[Work.MULTIPLIER] = multiplier
    work[Work.FACTOR] = 0
    if multiplier < FIXED_POINT_CAP:
        work[Work.FACTOR] = ((multiplier << FIXED_POINT) + MILLION - 1) // MILLION
    work[Work.RAW_LO] = ev.activities[activity, Act.RAW_LO]
    work[Work.RAW_N] = 0
    if work[Work.FACTOR] != 0 and ev.activities[activity, Act.TIME_THRESHOLDS] == NO_TABLE:
        work[Work.RAW_N] = ev.activities[activity, Act.RAW_N]
    line = ev.activities[activity, Act.LINE_START]
    limit = np.int64(0)
    if line < ev.activities[activity, Act.LINE_END]:
        mask = union if ev.lines[line, Line.PER_GROUP] else ev.masks[first_player + leader, rule]
        limit = np.int64(line_limit(ev, activity, first_threshold(ev, rule, size, mask), line))
    work[Work.QUIET_FROM], work[Work.QUIET] = limit, DRAWS - limit
    work[Work.USUAL_LINE] = NOTHING


@inlined_step
def start_alone(ev, team, st, seat, second):
    """Start the attempt of a player alone, or stop them; `start_attempt` without the party."""
    row = st.seats[seat]
    activity = ev.rules[row[Seat.RULE], Rule.ACTIVITY]
    x = np.int64(draw_slot(st.starts[seat, activity], st.counts[seat, activity], DURATION_SLOT))
    player = ev.teams[team, Team.PLAYER_START] + seat
    end_s = second + work_s(ev, ev.alone[player * len(ev.rules) + row[Seat.RULE]], x)
    if end_s <= row[Seat.ONLINE_UNTIL]:
        st.mode[seat] = Mode.BUSY
        st.next_s[seat] = end_s
        row[Seat.START_S] = second
        row[Seat.CLOCK_RULE] = NOTHING
    else:
        send_offline(ev, team, st, seat)


@inlined_step
def board_party(st, leader, second, end_s):
    """Make a party busy until the end of its attempt."""
    seat = leader
    while seat != NOTHING:
        row = st.seats[seat]
        st.mode[seat] = Mode.BUSY if seat == leader else Mode.MEMBER
        st.next_s[seat] = end_s if seat == leader else FAR
        row[Seat.START_S] = second
        row[Seat.CLOCK_RULE] = NOTHING
        seat = row[Seat.NEXT_MEMBER]


@inlined_step
def break_up(ev, team, st, leader, end_s):
    """Stop the members who lack the time for an attempt; the others are free."""
    seat = leader
    while seat != NOTHING:
        row = st.seats[seat]
        following = row[Seat.NEXT_MEMBER]
        row[Seat.NEXT_MEMBER] = NOTHING
        if end_s > row[Seat.ONLINE_UNTIL]:
            send_offline(ev, team, st, seat)
        else:
            st.mode[seat] = Mode.FREE
            st.next_s[seat] = FAR
        seat = following
