"""What changes from one document to another, in words."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from events.document import EventDocument, dump_document, parse_document
from events.document.known_names import renames_between
from events.wording import counted

Data = dict[str, Any]

SHOWN_CHARACTERS = 120
SESSION_KEYS = {"day", "start", "minutes"}
# Lists whose entries are told apart by a field rather than by their place.
NAMED_BY = {"loot": "line", "modifiers": "capability", "bands": "size"}


class Place:
    """Where something is, as documents are addressed: `players.Zoe.sessions[0]`."""

    def __init__(self, field: str = "", text: str = "") -> None:
        self.field, self.text = field, text

    def __str__(self) -> str:
        return self.text

    def at(self, key: str) -> "Place":
        """Return the place of a field, or of an entry that has a name."""
        return Place(key, f"{self.text}.{key}".removeprefix("."))

    def nth(self, ix: int) -> "Place":
        """Return the place of an entry that has none."""
        return Place("", f"{self.text}[{ix}]")

    def shown(self, value: Any) -> str:
        """Return what is there in words."""
        return shown(value)


ROOT = Place()


def document_changes(old: EventDocument, new: EventDocument, root: Place = ROOT) -> list[str]:
    """Return every change from one document to another, a line each, with its place."""
    old, renames = with_players_renamed(old, new)
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    players = root.at("players")
    changes = [
        line for name, known_as in renames.items() for line in _renamed(players.at(name), known_as, name)
    ]
    for key in after:
        if key == "board":
            changes += _board_changes(root.at(key), before[key], after[key])
        else:
            changes += _changes(root.at(key), before[key], after[key])
    return changes


def changes_of_parts(
    old: EventDocument, new: EventDocument, roots: Mapping[str, Place]
) -> dict[tuple[str, str], list[str]]:
    """Return what changed in each part, or that it was added, by section and key; tiles are in `board`.

    ``roots`` has the place that a part of a section is told of as.
    """
    old, renames = with_players_renamed(old, new)
    before, after = _parts(old.model_dump(mode="json")), _parts(new.model_dump(mode="json"))
    changes = {
        (section, key): part_changes(before[section, key], part, roots[section])
        if (section, key) in before
        else ["added"]
        for (section, key), part in after.items()
    }
    for name, known_as in renames.items():
        renamed = list(_renamed(roots["players"], known_as, name))
        changes["players", name] = renamed + changes["players", name]
    return {place: changed for place, changed in changes.items() if changed}


def with_players_renamed(old: EventDocument, new: EventDocument) -> tuple[EventDocument, dict[str, str]]:
    """Return the old document with players called as in the new one, and what those were called before."""
    renames = renames_between(old.players, new.players)
    if not renames:
        return old, {}
    data = dump_document(old)
    players = {renames.get(name, name): player for name, player in data["players"].items()}
    # Members of teams are found by the new names as well.
    renamed = parse_document({**data, "players": players})
    return renamed, {after: before for before, after in renames.items()}


def _renamed(player: Place, before: str, after: str) -> Iterator[str]:
    return _changes(player.at("name"), before, after)


def _parts(data: Data) -> dict[tuple[str, str], Data]:
    sections = ("capabilities", "activities", "players", "teams")
    named = {(section, key): part for section in sections for key, part in data[section].items()}
    # What a capability has besides its key is its name.
    plain = {place: part if isinstance(part, dict) else {"name": part} for place, part in named.items()}
    tiles = {("board", key): tile for key, tile in _tiles_by_key(data["board"]).items()}
    rows = {("board", key): {"row": row} for key, row in _row_of_tiles(data["board"]).items()}
    return plain | {place: tile | rows[place] for place, tile in tiles.items()}


def part_changes(before: Data, after: Data, root: Place = ROOT) -> list[str]:
    """Return every change of what a part of an event says of itself, as plain data, a line each."""
    return [*_mapping_changes(root, before, after)]


def contents_of(document: EventDocument) -> str:
    """Return in words how much a document holds."""
    counts = (
        (len(document.board), "row", "rows"),
        (len(document.tiles()), "tile", "tiles"),
        (len(document.activities), "activity", "activities"),
        (len(document.players), "player", "players"),
        (len(document.teams), "team", "teams"),
    )
    return ", ".join(counted(*count) for count in counts)


def _board_changes(board: Place, before: list[Data], after: list[Data]) -> Iterator[str]:
    """Yield changes of the board, whose tiles are told apart by their keys wherever they move."""
    if len(before) != len(after):
        yield f"board: {len(before)} → {counted(len(after), 'row')}"
    old_row, new_row = _row_of_tiles(before), _row_of_tiles(after)
    old_tiles, new_tiles = _tiles_by_key(before), _tiles_by_key(after)
    yield from (f"board: tile {key} removed" for key in old_tiles if key not in new_tiles)
    yield from (f"board: tile {key} added in row {new_row[key]}" for key in new_tiles if key not in old_tiles)
    both = [key for key in new_tiles if key in old_tiles]
    for key in both:
        if old_row[key] != new_row[key]:
            yield f"board: tile {key} moved from row {old_row[key]} to row {new_row[key]}"
        yield from _changes(board.at(key), old_tiles[key], new_tiles[key])
    staying = [key for key in both if old_row[key] == new_row[key]]
    for row in dict.fromkeys(new_row[key] for key in staying):
        old_order = [key for key in old_tiles if key in staying and old_row[key] == row]
        new_order = [key for key in staying if new_row[key] == row]
        if old_order != new_order:
            yield f"board: row {row} in another order: {shown(new_order)}"


def _row_of_tiles(board: list[Data]) -> dict[str, int]:
    return {tile["key"]: number for number, row in enumerate(board, 1) for tile in row["tiles"]}


def _tiles_by_key(board: list[Data]) -> dict[str, Data]:
    return {tile["key"]: tile for row in board for tile in row["tiles"]}


def _changes(place: Place, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _mapping_changes(place, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(place, before, after)
    elif before != after:
        yield f"{place}: {place.shown(before)} → {place.shown(after)}"


def _mapping_changes(place: Place, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{place.at(key)} removed" for key in before if key not in after)
    for key, value in after.items():
        inside = place.at(key)
        if key in before:
            yield from _changes(inside, before[key], value)
        else:
            yield f"{inside} added: {inside.shown(value)}"
    yield from _order_changes(place, list(before), list(after))


def _list_changes(place: Place, before: list[Any], after: list[Any]) -> Iterator[str]:
    name = NAMED_BY.get(place.field)
    if place.field == "sessions":
        yield from _session_changes(place, before, after)
    elif name:
        yield from _mapping_changes(place, by_name(name, before), by_name(name, after))
    elif all(isinstance(entry, str) for entry in (*before, *after)):
        yield from _word_changes(place, before, after)
    else:
        yield from _place_changes(place, before, after)


def _word_changes(place: Place, before: list[str], after: list[str]) -> Iterator[str]:
    yield from (f"{place}: {entry} removed" for entry in before if entry not in after)
    yield from (f"{place}: {entry} added" for entry in after if entry not in before)
    yield from _order_changes(place, before, after)


def _session_changes(place: Place, before: list[Data], after: list[Data]) -> Iterator[str]:
    """Yield changes of sessions, which say all of themselves in a few words."""
    old, new = [*map(place.shown, before)], [*map(place.shown, after)]
    if len(set(old)) == len(old) and len(set(new)) == len(new):
        yield from _word_changes(place, old, new)
    else:
        yield from _place_changes(place, before, after)


def session_words(session: Data) -> str:
    """Return a session in a few words, which say all of it."""
    # What was stored past the forms may lack something.
    day, start, minutes = (session.get(key, "?") for key in ("day", "start", "minutes"))
    return f"{day} {start} for {minutes} min"


def _place_changes(place: Place, before: list[Any], after: list[Any]) -> Iterator[str]:
    """Yield changes of lists whose entries are told apart by their places only."""
    for ix, (old, new) in enumerate(zip(before, after, strict=False)):
        yield from _changes(place.nth(ix), old, new)
    for ix in range(len(after), len(before)):
        yield f"{place.nth(ix)} removed: {place.nth(ix).shown(before[ix])}"
    for ix in range(len(before), len(after)):
        yield f"{place.nth(ix)} added: {place.nth(ix).shown(after[ix])}"


def _order_changes(place: Place, before: list[str], after: list[str]) -> Iterator[str]:
    in_both = set(before) & set(after)
    order = [key for key in after if key in in_both]
    if order != [key for key in before if key in in_both]:
        yield f"{place}: in another order: {shown(order)}"


def by_name(name: str, entries: list[Data]) -> dict[str, Data]:
    """Return the entries of a list by the field that tells them apart."""
    return {str(entry.get(name, "?")): entry for entry in entries}


def shown(value: Any) -> str:
    """Return a value in words, cut where it is long."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, list):
        text = ", ".join(map(shown, value)) or "none"
    elif isinstance(value, dict) and value.keys() == SESSION_KEYS:
        text = session_words(value)
    elif isinstance(value, dict):
        # What is not there says nothing.
        given = ((key, entry) for key, entry in value.items() if entry not in (None, [], {}))
        text = "{" + ", ".join(f"{key}: {shown(entry)}" for key, entry in given) + "}"
    else:
        text = str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
