"""The kernels that Python calls: many runs of a team, then what the teams' results come to."""

import numpy as np

from .compile import EVENT
from .layout import MOMENTS, NEVER, TIME_BINS, Marks, Moment, Result, Run, Shape, Tile
from .state import PLANS, TALLY, TEAM_RUN
from .steps import entry_step, inlined_step, step
from .tables import fill, pack_at
from .team import play
from .words import U1, U_ATTEMPT_STEP, mix

event_at, plans_at, team_run_at, tally_at = map(pack_at, (EVENT, PLANS, TEAM_RUN, TALLY))


@entry_step
def simulate_team(
    event, team, team_plans, team_run, team_tally, seed, first_run, shortcuts, stretch, results, hashes
):
    """Play ``len(results)`` runs of a team; the first arguments are addresses of packs.

    Fills ``results`` int64 [runs, Result.N], adds each run's part to ``hashes`` uint64 [runs] and
    everything else to the tally.
    """
    ev, plans, st, tally = event_at(event), plans_at(team_plans), team_run_at(team_run), tally_at(team_tally)
    for position in range(len(results)):
        play(ev, team, plans, st, tally, seed, first_run + position, shortcuts, stretch)
        results[position, Result.POINTS] = st.run[Run.POINTS]
        results[position, Result.TILES] = st.run[Run.TILES]
        results[position, Result.ROW] = st.run[Run.LAST_ROW]
        results[position, Result.LAST_S] = st.run[Run.LAST_S]
        hashes[position] += result_hash(st, tally, results[position])
        mark_times(ev, st, tally)
        mark_moments(ev, st, tally)


@step
def result_hash(st, tally, result):
    """Return a team's part of the sum that a run's digest is mixed from."""
    total = np.uint64(0)
    for j in range(Result.N):
        total += np.uint64(result[j] + 2) * tally.hash_keys[j]
    n_rows = len(st.opened_s)
    for row in range(n_rows):
        total += np.uint64(st.opened_s[row] + 2) * tally.hash_keys[Result.N + row]
    for tile in range(len(st.finish_s)):
        total += np.uint64(st.finish_s[tile] + 2) * tally.hash_keys[Result.N + n_rows + tile]
    return total


@step
def mark_times(ev, st, tally):
    """Add the seconds of rows and tiles to their counts, sums, extremes and histograms."""
    n_rows = len(st.opened_s)
    duration_s = ev.shape[Shape.DURATION_S]
    inverse = 1.0 / duration_s
    for row in range(n_rows):
        mark(tally.marks[row], tally.bins[row], st.opened_s[row], duration_s, inverse)
    for tile in range(len(st.finish_s)):
        ix = n_rows + tile
        mark(tally.marks[ix], tally.bins[ix], st.finish_s[tile], duration_s, inverse)


@inlined_step
def mark(marks, bins, second, duration_s, inverse):
    """Add one second to the row of its marks and to its histogram, unless it is ``NEVER``."""
    if second == NEVER:
        return
    marks[Marks.COUNT] += 1
    marks[Marks.SUM] += second
    marks[Marks.MIN] = min(marks[Marks.MIN], second)
    marks[Marks.MAX] = max(marks[Marks.MAX], second)
    bins[min(quotient(second * TIME_BINS, duration_s, inverse), TIME_BINS - 1)] += 1


@inlined_step
def quotient(value, divisor, inverse):
    """Return ``value // divisor``, exactly; faster, by the double ``inverse`` of the divisor."""
    guess = np.int64(value * inverse)
    while guess * divisor > value:
        guess -= 1
    while (guess + 1) * divisor <= value:
        guess += 1
    return guess


@step
def mark_moments(ev, st, tally):
    """Add the points reached at each of the moments ``i × D / MOMENTS``, inclusive, from the first on."""
    duration_s, width = ev.shape[Shape.DURATION_S], ev.shape[Shape.MOMENT_WIDTH]
    inverse = 1.0 / duration_s
    fill(tally.gained, 0)
    for tile in range(len(st.finish_s)):
        second = st.finish_s[tile]
        if second != NEVER:
            # The first moment at or after the second: the quotient rounded up.
            moment = quotient(max(second * MOMENTS - 1, 0), duration_s, inverse) + 1
            tally.gained[moment] += ev.tiles[tile, Tile.POINTS]
    points = 0
    for i in range(MOMENTS):
        points += tally.gained[i + 1]
        tally.moments[i, Moment.SUM] += points
        tally.moments[i, Moment.SUM_OF_SQUARES] += points * points
        tally.moment_hist[i, points // width if width > 1 else points] += 1


@entry_step
def settle_runs(results, first_run, hashes, shared_by, wins, margins):
    """Find the winners of each run and return the runs' digest.

    ``results`` int64 [T, runs, Result.N]; fills ``shared_by`` uint8 [runs, T] (0: lost, k: won, shared
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
            points, last_s = results[team, run, Result.POINTS], results[team, run, Result.LAST_S]
            if points > best or (points == best and last_s < second):
                best, second, n_best = points, last_s, 1
            elif points == best and last_s == second:
                n_best += 1
        for team in range(n_teams):
            points, last_s = results[team, run, Result.POINTS], results[team, run, Result.LAST_S]
            won = points == best and last_s == second
            shared_by[run, team] = n_best if won else 0
            if won:
                wins[team, n_best - 1] += 1
            other_best = -1
            for other in range(n_teams):
                if other != team:
                    other_best = max(other_best, results[other, run, Result.POINTS])
            if other_best >= 0:
                margins[team, points - other_best + offset] += 1
    return digest
