"""What is beyond the bounds of a document is refused before it is built: quickly, and with little memory."""

import json
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from events.document import DocumentError, parse_document, read_document, write_yaml
from events.document.bounds import MOST_KEYS_AND_VALUES, MOST_LEVELS, MOST_SLOW_CHARACTERS
from events.document.errors import hint
from events.document.reading import read_data
from tests.events.documents import changed, small_document

TOO_MANY = "the text: has more than 250,000 keys and values: no more are read"
TOO_DEEP = "is nested more than 32 levels deep"
TOO_MUCH_WRONG = "so much is wrong that it is not listed: is this an event at all?"
# Of the process' own time; the slowest text within the bounds takes a fifth of it on a machine of 2024.
MOST_SECONDS = 10
MOST_MEGABYTES = 100


def errors_of(text: str) -> list[str]:
    with pytest.raises(DocumentError) as caught:
        read_document(text, "the text")
    return [str(error) for error in caught.value.errors]


def many(make: Callable[[int], Any], number: int) -> dict[str, Any]:
    return {f"p{n}": make(n) for n in range(number)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"a":[' + "{}," * 6_666_666 + "{}]}", TOO_MANY),
        ("[" + "{}," * 6_666_666 + "{}]", "the text: is too large: at most 2,000,000 characters of YAML"),
        ("a: [" + "{}," * 600_000 + "{}]", TOO_MANY),
        ("a:\n" + "- b\n" * 450_000, TOO_MANY),
        (
            "? a\n" * 375_000,
            "the text, line 1, column 1: there is “?”, with which YAML is read slowly and only",
        ),
        ("a: b\n" * 90_000 + "c: |\n  d", "the text, line 90001, column 4: there is “|”, with which"),
        ("- a?\n" + "- {}\n" * 79_000, "the text: has more than 50,000 keys and values: no more are read"),
        ("a: b\n" * 90_000 + "c: [", "the text, line 90002, column 1: not YAML"),
        ('{"a":' + "[" * 2_000_000, f"the text, line 1, column 37: {TOO_DEEP}"),
        ("a: " + "[" * 1_500_000, f"the text, line 1, column 35: {TOO_DEEP}"),
        ('{"a":"' + '\\"' * 1_000_000, "the text, line 1, column 6: is longer than 200,000 characters"),
        (json.dumps({"players": many(lambda n: {"sessions": [{}] * 200}, 1_200)}), TOO_MUCH_WRONG),
        (json.dumps({"players": many(lambda n: {"capabilities": [1] * 900}, 200)}), TOO_MUCH_WRONG),
        (json.dumps({"players": many(lambda n: {f"k{k}": 1 for k in range(95)}, 1_000)}), TOO_MUCH_WRONG),
        (json.dumps(many(lambda n: 1, 90_000)), "has 90,000 keys, of which it may have format, slug,"),
    ],
    ids=lambda value: f"{value[:20]}…" if len(value) > 200 else "",
)
def test_what_is_beyond_the_bounds_costs_little(text: str, message: str) -> None:
    tracemalloc.start()
    began = time.process_time()
    errors = errors_of(text)
    took, (_, most_bytes) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert errors[0].startswith(message)
    assert took < MOST_SECONDS
    assert most_bytes < MOST_MEGABYTES * 10**6


def test_hundreds_of_wrong_names_cost_little() -> None:
    known = {f"capability.with.a.rather.long.name.that.goes.on.and.on.{n:03}": "x" for n in range(1_000)}
    wrong = [name.replace("long", "lung") for name in known]
    began = time.process_time()
    errors = errors_of(json.dumps({"capabilities": known, "players": {"A": {"capabilities": wrong}}}))
    assert time.process_time() - began < MOST_SECONDS
    hints = [error for error in errors if "did you mean capability.with.a.rather.long" in error]
    assert len(hints) == 100


def test_of_many_names_the_closest_is_meant() -> None:
    assert (
        hint("boss.zulra", [*(f"boss.b{n}" for n in range(500)), "boss.zulrah"])
        == " (did you mean boss.zulrah?)"
    )


@pytest.mark.parametrize("spelled", ["json", "yaml", "slow yaml", "data"])
def test_all_ways_in_have_the_same_bounds(spelled: str) -> None:
    def read(data: dict[str, Any]) -> str:
        try:
            if spelled == "data":
                parse_document(data)
            elif spelled == "json":
                read_document(json.dumps(data))
            else:
                read_document(f"{'# ?' if spelled == 'slow yaml' else ''}\n{json.dumps(data)}")
        except DocumentError as error:
            return error.errors[0].message
        return ""

    deepest: Any = []
    for _ in range(MOST_LEVELS - 2):
        deepest = [deepest]
    assert TOO_DEEP not in read({"a": deepest})
    assert TOO_DEEP in read({"a": [deepest]})
    most = 50_000 if spelled == "slow yaml" else MOST_KEYS_AND_VALUES
    assert "keys and values" not in read({"a": [1] * (most - 3)})
    assert "keys and values" in read({"a": [1] * (most - 2)})


def test_a_large_event_with_a_question_in_it_is_read() -> None:
    text = write_yaml(small_document()) + "\n# Who is there?" + "\n# x" * 50_000
    assert len(text) < MOST_SLOW_CHARACTERS
    assert read_document(text) == small_document()


def test_as_many_players_as_an_event_may_have_are_read() -> None:
    player = {
        "skill": 0.9,
        "capabilities": ["quest.sote"] + [f"quest.q{n}" for n in range(20)],
        "sessions": [{"day": "fri", "start": "18:00", "minutes": 60}] * 3,
    }
    capabilities = {f"quest.q{n}": "Quest" for n in range(20)}
    data = changed(("board", []), ("teams", {}), ("players", many(lambda n: player, 3_200)))
    data["capabilities"] = data["capabilities"] | capabilities | {"quest.sote": "Song"}
    read, _ = read_data(json.dumps(data))
    assert len(parse_document(read).players) == 3_200
