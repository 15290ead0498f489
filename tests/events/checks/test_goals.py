"""Tiles that count otherwise than it seems are found by what they accept and by what they are called."""

from typing import Any

import pytest

from tests.events.checks.reading import found_in, rows_of
from tests.events.factories import Data, tile_data

PIECES = ["ahrim.hood", "ahrim.staff", "ahrim.top", "ahrim.skirt"]


def barrows(rate: str = "1/102", **rates: str) -> Data:
    """Return an activity that drops the pieces of a set."""
    outcomes = [{"rate": rates.get(piece.partition(".")[2], rate), "drops": {piece: 1}} for piece in PIECES]
    return {"name": "Barrows", "attempt": {"seconds": 240}, "loot": [{"line": "chest", "outcomes": outcomes}]}


def a_set(name: str = "Ahrim's set", needs: int = 4, drops: Any = PIECES) -> Data:
    return tile_data("ahrim", needs=needs, activity="barrows", drops=drops) | {"name": name}


def sets(*tiles: Data, activity: Data | None = None) -> list[str]:
    board = rows_of([*tiles, tile_data()])
    return found_in("set-of-any", board=board, activities={"barrows": activity or barrows(), **ZULRAH})


ZULRAH = {
    "boss.zulrah": {
        "name": "Zulrah",
        "attempt": {"seconds": 120},
        "loot": [{"line": "main", "outcomes": [{"rate": "3/4", "drops": {"kill.zulrah": 1, "head": 1}}]}],
    }
}


def test_a_set_that_duplicates_finish() -> None:
    assert sets(a_set()) == [
        (
            "board[0].tiles[0]: ahrim lists 4 drops and needs as many, but any 4 finish it, duplicates "
            'too: where one of each is meant, make a tile for each; where any will do, say "any" in its '
            "name"
        )
    ]


def test_a_set_of_drops_that_all_weigh_the_same() -> None:
    assert len(sets(a_set(needs=8, drops=dict.fromkeys(PIECES, 2)))) == 1


@pytest.mark.parametrize(
    "tile",
    [
        a_set(needs=3),
        a_set(needs=1, drops=PIECES[:1]),
        a_set("Any four Barrows pieces"),
        a_set("Hood or staff", needs=2, drops=PIECES[:2]),
        a_set("Four hoods"),
        a_set(drops=dict(zip(PIECES, (1, 1, 1, 2), strict=True))),
        tile_data("kills", needs=2, drops=["kill.zulrah", "head"]),
    ],
)
def test_a_tile_that_counts_is_no_set(tile: Data) -> None:
    assert sets(tile) == []


def test_a_set_whose_name_lists_every_piece_is_one() -> None:
    assert len(sets(a_set("Ahrim: hood, staff, top, skirt"))) == 1


def test_a_set_of_several_activities() -> None:
    board = [tile_data("shards", needs=2, activity="barrows", drops=["ahrim.hood"]), tile_data()]
    board[0]["rules"].append({"activity": "barrows2", "drops": ["ahrim.hood"]})
    activities = {"barrows": barrows(), "barrows2": barrows(), **ZULRAH}
    assert len(found_in("set-of-any", board=rows_of(board), activities=activities)) == 1


def anew(*rows: list[Data]) -> list[str]:
    return found_in("tile-counts-anew", board=rows_of(*rows))


def kills(needs: int, name: str = "") -> Data:
    return tile_data(f"kills_{needs}", needs=needs) | {"name": name or f"{needs} kills"}


def test_a_tile_that_goes_on_where_another_ends() -> None:
    assert anew([kills(100), kills(50)]) == [
        (
            "board[0].tiles[0]: kills_100 counts anew what kills_50 counted: together they take 150; "
            'where 100 in all are meant, let it need 50; where that many more are, say "more" in its name'
        )
    ]


def test_each_of_several_tiles_counts_anew_what_those_before_it_counted() -> None:
    findings = anew([kills(50)], [kills(100)], [kills(250)])
    assert [finding.partition(";")[0].partition("counted: ")[2] for finding in findings] == [
        "together they take 150",
        "together they take 400",
    ]
    assert "where 250 in all are meant, let it need 150" in findings[1]


@pytest.mark.parametrize(
    "rows",
    [
        [[kills(50)], [kills(100, "100 more kills")]],
        [[kills(100)], [kills(50)]],
        [[kills(50), kills(50) | {"key": "again"}], [kills(100)]],
        [[kills(50)], [tile_data("heads", needs=100, drops=["unique.fang"])]],
        [[kills(50)], [tile_data("heavy", needs=100, drops={"kill.zulrah": 2})]],
    ],
)
def test_tiles_that_stand_on_their_own(rows: list[list[Data]]) -> None:
    assert anew(*rows) == []
