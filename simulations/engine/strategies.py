"""The strategies: how a team orders its tiles, as pairs of sort keys.

A strategy fills ``plans.keys`` for the open, unfinished tiles: larger keys come first, ties fall
to the lower tile. Adding a strategy means adding
a function here, its code to `layout.Strategy` and its line to `order_tiles`.
"""

import numpy as np

from .layout import NEVER, Figure, Key, Param, Run, Search, Shape, Stage, Strategy, Team, Tile
from .state import WORD_BITS
from .steps import apart, count_bits, inlined_step, step

SECONDS_PER_HOUR = 3600.0


@step
def order_tiles(ev, team, plans, st):
    """Fill ``plans.keys`` and ``plans.estimates`` for the team's current node."""
    apart()
    node = st.run[Run.NODE]
    end = ev.row_start[st.run[Run.LAST_ROW] + 1]
    for tile in range(end):
        if st.finish_s[tile] == NEVER:
            plans.estimates[tile] = tile_estimate(ev, plans, node, tile)
            plans.placed[tile] = 0
    strategy = ev.teams[team, Team.STRATEGY]
    if strategy == Strategy.ROW_UNLOCKING:
        order_by_row(ev, plans, st, False)
    elif strategy == Strategy.GREEDY:
        order_by_points(ev, plans, st, False)
    elif strategy == Strategy.COMBO_UNLOCKING:
        if end < len(ev.tiles):
            order_by_row(ev, plans, st, True)
        else:
            order_by_points(ev, plans, st, True)
    elif strategy == Strategy.POINTS_PER_HOUR:
        order_by_rate(ev, plans, st)
    else:
        order_by_score(ev, team, plans, st)
    st.run[Run.PLAN_NODE] = node
    st.run[Run.ORDERED] = 0


@step
def tile_estimate(ev, plans, node, tile):
    """Return the least estimated seconds over the tile's rules; infinite with none."""
    least = np.inf
    for rule in range(ev.tiles[tile, Tile.RULE_START], ev.tiles[tile, Tile.RULE_END]):
        least = min(least, plans.steps[node, rule] * ev.rule_figures[rule, Figure.SECONDS])
    return least


@step
def order_by_row(ev, plans, st, prefer_shared):
    """The last open row first, its unlocking set ahead; then earlier rows, the later first."""
    last_row = st.run[Run.LAST_ROW]
    n_rows = len(ev.row_start) - 1
    find_unlocking_set(ev, plans, st, prefer_shared)
    for tile in range(ev.row_start[last_row + 1]):
        row = ev.tiles[tile, Tile.ROW]
        level = row
        if row == last_row:
            level = n_rows + plans.chosen[tile]
        points = ev.tiles[tile, Tile.POINTS]
        plans.keys[tile, Key.TASK] = level
        plans.keys[tile, Key.TASK_TIE] = points
        plans.keys[tile, Key.GRANT] = row == last_row
        plans.keys[tile, Key.GRANT_TIE] = points


@step
def order_by_points(ev, plans, st, count_shared):
    """By points, then by estimate; tasks by points and shared unfinished tiles if asked to."""
    for tile in range(ev.row_start[st.run[Run.LAST_ROW] + 1]):
        points = ev.tiles[tile, Tile.POINTS]
        plans.keys[tile, Key.TASK] = points + (shared_unfinished(ev, st, tile, 0) if count_shared else 0)
        plans.keys[tile, Key.TASK_TIE] = -plans.estimates[tile]
        plans.keys[tile, Key.GRANT] = points
        plans.keys[tile, Key.GRANT_TIE] = -plans.estimates[tile]


@step
def order_by_rate(ev, plans, st):
    """By points over estimate."""
    for tile in range(ev.row_start[st.run[Run.LAST_ROW] + 1]):
        rate = ev.tiles[tile, Tile.POINTS] / plans.estimates[tile]
        plans.keys[tile, Key.TASK] = rate
        plans.keys[tile, Key.TASK_TIE] = 0.0
        plans.keys[tile, Key.GRANT] = rate
        plans.keys[tile, Key.GRANT_TIE] = 0.0


@step
def order_by_score(ev, team, plans, st):
    """By the linear score of the weighted strategy; infinite estimates last."""
    weights = ev.params[team]
    find_unlocking_set(ev, plans, st, False)
    for tile in range(ev.row_start[st.run[Run.LAST_ROW] + 1]):
        score = -np.inf
        if plans.estimates[tile] < np.inf:
            points = float(ev.tiles[tile, Tile.POINTS])
            hours = plans.estimates[tile] / SECONDS_PER_HOUR
            score = weights[Param.POINTS] * points + (weights[Param.RATE] * points) / hours
            score = score + weights[Param.UNLOCK] * float(plans.chosen[tile])
            score = score + weights[Param.SHARED] * float(shared_unfinished(ev, st, tile, 0))
            score = score - weights[Param.HOURS] * hours
        plans.keys[tile, Key.TASK] = score
        plans.keys[tile, Key.TASK_TIE] = 0.0
        plans.keys[tile, Key.GRANT] = score
        plans.keys[tile, Key.GRANT_TIE] = 0.0


@inlined_step
def shared_unfinished(ev, st, tile, first):
    """Count the other unfinished tiles from ``first`` on, locked ones too, that share an activity with a
    tile."""
    count = 0
    for word in range(first // WORD_BITS, len(st.unfinished)):
        bits = ev.shares[tile, word] & st.unfinished[word]
        if word == first // WORD_BITS:
            bits = bits >> np.uint64(first % WORD_BITS)
        count += count_bits(bits)
    return count


@step
def find_unlocking_set(ev, plans, st, prefer_shared):
    """Mark in ``plans.chosen`` the cheapest set of tiles that opens the next row, if there is one.

    Depth first over the last open row's unfinished tiles in board order, each taken before it is
    passed over, so that of equal sets the first found has the lowest tile in which they differ.
    Sums run in board order, as the model demands.
    """
    apart()
    last_row = st.run[Run.LAST_ROW]
    first, end = ev.row_start[last_row], ev.row_start[last_row + 1]
    for tile in range(end):
        plans.chosen[tile] = 0
    if end == len(ev.tiles):
        return
    n_open, search = load_search(ev, plans, st, first, end, prefer_shared), plans.search
    lack = ev.shape[Shape.UNLOCK_POINTS] - st.row_points[last_row]
    stage = plans.stages
    best_cost, best_count, best_mask = np.inf, 0, 0
    depth, count, mask = 0, 0, 0
    stage[0] = Stage.TAKE
    search[Search.TAKEN_COST, 0] = 0.0
    search[Search.TAKEN_POINTS, 0] = 0.0
    while depth >= 0:
        cost, points = search[Search.TAKEN_COST, depth], search[Search.TAKEN_POINTS, depth]
        if stage[depth] == Stage.TAKE and points >= lack:
            if cost < best_cost or (cost == best_cost and count < best_count):
                best_cost, best_count, best_mask = cost, count, mask
            depth -= 1
        elif stage[depth] == Stage.TAKE and (
            depth == n_open
            or points + search[Search.POINTS_LEFT, depth] < lack
            or cost + (lack - points) * search[Search.LEAST_RATIO, depth] > best_cost
        ):
            depth -= 1
        elif stage[depth] == Stage.LEAVE:
            depth -= 1
        else:
            take = stage[depth] == Stage.TAKE
            stage[depth] += 1
            count += 1 if take else -1
            mask ^= 1 << depth
            search[Search.TAKEN_COST, depth + 1] = cost + search[Search.COST, depth] if take else cost
            search[Search.TAKEN_POINTS, depth + 1] = points + search[Search.POINTS, depth] if take else points
            depth += 1
            stage[depth] = Stage.TAKE
    position = 0
    for tile in range(first, end):
        if st.finish_s[tile] == NEVER:
            plans.chosen[tile] = mask_bit(best_mask, position)
            position += 1


@inlined_step
def mask_bit(mask, position):
    """Return bit ``position`` of ``mask``."""
    return (mask >> position) & 1


@step
def load_search(ev, plans, st, first, end, prefer_shared):
    """Lay out the unfinished tiles of a row for the search; return how many there are."""
    search = plans.search
    n_open = 0
    for tile in range(first, end):
        if st.finish_s[tile] == NEVER:
            cost = plans.estimates[tile]
            if prefer_shared:
                cost *= 1.0 + shared_unfinished(ev, st, tile, end)
            search[Search.COST, n_open] = cost
            search[Search.POINTS, n_open] = ev.tiles[tile, Tile.POINTS]
            n_open += 1
    search[Search.LEAST_RATIO, n_open] = np.inf
    search[Search.POINTS_LEFT, n_open] = 0.0
    for depth in range(n_open - 1, -1, -1):
        # A hair below the bound, so that rounding never cuts off a set that is as cheap.
        ratio = search[Search.COST, depth] / search[Search.POINTS, depth] * (1 - 1e-9)
        search[Search.LEAST_RATIO, depth] = min(search[Search.LEAST_RATIO, depth + 1], ratio)
        search[Search.POINTS_LEFT, depth] = (
            search[Search.POINTS_LEFT, depth + 1] + search[Search.POINTS, depth]
        )
    return n_open
