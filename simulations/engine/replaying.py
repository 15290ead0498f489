"""One run told in full: every attempt, roll, grant, finish and unlock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from .compile import CompiledEvent
from .layout import Record, Rule, Run, Trace
from .simulator import Engine

Kind = Literal["attempt", "roll", "grant", "finish", "unlock"]
FIRST_CAPACITY = 1 << 14


@dataclass(frozen=True)
class ReplayEvent:
    """Something that happened in a second of a run; what doesn't apply to its kind is None.

    An ``attempt`` has its ``start_s``, ``players`` (the party), ``activity`` and the ``tile``
    aimed at; a ``roll`` the player who rolled, ``line``, ``repetition`` and ``outcome`` (position
    in the line, None: nothing); a ``grant`` the ``drop``, ``units``, the ``tile`` that it went to
    (None: wasted) and ``lost`` millionths of progress; a ``finish`` its ``tile``; an ``unlock``
    its ``row``.
    """

    second: int
    kind: Kind
    players: tuple[str, ...] = ()
    start_s: int | None = None
    activity: str | None = None
    tile: str | None = None
    line: str | None = None
    repetition: int | None = None
    outcome: int | None = None
    drop: str | None = None
    units: int | None = None
    lost: int | None = None
    row: int | None = None


@dataclass(frozen=True)
class TeamReplay:
    """A team's run: its totals (seconds are −1 where never) and what happened, in order."""

    name: str
    points: int
    tiles: int
    row: int
    last_s: int
    rows_s: list[int]
    tiles_s: list[int]
    events: list[ReplayEvent] = field(repr=False)


def replay(compiled: CompiledEvent, seed: str, run: int) -> list[TeamReplay]:
    """Play one run again and tell it, team by team."""
    engine = Engine(compiled, seed)
    return [_replay_team(engine, team, run) for team in range(compiled.n_teams)]


def _replay_team(engine: Engine, team: int, run: int) -> TeamReplay:
    compiled = engine.compiled
    records, needed, state = engine.trace(team, run, FIRST_CAPACITY)
    if needed > FIRST_CAPACITY:
        records, needed, state = engine.trace(team, run, needed)
    return TeamReplay(
        name=compiled.team_names[team],
        points=int(state.run[Run.POINTS]),
        tiles=int(state.run[Run.TILES]),
        row=int(state.run[Run.LAST_ROW]),
        last_s=int(state.run[Run.LAST_S]),
        rows_s=state.opened_s.tolist(),
        tiles_s=state.finish_s.tolist(),
        events=list(_read(compiled, records[:needed])),
    )


def _read(compiled: CompiledEvent, records: np.ndarray) -> Iterator[ReplayEvent]:
    rows = iter(records.tolist())
    for kind, second, *values in rows:
        if kind == Trace.ATTEMPT:
            _, rule, start_s, size, _ = values
            members = [next(rows)[Record.A] for _ in range(size)]
            yield ReplayEvent(
                second,
                "attempt",
                players=tuple(compiled.player_names[ix] for ix in members),
                start_s=start_s,
                activity=compiled.activity_keys[compiled.event.rules[rule, Rule.ACTIVITY]],
                tile=compiled.tile_keys[compiled.event.rules[rule, Rule.TILE]],
            )
        else:
            yield _read_other(compiled, kind, second, values)


def _read_other(compiled: CompiledEvent, kind: int, second: int, values: list[int]) -> ReplayEvent:
    if kind == Trace.ROLL:
        player, line_ix, repetition, outcome, _ = values
        activity, line = compiled.lines[line_ix]
        return ReplayEvent(
            second,
            "roll",
            players=(compiled.player_names[player],),
            activity=activity,
            line=line,
            repetition=repetition,
            outcome=outcome if outcome >= 0 else None,
        )
    if kind == Trace.GRANT:
        player, drop_ix, units, tile, lost = values
        activity, drop = compiled.drops[drop_ix]
        return ReplayEvent(
            second,
            "grant",
            players=(compiled.player_names[player],),
            activity=activity,
            drop=drop,
            units=units,
            tile=compiled.tile_keys[tile] if tile >= 0 else None,
            lost=lost,
        )
    finished_or_opened = values[0]
    if kind == Trace.FINISH:
        return ReplayEvent(second, "finish", tile=compiled.tile_keys[finished_or_opened])
    return ReplayEvent(second, "unlock", row=finished_or_opened)
