"""What can be done on a board, and how a page asks for it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.exceptions import BadRequest
from django.http import HttpRequest

from events.admin.addresses import number_in
from events.models import Tile
from events.services import board as service


class Kind(NamedTuple):
    """Something that can be done on a board: by which service, with which arguments, who may do it."""

    run: Callable[..., service.BoardChange]
    arguments: tuple[str, ...]
    permissions: tuple[str, ...]
    # What is told of it where it was not done.
    words: str
    asks: bool = False


KINDS = {
    "move_tile": Kind(
        service.move_tile,
        ("tile_id", "row", "place"),
        ("change_tile",),
        "move {tile} to place {place} of row {row}",
    ),
    "shift_tile": Kind(service.shift_tile, ("tile_id", "towards"), ("change_tile",), "move {tile} {towards}"),
    "duplicate_tile": Kind(service.duplicate_tile, ("tile_id",), ("add_tile",), "duplicate {tile}"),
    "delete_tile": Kind(service.delete_tile, ("tile_id",), ("delete_tile",), "delete {tile}", asks=True),
    "add_row": Kind(service.add_row, ("row",), ("change_event",), "add an empty row {row}"),
    "move_row": Kind(service.move_row, ("row", "to"), ("change_event",), "move row {row} to be row {to}"),
    "duplicate_row": Kind(
        service.duplicate_row, ("row",), ("change_event", "add_tile"), "duplicate row {row}"
    ),
    "delete_row": Kind(
        service.delete_row, ("row",), ("change_event", "delete_tile"), "delete row {row}", asks=True
    ),
}


class Command(NamedTuple):
    """What a button of the board asks for, and for which version of the event."""

    text: str
    kind: Kind
    arguments: dict[str, Any]
    seen_version: int
    # Where the histories ended when the page was opened.
    opened: str
    confirmed: bool

    @classmethod
    def read(cls, request: HttpRequest) -> "Command":
        """Return what was posted: `do` is like `move_tile:12:3:0`; raise `BadRequest` where it is nothing."""
        text, version = request.POST.get("do", ""), request.POST.get("version", "")
        name, *values = text.split(":")
        kind, seen_version = KINDS.get(name), number_in(version)
        if kind is None or len(values) != len(kind.arguments) or seen_version is None:
            raise BadRequest("This is nothing that can be done on a board.")
        arguments = {
            argument: _read_value(argument, value)
            for argument, value in zip(kind.arguments, values, strict=True)
        }
        return cls(
            text, kind, arguments, seen_version, request.POST.get("opened", ""), "confirmed" in request.POST
        )

    @property
    def is_of_tile(self) -> bool:
        """Whether it changes or makes one tile, which is there afterwards."""
        return self.kind.arguments[0] == "tile_id" and not self.kind.asks

    @property
    def words(self) -> str:
        """What is asked for, as people say it, who count from 1."""
        tile = Tile.objects.filter(pk=self.arguments.get("tile_id", 0)).first()
        counted = {name: value + 1 for name, value in self.arguments.items() if isinstance(value, int)}
        return self.kind.words.format(**self.arguments | counted | {"tile": tile or "a tile that is gone"})

    def is_allowed(self, request: HttpRequest) -> bool:
        """Say whether who asks may do this."""
        return request.user.has_perms([f"events.{permission}" for permission in self.kind.permissions])


def _read_value(argument: str, value: str) -> int | str:
    if argument == "towards" and value in service.DIRECTIONS:
        return value
    number = number_in(value)
    if argument == "towards" or number is None:
        raise BadRequest(f"{argument} can't be that.")
    return number
