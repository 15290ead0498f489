"""The timeline of one run."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from simulations.presentation.drawing import colour
from simulations.replays import Replay

if TYPE_CHECKING:
    from simulations.engine import ReplayEvent, TeamReplay

STYLES = {"finish": "bold green", "unlock": "bold yellow", "grant": "", "attempt": "", "roll": "dim"}


def show_replay(replay: Replay, teams: Sequence["TeamReplay"]) -> Iterator[RenderableType]:
    """Yield the lines of a replay, for the given teams of it."""
    simulation = replay.simulation
    yield Text(f"{simulation.event_name}, run {replay.run:,} of simulation {simulation.pk}", style="bold")
    if replay.stored is None:
        yield Text(
            "This run has not been simulated yet: there is nothing to hold it against.", style="yellow"
        )
    for ix, team in enumerate(teams):
        yield ""
        yield Text(f"{team.name}: {_totals(team)}", style=f"bold {colour(ix)}")
        for event in team.events:
            if line := _line(event):
                yield line


def _totals(team: "TeamReplay") -> str:
    last = f", the last one at {_clock(team.last_s)}" if team.last_s >= 0 else ""
    return f"{team.points} points, {team.tiles} tiles{last}, row {team.row + 1} reached"


def _line(event: "ReplayEvent") -> Text | None:
    what = _told(event)
    if what is None:
        return None
    return Text(f"{_clock(event.second):>9}  {what}", style=STYLES.get(event.kind, ""))


def _told(event: "ReplayEvent") -> str | None:
    """Say in words what happened; None for what another line tells already."""
    who = " and ".join(filter(None, (", ".join(event.players[:-1]), *event.players[-1:])))
    match event.kind:
        case "attempt":
            since = _clock(event.start_s or 0)
            return f"{who}: {event.activity} for {event.tile}, since {since}"
        case "grant":
            lost = f", {(event.lost or 0) / 1e6:g} more than needed" if event.lost else ""
            goes = f"for {event.tile}{lost}" if event.tile else "wasted"
            return f"  {who} gets {event.units} {event.drop}: {goes}"
        case "finish":
            return f"  ★ {event.tile} is finished"
        case "unlock":
            return f"  ▶ row {(event.row or 0) + 1} opens"
        case _:
            return None


def _clock(second: int) -> str:
    hours, rest = divmod(second, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
