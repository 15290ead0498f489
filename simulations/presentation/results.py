"""The report of one simulation."""

import shlex
from collections.abc import Iterator

import numpy as np
from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from simulations.compiled import engine_version
from simulations.models import Simulation, SimulationStatus
from simulations.presentation.drawing import (
    colour,
    done_of,
    figure,
    histogram,
    hours,
    levels,
    percent,
    percent_intervals,
    rate_bar,
    speed,
    took,
)
from simulations.presentation.obstacles import show_obstacles
from simulations.results import SimulationResults, TeamResults

NAME_WIDTH = 18
BAR_WIDTH = 26
HISTOGRAM_WIDTH = 48

HINTS = {
    SimulationStatus.CANCELLED: "Cancelled: {next}.",
    SimulationStatus.INTERRUPTED: "Its process is gone: {next}.",
    SimulationStatus.FAILED: "It failed: {error} ({next})",
    SimulationStatus.RUNNING: "It is being computed: this is what it has so far.",
    SimulationStatus.PENDING: "It is about to start.",
}


def show_results(results: SimulationResults) -> Iterator[RenderableType]:
    """Yield the parts of the report, each to be printed."""
    yield from _heading(results)
    if not results.runs:
        yield Text("There are no results yet.")
        return
    yield ""
    yield _win_rates(results)
    yield ""
    yield _points(results)
    yield ""
    yield from _histograms(results)
    yield ""
    yield _board(results)
    yield ""
    yield from show_obstacles(results)


def _heading(results: SimulationResults) -> Iterator[RenderableType]:
    simulation = results.simulation
    yield Text(simulation.event_name + (f" · {simulation.name}" if simulation.name else ""), style="bold")
    done = done_of(results.runs, simulation.n_runs)
    rate = f" ({speed(results.runs_per_s)})" if results.runs_per_s else ""
    yield f"{done} · seed {simulation.seed}"
    if simulation.elapsed_s:
        yield f"took {took(simulation.preparing_s, simulation.elapsed_s)}{rate}"
    yield Text(f"simulation {simulation.pk} · digest {results.digest}", style="dim")
    for override in simulation.overrides:
        yield Text(f"with {override}", style="italic")
    if hint := _hint(simulation):
        yield Text(hint, style="yellow")


def _hint(simulation: Simulation) -> str:
    if simulation.is_waiting:
        return "It waits until the local simulations before it have ended."
    hint = HINTS.get(SimulationStatus(simulation.status), "")
    error = (simulation.error.strip().splitlines() or [""])[-1]
    return hint.replace("{next}", how_to_go_on(simulation)).replace("{error}", error)


def how_to_go_on(simulation: Simulation) -> str:
    """Say what computes the rest of a simulation that stopped; runs of two engines are not mixed."""
    if simulation.engine_version == engine_version():
        return f"`resume {simulation.pk}` goes on where it stopped"
    seed = shlex.quote(simulation.seed)
    return f"another engine version computed it, so simulate it anew with --seed {seed}"


def _table(*columns: str, title: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, title=title)
    table.title_justify, table.title_style = "left", "bold"
    for ix, column in enumerate(columns):
        table.add_column(column, justify="right" if ix else "left", no_wrap=True)
    return table


def _name(team: TeamResults, ix: int) -> Text:
    name = Text(team.name, style=colour(ix))
    name.truncate(NAME_WIDTH, overflow="ellipsis")
    return name


def _win_rates(results: SimulationResults) -> Table:
    table = _table("team", "wins", "95 % interval", title="Who wins")
    table.add_column("0 to 100 %", no_wrap=True)
    intervals = percent_intervals([team.win_rate_ci95 for team in results.teams if team.win_rate_ci95])
    for ix, (team, interval) in enumerate(zip(results.teams, intervals, strict=False)):
        if team.win_rate is None or team.win_rate_ci95 is None:
            continue
        table.add_row(
            _name(team, ix),
            percent(team.win_rate),
            interval,
            rate_bar(team.win_rate, team.win_rate_ci95, width=BAR_WIDTH, style=colour(ix)),
        )
    return table


def _points(results: SimulationResults) -> Table:
    table = _table("team", "mean", "std", "min", "5 %", "median", "95 %", "max", "tiles", title="Points")
    for ix, team in enumerate(results.teams):
        points = team.points
        table.add_row(
            _name(team, ix),
            figure(points.mean, 1),
            figure(points.std, 1),
            *(figure(value) for value in (points.min, points.p05, points.p50, points.p95, points.max)),
            figure(team.tiles.mean, 1),
        )
    return table


def _board(results: SimulationResults) -> RenderableType:
    """Tell how often and when each team has every tile."""
    if not any(team.board.share for team in results.teams):
        return "No team finishes all tiles in any run."
    table = _table("team", "finished", "5 %", "median", "95 %", title="The whole board (h:mm)")
    for ix, team in enumerate(results.teams):
        table.add_row(_name(team, ix), percent(team.board.share), *map(hours, team.board.seconds))
    return table


def _histograms(results: SimulationResults) -> Iterator[RenderableType]:
    """Draw each team's points over one common axis."""
    counts = results.summary.points_hist
    seen = np.flatnonzero(counts.sum(axis=0))
    first, last = int(seen[0]), int(seen[-1])
    yield Text(f"How often which points ({first} to {last})", style="bold")
    for ix, team in enumerate(results.teams):
        line = Text.assemble(_name(team, ix), no_wrap=True)
        line.pad_right(max(0, NAME_WIDTH + 1 - line.cell_len))
        line.append(histogram(counts[ix], first=first, last=last, width=HISTOGRAM_WIDTH), style=colour(ix))
        yield line
    yield ""
    yield Text("Rows opened, the first on the left", style="bold")
    for ix, team in enumerate(results.teams):
        line = Text.assemble(_name(team, ix), no_wrap=True)
        line.pad_right(max(0, NAME_WIDTH + 1 - line.cell_len))
        line.append(levels([row.share or 0.0 for row in team.rows]), style=colour(ix))
        line.append(f"  {figure(1 + (team.row_reached.mean or 0), 1)} of {len(team.rows)} on average")
        yield line
