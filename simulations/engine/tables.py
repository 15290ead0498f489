"""Packs inside a kernel: ``pack.field`` is a `TableType`.

That is indexing without the check for negative positions that numba's arrays make at every
access, and nothing else but ``len`` and rows.
"""

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
from numba.extending import (
    infer_getattr,
    intrinsic,
    lower_builtin,
    lower_getattr_generic,
    models,
    register_model,
)
from numba.np.numpy_support import from_dtype

from .packs import Layout
from .steps import step

WORD = ir.IntType(64)


class PackType(types.Type):
    """numba's type of a pack."""

    def __init__(self, layout: Layout):
        self.tables: dict[str, TableType] = {}
        self.words: dict[str, int] = {}
        position = 0
        for name, field in layout.fields.items():
            self.tables[name] = TableType(
                from_dtype(np.dtype(field.dtype)), field.n_axes, field.columns or 0, layout.constant
            )
            self.words[name] = position
            position += 1 + field.n_axes
        super().__init__(name=f"Pack({layout.name})")


class TableType(types.Type):
    """A contiguous array of a pack: ``columns`` is 0 where their number is known at run time."""

    def __init__(self, dtype: types.Type, n_axes: int, columns: int, constant: bool):
        self.dtype, self.n_axes, self.columns, self.constant = dtype, n_axes, columns, constant
        super().__init__(name=f"Table({dtype}, {n_axes}, {columns}, {constant})")

    @property
    def row_type(self) -> "TableType":
        return TableType(self.dtype, 1, 0, self.constant)


def pack_at(layout: Layout) -> Any:
    """Return the function that turns the address of a pack of this layout into the pack, in a kernel."""
    pack_type = PackType(layout)

    @intrinsic
    def at(typing_context, address):
        def generate(context, builder, signature, args):
            return builder.inttoptr(args[0], context.get_value_type(pack_type))

        return pack_type(types.int64), generate

    return at


register_model(PackType)(models.OpaqueModel)


@register_model(TableType)
class TableModel(models.StructModel):
    """Where a table's items are, how many rows it has and how many items a row."""

    def __init__(self, manager, table_type):
        members = [
            ("data", types.CPointer(table_type.dtype)),
            ("length", types.int64),
            ("width", types.int64),
        ]
        super().__init__(manager, table_type, members)


@infer_getattr
class PackAttributes(AttributeTemplate):
    """Types the attributes of a pack."""

    key = PackType

    def generic_resolve(self, pack_type: PackType, name: str) -> TableType | None:
        return pack_type.tables.get(name)


@lower_getattr_generic(PackType)
def load_table(context, builder, pack_type, pointer, name):
    """Describe a table from the words of its pack, which never change while a kernel runs."""
    table_type, first = pack_type.tables[name], pack_type.words[name]
    words = builder.bitcast(pointer, WORD.as_pointer())

    def load(position: int) -> ir.Value:
        word = builder.load(builder.gep(words, [WORD(first + position)]))
        return mark_invariant(builder, word)

    table = cgutils.create_struct_proxy(table_type)(context, builder)
    table.data = builder.inttoptr(load(0), table.data.type)
    table.length = load(1)
    table.width = WORD(1)
    if table_type.n_axes == 2:
        table.width = WORD(table_type.columns) if table_type.columns else load(2)
    return table._getvalue()


def mark_invariant(builder: ir.IRBuilder, load: ir.Value) -> ir.Value:
    """Let the compiler assume that a loaded value is always the same."""
    load.set_metadata("invariant.load", builder.module.add_metadata([]))
    return load


PLACE = types.UniTuple(types.int64, 2)


def place_type(table_type: TableType, index: types.Type) -> types.Type | None:
    """Return the type that an index is converted to; None if it is no index of the table."""
    whole = (types.Integer, types.IntEnumMember)
    if isinstance(index, whole):
        return types.int64
    if table_type.n_axes == 2 and isinstance(index, types.BaseTuple) and len(index) == 2:
        return PLACE if all(isinstance(axis, whole) for axis in index) else None
    return None


@infer_global(operator.getitem)
class TableGetItem(AbstractTemplate):
    """Types ``table[i]``, ``table[i, j]`` and a row of a table."""

    def generic(self, args, keywords):
        table_type, index = args
        if isinstance(table_type, TableType) and (place := place_type(table_type, index)):
            is_row = table_type.n_axes == 2 and place is types.int64
            item = table_type.row_type if is_row else table_type.dtype
            return signature(item, table_type, place)
        return None


@infer_global(operator.setitem)
class TableSetItem(AbstractTemplate):
    """Types ``table[i] = item`` and ``table[i, j] = item``."""

    def generic(self, args, keywords):
        table_type, index, _ = args
        if isinstance(table_type, TableType) and (place := place_type(table_type, index)):
            return signature(types.void, table_type, place, table_type.dtype)
        return None


@infer_global(len)
class TableLen(AbstractTemplate):
    """Types ``len(table)``."""

    def generic(self, args, keywords):
        return signature(types.int64, *args) if isinstance(args[0], TableType) else None


def item_pointer(context, builder, table_type, table, index, index_type):
    """Return the address of an item, or of a row's first item."""
    proxy = cgutils.create_struct_proxy(table_type)(context, builder, value=table)
    if index_type is types.int64:
        position = builder.mul(index, proxy.width) if table_type.n_axes == 2 else index
    else:
        row, column = cgutils.unpack_tuple(builder, index)
        position = builder.add(builder.mul(row, proxy.width), column)
    return builder.gep(proxy.data, [position])


@lower_builtin(operator.getitem, TableType, types.Any)
def get_item(context, builder, call, args):
    """Load an item, or describe a row."""
    table_type, index_type = call.args
    pointer = item_pointer(context, builder, table_type, args[0], args[1], index_type)
    if isinstance(call.return_type, TableType):
        whole = cgutils.create_struct_proxy(table_type)(context, builder, value=args[0])
        row = cgutils.create_struct_proxy(call.return_type)(context, builder)
        row.data, row.length, row.width = pointer, whole.width, WORD(1)
        return row._getvalue()
    load = builder.load(pointer)
    if table_type.constant:
        mark_invariant(builder, load)
    return context.data_model_manager[table_type.dtype].from_data(builder, load)


@lower_builtin(operator.setitem, TableType, types.Any, types.Any)
def set_item(context, builder, call, args):
    """Store an item."""
    table_type, index_type, item_type = call.args
    pointer = item_pointer(context, builder, table_type, args[0], args[1], index_type)
    item = context.cast(builder, args[2], item_type, table_type.dtype)
    builder.store(context.data_model_manager[table_type.dtype].as_data(builder, item), pointer)


@lower_builtin(len, TableType)
def table_len(context, builder, call, args):
    """Return the number of rows."""
    proxy = cgutils.create_struct_proxy(call.args[0])(context, builder, value=args[0])
    return proxy.length


@step
def fill(table, item):
    """Set all items of a one-axis table or row."""
    for position in range(len(table)):
        table[position] = item
