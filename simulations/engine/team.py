"""One team through one run: the seconds in which something happens."""

import numpy as np

from .ahead import commit_ahead, first_bits, stays_ahead, take_back_promises
from .attempts import resolve, resolve_alone
from .layout import AT_ONCE, FAR, NEVER, Dirty, Mode, Player, Rule, Run, Seat, Settled, Shape, Shortcut, Team
from .lookahead import follow_plan, look_ahead, next_length
from .parties import (
    goes_alone,
    seat_everyone,
    start_alone,
    start_attempt,
    stays_together,
)
from .planning import enter_root, pick_rule
from .seats import (
    disband,
    end_wait,
    forget_left_out,
    is_watched,
    next_session_s,
    release,
    retire,
)
from .state import NOTHING, WORD_BITS
from .steps import inlined_step, lowest_bit, step
from .tables import fill
from .vectors import equal_to, least_of
from .words import U1, mix, run_key

FEW = 8
U0 = np.uint64(0)


@step
def play(ev, team, plans, st, tally, seed, run, shortcuts, stretch):
    """Play one run of a team from the first second to the last.

    ``shortcuts`` is a sum of `Shortcut`; ``stretch`` is how many attempts
    a look ahead draws at first, ``BY_RULE`` if each rule says. None of them changes any result.
    """
    st.run[Run.SHORTCUTS] = shortcuts
    st.run[Run.STRETCH] = stretch
    reset(ev, team, plans, st, seed, run)
    end_s = ev.shape[Shape.DURATION_S]
    second, seat, horizon = next_due(st)
    while second <= end_s:
        if not shortcuts & Shortcut.QUICK or horizon == second or st.mode[seat] == Mode.WAITING:
            play_second(ev, team, plans, st, tally, second)
        elif st.mode[seat] == Mode.AHEAD or st.seats[seat, Seat.NEXT_MEMBER] != NOTHING:
            play_on(ev, team, plans, st, tally, seat, horizon)
        else:
            play_alone(ev, team, plans, st, tally, seat, horizon)
        second, seat, horizon = next_due(st)
    for seat in range(len(st.seats)):
        if st.mode[seat] == Mode.AHEAD:
            commit_ahead(ev, st, tally, seat)


@step
def reset(ev, team, plans, st, seed, run):
    """Put a team's state at the start of a run."""
    st.run[Run.POINTS] = 0
    st.run[Run.TILES] = 0
    st.run[Run.TRACED] = 0
    st.run[Run.LEFT_OUT] = 0
    st.run[Run.LAST_S] = NEVER
    st.run[Run.PROMISED] = 0
    st.run[Run.SETTLED] = Settled.NONE
    fill(st.promises, 0)
    fill(st.progress, 0)
    fill(st.finish_s, NEVER)
    fill(st.unfinished, ~U0)
    st.unfinished[len(st.unfinished) - 1] = first_bits(
        len(st.finish_s) - WORD_BITS * (len(st.unfinished) - 1)
    )
    fill(st.row_points, 0)
    fill(st.dirty[Dirty.FLAGS], 0)
    open_all = ev.shape[Shape.UNLOCK_POINTS] == 0
    fill(st.opened_s, 0 if open_all else NEVER)
    st.opened_s[0] = 0
    st.run[Run.LAST_ROW] = len(st.opened_s) - 1 if open_all else 0
    key = run_key(seed, run)
    first_player = ev.teams[team, Team.PLAYER_START]
    for seat in range(len(st.seats)):
        fill(st.counts[seat], 0)
        fill(st.left_out[seat], 0)
        for activity in range(len(ev.activities)):
            st.starts[seat, activity] = mix(key ^ ev.streams[first_player + seat, activity])
        first_session = ev.players[first_player + seat, Player.SESSION_START]
        st.seats[seat, Seat.SESSION] = first_session - 1
        st.mode[seat] = Mode.OFFLINE
        st.next_s[seat] = next_session_s(ev, st, first_player + seat, seat)
        st.seats[seat, Seat.ONLINE_UNTIL] = NEVER
        st.seats[seat, Seat.CLOCK_RULE] = NOTHING
        st.seats[seat, Seat.NEXT_MEMBER] = NOTHING
        st.seats[seat, Seat.LEFT_OUT] = 0
    enter_root(ev, plans, st)


@inlined_step
def next_due(st):
    """Return the next second, the seat that is due, and the next second of any other seat."""
    second, due, horizon = np.int64(FAR), -1, np.int64(FAR)
    if FEW < len(st.seats) <= WORD_BITS:
        for at in range(0, len(st.next_s), AT_ONCE):
            second = least_of(st.next_s, at, second)
        seats = U0
        for at in range(0, len(st.next_s), AT_ONCE):
            seats |= equal_to(st.next_s, at, second) << np.uint64(at)
        return second, lowest_bit(seats), second if seats & (seats - U1) else second + 1
    for seat in range(len(st.seats)):
        next_s = np.int64(st.next_s[seat])
        if next_s < second:
            second, due, horizon = next_s, seat, second
        elif next_s < horizon:
            horizon = next_s
    return second, due, horizon


@step
def play_alone(ev, team, plans, st, tally, seat, horizon):
    """Play on with one seat while it alone is due, before ``horizon``, and concerns nobody else."""
    player = ev.teams[team, Team.PLAYER_START] + seat
    row = st.seats[seat]
    while True:
        second = np.int64(st.next_s[seat])
        n_tiles = st.run[Run.TILES]
        if st.mode[seat] == Mode.BUSY:
            st.run[Run.DUE] = seat
            penalty = resolve_alone(ev, team, plans, st, tally, seat, second)
            if penalty > 0 or second >= row[Seat.ONLINE_UNTIL]:
                retire(ev, team, st, seat, second, penalty)
            else:
                st.mode[seat] = Mode.FREE
        else:
            release(ev, team, st, seat, second)
        if st.run[Run.SETTLED]:
            if st.run[Run.SETTLED] == Settled.THIS_SECOND:
                end_second(ev, team, plans, st, tally, seat + 1, n_tiles, second)
                return
            st.run[Run.SETTLED] = Settled.NONE
            horizon = second
        if st.run[Run.TILES] != n_tiles:
            forget_left_out(st)
            if is_watched(st):
                wake(ev, team, plans, st, tally, second)
                seat_everyone(ev, team, plans, st, tally, second)
                return
        if st.mode[seat] == Mode.FREE:
            rule = pick_rule(ev, team, plans, st, player, seat)
            if rule == NOTHING or not goes_alone(ev, st, rule):
                seat_everyone(ev, team, plans, st, tally, second)
                return
            row[Seat.RULE] = rule
            if ev.rules[rule, Rule.LOOKAHEAD]:
                start_attempt(ev, team, plans, st, seat, second)
                return
            start_alone(ev, team, st, seat, second)
        if st.next_s[seat] >= horizon:
            return


@step
def play_on(ev, team, plans, st, tally, leader, horizon):
    """Play on with a party, or with a player who has looked ahead, while it alone is due, before ``horizon``,
    and stays together."""
    player = ev.teams[team, Team.PLAYER_START] + leader
    row = st.seats[leader]
    alone = row[Seat.NEXT_MEMBER] == NOTHING
    while True:
        second = np.int64(st.next_s[leader])
        n_tiles, penalty, stays = st.run[Run.TILES], np.int64(0), False
        if ends_attempt(ev, st, tally, leader):
            st.run[Run.DUE] = leader
            penalty = resolve(ev, team, plans, st, tally, leader, second)
            if st.run[Run.SETTLED]:
                if st.run[Run.SETTLED] == Settled.THIS_SECOND:
                    leave_ahead(ev, st, leader)
                    disband(ev, team, st, leader, second, penalty)
                    end_second(ev, team, plans, st, tally, leader + 1, n_tiles, second)
                    return
                st.run[Run.SETTLED] = Settled.NONE
                horizon = second
            if penalty == 0 and st.run[Run.TILES] == n_tiles and st.mode[leader] == Mode.AHEAD:
                stays = stays_ahead(ev, st, player, leader, second)
        elif alone and second < row[Seat.ONLINE_UNTIL]:
            # The stretch is over and brought nothing: the plan is the same.
            drawn = next_length(ev, st, leader, second)
            look_ahead(ev, team, plans, st, leader, row[Seat.RULE], second, drawn)
            return  # others may be due sooner than thought, to meet them
        if not stays:
            finished = st.run[Run.TILES] != n_tiles
            if finished or penalty > 0 or not stays_together(ev, team, plans, st, leader, second):
                leave_ahead(ev, st, leader)
                disband(ev, team, st, leader, second, penalty)
                if finished:
                    forget_left_out(st)
                    wake(ev, team, plans, st, tally, second)
                seat_everyone(ev, team, plans, st, tally, second)
                return
            start_attempt(ev, team, plans, st, leader, second)
            if st.mode[leader] == Mode.AHEAD:
                return
            if st.mode[leader] != Mode.BUSY:
                seat_everyone(ev, team, plans, st, tally, second)
                return
        if st.next_s[leader] >= horizon:
            return


@step
def play_second(ev, team, plans, st, tally, second):
    """Everything that happens to a team in one second, in the model's order."""
    end_second(ev, team, plans, st, tally, 0, st.run[Run.TILES], second)


@step
def end_second(ev, team, plans, st, tally, first, n_tiles, second):
    """What happens in a second from seat ``first`` on, and what follows if by then more than ``n_tiles`` are
    finished."""
    for seat in range(first, len(st.seats)):
        if st.next_s[seat] == second and st.mode[seat] != Mode.WAITING:
            end_own(ev, team, plans, st, tally, seat, second)
    st.run[Run.SETTLED] = Settled.NONE
    finished = st.run[Run.TILES] != n_tiles
    for seat in range(len(st.seats)):
        if st.next_s[seat] == second and st.mode[seat] == Mode.WAITING:
            end_wait(ev, team, st, seat, second, finished)
    if finished:
        forget_left_out(st)
        wake(ev, team, plans, st, tally, second)
    seat_everyone(ev, team, plans, st, tally, second)


@step
def end_own(ev, team, plans, st, tally, seat, second):
    """End what a seat does in this second: an attempt, a penalty, being offline or idle."""
    if ends_attempt(ev, st, tally, seat):
        st.run[Run.DUE] = seat
        penalty = resolve(ev, team, plans, st, tally, seat, second)
        player = ev.teams[team, Team.PLAYER_START] + seat
        meets = ev.rules[st.seats[seat, Seat.RULE], Rule.MEETS]
        ahead = st.mode[seat] == Mode.AHEAD and not meets and penalty == 0
        if ahead and stays_ahead(ev, st, player, seat, second):
            return
        leave_ahead(ev, st, seat)
        disband(ev, team, st, seat, second, penalty)
    elif st.mode[seat] == Mode.AHEAD:
        disband(ev, team, st, seat, second, 0)
    else:
        release(ev, team, st, seat, second)


@inlined_step
def leave_ahead(ev, st, seat):
    """Take back what somebody promises who doesn't go on with the stretch that they drew."""
    if st.mode[seat] == Mode.AHEAD and st.promised[seat] != U0:
        take_back_promises(ev, st, seat)


@inlined_step
def ends_attempt(ev, st, tally, seat):
    """Return whether a seat that is due ends an attempt; counts the attempts looked ahead over."""
    mode = st.mode[seat]
    if mode == Mode.AHEAD:
        return commit_ahead(ev, st, tally, seat)
    return mode == Mode.BUSY


@step
def wake(ev, team, plans, st, tally, second):
    """After a finish: those who wait or idle are free, those who looked ahead follow the new plan."""
    for seat in range(len(st.seats)):
        mode = st.mode[seat]
        if mode == Mode.WAITING or (mode == Mode.IDLE and second < st.seats[seat, Seat.ONLINE_UNTIL]):
            st.mode[seat] = Mode.FREE
            st.next_s[seat] = FAR
        elif mode == Mode.AHEAD:
            follow_plan(ev, team, plans, st, tally, seat, second)
