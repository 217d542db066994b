"""From bitmaps a rule to lists a firm: which rules a firm passes, and the first few by preference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from huoshui.rules.layout import Layout

_LOWEST = np.array([0] + [(each & -each).bit_length() - 1 for each in range(1, 256)], np.uint8)


@dataclass(frozen=True, slots=True)
class Lists:
    """*numbers* of rules, firm after firm; firm i has those from *offsets*[i] to *offsets*[i + 1]."""

    offsets: NDArray[np.int32]
    numbers: NDArray[np.uint16]

    def first(self, most: int, preference: Sequence[int]) -> Lists:
        """Return each firm's first *most* rules in order of *preference* (rule numbers, best first)."""
        lengths, shift = np.diff(self.offsets), _bits_of(len(preference))
        rank = np.empty(len(preference), _narrow(len(lengths), shift))
        rank[np.asarray(preference, np.int64)] = np.arange(len(preference))
        keys = np.repeat(np.arange(len(lengths), dtype=rank.dtype) << rank.dtype.type(shift), lengths)
        keys |= np.take(rank, self.numbers)
        keys.sort()
        taken = np.minimum(lengths, most)
        offsets = _offsets(taken)
        chosen: NDArray[Any] = np.empty(int(offsets[-1]), rank.dtype)
        for place in range(most):
            has = np.flatnonzero(lengths > place)
            chosen[offsets[has] + place] = keys[self.offsets[has] + place]
        chosen &= rank.dtype.type((1 << shift) - 1)
        return Lists(offsets, np.take(np.asarray(preference, np.uint16), chosen))


def lists(bits: NDArray[np.uint64], where: Layout) -> Lists:
    """Return for each firm of the batch, in its order, the numbers of the rules whose bit it has, ascending.

    *bits*: uint64[rules, words]; at most 65,536 rules. Fastest while firms × rules fit into 32 bits.
    """
    shift = _bits_of(len(bits))
    keys = _keys(bits, shift)
    kind = keys.dtype.type
    if where.place is not None:
        firm = where.firm_at().astype(kind) << kind(shift)
        keys = firm[keys >> kind(shift)] | (keys & kind((1 << shift) - 1))
    keys.sort()
    return Lists(_offsets(_lengths(keys >> kind(shift), where.rows)), (keys & kind((1 << shift) - 1)).astype(np.uint16))


def _bits_of(rules: int) -> int:
    return max(rules - 1, 1).bit_length()


def _narrow(firms: int, shift: int) -> Any:
    """The type of a key that holds a firm's number and, in its lower *shift* bits, a rule's: the narrower sorts faster."""
    return np.uint32 if firms << shift <= 1 << 32 else np.uint64


def _keys(bits: NDArray[np.uint64], shift: int) -> NDArray[Any]:
    """Return place × 2^shift + rule for every bit that is set."""
    words = bits.shape[1]
    kind = _narrow(words * 64, shift)
    filled = np.flatnonzero(bits != 0)
    rule, word = np.divmod(filled.astype(kind), kind(max(words, 1)))
    octets = bits[rule, word].astype("<u8", copy=False).view(np.uint8)
    first = (word << kind(shift + 6)) | rule
    at = np.flatnonzero(octets != 0)
    keys = first[at >> 3] + ((at & 7).astype(kind) << kind(shift + 3))
    return _bit_by_bit(octets[at], keys, _LOWEST.astype(kind) << kind(shift))


def _bit_by_bit(octet: NDArray[np.uint8], first: NDArray[Any], lowest: NDArray[Any]) -> NDArray[Any]:
    """Return the key of each bit of each octet, which is that of its *first* place and as many further as the bit."""
    found = []
    while len(octet):
        found.append(first + np.take(lowest, octet))
        octet = octet & (octet - np.uint8(1))
        left = np.flatnonzero(octet != 0)
        octet, first = octet[left], first[left]
    return np.concatenate(found) if found else first


def _lengths(firms: NDArray[Any], rows: int) -> NDArray[np.int64]:
    """Return how often each firm stands in *firms*, which is sorted."""
    lengths = np.zeros(rows, np.int64)
    if len(firms):
        last = np.append(np.flatnonzero(firms[1:] != firms[:-1]), len(firms) - 1)
        lengths[firms[last]] = np.diff(last, prepend=-1)
    return lengths


def _offsets(lengths: NDArray[np.integer]) -> NDArray[np.int32]:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
