"""What it takes to do several things at once."""

from django.http import HttpRequest

PARTS = ("activity", "capability", "player", "tile", "team")
# Making an event of a document, and making an event what a document says.
MAKE_EVENTS = ("events.add_event", *(f"events.add_{part}" for part in PARTS))
REPLACE_EVENTS = (
    "events.change_event",
    *(f"events.{verb}_{part}" for part in PARTS for verb in ("add", "change", "delete")),
)
# Players from a spreadsheet.
PASTE_PLAYERS = ("events.add_player", "events.change_player")


def may_see(request: HttpRequest, model: str) -> bool:
    """Say whether somebody gets the pages of a model of events, such as `tile`: who may change it does."""
    may = request.user.has_perm
    return may(f"events.view_{model}") or may(f"events.change_{model}")
