"""One run told again, and held against what is stored of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from events.document import EventDocument, Outcome
from simulations.compiled import compile_frozen, engine_version
from simulations.models import Simulation
from simulations.runs import RunNotSimulated, RunResult

if TYPE_CHECKING:
    from simulations.engine import ReplayEvent, TeamReplay


@dataclass(frozen=True)
class Replay:
    """``mismatches`` says where the replay differs from what is stored; ``stored`` is None in a gap."""

    simulation: Simulation
    run: int
    teams: list["TeamReplay"]
    stored: RunResult | None
    mismatches: list[str]

    @property
    def engine_changed(self) -> bool:
        return self.simulation.engine_version != engine_version()


def replay_run(simulation: Simulation, run: int) -> Replay:
    """Play one run of a simulation again; raise IndexError where it has no such run."""
    from simulations.engine import replay

    try:
        stored = simulation.runs[run]
    except RunNotSimulated:
        stored = None
    teams = replay(compile_frozen(simulation.document), simulation.seed, run)
    return Replay(simulation, run, teams, stored, _mismatches(teams, stored))


def _mismatches(teams: list["TeamReplay"], stored: RunResult | None) -> list[str]:
    if stored is None:
        return []
    found = []
    for team in teams:
        kept = stored.teams[team.name]
        replayed = {"points": team.points, "tiles": team.tiles, "row": team.row, "last_s": team.last_s}
        expected = {**kept._asdict(), "last_s": -1 if kept.last_s is None else kept.last_s}
        found += [
            f"{team.name}: {name} is {value}, stored is {expected[name]}"
            for name, value in replayed.items()
            if value != expected[name]
        ]
    return found


@dataclass
class ActivityTime:
    """What the players of a team spent on one activity: seconds times players, penalties apart."""

    activity: str
    attempts: int = 0
    player_s: int = 0
    penalty_s: int = 0


def time_by_activity(document: EventDocument, events: Sequence["ReplayEvent"]) -> list[ActivityTime]:
    """Return what a team's attempts took, by activity, the longest first.

    A penalty keeps the whole party busy, and of several in one attempt only the largest counts.
    """
    found: dict[str, ActivityTime] = {}
    entry, party, penalty_s = ActivityTime(""), 0, 0
    for event in events:
        if event.kind == "attempt":
            entry.penalty_s += party * penalty_s
            entry = found.setdefault(event.activity or "", ActivityTime(event.activity or ""))
            party, penalty_s = len(event.players), 0
            entry.attempts += 1
            entry.player_s += party * (event.second - (event.start_s or 0))
        elif event.kind == "roll" and (outcome := rolled_outcome(document, event)):
            penalty_s = max(penalty_s, outcome.penalty_seconds)
    entry.penalty_s += party * penalty_s
    return sorted(found.values(), key=lambda one: -(one.player_s + one.penalty_s))


def rolled_outcome(document: EventDocument, roll: "ReplayEvent") -> Outcome | None:
    """Return the outcome that a roll picked, None where it was none."""
    if roll.outcome is None:
        return None
    loot = document.activities[roll.activity or ""].loot
    return next(line for line in loot if line.line == roll.line).outcomes[roll.outcome]


def replay_json(replayed: Replay, teams: list["TeamReplay"]) -> dict[str, Any]:
    """Return a replay as `replay --json` prints it, for the given teams of it."""
    simulation = replayed.simulation
    return {
        "id": simulation.pk,
        "name": simulation.name,
        "event": simulation.event_slug,
        "overrides": simulation.overrides,
        "seed": simulation.seed,
        "run": replayed.run,
        "engine_version": simulation.engine_version,
        "matches_stored": None if replayed.stored is None else not replayed.mismatches,
        "teams": [_team_json(team) for team in teams],
    }


def _team_json(team: "TeamReplay") -> dict[str, Any]:
    return {
        "name": team.name,
        "points": team.points,
        "tiles": team.tiles,
        "row": team.row,
        "last_s": _second(team.last_s),
        "rows_s": [_second(second) for second in team.rows_s],
        "tiles_s": [_second(second) for second in team.tiles_s],
        "events": [_event_json(event) for event in team.events],
    }


def _event_json(event: "ReplayEvent") -> dict[str, Any]:
    """Return what applies to the event's kind; a wasted grant keeps its ``tile`` as null."""
    kept = {"grant": ("tile",), "roll": ("outcome",)}.get(event.kind, ())
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(event).items()
        if value not in (None, ()) or name in kept
    }


def _second(second: int) -> int | None:
    return None if second < 0 else second
