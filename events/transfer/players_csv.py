"""Players from a spreadsheet and back: a row each, separated by commas, semicolons or tabs.

Columns are name, skill, capabilities, sessions and timezone, in any order where the first row names them.
A cell that is empty means what is usual (skill 1, no capabilities, always available, the event's time zone);
a column or a cell that is missing says nothing, and leaves what is there.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import TypeAdapter, ValidationError

from events.document import EventDocument, Player, dump_document, parse_document
from events.document.errors import MOST_PROBLEMS, hint, shortened
from events.document.known_names import KnownNames
from events.document.names import same_name_key
from events.document.problems import shape_problems
from events.document.values import Text
from events.transfer.capability_text import KnownCapabilities, read_capabilities, write_capabilities
from events.transfer.cells import safe_cell
from events.transfer.session_text import SessionsError, read_sessions, write_sessions
from events.transfer.sheets import COLUMNS, CellError, Row, SheetError, read_table

Data = dict[str, Any]

_NAME = TypeAdapter(Annotated[str, Text()])
_PLAYER = TypeAdapter(Player)
NUMBER = re.compile(r"\d+(?:[.,]\d+)?|[.,]\d+", re.ASCII)
MOST_NUMBER_CHARACTERS = 20
MOST_HINTS = 100


class Sheet(NamedTuple):
    """What a sheet says: of each player what the columns give, and the capabilities that are new."""

    players: dict[str, Data]
    new_capabilities: list[str]


def read_players(
    text: str,
    capabilities: Mapping[str, str],
    players: Iterable[str] = (),
    *,
    add_capabilities: bool = False,
) -> Sheet:
    """Return what a sheet says of players, by their names.

    Parameters
    ----------
    text
        Rows of cells; what separates them is found out.
    capabilities
        The names of the capabilities that there are, by their keys.
    players
        The names of the players that there are. They keep them where the sheet spells them otherwise, but the
        same to the game.
    add_capabilities
        Take unknown capabilities as new ones. Without it they are errors.

    Raises `SheetError` with everything that is wrong.
    """
    reader = _Reader(capabilities, players, add_capabilities)
    rows, reader.errors = read_table(text)
    for row in rows:
        reader.take(row)
        if len(reader.errors) > MOST_PROBLEMS:
            reader.errors.append(CellError(row.line, "", "there may be more problems from here on"))
            break
    if reader.errors:
        raise SheetError(sorted(reader.errors, key=lambda error: error.line))
    return Sheet(reader.players, list(reader.new_capabilities))


def with_players(document: EventDocument, sheet: Sheet) -> EventDocument:
    """Return the document with what a sheet says: players of the same names changed, others added.

    Raises `DocumentError` where that makes no document, such as with too many players.
    """
    data = dump_document(document)
    capabilities = data.get("capabilities", {}) | {key: key for key in sheet.new_capabilities}
    players = data.get("players", {})
    changed = {name: {**players.get(name, {}), **given} for name, given in sheet.players.items()}
    return parse_document({**data, "capabilities": capabilities, "players": players | changed})


def write_players(players: Mapping[str, Player], separator: str = ",") -> str:
    """Return players with all columns, as `read_players` takes them, and safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, lineterminator="\n")
    writer.writerow(COLUMNS)
    for name, player in players.items():
        capabilities = write_capabilities(player.capabilities)
        sessions = write_sessions(session.model_dump(mode="json") for session in player.sessions)
        cells = (name, f"{player.skill:f}", capabilities, sessions, player.timezone or "")
        writer.writerow(map(safe_cell, cells))
    return text.getvalue()


class _Reader:
    """Takes the players of rows, and everything that is wrong with them."""

    def __init__(
        self, capabilities: Mapping[str, str], players: Iterable[str], add_capabilities: bool
    ) -> None:
        self.known = KnownCapabilities(capabilities)
        self.known_players = KnownNames(players)
        self.words = [*capabilities, *capabilities.values()]
        self.add_capabilities = add_capabilities
        self.players: dict[str, Data] = {}
        self.new_capabilities: dict[str, None] = {}
        self.errors: list[CellError] = []
        self._lines: dict[str, int] = {}
        self._hints: dict[str, str] = {}

    def take(self, row: Row) -> None:
        """Add the player of a row, or what is wrong with it."""
        name = row.cells.get("name", "")
        problems = [*self._name_problems(name, row.line)]
        given: Data = {}
        for column, cell in row.cells.items():
            if column != "name":
                given[column], found = self._value(column, cell)
                problems += [(column, message) for message in found]
        # What could not be read at all is not looked at again.
        wrong = {column for column, _ in problems}
        problems += _player_problems({key: value for key, value in given.items() if key not in wrong})
        in_columns = sorted(dict.fromkeys(problems), key=lambda problem: COLUMNS.index(problem[0]))
        self.errors += [CellError(row.line, column, message) for column, message in in_columns]
        self.players[self.known_players.find(name) or name] = given

    def _name_problems(self, name: str, line: int) -> Iterator[tuple[str, str]]:
        if not name:
            yield "name", "is missing"
            return
        called = self.known_players.find(name) or same_name_key(name) or name
        if (first := self._lines.setdefault(called, line)) != line:
            yield "name", f"{shortened(name)} is already in line {first}"
        if len(meant := self.known_players.meant_by(name)) > 1:
            yield "name", f"may be {_either(meant)}: write the one that is meant"
        try:
            _NAME.validate_python(name)
        except ValidationError as error:
            yield from (("name", message) for _, message in shape_problems(error))

    def _value(self, column: str, cell: str) -> tuple[Any, list[str]]:
        """Return what a cell means, and what is wrong with it."""
        match column:
            case "skill":
                return _read_skill(cell)
            case "capabilities":
                return self._read_capabilities(cell)
            case "sessions":
                try:
                    return read_sessions(cell), []
                except SessionsError as error:
                    return [], str(error).splitlines()
            case _:
                return cell or None, []

    def _read_capabilities(self, cell: str) -> tuple[list[str], list[str]]:
        keys, unknown = read_capabilities(cell, self.known)
        problems = []
        for word in unknown:
            if meant := self.known.meant_by(word):
                problems.append(f"“{shortened(word)}” may be {_either(meant)}: write the one that is meant")
            elif self.add_capabilities:
                self.new_capabilities[word] = None
            else:
                problems.append(f"there is no capability “{shortened(word)}”{self._hint(word)}")
        return keys, problems

    def _hint(self, word: str) -> str:
        # Looking for similar words takes milliseconds, and the same is missing in many rows.
        if word not in self._hints and len(self._hints) < MOST_HINTS:
            self._hints[word] = hint(word, self.words)
        return self._hints.get(word, "")


def _either(meant: Iterable[str]) -> str:
    return " or ".join(map(shortened, meant))


def _read_skill(cell: str) -> tuple[Any, list[str]]:
    if not cell:
        return 1, []
    if len(cell) > MOST_NUMBER_CHARACTERS or not NUMBER.fullmatch(cell):
        return None, [f"must be a number like 0.9, not “{shortened(cell)}”"]
    return Decimal(cell.replace(",", ".")), []


def _player_problems(given: Data) -> Iterator[tuple[str, str]]:
    try:
        _PLAYER.validate_python(given)
    except ValidationError as error:
        for path, message in shape_problems(error):
            yield str(path[0]), message
