"""Parquet files of one schema joined into one, by copying their bytes and adding up their footers.

Nothing is decoded: pages are copied as they are and the footers' offsets are shifted. A footer is a Thrift structure in
the compact protocol; source: Apache Parquet format, parquet.thrift; Apache Thrift, compact protocol.
"""

from __future__ import annotations

import os
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_MAGIC = b"PAR1"
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_WHOLE = (_I16, _I32, _I64)
Struct = dict[int, tuple[int, Any]]  # field number -> (type, value)

# fields of the footer's structures, by their numbers in parquet.thrift
_NUM_ROWS, _ROW_GROUPS = 3, 4
_COLUMNS, _GROUP_OFFSET, _ORDINAL = 1, 5, 7
_CHUNK_OFFSET, _CHUNK_META, _OFFSET_INDEX, _COLUMN_INDEX = 2, 3, 4, 6
_META_OFFSETS = (9, 10, 11, 14)  # data, index and dictionary pages, bloom filter


def stitch(parts: Sequence[Path], target: Path) -> None:
    """Write the rows of *parts*, in order, as one Parquet file *target*. All have the same schema; at least one part."""
    if len(parts) == 1:
        shutil.copyfile(parts[0], target)
        return
    with target.open("wb") as out:
        out.write(_MAGIC)
        whole: Struct | None = None
        for part in parts:
            footer, size = _footer(part)
            _shift(footer, out.tell() - len(_MAGIC))
            with part.open("rb") as source:
                source.seek(len(_MAGIC))
                _copy(source, out, size - len(_MAGIC))
            whole = _added(whole, footer)
        assert whole is not None, "there is at least one part"
        written = bytearray()
        _write_struct(written, whole)
        out.write(written + struct.pack("<I", len(written)) + _MAGIC)


def _footer(part: Path) -> tuple[Struct, int]:
    """Return a file's footer and where it begins."""
    with part.open("rb") as source:
        end = source.seek(-8, os.SEEK_END)
        length, magic = struct.unpack("<I4s", source.read(8))
        assert magic == _MAGIC, "a part is a whole Parquet file"
        source.seek(end - length)
        footer, _ = _read_struct(source.read(length), 0)
    return footer, end - length


def _copy(source: Any, out: Any, size: int) -> None:
    while size:
        piece = source.read(min(size, 1 << 22))
        out.write(piece)
        size -= len(piece)


def _added(whole: Struct | None, footer: Struct) -> Struct:
    if whole is None:
        return footer
    whole[_NUM_ROWS] = (_I64, whole[_NUM_ROWS][1] + footer[_NUM_ROWS][1])
    kind, groups = whole[_ROW_GROUPS][1]
    groups += footer[_ROW_GROUPS][1][1]
    for ordinal, group in enumerate(groups):
        if ordinal < 1 << 15:
            group[_ORDINAL] = (_I16, ordinal)
        else:
            group.pop(_ORDINAL, None)
    whole[_ROW_GROUPS] = (_LIST, (kind, groups))
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


def _read_struct(data: bytes, at: int) -> tuple[Struct, int]:
    fields: Struct = {}
    number = 0
    while (head := data[at]) != 0:
        at += 1
        kind, step = head & 15, head >> 4
        if step:
            number += step
        else:
            number, at = _read_whole(data, at)
        if kind in (_TRUE, _FALSE):
            fields[number] = (kind, None)
        else:
            value, at = _read(data, at, kind)
            fields[number] = (kind, value)
    return fields, at + 1


def _read(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in _WHOLE:
        return _read_whole(data, at)
    if kind == _STRUCT:
        return _read_struct(data, at)
    if kind in (_LIST, _SET):
        return _read_list(data, at)
    if kind == _BINARY:
        length, at = _read_varint(data, at)
        return data[at : at + length], at + length
    width = {_BYTE: 1, _TRUE: 1, _FALSE: 1, _DOUBLE: 8}[kind]  # a footer has no map
    return data[at : at + width], at + width


def _read_list(data: bytes, at: int) -> tuple[Any, int]:
    size, kind = data[at] >> 4, data[at] & 15
    at += 1
    if size == 15:
        size, at = _read_varint(data, at)
    values = []
    for _ in range(size):
        value, at = _read(data, at, kind)
        values.append(value)
    return (kind, values), at


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        octet = data[at]
        at += 1
        value |= (octet & 127) << shift
        shift += 7
        if octet < 128:
            return value, at


def _read_whole(data: bytes, at: int) -> tuple[int, int]:
    value, at = _read_varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _write_struct(out: bytearray, fields: Struct) -> None:
    last = 0
    for number, (kind, value) in sorted(fields.items()):
        if 0 < number - last < 16:
            out.append((number - last) << 4 | kind)
        else:
            out.append(kind)
            _write_whole(out, number)
        last = number
        if kind not in (_TRUE, _FALSE):
            _write(out, kind, value)
    out.append(0)


def _write(out: bytearray, kind: int, value: Any) -> None:
    if kind in _WHOLE:
        _write_whole(out, value)
    elif kind == _STRUCT:
        _write_struct(out, value)
    elif kind in (_LIST, _SET):
        _write_list(out, *value)
    else:
        if kind == _BINARY:
            _write_varint(out, len(value))
        out += value


def _write_list(out: bytearray, kind: int, values: list[Any]) -> None:
    if len(values) < 15:
        out.append(len(values) << 4 | kind)
    else:
        out.append(0xF0 | kind)
        _write_varint(out, len(values))
    for value in values:
        _write(out, kind, value)


def _write_varint(out: bytearray, value: int) -> None:
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _write_whole(out: bytearray, value: int) -> None:
    _write_varint(out, (value << 1) ^ (value >> 63))
