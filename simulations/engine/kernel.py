"""The kernels that Python calls: many runs of a team, then what the teams' results come to."""

import numpy as np

from .compile import EVENT
from .draws import U1, U_ATTEMPT_STEP, mix
from .layout import MOMENTS, NEVER, TIME_BINS, Run, Tile
from .packs import fill, inlined_step, step
from .state import PLANS, TALLY, TEAM_RUN
from .team import play

event_at, plans_at, team_run_at, tally_at = EVENT.at, PLANS.at, TEAM_RUN.at, TALLY.at

POINTS, TILES, ROW, LAST_S = range(4)
COUNT, SUM, MIN, MAX = range(4)


@step(cache=True)
def simulate_team(
    event, team, team_plans, team_run, team_tally, seed, first_run, shortcuts, stretch, results, hashes
):
    """Play ``len(results)`` runs of a team; the first arguments are addresses of packs.

    Fills ``results`` int64 [runs, 4] (points, tiles, last row, last second), adds each run's
    part to ``hashes`` uint64 [runs] and everything else to the tally.
    """
    ev, plans, st, tally = event_at(event), plans_at(team_plans), team_run_at(team_run), tally_at(team_tally)
    for position in range(len(results)):
        play(ev, team, plans, st, tally, seed, first_run + position, shortcuts, stretch)
        results[position, POINTS] = st.run[Run.POINTS]
        results[position, TILES] = st.run[Run.TILES]
        results[position, ROW] = st.run[Run.LAST_ROW]
        results[position, LAST_S] = st.run[Run.LAST_S]
        hashes[position] += result_hash(st, tally, results[position])
        mark_times(ev, st, tally)
        mark_moments(ev, st, tally)


@step
def result_hash(st, tally, result):
    """Return a team's part of the sum that a run's digest is mixed from."""
    total = np.uint64(0)
    for j in range(4):
        total += np.uint64(result[j] + 2) * tally.hash_keys[j]
    n_rows = len(st.opened_s)
    for row in range(n_rows):
        total += np.uint64(st.opened_s[row] + 2) * tally.hash_keys[4 + row]
    for tile in range(len(st.finish_s)):
        total += np.uint64(st.finish_s[tile] + 2) * tally.hash_keys[4 + n_rows + tile]
    return total


@step
def mark_times(ev, st, tally):
    """Add the seconds of rows and tiles to their counts, sums, extremes and histograms."""
    n_rows = len(st.opened_s)
    scale = TIME_BINS / ev.shape[0]
    for row in range(n_rows):
        mark(tally, row, st.opened_s[row], ev.shape[0], scale)
    for tile in range(len(st.finish_s)):
        mark(tally, n_rows + tile, st.finish_s[tile], ev.shape[0], scale)


@inlined_step
def mark(tally, ix, second, duration_s, scale):
    """Add one second, unless it is ``NEVER``."""
    if second == NEVER:
        return
    facts = tally.facts[ix]
    facts[COUNT] += 1
    facts[SUM] += second
    facts[MIN] = min(facts[MIN], second)
    facts[MAX] = max(facts[MAX], second)
    bin_ix = floor_scaled(second, TIME_BINS, duration_s, scale)
    tally.bins[ix, min(bin_ix, TIME_BINS - 1)] += 1


@inlined_step
def floor_scaled(value, factor, divisor, scale):
    """Return ``value × factor // divisor``; ``scale`` is the quotient as a double, for speed."""
    guess = np.int64(value * scale)
    while guess * divisor > value * factor:
        guess -= 1
    while (guess + 1) * divisor <= value * factor:
        guess += 1
    return guess


@step
def mark_moments(ev, st, tally):
    """Add the points reached at each of the moments ``i × D / 96``, inclusive."""
    duration_s, width = ev.shape[0], ev.shape[4]
    scale = MOMENTS / duration_s
    fill(tally.gained, 0)
    for tile in range(len(st.finish_s)):
        second = st.finish_s[tile]
        if second != NEVER:
            # The first moment at or after the second: the quotient rounded up.
            moment = floor_scaled(max(second * MOMENTS - 1, 0), 1, duration_s, scale / MOMENTS) + 1
            tally.gained[moment] += ev.tiles[tile, Tile.POINTS]
    points = 0
    for i in range(MOMENTS):
        points += tally.gained[i + 1]
        tally.moments[i, 0] += points
        tally.moments[i, 1] += points * points
        tally.moment_hist[i, points // width if width > 1 else points] += 1


@step(cache=True)
def settle_runs(results, first_run, hashes, shared_by, wins, margins):
    """Find the winners of each run and return the runs' digest.

    ``results`` int64 [T, runs, 4]; fills ``shared_by`` uint8 [runs, T] (0: lost, k: won, shared
    by k teams); adds to ``wins`` int64 [T, T] and, with several teams, to ``margins``
    int64 [T, 2 × points + 1].
    """
    n_teams, n_runs = results.shape[0], results.shape[1]
    offset = margins.shape[1] // 2
    digest = np.uint64(0)
    for run in range(n_runs):
        digest += mix((np.uint64(first_run + run) + U1) * U_ATTEMPT_STEP + hashes[run])
        best, second, n_best = -1, 0, 0
        for team in range(n_teams):
            points, last_s = results[team, run, POINTS], results[team, run, LAST_S]
            if points > best or (points == best and last_s < second):
                best, second, n_best = points, last_s, 1
            elif points == best and last_s == second:
                n_best += 1
        for team in range(n_teams):
            points, last_s = results[team, run, POINTS], results[team, run, LAST_S]
            won = points == best and last_s == second
            shared_by[run, team] = n_best if won else 0
            if won:
                wins[team, n_best - 1] += 1
            other_best = -1
            for other in range(n_teams):
                if other != team:
                    other_best = max(other_best, results[other, run, POINTS])
            if other_best >= 0:
                margins[team, points - other_best + offset] += 1
    return digest
