"""A batch's columns as an atom reads them: which firms are known, and which of them satisfy it, as packed bits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from huoshui.rules.facts import Fact, Kind
from huoshui.rules.firm import COMPARE
from huoshui.rules.layout import FEW, Bytes, Layout, ranked
from huoshui.rules.spans import Span, outside, spans
from huoshui.rules.tree import PRESENCE, Atom

_MANY = 8  # runs of names; beyond, looking each row up beats comparing


class Column(Protocol):
    """*known*: bits of the firms whose value is known."""

    known: Bytes

    def satisfied(self, question: Question) -> Bytes:
        """Return the bits of firms whose value satisfies the question's atom; bits of unknown firms mean nothing."""


class Question:
    """An atom with its intervals, worked out once and asked of every batch."""

    def __init__(self, atom: Atom, as_of: dt.date) -> None:
        self.atom = atom
        self.outside = outside(atom)
        self._names: list[str] = []
        self._accepted: tuple[NDArray[np.bool_], tuple[Span, ...]] | None = None
        self._spans = {whole: spans(atom, as_of=as_of, whole=whole) for whole in self._storages()}

    def spans(self, values: NDArray[Any]) -> tuple[Span, ...]:
        """Return the intervals as *values* are stored."""
        return self._spans[values.dtype.kind != "f"]

    def accepted(self, names: list[str]) -> tuple[NDArray[np.bool_], tuple[Span, ...]]:
        """Return which of *names* the atom accepts, and the same as runs of ranks; batches mostly share their names."""
        if self._accepted is None or names != self._names:
            holds, wanted = COMPARE[self.atom.op], self.atom.value
            accepted = np.array([holds(each, wanted) for each in names] or [False], np.bool_)
            edges = np.flatnonzero(np.diff(np.concatenate([[False], accepted, [False]]))).tolist()
            runs = tuple((start, stop - 1) for start, stop in zip(edges[::2], edges[1::2], strict=True))
            self._names, self._accepted = names, (accepted, runs)
        return self._accepted

    def _storages(self) -> tuple[bool, ...]:
        if self.atom.op in PRESENCE or self.atom.fact.kind not in (Kind.MONEY, Kind.NUMBER, Kind.DATE):
            return ()
        return (True, False) if self.atom.fact.kind is Kind.NUMBER else (True,)


class Ordered:
    """Money, numbers and dates."""

    def __init__(self, array: pa.Array, layout: Layout) -> None:
        self.known = _known(array, layout)
        values = _values(array)
        if values.dtype.kind == "f":
            self.known = self.known & layout.bits(~np.isnan(values))
        self.values: NDArray[Any] = layout.spread(values)
        self._layout = layout

    def satisfied(self, question: Question) -> Bytes:
        """Return the bits of firms whose value lies in the atom's intervals."""
        bits = _within(self.values, question.spans(self.values), self._layout)
        return ~bits if question.outside else bits


class Named:
    """Codes, grades and texts: each value is its rank among the batch's distinct names. Where there are few, each has
    bits of its own, made when first asked for, and an atom joins them."""

    def __init__(self, array: pa.Array, layout: Layout) -> None:
        self.names, ranks = ranked(array)
        self.known = _known(array, layout)
        self.ranks = layout.spread(ranks)
        self._layout = layout
        self._bits: dict[int, Bytes] = {}

    def satisfied(self, question: Question) -> Bytes:
        """Return the bits of firms whose name the atom accepts."""
        accepted, runs = question.accepted(self.names)
        if len(self.names) <= FEW:
            return self._joined(np.flatnonzero(accepted).tolist())
        if len(runs) > _MANY:
            return self._layout.packed(np.take(accepted, self.ranks, mode="clip"))
        return _within(self.ranks, runs, self._layout)

    def _joined(self, ranks: list[int]) -> Bytes:
        found = np.zeros(self._layout.width // 8, np.uint8)
        for rank in ranks:
            if rank not in self._bits:
                self._bits[rank] = self._layout.packed(self.ranks == rank)
            np.bitwise_or(found, self._bits[rank], found)
        return found


class Flag:
    """Yes or no."""

    def __init__(self, array: pa.Array, layout: Layout) -> None:
        self.known = _known(array, layout)
        self.bits = layout.arrow_bits(array.buffers()[1], array.offset) if len(array) else self.known

    def satisfied(self, question: Question) -> Bytes:
        """Return the bits of firms whose flag is the wanted one."""
        return self.bits if question.atom.value == (question.atom.op == "=") else ~self.bits


class Labels:
    """Sets of labels: the bits of each label, made when first asked for."""

    def __init__(self, array: pa.Array, layout: Layout) -> None:
        self.known = _known(array, layout)
        self._layout = layout
        labels = pc.list_flatten(array)
        self._names, self._ranks = ranked(labels)
        self._firms = pc.list_parent_indices(array).to_numpy(zero_copy_only=False)
        if labels.null_count:
            valid = np.asarray(pc.is_valid(labels))
            self._firms, self._ranks = self._firms[valid], self._ranks[valid]

    def satisfied(self, question: Question) -> Bytes:
        """Return the bits of firms that carry the label."""
        carried = np.zeros(self._layout.rows, np.bool_)
        if question.atom.value in self._names:
            carried[self._firms[self._ranks == self._names.index(question.atom.value)]] = True
        return self._layout.bits(carried)


_READ: dict[Kind, Any] = {
    Kind.MONEY: Ordered,
    Kind.NUMBER: Ordered,
    Kind.DATE: Ordered,
    Kind.CODE: Named,
    Kind.GRADE: Named,
    Kind.TEXT: Named,
    Kind.FLAG: Flag,
    Kind.LABELS: Labels,
}


def column(fact: Fact, array: pa.Array, layout: Layout) -> Column:
    """Return a batch's *array* of *fact* ready for atoms; its type is one that ``accepts`` lets in."""
    if pa.types.is_null(array.type):
        array = array.cast(_EMPTY[fact.kind])
    read: Column = _READ[fact.kind](array, layout)
    return read


def accepts(fact: Fact, found: pa.DataType) -> bool:
    """Return whether a column of type *found* can hold *fact*; an all-null column without a type always can."""
    return bool(pa.types.is_null(found) or any(test(found) for test in _TYPES[fact.kind]))


def _is_text(found: pa.DataType) -> bool:
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def _is_name(found: pa.DataType) -> bool:
    return _is_text(found.value_type if pa.types.is_dictionary(found) else found)


def _is_list(found: pa.DataType) -> bool:
    return bool((pa.types.is_list(found) or pa.types.is_large_list(found)) and _is_name(found.value_type))


def _is_whole(found: pa.DataType) -> bool:
    return bool(pa.types.is_integer(found) and found != pa.uint64())


def _is_float(found: pa.DataType) -> bool:
    return found in (pa.float32(), pa.float64())


_TYPES: dict[Kind, tuple[Any, ...]] = {
    Kind.MONEY: (_is_whole,),
    Kind.NUMBER: (_is_whole, _is_float),
    Kind.DATE: (pa.types.is_date32,),
    Kind.CODE: (_is_name,),
    Kind.GRADE: (_is_name,),
    Kind.TEXT: (_is_name,),
    Kind.FLAG: (pa.types.is_boolean,),
    Kind.LABELS: (_is_list,),
}
_EMPTY: dict[Kind, pa.DataType] = {
    Kind.MONEY: pa.int64(),
    Kind.NUMBER: pa.int64(),
    Kind.DATE: pa.date32(),
    Kind.CODE: pa.string(),
    Kind.GRADE: pa.string(),
    Kind.TEXT: pa.string(),
    Kind.FLAG: pa.bool_(),
    Kind.LABELS: pa.list_(pa.string()),
}
EXPECTED: dict[Kind, str] = {
    Kind.MONEY: "int64 (fen)",
    Kind.NUMBER: "int or float",
    Kind.DATE: "date32",
    Kind.CODE: "string",
    Kind.GRADE: "string",
    Kind.TEXT: "string",
    Kind.FLAG: "bool",
    Kind.LABELS: "list of strings",
}


def _known(array: pa.Array, layout: Layout) -> Bytes:
    if not array.null_count and not _names_may_be_null(array):
        return layout.present.copy()
    if not _names_may_be_null(array) and array.buffers()[0] is not None:
        return layout.arrow_bits(array.buffers()[0], array.offset)
    valid = pc.is_valid(array)
    return layout.arrow_bits(valid.buffers()[1], valid.offset)


def _names_may_be_null(array: pa.Array) -> bool:
    return bool(pa.types.is_dictionary(array.type) and array.dictionary.null_count)


def _values(array: pa.Array) -> NDArray[Any]:
    """Return the stored values without a copy; where a value is null, whatever lies there."""
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    if pa.types.is_integer(array.type) and array.type not in (pa.int64(), pa.int32()):
        array = array.cast(pa.int64())
    width = array.type.bit_width // 8
    if not len(array):
        return np.zeros(0, np.dtype(array.type.to_pandas_dtype()))
    whole = np.frombuffer(array.buffers()[1], np.dtype(array.type.to_pandas_dtype()))
    values = whole[array.offset : array.offset + len(array)]
    return values.astype(np.float64) if width == 4 and values.dtype.kind == "f" else values


_LIMITS = {
    np.dtype(kind): (int(np.iinfo(kind).min), int(np.iinfo(kind).max))
    for kind in (np.uint8, np.uint16, np.uint32, np.int32, np.int64)
}


def _within(values: NDArray[Any], wanted: Iterable[Span], layout: Layout) -> Bytes:
    found: NDArray[np.bool_] | None = None
    for low, high in wanted:
        holds = _between(values, low, high)
        found = holds if found is None else np.logical_or(found, holds, out=found)
    return np.zeros(layout.width // 8, np.uint8) if found is None else layout.packed(found)


def _between(values: NDArray[Any], low: Any, high: Any) -> NDArray[np.bool_]:
    if values.dtype.kind != "f":
        least, most = _LIMITS[values.dtype]
        if (low is not None and low > most) or (high is not None and high < least):
            return np.zeros(len(values), np.bool_)
        low = None if low is None or low <= least else low
        high = None if high is None or high >= most else high
    found: NDArray[np.bool_]
    if low is not None and high is not None:
        found = values == low if low == high else (values >= low) & (values <= high)
    elif low is not None:
        found = values >= low
    else:
        found = values <= high if high is not None else np.ones(len(values), np.bool_)
    return found
