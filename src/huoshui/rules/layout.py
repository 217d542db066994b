"""Where a batch's firms stand in its bitmaps: by district, each district padded to whole 64-bit words.

So a count by district is a sum over words. Firms that come in district order keep it, and their place within its word,
so that bits are copied by the byte; others are grouped.
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
_SHORT = 512  # rows; firms whose districts change more often than this on average are grouped


@dataclass(frozen=True, slots=True)
class Layout:
    """*rows* firms in *width* places. *districts*: of each stretch (None = unknown); *words*: first word of each.

    *runs*: (first firm, end, first place) where firms keep their order, else empty. *place*: int64[rows], the place of
    each firm. *present*: bits of the places that hold a firm.
    """

    rows: int
    width: int
    districts: tuple[str | None, ...]
    words: NDArray[np.int64]
    sizes: NDArray[np.int64]
    runs: tuple[tuple[int, int, int], ...]
    place: NDArray[np.int64]
    present: Bytes

    def spread(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return *values* (one a firm, in the batch's order) at their places; other places hold zero."""
        out = np.zeros(self.width, values.dtype)
        if not self.runs:
            out[self.place] = values
        for start, stop, at in self.runs:
            out[at : at + stop - start] = values[start:stop]
        return out

    def bits(self, flags: NDArray[np.bool_]) -> Bytes:
        """Return *flags* (one a firm) as bits at their places."""
        packed: Bytes = np.packbits(self.spread(flags), bitorder="little")
        return packed

    def arrow_bits(self, flags: pa.BooleanArray) -> Bytes:
        """Return *flags* (one a firm, no null) as bits at their places; whole bytes are copied where they align."""
        if flags.offset % 8 or not self.runs:
            return self.bits(flags.to_numpy(zero_copy_only=False))
        octets = np.frombuffer(flags.buffers()[1], np.uint8)[flags.offset // 8 :]
        out = np.zeros(self.width // 8, np.uint8)
        for start, stop, at in self.runs:
            first, end = start // 8, -(-stop // 8)
            out[at // 8 : at // 8 + end - first] |= octets[first:end]
        out &= self.present
        return out

    def firm_at(self) -> NDArray[np.uint32]:
        """Return for each place the number of its firm in the batch; 0 where there is none."""
        at = np.zeros(self.width, np.uint32)
        at[self.place] = np.arange(self.rows, dtype=np.uint32)
        return at


def layout(districts: pa.Array) -> Layout:
    """Return the layout of a batch whose firms are in *districts* (text or dictionary; null = unknown)."""
    names, ranks = ranked(districts)
    ranks = np.where(np.asarray(pc.is_valid(districts)), ranks, len(names)).astype(np.int64)
    order: NDArray[np.int64] | None = None
    starts = _starts(ranks)
    if len(starts) > len(names) + 1 and len(starts) * _SHORT > len(ranks):
        order = np.argsort(ranks, kind="stable")
        ranks = ranks[order]
        starts = _starts(ranks)
    return _laid_out(ranks, starts, (*names, None), order)


def ranked(column: pa.Array) -> tuple[list[str], NDArray[Any]]:
    """Return the distinct names of *column* in order and the rank of each row's (any rank where it is null), in the
    narrowest unsigned type that holds them."""
    if not pa.types.is_dictionary(column.type) or column.dictionary.null_count:
        column = column.cast(pa.string()).dictionary_encode()
    written = column.dictionary.to_pylist()
    names = sorted(set(written))
    rank = {name: at for at, name in enumerate(names)}
    table = np.array([rank[name] for name in written] or [0], np.min_scalar_type(max(len(names), 1)))
    indices = column.indices.fill_null(0) if column.indices.null_count else column.indices
    return names, table[indices.to_numpy(zero_copy_only=False)]


def _starts(ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    if not len(ranks):
        return np.zeros(0, np.int64)
    return np.concatenate([[0], np.flatnonzero(ranks[1:] != ranks[:-1]) + 1])


def _laid_out(
    ranks: NDArray[np.int64], starts: NDArray[np.int64], names: tuple[str | None, ...], order: NDArray[np.int64] | None
) -> Layout:
    rows = len(ranks)
    sizes = np.diff(np.append(starts, rows))
    lead = starts % _WORD if order is None else np.zeros_like(starts)
    words = np.concatenate([[0], np.cumsum(-(-(lead + sizes) // _WORD))]).astype(np.int64)
    first = words[:-1] * _WORD + lead
    place = np.arange(rows, dtype=np.int64) + np.repeat(first - starts, sizes)
    width = int(words[-1]) * _WORD
    present = np.zeros(width, np.bool_)
    present[place] = True
    if order is not None:
        sorted_place, place = place, np.empty(rows, np.int64)
        place[order] = sorted_place
    stretches = zip(starts.tolist(), (starts + sizes).tolist(), first.tolist(), strict=True)
    runs = tuple(stretches) if order is None else ()
    districts = tuple(names[rank] for rank in ranks[starts])
    return Layout(rows, width, districts, words[:-1], sizes, runs, place, np.packbits(present, bitorder="little"))
