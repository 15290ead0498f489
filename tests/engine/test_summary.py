"""Summaries merge in any order and grouping, and survive storage or say why not."""

import zlib
from collections.abc import Callable
from copy import deepcopy
from functools import reduce
from itertools import permutations

import numpy as np
import pytest

from simulations.engine import Engine, Summary, compile_event
from simulations.engine.layout import NO_MAX, NO_MIN
from simulations.engine.summary import HEADER, SUMMARY_FORMAT
from tests.engine.comparison import SEED, bundled, differing_fields, fields_of
from tests.engine.edge_cases import EDGE_CASES
from tests.engine.format_1 import summary_of_format_1
from tests.events.factories import a_race

COMPILED = compile_event(EDGE_CASES["every strategy"])
PARTS = [range(3), range(3, 40), range(40, 41), range(41, 60)]


def summary_of(part: range) -> Summary:
    return Engine(COMPILED, SEED).simulate(part.start, len(part)).summary


def merged(*summaries: Summary) -> Summary:
    """Return a new summary of several."""

    def add(total: Summary, other: Summary) -> Summary:
        total.merge(other)
        return total

    return reduce(add, summaries[1:], deepcopy(summaries[0]))


def are_equal(one: Summary, other: Summary) -> bool:
    return differing_fields(fields_of(one), fields_of(other)) == []


def test_merging_is_commutative() -> None:
    parts = [summary_of(part) for part in PARTS]
    whole = summary_of(range(60))
    assert all(are_equal(merged(*order), whole) for order in permutations(parts))


def test_merging_is_associative() -> None:
    a, b, c, d = (summary_of(part) for part in PARTS)
    assert are_equal(merged(merged(a, b), merged(c, d)), merged(a, merged(b, merged(c, d))))


def test_merging_leaves_the_other_as_it_was() -> None:
    one, other = summary_of(range(3)), summary_of(range(3, 9))
    one.merge(other)
    assert are_equal(other, summary_of(range(3, 9)))


def test_an_empty_summary_is_neutral() -> None:
    one = summary_of(range(5))
    assert are_equal(merged(one, Summary.empty(COMPILED)), one)
    assert are_equal(merged(Summary.empty(COMPILED), one), one)


def test_an_empty_summary_has_no_extremes() -> None:
    empty = Summary.empty(COMPILED)
    for name, array in empty.arrays.items():
        nothing = {"min": NO_MIN, "max": NO_MAX}.get(name.rpartition("_")[2], 0)
        assert (array == nothing).all(), name


def test_no_run_gives_the_empty_summary() -> None:
    assert are_equal(summary_of(range(7, 7)), Summary.empty(COMPILED))


def test_everything_is_a_whole_number() -> None:
    assert {array.dtype for array in summary_of(range(1)).arrays.values()} == {np.dtype(np.int64)}


def test_histograms_count_every_run() -> None:
    summary = summary_of(range(60))
    for name in ("points_hist", "tiles_hist", "row_hist", "margin_hist", "moment_hist"):
        assert (summary.arrays[name].sum(axis=-1) == 60).all(), name


def test_the_summer_event_has_moments_that_grow() -> None:
    compiled = compile_event(bundled("summer-clan-bingo"))
    summary = Engine(compiled, SEED).simulate(0, 2).summary
    assert (np.diff(summary.moment_sum, axis=1) >= 0).all()
    final = summary.points_hist @ np.arange(compiled.total_points + 1)
    assert summary.moment_sum[:, -1].tolist() == final.tolist()


# Storage.


def test_bytes_bring_everything_back() -> None:
    summary = summary_of(range(60))
    assert are_equal(Summary.from_bytes(summary.to_bytes(), COMPILED), summary)


def test_reading_a_summary_makes_no_arrays_of_its_event() -> None:
    fresh = compile_event(COMPILED.document)
    assert are_equal(Summary.from_bytes(summary_of(range(4)).to_bytes(), fresh), summary_of(range(4)))
    assert "event" not in vars(fresh)


def test_an_unpacked_summary_merges_on() -> None:
    unpacked = Summary.from_bytes(summary_of(range(40)).to_bytes(), COMPILED)
    unpacked.merge(summary_of(range(40, 60)))
    assert are_equal(unpacked, summary_of(range(60)))


def test_an_empty_summary_can_be_stored() -> None:
    empty = Summary.empty(COMPILED)
    assert are_equal(Summary.from_bytes(empty.to_bytes(), COMPILED), empty)


# Format 1 had no seconds in which boards were finished.


def test_a_summary_of_format_1_is_read_and_says_what_it_lacks() -> None:
    compiled = compile_event(a_race())
    found = Summary.from_bytes(summary_of_format_1(0, 40), compiled)
    fresh = Engine(compiled, SEED).simulate(0, 40).summary
    assert found.lacks_board_times
    assert not fresh.lacks_board_times
    fresh.forget_board_times()
    assert are_equal(found, fresh)


def test_what_a_merged_summary_lacks_survives_storage() -> None:
    compiled = compile_event(a_race())
    mixed = Engine(compiled, SEED).simulate(25, 15).summary
    mixed.merge(Summary.from_bytes(summary_of_format_1(0, 25), compiled))
    again = Summary.from_bytes(mixed.to_bytes(), compiled)
    assert again.lacks_board_times
    assert again.board_count.tolist() == [15, 5]
    assert again.tiles_hist[:, -1].tolist() == [40, 14]


def test_a_board_is_finished_with_its_last_tile() -> None:
    compiled = compile_event(a_race())
    for run in range(10):
        summary = Engine(compiled, SEED).simulate(run, 1).summary
        finished = summary.tile_count.all(axis=1)
        assert summary.board_count.tolist() == finished.tolist()
        assert summary.board_sum.tolist() == np.where(finished, summary.tile_sum.max(axis=1), 0).tolist()


def packed() -> bytes:
    return summary_of(range(2)).to_bytes()


def with_content(content: bytes) -> bytes:
    """Return a summary's header in front of other compressed content."""
    return packed()[: HEADER.size] + zlib.compress(content)


def content() -> bytes:
    return zlib.decompress(packed()[HEADER.size :])


def flip(content: bytes) -> bytes:
    """Return bytes that differ in the last bit: of the checksum, as others may not show."""
    return content[:-1] + bytes([content[-1] ^ 1])


DAMAGED: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "text": lambda: b"points: 12",
    "a header alone": lambda: packed()[: HEADER.size],
    "a half": lambda: packed()[: len(packed()) // 2],
    "without its end": lambda: packed()[:-1],
    "a flipped bit": lambda: flip(packed()),
    "without content": lambda: with_content(b""),
    "with other content": lambda: with_content(b"points: 12"),
    "without the last number": lambda: with_content(content()[:-8]),
    "with a number too many": lambda: with_content(content() + bytes(8)),
    "with half a number": lambda: with_content(content()[:-4]),
}


@pytest.mark.parametrize("kind", DAMAGED)
def test_damaged_bytes_are_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="summary"):
        Summary.from_bytes(DAMAGED[kind](), COMPILED)


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="version"):
        Summary.from_bytes(bytes([SUMMARY_FORMAT + 1, 0]) + packed()[2:], COMPILED)


def test_the_summary_of_another_event_is_refused() -> None:
    other = compile_event(EDGE_CASES["units from a range"])
    foreign = Engine(other, SEED).simulate(0, 3).summary.to_bytes()
    with pytest.raises(ValueError, match="another event"):
        Summary.from_bytes(foreign, COMPILED)


def test_an_unknown_array_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="winds"):
        _ = summary_of(range(1)).winds
