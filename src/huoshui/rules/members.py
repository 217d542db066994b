"""From bitmaps a rule to lists a firm: which rules a firm passes, and the first few by preference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huoshui.rules.layout import Layout

_ROWS = 65_536  # places at a time: place and rule share one 32-bit key, which sorts fastest
_BYTES = _ROWS // 8
_LOWEST = np.array([0] + [(each & -each).bit_length() - 1 for each in range(1, 256)], np.uint8)
MAX_RULES = 65_536


@dataclass(frozen=True, slots=True)
class Lists:
    """*numbers* of rules, firm after firm; firm i has those from *offsets*[i] to *offsets*[i + 1]."""

    offsets: NDArray[np.int32]
    numbers: NDArray[np.uint16]

    def first(self, most: int, preference: Sequence[int]) -> Lists:
        """Return each firm's first *most* rules in order of *preference* (rule numbers, best first)."""
        rank = np.empty(len(preference), np.uint32)
        rank[np.asarray(preference, np.int64)] = np.arange(len(preference), dtype=np.uint32)
        lengths = np.diff(self.offsets)
        taken = np.minimum(lengths, most)
        keys = np.repeat(np.arange(len(lengths), dtype=np.uint32) << np.uint32(16), lengths)
        keys |= np.take(rank, self.numbers)
        _sort_in_place(keys, len(lengths))
        offsets = _offsets(taken)
        chosen = np.empty(int(offsets[-1]), np.uint16)
        for place in range(most):
            has = np.flatnonzero(lengths > place)
            chosen[offsets[has] + place] = keys[self.offsets[has] + place]  # the lower half: the rank
        return Lists(offsets, np.take(np.asarray(preference, np.uint16), chosen))


def lists(bits: NDArray[np.uint64], where: Layout) -> Lists:
    """Return for each firm of the batch, in its order, the numbers of the rules whose bit it has, ascending.

    *bits*: uint64[rules, words]. At most 65,536 rules and as many firms a batch.
    """
    keys = _keys(bits.view(np.uint8))
    if where.place is not None:
        firm = where.firm_at() << np.uint32(16)
        keys = firm[keys >> np.uint64(16)] | (keys & np.uint64(0xFFFF)).astype(np.uint32)
    keys.sort()
    return Lists(_offsets(_lengths(keys >> np.uint32(16), where.rows)), keys.astype(np.uint16))


def _keys(octets: NDArray[np.uint8]) -> NDArray[Any]:
    """Return place × 65,536 + rule for every bit that is set, in 32 bits where all places fit."""
    width = octets.shape[1]
    kind: Any = np.uint32 if width <= _BYTES else np.uint64
    shift = max(width - 1, 0).bit_length()
    if width != 1 << shift:
        octets = np.pad(octets, ((0, 0), (0, (1 << shift) - width)))
    flat = octets.reshape(-1)
    at = np.flatnonzero(flat != 0)
    octet, place = flat[at], at.astype(kind)
    keys = place & kind((1 << shift) - 1)
    keys <<= kind(19)
    place >>= kind(shift)
    keys |= place
    return _bit_by_bit(octet, keys, _LOWEST.astype(kind) << kind(16))


def _bit_by_bit(octet: NDArray[np.uint8], first: NDArray[Any], lowest: NDArray[Any]) -> NDArray[Any]:
    """Return the key of each bit of each octet, which is that of its *first* place and as many further as the bit."""
    found = []
    while len(octet):
        found.append(first + np.take(lowest, octet))
        octet = octet & (octet - np.uint8(1))
        left = np.flatnonzero(octet != 0)
        octet, first = octet[left], first[left]
    return np.concatenate(found) if found else first


def _lengths(firms: NDArray[np.uint32], rows: int) -> NDArray[np.int64]:
    """Return how often each firm stands in *firms*, which is sorted."""
    lengths = np.zeros(rows, np.int64)
    if len(firms):
        last = np.append(np.flatnonzero(firms[1:] != firms[:-1]), len(firms) - 1)
        lengths[firms[last]] = np.diff(last, prepend=-1)
    return lengths


def _sort_in_place(keys: NDArray[np.uint32], firms: int) -> None:
    assert firms <= _ROWS, "a batch's firms must fit into a key's upper half"
    keys.sort()


def _offsets(lengths: NDArray[np.integer]) -> NDArray[np.int32]:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
