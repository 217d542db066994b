"""From bitmaps a rule to lists a firm: which rules a firm passes, and the first few by preference."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from huoshui.rules.layout import Layout

_ROWS = 65_536  # places at a time: place and rule share one 32-bit key, which sorts fastest
_BYTES = _ROWS // 8
_LOWEST = np.array([0] + [(each & -each).bit_length() - 1 for each in range(1, 256)], np.uint32)
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
        keys = np.repeat(np.arange(len(lengths), dtype=np.uint32), lengths) << np.uint32(16)
        keys |= rank[self.numbers]
        _sort_in_place(keys, len(lengths))
        offsets = _offsets(taken)
        within = np.arange(offsets[-1], dtype=np.int64) - np.repeat(offsets[:-1], taken)
        chosen = keys[np.repeat(self.offsets[:-1], taken) + within] & np.uint32(0xFFFF)
        return Lists(offsets, np.asarray(preference, np.uint16)[chosen])


def lists(bits: NDArray[np.uint64], where: Layout) -> Lists:
    """Return for each firm of the batch, in its order, the numbers of the rules whose bit it has, ascending.

    *bits*: uint64[rules, words]. At most 65,536 rules and as many firms a batch.
    """
    keys = _keys(bits, where)
    keys.sort()
    lengths = np.bincount(keys >> np.uint32(16), minlength=where.rows) if len(keys) else np.zeros(where.rows, np.int64)
    return Lists(_offsets(lengths), keys.astype(np.uint16))


def _keys(bits: NDArray[np.uint64], where: Layout) -> NDArray[np.uint32]:
    firm = where.firm_at() << np.uint32(16)
    octets = bits.view(np.uint8)
    found: list[NDArray[np.uint32]] = []
    for start in range(0, octets.shape[1], _BYTES):
        part = octets[:, start : start + _BYTES]
        shift = (part.shape[1] - 1).bit_length()
        if part.shape[1] != 1 << shift:
            part = np.pad(part, ((0, 0), (0, (1 << shift) - part.shape[1])))
        flat = part.reshape(-1)
        at = np.flatnonzero(flat != 0)
        octet = flat[at]
        place = at.astype(np.uint32)
        rules = place >> np.uint32(shift)
        place &= np.uint32((1 << shift) - 1)
        place += np.uint32(start)
        place <<= np.uint32(3)
        found += _bit_by_bit(octet, place, rules, firm)
    return np.concatenate(found) if found else np.zeros(0, np.uint32)


def _bit_by_bit(
    octet: NDArray[np.uint8], columns: NDArray[np.uint32], rules: NDArray[np.uint32], firm: NDArray[np.uint32]
) -> list[NDArray[np.uint32]]:
    found = []
    while len(octet):
        found.append(firm[columns + _LOWEST[octet]] | rules)
        octet = octet & (octet - np.uint8(1))
        left = np.flatnonzero(octet != 0)
        octet, columns, rules = octet[left], columns[left], rules[left]
    return found


def _sort_in_place(keys: NDArray[np.uint32], firms: int) -> None:
    assert firms <= _ROWS, "a batch's firms must fit into a key's upper half"
    keys.sort()


def _offsets(lengths: NDArray[np.integer]) -> NDArray[np.int32]:
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    return offsets
