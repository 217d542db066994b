"""Writes verdicts.parquet page by page: numbers of rules lie in memory as Parquet keeps them, so they are copied.

A page of numbers is a bit-packed run of width 16 (encoding RLE_DICTIONARY), its levels are runs of width 1: the element
that begins a firm's list has repetition 0, an empty list has definition 0. A batch of firms is a row group. Nothing is
compressed: that would cost more than the judging. Source: Apache Parquet format, parquet.thrift and Encodings.md.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from huoshui.rules.members import Lists
from huoshui.screening.thrift import BINARY, FALSE, I16, I32, I64, LIST, STRUCT, Struct, read_struct, write_struct
from huoshui.screening.thrift import write_varint as _write_varint

_MAGIC = b"PAR1"
_BYTE_ARRAY, _PLAIN, _RLE, _RLE_DICTIONARY, _UNCOMPRESSED = 6, 0, 3, 8, 0
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_PAGE_VALUES = 1 << 20  # numbers in a page: 2 MB
_CODES = pa.list_(pa.field("element", pa.dictionary(pa.uint16(), pa.string()), nullable=False))
SCHEMA = pa.schema([pa.field(name, kind, nullable=False) for name, kind in
                    (("uscc", pa.string()), ("yes", _CODES), ("near", _CODES), ("best", _CODES))])  # fmt: skip


class VerdictFile:
    """The file while it is written, to be used as a context; its footer is written when the context ends well."""

    def __init__(self, path: Path, codes: Sequence[str]) -> None:
        self._out = path.open("wb")
        self._at = 0
        self._rows = 0
        self._groups: list[Struct] = []
        self._codes = len(codes)
        self._dictionary = b"".join(struct.pack("<I", len(each)) + each for each in (code.encode() for code in codes))
        self._put(_MAGIC)

    def write(self, uscc: pa.Array, lists: Sequence[Lists]) -> None:
        """Add a row group: credit codes, and the lists of rules in the order of the schema."""
        start = self._at
        columns = [self._texts(uscc)]
        columns += [self._lists(field.name, each) for field, each in zip(list(SCHEMA)[1:], lists, strict=True)]
        size = sum(int(column[3][1][6][1]) for column in columns)
        self._groups.append(
            {
                1: (LIST, (STRUCT, columns)),
                2: (I64, size),
                3: (I64, len(uscc)),
                5: (I64, start),
                6: (I64, size),
                7: (I16, len(self._groups)),
            }
        )
        self._rows += len(uscc)

    def __enter__(self) -> VerdictFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._out.close()

    def _finish(self) -> None:
        footer = _empty_footer()
        footer[3] = (I64, self._rows)
        footer[4] = (LIST, (STRUCT, self._groups))
        written = bytearray()
        write_struct(written, footer)
        self._put(written, struct.pack("<I", len(written)), _MAGIC)

    def _texts(self, texts: pa.Array) -> Struct:
        start, content = self._at, _plain(texts)
        self._data_page(len(texts), _PLAIN, [content])
        about = self._column(["uscc"], (_PLAIN,), len(texts), start)
        about[9] = (I64, start)
        if len(texts):
            ends = pc.min_max(texts).as_py()
            most, least = ((BINARY, ends[end].encode()) for end in ("max", "min"))
            about[12] = (STRUCT, {3: (I64, 0), 5: most, 6: least})
        return {2: (I64, 0), 3: (STRUCT, about)}

    def _lists(self, name: str, found: Lists) -> Struct:
        start = self._at
        head: Struct = {1: (I32, self._codes), 2: (I32, _PLAIN), 3: (FALSE, None)}
        self._page(_DICTIONARY_PAGE, 7, head, [self._dictionary])
        first_page, entries = self._at, 0
        for lengths, numbers in _pages(found):
            begins, filled = _levels(lengths)
            self._data_page(len(begins), _RLE_DICTIONARY, [_run(begins), _run(filled), b"\x10", *_packed(numbers)])
            entries += len(begins)
        about = self._column([name, "list", "element"], (_PLAIN, _RLE, _RLE_DICTIONARY), entries, start)
        about |= {9: (I64, first_page), 11: (I64, start)}
        return {2: (I64, 0), 3: (STRUCT, about)}

    def _column(self, path: Sequence[str], encodings: Sequence[int], values: int, start: int) -> Struct:
        size = self._at - start
        return {
            1: (I32, _BYTE_ARRAY),
            2: (LIST, (I32, list(encodings))),
            3: (LIST, (BINARY, [name.encode() for name in path])),
            4: (I32, _UNCOMPRESSED),
            5: (I64, values),
            6: (I64, size),
            7: (I64, size),
        }

    def _data_page(self, values: int, encoding: int, parts: Sequence[Any]) -> None:
        head: Struct = {1: (I32, values), 2: (I32, encoding), 3: (I32, _RLE), 4: (I32, _RLE)}
        self._page(_DATA_PAGE, 5, head, parts)

    def _page(self, kind: int, place: int, head: Struct, parts: Sequence[Any]) -> None:
        size = sum(memoryview(part).nbytes for part in parts)
        written = bytearray()
        write_struct(written, {1: (I32, kind), 2: (I32, size), 3: (I32, size), place: (STRUCT, head)})
        self._put(written, *parts)

    def _put(self, *parts: Any) -> None:
        for part in parts:
            self._at += self._out.write(part)


def _empty_footer() -> Struct:
    """The footer of a file without rows, with the schema as Arrow writes it."""
    out = io.BytesIO()
    pq.ParquetWriter(out, SCHEMA).close()
    whole = out.getvalue()
    size = struct.unpack("<I", whole[-8:-4])[0]
    return read_struct(whole[-8 - size : -8], 0)[0]


def _pages(found: Lists) -> Iterator[tuple[NDArray[np.integer], NDArray[np.uint16]]]:
    """Yield the lengths of lists and their numbers, whole lists, about _PAGE_VALUES numbers at a time."""
    offsets = found.offsets
    firms, at = len(offsets) - 1, 0
    while at < firms or not firms:
        end = int(np.searchsorted(offsets, offsets[at] + _PAGE_VALUES, "right")) - 1
        end = firms if firms - at <= 1 else min(max(end, at + 1), firms)
        yield np.diff(offsets[at : end + 1]), found.numbers[offsets[at] : offsets[end]]
        at = end
        if not firms:
            return


def _levels(lengths: NDArray[np.integer]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return for each entry (a number, or an empty list) whether it continues a list, and whether it is a number."""
    entries = np.maximum(lengths, 1)
    ends = np.cumsum(entries)
    starts = ends - entries
    continues = np.ones(int(ends[-1]) if len(ends) else 0, np.bool_)
    continues[starts] = False
    filled = np.ones(len(continues), np.bool_)
    filled[starts[lengths == 0]] = False
    return continues, filled


def _run(levels: NDArray[np.bool_]) -> bytes:
    """Levels of width 1 as one bit-packed run, led by its length in bytes."""
    bits = np.packbits(levels, bitorder="little")
    head = bytearray()
    _write_varint(head, len(bits) << 1 | 1)
    return struct.pack("<I", len(head) + len(bits)) + head + bits.tobytes()


def _packed(numbers: NDArray[np.uint16]) -> tuple[bytes, NDArray[np.uint8], bytes]:
    """Numbers of width 16 as one bit-packed run: groups of eight, the last filled up with zeros."""
    head = bytearray()
    _write_varint(head, -(-len(numbers) // 8) << 1 | 1)
    little = np.ascontiguousarray(numbers, "<u2")
    return bytes(head), little.view(np.uint8), bytes(-len(numbers) % 8 * 2)


def _plain(texts: pa.Array) -> NDArray[np.uint8]:
    """Texts as Parquet's plain byte arrays: each led by its length in four bytes."""
    rows = len(texts)
    if not rows:
        return np.zeros(0, np.uint8)
    offsets = np.frombuffer(texts.buffers()[1], np.int32)[texts.offset : texts.offset + rows + 1].astype(np.int64)
    octets = np.frombuffer(texts.buffers()[2] or b"", np.uint8)[offsets[0] : offsets[-1]]
    lengths = np.diff(offsets)
    if (lengths == lengths[0]).all():  # credit codes have 18 letters
        each = np.empty((rows, 4 + int(lengths[0])), np.uint8)
        each[:, :4] = lengths[:1].astype("<u4").view(np.uint8)
        each[:, 4:] = octets.reshape(rows, -1)
        return each.reshape(-1)
    return _plain_uneven(octets, lengths)


def _plain_uneven(octets: NDArray[np.uint8], lengths: NDArray[np.int64]) -> NDArray[np.uint8]:
    out = np.empty(len(octets) + 4 * len(lengths), np.uint8)
    heads = np.cumsum(lengths + 4) - lengths - 4
    is_text = np.ones(len(out), np.bool_)
    for place in range(4):
        is_text[heads + place] = False
    out[is_text] = octets
    out[~is_text] = lengths.astype("<u4").view(np.uint8)
    return out
