"""The figures of a simulation as its page shows them: in words, and as bars in shares of their boxes."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from simulations.admin.stuck import Stuck, stuck_teams
from simulations.admin.words import long
from simulations.presentation.drawing import figure, percent, percent_intervals
from simulations.results import SimulationResults
from simulations.statistics import Distribution, Times

# A histogram has so many bars at most; more are hard to tell apart on a phone.
MOST_BARS = 50
# So many colours there are for teams.
COLOURS = 6


class WinRate(NamedTuple):
    """A team's chance to win; positions are per cent of the bar's width."""

    team: str
    colour: int
    rate: str
    interval: str
    width: str
    low: str
    span: str


class DistributionTable(NamedTuple):
    """One figure of all teams: mean, deviation and quantiles, each in words."""

    title: str
    help: str
    rows: list[tuple[str, int, list[str]]]


class Bar(NamedTuple):
    """A bar of a histogram, in units of its drawing, which is 100 high."""

    x: int
    y: str
    height: str
    title: str


class Histogram(NamedTuple):
    """How often which points came up for a team."""

    team: str
    colour: int
    width: int
    bars: list[Bar]


class WhenRow(NamedTuple):
    """A row or a tile: what it is called, and for every team how often and when it was reached."""

    name: str
    detail: str
    cells: list[tuple[str, str, str, str, str]]


class Figures(NamedTuple):
    """All figures of a page."""

    teams: list[tuple[str, int]]
    win_rates: list[WinRate]
    distributions: list[DistributionTable]
    histograms: list[Histogram]
    first_points: int
    last_points: int
    board: list[WhenRow]
    rows: list[WhenRow]
    tiles: list[WhenRow]
    stuck: list[Stuck]


def figures_of(results: SimulationResults) -> Figures | None:
    """Return what a page shows of results; None as long as there are none."""
    if not results.runs or not results.teams:
        return None
    first, last = _range(results)
    return Figures(
        teams=[(team.name, ix % COLOURS) for ix, team in enumerate(results.teams)],
        win_rates=list(_win_rates(results)),
        distributions=_distributions(results),
        histograms=_histograms(results, first, last),
        first_points=first,
        last_points=last,
        board=_board(results),
        rows=_rows(results),
        tiles=_tiles(results),
        stuck=stuck_teams(results, COLOURS),
    )


def _win_rates(results: SimulationResults) -> Iterable[WinRate]:
    found = [team.win_rate_ci95 for team in results.teams if team.win_rate_ci95]
    intervals = percent_intervals(found, to=" – ")
    for ix, (team, interval) in enumerate(zip(results.teams, intervals, strict=False)):
        if team.win_rate is None or team.win_rate_ci95 is None:
            continue
        low, high = (100 * bound for bound in team.win_rate_ci95)
        yield WinRate(
            team.name,
            ix % COLOURS,
            percent(team.win_rate),
            f"{interval} %",
            f"{100 * team.win_rate:.2f}",
            f"{low:.2f}",
            # Narrower ones could not be seen.
            f"{max(high - low, 0.4):.2f}",
        )


def _distributions(results: SimulationResults) -> list[DistributionTable]:
    teams = [(team.name, ix % COLOURS, team) for ix, team in enumerate(results.teams)]
    return [
        DistributionTable(
            "Points", "at the end of a run", [(n, c, _described(team.points)) for n, c, team in teams]
        ),
        DistributionTable(
            "Tiles", "finished in a run", [(n, c, _described(team.tiles)) for n, c, team in teams]
        ),
        DistributionTable(
            "Rows",
            "open at the end of a run",
            [(n, c, _described(team.row_reached, add=1)) for n, c, team in teams],
        ),
    ]


def _described(values: Distribution, *, add: int = 0) -> list[str]:
    """Write a distribution; ``add`` is for what people count from 1."""
    mean = None if values.mean is None else values.mean + add
    whole = (values.min, values.p05, values.p50, values.p95, values.max)
    return [
        figure(mean, 1),
        figure(values.std, 1),
        *(figure(None if value is None else value + add) for value in whole),
    ]


def _range(results: SimulationResults) -> tuple[int, int]:
    """Return the least and the most points that any team had."""
    seen = np.flatnonzero(results.summary.points_hist.sum(axis=0))
    return int(seen[0]), int(seen[-1])


def _histograms(results: SimulationResults, first: int, last: int) -> list[Histogram]:
    """Draw each team's points over one common axis."""
    step = -(-(last - first + 1) // MOST_BARS)
    counts = results.summary.points_hist
    return [
        Histogram(
            team.name,
            ix % COLOURS,
            -(-(last - first + 1) // step),
            _bars(counts[ix, first : last + 1], first, step, results.runs),
        )
        for ix, team in enumerate(results.teams)
    ]


def _bars(counts: npt.NDArray[np.int64], first: int, step: int, runs: int) -> list[Bar]:
    sums = [int(counts[start : start + step].sum()) for start in range(0, len(counts), step)]
    highest = max(max(sums), 1)
    bars = []
    for ix, count in enumerate(sums):
        if not count:
            continue
        # What came up at all stays visible.
        height = max(1.0, 100 * count / highest)
        low = first + ix * step
        high = min(low + step, first + len(counts)) - 1
        points = f"{low}" if low == high else f"{low} to {high}"
        noun = "point" if points == "1" else "points"
        title = f"{points} {noun} in {percent(count / runs)} of runs"
        bars.append(Bar(ix, f"{100 - height:.1f}", f"{height:.1f}", title))
    return bars


def _board(results: SimulationResults) -> list[WhenRow]:
    """Return the one line of the whole board; none where no team ever finishes it."""
    if not any(team.board.share for team in results.teams):
        return []
    return [WhenRow("All tiles", "", [_when(team.board.share, team.board.seconds) for team in results.teams])]


def _rows(results: SimulationResults) -> list[WhenRow]:
    n_rows = len(results.teams[0].rows)
    return [
        WhenRow(
            f"Row {row + 1}",
            "",
            [_when(team.rows[row].share, team.rows[row].seconds) for team in results.teams],
        )
        for row in range(n_rows)
    ]


def _tiles(results: SimulationResults) -> list[WhenRow]:
    return [
        WhenRow(each[0].name, f"row {each[0].row + 1}", [_when(one.share, one.seconds) for one in each])
        for each in zip(*(team.tiles_detail for team in results.teams), strict=True)
    ]


def _when(share: float | None, seconds: Times) -> tuple[str, str, str, str, str]:
    """Write how often something was reached, and when."""
    width = f"{100 * (share or 0):.1f}"
    return percent(share), width, long(seconds.p05), long(seconds.p50), long(seconds.p95)
