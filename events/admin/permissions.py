"""What it takes to do several things at once."""

PARTS = ("activity", "capability", "player", "tile", "team")
# Making an event of a document, and making an event what a document says.
MAKE_EVENTS = ("events.add_event", *(f"events.add_{part}" for part in PARTS))
REPLACE_EVENTS = (
    "events.change_event",
    *(f"events.{verb}_{part}" for part in PARTS for verb in ("add", "change", "delete")),
)
# Players from a spreadsheet.
PASTE_PLAYERS = ("events.add_player", "events.change_player")
