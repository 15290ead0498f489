"""What refers from one part of a document to another, and what no two parts may share.

This looks at plain data, before or after its shape is known to be right, so that wrong names are
reported together with wrong shapes. It passes over whatever has another shape than expected:
that is reported elsewhere.
"""

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import Any

from events.document.errors import Path, Problem, hint, place_of, shortened
from events.document.models import MOST_BOARD_POINTS, MOST_TILE_POINTS, MOST_TILES
from events.document.values import exact_number

# Beyond this nobody reads them.
MOST_HINTS = 100

Placed = tuple[Path, Any]


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _inside(part: object, key: str, path: Path) -> list[Placed]:
    """Return the entries of a list in a part, each with its path."""
    entries = _mapping(part).get(key)
    return [((*path, key, n), entry) for n, entry in enumerate(entries)] if isinstance(entries, list) else []


def _names(entries: Iterable[Placed]) -> Iterator[tuple[Path, str]]:
    return ((path, name) for path, name in entries if isinstance(name, str))


class References:
    """The names that a document defines, and what is wrong with those that it mentions."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.hints_left = MOST_HINTS
        self.capabilities = self.defined("capabilities")
        self.activities = self.defined("activities")
        self.players = self.defined("players")
        self.granted = {key: _granted(activity) for key, activity in self.activities.items()}

    def hint(self, name: str, known: Collection[str]) -> str:
        """Return which known name is meant, unless many are wrong: looking for it takes milliseconds."""
        self.hints_left -= 1
        return hint(name, known) if self.hints_left >= 0 else ""

    def defined(self, section: str) -> dict[str, Any]:
        """Return what a section of the document defines, by name."""
        return {key: part for key, part in _mapping(self.data.get(section)).items() if isinstance(key, str)}

    def problems(self) -> Iterator[Problem]:
        """Yield every wrong or doubled name, and totals beyond their limits."""
        for key, activity in self.activities.items():
            yield from _loot_problems(activity, ("activities", key))
        for name, player in self.players.items():
            owned = _inside(player, "capabilities", ("players", name))
            yield from self.capability_problems(_names(owned))
        yield from self.board_problems()
        yield from self.team_problems()

    def capability_problems(self, names: Iterable[tuple[Path, str]]) -> Iterator[Problem]:
        """Yield the capabilities of one list that are not declared, or come twice."""
        seen: set[str] = set()
        for path, name in names:
            if name not in self.capabilities:
                yield path, f"there is no capability {shortened(name)}{self.hint(name, self.capabilities)}"
            elif name in seen:
                yield path, f"{shortened(name)} is listed twice"
            seen.add(name)

    @cached_property
    def tiles(self) -> list[Placed]:
        """Every tile with its path, in board order."""
        rows = _inside(self.data, "board", ())
        return [tile for path, row in rows for tile in _inside(row, "tiles", path)]

    def board_problems(self) -> Iterator[Problem]:
        """Yield what is wrong with the board as a whole, and with each tile's key and rules."""
        yield from self.total_problems()
        first_with_key: dict[str, Path] = {}
        for path, tile in self.tiles:
            key = _mapping(tile).get("key")
            if isinstance(key, str) and first_with_key.setdefault(key, path) != path:
                yield (
                    (*path, "key"),
                    f"{shortened(key)} is already the key of {place_of(first_with_key[key])}",
                )
            for rule_path, rule in _inside(tile, "rules", path):
                yield from self.rule_problems(rule_path, rule)

    def total_problems(self) -> Iterator[Problem]:
        """Yield the limits that the board exceeds as a whole."""
        if len(self.tiles) > MOST_TILES:
            yield ("board",), f"has {len(self.tiles):,} tiles, at most {MOST_TILES:,} are allowed"
        numbers = (exact_number(_mapping(tile).get("points")) for _, tile in self.tiles)
        points = sum(
            int(number) for number in numbers if number is not None and 0 < number <= MOST_TILE_POINTS
        )
        if points > MOST_BOARD_POINTS:
            yield ("board",), f"its points sum to {points:,}, at most {MOST_BOARD_POINTS:,} are allowed"

    def rule_problems(self, path: Path, rule: object) -> Iterator[Problem]:
        """Yield the names in a rule that nothing has, and those that come twice."""
        activity = _mapping(rule).get("activity")
        if isinstance(activity, str):
            if activity not in self.activities:
                yield (
                    (*path, "activity"),
                    f"there is no activity {shortened(activity)}{self.hint(activity, self.activities)}",
                )
            yield from self.drop_problems((*path, "drops"), activity, _mapping(rule).get("drops"))
        yield from self.capability_problems(_names(_inside(rule, "requires", path)))
        rewarded = (
            ((*modifier_path, "capability"), _mapping(modifier).get("capability"))
            for modifier_path, modifier in _inside(rule, "modifiers", path)
        )
        yield from self.capability_problems(_names(rewarded))

    def drop_problems(self, path: Path, activity: str, drops: object) -> Iterator[Problem]:
        """Yield the drops of a rule that its activity never grants, and those that come twice."""
        granted = self.granted.get(activity)
        seen: set[str] = set()
        for name in drops if isinstance(drops, list | dict) else ():
            if not isinstance(name, str):
                continue
            if name in seen:
                yield path, f"{shortened(name)} is listed twice"
            elif granted is not None and name not in granted:
                yield path, f"{shortened(activity)} never drops {shortened(name)}{self.hint(name, granted)}"
            seen.add(name)

    def team_problems(self) -> Iterator[Problem]:
        """Yield the members of teams that do not exist, or that a team already has."""
        team_of: dict[str, str] = {}
        for team_name, team in self.defined("teams").items():
            for path, name in _names(_inside(team, "players", ("teams", team_name))):
                if name not in self.players:
                    yield path, f"there is no player {shortened(name)}{self.hint(name, self.players)}"
                elif team_of.get(name) == team_name:
                    yield path, f"{shortened(name)} is listed twice"
                elif name in team_of:
                    yield path, f"{shortened(name)} is already in {shortened(team_of[name])}"
                team_of.setdefault(name, team_name)


def _loot_problems(activity: object, path: Path) -> Iterator[Problem]:
    seen: set[str] = set()
    for line_path, line in _inside(activity, "loot", path):
        name = _mapping(line).get("line")
        if isinstance(name, str) and name in seen:
            yield (*line_path, "line"), f"there is another line {shortened(name)}"
        if isinstance(name, str):
            seen.add(name)


def _granted(activity: object) -> set[str] | None:
    """Return the drops that an activity grants, or None where its loot cannot be made out."""
    if not isinstance(activity, dict) or not isinstance(activity.get("loot", []), list):
        return None
    granted: set[str] = set()
    for line in activity.get("loot", []):
        outcomes = _mapping(line).get("outcomes")
        if not isinstance(outcomes, list):
            return None
        for outcome in outcomes:
            drops = outcome.get("drops", {}) if isinstance(outcome, dict) else None
            if not isinstance(drops, dict):
                return None
            granted.update(drop for drop in drops if isinstance(drop, str))
    return granted
