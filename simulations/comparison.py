"""What differs between simulations: with 95 % intervals, run by run where they share their luck."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

from simulations.models import Simulation
from simulations.results import SimulationResults, TeamResults
from simulations.runs import stored_blocks
from simulations.statistics import Interval, around, newcombe
from simulations.storage import Columns


class NothingInCommon(ValueError):
    """The simulations have no team in common."""


@dataclass(frozen=True)
class Difference:
    """What the first simulation comes to and what the second does, over the runs that were compared.

    The interval of the difference is None where the runs show no spread to estimate it from.
    """

    first: float
    second: float
    ci95: Interval | None

    @property
    def value(self) -> float:
        return self.second - self.first


@dataclass(frozen=True)
class TeamDifference:
    name: str
    win_rate: Difference
    points: Difference


@dataclass(frozen=True)
class Comparison:
    """The second simulation against the first, for the teams that both have.

    ``paired`` says that both ran the same runs with the same luck, so that differences were taken run by
    run; ``runs`` counts these, or else the runs of the smaller sample. ``notes`` say what to bear in mind.
    """

    first: SimulationResults
    second: SimulationResults
    paired: bool
    runs: int
    teams: list[TeamDifference]
    notes: list[str] = field(default_factory=list)


def compare(first: SimulationResults, second: SimulationResults) -> Comparison:
    """Compare two simulations that have runs; raise `NothingInCommon` where they share no team."""
    shared = [team.name for team in first.teams if team.name in {other.name for other in second.teams}]
    if not shared:
        raise NothingInCommon(_no_team(first, second))
    paired_runs, teams = 0, list[TeamDifference]()
    if first.simulation.seed == second.simulation.seed:
        paired_runs, teams = _paired(first, second, shared)
    paired = paired_runs > 0
    if not paired:
        teams = [_independent(first, second, name) for name in shared]
    runs = paired_runs if paired else min(first.runs, second.runs)
    return Comparison(first, second, paired, runs, teams, _notes(first, second))


def _no_team(first: SimulationResults, second: SimulationResults) -> str:
    has = [f"{one.simulation.pk} has {', '.join(team.name for team in one.teams)}" for one in (first, second)]
    return f"There is nothing to compare, no team is in both simulations: {'; '.join(has)}."


def _independent(first: SimulationResults, second: SimulationResults, name: str) -> TeamDifference:
    a, b = _team(first, name), _team(second, name)
    rate_a, rate_b = a.win_rate or 0.0, b.win_rate or 0.0
    mean_a, mean_b = a.points.mean or 0.0, b.points.mean or 0.0
    # The variances are those of a population, hence n - 1.
    error = sqrt(
        sum((team.points.std or 0) ** 2 / max(1, n - 1) for team, n in ((a, first.runs), (b, second.runs)))
    )
    return TeamDifference(
        name,
        Difference(rate_a, rate_b, newcombe(rate_a, first.runs, rate_b, second.runs)),
        Difference(mean_a, mean_b, around(mean_b - mean_a, error) if error else None),
    )


class _Pairs:
    """Sums of values, differences and their squares, per team; exact enough in doubles, and streamed."""

    def __init__(self, n_teams: int) -> None:
        self.n_runs = 0
        self.first, self.second = np.zeros(n_teams), np.zeros(n_teams)
        self.squares = np.zeros(n_teams)

    def add(self, first: npt.NDArray[np.float64], second: npt.NDArray[np.float64]) -> None:
        self.n_runs += len(first)
        self.first += first.sum(axis=0)
        self.second += second.sum(axis=0)
        self.squares += np.square(second - first).sum(axis=0)

    def of_points(self, team_ix: int) -> Difference:
        """Return the difference of whole numbers; without spread or of a single run it has no interval."""
        n, first, second = self.n_runs, int(self.first[team_ix]), int(self.second[team_ix])
        total = second - first
        # In whole numbers: rounding must not make a spread out of none.
        spread = n * int(self.squares[team_ix]) - total * total
        error = sqrt(spread / (n * (n - 1)) / n) if spread > 0 else 0.0
        return Difference(first / n, second / n, around(total / n, error) if error else None)

    def of_wins(self, team_ix: int) -> Difference:
        n, first, second = self.n_runs, float(self.first[team_ix]), float(self.second[team_ix])
        return Difference(first / n, second / n, agresti_min(second - first, float(self.squares[team_ix]), n))


def agresti_min(total: float, squares: float, n: int) -> Interval:
    """Return the 95 % interval of the mean difference of ``n`` pairs of shares from 0 to 1.

    ``total`` is the sum of the differences, ``squares`` that of their squares. Half a pair is added to
    each of the four cells (won in both, either, none), so that few pairs that all agree do not look like
    certainty (Agresti and Min, Statistics in Medicine 2005, "Wald+2"). Shared wins count as their parts.
    """
    n_added = n + 2
    mean = total / n_added
    error = sqrt(max(0.0, (squares + 1) / n_added - mean * mean) / n_added)
    interval = around(mean, error)
    return Interval(max(-1.0, interval.low), min(1.0, interval.high))


def _paired(
    first: SimulationResults, second: SimulationResults, names: Sequence[str]
) -> tuple[int, list[TeamDifference]]:
    """Take the differences run by run, over the runs that both have."""
    a_ix, b_ix = _positions(first, names), _positions(second, names)
    points, wins = _Pairs(len(names)), _Pairs(len(names))
    for a, b in _aligned(first.simulation, second.simulation):
        points.add(a["points"][:, a_ix].astype(float), b["points"][:, b_ix].astype(float))
        wins.add(win_shares(a)[:, a_ix], win_shares(b)[:, b_ix])
    if not points.n_runs:
        return 0, []
    return points.n_runs, [
        TeamDifference(name, wins.of_wins(ix), points.of_points(ix)) for ix, name in enumerate(names)
    ]


def _positions(results: SimulationResults, names: Sequence[str]) -> list[int]:
    teams = [team.name for team in results.teams]
    return [teams.index(name) for name in names]


def win_shares(columns: Columns) -> npt.NDArray[np.float64]:
    """Return each team's share of the win, [n_runs, n_teams]: 1, a part of it where teams tie, or 0."""
    shared_by = columns["shared_by"].astype(float)
    shares: npt.NDArray[np.float64] = np.zeros_like(shared_by)
    np.divide(1.0, shared_by, out=shares, where=shared_by > 0)
    return shares


def _aligned(first: Simulation, second: Simulation) -> Iterator[tuple[Columns, Columns]]:
    """Yield the same runs of both, piece by piece, however their batches were cut."""
    streams = [stored_blocks(first), stored_blocks(second)]
    heads = [next(stream, None) for stream in streams]
    while heads[0] is not None and heads[1] is not None:
        (start_a, a), (start_b, b) = heads[0], heads[1]
        end_a, end_b = start_a + len(a["points"]), start_b + len(b["points"])
        start, end = max(start_a, start_b), min(end_a, end_b)
        if start < end:
            yield _part(a, start - start_a, end - start_a), _part(b, start - start_b, end - start_b)
        ended = 0 if end_a <= end_b else 1
        heads[ended] = next(streams[ended], None)


def _part(columns: Columns, start: int, end: int) -> Columns:
    return {name: column[start:end] for name, column in columns.items()}


def _team(results: SimulationResults, name: str) -> TeamResults:
    return next(team for team in results.teams if team.name == name)


def _notes(first: SimulationResults, second: SimulationResults) -> list[str]:
    a, b = first.simulation, second.simulation
    notes = []
    if a.engine_version != b.engine_version:
        notes.append(
            f"The engine versions differ ({a.engine_version} and {b.engine_version}): "
            "a difference may come from the engine alone."
        )
    if a.event_slug != b.event_slug:
        notes.append(f"The events differ: {a.event_slug} and {b.event_slug}.")
    elif a.document_digest != b.document_digest:
        notes.append("The event documents differ" + _changes(a, b))
    for one, other in ((first, second), (second, first)):
        names = {team.name for team in other.teams}
        if only := [team.name for team in one.teams if team.name not in names]:
            notes.append(f"Only {one.simulation.pk} has {', '.join(only)}.")
    return notes


def _changes(a: Simulation, b: Simulation) -> str:
    parts = [f"{one.pk} with {', '.join(one.overrides)}" for one in (a, b) if one.overrides]
    return f": {'; '.join(parts)}." if parts else "."


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as `compare --json` prints it."""
    return {
        "first": comparison.first.simulation.pk,
        "second": comparison.second.simulation.pk,
        "paired": comparison.paired,
        "runs": comparison.runs,
        "notes": comparison.notes,
        "teams": [
            {
                "name": team.name,
                "win_rates": [team.win_rate.first, team.win_rate.second],
                "win_rate_difference": team.win_rate.value,
                "win_rate_difference_ci95": _list(team.win_rate.ci95),
                "points": [team.points.first, team.points.second],
                "points_difference": team.points.value,
                "points_difference_ci95": _list(team.points.ci95),
            }
            for team in comparison.teams
        ],
    }


def _list(interval: Interval | None) -> list[float] | None:
    return None if interval is None else list(interval)
