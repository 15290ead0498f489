"""The published JSON Schema describes what files have."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from events.document import json_schema
from events.document.reading import read_data
from tests.events.document_strategies import event_data
from tests.events.documents import MISSING, changed, errors_of

VALIDATOR = Draft202012Validator(json_schema())
BUNDLED = Path(__file__).parents[2] / "events" / "bundled"

RULE = "board/0/tiles/0/rules/0"
OUTCOMES = "activities/boss.zulrah/loot/0/outcomes"


def complaints(data: object) -> list[str]:
    return [error.json_path for error in VALIDATOR.iter_errors(data)]


def test_the_schema_is_a_valid_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.yaml")), ids=lambda path: path.stem)
def test_it_accepts_the_bundled_documents(path: Path) -> None:
    data, _ = read_data(path.read_text(encoding="utf-8"))
    assert complaints(data) == []


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(event_data())
def test_it_accepts_what_the_reader_accepts(data: dict[str, Any]) -> None:
    assert errors_of(data) == []
    assert complaints(data) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (f"{RULE}/drops", ["kill.zulrah"]),
        (f"{RULE}/drops", {"kill.zulrah": 0.5}),
        (f"{OUTCOMES}/0/rate", "3/4"),
        (f"{OUTCOMES}/0/rate", 0.5),
        (f"{OUTCOMES}/0/drops", {"kill.zulrah": "30-200"}),
        ("teams/Team Alpha/strategy", "greedy"),
        ("teams/Team Alpha/strategy", {"name": "greedy"}),
        ("teams/Team Alpha/strategy", {"name": "weighted", "w_hours": -1}),
    ],
)
def test_it_accepts_every_way_to_write_a_value(place: str, value: object) -> None:
    assert errors_of(changed((place, value))) == []
    assert complaints(changed((place, value))) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("slug", MISSING),
        ("slug", "Not a slug"),
        ("format", "bingosim/event@2"),
        ("progress", {}),
        ("starts_at", "tomorrow"),
        ("unlock_points", 20_001),
        ("duration_hours", 0),
        ("players/Alice/skill", 0),
        ("players/Alice/sessions/0/day", "monday"),
        ("players/Alice/sessions/0/start", "6 pm"),
        ("board/0/tiles/0/pionts", 1),
        ("board/0/tiles/0/points", "5"),
        (f"{RULE}/drops", []),
        (f"{RULE}/drops", "kill.zulrah"),
        (f"{RULE}/drops", {"kill.zulrah": 0}),
        (f"{OUTCOMES}/0/rate", "often"),
        (f"{OUTCOMES}/0/rate", 2),
        (f"{OUTCOMES}/0/drops", {"kill.zulrah": "some"}),
        (OUTCOMES, []),
        ("teams/Team Alpha/strategy", "best"),
        ("teams/Team Alpha/strategy", {"name": "greedy", "w_points": 1}),
        ("teams/Team Alpha/strategy", {"name": "weighted", "w_point": 1}),
    ],
)
def test_it_refuses_wrong_shapes_as_the_reader_does(place: str, value: object) -> None:
    assert errors_of(changed((place, value)))
    assert complaints(changed((place, value)))


def test_its_defaults_are_as_a_file_would_have_them() -> None:
    parts = json_schema()["$defs"]
    assert parts["Player"]["properties"]["skill"]["default"] == 1
    assert parts["LootLine"]["properties"]["roll"]["default"] == "per_player"
    assert parts["Team"]["properties"]["strategy"]["default"] == "row_unlocking"


def test_the_file_for_editors_is_up_to_date() -> None:
    # If not: python -m events.document > docs/event-document.schema.json
    file = Path(__file__).parents[2] / "docs" / "event-document.schema.json"
    assert json.loads(file.read_text(encoding="utf-8")) == json_schema()
