"""Tables of arrays that compiled code takes as one pointer.

Numba hands a named tuple of arrays over as one argument for every pointer, length and stride of each: for the world more than a
thousand to each function and call, and to write them all down took most of the time to compile the model. A class marked `by_reference`
goes as the address of a few numbers instead, where each array lies and how long it is; compiled code looks up those that it reads.
"""

import hashlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
from llvmlite import ir
from numba import typeof, types
from numba.core import cgutils
from numba.core.datamodel import PrimitiveModel, register_default
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, lower_getattr_generic, typeof_impl, unbox
from numba.np.arrayobj import make_array, populate_array

_NUMBER = ir.IntType(64)


class TableType(types.Type):
    """Numba's type of a table: its fields in their order, each with the place of its first number."""

    def __init__(self, name: str, fields: dict[str, types.Type]):
        """Take the class's name, and the types of the fields: C-contiguous arrays, int64 or tables."""
        self.fields, self.places, self.size = fields, {}, 0
        for field, kind in fields.items():
            self.places[field] = self.size
            self.size += kind.size if isinstance(kind, TableType) else 1 + getattr(kind, "ndim", 0)
        layout = hashlib.blake2b(repr(fields).encode(), digest_size=8).hexdigest()
        super().__init__(f"{name}.{layout}")  # short: it is a part of each compiled function's name


def _leaves(table: Any) -> Iterator[Any]:
    """Yield the arrays and ints of a table and of the tables in it, in their order."""
    for value in table:
        if isinstance(value, tuple):
            yield from _leaves(value)
        else:
            yield value


class _Written:
    """What compiled code is to know of one table: of each array its address and its shape, of an int itself."""

    def __init__(self, table: Any):
        self.arrays = [leaf for leaf in _leaves(table) if isinstance(leaf, np.ndarray)]  # held twice, they refuse to be resized
        each = ((leaf.ctypes.data, *leaf.shape) if isinstance(leaf, np.ndarray) else (leaf,) for leaf in _leaves(table))
        self.numbers = np.fromiter(chain.from_iterable(each), np.int64)
        self.address = self.numbers.ctypes.data


def by_reference(table: type) -> Any:
    """Return a NamedTuple class (C-contiguous arrays, ints, other such classes) that compiled code takes as one pointer.

    The pointer holds as long as the instance does, and what it leads to is of that instance: `_replace`, copies and pickles make others.
    Compiled code must not return such an array to Python, for which nobody would keep it.
    """

    def address(self) -> int:
        # Threads may come here at once: all must get the address of the one that stays.
        return (self.__dict__.get("written") or self.__dict__.setdefault("written", _Written(self))).address

    def without_addresses(self) -> None:
        """Return no state besides the fields: a copy's arrays lie elsewhere."""

    members = {"__doc__": table.__doc__, "__module__": table.__module__, "__getstate__": without_addresses, "address": property(address)}
    referred = type(table.__name__, (table,), members)
    typeof_impl.register(referred)(_type_of)
    return referred


def _type_of(table, _) -> TableType:
    fields = {name: typeof(value) for name, value in table._asdict().items()}
    for name, kind in fields.items():
        if not (isinstance(kind, TableType) or kind == types.int64 or (isinstance(kind, types.Array) and kind.layout == "C")):
            raise TypeError(f"{type(table).__name__}.{name} is {kind}: a table holds C-contiguous arrays, ints and tables only")
    return TableType(type(table).__name__, fields)


@register_default(TableType)
class _Pointer(PrimitiveModel):
    def __init__(self, manager, kind):
        super().__init__(manager, kind, _NUMBER.as_pointer())


@unbox(TableType)
def _address_of(kind, table, c):
    address, number = c.pyapi.object_getattr_string(table, "address"), cgutils.alloca_once_value(c.builder, _NUMBER(0))
    failed = cgutils.is_null(c.builder, address)
    with c.builder.if_then(c.builder.not_(failed)):
        c.builder.store(c.pyapi.long_as_longlong(address), number)
        c.pyapi.decref(address)
    return NativeValue(c.builder.inttoptr(c.builder.load(number), _NUMBER.as_pointer()), is_error=failed)


@infer_getattr
class _Fields(AttributeTemplate):
    key = TableType

    def generic_resolve(self, table, name):
        return table.fields.get(name)


@lower_getattr_generic(TableType)
def _field(context, builder, kind, table, name):
    """Look up a field. An array is without an owner to count references for: whoever called holds the table, and so the array."""
    field, place = kind.fields[name], kind.places[name]
    if isinstance(field, TableType):
        return builder.gep(table, [_NUMBER(place)], inbounds=True)
    number = _look_up(builder, table, place)
    if not isinstance(field, types.Array):
        return number
    shape = [_look_up(builder, table, place + 1 + axis) for axis in range(field.ndim)]
    itemsize = context.get_abi_sizeof(context.get_data_type(field.dtype))
    strides = [_NUMBER(itemsize)]
    for length in reversed(shape[1:]):
        strides.insert(0, builder.mul(strides[0], length))
    array = make_array(field)(context, builder)
    data = builder.inttoptr(number, context.get_data_type(field.dtype).as_pointer())
    populate_array(array, data, shape, strides, itemsize, None)
    return array._getvalue()


def _look_up(builder, table, place):
    """Read a number. No loop writes one, so that LLVM may read it once and keep it whatever else is stored."""
    number = builder.load(builder.gep(table, [_NUMBER(place)], inbounds=True))
    number.set_metadata("invariant.load", builder.module.add_metadata([]))
    return number
