"""Tables of players as spreadsheets give them: which separator they have, what their columns are called."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from events.document.errors import hint, shortened
from events.transfer.cells import plain_cell

COLUMNS = ("name", "skill", "capabilities", "sessions", "timezone")
OTHER_WORDS = {
    "player": "name",
    "players": "name",
    "capability": "capabilities",
    "session": "sessions",
    "online": "sessions",
    "time zone": "timezone",
    "time_zone": "timezone",
    "zone": "timezone",
}
SEPARATORS = "\t;,"
MOST_ROWS = 5_000
# Of the whole sheet, and of a cell: 5,000 players with 40 capabilities each have as many.
MOST_CHARACTERS = 2_000_000
MOST_CELL_CHARACTERS = 20_000
# Of the line that tells the separator.
MOST_LOOKED_AT = 10_000
NUMBER = re.compile(r"\d*[.,]?\d*")


class CellError(NamedTuple):
    """A problem with its line, from 1, and its column, which is empty where it concerns the whole line."""

    line: int
    column: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}{f', {self.column}' if self.column else ''}: {self.message}"


class SheetError(ValueError):
    """A sheet that can't be used; ``errors`` has every problem that was found."""

    def __init__(self, errors: list[CellError]) -> None:
        super().__init__("\n".join(map(str, errors)))
        self.errors = errors


class Row(NamedTuple):
    """The cells of a row by their columns, and the line that it begins in."""

    line: int
    cells: dict[str, str]


def read_table(text: str) -> tuple[list[Row], list[CellError]]:
    """Return the rows of a table below the names of its columns, and the rows that have too many cells.

    Raises `SheetError` for what is no table, or has other columns.
    """
    if len(text) > MOST_CHARACTERS:
        raise SheetError([CellError(1, "", f"there are more than {MOST_CHARACTERS:,} characters here")])
    # One for the names of the columns, and one too many.
    rows = list(islice(_split(text.removeprefix("\ufeff")), MOST_ROWS + 2))
    if not rows:
        raise SheetError([CellError(1, "", "there are no players here")])
    columns, errors = list(COLUMNS), list[CellError]()
    if _is_header(rows[0][1]):
        columns, errors = _named_columns(*rows.pop(0))
        if not rows and not errors:
            errors = [CellError(1, "", "there are no players below the names of the columns")]
    if errors:
        raise SheetError(errors)
    if len(rows) > MOST_ROWS:
        raise SheetError([CellError(rows[MOST_ROWS][0], "", f"there are more than {MOST_ROWS:,} rows")])
    problems = list(_shape_problems(rows, len(columns)))
    wrong = {problem.line for problem in problems}
    named = [(line, dict(zip(columns, cells, strict=False))) for line, cells in rows if line not in wrong]
    return [Row(line, cells) for line, cells in named], problems


def _split(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the cells of each row that has any, with the line that it begins in."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=_separator(text), skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            stripped = [plain_cell(cell.strip()) for cell in cells]
            if any(stripped):
                yield line, stripped
            line = reader.line_num + 1
    except csv.Error as error:
        raise SheetError([CellError(line, "", f"can't be read: {error}")]) from None


def _separator(text: str) -> str:
    """Return what separates the cells, as the first line tells that has any separator."""
    for line in text.splitlines():
        found = [separator for separator in SEPARATORS if separator in line]
        if found:
            return max(found, key=lambda separator: _likelihood(line, separator))
    return SEPARATORS[0]


def _likelihood(line: str, separator: str) -> tuple[int, int, int]:
    """Return how much speaks for a separator; the first of several that are as likely is taken."""
    if separator == "\t":
        return (2, 0, 0)
    cells = next(csv.reader([line[:MOST_LOOKED_AT]], delimiter=separator, skipinitialspace=True))
    first, second = cells[0], cells[1].strip() if len(cells) > 1 else "-"
    named = sum(_column(cell) is not None for cell in cells)
    is_plausible = not any(other in first for other in SEPARATORS) and NUMBER.fullmatch(second)
    return (bool(is_plausible), named, len(cells))


def _column(cell: str) -> str | None:
    word = cell.strip().casefold()
    return word if word in COLUMNS else OTHER_WORDS.get(word)


def _is_header(cells: Iterable[str]) -> bool:
    columns = [_column(cell) for cell in cells if cell]
    return "name" in columns or None not in columns


def _named_columns(line: int, cells: list[str]) -> tuple[list[str], list[CellError]]:
    """Return the columns that a first row names, and what is wrong with it."""
    while cells and not cells[-1]:
        cells = cells[:-1]
    columns = [_column(cell) or "" for cell in cells]
    errors = [
        CellError(
            line,
            shortened(cell),
            f"unknown column{hint(cell.casefold(), COLUMNS)}; there are {', '.join(COLUMNS)}",
        )
        if cell
        else CellError(line, f"column {number}", "a column without a name")
        for number, (cell, column) in enumerate(zip(cells, columns, strict=True), 1)
        if not column
    ]
    doubled = {column for column in columns if column and columns.count(column) > 1}
    errors += [CellError(line, column, "this column is there twice") for column in sorted(doubled)]
    if "name" not in columns:
        errors.append(CellError(line, "", "a column “name” is missing"))
    return columns, errors


def _shape_problems(rows: list[tuple[int, list[str]]], most: int) -> Iterator[CellError]:
    for line, cells in rows:
        if max(map(len, cells)) > MOST_CELL_CHARACTERS:
            yield CellError(line, "", f"a cell has more than {MOST_CELL_CHARACTERS:,} characters")
        elif "\n" in cells[0] or "\r" in cells[0]:
            yield CellError(line, "", "a cell goes on in the next line: is a quotation mark missing?")
        elif any(cells[most:]):
            there_are = "there is 1 column" if most == 1 else f"there are {most} columns"
            yield CellError(line, "", f"has {len(cells)} cells, {there_are}: a comma in a cell needs quotes")
