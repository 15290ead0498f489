"""One team through one run: seconds in which something happens, picks, parties, waits."""

import numpy as np
from .packs import apart, fill, inlined_step, step

from .attempts import alone_s, duration_s, resolve, resolve_alone, slowest_skill, time_multiplier
from .draws import draw_slot, mix, run_key
from .layout import FAR, NEVER, Act, Mode, Player, Rule, Run, Seat, Team
from .lookahead import commit_ahead, go_back, look_ahead, next_session_s
from .planning import enter_root, pick_rule
from .state import NOTHING

QUICK = 1
AHEAD = 2


@step
def play(ev, team, plans, st, tally, seed, run, shortcuts, block):
    """Play one run of a team from the first second to the last.

    ``shortcuts`` is a sum of ``QUICK`` (a player alone in their second skips the general step)
    and ``AHEAD`` (look ahead where most attempts come to nothing); ``block`` is how many attempts
    a look ahead draws at a time. None of them changes any result.
    """
    reset(ev, team, plans, st, seed, run)
    end_s = ev.shape[0]
    second, seat, horizon = next_due(st)
    while second <= end_s:
        if not shortcuts & QUICK or horizon == second or st.mode[seat] == Mode.WAITING:
            play_second(ev, team, plans, st, tally, second, shortcuts, block)
        elif st.seats[seat, Seat.NEXT_MEMBER] != NOTHING:
            play_party(ev, team, plans, st, tally, seat, horizon, shortcuts, block)
        else:
            play_alone(ev, team, plans, st, tally, seat, horizon, shortcuts, block)
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
    fill(st.progress, 0)
    fill(st.finish_s, NEVER)
    fill(st.row_points, 0)
    fill(st.dirty[1], 0)
    open_all = ev.shape[1] == 0
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
    second, due, horizon = FAR, -1, FAR
    for seat in range(len(st.next_s)):
        next_s = st.next_s[seat]
        if next_s < second:
            second, due, horizon = next_s, seat, second
        elif next_s < horizon:
            horizon = next_s
    return second, due, horizon


@inlined_step
def is_watched(st):
    """Return whether a finish concerns others: someone waits, idles or has looked ahead."""
    for seat in range(len(st.seats)):
        mode = st.mode[seat]
        if mode == Mode.WAITING or mode == Mode.IDLE or mode == Mode.AHEAD:
            return True
    return False


@step
def play_alone(ev, team, plans, st, tally, seat, horizon, shortcuts, block):
    """Play on with one seat while it alone is due, before ``horizon``, and concerns nobody else."""
    player = ev.teams[team, Team.PLAYER_START] + seat
    row = st.seats[seat]
    while True:
        second = st.next_s[seat]
        n_tiles = st.run[Run.TILES]
        if st.mode[seat] == Mode.BUSY:
            penalty = resolve_alone(ev, team, plans, st, tally, seat, second)
            if penalty > 0 or second >= row[Seat.ONLINE_UNTIL]:
                retire(ev, team, st, seat, second, penalty)
            else:
                st.mode[seat] = Mode.FREE
        else:
            end_own(ev, team, plans, st, tally, seat, second)
        if st.run[Run.TILES] != n_tiles:
            forget_left_out(st)
            if is_watched(st):
                wake(ev, team, plans, st, tally, second, block)
                seat_everyone(ev, team, plans, st, second, shortcuts, block)
                return
        if st.mode[seat] == Mode.FREE:
            rule = pick_rule(ev, team, plans, st, player, seat)
            if rule == NOTHING or not goes_alone(ev, st, rule):
                seat_everyone(ev, team, plans, st, second, shortcuts, block)
                return
            row[Seat.RULE] = rule
            if ev.rules[rule, Rule.LOOKAHEAD]:
                start_attempt(ev, team, st, seat, second, shortcuts, block)
            else:
                start_alone(ev, team, st, seat, second)
        if st.next_s[seat] >= horizon:
            return


@step
def play_party(ev, team, plans, st, tally, leader, horizon, shortcuts, block):
    """Play on with one party while it alone is due, before ``horizon``, and stays together."""
    while True:
        second = st.next_s[leader]
        n_tiles = st.run[Run.TILES]
        penalty = resolve(ev, team, plans, st, tally, leader, second)
        finished = st.run[Run.TILES] != n_tiles
        if finished or penalty > 0 or not stays_together(ev, team, plans, st, leader, second):
            disband(ev, team, st, leader, second, penalty)
            if finished:
                forget_left_out(st)
                wake(ev, team, plans, st, tally, second, block)
            seat_everyone(ev, team, plans, st, second, shortcuts, block)
            return
        start_attempt(ev, team, st, leader, second, shortcuts, block)
        if st.mode[leader] != Mode.BUSY:
            seat_everyone(ev, team, plans, st, second, shortcuts, block)
            return
        if st.next_s[leader] >= horizon:
            return


@step
def stays_together(ev, team, plans, st, leader, second):
    """Return whether the members of a party would form it again, with nobody to join them."""
    first_player = ev.teams[team, Team.PLAYER_START]
    rule = st.seats[leader, Seat.RULE]
    seat = leader
    while seat != NOTHING:
        if second >= st.seats[seat, Seat.ONLINE_UNTIL]:
            return False
        if pick_rule(ev, team, plans, st, first_player + seat, seat) != rule:
            return False
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    return not is_waited_for(st, rule)


@inlined_step
def is_waited_for(st, rule):
    """Return whether anybody waits for a party at a rule."""
    for seat in range(len(st.mode)):
        if st.mode[seat] == Mode.WAITING and st.seats[seat, Seat.RULE] == rule:
            return True
    return False


@inlined_step
def goes_alone(ev, st, rule):
    """Return whether a player who alone is free starts on a rule at once and by themselves."""
    activity = ev.rules[rule, Rule.ACTIVITY]
    if ev.activities[activity, Act.GROUP_MAX] == 0:
        return True
    alone = ev.activities[activity, Act.SOLO] != 0 or ev.activities[activity, Act.GROUP_MIN] <= 1
    return alone and not is_waited_for(st, rule)


@step
def play_second(ev, team, plans, st, tally, second, shortcuts, block):
    """Everything that happens to a team in one second, in the model's order."""
    n_tiles = st.run[Run.TILES]
    for seat in range(len(st.seats)):
        if st.next_s[seat] == second and st.mode[seat] != Mode.WAITING:
            end_own(ev, team, plans, st, tally, seat, second)
    finished = st.run[Run.TILES] != n_tiles
    for seat in range(len(st.seats)):
        if st.next_s[seat] == second and st.mode[seat] == Mode.WAITING:
            end_wait(ev, team, st, seat, second, finished)
    if finished:
        forget_left_out(st)
        wake(ev, team, plans, st, tally, second, block)
    seat_everyone(ev, team, plans, st, second, shortcuts, block)


@step
def end_own(ev, team, plans, st, tally, seat, second):
    """End what a seat does in this second: an attempt, a penalty, being offline or idle."""
    mode = st.mode[seat]
    if mode == Mode.AHEAD:
        commit_ahead(ev, st, tally, seat)
    if mode == Mode.BUSY or (mode == Mode.AHEAD and st.seats[seat, Seat.AHEAD_HIT]):
        if st.seats[seat, Seat.NEXT_MEMBER] == NOTHING:
            penalty = resolve_alone(ev, team, plans, st, tally, seat, second)
        else:
            penalty = resolve(ev, team, plans, st, tally, seat, second)
        disband(ev, team, st, seat, second, penalty)
    else:
        release(ev, team, st, seat, second)


@step
def disband(ev, team, st, leader, second, penalty):
    """Let each member of a party that has ended an attempt rest for the penalty, or be free."""
    seat = leader
    while seat != NOTHING:
        following = st.seats[seat, Seat.NEXT_MEMBER]
        st.seats[seat, Seat.NEXT_MEMBER] = NOTHING
        retire(ev, team, st, seat, second, penalty)
        seat = following


@step
def retire(ev, team, st, seat, second, penalty):
    """Let a player who has ended an attempt rest for the penalty, or release them."""
    if penalty > 0:
        st.mode[seat] = Mode.RESTING
        st.next_s[seat] = second + penalty
    else:
        release(ev, team, st, seat, second)


@step
def release(ev, team, st, seat, second):
    """Free a player who is online, or send them offline until their next session."""
    player = ev.teams[team, Team.PLAYER_START] + seat
    row = st.seats[seat]
    while second >= row[Seat.ONLINE_UNTIL]:
        next_s = next_session_s(ev, st, player, seat)
        if next_s > second:
            send_offline(ev, team, st, seat)
            return
        row[Seat.SESSION] += 1
        row[Seat.ONLINE_UNTIL] = ev.sessions[row[Seat.SESSION], 1]
        drop_session_state(st, seat)
    st.mode[seat] = Mode.FREE
    st.next_s[seat] = FAR


@step
def send_offline(ev, team, st, seat):
    """Stop a player until their next session."""
    player = ev.teams[team, Team.PLAYER_START] + seat
    st.mode[seat] = Mode.OFFLINE
    st.next_s[seat] = next_session_s(ev, st, player, seat)
    # What is left of the present session is over for them.
    st.seats[seat, Seat.ONLINE_UNTIL] = NEVER
    drop_session_state(st, seat)


@step
def drop_session_state(st, seat):
    """Forget a player's wait clock and left-out activities."""
    st.seats[seat, Seat.CLOCK_RULE] = NOTHING
    if st.seats[seat, Seat.LEFT_OUT] > 0:
        fill(st.left_out[seat], 0)
        st.seats[seat, Seat.LEFT_OUT] = 0


@inlined_step
def leave_out(ev, st, seat, rule):
    """Leave a rule's activity out of a player's picks."""
    activity = ev.rules[rule, Rule.ACTIVITY]
    if not st.left_out[seat, activity]:
        st.left_out[seat, activity] = 1
        st.run[Run.LEFT_OUT] = 1
        st.seats[seat, Seat.LEFT_OUT] += 1


@step
def forget_left_out(st):
    """Forget what all players of the team leave out, as a tile has finished."""
    if st.run[Run.LEFT_OUT] == 0:
        return
    st.run[Run.LEFT_OUT] = 0
    for seat in range(len(st.seats)):
        if st.seats[seat, Seat.LEFT_OUT] > 0:
            fill(st.left_out[seat], 0)
            st.seats[seat, Seat.LEFT_OUT] = 0


@inlined_step
def end_wait(ev, team, st, seat, second, finished):
    """End a wait: with the session, or by leaving the activity out unless a tile has finished."""
    row = st.seats[seat]
    if second >= row[Seat.ONLINE_UNTIL]:
        send_offline(ev, team, st, seat)
        return
    if not finished:
        leave_out(ev, st, seat, row[Seat.RULE])
    row[Seat.CLOCK_RULE] = NOTHING
    st.mode[seat] = Mode.FREE
    st.next_s[seat] = FAR


@step
def wake(ev, team, plans, st, tally, second, block):
    """After a finish: those who wait or idle are free, those who looked ahead follow the new plan."""
    first_player = ev.teams[team, Team.PLAYER_START]
    for seat in range(len(st.seats)):
        row = st.seats[seat]
        mode = st.mode[seat]
        if mode == Mode.WAITING or (mode == Mode.IDLE and second < row[Seat.ONLINE_UNTIL]):
            st.mode[seat] = Mode.FREE
            st.next_s[seat] = FAR
        elif mode == Mode.AHEAD:
            player = first_player + seat
            if pick_rule(ev, team, plans, st, player, seat) != row[Seat.RULE]:
                go_back(ev, st, tally, player, seat, second, block)
                if st.mode[seat] == Mode.FREE:
                    release(ev, team, st, seat, second)
                elif st.mode[seat] == Mode.OFFLINE:
                    send_offline(ev, team, st, seat)


@step
def seat_everyone(ev, team, plans, st, second, shortcuts, block):
    """Let the free pick and form parties, again and again until nobody is free."""
    first_player = ev.teams[team, Team.PLAYER_START]
    while True:
        chosen = False
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
        if not chosen:
            return
        for seat in range(len(st.seats)):
            if st.mode[seat] == Mode.CHOSEN:
                activity = ev.rules[st.seats[seat, Seat.RULE], Rule.ACTIVITY]
                if ev.activities[activity, Act.GROUP_MAX] == 0:
                    start_attempt(ev, team, st, seat, second, shortcuts, block)
                else:
                    form_parties(ev, team, st, seat, second, shortcuts, block)


@step
def form_parties(ev, team, st, first, second, shortcuts, block):
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
                settle_alone(ev, team, st, position, rule, second, shortcuts, block)
            position += 1
        if together:
            start_attempt(ev, team, st, leader, second, shortcuts, block)
        seat = position
        remaining -= size


@inlined_step
def stands_by(st, seat, rule):
    """Return whether a seat has picked a rule in this pass or waits for it."""
    mode = st.mode[seat]
    return (mode == Mode.CHOSEN or mode == Mode.WAITING) and st.seats[seat, Seat.RULE] == rule


@inlined_step
def settle_alone(ev, team, st, seat, rule, second, shortcuts, block):
    """Start a player of a rest that is too small for a party alone, or let them wait."""
    row = st.seats[seat]
    if ev.activities[ev.rules[rule, Rule.ACTIVITY], Act.SOLO]:
        start_attempt(ev, team, st, seat, second, shortcuts, block)
    elif ev.shape[2] == 0:
        leave_out(ev, st, seat, rule)
        st.mode[seat] = Mode.FREE
    else:
        if row[Seat.CLOCK_RULE] != rule:
            row[Seat.CLOCK_RULE] = rule
            row[Seat.CLOCK_S] = second
        st.mode[seat] = Mode.WAITING
        st.next_s[seat] = min(row[Seat.CLOCK_S] + ev.shape[2], row[Seat.ONLINE_UNTIL])


@step
def start_attempt(ev, team, st, leader, second, shortcuts, block):
    """Start a party's attempt; if it doesn't fit, those who lack the time stop, the others are free."""
    first_player = ev.teams[team, Team.PLAYER_START]
    rule = st.seats[leader, Seat.RULE]
    if shortcuts & AHEAD and ev.rules[rule, Rule.LOOKAHEAD]:
        if look_ahead(ev, st, first_player + leader, leader, rule, second, block):
            st.seats[leader, Seat.CLOCK_RULE] = NOTHING
        else:
            send_offline(ev, team, st, leader)
        return
    if st.seats[leader, Seat.NEXT_MEMBER] == NOTHING:
        start_alone(ev, team, st, leader, second)
        return
    size, union = 0, 0
    fits_until = FAR
    seat = leader
    while seat != NOTHING:
        size += 1
        union |= ev.masks[first_player + seat, rule]
        fits_until = min(fits_until, st.seats[seat, Seat.ONLINE_UNTIL])
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    activity = ev.rules[rule, Rule.ACTIVITY]
    skill = slowest_skill(ev, st, first_player, leader)
    multiplier = time_multiplier(ev, rule, skill, size, union)
    x = np.int64(draw_slot(st.starts[leader, activity], st.counts[leader, activity], 0))
    end_s = second + duration_s(ev, activity, multiplier, x)
    if end_s <= fits_until:
        board_party(st, leader, second, end_s)
    else:
        break_up(ev, team, st, leader, end_s)


@inlined_step
def start_alone(ev, team, st, seat, second):
    """Start the attempt of a player alone, or stop them; `start_attempt` without the party."""
    row = st.seats[seat]
    activity = ev.rules[row[Seat.RULE], Rule.ACTIVITY]
    x = np.int64(draw_slot(st.starts[seat, activity], st.counts[seat, activity], 0))
    player = ev.teams[team, Team.PLAYER_START] + seat
    end_s = second + alone_s(ev, activity, player * len(ev.rules) + row[Seat.RULE], x)
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
