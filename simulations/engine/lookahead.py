"""Looking ahead: where most attempts come to nothing, find the ones that matter in one go.

A party that goes on with one rule, or a player alone, disturbs nobody until an attempt brings drops
or a penalty. Draws are pure, so a stretch of attempts is drawn at once, and whoever leads them is due
at those that bring something. When a tile finishes and the plan sends them elsewhere, they are taken
back to the attempt under way.

In an activity that allows parties, others count, too. Those who end attempts in the same second form
parties anew, so such seconds are due (`mark_meetings`); whoever picks the rule meets those who end an
attempt in that second (`meet_free`); and while somebody waits, nobody looks ahead there (`hold`).
"""

import numpy as np

from .ahead import attempts_by, commit_until, due_next, first_bits, promise
from .layout import AT_ONCE, BY_RULE, FAR, LARGEST_STRETCH, Mode, Rule, Run, Seat, Shortcut, Team, Work
from .planning import pick_rule
from .seats import is_anybody, release, send_offline
from .state import NOTHING
from .steps import apart, inlined_step, lowest_bit, step
from .stretches import attempts_until, draw_stretch, further_hits, party_hits
from .vectors import equal_to
from .words import U1, U_ATTEMPT_STEP

U0 = np.uint64(0)


@step
def look_ahead(ev, team, plans, st, seat, rule, second, drawn):
    """Draw the next ``drawn`` attempts of a player alone who starts on a rule at ``second``."""
    player = ev.teams[team, Team.PLAYER_START] + seat
    alone = player * len(ev.rules) + rule
    activity = ev.alone[alone, Work.ACTIVITY]
    base = st.starts[seat, activity] + np.uint64(st.counts[seat, activity]) * U_ATTEMPT_STEP
    hits = draw_stretch(ev, ev.alone[alone], st.ends[seat], base, drawn)
    if ev.alone[alone, Work.MORE]:
        hits |= further_hits(ev, ev.alone[alone], base, drawn)
    st.seats[seat, Seat.RULE] = rule
    go_ahead(st, seat, second, drawn, hits, st.seats[seat, Seat.ONLINE_UNTIL])
    if ev.alone[alone, Work.USUAL_LINE] != NOTHING:
        usual = ~st.hits[seat] & first_bits(st.seats[seat, Seat.AHEAD_FITS])
        if st.run[Run.SHORTCUTS] & Shortcut.PROMISE:
            st.usual[seat] = usual
            st.usual_drop[seat, 0] = ev.alone[alone, Work.USUAL_DROP]
            st.usual_drop[seat, 1] = ev.alone[alone, Work.USUAL_UNITS]
            promise(ev, team, plans, st, seat)
        else:
            st.hits[seat] |= usual
    elif ev.rules[rule, Rule.MEETS]:
        mark_meetings(ev, st, player - seat, seat)
    due_next(ev, st, player, seat)


@step
def look_ahead_together(ev, team, st, leader, size, union, second, drawn, until):
    """Draw the next ``drawn`` attempts of a party whose ``together`` is filled. Returns False, and
    changes nothing, where the first doesn't fit."""
    first_player = ev.teams[team, Team.PLAYER_START]
    activity = st.together[leader, Work.ACTIVITY]
    base = st.starts[leader, activity] + np.uint64(st.counts[leader, activity]) * U_ATTEMPT_STEP
    hits = draw_stretch(ev, st.together[leader], st.ends[leader], base, drawn)
    if st.ends[leader, 0] > until - second:
        return False
    hits |= party_hits(ev, st, leader, first_player, size, union, drawn)
    seat = st.seats[leader, Seat.NEXT_MEMBER]
    while seat != NOTHING:
        st.mode[seat] = Mode.MEMBER
        st.next_s[seat] = FAR
        st.seats[seat, Seat.CLOCK_RULE] = NOTHING
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    go_ahead(st, leader, second, drawn, hits, until)
    mark_meetings(ev, st, first_player, leader)
    due_next(ev, st, first_player + leader, leader)
    return True


@inlined_step
def go_ahead(st, leader, second, drawn, hits, until):
    """Put a leader ahead by a stretch that was drawn; ``until`` ends the session that it must fit."""
    row = st.seats[leader]
    st.mode[leader] = Mode.AHEAD
    row[Seat.CLOCK_RULE] = NOTHING
    row[Seat.START_S] = second
    row[Seat.AHEAD_S] = second
    row[Seat.AHEAD_DRAWN] = drawn
    row[Seat.AHEAD_DONE] = 0
    fits = drawn
    if st.ends[leader, drawn - 1] > until - second:
        fits = attempts_until(st.ends[leader], drawn, until - second)
    row[Seat.AHEAD_FITS] = fits
    st.hits[leader] = hits & first_bits(fits)
    st.usual[leader] = U0
    st.promised[leader] = U0


@inlined_step
def stay_busy(st, leader, attempt):
    """Leave a leader who was ahead with the attempt under way, number ``attempt`` of the stretch."""
    st.mode[leader] = Mode.BUSY
    st.next_s[leader] = st.seats[leader, Seat.AHEAD_S] + st.ends[leader, attempt]


@step
def follow_plan(ev, team, plans, st, tally, leader, second):
    """After a finish: take those who looked ahead back to ``second`` if the plan sends one elsewhere.

    Afterwards they are free (an attempt ends in that very second) or still at the attempt under way. A
    player alone may also be offline, because it didn't fit, or ahead elsewhere from its end on.
    """
    row = st.seats[leader]
    first_player = ev.teams[team, Team.PLAYER_START]
    rule = pick_rule(ev, team, plans, st, first_player + leader, leader)
    if row[Seat.NEXT_MEMBER] != NOTHING:
        if rule != row[Seat.RULE] or not members_stay(ev, team, plans, st, leader):
            take_party_back(ev, team, st, tally, leader, second)
        return
    if rule == row[Seat.RULE]:
        if st.usual[leader] != U0:
            promise(ev, team, plans, st, leader)
            due_next(ev, st, first_player + leader, leader)
        return
    end_s = row[Seat.AHEAD_S]
    if second >= end_s:
        attempt = attempts_by(st, leader, second)
        commit_until(ev, st, tally, leader, attempt)
        if row[Seat.START_S] == second:
            release(ev, team, st, leader, second)
            return
        if attempt == row[Seat.AHEAD_FITS]:
            send_offline(ev, team, st, leader)
            return
        if st.hits[leader] >> np.uint64(attempt) & U1:
            stay_busy(st, leader, attempt)
            return
        end_s += st.ends[leader, attempt]
        commit_until(ev, st, tally, leader, attempt + 1)
    if (
        rule != NOTHING
        and end_s < row[Seat.ONLINE_UNTIL]
        and ev.rules[rule, Rule.LOOKAHEAD] > ev.rules[rule, Rule.MEETS]
    ):
        look_ahead(ev, team, plans, st, leader, rule, end_s, first_length(ev, st, rule))
    else:
        # What remains of the attempt brings nothing.
        st.mode[leader] = Mode.RESTING
        st.next_s[leader] = end_s


@step
def members_stay(ev, team, plans, st, leader):
    """Return whether all others of a party pick its rule."""
    first_player = ev.teams[team, Team.PLAYER_START]
    rule = st.seats[leader, Seat.RULE]
    seat = st.seats[leader, Seat.NEXT_MEMBER]
    while seat != NOTHING:
        if pick_rule(ev, team, plans, st, first_player + seat, seat) != rule:
            return False
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    return True


@step
def take_party_back(ev, team, st, tally, leader, second):
    """Take a party that looked ahead back to ``second``: it is free, or busy with the attempt under way."""
    apart()
    attempt = attempts_by(st, leader, second)
    commit_until(ev, st, tally, leader, attempt)
    if attempt == 0 or st.seats[leader, Seat.START_S] < second:
        stay_busy(st, leader, attempt)
        return
    seat = leader
    while seat != NOTHING:
        following = st.seats[seat, Seat.NEXT_MEMBER]
        st.seats[seat, Seat.NEXT_MEMBER] = NOTHING
        release(ev, team, st, seat, second)
        seat = following


@step
def mark_meetings(ev, st, first_player, leader):
    """Make parties of one rule due where attempts of theirs end in the same second, as they meet there."""
    apart()
    row = st.seats[leader]
    for other in range(len(st.seats)):
        theirs = st.seats[other]
        if other == leader or st.mode[other] != Mode.AHEAD or theirs[Seat.RULE] != row[Seat.RULE]:
            continue
        shift = row[Seat.AHEAD_S] - theirs[Seat.AHEAD_S]
        last_s = np.int64(st.ends[other, theirs[Seat.AHEAD_DRAWN] - 1])
        marks = U0
        for attempt in range(row[Seat.AHEAD_FITS]):
            end_s = st.ends[leader, attempt] + shift
            if end_s > last_s:
                break
            meeting = attempt_ending(st, other, end_s)
            if meeting != U0:
                marks |= meeting
                st.hits[leader] |= U1 << np.uint64(attempt)
        if marks != U0:
            st.hits[other] |= marks
            due_next(ev, st, first_player + other, other)


@inlined_step
def attempt_ending(st, leader, since):
    """Return the bit of the attempt looked ahead, of those that fit, that ends ``since`` seconds after the
    first's start; none if there is none."""
    found = U0
    fits = st.seats[leader, Seat.AHEAD_FITS]
    for at in range(0, fits, AT_ONCE):
        found |= equal_to(st.ends[leader], at, since) << np.uint64(at)
    return found & first_bits(fits)


@step
def meet_free(ev, st, tally, second):
    """Free the parties who, looking ahead, end an attempt in this second where others have picked their
    rule: they pick it again, too."""
    apart()
    for leader in range(len(st.seats)):
        row = st.seats[leader]
        rule = row[Seat.RULE]
        if st.mode[leader] != Mode.AHEAD or not ev.rules[rule, Rule.MEETS]:
            continue
        ending = attempt_ending(st, leader, second - row[Seat.AHEAD_S])
        if ending == U0 or not is_anybody(st, Mode.CHOSEN, rule):
            continue
        commit_until(ev, st, tally, leader, lowest_bit(ending) + 1)
        seat = leader
        while seat != NOTHING:
            following = st.seats[seat, Seat.NEXT_MEMBER]
            st.mode[seat] = Mode.CHOSEN
            st.seats[seat, Seat.RULE] = rule
            st.seats[seat, Seat.NEXT_MEMBER] = NOTHING
            seat = following


@step
def hold(ev, st, tally, rule, second):
    """Leave those who look ahead at a rule with the attempt under way, as somebody waits for them."""
    apart()
    for leader in range(len(st.seats)):
        if st.mode[leader] == Mode.AHEAD and st.seats[leader, Seat.RULE] == rule:
            attempt = attempts_by(st, leader, second)
            if attempt < st.seats[leader, Seat.AHEAD_FITS]:
                commit_until(ev, st, tally, leader, attempt)
                stay_busy(st, leader, attempt)


@inlined_step
def first_length(ev, st, rule):
    """Return how many attempts to draw where little is known of how long they will go on."""
    stretch = st.run[Run.STRETCH]
    return ev.rules[rule, Rule.STRETCH] if stretch == BY_RULE else stretch


@inlined_step
def next_length(ev, st, leader, second):
    """Return how many attempts to draw: twice as many as before where a stretch was played to its end."""
    row = st.seats[leader]
    first = first_length(ev, st, row[Seat.RULE])
    if row[Seat.AHEAD_DONE] == row[Seat.AHEAD_DRAWN] and row[Seat.START_S] == second:
        return max(min(2 * row[Seat.AHEAD_DRAWN], LARGEST_STRETCH), first)
    return first
