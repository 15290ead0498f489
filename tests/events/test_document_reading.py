"""How text is read: YAML by the core rules of 1.2, JSON, and what is wrong with either."""

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.document import DocumentError, PlacedError, read_document, reading, write_yaml
from events.document.lines import lines_of
from events.document.reading import read_data
from tests.events.documents import SMALL, small_document


def data_of(text: str) -> Any:
    data, problems = read_data(text)
    assert problems == []
    return data


def errors_of_text(text: str) -> list[PlacedError]:
    with pytest.raises(DocumentError) as caught:
        read_document(text, "event.yaml")
    return caught.value.errors


@pytest.mark.parametrize(
    "text", ["18:00", "on", "yes", "No", "2026-03-06T18:00:00", "2-4", "3/4", ".inf", "1_000"]
)
def test_what_only_older_yaml_takes_for_a_value_is_text(text: str) -> None:
    assert data_of(f"a: {text}") == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("~", None),
        ("", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("012", 12),
        ("0x1F", 31),
        ("0o17", 15),
        ("-3", -3),
        ("'3'", "3"),
        ("!!str 3", "3"),
        ("! '3'", "3"),
        ("! ", ""),
    ],
)
def test_plain_scalars_follow_the_core_rules(text: str, value: object) -> None:
    assert data_of(f"a: {text}") == {"a": value}


@pytest.mark.parametrize("text", ["a: 0.1", "a: 1e-3", "a: .5", "a: 2.", '{"a": 0.1}', '{"a": 1e-3}'])
def test_numbers_stay_exact(text: str) -> None:
    value = data_of(text)["a"]
    assert isinstance(value, Decimal)
    assert value == Decimal(text.strip('{}"a: '))


def test_keys_are_text_as_they_are_spelled() -> None:
    assert data_of("007: 1\ntrue: 2\n~: 3") == {"007": 1, "true": 2, "~": 3}


def test_json_and_yaml_say_the_same() -> None:
    document = small_document()
    assert read_document(json.dumps(SMALL)) == document
    assert read_document(write_yaml(document)) == document
    assert read_document("\ufeff" + json.dumps(SMALL, indent=4)) == document


@pytest.mark.parametrize("text", ["a: 1\nb: 2\na: 3\n", '{"a": 1,\n"b": 2,\n"a": 3}'])
def test_a_doubled_key_is_an_error_with_both_lines(text: str) -> None:
    expected = PlacedError("a", "this key on line 3 is already on line 1")
    assert expected in errors_of_text(text)


def test_a_doubled_key_is_reported_with_everything_else() -> None:
    text = (
        write_yaml(small_document())
        .replace("  Bob: {}", "  Bob: {}\n  Alice: {}")
        .replace("points: 3", "points: 0")
    )
    assert [error.place for error in errors_of_text(text)] == ["players.Alice", "board[0].tiles[1].points"]


def test_a_doubled_key_in_json_that_yaml_cannot_read_is_an_error_all_the_same() -> None:
    text = '{"a": {"b": 1, "b": 2},\n\t"c"\t:\t"\\/"}'
    errors = [error for error in errors_of_text(text) if "unknown" not in error.message]
    assert any("b" in str(error) and ("twice" in str(error) or "line" in str(error)) for error in errors)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, 2", "line 1, column 9"),
        ("a: 1\n b: 2", "line 2, column 3"),
        ('a: 1\nb: "x', "line 2, column 6"),
        ("a: 1\nb: \x07", "line 2, column 4"),
        ('{"a": 1,\n "b" 2}', "line 2, column 6"),
        ("a: 1\n---\nb: 2", "line 2, column 1"),
        ("a:\n  ? [x]\n  : 1", "line 2, column 5"),
    ],
)
def test_text_that_is_malformed_has_one_error_with_line_and_column(text: str, place: str) -> None:
    errors = errors_of_text(text)
    assert [error.place for error in errors] == [f"event.yaml, {place}"]
    assert "\n" not in errors[0].message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a:\n\tb: 1", "there is a tab; indent with spaces"),
        ("a:\n  - b: 1\n c: 2", "not as far indented"),
        ("a: 1\n  b: 2", "too far indented"),
        ("a: b: c", "a text with a colon needs quotes"),
        ("a:\n  b: 1\nc\nd: 1", "a colon is missing"),
    ],
)
def test_what_is_usually_wrong_is_said_in_plain_words(text: str, meant: str) -> None:
    assert meant in errors_of_text(text)[0].message


@pytest.mark.parametrize("text", ["", "\n", "# a comment\n"])
def test_an_empty_text_is_refused(text: str) -> None:
    assert errors_of_text(text) == [PlacedError("event.yaml", "is empty")]


@pytest.mark.parametrize("text", ["[1, 2]", "42", "just text", "~"])
def test_a_text_that_is_no_mapping_is_refused(text: str) -> None:
    assert ["must be a mapping" in error.message for error in errors_of_text(text)] == [True]


@pytest.mark.parametrize(
    "text", ["a: &x [1]\nb: 2", "a: *x", "<<: *x", "&x a: 1", "a: !!python/name:os.system x"]
)
def test_anchors_aliases_and_tags_are_refused(text: str) -> None:
    errors = errors_of_text(text)
    assert len(errors) == 1
    assert "not supported" in errors[0].message


def test_a_bomb_of_aliases_is_refused_where_it_begins() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    assert errors_of_text("\n".join(lines))[0].place == "event.yaml, line 1, column 5"


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 20_000, '{"a":' * 100_000, "{a: " * 50_000])
def test_deep_nesting_is_refused(text: str) -> None:
    assert ["levels deep" in error.message for error in errors_of_text(text)] == [True]


@pytest.mark.parametrize(
    "number", ["9" * 100_000, "1e999999999", "1e9999999999999999999999", "-1e-999999999", "NaN"]
)
@pytest.mark.parametrize("place", ["points: 3", "needs: 100", "skill: 0.85", "rate: 3/4"])
def test_numbers_out_of_all_proportion_are_plain_errors(number: str, place: str) -> None:
    text = write_yaml(small_document()).replace(place, f"{place.split(':')[0]}: {number}")
    assert len(errors_of_text(text)) == 1


def test_huge_numbers_in_json_are_plain_errors() -> None:
    text = json.dumps(SMALL).replace('"points": 3', f'"points": {"9" * 100_000}')
    assert [error.place for error in errors_of_text(text)] == ["board[0].tiles[1].points"]


def test_an_escape_of_a_character_that_does_not_exist_is_refused() -> None:
    assert "not YAML" in errors_of_text('a: 1\nb: "\\U99999999"')[0].message


def test_yaml_that_would_take_minutes_to_read_is_refused() -> None:
    assert "too large" in errors_of_text("# " + "x" * 2_000_000)[0].message


# What means something in YAML, or is read in another way by readers of YAML 1.1.
PIECES = [*" \t\r\n:-?'\"[]{},#&*!|>%@`\\~", "\x00", "\x7f", "\x85", "\xa0", "\u2028", "\u2029", "\ufeff"]
PIECES += [
    "\U0001f409",
    "...",
    "---",
    "\n---\n",
    "\r\n",
    "\n\n",
    "\n  ",
    ": ",
    "- ",
    "? ",
    "! ",
    "!!str ",
    "<<",
]
PIECES += ["|+\n  a\n\n", ">-\n  a\n  b\n", "\\u0041", "0x1F", "1_000", "# x", "%YAML 1.1\n---\n"]


@st.composite
def damaged_documents(draw: st.DrawFn) -> str:
    """Return some lines of a document in which a piece was put in, or left out, here and there."""
    lines = write_yaml(small_document()).split("\n")
    first = draw(st.integers(0, len(lines) - 1))
    lines = lines[first : first + draw(st.integers(1, 12))]
    indentation = min(len(line) - len(line.lstrip()) for line in lines)
    text = "\n".join(line[indentation:] for line in lines)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(text)))
        left_out = draw(st.sampled_from([0, 0, 1, 3]))
        text = text[:place] + draw(st.sampled_from(["", *PIECES])) + text[place + left_out :]
    return text


def data_or_refusal(text: str) -> Any:
    try:
        return read_data(text)
    except DocumentError:
        return "refused"


@settings(max_examples=1_000)
@given(damaged_documents())
def test_the_quick_parser_changes_nothing(text: str) -> None:
    lines_of(text)
    quickly = data_or_refusal(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "READ_OTHERWISE", re.compile(""))
        assert quickly == data_or_refusal(text)


def test_the_quick_parser_is_there() -> None:
    event = list(reading.yaml_events("a: 1"))[3]
    assert type(event.start_mark).__module__.endswith("_ruamel_yaml")
