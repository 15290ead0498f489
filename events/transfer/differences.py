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


def document_changes(old: EventDocument, new: EventDocument) -> list[str]:
    """Return every change from one document to another, a line each, with its place."""
    before, after = old.model_dump(mode="json"), new.model_dump(mode="json")
    changes: list[str] = []
    for key in after:
        if key == "board":
            changes += _board_changes(before[key], after[key])
        else:
            changes += _changes(key, before[key], after[key])
    return changes


def changes_of_parts(old: EventDocument, new: EventDocument) -> dict[tuple[str, str], list[str]]:
    """Return what changed in each part, or that it was added, by section and key; tiles are in `board`."""
    before, after = _parts(old.model_dump(mode="json")), _parts(new.model_dump(mode="json"))
    changes = {
        part: part_changes(before[part], after[part]) if part in before else ["added"] for part in after
    }
    return {part: changed for part, changed in changes.items() if changed}


def with_players_renamed(old: EventDocument, new: EventDocument) -> tuple[EventDocument, dict[str, str]]:
    """Return the old document with players called as in the new one, and what that changed, by new names."""
    renames = renames_between(old.players, new.players)
    if not renames:
        return old, {}
    data = dump_document(old)
    players = {renames.get(name, name): player for name, player in data["players"].items()}
    # Members of teams are found by the new names as well.
    renamed = parse_document({**data, "players": players})
    return renamed, {after: f"{before} → {after}" for before, after in renames.items()}


def _parts(data: Data) -> dict[tuple[str, str], Data]:
    sections = ("capabilities", "activities", "players", "teams")
    named = {(section, key): part for section in sections for key, part in data[section].items()}
    # What a capability has besides its key is its name.
    plain = {place: part if isinstance(part, dict) else {"name": part} for place, part in named.items()}
    tiles = {("board", key): tile for key, tile in _tiles_by_key(data["board"]).items()}
    rows = {("board", key): {"row": row} for key, row in _row_of_tiles(data["board"]).items()}
    return plain | {place: tile | rows[place] for place, tile in tiles.items()}


def part_changes(before: Data, after: Data) -> list[str]:
    """Return every change of what a part of an event says of itself, as plain data, a line each."""
    return [change.removeprefix(".") for change in _mapping_changes("", before, after)]


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


def _board_changes(before: list[Data], after: list[Data]) -> Iterator[str]:
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
        yield from _changes(f"board.{key}", old_tiles[key], new_tiles[key])
    staying = [key for key in both if old_row[key] == new_row[key]]
    for row in dict.fromkeys(new_row[key] for key in staying):
        old_order = [key for key in old_tiles if key in staying and old_row[key] == row]
        new_order = [key for key in staying if new_row[key] == row]
        if old_order != new_order:
            yield f"board: row {row} in another order: {_shown(new_order)}"


def _row_of_tiles(board: list[Data]) -> dict[str, int]:
    return {tile["key"]: number for number, row in enumerate(board, 1) for tile in row["tiles"]}


def _tiles_by_key(board: list[Data]) -> dict[str, Data]:
    return {tile["key"]: tile for row in board for tile in row["tiles"]}


def _changes(path: str, before: Any, after: Any) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _mapping_changes(path, before, after)
    elif isinstance(before, list) and isinstance(after, list):
        yield from _list_changes(path, before, after)
    elif before != after:
        yield f"{path}: {_shown(before)} → {_shown(after)}"


def _mapping_changes(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    yield from (f"{path}.{key} removed" for key in before if key not in after)
    for key, value in after.items():
        if key in before:
            yield from _changes(f"{path}.{key}", before[key], value)
        else:
            yield f"{path}.{key} added: {_shown(value)}"
    yield from _order_changes(path, list(before), list(after))


def _list_changes(path: str, before: list[Any], after: list[Any]) -> Iterator[str]:
    name = NAMED_BY.get(path.rpartition(".")[2])
    if path.endswith("sessions"):
        yield from _session_changes(path, before, after)
    elif name:
        yield from _mapping_changes(path, _by_name(name, before), _by_name(name, after))
    elif all(isinstance(entry, str) for entry in (*before, *after)):
        yield from _word_changes(path, before, after)
    else:
        yield from _place_changes(path, before, after)


def _word_changes(path: str, before: list[str], after: list[str]) -> Iterator[str]:
    yield from (f"{path}: {entry} removed" for entry in before if entry not in after)
    yield from (f"{path}: {entry} added" for entry in after if entry not in before)
    yield from _order_changes(path, before, after)


def _session_changes(path: str, before: list[Data], after: list[Data]) -> Iterator[str]:
    """Yield changes of sessions, which say all of themselves in a few words."""
    old, new = [*map(_session, before)], [*map(_session, after)]
    if len(set(old)) == len(old) and len(set(new)) == len(new):
        yield from _word_changes(path, old, new)
    else:
        yield from _place_changes(path, before, after)


def _session(session: Data) -> str:
    # What was stored past the forms may lack something.
    day, start, minutes = (session.get(key, "?") for key in ("day", "start", "minutes"))
    return f"{day} {start} for {minutes} min"


def _place_changes(path: str, before: list[Any], after: list[Any]) -> Iterator[str]:
    """Yield changes of lists whose entries are told apart by their places only."""
    for place, (old, new) in enumerate(zip(before, after, strict=False)):
        yield from _changes(f"{path}[{place}]", old, new)
    for place in range(len(after), len(before)):
        yield f"{path}[{place}] removed: {_shown(before[place])}"
    for place in range(len(before), len(after)):
        yield f"{path}[{place}] added: {_shown(after[place])}"


def _order_changes(path: str, before: list[str], after: list[str]) -> Iterator[str]:
    in_both = set(before) & set(after)
    order = [key for key in after if key in in_both]
    if order != [key for key in before if key in in_both]:
        yield f"{path}: in another order: {_shown(order)}"


def _by_name(name: str, entries: list[Data]) -> dict[str, Data]:
    return {str(entry.get(name, "?")): entry for entry in entries}


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    if isinstance(value, list):
        text = ", ".join(map(_shown, value)) or "none"
    elif isinstance(value, dict) and value.keys() == SESSION_KEYS:
        text = _session(value)
    elif isinstance(value, dict):
        # What is not there says nothing.
        given = ((key, entry) for key, entry in value.items() if entry not in (None, [], {}))
        text = "{" + ", ".join(f"{key}: {_shown(entry)}" for key, entry in given) + "}"
    else:
        text = str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[: SHOWN_CHARACTERS - 1]}…"
