"""From a compiled event and a seed to the results of ranges of runs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from . import kernel
from .compile import CompiledEvent
from .draws import seed_key
from .layout import BY_RULE, LARGEST_STRETCH, Effort, Given, Marks, Moment, Result, Rule, Run, Shortcut
from .packs import Pack
from .state import MAX_NODES, new_plans, new_tally, new_team_run
from .summary import Summary

ALL_SHORTCUTS = sum(Shortcut)


@dataclass(frozen=True)
class BatchOutput:
    """The results of a contiguous range of runs.

    ``columns`` are arrays [runs, teams]: points and tiles uint16, row uint8 (last row opened,
    from 0), last_s int32 (second of the last finish, −1 none), shared_by uint8 (0 lost, k won,
    shared by k teams). ``digest`` is the runs' part of the simulation's digest.
    """

    first_run: int
    columns: dict[str, np.ndarray]
    summary: Summary
    digest: int

    @property
    def n_runs(self) -> int:
        return len(self.columns["points"])


@dataclass(frozen=True)
class RunTimes:
    """When rows opened and tiles were finished in a contiguous range of runs; −1 is never.

    ``rows`` int32 [runs, teams, rows], ``tiles`` int32 [runs, teams, tiles]; ``columns`` are those of
    a `BatchOutput` that a team decides alone, without ``shared_by``.
    """

    rows: np.ndarray
    tiles: np.ndarray
    columns: dict[str, np.ndarray]


@dataclass(frozen=True)
class _TeamWork:
    plans: Pack
    state: Pack


class Engine:
    """Simulates ranges of runs of one event and seed; keeps what it has planned between calls.

    It serves one thread at a time; the others of its process go on while it simulates.

    ``shortcuts``, ``stretch`` and ``max_nodes`` switch optimisations for tests; they change no
    result.
    """

    def __init__(
        self,
        compiled: CompiledEvent,
        seed: str,
        *,
        shortcuts: int = ALL_SHORTCUTS,
        stretch: int = BY_RULE,
        max_nodes: int = MAX_NODES,
    ):
        if stretch not in range(LARGEST_STRETCH + 1) or stretch & (stretch - 1):
            raise ValueError(f"stretch: {stretch} is not a power of two up to {LARGEST_STRETCH}")
        self.compiled = compiled
        self.seed = np.uint64(seed_key(seed))
        self._shortcuts = shortcuts
        self._stretch = stretch
        self._teams = [
            _TeamWork(
                new_plans(compiled, team, max_nodes),
                new_team_run(compiled, team),
            )
            for team in range(compiled.n_teams)
        ]

    def simulate(self, first_run: int, n_runs: int) -> BatchOutput:
        """Play runs ``first_run`` to ``first_run + n_runs − 1``."""
        compiled = self.compiled
        results = np.zeros((compiled.n_teams, n_runs, Result.N), dtype=np.int64)
        hashes = np.zeros(n_runs, dtype=np.uint64)
        summary = Summary.empty(compiled)
        summary.runs = n_runs
        for team in range(compiled.n_teams):
            tally = new_tally(compiled, team)
            self._play(team, tally, first_run, results[team], hashes)
            _store_team(summary, team, compiled.event.rules, tally, results[team])
            whole_board = results[team, :, Result.TILES] == compiled.n_tiles
            summary.add_board_times(team, results[team, whole_board, Result.LAST_S], compiled.duration_s)
        shared_by = np.zeros((n_runs, compiled.n_teams), dtype=np.uint8)
        digest = kernel.settle_runs(results, first_run, hashes, shared_by, summary.wins, summary.margin_hist)
        columns = {**_columns(results), "shared_by": shared_by}
        return BatchOutput(first_run, columns, summary, int(digest))

    def times(self, first_run: int, n_runs: int, between: Callable[[], None]) -> RunTimes:
        """Play a range of runs and return when rows opened and tiles were finished in each of them.

        ``between`` is called after each run; it may raise, to give up.
        """
        compiled = self.compiled
        n_teams = compiled.n_teams
        rows = np.empty((n_runs, n_teams, compiled.n_rows), dtype=np.int32)
        tiles = np.empty((n_runs, n_teams, compiled.n_tiles), dtype=np.int32)
        results = np.zeros((n_teams, n_runs, Result.N), dtype=np.int64)
        hashes = np.zeros(1, dtype=np.uint64)
        tallies = [new_tally(compiled, team) for team in range(n_teams)]
        for ix in range(n_runs):
            for team, tally in enumerate(tallies):
                self._play(team, tally, first_run + ix, results[team, ix : ix + 1], hashes)
                state = self._teams[team].state
                rows[ix, team], tiles[ix, team] = state.opened_s, state.finish_s
            between()
        return RunTimes(rows, tiles, _columns(results))

    def trace(self, team: int, run: int, capacity: int) -> tuple[np.ndarray, int, Pack]:
        """Play one run of a team attempt by attempt, recording it.

        Returns the records, how many there would be with room for all, and the final state.
        """
        tally = new_tally(self.compiled, team, capacity)
        results, hashes = np.zeros((1, Result.N), dtype=np.int64), np.zeros(1, dtype=np.uint64)
        self._play(team, tally, run, results, hashes, shortcuts=0)
        state = self._teams[team].state
        return tally.trace, int(state.run[Run.TRACED]), state

    def _play(
        self,
        team: int,
        tally: Pack,
        first_run: int,
        results: np.ndarray,
        hashes: np.ndarray,
        *,
        shortcuts: int | None = None,
    ) -> None:
        work = self._teams[team]
        kernel.simulate_team(
            self.compiled.event.address,
            team,
            work.plans.address,
            work.state.address,
            tally.address,
            self.seed,
            first_run,
            self._shortcuts if shortcuts is None else shortcuts,
            self._stretch,
            results,
            hashes,
        )


def _columns(results: np.ndarray) -> dict[str, np.ndarray]:
    """Return the columns [runs, teams] of results [teams, runs, Result.N]."""
    by_run = results.transpose(1, 0, 2)
    return {
        "points": by_run[:, :, Result.POINTS].astype(np.uint16),
        "tiles": by_run[:, :, Result.TILES].astype(np.uint16),
        "row": by_run[:, :, Result.ROW].astype(np.uint8),
        "last_s": by_run[:, :, Result.LAST_S].astype(np.int32),
    }


RESULT_HISTOGRAMS = {"points_hist": Result.POINTS, "tiles_hist": Result.TILES, "row_hist": Result.ROW}
MARKS = {"count": Marks.COUNT, "sum": Marks.SUM, "min": Marks.MIN, "max": Marks.MAX}
EFFORTS = {"attempts": Effort.ATTEMPTS, "seconds": Effort.PLAYER_SECONDS}
SPENT_ON = {"activity": Rule.ACTIVITY, "tile": Rule.TILE}


def _store_team(summary: Summary, team: int, rules: np.ndarray, tally: Pack, results: np.ndarray) -> None:
    n_rows = summary.row_count.shape[1]
    for name, result in RESULT_HISTOGRAMS.items():
        histogram = summary.arrays[name][team]
        histogram += np.bincount(results[:, result], minlength=len(histogram))
    for name, mark in MARKS.items():
        summary.arrays[f"row_{name}"][team] = tally.marks[:n_rows, mark]
        summary.arrays[f"tile_{name}"][team] = tally.marks[n_rows:, mark]
    summary.row_bins[team], summary.tile_bins[team] = tally.bins[:n_rows], tally.bins[n_rows:]
    summary.tile_opened_row[team] = tally.tile_opened_row
    summary.moment_sum[team] = tally.moments[:, Moment.SUM]
    summary.moment_sumsq[team] = tally.moments[:, Moment.SUM_OF_SQUARES]
    summary.moment_hist[team] = tally.moment_hist
    for name, effort in EFFORTS.items():
        for target, column in SPENT_ON.items():
            spent = summary.arrays[f"{target}_{name}"][team]
            np.add.at(spent, rules[:, column], tally.effort[:, effort])
    summary.drop_granted[team] = tally.drops[:, Given.UNITS]
    summary.drop_wasted[team] = tally.drops[:, Given.WASTED]
    summary.drop_lost[team] = tally.drops[:, Given.LOST]


def digest_text(digest: int) -> str:
    """Write a digest as 16 hex digits."""
    return f"{digest % (1 << 64):016x}"
