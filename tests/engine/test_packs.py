"""Packs: kernels find in them what numpy put there, and refuse what they weren't compiled for."""

from enum import IntEnum

import numpy as np
import pytest

from simulations.engine.packs import Field, Layout
from simulations.engine.steps import step
from simulations.engine.tables import fill, pack_at


class Column(IntEnum):
    FIRST = 0
    LAST = 2


BOX = Layout(
    "Box",
    counts=Field(np.int64),
    table=Field(np.int64, 3),
    wide=Field(np.float64, 0),
    flags=Field(np.uint8),
)
box_at = pack_at(BOX)


def arrays() -> dict[str, np.ndarray]:
    return {
        "counts": np.arange(5),
        "table": np.arange(12).reshape(4, 3),
        "wide": np.arange(10, dtype=np.float64).reshape(2, 5) / 4,
        "flags": np.array([0, 255], dtype=np.uint8),
    }


@step
def read(address, out):  # type: ignore[no-untyped-def]
    box = box_at(address)
    out[0], out[1], out[2] = len(box.counts), len(box.table), len(box.wide)
    row = box.table[2]
    out[3], out[4] = box.counts[4], box.table[1, Column.LAST]
    out[5], out[6] = row[Column.FIRST], len(row)
    out[7], out[8], out[9] = box.wide[1, 3], len(box.wide[0]), box.flags[1]


@step
def write(address):  # type: ignore[no-untyped-def]
    box = box_at(address)
    box.counts[1] = 70
    box.table[3, Column.LAST] += 100
    fill(box.wide[1], 0.5)
    row = box.table[0]
    row[1] = -1
    box.flags[0] = 3


def test_kernels_read_what_numpy_holds() -> None:
    out = np.zeros(10)
    pack = BOX.pack(**arrays())
    read(pack.address, out)
    assert out.tolist() == [5, 4, 2, 4, 5, 6, 3, 2.0, 5, 255]


def test_numpy_reads_what_kernels_wrote() -> None:
    pack = BOX.pack(**arrays())
    write(pack.address)
    assert pack.counts.tolist() == [0, 70, 2, 3, 4]
    assert pack.table.tolist() == [[0, -1, 2], [3, 4, 5], [6, 7, 8], [9, 10, 111]]
    assert pack.wide.tolist() == [[0, 0.25, 0.5, 0.75, 1], [0.5] * 5]
    assert pack.flags.tolist() == [3, 255]


@pytest.mark.parametrize(
    "wrong",
    [
        {"counts": np.arange(5, dtype=np.int32)},
        {"counts": np.arange(10)[::2]},
        {"counts": np.zeros((2, 2), dtype=np.int64)},
        {"table": np.zeros((4, 4), dtype=np.int64)},
        {"table": np.zeros((3, 4), dtype=np.int64).T},
    ],
    ids=["dtype", "gaps", "axes", "columns", "order"],
)
def test_arrays_that_kernels_would_misread_are_refused(wrong: dict[str, np.ndarray]) -> None:
    with pytest.raises(TypeError, match=next(iter(wrong))):
        BOX.pack(**arrays() | wrong)


def test_a_missing_field_is_refused() -> None:
    partial = arrays()
    del partial["flags"]
    with pytest.raises(TypeError, match="flags"):
        BOX.pack(**partial)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match="more"):
        BOX.pack(**arrays(), more=np.arange(2))
