"""The admin of events, their parts and the library."""

from events.admin import accounts, activities, capabilities, events, players, teams, tiles

__all__ = ["accounts", "activities", "capabilities", "events", "players", "teams", "tiles"]
