"""Parquet files of one schema joined into one, by copying their bytes and adding up their footers.

Nothing is decoded: pages are copied as they are and the footers' offsets are shifted. Source: Apache Parquet format,
parquet.thrift.
"""

from __future__ import annotations

import hashlib
import os
import struct
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from huoshui.screening.thrift import I16, I64, LIST, Struct, read_struct, write_struct

_MAGIC = b"PAR1"

# fields of the footer's structures, by their numbers in parquet.thrift
_NUM_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _CHUNK_META, _OFFSET_INDEX, _COLUMN_INDEX = 2, 3, 4, 6
_META_OFFSETS = (9, 10, 11, 14)  # data, index and dictionary pages, bloom filter


def stitch(parts: Sequence[Path], target: Path) -> str:
    """Write the rows of *parts*, in order, as one Parquet file *target* and return its SHA-256 in hex, taken as the bytes
    pass. All parts have the same schema; there is at least one."""
    digest = hashlib.sha256()
    with target.open("wb") as out:
        put = _Put(out, digest.update)
        put(_MAGIC)
        whole: Struct | None = None
        for part in parts:
            footer, size = _footer(part)
            _shift(footer, put.at - len(_MAGIC))
            with part.open("rb", buffering=0) as source:
                source.seek(len(_MAGIC))
                _copy(source, put, size - len(_MAGIC))
            whole = _added(whole, footer)
        assert whole is not None, "there is at least one part"
        written = bytearray()
        write_struct(written, whole)
        put(written + struct.pack("<I", len(written)) + _MAGIC)
    return digest.hexdigest()


class _Put:
    """Writes bytes, lets the digest see them, and knows how far it is."""

    def __init__(self, out: BinaryIO, seen: Callable[[Any], None]) -> None:
        self.out, self.seen, self.at = out, seen, 0

    def __call__(self, octets: Any) -> None:
        self.seen(octets)
        self.at += self.out.write(octets)


def _footer(part: Path) -> tuple[Struct, int]:
    """Return a file's footer and where it begins."""
    with part.open("rb") as source:
        end = source.seek(-8, os.SEEK_END)
        length, magic = struct.unpack("<I4s", source.read(8))
        assert magic == _MAGIC, "a part is a whole Parquet file"
        source.seek(end - length)
        footer, _ = read_struct(source.read(length), 0)
    return footer, end - length


def _copy(source: Any, put: _Put, size: int) -> None:
    room = memoryview(bytearray(min(size, 1 << 20)))  # stays in the core's cache from the reading to the digest
    while size:
        got = source.readinto(room[: min(size, len(room))])
        put(room[:got])
        size -= got


def _added(whole: Struct | None, footer: Struct) -> Struct:
    if whole is None:
        return footer
    whole[_NUM_ROWS] = (I64, whole[_NUM_ROWS][1] + footer[_NUM_ROWS][1])
    kind, groups = whole[_ROW_GROUPS][1]
    groups += footer[_ROW_GROUPS][1][1]
    for ordinal, group in enumerate(groups):
        if ordinal < 1 << 15:
            group[_ORDINAL] = (I16, ordinal)
        else:
            group.pop(_ORDINAL, None)
    whole[_ROW_GROUPS] = (LIST, (kind, groups))
    return whole


def _shift(footer: Struct, by: int) -> None:
    for group in footer[_ROW_GROUPS][1][1]:
        _move(group, _GROUP_OFFSET, by)
        for chunk in group[_COLUMNS][1][1]:
            for field in (_CHUNK_OFFSET, _OFFSET_INDEX, _COLUMN_INDEX):
                _move(chunk, field, by)
            for field in _META_OFFSETS:
                _move(chunk[_CHUNK_META][1], field, by)


def _move(holder: Struct, field: int, by: int) -> None:
    if field in holder and holder[field][1] > 0:  # 0 = not written
        holder[field] = (holder[field][0], holder[field][1] + by)
