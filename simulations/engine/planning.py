"""Plans: which task a player takes and which tile a drop goes to, remembered by state of progress.

Picks and grant targets change only when a tile finishes, and are then a pure function of the
finished tiles and of the attempts that each rule still takes. A node of `state.PLANS` holds them
for one such state, filled as they are asked for; ``children`` lead to the next node without
looking at the state again, where nothing but the finished tile has changed.
"""

import numpy as np

from .layout import MILLION, NEVER, Accept, Dirty, Figure, Key, Player, Rule, Run, Seat, Shortcut, Tile
from .state import FINISHED, MET_SLOTS, NOTHING, UNKNOWN
from .steps import apart, inlined_step, step
from .strategies import order_tiles
from .tables import fill
from .words import U32, U_LOW, U_WORD_STEP, mix

SCRATCH = 0
ROOT = 1
FAR_STEPS = 4e18


@step
def rule_steps(ev, st, rule):
    """Return the attempts that a rule's tile still takes: `events.estimates.steps`."""
    tile = ev.rules[rule, Rule.TILE]
    remaining = ev.tiles[tile, Tile.NEEDS] - st.progress[tile]
    units = ev.rule_figures[rule, Figure.UNITS]
    if units == 0.0:
        return np.inf
    return max(np.ceil(remaining / MILLION / units - 1e-9), 1.0)


@step
def steps_word(rule, steps):
    """Return a word for the hash of a node; equal words are no harm, keys are compared in full."""
    return mix(np.uint64(rule + 1) * U_WORD_STEP + np.uint64(np.int64(min(steps, FAR_STEPS) + 2.0)))


@step
def enter_root(ev, plans, st):
    """Make the node of the untouched board current, building it the first time."""
    apart()
    st.run[Run.DIRTY] = 0
    st.run[Run.PLAN_NODE] = NOTHING
    if plans.count[0] > ROOT:
        st.run[Run.NODE] = ROOT
        return
    word = np.uint64(0)
    for rule in range(len(ev.rules)):
        plans.steps[SCRATCH, rule] = rule_steps(ev, st, rule)
        word ^= steps_word(rule, plans.steps[SCRATCH, rule])
    plans.hashes[SCRATCH] = word
    st.run[Run.NODE] = find_or_add(plans, True)


@inlined_step
def advance(ev, plans, st, finished_tile, drop):
    """Move to the node that holds after ``finished_tile``; ``dirty`` is emptied."""
    node = st.run[Run.NODE]
    changed = absorb_progress(ev, plans, st, node, finished_tile)
    if not changed and node != SCRATCH:
        child = np.int64(plans.nodes[node, 2 * drop + 1])
        if child != UNKNOWN:
            st.run[Run.NODE] = child
            return
    if node != SCRATCH and not changed:
        copy_to_scratch(plans, node)
    for rule in range(ev.tiles[finished_tile, Tile.RULE_START], ev.tiles[finished_tile, Tile.RULE_END]):
        set_scratch_steps(plans, rule, FINISHED)
    reached = find_or_add(plans, st.run[Run.SHORTCUTS] & Shortcut.MET_AGAIN == 0)
    if not changed and node != SCRATCH and reached != SCRATCH:
        plans.nodes[node, 2 * drop + 1] = reached
    st.run[Run.NODE] = reached
    if reached == SCRATCH:
        st.run[Run.PLAN_NODE] = NOTHING


@inlined_step
def absorb_progress(ev, plans, st, node, finished_tile):
    """Put the progress since the last finish into the scratch key; return whether it shows there."""
    changed = False
    for position in range(st.run[Run.DIRTY]):
        tile = st.dirty[Dirty.TILES, position]
        st.dirty[Dirty.FLAGS, tile] = 0
        if tile == finished_tile:
            continue
        for rule in range(ev.tiles[tile, Tile.RULE_START], ev.tiles[tile, Tile.RULE_END]):
            steps = rule_steps(ev, st, rule)
            if steps != plans.steps[node, rule]:
                if not changed and node != SCRATCH:
                    copy_to_scratch(plans, node)
                changed = True
                set_scratch_steps(plans, rule, steps)
    st.run[Run.DIRTY] = 0
    return changed


@inlined_step
def copy_to_scratch(plans, node):
    """Start a new key from a node's."""
    copy_steps(plans, node, SCRATCH)
    plans.hashes[SCRATCH] = plans.hashes[node]


@step
def copy_steps(plans, source, target):
    """Copy a key in a loop: assigning row to row would allocate."""
    apart()
    for rule in range(len(plans.steps[SCRATCH])):
        plans.steps[target, rule] = plans.steps[source, rule]


@inlined_step
def set_scratch_steps(plans, rule, steps):
    """Change one entry of the scratch key and its hash."""
    plans.hashes[SCRATCH] ^= steps_word(rule, plans.steps[SCRATCH, rule]) ^ steps_word(rule, steps)
    plans.steps[SCRATCH, rule] = steps


@step
def find_or_add(plans, at_once):
    """Return the node whose key is the scratch key, adding it where it was met before or ``at_once`` is true.

    Returns the scratch node where the state is new or the memory full. Most states of a long board are
    met once, and a node for each would only push what is needed out of the processor's caches.
    """
    apart()
    n_slots = len(plans.table)
    word = plans.hashes[SCRATCH]
    slot = np.int64(word & np.uint64(n_slots - 1))
    while plans.table[slot] != 0:
        node = np.int64(plans.table[slot])
        if plans.hashes[node] == word and same_steps(plans, node):
            return node
        slot = (slot + 1) & (n_slots - 1)
    node = plans.count[0]
    if node < len(plans.hashes) and (at_once or is_met_again(plans, word)):
        plans.count[0] = node + 1
        plans.table[slot] = node
        copy_steps(plans, SCRATCH, node)
        plans.hashes[node] = word
    else:
        node = np.int64(SCRATCH)
    fill(plans.nodes[node], UNKNOWN)
    return node


@inlined_step
def is_met_again(plans, word):
    """Return whether a state with this hash was met before, as far as is remembered; remember it."""
    slot = np.int64(word >> U32) & (MET_SLOTS - 1)
    half = np.uint32(word & U_LOW)
    met = plans.met[slot] == half
    plans.met[slot] = half
    return met


@step
def same_steps(plans, node):
    """Return whether a node's key equals the scratch key."""
    for rule in range(len(plans.steps[SCRATCH])):
        if plans.steps[node, rule] != plans.steps[SCRATCH, rule]:
            return False
    return True


@inlined_step
def pick_rule(ev, team, plans, st, player, seat):
    """Return the rule that a player takes up now, or ``NOTHING``.

    ``player`` counts over the event, ``seat`` within the team.
    """
    node = st.run[Run.NODE]
    if st.seats[seat, Seat.LEFT_OUT] > 0:
        return search_pick(ev, team, plans, st, player, seat)
    column = 2 * len(ev.accept_start) + ev.players[player, Player.CLASS]
    rule = np.int64(plans.nodes[node, column])
    if rule == UNKNOWN:
        rule = search_pick(ev, team, plans, st, player, seat)
        plans.nodes[node, column] = rule
    return rule


@step
def search_pick(ev, team, plans, st, player, seat):
    """Go through the open tiles for the first in task order that the player may work on."""
    apart()
    if st.run[Run.PLAN_NODE] != st.run[Run.NODE]:
        order_tiles(ev, team, plans, st)
    position = 0
    while position < st.run[Run.ORDERED] or order_next(ev, plans, st):
        rule = quickest_rule(ev, plans, st, player, seat, plans.order[position])
        if rule != NOTHING:
            return rule
        position += 1
    return NOTHING


@step
def order_next(ev, plans, st):
    """Append the next open tile in task order to ``plans.order``; False if there is none.

    Most players find a task among the first few tiles, so the order is not sorted in full.
    """
    best = NOTHING
    for tile in range(ev.row_start[st.run[Run.LAST_ROW] + 1]):
        if st.finish_s[tile] != NEVER or plans.placed[tile]:
            continue
        if best == NOTHING or comes_before(plans, tile, best, Key.TASK, Key.TASK_TIE):
            best = tile
    if best == NOTHING:
        return False
    plans.order[st.run[Run.ORDERED]] = best
    plans.placed[best] = 1
    st.run[Run.ORDERED] += 1
    return True


@step
def comes_before(plans, tile, other, key, tie):
    """Return whether a tile precedes an earlier one by a key, then by another where that ties."""
    if plans.keys[tile, key] != plans.keys[other, key]:
        return plans.keys[tile, key] > plans.keys[other, key]
    return plans.keys[tile, tie] > plans.keys[other, tie]


@step
def quickest_rule(ev, plans, st, player, seat, tile):
    """Return the tile's rule with the least estimate that the player may follow, or ``NOTHING``."""
    node = st.run[Run.NODE]
    best_rule, best_estimate = NOTHING, np.inf
    for rule in range(ev.tiles[tile, Tile.RULE_START], ev.tiles[tile, Tile.RULE_END]):
        if ev.masks[player, rule] < 0 or st.left_out[seat, ev.rules[rule, Rule.ACTIVITY]]:
            continue
        estimate = plans.steps[node, rule] * ev.rule_figures[rule, Figure.SECONDS]
        if best_rule == NOTHING or estimate < best_estimate:
            best_rule, best_estimate = rule, estimate
    return best_rule


@inlined_step
def grant_target(ev, team, plans, st, drop):
    """Return the row of ``accepts`` that a drop goes to now, or ``NOTHING``."""
    node = st.run[Run.NODE]
    target = np.int64(plans.nodes[node, 2 * drop])
    if target == UNKNOWN:
        target = search_target(ev, team, plans, st, drop)
        plans.nodes[node, 2 * drop] = target
    return target


@step
def search_target(ev, team, plans, st, drop):
    """Go through the tiles that accept a drop for the first in grant order."""
    apart()
    if st.run[Run.PLAN_NODE] != st.run[Run.NODE]:
        order_tiles(ev, team, plans, st)
    best = NOTHING
    for accept in range(ev.accept_start[drop], ev.accept_start[drop + 1]):
        tile = ev.accepts[accept, Accept.TILE]
        if ev.tiles[tile, Tile.ROW] > st.run[Run.LAST_ROW] or st.finish_s[tile] != NEVER:
            continue
        if best == NOTHING or comes_before(
            plans, tile, ev.accepts[best, Accept.TILE], Key.GRANT, Key.GRANT_TIE
        ):
            best = accept
    return best
