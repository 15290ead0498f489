"""Text in the cells of a spreadsheet, which takes what begins like a formula for one and runs it.

An apostrophe before it makes it text there. Reading takes it away again, so that what was written
comes back the same, whatever it is.
"""

import re

# The wide ones are what Asian keyboards type; a tab or a line's end is skipped before what follows it.
FORMULA_PATTERN = "^('*[=+\\-@\t\r\n＝＋－＠])"  # noqa: RUF001
_FORMULA = re.compile(FORMULA_PATTERN)


def safe_cell(text: str) -> str:
    """Return what stands for a text in a cell."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(cell: str) -> str:
    """Return the text that a cell stands for."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
