"""A document with what several checks ask about it."""

import math
from collections import defaultdict
from functools import cached_property

from events import availability, estimates
from events.checks.attempts import Crew, People, quickest_seconds
from events.document import EventDocument, Rule, Team, Tile


class CheckedEvent:
    """A document with what several checks ask about it."""

    def __init__(self, document: EventDocument) -> None:
        self.document = document
        self._allowed: dict[tuple[str, tuple[str, ...]], list[str]] = {}
        self._crews: dict[tuple[str, int], Crew] = {}
        self._can_follow: dict[tuple[str, int], bool] = {}

    @cached_property
    def teams(self) -> dict[str, Team]:
        """The teams that have players."""
        return {name: team for name, team in self.document.teams.items() if team.players}

    @cached_property
    def playing(self) -> list[str]:
        """The teams of which anybody is ever online: of others nothing else needs to be said."""
        return [name for name, team in self.teams.items() if any(self.online[p] for p in team.players)]

    @cached_property
    def tiles(self) -> list[tuple[str, Tile]]:
        """The tiles with their places."""
        return [
            (f"board[{row}].tiles[{place}]", tile)
            for row, tiles in enumerate(self.document.board)
            for place, tile in enumerate(tiles.tiles)
        ]

    @cached_property
    def rules_of_tile(self) -> dict[str, list[Rule]]:
        """The rules of each tile, by its key."""
        return {tile.key: tile.rules for _, tile in self.tiles}

    @cached_property
    def online(self) -> dict[str, list[availability.Interval]]:
        """When each player is online."""
        document = self.document
        return {name: availability.intervals(player, document) for name, player in document.players.items()}

    @cached_property
    def people(self) -> People:
        """The players as attempts ask for them."""
        return People(self.document, self.online)

    @property
    def capabilities(self) -> dict[str, set[str]]:
        """The capabilities of each player."""
        return self.people.capabilities

    @cached_property
    def held(self) -> dict[str, set[str]]:
        """The capabilities that any player of each team has."""
        held = self.capabilities
        return {name: set().union(*(held[p] for p in team.players)) for name, team in self.teams.items()}

    @cached_property
    def rules_of(self) -> dict[str, list[Rule]]:
        """The rules of each activity that has any."""
        rules = defaultdict(list)
        for _, tile in self.tiles:
            for rule in tile.rules:
                rules[rule.activity].append(rule)
        return rules

    @cached_property
    def rule_seconds(self) -> dict[str, list[float]]:
        """The estimated seconds of each tile by each of its rules."""
        event = self.document
        return {
            tile.key: [estimates.rule_seconds(event, tile, rule) for rule in tile.rules]
            for _, tile in self.tiles
        }

    def allowed(self, team: str, rule: Rule) -> list[str]:
        """Return the players of a team who have all that the rule requires."""
        # Few sets of requirements are shared by many rules.
        asked = (team, tuple(rule.requires))
        if asked not in self._allowed:
            required, players = set(rule.requires), self.teams[team].players
            self._allowed[asked] = [name for name in players if required <= self.capabilities[name]]
        return self._allowed[asked]

    def crew(self, team: str, rule: Rule) -> Crew:
        """Return those players with what they have the time for."""
        # The document keeps its rules, so each is known by its identity.
        asked = (team, id(rule))
        if asked not in self._crews:
            activity = self.document.activities[rule.activity]
            self._crews[asked] = Crew(activity, rule, self.people, self.allowed(team, rule))
        return self._crews[asked]

    def can_follow(self, team: str, rule: Rule) -> bool:
        """Say whether the team has the players whom the rule takes, and they the time for an attempt."""
        asked = (team, id(rule))
        if asked not in self._can_follow:
            crew = self.crew(team, rule)
            self._can_follow[asked] = crew.is_party and crew.can_start(quickest_seconds(crew.activity))
        return self._can_follow[asked]

    def seconds(self, team: str, tile: Tile) -> float:
        """Return the least estimated seconds of a tile for a team; infinite where it can't do it."""
        timed = zip(self.rule_seconds[tile.key], tile.rules, strict=True)
        return min((seconds for seconds, rule in timed if self.can_follow(team, rule)), default=math.inf)

    def online_seconds(self, team: str) -> int:
        """Return the seconds that the team's players are online, added up."""
        return sum(end - start for name in self.teams[team].players for start, end in self.online[name])
