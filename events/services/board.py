"""A board rearranged: its tiles and rows moved, duplicated, added and deleted.

Whoever asks for a change says which version of the event they have seen: `StaleEvent` is raised where it is
not the current one, `BoardError` where the board doesn't allow the change, and nothing is changed then. Rows
and places count from 0, as in the document; words count rows from 1.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import transaction

from events.document import MOST_BOARD_POINTS, MOST_ROW_TILES, MOST_ROWS, MOST_TILES
from events.models import Event, Tile
from events.services.copying import copy_of, copy_rules
from events.wording import counted

TILES_A_STATEMENT = 200

# How far each direction leads: rows, then places.
DIRECTIONS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


class BoardError(ValueError):
    """A change that the board does not allow, with the reason in words."""


class BoardChange(NamedTuple):
    """The event after a change, what changed in words, and which tile or row it was about."""

    event: Event
    words: str
    tile_id: int | None = None
    row: int | None = None


def move_tile(*, event_id: int, seen_version: int, tile_id: int, row: int, place: int) -> BoardChange:
    """Move a tile to a row and a place there, counted without the tile itself."""
    with _rearranging(event_id, seen_version) as board:
        words = board.move_tile(tile_id, row, place)
    return BoardChange(board.event, words, tile_id=tile_id)


def shift_tile(*, event_id: int, seen_version: int, tile_id: int, towards: str) -> BoardChange:
    """Move a tile by one place (`left`, `right`) or by one row (`up`, `down`)."""
    with _rearranging(event_id, seen_version) as board:
        row, place = board.find(tile_id)
        rows, places = DIRECTIONS[towards]
        tiles = board.rows[row]
        if places and not 0 <= place + places < len(tiles):
            which = "first" if places < 0 else "last"
            raise BoardError(f"{tiles[place].name} is the {which} tile of its row.")
        words = board.move_tile(tile_id, row + rows, place + places)
    return BoardChange(board.event, words, tile_id=tile_id)


def duplicate_tile(*, event_id: int, seen_version: int, tile_id: int) -> BoardChange:
    """Put a copy of a tile, with its rules, beside it."""
    with _rearranging(event_id, seen_version) as board:
        row, place = board.find(tile_id)
        original = board.rows[row][place]
        board.require_room(row, [original])
        copy = board.copy(original)
        board.rows[row].insert(place + 1, copy)
    words = f"board: tile {original.name} duplicated in row {row + 1}"
    return BoardChange(board.event, words, tile_id=copy.pk)


def delete_tile(*, event_id: int, seen_version: int, tile_id: int) -> BoardChange:
    """Delete a tile with its rules."""
    with _rearranging(event_id, seen_version) as board:
        row, place = board.find(tile_id)
        tile = board.rows[row].pop(place)
        left = board.rows[row]
    neighbour = left[min(place, len(left) - 1)].pk if left else None
    words = f"board: tile {tile.name} removed from row {row + 1}"
    return BoardChange(board.event, words, tile_id=neighbour, row=row)


def add_row(*, event_id: int, seen_version: int, row: int) -> BoardChange:
    """Add an empty row that becomes the one of that number."""
    with _rearranging(event_id, seen_version) as board:
        if not 0 <= row <= len(board.rows):
            raise BoardError(f"The board has {counted(len(board.rows), 'row')}.")
        board.require_row()
        board.rows.insert(row, [])
    return BoardChange(board.event, f"board: empty row {row + 1} added", row=row)


def move_row(*, event_id: int, seen_version: int, row: int, to: int) -> BoardChange:
    """Move a row with its tiles, so that it becomes the one of another number."""
    with _rearranging(event_id, seen_version) as board:
        moved = board.row(row)
        if to == row:
            raise BoardError(f"Row {row + 1} is there already.")
        board.row(to)
        board.rows.pop(row)
        board.rows.insert(to, moved)
    return BoardChange(board.event, f"board: row {row + 1} moved to be row {to + 1}", row=to)


def duplicate_row(*, event_id: int, seen_version: int, row: int) -> BoardChange:
    """Put a copy of a row, with copies of its tiles and their rules, below it."""
    with _rearranging(event_id, seen_version) as board:
        originals = board.row(row)
        board.require_row()
        board.rows.insert(row + 1, [])
        board.require_room(row + 1, originals)
        board.rows[row + 1] = [board.copy(tile) for tile in originals]
        names = ", ".join(tile.name for tile in board.rows[row + 1])
    words = f"board: row {row + 2} added, like row {row + 1}{f', with {names}' if names else ''}"
    return BoardChange(board.event, words, row=row + 1)


def delete_row(*, event_id: int, seen_version: int, row: int) -> BoardChange:
    """Delete a row with its tiles; those below move up."""
    with _rearranging(event_id, seen_version) as board:
        tiles = board.row(row)
        board.rows.pop(row)
    names = ", ".join(tile.name for tile in tiles)
    words = f"board: row {row + 1} removed{f', with {names}' if names else ''}"
    return BoardChange(board.event, words, row=min(row, len(board.rows) - 1) if board.rows else None)


@contextmanager
def _rearranging(event_id: int, seen_version: int) -> Iterator["Board"]:
    """Give the board of the event at the version that was seen; save it at the end, all or nothing."""
    with transaction.atomic():
        event = Event.objects.select_for_update().get(pk=event_id)
        event.version = seen_version
        event.take_next_version()
        board = Board(event)
        yield board
        board.save()


class Board:
    """An event's tiles in their rows, while they are rearranged."""

    def __init__(self, event: Event) -> None:
        self.event = event
        tiles = list(event.tiles.all())
        n_rows = max([event.n_rows, *(tile.row + 1 for tile in tiles)])
        self.rows: list[list[Tile]] = [[tile for tile in tiles if tile.row == row] for row in range(n_rows)]
        self._ids = {tile.pk for tile in tiles}
        self._keys = {tile.key for tile in tiles}
        self._copies: list[tuple[Tile, Tile]] = []

    @property
    def tiles(self) -> list[Tile]:
        """All tiles, row by row."""
        return [tile for row in self.rows for tile in row]

    def row(self, number: int) -> list[Tile]:
        """Return the tiles of a row."""
        if not 0 <= number < len(self.rows):
            raise BoardError(f"There is no row {number + 1}: the board has {len(self.rows)}.")
        return self.rows[number]

    def find(self, tile_id: int) -> tuple[int, int]:
        """Return the row and the place of a tile."""
        for number, row in enumerate(self.rows):
            for place, tile in enumerate(row):
                if tile.pk == tile_id:
                    return number, place
        raise BoardError("There is no such tile on this board.")

    def move_tile(self, tile_id: int, row: int, place: int) -> str:
        """Move a tile; return that in words."""
        old_row, old_place = self.find(tile_id)
        tile = self.rows[old_row][old_place]
        if not 0 <= row < len(self.rows):
            raise BoardError(f"{tile.name} is in the {'first' if row < 0 else 'last'} row.")
        if row != old_row:
            self.require_place(row, 1)
        self.rows[old_row].pop(old_place)
        place = max(0, min(place, len(self.rows[row])))
        if (row, place) == (old_row, old_place):
            raise BoardError(f"{tile.name} is there already.")
        self.rows[row].insert(place, tile)
        if row == old_row:
            return f"board: tile {tile.name} moved from place {old_place + 1} to {place + 1} of row {row + 1}"
        return f"board: tile {tile.name} moved from row {old_row + 1} to row {row + 1}"

    def copy(self, tile: Tile) -> Tile:
        """Return an unsaved copy of a tile, which gets its rules when the board is saved."""
        copy = copy_of(tile, self._keys)
        self._keys.add(copy.key)
        self._copies.append((tile, copy))
        return copy

    def require_row(self) -> None:
        """Refuse another row where there are as many as there may be."""
        if len(self.rows) >= MOST_ROWS:
            raise BoardError(f"A board has at most {MOST_ROWS} rows.")

    def require_place(self, row: int, more: int) -> None:
        """Refuse more tiles than a row may have."""
        if len(self.rows[row]) + more > MOST_ROW_TILES:
            raise BoardError(f"A row has at most {MOST_ROW_TILES} tiles: row {row + 1} is full.")

    def require_room(self, row: int, more: list[Tile]) -> None:
        """Refuse more tiles than the row and the board may have, and more points than the board may have."""
        self.require_place(row, len(more))
        if len(self.tiles) + len(more) > MOST_TILES:
            raise BoardError(f"A board has at most {MOST_TILES} tiles.")
        points = sum(tile.points for tile in (*self.tiles, *more))
        if points > MOST_BOARD_POINTS:
            raise BoardError(
                f"A board has at most {MOST_BOARD_POINTS:,} points: with these it would have {points:,}."
            )

    def save(self) -> None:
        """Bring the database to these rows; the event's version was raised before."""
        kept = {tile.pk for tile in self.tiles}
        if vanished := self._ids - kept:
            Tile.objects.filter(pk__in=vanished).delete_keeping_versions()
        moved = self._renumber()
        Tile.objects.bulk_update(
            [tile for tile in moved if tile.pk], ["row", "position"], batch_size=TILES_A_STATEMENT
        )
        if self._copies:
            Tile.objects.bulk_create([copy for _, copy in self._copies], batch_size=TILES_A_STATEMENT)
            copy_rules(self._copies)
        Event.objects.filter(pk=self.event.pk).update(n_rows=len(self.rows))
        self.event.refresh_from_db()

    def _renumber(self) -> list[Tile]:
        """Number the tiles as they stand; return those that stand elsewhere than before."""
        moved = []
        for number, row in enumerate(self.rows):
            for place, tile in enumerate(row):
                if (tile.row, tile.position) != (number, place):
                    tile.row, tile.position = number, place
                    moved.append(tile)
        return moved
