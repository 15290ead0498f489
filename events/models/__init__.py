"""What can be configured: events with all that they own, and the library."""

from events.models.board import Rule, RuleDrop, RuleModifier, RuleRequirement, Tile
from events.models.catalogue import Activity, Capability, Drop, Player, PlayerCapability, Use
from events.models.event import Event, EventPart, StaleEvent, next_position, read_of_one_version
from events.models.teams import Team, TeamMember

__all__ = [
    "Activity",
    "Capability",
    "Drop",
    "Event",
    "EventPart",
    "Player",
    "PlayerCapability",
    "Rule",
    "RuleDrop",
    "RuleModifier",
    "RuleRequirement",
    "StaleEvent",
    "Team",
    "TeamMember",
    "Tile",
    "Use",
    "next_position",
    "read_of_one_version",
]
