"""Packs: many arrays passed to kernel steps as one pointer.

numba passes a tuple of arrays by value, some seven words an array, copied at every call that is
not inlined; with sixty arrays that costs more than the steps themselves, in running and in
compiling. A pack is a block of words, pointer and shape of each array, and a step gets its
address. Inside a kernel ``pack.field`` is an ordinary array whose description is loaded as
invariant (the compiler may keep it in registers), with a fixed number of columns as a constant.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    models,
    register_model,
)
from numba.np.numpy_support import from_dtype



def step(*args: Any, **options: Any) -> Any:
    """Compile a kernel step: like `numba.njit`, without reference counts.

    Steps allocate nothing and own nothing, so there is nothing to count; whoever calls the
    kernel keeps the arrays alive.
    """
    return njit(*args, _nrt=False, **options)


@dataclass(frozen=True)
class Field:
    """An array of a pack: its dtype, and its columns where it is a table (0: as many as it has)."""

    dtype: type[np.generic]
    columns: int | None = None

    @property
    def array_type(self) -> types.Array:
        return types.Array(from_dtype(np.dtype(self.dtype)), 1 if self.columns is None else 2, "C")

    def check(self, name: str, array: np.ndarray) -> np.ndarray:
        """Return the array; raises TypeError where it isn't what the kernels were compiled for."""
        fits = array.dtype == self.dtype and array.flags.c_contiguous
        if not fits or array.ndim != self.array_type.ndim:
            raise TypeError(f"{name}: {array.dtype} array of shape {array.shape} doesn't fit")
        if self.columns and array.shape[1] != self.columns:
            raise TypeError(f"{name}: {array.shape[1]} columns instead of {self.columns}")
        return array


class Layout:
    """The fields of a kind of pack. ``at`` turns an address into the pack inside a kernel."""

    def __init__(self, name: str, **fields: Field):
        self.fields: Mapping[str, Field] = fields
        pack_type = PackType(name, fields)

        @intrinsic
        def at(typing_context, address):  # type: ignore[no-untyped-def]
            def generate(context, builder, signature, args):  # type: ignore[no-untyped-def]
                return builder.inttoptr(args[0], context.get_value_type(pack_type))

            return pack_type(types.int64), generate

        self.at = at

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


class PackType(types.Type):
    """numba's type of a pack."""

    def __init__(self, name: str, fields: Mapping[str, Field]):
        self.fields = dict(fields)
        self.words: dict[str, int] = {}
        position = 0
        for field_name, field in fields.items():
            self.words[field_name] = position
            position += 1 + field.array_type.ndim
        super().__init__(name=f"Pack({name})")


register_model(PackType)(models.OpaqueModel)


@infer_getattr
class PackAttributes(AttributeTemplate):
    """Types a pack's attributes."""

    key = PackType

    def generic_resolve(self, pack_type: PackType, name: str) -> types.Array | None:
        field = pack_type.fields.get(name)
        return field.array_type if field else None


@lower_getattr_generic(PackType)
def load_field(context, builder, pack_type, pointer, name):  # type: ignore[no-untyped-def]
    """Build an array's description from the words of a pack."""
    field, array_type = pack_type.fields[name], pack_type.fields[name].array_type
    first = pack_type.words[name]
    words = builder.bitcast(pointer, ir.IntType(64).as_pointer())
    invariant = builder.module.add_metadata([])

    def load(position: int) -> ir.Value:
        word = builder.load(builder.gep(words, [ir.Constant(ir.IntType(64), first + position)]))
        word.set_metadata("invariant.load", invariant)
        return word

    item_bytes = np.dtype(field.dtype).itemsize
    shape = [load(1 + axis) for axis in range(array_type.ndim)]
    if field.columns:
        shape[1] = ir.Constant(ir.IntType(64), field.columns)
    strides = [ir.Constant(ir.IntType(64), item_bytes)]
    if array_type.ndim == 2:
        strides.insert(0, builder.mul(shape[1], strides[0]))
    size = shape[0] if array_type.ndim == 1 else builder.mul(shape[0], shape[1])
    array = context.make_array(array_type)(context, builder)
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    array.nitems = size
    array.itemsize = ir.Constant(ir.IntType(64), item_bytes)
    array.data = builder.inttoptr(load(0), array.data.type)
    array.shape = cgutils.pack_array(builder, shape)
    array.strides = cgutils.pack_array(builder, strides)
    return array._getvalue()
