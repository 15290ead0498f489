/* Strategies: the orders in which a team takes its tiles and hands out what it gets. */

#include "state.h"

typedef struct {
    double key, tie; /* the greatest first; of equal ones the lower tile */
    int tile;
} Place;

static void sort_places(Place *places, int n, int *order) {
    for (int i = 1; i < n; i++) {
        Place place = places[i];
        int j = i;
        for (; j > 0 && (places[j - 1].key < place.key ||
                         (places[j - 1].key == place.key && places[j - 1].tie < place.tie)); j--)
            places[j] = places[j - 1];
        places[j] = place;
    }
    for (int i = 0; i < n; i++) order[i] = places[i].tile;
}

// Whether two different tiles have an activity in common: a bit in the words of the first.
static int shares(const Run *run, int tile, int other) {
    int n_words = (run->n_tiles + 63) / 64;
    return run->ev->shares[tile * n_words + other / 64] >> other % 64 & 1;
}

static int shared_unfinished(const Run *run, int tile) {
    int n = 0;
    for (int other = 0; other < run->n_tiles; other++) n += shares(run, tile, other) && !run->finished[other];
    return n;
}

typedef struct {
    int n, tiles[MAX_TILES];
    double cost[MAX_TILES], best_cost;
    int64_t points[MAX_TILES], lack;
    int best_count;
    uint64_t best_set;
} Search;

/* Try all sets: each tile is taken before it is passed over, so of equal sets the right one comes first. */
static void search_sets(Search *search, int depth, uint64_t set, int count, double cost, int64_t points) {
    if (cost > search->best_cost) return;
    if (points >= search->lack) {
        if (cost < search->best_cost || (cost == search->best_cost && count < search->best_count)) {
            search->best_cost = cost, search->best_count = count, search->best_set = set;
        }
        return;
    }
    if (depth == search->n) return;
    search_sets(search, depth + 1, set | 1ull << depth, count + 1, cost + search->cost[depth],
                points + search->points[depth]);
    search_sets(search, depth + 1, set, count, cost, points);
}

static void find_unlocking_set(Run *run, int prefer_shared) {
    const Event *ev = run->ev;
    int row = (int)run->result.row, end = (int)ev->row_start[row + 1];
    memset(run->chosen, 0, run->n_tiles);
    if (row + 1 == run->n_rows) return;
    Search search = {.best_cost = INFINITY, .lack = ev->shape->unlock_points - run->row_points[row]};
    for (int tile = (int)ev->row_start[row]; tile < end; tile++) {
        if (run->finished[tile]) continue;
        int locked = 0;
        for (int other = end; prefer_shared && other < run->n_tiles; other++)
            locked += shares(run, tile, other);
        search.tiles[search.n] = tile;
        search.cost[search.n] = run->estimate[tile] * (1.0 + locked);
        search.points[search.n++] = ev->tiles[tile].points;
    }
    search_sets(&search, 0, 0, 0, 0.0, 0);
    for (int i = 0; i < search.n; i++) run->chosen[search.tiles[i]] = search.best_set >> i & 1;
}

static double weighted_score(const Run *run, int tile) {
    const Param *w = run->param;
    double points = (double)run->ev->tiles[tile].points, hours = run->estimate[tile] / 3600.0;
    if (isinf(hours)) return -INFINITY;
    return w->points * points + (w->rate * points) / hours + w->unlock * run->chosen[tile] +
           w->shared * shared_unfinished(run, tile) - w->hours * hours;
}

static void order_tile(const Run *run, int tile, int by_row, Place *task, Place *grant) {
    int64_t row = run->ev->tiles[tile].row, strategy = run->team->strategy;
    double points = (double)run->ev->tiles[tile].points, estimate = run->estimate[tile];
    task->tile = grant->tile = tile;
    task->tie = grant->tie = 0;
    if (by_row) {
        task->key = (double)(row + run->n_rows * run->chosen[tile]);
        grant->key = row == run->result.row;
        task->tie = grant->tie = points;
    } else if (strategy == POINTS_PER_HOUR) {
        task->key = grant->key = points / estimate;
    } else if (strategy == WEIGHTED) {
        task->key = grant->key = weighted_score(run, tile);
    } else {
        grant->key = points;
        task->key = points + (strategy == COMBO_UNLOCKING ? shared_unfinished(run, tile) : 0);
        task->tie = grant->tie = -estimate;
    }
}

/* Make estimates and orders from the progress of this moment. */
static void plan(Run *run) {
    const Event *ev = run->ev;
    int64_t strategy = run->team->strategy;
    int end = (int)ev->row_start[run->result.row + 1], all_open = end == run->n_tiles, n = 0;
    for (int tile = 0; tile < end; tile++) {
        if (run->finished[tile]) continue;
        const Tile *it = &ev->tiles[tile];
        double remaining = (double)(it->needs - run->progress[tile]) / MILLION, least = INFINITY;
        for (int64_t rule = it->rule_start; rule < it->rule_end; rule++) {
            const Figure *figure = &ev->rule_figures[rule];
            double steps = figure->units == 0 ? INFINITY : fmax(1.0, ceil(remaining / figure->units - 1e-9));
            run->rule_estimate[rule] = steps * figure->seconds;
            if (run->rule_estimate[rule] < least) least = run->rule_estimate[rule];
        }
        run->estimate[tile] = least;
    }
    int by_row = strategy == ROW_UNLOCKING || (strategy == COMBO_UNLOCKING && !all_open);
    if (by_row || strategy == WEIGHTED) find_unlocking_set(run, strategy == COMBO_UNLOCKING);
    Place tasks[MAX_TILES], grants[MAX_TILES];
    for (int tile = 0; tile < end; tile++)
        if (!run->finished[tile]) order_tile(run, tile, by_row, &tasks[n], &grants[n]), n++;
    run->n_open = n;
    sort_places(tasks, n, run->task_order);
    sort_places(grants, n, run->grant_order);
    for (int i = 0; i < n; i++) run->grant_rank[run->grant_order[i]] = i;
}
