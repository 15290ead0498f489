"""The board of an event in the admin."""

from events.admin.board.views import pages

__all__ = ["pages"]
