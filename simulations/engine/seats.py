"""What a player's state passes through between attempts: free, offline, resting, waiting."""

from .layout import FAR, NEVER, Mode, Player, Rule, Run, Seat, Session, Team
from .state import NOTHING
from .steps import inlined_step, step
from .tables import fill


@inlined_step
def next_session_s(ev, st, player, seat):
    """Return when the player's next session starts, ``FAR`` if there is none."""
    session = st.seats[seat, Seat.SESSION] + 1
    if session < ev.players[player, Player.SESSION_END]:
        return ev.sessions[session, Session.START_S]
    return FAR


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
        row[Seat.ONLINE_UNTIL] = ev.sessions[row[Seat.SESSION], Session.END_S]
        drop_session_state(st, seat)
    st.mode[seat] = Mode.FREE
    st.next_s[seat] = FAR


@step
def retire(ev, team, st, seat, second, penalty):
    """Let a player who has ended an attempt rest for the penalty, or release them."""
    if penalty > 0:
        st.mode[seat] = Mode.RESTING
        st.next_s[seat] = second + penalty
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


@inlined_step
def is_watched(st):
    """Return whether a finish concerns others: someone waits, idles or has looked ahead."""
    for seat in range(len(st.seats)):
        mode = st.mode[seat]
        if mode == Mode.WAITING or mode == Mode.IDLE or mode == Mode.AHEAD:
            return True
    return False


@inlined_step
def is_anybody(st, mode, rule):
    """Return whether anybody is in a mode at a rule: waits for a party there, or has picked it."""
    for seat in range(len(st.mode)):
        if st.mode[seat] == mode and st.seats[seat, Seat.RULE] == rule:
            return True
    return False
