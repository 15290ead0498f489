"""What lacks quotes, or has too many, is told so."""

import pytest

from events.document import read_document
from tests.events.test_document_bounds import errors_of

TEXT = """
format: bingosim/event@1
slug: event
name: Event
starts_at: 2026-06-05T18:00:00
timezone: Europe/Amsterdam
duration_hours: 48
activities:
  boss:
    name: Boss
    attempt: {seconds: 100}
    loot: [{line: main, outcomes: [{rate: 1, drops: {kill: 1}}]}]
    bands: [{size: 2, time: 1}]
players: {Anna: {}}
board: [{tiles: [{key: one, name: One, points: 3, needs: 2, rules: [{activity: boss, drops: [kill]}]}]}]
teams: {A: {players: [Anna]}}
"""
QUOTE, UNQUOTE = "(put it in quotes)", "(write it without quotes)"


@pytest.mark.parametrize(
    ("right", "wrong", "remedy"),
    [
        ("slug: event", "slug: 2026", QUOTE),
        ("slug: event", "slug: true", QUOTE),
        ("name: Event", "name: 1.0", QUOTE),
        ("name: Event", "name: 007", QUOTE),
        ("name: Event", "name: True", QUOTE),
        ("name: Event", "name: ~", "(if ~ or null is meant, put it in quotes)"),
        ("line: main", "line: 1", QUOTE),
        ("key: one", "key: 1", QUOTE),
        ("drops: [kill]", "drops: [1]", QUOTE),
        ("players: [Anna]", "players: [Anna, 99]", QUOTE),
        ("size: 2", 'size: "3"', UNQUOTE),
        ("time: 1", 'time: "0.85"', UNQUOTE),
        ("seconds: 100", 'seconds: "100"', UNQUOTE),
        ("points: 3", 'points: "3"', UNQUOTE),
        ("needs: 2", "needs: '2'", UNQUOTE),
        ("duration_hours: 48", 'duration_hours: "48"', UNQUOTE),
        ("name: Boss", 'name: Boss\n    solo: "true"', UNQUOTE),
    ],
)
def test_quotes_that_are_missing_or_too_many_are_named(right: str, wrong: str, remedy: str) -> None:
    errors = [error for error in errors_of(TEXT.replace(right, wrong, 1)) if "quotes" in error]
    assert [error.endswith(remedy) for error in errors] == [True]


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("slug: event", "slug: 1.5"),
        ("name: Event", "name: [Event]"),
        ("points: 3", 'points: "3000"'),
        ("points: 3", "points: three"),
        ("size: 2", 'size: "0"'),
        ("name: Boss", "name: Boss\n    solo: yes"),
    ],
)
def test_quotes_are_not_named_where_they_would_not_help(right: str, wrong: str) -> None:
    errors = errors_of(TEXT.replace(right, wrong, 1))
    assert errors
    assert not [error for error in errors if "quotes" in error]


@pytest.mark.parametrize("name", ["yes", "on", "2026-01-01", "18:00", "1:30", "0o9"])
def test_what_yaml_reads_as_text_needs_no_quotes(name: str) -> None:
    assert read_document(TEXT.replace("name: Event", f"name: {name}")).name == name
