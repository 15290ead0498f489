"""Players in one run: where they are, what they wait for, what they remember."""

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import NamedTuple


class State(Enum):
    AWAY = auto()
    BUSY = auto()
    WAITING = auto()
    IDLE = auto()
    FREE = auto()


class Choice(NamedTuple):
    """A rule of a tile, by position."""

    tile_ix: int
    rule_ix: int


@dataclass(eq=False)
class Seat:
    """A player in one run. ``until`` is when an away or busy player is looked at again."""

    name: str
    position: int
    skill: int
    capabilities: frozenset[str]
    intervals: list[tuple[int, int]]
    state: State = State.AWAY
    until: int | None = None
    choice: Choice | None = None
    clock: tuple[int, Choice] | None = None
    left_out: set[str] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)

    def is_online(self, second: int) -> bool:
        return any(start <= second < end for start, end in self.intervals)

    def session_end(self, second: int) -> int:
        """Return the end of the interval that covers ``second``; the player must be online."""
        return next(end for start, end in self.intervals if start <= second < end)

    def be_busy(self, until: int) -> None:
        self.state = State.BUSY
        self.until = until
        self.clock = None

    def go_away(self, second: int) -> None:
        """Stop until the next interval starts; nothing of this session is remembered."""
        self.state = State.AWAY
        self.until = next((start for start, _ in self.intervals if start > second), None)
        self.clock = None
        self.left_out.clear()


@dataclass
class Attempt:
    start: int
    end: int
    members: list[Seat]
    choice: Choice
