"""The state of those who have looked ahead: when they are due, what is counted, what is promised.

Where nearly every attempt brings the same drop, say a kill that counts, most attempts would be due for
it. Instead they are promised to the tile that takes the drop, as long as all promises together can't
finish it, and given when they are counted. Before a tile finishes, and before a grant that could finish
one with promises, all promises are settled: what has passed by then is given, what is to come is due.
"""

import numpy as np

from .layout import LARGEST_STRETCH, Accept, Dirty, Effort, Given, Mode, Rule, Run, Seat, Settled, Team, Tile
from .planning import grant_target
from .seats import next_session_s
from .state import NOTHING
from .steps import apart, count_bits, inlined_step, lowest_bit, step
from .stretches import attempts_until
from .words import U1

U0 = np.uint64(0)


@inlined_step
def first_bits(n):
    """Return the word whose lowest ``n`` bits are set."""
    return ~U0 if n >= LARGEST_STRETCH else (U1 << np.uint64(n)) - U1


@inlined_step
def due_next(ev, st, player, leader):
    """Make a leader who is ahead due at the next attempt that matters, or after the last that fits: a
    player alone has nothing to do then until the next session."""
    row = st.seats[leader]
    hits, fits = st.hits[leader], row[Seat.AHEAD_FITS]
    if hits != U0:
        st.next_s[leader] = row[Seat.AHEAD_S] + st.ends[leader, lowest_bit(hits)]
    elif fits == row[Seat.AHEAD_DRAWN] or row[Seat.NEXT_MEMBER] != NOTHING:
        st.next_s[leader] = row[Seat.AHEAD_S] + st.ends[leader, fits - 1]
    else:
        st.next_s[leader] = next_session_s(ev, st, player, leader)


@inlined_step
def attempts_by(st, leader, second):
    """Return how many attempts of a look ahead have ended by ``second``, of those that fit."""
    row = st.seats[leader]
    since = second - row[Seat.AHEAD_S]
    if since <= 0:
        return np.int64(0)
    return min(attempts_until(st.ends[leader], row[Seat.AHEAD_DRAWN], since), row[Seat.AHEAD_FITS])


@inlined_step
def commit_until(ev, st, tally, leader, done):
    """Count the attempts of a look ahead up to ``done`` of those drawn, and give what was promised."""
    row = st.seats[leader]
    new = done - row[Seat.AHEAD_DONE]
    if new <= 0:
        return
    rule = row[Seat.RULE]
    activity = ev.rules[rule, Rule.ACTIVITY]
    end_s = row[Seat.AHEAD_S] + st.ends[leader, done - 1]
    size, seat = 0, leader
    while seat != NOTHING:
        st.counts[seat, activity] += new
        size += 1
        seat = st.seats[seat, Seat.NEXT_MEMBER]
    tally.effort[rule, Effort.ATTEMPTS] += new
    tally.effort[rule, Effort.PLAYER_SECONDS] += size * (end_s - row[Seat.START_S])
    row[Seat.START_S] = end_s
    row[Seat.AHEAD_DONE] = done
    kept = st.promised[leader] & first_bits(done)
    if kept != U0:
        st.promised[leader] ^= kept
        give_promised(ev, st, tally, leader, count_bits(kept))


@step
def give_promised(ev, st, tally, leader, n):
    """Give ``n`` usual drops as promised; no tile finishes by that."""
    drop, units = st.usual_drop[leader, 0], st.usual_drop[leader, 1]
    tally.drops[drop, Given.UNITS] += n * units
    target = st.seats[leader, Seat.USUAL_TARGET]
    if target == NOTHING:
        tally.drops[drop, Given.WASTED] += n * units
        return
    tile = ev.accepts[target, Accept.TILE]
    progress = n * units * ev.accepts[target, Accept.WEIGHT]
    st.progress[tile] += progress
    st.promises[tile] -= progress
    note_progress(st, tile)


@inlined_step
def note_progress(st, tile):
    """Note that a tile has progressed since the last finish."""
    if st.dirty[Dirty.FLAGS, tile] == 0:
        st.dirty[Dirty.FLAGS, tile] = 1
        st.dirty[Dirty.TILES, st.run[Run.DIRTY]] = tile
        st.run[Run.DIRTY] += 1


@step
def promise(ev, team, plans, st, leader):
    """Promise the attempts to come that bring only the usual drop, but for those that could finish a tile."""
    apart()
    row = st.seats[leader]
    target = grant_target(ev, team, plans, st, st.usual_drop[leader, 0])
    row[Seat.USUAL_TARGET] = target
    n = np.int64(LARGEST_STRETCH)
    if target != NOTHING:
        tile = ev.accepts[target, Accept.TILE]
        room = ev.tiles[tile, Tile.NEEDS] - 1 - st.progress[tile] - st.promises[tile]
        n = max(room // usual_progress(ev, st, leader), np.int64(0))
    promise_next(ev, st, leader, n, row[Seat.AHEAD_DONE])


@inlined_step
def usual_progress(ev, st, leader):
    """Return the millionths of progress that the usual drop brings its tile."""
    return st.usual_drop[leader, 1] * ev.accepts[st.seats[leader, Seat.USUAL_TARGET], Accept.WEIGHT]


@step
def promise_next(ev, st, leader, n, done):
    """Promise the next ``n`` attempts after ``done`` that bring only the usual drop; the others are due."""
    to_come = st.usual[leader] & ~first_bits(done)
    rest = to_come
    for _ in range(min(n, count_bits(to_come))):
        rest &= rest - U1
    kept = to_come ^ rest
    target = st.seats[leader, Seat.USUAL_TARGET]
    if target != NOTHING:
        st.promises[ev.accepts[target, Accept.TILE]] += count_bits(kept) * usual_progress(ev, st, leader)
    st.run[Run.PROMISED] = 1
    st.promised[leader] = kept
    st.hits[leader] = (st.hits[leader] & ~to_come) | rest


@step
def take_back_promises(ev, st, leader):
    """Make what a leader still promises due."""
    kept = st.promised[leader]
    target = st.seats[leader, Seat.USUAL_TARGET]
    if target != NOTHING:
        st.promises[ev.accepts[target, Accept.TILE]] -= count_bits(kept) * usual_progress(ev, st, leader)
    st.promised[leader] = U0
    st.hits[leader] |= kept


@step
def settle(ev, team, st, tally, second):
    """Before a finish: give all that was promised for attempts that end before the one that ends now, in the
    model's order, and make the rest due."""
    apart()
    for leader in range(len(st.seats)):
        if st.mode[leader] == Mode.AHEAD and st.promised[leader] != U0:
            settle_one(ev, st, tally, leader, second)
            note_due(ev, team, st, leader, second)
    st.run[Run.PROMISED] = 0


@step
def share_room(ev, team, st, tally, tile, gain, second):
    """Where promises and a grant of ``gain`` could finish a tile: settle its promises, and share what room is
    left evenly among those who made them."""
    apart()
    n_leaders = 0
    for leader in range(len(st.seats)):
        if brings_usual(ev, st, leader, tile):
            settle_one(ev, st, tally, leader, second)
            n_leaders += 1
    room = ev.tiles[tile, Tile.NEEDS] - 1 - st.progress[tile] - gain
    for leader in range(len(st.seats)):
        if brings_usual(ev, st, leader, tile):
            n = max(room // (n_leaders * usual_progress(ev, st, leader)), 0)
            # The attempt that ends now is not counted yet.
            done = st.seats[leader, Seat.AHEAD_DONE] + (leader == st.run[Run.DUE])
            promise_next(ev, st, leader, n, done)
            note_due(ev, team, st, leader, second)


@inlined_step
def brings_usual(ev, st, leader, tile):
    """Return whether a leader is ahead with attempts whose usual drop goes to a tile."""
    target = st.seats[leader, Seat.USUAL_TARGET]
    ahead = st.mode[leader] == Mode.AHEAD and st.usual[leader] != U0
    return ahead and target != NOTHING and ev.accepts[target, Accept.TILE] == tile


@inlined_step
def settle_one(ev, st, tally, leader, second):
    """Give what a leader has promised for attempts that have ended by now, and take the rest back."""
    if st.promised[leader] == U0:
        return
    due = st.run[Run.DUE]
    if leader != due:
        # In this very second the seats before the one that is due have had their turn.
        commit_until(ev, st, tally, leader, attempts_by(st, leader, second - (leader > due)))
    take_back_promises(ev, st, leader)


@inlined_step
def note_due(ev, team, st, leader, second):
    """Make a leader due by what they promise now, and note whether that is in this very second."""
    if leader != st.run[Run.DUE]:
        due_next(ev, st, ev.teams[team, Team.PLAYER_START] + leader, leader)
        if st.next_s[leader] == second:
            st.run[Run.SETTLED] = Settled.THIS_SECOND
        elif st.run[Run.SETTLED] == Settled.NONE:
            st.run[Run.SETTLED] = Settled.LATER


@inlined_step
def commit_ahead(ev, st, tally, leader):
    """Count the attempts before the next that matters, all that fit if none does; return whether there
    is one."""
    hits = st.hits[leader]
    done = lowest_bit(hits) if hits != U0 else st.seats[leader, Seat.AHEAD_FITS]
    commit_until(ev, st, tally, leader, done)
    return hits != U0


@inlined_step
def stays_ahead(ev, st, player, leader, second):
    """After an attempt that mattered but changed no plan: go on to the next of the stretch.

    Returns False where no attempt is left that was drawn and fits.
    """
    row = st.seats[leader]
    row[Seat.AHEAD_DONE] += 1
    row[Seat.START_S] = second
    hits = st.hits[leader]
    st.hits[leader] = hits & (hits - U1)
    if row[Seat.AHEAD_DONE] == row[Seat.AHEAD_DRAWN]:
        return False
    if row[Seat.AHEAD_DONE] == row[Seat.AHEAD_FITS] and row[Seat.NEXT_MEMBER] != NOTHING:
        return False
    due_next(ev, st, player, leader)
    return True
