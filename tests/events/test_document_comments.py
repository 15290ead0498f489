"""An error that a comment is to blame for says so."""

import pytest

from events.document import DocumentError, read_document, write_yaml
from tests.events.factories import a_document


def errors_of(written: str, instead: str) -> list[str]:
    text = write_yaml(a_document())
    assert written in text
    with pytest.raises(DocumentError) as refused:
        read_document(text.replace(written, instead, 1), "it")
    return [str(error) for error in refused.value.errors]


def test_a_text_of_which_a_comment_leaves_nothing() -> None:
    assert errors_of("name: Small Bingo", "name: #1 Bingo") == [
        'name: must be text, not nothing (in line 3, "#1 Bingo" is a comment: put the text in quotes)'
    ]


def test_a_key_that_loses_its_colon_to_a_comment() -> None:
    [error] = errors_of("  Adam:", "  Adam #2:")
    assert error.startswith("it, line ")
    assert '"#2:' in error
    assert error.endswith(" is a comment: put the text in quotes)")


def test_a_name_that_is_not_known_without_its_end() -> None:
    [error] = errors_of("players: [Zoe, Adam]", "players: [Zoe, Ad #2\n  ]")
    assert "there is no player Ad" in error
    assert error.endswith(', "#2" is a comment: put the text in quotes)')


def test_an_error_that_no_comment_made_says_nothing_of_it() -> None:
    [error] = errors_of("duration_hours: 48", "duration_hours: 0 #short")
    assert "comment" not in error
    [error] = errors_of("name: Small Bingo", "name: # to be chosen")
    assert "comment" not in error
