"""A board is rearranged as asked, or not at all: its rows and places stay contiguous, its limits kept."""

from typing import Any

import pytest

from events.models import Event, Rule, StaleEvent, Tile
from events.services import board
from events.services.copying import free_key
from events.transfer import document_of
from tests.events.factories import an_event, raid_tile_data, tile_data

pytestmark = pytest.mark.django_db


def a_board(*rows: str, **overrides: Any) -> Event:
    """Return an event with rows of tiles whose keys are letters: `a_board("ab", "c")`."""
    return an_event(board=[{"tiles": [tile_data(key) for key in row]} for row in rows], **overrides)


def rows_of(event: Event) -> list[list[str]]:
    """Return the keys of the tiles, row by row, as the document has them."""
    return [[tile.key for tile in row.tiles] for row in document_of(event).board]


def tile_of(event: Event, key: str) -> Tile:
    return Tile.objects.get(event=event, key=key)


def do(event: Event, operation: Any, **arguments: Any) -> board.BoardChange:
    """Change the board for somebody who has seen it as it is now; a tile is named by its key."""
    if "tile" in arguments:
        arguments["tile_id"] = tile_of(event, arguments.pop("tile")).pk
    version = Event.objects.get(pk=event.pk).version
    done: board.BoardChange = operation(event_id=event.pk, seen_version=version, **arguments)
    return done


@pytest.mark.parametrize(
    ("tile", "row", "place", "expected"),
    [
        ("a", 0, 2, [["b", "c", "a"], ["d"]]),
        ("c", 0, 0, [["c", "a", "b"], ["d"]]),
        ("b", 1, 0, [["a", "c"], ["b", "d"]]),
        ("b", 1, 99, [["a", "c"], ["d", "b"]]),
        ("d", 0, 1, [["a", "d", "b", "c"], []]),
    ],
)
def test_a_tile_moves_to_a_row_and_a_place(
    tile: str, row: int, place: int, expected: list[list[str]]
) -> None:
    event = a_board("abc", "d")
    do(event, board.move_tile, tile=tile, row=row, place=place)
    assert rows_of(event) == expected


@pytest.mark.parametrize(
    ("tile", "towards", "expected"),
    [
        ("b", "left", [["b", "a"], ["c", "d"]]),
        ("a", "right", [["b", "a"], ["c", "d"]]),
        ("d", "up", [["a", "d", "b"], ["c"]]),
        ("a", "down", [["b"], ["a", "c", "d"]]),
    ],
)
def test_a_tile_moves_by_one_place_or_row(tile: str, towards: str, expected: list[list[str]]) -> None:
    event = a_board("ab", "cd")
    do(event, board.shift_tile, tile=tile, towards=towards)
    assert rows_of(event) == expected


@pytest.mark.parametrize(
    ("tile", "towards", "reason"),
    [
        ("a", "left", "first tile of its row"),
        ("b", "right", "last tile of its row"),
        ("a", "up", "in the first row"),
        ("c", "down", "in the last row"),
    ],
)
def test_a_tile_does_not_move_off_the_board(tile: str, towards: str, reason: str) -> None:
    event = a_board("ab", "c")
    with pytest.raises(board.BoardError, match=reason):
        do(event, board.shift_tile, tile=tile, towards=towards)
    assert rows_of(event) == [["a", "b"], ["c"]]


def test_a_tile_that_moves_keeps_its_id_and_rules() -> None:
    event = a_board("ab", "c")
    before = tile_of(event, "a")
    do(event, board.move_tile, tile="a", row=1, place=0)
    after = tile_of(event, "a")
    assert (after.pk, after.as_data()) == (before.pk, before.as_data())


def test_positions_are_contiguous_after_a_change_even_where_they_were_not() -> None:
    event = a_board("abc")
    Tile.objects.filter(key="c").update(position=7)
    do(event, board.delete_tile, tile="a")
    assert list(event.tiles.values_list("key", "row", "position")) == [("b", 0, 0), ("c", 0, 1)]


def test_a_duplicate_stands_beside_its_original_with_all_its_rules() -> None:
    event = an_event(board=[{"tiles": [raid_tile_data(requires=["quest.ds2"]), tile_data("last")]}])
    done = do(event, board.duplicate_tile, tile="cox")
    original, copy = (tile_of(event, key).as_data() for key in ("cox", "cox-2"))
    assert rows_of(event) == [["cox", "cox-2", "last"]]
    assert {**copy, "key": "cox"} == original
    assert copy["rules"][0]["modifiers"]
    assert copy["rules"][0]["requires"]
    assert done.tile_id == tile_of(event, "cox-2").pk


def test_a_deleted_tile_takes_its_rules_along() -> None:
    event = a_board("ab")
    done = do(event, board.delete_tile, tile="a")
    assert rows_of(event) == [["b"]]
    assert list(Rule.objects.values_list("tile__key", flat=True)) == ["b"]
    assert done.tile_id == tile_of(event, "b").pk


def test_an_empty_row_stays_when_its_last_tile_is_deleted() -> None:
    event = a_board("a", "b")
    done = do(event, board.delete_tile, tile="b")
    assert rows_of(event) == [["a"], []]
    assert (done.tile_id, done.row) == (None, 1)


@pytest.mark.parametrize(
    ("row", "expected"),
    [(0, [[], ["a"], ["b"]]), (1, [["a"], [], ["b"]]), (2, [["a"], ["b"], []])],
)
def test_an_empty_row_is_added_where_it_is_asked_for(row: int, expected: list[list[str]]) -> None:
    event = a_board("a", "b")
    do(event, board.add_row, row=row)
    assert rows_of(event) == expected
    assert Event.objects.get(pk=event.pk).n_rows == 3


@pytest.mark.parametrize(
    ("row", "to", "expected"), [(0, 2, ["b", "c", "a"]), (2, 0, ["c", "a", "b"]), (1, 2, ["a", "c", "b"])]
)
def test_a_row_moves_with_its_tiles(row: int, to: int, expected: list[str]) -> None:
    event = a_board("a", "b", "c")
    do(event, board.move_row, row=row, to=to)
    assert rows_of(event) == [[key] for key in expected]


def test_a_duplicated_row_follows_its_original_with_new_keys() -> None:
    event = a_board("ab", "c")
    do(event, board.duplicate_row, row=0)
    assert rows_of(event) == [["a", "b"], ["a-2", "b-2"], ["c"]]
    assert tile_of(event, "b-2").as_data()["rules"] == tile_of(event, "b").as_data()["rules"]


def test_a_deleted_row_takes_its_tiles_along_and_others_move_up() -> None:
    event = a_board("ab", "c", "d")
    do(event, board.delete_row, row=0)
    assert rows_of(event) == [["c"], ["d"]]
    assert Event.objects.get(pk=event.pk).n_rows == 2


def test_deleting_the_only_row_leaves_an_empty_board() -> None:
    event = a_board("a")
    assert do(event, board.delete_row, row=0).row is None
    assert rows_of(event) == []


def test_every_change_raises_the_version_once_and_says_what_it_was() -> None:
    event = a_board("ab", "c")
    done = do(event, board.move_tile, tile="a", row=1, place=0)
    assert done.event.version == event.version + 1
    assert done.words == "board: tile A moved from row 1 to row 2"


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        (board.move_tile, {"tile": "a", "row": 1, "place": 0}),
        (board.shift_tile, {"tile": "a", "towards": "right"}),
        (board.duplicate_tile, {"tile": "a"}),
        (board.delete_tile, {"tile": "a"}),
        (board.add_row, {"row": 0}),
        (board.move_row, {"row": 0, "to": 1}),
        (board.duplicate_row, {"row": 0}),
        (board.delete_row, {"row": 0}),
    ],
)
def test_nothing_changes_for_who_has_seen_an_older_version(operation: Any, arguments: dict[str, Any]) -> None:
    event = a_board("ab", "c")
    arguments = dict(arguments)
    if "tile" in arguments:
        arguments["tile_id"] = tile_of(event, arguments.pop("tile")).pk
    tile_of(event, "c").save()
    with pytest.raises(StaleEvent):
        operation(event_id=event.pk, seen_version=event.version, **arguments)
    assert rows_of(event) == [["a", "b"], ["c"]]
    assert Event.objects.get(pk=event.pk).version == event.version + 1


@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        (board.move_tile, {"tile_id": 10**9 - 1, "row": 0, "place": 0}),
        (board.move_tile, {"tile": "a", "row": 2, "place": 0}),
        (board.move_tile, {"tile": "a", "row": 0, "place": 0}),
        (board.add_row, {"row": 3}),
        (board.move_row, {"row": 0, "to": 2}),
        (board.move_row, {"row": 1, "to": 1}),
        (board.duplicate_row, {"row": 2}),
        (board.delete_row, {"row": 2}),
    ],
)
def test_what_is_not_there_is_refused_and_leaves_the_version(
    operation: Any, arguments: dict[str, Any]
) -> None:
    event = a_board("ab", "c")
    with pytest.raises(board.BoardError):
        do(event, operation, **arguments)
    assert Event.objects.get(pk=event.pk).version == event.version


def test_a_tile_of_another_event_is_not_on_this_board() -> None:
    event, other = a_board("a"), a_board("b", slug="other")
    with pytest.raises(board.BoardError, match="no such tile"):
        do(event, board.delete_tile, tile_id=tile_of(other, "b").pk)


def many_tiles(rows: int, tiles: int, points: int = 1) -> list[dict[str, Any]]:
    return [
        {"tiles": [tile_data(f"t{row}-{tile}", points=points) for tile in range(tiles)]}
        for row in range(rows)
    ]


def test_a_row_takes_20_tiles() -> None:
    full = {"tiles": [tile_data(f"t{tile}") for tile in range(20)]}
    event = an_event(board=[full, {"tiles": [tile_data("more")]}])
    with pytest.raises(board.BoardError, match="at most 20 tiles: row 1 is full"):
        do(event, board.duplicate_tile, tile="t0")
    with pytest.raises(board.BoardError, match="row 1 is full"):
        do(event, board.move_tile, tile="more", row=0, place=0)
    do(event, board.move_tile, tile="t0", row=0, place=19)


def test_a_board_takes_50_rows() -> None:
    event = an_event(board=many_tiles(50, 1))
    for operation in (board.add_row, board.duplicate_row):
        with pytest.raises(board.BoardError, match="at most 50 rows"):
            do(event, operation, row=0)


def test_a_board_takes_400_tiles() -> None:
    event = an_event(board=many_tiles(21, 19))
    with pytest.raises(board.BoardError, match="at most 400 tiles"):
        do(event, board.duplicate_row, row=0)


def test_a_board_takes_20_000_points() -> None:
    event = an_event(board=many_tiles(10, 2, points=1000))
    for operation, arguments in ((board.duplicate_tile, {"tile": "t0-0"}), (board.duplicate_row, {"row": 0})):
        with pytest.raises(board.BoardError, match="at most 20,000 points"):
            do(event, operation, **arguments)


def test_a_board_that_breaks_a_limit_may_still_shrink() -> None:
    event = a_board("ab", "c")
    Tile.objects.filter(key="a").update(name="two\nlines")
    do(event, board.delete_tile, tile="a")
    assert rows_of(event) == [["b"], ["c"]]


@pytest.mark.parametrize(
    ("key", "taken", "free"),
    [
        ("boss", {"boss"}, "boss-2"),
        ("boss", {"boss", "boss-2"}, "boss-3"),
        ("raid-100", {"raid-100"}, "raid-101"),
        ("s1-r0", {"s1-r0"}, "s1-r0-2"),
        ("-7", {"-7"}, "-7-2"),
        ("k" * 80, {"k" * 80}, f"{'k' * 78}-2"),
    ],
)
def test_a_copy_has_the_next_free_key(key: str, taken: set[str], free: str) -> None:
    assert free_key(key, taken) == free


def test_a_large_board_is_rearranged_in_few_queries(django_assert_max_num_queries: Any) -> None:
    event = an_event(board=many_tiles(25, 4))
    with django_assert_max_num_queries(20):
        do(event, board.move_row, row=0, to=24)
    with django_assert_max_num_queries(30):
        do(event, board.duplicate_row, row=0)
    assert len(rows_of(event)) == 26
