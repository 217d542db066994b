"""Where a batch's firms stand in its bitmaps, so that a count by district is a sum over words.

Firms that come in district order keep their places: firm i is bit i, and Arrow's own buffers serve as they are. Others
are grouped by district, each district padded to whole 64-bit words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint64]

_WORD = 64
FEW = 32  # names; up to here they may stand in any order
_SHORT = 512  # rows; firms whose districts change more often than this on average are grouped


@dataclass(frozen=True, slots=True)
class Layout:
    """*rows* firms in *width* places. *districts*: of each stretch (None = unknown); *first*: first place of each.

    *place*: int64[rows], the place of each firm; None where firm i stands at place i. *present*: bits of the places that
    hold a firm.
    """

    rows: int
    width: int
    districts: tuple[str | None, ...]
    first: NDArray[np.int64]
    sizes: NDArray[np.int64]
    place: NDArray[np.int64] | None
    present: Bytes

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return *values* (one a firm, in the batch's order) in the order of places; other places hold zero."""
        if self.place is None:
            return values
        out = np.zeros(self.width, values.dtype)
        out[self.place] = values
        return out

    def packed(self, flags: NDArray[np.bool_]) -> Bytes:
        """Return *flags* (in the order of places) as bits."""
        bits: Bytes = np.packbits(flags, bitorder="little")
        return bits if len(bits) == self.width // 8 else self._padded(bits)

    def bits(self, flags: NDArray[np.bool_]) -> Bytes:
        """Return *flags* (one a firm) as bits at their places."""
        return self.packed(self.spread(flags))

    def arrow_bits(self, flags: pa.Buffer, offset: int) -> Bytes:
        """Return Arrow's packed *flags* (one a firm, from bit *offset*) as bits at their places."""
        octets = np.frombuffer(flags, np.uint8)
        if offset % 8 or self.place is not None:
            loose = np.unpackbits(octets[offset // 8 :], count=offset % 8 + self.rows, bitorder="little")[offset % 8 :]
            return self.bits(loose.view(np.bool_))
        own = octets[offset // 8 : offset // 8 + -(-self.rows // 8)]
        return self._padded(own) & self.present if self.rows % _WORD else own

    def per_stretch(self, bits: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Return int64[rows of *bits*, stretches]: how many bits each stretch has in each row of uint64[n, words]."""
        if not len(self.first):
            return np.zeros((len(bits), 0), np.int64)
        word, lead = np.divmod(self.first, _WORD)
        after = np.append(word[1:], self.width // _WORD)
        whole = np.add.reduceat(np.bitwise_count(bits), word, axis=1, dtype=np.int64)
        whole[:, word == after] = 0  # a stretch that ends in the word where it starts has no word of its own
        # the word in which a stretch starts also ends the one before
        before = np.bitwise_count(bits[:, word] & ((np.uint64(1) << lead.astype(np.uint64)) - np.uint64(1)))
        whole -= before
        whole[:, :-1] += before[:, 1:]
        return whole

    def _padded(self, bits: Bytes) -> Bytes:
        out = np.zeros(self.width // 8, np.uint8)
        out[: len(bits)] = bits
        return out

    def firm_at(self) -> NDArray[np.uint32]:
        """Return for each place the number of its firm in the batch; where there is none, any number."""
        if self.place is None:
            return np.arange(self.width, dtype=np.uint32)
        at = np.zeros(self.width, np.uint32)
        at[self.place] = np.arange(self.rows, dtype=np.uint32)
        return at


def layout(districts: pa.Array) -> Layout:
    """Return the layout of a batch whose firms are in *districts* (text or dictionary; null = unknown)."""
    names, ranks = ranked(districts)
    valid = pc.is_valid(districts)
    if valid.true_count < len(valid):
        ranks = np.where(np.asarray(valid), ranks, ranks.dtype.type(len(names)))
    starts = _starts(ranks)
    if len(starts) > len(names) + 1 and len(starts) * _SHORT > len(ranks):
        return _grouped(ranks, (*names, None))
    rows = len(ranks)
    named = tuple((*names, None)[rank] for rank in ranks[starts])
    width = -(-rows // _WORD) * _WORD
    present = np.zeros(width // 8, np.uint8)
    present[: rows // 8] = 0xFF
    if rows % 8:
        present[rows // 8] = (1 << rows % 8) - 1
    return Layout(rows, width, named, starts, np.diff(np.append(starts, rows)), None, present)


def ranked(column: pa.Array) -> tuple[list[str], NDArray[Any]]:
    """Return the distinct names of *column* and the rank of each row's (where it is null, whatever number), in the
    narrowest unsigned type that holds them. More than FEW names come in order."""
    if not pa.types.is_dictionary(column.type) or column.dictionary.null_count:
        column = column.cast(pa.string()).dictionary_encode()
    written = column.dictionary.to_pylist()
    names = sorted(set(written))
    narrow = np.min_scalar_type(max(len(names), 1))
    if written == names or len(written) == len(names) <= FEW:
        return written, _stored(column.indices).astype(narrow)
    rank = {name: at for at, name in enumerate(names)}
    table = np.array([rank[name] for name in written] or [0], narrow)
    return names, np.take(table, _stored(column.indices), mode="clip")  # where a row is null, anything is stored


def _stored(indices: pa.Array) -> NDArray[Any]:
    kind = np.dtype(indices.type.to_pandas_dtype())
    if not len(indices):
        return np.zeros(0, kind)
    return np.frombuffer(indices.buffers()[1], kind)[indices.offset : indices.offset + len(indices)]


def _starts(ranks: NDArray[Any]) -> NDArray[np.int64]:
    if not len(ranks):
        return np.zeros(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(ranks[1:] != ranks[:-1]) + 1])


def _grouped(ranks: NDArray[Any], names: tuple[str | None, ...]) -> Layout:
    order = np.argsort(ranks, kind="stable")
    starts = _starts(ranks[order])
    rows = len(ranks)
    sizes = np.diff(np.append(starts, rows))
    first = np.concatenate([[0], np.cumsum(-(-sizes // _WORD) * _WORD)]).astype(np.int64)
    width = int(first[-1])
    place = np.empty(rows, np.int64)
    place[order] = np.arange(rows, dtype=np.int64) + np.repeat(first[:-1] - starts, sizes)
    present = np.zeros(width, np.bool_)
    present[place] = True
    named = tuple(names[rank] for rank in ranks[order][starts])
    return Layout(rows, width, named, first[:-1], sizes, place, np.packbits(present, bitorder="little"))
