"""Findings come in an order that says what matters, and many of a kind are told of at once."""

from typing import Any

import pytest

from events.checks import KINDS, Severity, bounded, by_severity, findings_of
from events.checks.finding import MOST_OF_A_KIND, Finding
from events.document import parse_document
from tests.events.checks.reading import found_in, rows_of
from tests.events.factories import Data, document_data, friday_evening, sound_data, tile_data


def weekly(*days: str) -> list[Data]:
    return [friday_evening(day=day) for day in days]


def people(number: int, **fields: Any) -> dict[str, Any]:
    """Return so many players of one team, who can do everything."""
    players = {f"P{n}": {"capabilities": ["quest.ds2"], **fields} for n in range(number)}
    return {"players": players, "teams": {"All": {"players": list(players)}}}


def test_kinds_are_in_the_order_of_their_severity() -> None:
    order = list(Severity)
    assert [kind.severity for kind in KINDS.values()] == sorted(
        (kind.severity for kind in KINDS.values()), key=order.index
    )
    assert order == [Severity.BLOCKING, Severity.DOUBTFUL, Severity.NOTE]


def test_what_matters_most_comes_first_wherever_it_is() -> None:
    data = document_data(players=document_data()["players"] | {"Idle": {"sessions": weekly("wed")}})
    findings = findings_of(parse_document(data))
    assert [(finding.severity, finding.code) for finding in findings] == [
        ("blocking", "tile-out-of-reach"),
        ("blocking", "tile-out-of-reach"),
        ("blocking", "row-never-opens"),
        ("doubtful", "player-never-online"),
        ("doubtful", "requirement-evaded"),
        ("note", "player-without-team"),
    ]
    assert [len(found) for found in by_severity(findings).values()] == [3, 2, 1]


def test_of_a_weekend_one_finding_tells_of_the_sessions_in_the_week() -> None:
    findings = findings_of(parse_document(sound_data(**people(20, sessions=weekly("fri", "mon", "wed")))))
    assert list(map(str, findings)) == [
        (
            "players: 20 of 20 have weekly sessions outside the event: P0 (mon 20:00 and wed 20:00), "
            "P1 (mon 20:00 and wed 20:00) and 18 more"
        )
    ]


def test_of_few_players_each_is_told() -> None:
    findings = found_in("session-outside-event", **people(3, sessions=weekly("fri", "mon")))
    assert findings == [f"players.P{n}.sessions: outside the event: mon 20:00" for n in range(3)]


@pytest.mark.parametrize(
    ("code", "overrides", "message"),
    [
        ("player-without-team", {"teams": {}}, "players: 9 are in no team: P0, P1, P2, P3 and 5 more"),
        (
            "player-never-online",
            {},
            "players: 8 are never online during the event: P1, P2, P3, P4 and 4 more",
        ),
        (
            "unused-capability",
            {"capabilities": {"quest.ds2": "DS2", **{f"c{n}": f"C{n}" for n in range(7)}}},
            "capabilities: 7 are required or rewarded by no rule: c0, c1, c2, c3 and 3 more",
        ),
    ],
)
def test_the_same_of_many_is_said_once(code: str, overrides: dict[str, Any], message: str) -> None:
    fields = people(9, sessions=weekly("wed"))
    fields["players"]["P0"]["sessions"] = weekly("fri")
    board = rows_of([tile_data(requires=["quest.ds2"])])
    assert found_in(code, **fields | {"board": board} | overrides) == [message]


def test_unused_activities_and_drops_of_many_are_told_of_at_once() -> None:
    loot = [{"line": "main", "outcomes": [{"rate": "1/2", "drops": {"used": 1, "junk": 1}}]}]
    activities = {f"a{n}": {"name": f"A{n}", "attempt": {"seconds": 9}, "loot": loot} for n in range(12)}
    tiles = [tile_data(f"t{n}", activity=f"a{n}", drops=["used"]) for n in range(6)]
    fields = people(2) | {"activities": activities, "board": rows_of(tiles)}
    assert found_in("unused-activity", **fields) == [
        "activities: 6 are used by no tile: a6, a7, a8, a9 and 2 more"
    ]
    assert found_in("unused-drop", **fields) == [
        (
            "activities: 6 activities grant drops that no rule accepts: a0 (junk), a1 (junk), "
            "a2 (junk), a3 (junk) and 2 more"
        )
    ]


def test_teams_of_which_the_same_is_to_be_said_are_told_of_at_once() -> None:
    fields = people(6, sessions=weekly("fri"))
    fields["teams"] = {f"T{n}": {"players": [f"P{n}"]} for n in range(6)}
    board = rows_of([tile_data("slow", needs=500), tile_data("fast", points=2)], [tile_data("last")])
    assert found_in("too-few-hours-for-tile", **fields, board=board) == [
        (
            "board[0].tiles[0]: slow takes about 22.2 h, T0 is online for 3.0 h, T1 is online for 3.0 h "
            "and 4 more"
        )
    ]
    [finding] = found_in("too-few-hours-for-board", **fields, board=board)
    assert finding.startswith("teams: 6 teams are online for less than the whole board takes")


def test_lists_of_findings_are_bounded_kind_by_kind() -> None:
    many = [Finding(f"board[{n}].tiles[0]", "x", "tile-without-rules") for n in range(MOST_OF_A_KIND + 5)]
    other = [Finding("players.A", "is in no team", "player-without-team")]
    shown = bounded([*many, *other])
    assert shown[:MOST_OF_A_KIND] == many[:MOST_OF_A_KIND]
    assert list(map(str, shown[MOST_OF_A_KIND:])) == [
        "board: and 5 more findings of this kind",
        "players.A: is in no team",
    ]
    assert bounded(many[:MOST_OF_A_KIND]) == many[:MOST_OF_A_KIND]
