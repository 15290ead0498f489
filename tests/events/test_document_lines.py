"""The parts of a document are found in its text."""

from pathlib import Path

import pytest

from events.document import DocumentError, canonical_json, read_document, write_yaml
from events.document.lines import line_of, lines_of
from events.document.text import LARGEST_INPUT, NotText, decoded
from tests.events.factories import a_document

SPRING = Path("events/bundled/spring-league-bingo.yaml")

TEXT = """\
slug: x
activities:
  boss.zulrah:
    name: Zulrah
    loot:
      - line: main
        outcomes:
          - {rate: 1/2, drops: {a: 1,
             b: 2}}
board:
  - tiles: []
"""


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("slug", 1),
        ("activities.boss.zulrah", 3),
        ("activities.boss.zulrah.name", 4),
        ("activities.boss.zulrah.loot[0].outcomes[0].drops.b", 9),
        ("board[0].tiles", 11),
    ],
)
def test_a_part_is_found_by_its_place(place: str, line: int) -> None:
    assert line_of(place, lines_of(TEXT)) == line


@pytest.mark.parametrize("text", ["{}: []", "{{}: []}", "[a]: [b]", "? {}\n: []", "{[]: {}}"])
def test_keys_that_no_document_has_are_nowhere(text: str) -> None:
    assert lines_of(text).keys() <= {""}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("activities.boss.zulrah.attempt", 3),
        ("board[4].tiles[2].points", 10),
        ("starts_at", None),
        ("", None),
    ],
)
def test_a_part_that_is_missing_is_where_it_would_be(place: str, line: int | None) -> None:
    assert line_of(place, lines_of(TEXT)) == line


def test_errors_of_the_text_itself_name_their_lines() -> None:
    with pytest.raises(DocumentError) as caught:
        read_document("a: [1\nb: 2")
    assert line_of(caught.value.errors[0].place, {}) == 2


def test_lines_of_json_are_found_too() -> None:
    text = canonical_json(a_document()).replace(',"board"', ',\n"board"')
    assert line_of("board[0].tiles[0]", lines_of(text)) == 2


def test_parts_of_a_real_document_are_where_they_are_written() -> None:
    lines, written = lines_of(SPRING.read_text()), SPRING.read_text().split("\n")
    assert written[lines["duration_hours"] - 1].startswith("duration_hours:")
    assert written[lines["board[3].tiles[1].key"] - 1].lstrip(" -").startswith("key:")


@pytest.mark.parametrize("text", ["", "a: [", "- &a [*a]", "\x07", "[" * 50_000, "x", "a: {b: [1, {c: 2"])
def test_what_can_not_be_read_has_the_lines_that_it_has(text: str) -> None:
    assert isinstance(lines_of(text), dict)


def test_text_comes_in_utf_8_with_or_without_its_mark() -> None:
    text = write_yaml(a_document(name="Ünï 龍"))
    assert decoded(text.encode()) == decoded(text.encode("utf-8-sig")) == text


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        ("a: ü".encode("utf-16"), "is text in UTF-16: save it in UTF-8"),
        ("a: b\nc: ü".encode("latin-1"), "is not text in UTF-8, from line 2 on"),
        (b"PK\x03\x04\0\0", "is no text but binary data"),
        (b"x" * (LARGEST_INPUT + 1), "is larger than 8 MB"),
    ],
)
def test_what_is_no_text_is_told(content: bytes, message: str) -> None:
    with pytest.raises(NotText) as caught:
        decoded(content)
    assert str(caught.value) == message
