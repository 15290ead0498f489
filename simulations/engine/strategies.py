"""The strategies: how a team orders its tiles, as pairs of sort keys.

A strategy fills ``plans.keys`` for the open, unfinished tiles: columns 0 and 1 order tasks, 2 and
3 order grants; larger keys come first, ties fall to the lower tile. Adding a strategy means adding
a function here, its code to `layout.Strategy` and its line to `order_tiles`.
"""

import numpy as np

from .layout import NEVER, Run, Strategy, Team, Tile
from .packs import apart, inlined_step, step

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
        least = min(least, plans.steps[node, rule] * ev.rule_figures[rule, 1])
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
        plans.keys[tile, 0] = level
        plans.keys[tile, 1] = points
        plans.keys[tile, 2] = row == last_row
        plans.keys[tile, 3] = points


@step
def order_by_points(ev, plans, st, count_shared):
    """By points, then by estimate; tasks by points and shared unfinished tiles if asked to."""
    for tile in range(ev.row_start[st.run[Run.LAST_ROW] + 1]):
        points = ev.tiles[tile, Tile.POINTS]
        plans.keys[tile, 0] = points + (shared_unfinished(ev, st, tile) if count_shared else 0)
        plans.keys[tile, 1] = -plans.estimates[tile]
        plans.keys[tile, 2] = points
        plans.keys[tile, 3] = -plans.estimates[tile]


@step
def order_by_rate(ev, plans, st):
    """By points over estimate."""
    for tile in range(ev.row_start[st.run[Run.LAST_ROW] + 1]):
        rate = ev.tiles[tile, Tile.POINTS] / plans.estimates[tile]
        plans.keys[tile, 0] = rate
        plans.keys[tile, 1] = 0.0
        plans.keys[tile, 2] = rate
        plans.keys[tile, 3] = 0.0


@step
def order_by_score(ev, team, plans, st):
    """By the linear score of the weighted strategy; infinite estimates last."""
    w_points, w_rate, w_unlock = ev.params[team, 0], ev.params[team, 1], ev.params[team, 2]
    w_shared, w_hours = ev.params[team, 3], ev.params[team, 4]
    find_unlocking_set(ev, plans, st, False)
    for tile in range(ev.row_start[st.run[Run.LAST_ROW] + 1]):
        score = -np.inf
        if plans.estimates[tile] < np.inf:
            points = float(ev.tiles[tile, Tile.POINTS])
            hours = plans.estimates[tile] / SECONDS_PER_HOUR
            score = w_points * points + (w_rate * points) / hours
            score = score + w_unlock * float(plans.chosen[tile])
            score = score + w_shared * float(shared_unfinished(ev, st, tile))
            score = score - w_hours * hours
        plans.keys[tile, 0] = score
        plans.keys[tile, 1] = 0.0
        plans.keys[tile, 2] = score
        plans.keys[tile, 3] = 0.0


@step
def shared_unfinished(ev, st, tile):
    """Count the other unfinished tiles, locked ones too, that share an activity with a tile."""
    count = 0
    for other in range(len(ev.tiles)):
        count += ev.shares[tile, other] & (st.finish_s[other] == NEVER)
    # A tile with rules shares with itself.
    return count - (ev.shares[tile, tile] & (st.finish_s[tile] == NEVER))


@step
def find_unlocking_set(ev, plans, st, prefer_shared):
    """Mark in ``plans.chosen`` the cheapest set of tiles that opens the next row, if there is one.

    Depth first over the last open row's unfinished tiles in board order, each taken before it is
    passed over, so that of equal sets the first found has the lowest tile in which they differ;
    ``search`` rows: 0 cost, 1 points, 2 cheapest cost per point from here on, 3 points from here
    on, 4 running cost, 5 running points. Sums run in board order, as the model demands.
    """
    apart()
    last_row = st.run[Run.LAST_ROW]
    first, end = ev.row_start[last_row], ev.row_start[last_row + 1]
    for tile in range(end):
        plans.chosen[tile] = 0
    if end == len(ev.tiles):
        return
    n_open, search = load_search(ev, plans, st, first, end, prefer_shared), plans.search
    lack = ev.shape[1] - st.row_points[last_row]
    stage = plans.stages
    best_cost, best_count, best_mask = np.inf, 0, 0
    depth, count, mask = 0, 0, 0
    stage[0] = 0
    search[4, 0] = 0.0
    search[5, 0] = 0.0
    while depth >= 0:
        cost, points = search[4, depth], search[5, depth]
        if stage[depth] == 0 and points >= lack:
            if cost < best_cost or (cost == best_cost and count < best_count):
                best_cost, best_count, best_mask = cost, count, mask
            depth -= 1
        elif stage[depth] == 0 and (
            depth == n_open
            or points + search[3, depth] < lack
            or cost + (lack - points) * search[2, depth] > best_cost
        ):
            depth -= 1
        elif stage[depth] == 2:
            depth -= 1
        else:
            take = stage[depth] == 0
            stage[depth] += 1
            count += 1 if take else -1
            mask ^= 1 << depth
            search[4, depth + 1] = cost + search[0, depth] if take else cost
            search[5, depth + 1] = points + search[1, depth] if take else points
            depth += 1
            stage[depth] = 0
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
                locked = 0
                for other in range(end, len(ev.tiles)):
                    locked += ev.shares[tile, other]
                cost *= 1.0 + locked
            search[0, n_open] = cost
            search[1, n_open] = ev.tiles[tile, Tile.POINTS]
            n_open += 1
    search[2, n_open] = np.inf
    search[3, n_open] = 0.0
    for depth in range(n_open - 1, -1, -1):
        # A hair below the bound, so that rounding never cuts off a set that is as cheap.
        ratio = search[0, depth] / search[1, depth] * (1 - 1e-9)
        search[2, depth] = min(search[2, depth + 1], ratio)
        search[3, depth] = search[3, depth + 1] + search[1, depth]
    return n_open
