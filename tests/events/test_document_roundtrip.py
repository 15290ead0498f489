"""A document comes back as it was from everything that it is written to."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from ruamel.yaml import YAML

from events.document import (
    EventDocument,
    canonical_json,
    document_digest,
    dump_document,
    parse_document,
    read_document,
    write_yaml,
)
from tests.events.document_strategies import event_data
from tests.events.documents import MISSING, SMALL, small_document

many = settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def in_order(document: EventDocument) -> str:
    """All of a document, with the order of its mappings, which ``==`` does not look at."""
    return repr(document)


def assert_same(one: EventDocument, other: EventDocument) -> None:
    assert one == other
    assert in_order(one) == in_order(other)


@many
@given(event_data())
def test_every_form_gives_back_the_document_in_its_order(data: dict[str, Any]) -> None:
    document = parse_document(data)
    assert_same(parse_document(dump_document(document)), document)
    assert_same(read_document(write_yaml(document)), document)
    assert_same(read_document(canonical_json(document)), document)


@many
@given(event_data())
def test_json_that_went_through_floats_is_still_exact(data: dict[str, Any]) -> None:
    document = parse_document(data)
    assert_same(parse_document(json.loads(canonical_json(document))), document)


@many
@given(event_data())
def test_other_yaml_readers_read_the_same(data: dict[str, Any]) -> None:
    document = parse_document(data)
    read = YAML(typ="safe", pure=True).load(write_yaml(document))
    read["starts_at"] = document.starts_at
    assert_same(parse_document(read), document)


def test_a_dump_leaves_out_what_is_at_its_default() -> None:
    dump = dump_document(small_document(("unlock_points", 5), ("teams/Team Alpha/strategy", "row_unlocking")))
    assert "unlock_points" not in dump
    assert dump["teams"] == {
        "Team Alpha": {"players": ["Alice"]},
        "Team Beta": {"strategy": {"name": "weighted", "w_points": 1}, "players": ["Bob"]},
    }
    assert dump["players"]["Bob"] == {}


def test_a_dump_is_what_the_small_document_was_written_as() -> None:
    assert dump_document(small_document()) == SMALL


def test_equal_documents_have_equal_digests_however_they_are_spelled() -> None:
    plain = small_document(("players/Alice/skill", 1.5), ("board/0/tiles/0/rules/0/drops", ["kill.zulrah"]))
    odd = small_document(
        ("players/Alice/skill", Decimal("1.500")),
        ("board/0/tiles/0/rules/0/drops", {"kill.zulrah": Decimal("1.0")}),
        ("activities/boss.zulrah/loot/0/outcomes/0/rate", "0.75"),
        ("duration_hours", Decimal("48.0")),
    )
    assert odd == plain
    assert document_digest(odd) == document_digest(plain)


def test_the_digest_depends_on_order() -> None:
    swapped = dict(reversed(SMALL["players"].items()))
    assert document_digest(small_document(("players", swapped))) != document_digest(small_document())


def test_canonical_json_is_compact_and_exact() -> None:
    text = canonical_json(small_document(("players/Bob", MISSING), ("teams", {}), ("board", [])))
    assert '"rate":"3/4"' in text
    assert '"skill":0.85' in text
    assert '"unique.fang":"2-4"' in text
    assert " " not in text.replace("Dragon Slayer II", "").replace("Song of the Elves", "")


def test_yaml_is_pleasant_to_read() -> None:
    lines = write_yaml(small_document()).splitlines()
    for line in (
        "starts_at: 2026-03-06T18:00:00",
        "    attempt: {seconds: 120, spread: 30}",
        "      - {rate: 3/4, drops: {kill.zulrah: 1}}",
        "      - {rate: 1/5, drops: {unique.fang: 2-4}}",
        '    - {day: mon, start: "18:00", minutes: 120}',
        "  Bob: {}",
        "    - {activity: skilling.mining, drops: [ore.mined]}",
    ):
        assert line in lines


def test_small_numbers_are_written_without_an_exponent() -> None:
    document = small_document(("players/Alice/skill", 0.000001))
    assert "skill: 0.000001" in write_yaml(document)
    assert read_document(write_yaml(document)).players["Alice"].skill == Decimal("0.000001")


def test_long_decimal_rates_come_back_exactly() -> None:
    rate = Decimal("0.123456789012345678")
    document = small_document(("board", []), ("activities/boss.zulrah/loot/0/outcomes/0/rate", rate))
    again = read_document(write_yaml(document))
    assert again.activities["boss.zulrah"].loot[0].outcomes[0].rate == Fraction(rate)
