"""Simulations as a list."""

from collections.abc import Sequence

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from simulations.models import Simulation, Worker
from simulations.presentation.drawing import moment, speed

STATUS_STYLES = {"completed": "green", "running": "cyan", "pending": "cyan", "failed": "red"}


def show_simulations(simulations: Sequence[Simulation]) -> Table:
    """List simulations, with their progress."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("id", no_wrap=True)
    # The one column that may give way: rich narrows those first that may wrap.
    table.add_column("event")
    table.add_column("runs", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True)
    table.add_column("asked for", no_wrap=True)
    for simulation in simulations:
        style = STATUS_STYLES.get(simulation.status, "yellow")
        table.add_row(
            simulation.pk,
            _event(simulation),
            _runs(simulation),
            Text(simulation.shown_status, style=style),
            moment(simulation.created_at),
        )
    return table


def _event(simulation: Simulation) -> Group:
    """Return the event and the name, cut to a line, and below them whole what was changed with `--set`."""
    title = f"{simulation.event_slug} · {simulation.name}" if simulation.name else simulation.event_slug
    changes = [Text(f"with {change}", style="italic", overflow="fold") for change in simulation.overrides]
    return Group(Text(title, no_wrap=True, overflow="ellipsis"), *changes)


def _runs(simulation: Simulation) -> str:
    done: int = getattr(simulation, "runs_done", simulation.n_runs)
    return f"{simulation.n_runs:,}" if done == simulation.n_runs else f"{done:,} of {simulation.n_runs:,}"


def show_workers(workers: Sequence[Worker]) -> Table:
    """List live workers, with what they do just now."""
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    table.add_column("worker", justify="right", no_wrap=True)
    table.add_column("name", no_wrap=True)
    table.add_column("engine", justify="right", no_wrap=True)
    table.add_column("started", no_wrap=True)
    table.add_column("last speed", justify="right", no_wrap=True)
    table.add_column("computes", no_wrap=True)
    for worker in workers:
        table.add_row(
            str(worker.index),
            worker.name,
            str(worker.engine_version),
            moment(worker.started_at),
            speed(worker.runs_per_s) if worker.runs_per_s else "",
            getattr(worker, "simulation_id", None) or "nothing",
        )
    return table
