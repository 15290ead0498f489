"""Players found by their names as people, and the game, write them."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from events.document.names import same_name_key


class KnownNames:
    """Names that there are, and which of them is meant by a name that is spelled a little otherwise."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set[str]()
        self._by_key = defaultdict[str, list[str]](list)
        for name in names:
            self._names.add(name)
            self._by_key[same_name_key(name)].append(name)

    def meant_by(self, name: str) -> list[str]:
        """Return the names that a name may mean: itself where it is one of them."""
        if name in self._names:
            return [name]
        # A name of signs alone, such as a hyphen, shares nothing with others.
        key = same_name_key(name)
        return list(self._by_key.get(key, ())) if key else []

    def find(self, name: str) -> str | None:
        """Return the name that is meant, or None if there is none, or are several."""
        meant = self.meant_by(name)
        return meant[0] if len(meant) == 1 else None


def renames_between(old: Iterable[str], new: Iterable[str]) -> dict[str, str]:
    """Return the new spellings of names that are only spelled otherwise now, by the old ones."""
    before, after = dict.fromkeys(old), dict.fromkeys(new)
    gone = KnownNames(name for name in before if name not in after)
    come = KnownNames(name for name in after if name not in before)
    found = {gone.find(name): name for name in after if name not in before and come.find(name) == name}
    pairs = {old: new for old, new in found.items() if old is not None}
    return {old: new for old, new in pairs.items() if len(come.meant_by(old)) == 1}


def with_players_found(data: dict[str, Any]) -> dict[str, Any]:
    """Return a document's plain data with the members of teams called as its players are."""
    players, teams = data.get("players"), data.get("teams")
    if not isinstance(players, dict) or not isinstance(teams, dict):
        return data
    known = KnownNames(name for name in players if isinstance(name, str))
    return {**data, "teams": {name: _with_members_found(team, known) for name, team in teams.items()}}


def _with_members_found(team: Any, known: KnownNames) -> Any:
    if not isinstance(team, dict) or not isinstance(team.get("players"), list):
        return team
    members = [(known.find(name) or name) if isinstance(name, str) else name for name in team["players"]]
    return {**team, "players": members}
