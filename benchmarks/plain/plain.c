/* A plain engine: docs/simulation-model.md written down in C, event by event and draw by draw.

   It looks no attempt ahead and remembers no plan: orders are made at the start of a run and after each
   finish, and whoever is free goes through them. Its luck is a generator of its own, so its runs are not
   the engine's, but they follow the same law. `tables.h` is made from simulations/engine/layout.py and has
   the types of the tables. */

#include "strategies.h"

/* Attempts. */

static int64_t scale(int64_t multiplier, int64_t factor) {
    return multiplier / MILLION * factor + multiplier % MILLION * factor / MILLION;
}

static int64_t min64(int64_t a, int64_t b) { return a < b ? a : b; }

static int mask_of(const Run *run, int seat, int rule) {
    return run->ev->masks[(run->team->player_start + seat) * run->ev->n_rules + rule];
}

static int party_mask(const Run *run, int first) {
    int mask = 0, rule = run->seats[first].rule;
    for (int s = first; s != NONE; s = run->seats[s].next_member) mask |= mask_of(run, s, rule);
    return mask;
}

static int party_size(const Run *run, int first) {
    int size = 0;
    for (int s = first; s != NONE; s = run->seats[s].next_member) size++;
    return size;
}

static int64_t draw_raw(Run *run, const Act *activity) {
    if (activity->raw_n == 1) return activity->raw_lo;
    int64_t x = draw(run);
    if (activity->time_thresholds == NO_TABLE) return activity->raw_lo + (x * activity->raw_n >> 32);
    const int64_t *thresholds = run->ev->time_tables + activity->time_thresholds;
    int64_t value = run->ev->time_tables[activity->guide + (x >> activity->guide_shift)];
    while (thresholds[value] <= x) value++;
    return activity->raw_lo + value;
}

static int64_t duration_s(const Run *run, int first, int64_t raw) {
    const Event *ev = run->ev;
    const Rule *rule = &ev->rules[run->seats[first].rule];
    int64_t multiplier = 0;
    for (int s = first; s != NONE; s = run->seats[s].next_member)
        if (run->players[s].skill > multiplier) multiplier = run->players[s].skill;
    int64_t size = ev->activities[rule->activity].size_start + party_size(run, first);
    multiplier = min64(scale(multiplier, ev->sizes[size].time), MULTIPLIER_CAP);
    int mask = party_mask(run, first);
    for (int64_t i = rule->modifier_start; i < rule->modifier_end; i++)
        if (mask >> (i - rule->modifier_start) & 1)
            multiplier = min64(scale(multiplier, ev->modifiers[i]), MULTIPLIER_CAP);
    int64_t seconds = scale(multiplier, raw);
    return seconds < 1 ? 1 : seconds;
}

static int64_t session_end(const Run *run, int s) { return run->ev->sessions[run->seats[s].session].end_s; }

static void forget_left_out(const Run *run, Seat *seat) {
    if (seat->n_left_out) memset(seat->left_out, 0, run->ev->n_activities);
    seat->n_left_out = 0;
}

/* Send a player away until the interval in `session` starts. */
static void go_away(Run *run, int s, int session) {
    Seat *seat = &run->seats[s];
    seat->state = AWAY, seat->session = session, seat->clock_rule = NONE;
    forget_left_out(run, seat);
    run->due_s[s] = session < run->players[s].session_end ? run->ev->sessions[session].start_s : NEVER_AGAIN;
}

static void leave_out(Run *run, int s) {
    Seat *seat = &run->seats[s];
    seat->left_out[run->ev->rules[seat->rule].activity] = 1;
    seat->n_left_out++;
    seat->clock_rule = NONE, seat->state = FREE;
}

/* Start the attempt of the party that `first` leads, or stop those who lack the time. */
static void start_party(Run *run, int first, int64_t t) {
    int64_t activity = run->ev->rules[run->seats[first].rule].activity;
    int64_t raw = run->seats[first].kept_raw[activity];
    if (raw == NONE) raw = draw_raw(run, &run->ev->activities[activity]);
    int64_t end = t + duration_s(run, first, raw);
    int late = 0;
    for (int s = first; s != NONE; s = run->seats[s].next_member) late += end > session_end(run, s);
    run->seats[first].kept_raw[activity] = (int32_t)raw;
    run->seats[first].leader = 1;
    for (int s = first; s != NONE; s = run->seats[s].next_member) {
        Seat *seat = &run->seats[s];
        if (!late) {
            seat->state = BUSY, seat->clock_rule = NONE, seat->kept_raw[activity] = NONE;
            run->due_s[s] = end;
        } else if (end > session_end(run, s)) {
            go_away(run, s, seat->session + 1);
        } else {
            seat->state = FREE;
        }
    }
}

static void finish_tile(Run *run, int tile, int64_t t) {
    const Event *ev = run->ev;
    int64_t row = ev->tiles[tile].row;
    run->finished[tile] = 1;
    run->result.tiles++, run->result.points += ev->tiles[tile].points, run->result.last_s = t;
    run->row_points[row] += ev->tiles[tile].points;
    if (row == run->result.row && row + 1 < run->n_rows && run->row_points[row] >= ev->shape->unlock_points)
        run->result.row++;
    plan(run);
}

static void grant(Run *run, int64_t drop, int64_t units, int64_t t) {
    const Event *ev = run->ev;
    const Accept *target = NULL;
    for (int64_t i = ev->accept_start[drop]; i < ev->accept_start[drop + 1]; i++) {
        const Accept *accept = &ev->accepts[i];
        if (run->finished[accept->tile] || ev->tiles[accept->tile].row > run->result.row) continue;
        if (!target || run->grant_rank[accept->tile] < run->grant_rank[target->tile]) target = accept;
    }
    if (!target) return;
    int64_t needs = ev->tiles[target->tile].needs, *progress = &run->progress[target->tile];
    *progress = min64(*progress + units * target->weight, needs);
    if (*progress == needs) finish_tile(run, (int)target->tile, t);
}

/* Roll a line once and hand out what it grants; return the penalty. */
static int64_t roll(Run *run, const Line *line, const int64_t *thresholds, int64_t t) {
    const Event *ev = run->ev;
    int64_t x = draw(run), outcome = line->outcome_start;
    while (outcome < line->outcome_end && thresholds[outcome] <= x) outcome++;
    if (outcome == line->outcome_end) return 0;
    for (int64_t i = ev->outcomes[outcome].grant_start; i < ev->outcomes[outcome].grant_end; i++) {
        const Grant *it = &ev->grants[i];
        grant(run, it->drop, it->lo + (it->count > 1 ? draw(run) * it->count >> 32 : 0), t);
    }
    return ev->outcomes[outcome].penalty_s;
}

/* End the attempt of a party: all its rolls, then the penalty of its members. */
static void end_attempt(Run *run, int first, int64_t t) {
    const Event *ev = run->ev;
    int rule_ix = run->seats[first].rule, all = party_mask(run, first);
    const Rule *rule = &ev->rules[rule_ix];
    const Act *activity = &ev->activities[rule->activity];
    int64_t band = ev->sizes[activity->size_start + party_size(run, first)].rate_band, penalty = 0;
    int64_t n_modifiers = rule->modifier_end - rule->modifier_start;
    const int64_t *variants = ev->variants + rule->variant + (band << n_modifiers);
    for (int64_t ix = activity->line_start; ix < activity->line_end; ix++) {
        const Line *line = &ev->lines[ix];
        for (int s = first; s != NONE; s = line->per_group ? NONE : run->seats[s].next_member) {
            int64_t variant = variants[line->per_group ? all : mask_of(run, s, rule_ix)];
            const int64_t *thresholds = ev->thresholds + variant - activity->outcome_start;
            for (int64_t time = 0; time < line->times; time++) {
                int64_t seconds = roll(run, line, thresholds, t);
                if (seconds > penalty) penalty = seconds;
            }
        }
    }
    for (int s = first; s != NONE; s = run->seats[s].next_member) {
        run->seats[s].state = PENALTY, run->seats[s].leader = 0;
        run->due_s[s] = t + penalty;
    }
}

/* Picks and parties. */

static int pick(const Run *run, int s) {
    const Event *ev = run->ev;
    const Seat *seat = &run->seats[s];
    for (int i = 0; i < run->n_open; i++) {
        const Tile *tile = &ev->tiles[run->task_order[i]];
        int best = NONE;
        for (int rule = (int)tile->rule_start; rule < tile->rule_end; rule++) {
            if (mask_of(run, s, rule) < 0 || seat->left_out[ev->rules[rule].activity]) continue;
            if (best == NONE || run->rule_estimate[rule] < run->rule_estimate[best]) best = rule;
        }
        if (best != NONE) return best;
    }
    return NONE;
}

static void start_of(Run *run, const int *members, int n, int64_t t) {
    for (int i = 0; i < n; i++) {
        run->seats[members[i]].next_member = i + 1 < n ? members[i + 1] : NONE;
        run->seats[members[i]].leader = 0;
    }
    start_party(run, members[0], t);
}

/* Form the parties of all who chose a rule or wait for it. */
static void form_parties(Run *run, int rule, int64_t t) {
    const Act *activity = &run->ev->activities[run->ev->rules[rule].activity];
    int company[MAX_SEATS], n = 0, at = 0, max = (int)activity->group_max;
    for (int s = 0; s < run->n_seats; s++)
        if (run->seats[s].rule == rule && (run->seats[s].state == CHOSEN || run->seats[s].state == WAITING))
            company[n++] = s;
    for (; n - at >= max; at += max) start_of(run, company + at, max, t);
    if (at < n && n - at >= activity->group_min) {
        start_of(run, company + at, n - at, t);
        return;
    }
    for (; at < n; at++) {
        Seat *seat = &run->seats[company[at]];
        int64_t wait_s = run->ev->shape->group_wait_s;
        if (activity->solo) {
            start_of(run, company + at, 1, t);
        } else if (wait_s == 0) {
            leave_out(run, company[at]);
        } else {
            if (seat->clock_rule == NONE) seat->clock_rule = rule, seat->clock_s = t;
            seat->state = WAITING;
            run->due_s[company[at]] = min64(seat->clock_s + wait_s, session_end(run, company[at]));
        }
    }
}

/* Make one pass; return whether anybody is free again. */
static int make_pass(Run *run, int64_t t) {
    int again = 0;
    for (int s = 0; s < run->n_seats; s++) {
        Seat *seat = &run->seats[s];
        if (seat->state != FREE) continue;
        seat->rule = pick(run, s);
        if (seat->clock_rule != seat->rule) seat->clock_rule = NONE;
        seat->state = seat->rule == NONE ? IDLE : CHOSEN;
        if (seat->state == IDLE) run->due_s[s] = session_end(run, s);
    }
    for (int s = 0; s < run->n_seats; s++) {
        if (run->seats[s].state != CHOSEN) continue;
        int rule = run->seats[s].rule;
        if (run->ev->activities[run->ev->rules[rule].activity].group_max) form_parties(run, rule, t);
        else start_of(run, &s, 1, t);
    }
    for (int s = 0; s < run->n_seats; s++) again |= run->seats[s].state == FREE;
    return again;
}

/* Do what happens to a seat in its due second, attempts aside; return whether it is free. */
static int wake(Run *run, int s, int64_t t) {
    Seat *seat = &run->seats[s];
    int session = seat->session;
    if (seat->state == WAITING || seat->state == IDLE) {
        if (session_end(run, s) == t) go_away(run, s, session + 1);
        else leave_out(run, s);
    } else {
        while (session < run->players[s].session_end && run->ev->sessions[session].end_s <= t) session++;
        int online = session < run->players[s].session_end && run->ev->sessions[session].start_s <= t;
        if (session != seat->session || !online) go_away(run, s, session);
        if (online) seat->state = FREE;
    }
    return seat->state == FREE;
}

/* After a finish, free whoever waits or idles, and forget what was left out. */
static void look_again(Run *run, int64_t t) {
    for (int s = 0; s < run->n_seats; s++) {
        Seat *seat = &run->seats[s];
        forget_left_out(run, seat);
        if ((seat->state != WAITING && seat->state != IDLE) || session_end(run, s) == t) continue;
        if (run->due_s[s] == t) seat->clock_rule = NONE;
        seat->state = FREE;
    }
}

static void play_second(Run *run, int64_t t) {
    int64_t tiles = run->result.tiles;
    for (int s = 0; s < run->n_seats; s++)
        if (run->due_s[s] == t && run->seats[s].state == BUSY && run->seats[s].leader) end_attempt(run, s, t);
    int any_free = run->result.tiles > tiles;
    if (any_free) look_again(run, t);
    for (int s = 0; s < run->n_seats; s++)
        if (run->due_s[s] == t && run->seats[s].state != FREE) any_free |= wake(run, s, t);
    while (any_free && t < run->ev->shape->duration_s) any_free = make_pass(run, t);
}

static void start_run(Run *run) {
    memset(run->progress, 0, run->n_tiles * sizeof *run->progress);
    memset(run->row_points, 0, run->n_rows * sizeof *run->row_points);
    memset(run->finished, 0, run->n_tiles);
    run->result = (Result){.row = run->ev->shape->unlock_points > 0 ? 0 : run->n_rows - 1, .last_s = -1};
    for (int s = 0; s < run->n_seats; s++) {
        memset(run->seats[s].left_out, 0, run->ev->n_activities);
        memset(run->seats[s].kept_raw, NONE, run->ev->n_activities * sizeof *run->seats[s].kept_raw);
        run->seats[s].n_left_out = 0;
        go_away(run, s, (int)run->players[s].session_start);
    }
    plan(run);
}

static void play(Run *run) {
    start_run(run);
    for (;;) {
        int64_t t = NEVER_AGAIN;
        for (int s = 0; s < run->n_seats; s++) t = min64(t, run->due_s[s]);
        if (t > run->ev->shape->duration_s) return;
        play_second(run, t);
    }
}

/* Play runs of all teams and fill `results` [teams][runs]; return 0, or 1 without memory. */
int simulate(const Event *ev, uint64_t seed, int64_t first_run, int64_t n_runs, Result *results) {
    Run *run = calloc(1, sizeof *run);
    if (!run) return 1;
    run->ev = ev;
    run->n_tiles = (int)ev->n_tiles, run->n_rows = (int)ev->n_row_start - 1;
    for (int64_t i = 0; i < n_runs; i++) {
        uint64_t state = seed;
        state = splitmix64(&state) + (uint64_t)(first_run + i);
        for (int word = 0; word < 4; word++) run->luck[word] = splitmix64(&state);
        for (int64_t team = 0; team < ev->n_teams; team++) {
            run->team = &ev->teams[team], run->param = &ev->params[team];
            run->players = ev->players + run->team->player_start;
            run->n_seats = (int)(run->team->player_end - run->team->player_start);
            play(run);
            results[team * n_runs + i] = run->result;
        }
    }
    free(run);
    return 0;
}
