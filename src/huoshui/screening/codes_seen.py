"""Credit codes that stand twice in a file, found in memory that does not grow with it: 64-bit hashes on disk."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

_LENGTH = 18
_AT_ONCE = 8_000_000  # hashes sorted at a time: 64 MB
_MIX = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F), np.uint64(0x165667B19E3779F9))


def hashes(codes: pa.Array) -> NDArray[np.uint64]:
    """Return a 64-bit hash of each credit code; equal codes have equal hashes."""
    codes = codes.cast(pa.string()) if not pa.types.is_string(codes.type) else codes
    offsets = np.frombuffer(codes.buffers()[1], np.int32)[codes.offset : codes.offset + len(codes) + 1]
    if len(codes) and (np.diff(offsets) == _LENGTH).all():
        text = np.frombuffer(codes.buffers()[2], np.uint8)[offsets[0] : offsets[-1]].reshape(-1, _LENGTH)
        return _mixed(text)
    return np.array([_slow(code or "") for code in codes.to_pylist()], np.uint64)


def twice(files: Sequence[Path]) -> NDArray[np.uint64]:
    """Return the hashes that stand twice or more in *files* of uint64, sorted."""
    seen = [np.memmap(file, np.uint64, "r") for file in files if file.stat().st_size]
    buckets = max(1, -(-sum(map(len, seen)) // _AT_ONCE))
    found = [
        _twice([part[part % np.uint64(buckets) == b] if buckets > 1 else part for part in seen]) for b in range(buckets)
    ]
    return np.unique(np.concatenate(found))


def named(batches: Iterable[pa.RecordBatch], suspects: NDArray[np.uint64]) -> list[str]:
    """Return the codes that really stand twice in *batches*, among those whose hash is in *suspects*; sorted."""
    seen: Counter[str] = Counter()
    for batch in batches:
        codes = batch.column("uscc")
        hits = np.flatnonzero(np.isin(hashes(codes), suspects))
        seen.update(codes.take(pa.array(hits)).to_pylist())
    return sorted(code for code, times in seen.items() if times > 1)


def _twice(parts: list[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    together = np.sort(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)
    doubled: NDArray[np.uint64] = together[1:][together[1:] == together[:-1]]
    return doubled


def _mixed(text: NDArray[np.uint8]) -> NDArray[np.uint64]:
    mixed = np.zeros(len(text), np.uint64)
    for (start, stop), factor in zip(((0, 8), (8, 16), (10, 18)), _MIX, strict=True):
        word = np.ascontiguousarray(text[:, start:stop]).view(np.uint64).reshape(-1)
        mixed = (mixed ^ word) * factor
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _slow(code: str) -> int:
    raw = code.encode()
    if len(raw) == _LENGTH:
        return int(_mixed(np.frombuffer(raw, np.uint8).reshape(1, -1))[0])
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "little")
