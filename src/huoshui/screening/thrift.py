"""Thrift's compact protocol, as far as a Parquet footer and page headers need it. Source: Apache Thrift, compact protocol."""

from __future__ import annotations

from typing import Any

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, _MAP, STRUCT = range(1, 13)
_WHOLE = (I16, I32, I64)
Struct = dict[int, tuple[int, Any]]  # field number -> (type, value)


def read_struct(data: bytes, at: int) -> tuple[Struct, int]:
    """Return the structure at byte *at* and the first byte after it."""
    fields: Struct = {}
    number = 0
    while (head := data[at]) != 0:
        at += 1
        kind, step = head & 15, head >> 4
        if step:
            number += step
        else:
            number, at = _read_whole(data, at)
        if kind in (TRUE, FALSE):
            fields[number] = (kind, None)
        else:
            value, at = _read(data, at, kind)
            fields[number] = (kind, value)
    return fields, at + 1


def _read(data: bytes, at: int, kind: int) -> tuple[Any, int]:
    if kind in _WHOLE:
        return _read_whole(data, at)
    if kind == STRUCT:
        return read_struct(data, at)
    if kind in (LIST, SET):
        return _read_list(data, at)
    if kind == BINARY:
        length, at = _read_varint(data, at)
        return data[at : at + length], at + length
    width = {BYTE: 1, TRUE: 1, FALSE: 1, DOUBLE: 8}[kind]  # a footer has no map
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


def write_struct(out: bytearray, fields: Struct) -> None:
    """Append the structure of *fields* to *out*."""
    last = 0
    for number, (kind, value) in sorted(fields.items()):
        if 0 < number - last < 16:
            out.append((number - last) << 4 | kind)
        else:
            out.append(kind)
            _write_whole(out, number)
        last = number
        if kind not in (TRUE, FALSE):
            _write(out, kind, value)
    out.append(0)


def _write(out: bytearray, kind: int, value: Any) -> None:
    if kind in _WHOLE:
        _write_whole(out, value)
    elif kind == STRUCT:
        write_struct(out, value)
    elif kind in (LIST, SET):
        _write_list(out, *value)
    else:
        if kind == BINARY:
            write_varint(out, len(value))
        out += value


def _write_list(out: bytearray, kind: int, values: list[Any]) -> None:
    if len(values) < 15:
        out.append(len(values) << 4 | kind)
    else:
        out.append(0xF0 | kind)
        write_varint(out, len(values))
    for value in values:
        _write(out, kind, value)


def write_varint(out: bytearray, value: int) -> None:
    """Append a whole number that is not negative, seven bits a byte."""
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)


def _write_whole(out: bytearray, value: int) -> None:
    write_varint(out, (value << 1) ^ (value >> 63))
