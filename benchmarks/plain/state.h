/* What a team in a run is made of, and its luck. */

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tables.h"

enum { MAX_SEATS = 100, MAX_TILES = 400, MAX_RULES = 400 * 20, MAX_ACTIVITIES = 300, MAX_ROWS = 50 };
enum { NONE = -1, MILLION = 1000000 };
#define NEVER_AGAIN INT64_MAX
#define MULTIPLIER_CAP 10000000000000000

typedef enum { AWAY, BUSY, PENALTY, WAITING, IDLE, FREE, CHOSEN } State;

typedef struct {
    State state;
    int session;       /* the present interval, or the next one while away */
    int rule;          /* that is followed */
    int leader;        /* 1: first member of a party */
    int next_member;   /* of the same party, or NONE */
    int clock_rule;    /* NONE: no clock */
    int64_t clock_s;   /* when the wait began */
    int n_left_out;
    uint8_t left_out[MAX_ACTIVITIES];
    int32_t kept_raw[MAX_ACTIVITIES]; /* drawn for an attempt that could not start; NONE: nothing kept */
} Seat;

/* One team in one run. */
typedef struct {
    const Event *ev;
    const Team *team;
    const Param *param;
    const Player *players; /* of the team */
    int n_seats, n_tiles, n_rows;
    uint64_t luck[4];
    Seat seats[MAX_SEATS];
    int64_t due_s[MAX_SEATS]; /* when something happens to a seat next */
    int64_t progress[MAX_TILES], row_points[MAX_ROWS];
    uint8_t finished[MAX_TILES], chosen[MAX_TILES];
    double estimate[MAX_TILES], rule_estimate[MAX_RULES];
    int task_order[MAX_TILES], grant_order[MAX_TILES], grant_rank[MAX_TILES], n_open;
    Result result;
} Run;

/* Luck: xoshiro256++, seeded by splitmix64. */

static uint64_t splitmix64(uint64_t *state) {
    uint64_t z = *state += 0x9E3779B97F4A7C15;
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
}

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

/* Return a draw: 32 bits. */
static int64_t draw(Run *run) {
    uint64_t *s = run->luck, word = rotate(s[0] + s[3], 23) + s[0], t = s[1] << 17;
    s[2] ^= s[0], s[3] ^= s[1], s[1] ^= s[2], s[0] ^= s[3], s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return (int64_t)(word >> 32);
}
