"""Packs: many arrays passed to kernel steps as one pointer.

numba passes a tuple of arrays by value, some seven words an array, copied at every call that is
not inlined; with sixty arrays that costs more than the steps themselves, in running and in
compiling. A pack is a stretch of words, pointer and shape of each array, and a step gets its
address. What it sees there is in `tables`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Field:
    """An array of a pack: its dtype, and its columns where it is a table (0: as many as it has)."""

    dtype: type[np.generic]
    columns: int | None = None

    @property
    def n_axes(self) -> int:
        return 1 if self.columns is None else 2

    def check(self, name: str, array: np.ndarray) -> np.ndarray:
        """Return the array; raises TypeError where it isn't what the kernels were compiled for."""
        fits = array.dtype == self.dtype and array.flags.c_contiguous
        if not fits or array.ndim != self.n_axes:
            raise TypeError(f"{name}: {array.dtype} array of shape {array.shape} doesn't fit")
        if self.columns and array.shape[1] != self.columns:
            raise TypeError(f"{name}: {array.shape[1]} columns instead of {self.columns}")
        return array


class Layout:
    """The fields of a kind of pack.

    ``constant``: kernels only read it, so that the compiler may keep what it has loaded.
    """

    def __init__(self, name: str, *, constant: bool = False, **fields: Field):
        self.name = name
        self.constant = constant
        self.fields: Mapping[str, Field] = fields

    def pack(self, **arrays: np.ndarray) -> "Pack":
        """Put arrays into a pack of this layout."""
        if arrays.keys() != self.fields.keys():
            raise TypeError(f"fields differ: {arrays.keys() ^ self.fields.keys()}")
        return Pack({name: field.check(name, arrays[name]) for name, field in self.fields.items()})


class Pack:
    """Arrays by name, and the address under which kernels find them as long as this lives."""

    def __init__(self, arrays: dict[str, np.ndarray]):
        self._arrays = arrays
        words = [word for array in arrays.values() for word in (array.ctypes.data, *array.shape)]
        self._words = np.array(words, dtype=np.int64)
        self.address = self._words.ctypes.data

    def __getattr__(self, name: str) -> np.ndarray:
        try:
            return self.__dict__["_arrays"][name]
        except KeyError:
            raise AttributeError(name) from None

    def __iter__(self) -> Iterator[tuple[str, np.ndarray]]:
        return iter(self._arrays.items())
