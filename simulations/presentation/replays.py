"""The timeline of one run."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from events.document import EventDocument, Tile
from events.wording import counted
from simulations.presentation.drawing import colour, hours, percent, shortened
from simulations.replays import Replay, rolled_outcome, time_by_activity

if TYPE_CHECKING:
    from simulations.engine import ReplayEvent, TeamReplay

MAIN_STYLES = {"finish": "bold green", "unlock": "bold yellow"}
MOST_ACTIVITIES = 8
ACTIVITY_WIDTH = 34


def show_replay(
    replay: Replay, teams: Sequence["TeamReplay"], *, everything: bool = False
) -> Iterator[RenderableType]:
    """Yield the lines of a replay, for the given teams of it.

    These are what finishes and opens; with ``everything`` each attempt, roll and grant as well.
    """
    simulation = replay.simulation
    yield Text(f"{simulation.event_name}, run {replay.run:,} of simulation {simulation.pk}", style="bold")
    if replay.stored is None:
        yield Text(
            "This run has not been simulated yet: there is nothing to hold it against.", style="yellow"
        )
    places = [team.name for team in replay.teams]
    for team in teams:
        yield ""
        yield Text(f"{team.name}: {_totals(team)}", style=f"bold {colour(places.index(team.name))}")
        story = _Story(simulation.frozen_document)
        for main, events in groupby(team.events, key=lambda event: event.kind in MAIN_STYLES):
            if main:
                yield from (Text(story.line(event), style=MAIN_STYLES[event.kind]) for event in events)
            elif everything:
                # Many at once: printing line by line takes far longer.
                yield "\n".join(map(story.line, events))
        yield ""
        yield _activities(simulation.frozen_document, team)


def _totals(team: "TeamReplay") -> str:
    last = f", the last one after {_clock(team.last_s)}" if team.last_s >= 0 else ""
    reached = f"{counted(team.points, 'point')}, {counted(team.tiles, 'tile')}"
    return f"{reached}{last}, row {team.row + 1} reached"


class _Story:
    """Says in words what happened to a team, in order: the points add up."""

    def __init__(self, document: EventDocument) -> None:
        self.document = document
        self.tiles: dict[str, tuple[int, Tile]] = {tile.key: (row, tile) for row, tile in document.tiles()}
        self.points = 0

    def line(self, event: "ReplayEvent") -> str:
        return f"{_clock(event.second):>9}  {self._told(event)}"

    def _told(self, event: "ReplayEvent") -> str:
        match event.kind:
            case "attempt":
                return self._attempt(event)
            case "roll":
                return f"  {event.players[0]} rolls {event.line}: {self._outcome(event)}"
            case "grant":
                return f"    {event.players[0]} gets {event.units} {event.drop}: {self._use(event)}"
            case "finish":
                return self._finish(event)
            case _:
                return f"▶ row {(event.row or 0) + 1} opens"

    def _attempt(self, event: "ReplayEvent") -> str:
        who = " and ".join(filter(None, (", ".join(event.players[:-1]), *event.players[-1:])))
        activity = self.document.activities[event.activity or ""].name
        return f"{who}: {activity} for {self._tile(event.tile)}, since {_clock(event.start_s or 0)}"

    def _outcome(self, roll: "ReplayEvent") -> str:
        outcome = rolled_outcome(self.document, roll)
        if outcome is None:
            return "nothing"
        told = [", ".join(outcome.drops)] if outcome.drops else []
        if outcome.penalty_seconds:
            told.append(f"a penalty of {_clock(outcome.penalty_seconds)}")
        return " and ".join(told) or "nothing"

    def _use(self, grant: "ReplayEvent") -> str:
        if grant.tile is None:
            return "wasted"
        lost = f", {grant.lost / 1e6:g} more than needed" if grant.lost else ""
        return f"for {self._tile(grant.tile)}{lost}"

    def _finish(self, event: "ReplayEvent") -> str:
        row, tile = self.tiles[event.tile or ""]
        self.points += tile.points
        return f"★ {tile.name} is finished (row {row + 1}, {tile.points:+}: {self.points} in all)"

    def _tile(self, key: str | None) -> str:
        return self.tiles[key or ""][1].name


def _activities(document: EventDocument, team: "TeamReplay") -> Table:
    """Show what the team's time went to; its penalties belong to it."""
    spent = time_by_activity(document, team.events)
    total = sum(one.player_s + one.penalty_s for one in spent)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for ix, column in enumerate(("players' time (h:mm)", "attempts", "spent", "share", "penalties")):
        table.add_column(column, justify="right" if ix else "left", no_wrap=True)
    for one in spent[:MOST_ACTIVITIES]:
        table.add_row(
            Text(shortened(document.activities[one.activity].name, ACTIVITY_WIDTH)),
            f"{one.attempts:,}",
            hours(one.player_s + one.penalty_s),
            percent((one.player_s + one.penalty_s) / total),
            hours(one.penalty_s) if one.penalty_s else "-",
        )
    if rest := spent[MOST_ACTIVITIES:]:
        seconds = sum(one.player_s + one.penalty_s for one in rest)
        penalty_s = sum(one.penalty_s for one in rest)
        table.add_row(
            counted(len(rest), "other"),
            f"{sum(one.attempts for one in rest):,}",
            hours(seconds),
            percent(seconds / total),
            hours(penalty_s) if penalty_s else "-",
        )
    return table


def _clock(second: int) -> str:
    hours, rest = divmod(second, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
