"""CSV of any encoding as blocks of whole records, each a frame of text columns; memory does not grow with the file."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import polars as pl
import pyarrow as pa

from huoshui.registry.imports.problems import Bad, FileRefused, Frame, Source, reason

BLOCK_BYTES = 12 * 1024 * 1024  # measured: smaller blocks lose to overhead, larger ones delay the second connection
_DELIMITERS = ",\t;|"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def open_csv(path: Path, *, first_row: int = 1) -> Source:
    """Return *path* as a source of text frames. UTF-8 (with or without mark), UTF-16 and GB18030 are recognised.

    *first_row*: the number that a sheet shows beside the line of column names.

    Raises FileRefused for an empty file, one that is no text, a duplicate or nameless column, a header without rows.
    """
    encoding = detect_encoding(path)
    blocks = _record_blocks(path, encoding)
    first = next(blocks, b"")
    header, delimiter, rest = _header(first)
    rest = next(blocks, b"") if _blank(rest) else rest
    if _blank(rest):
        raise FileRefused("no_rows")
    return Source(header, _frames(rest, blocks, header, delimiter, first_row + 1))


def detect_encoding(path: Path) -> str:
    """Return the encoding of a text file by its mark, else strict UTF-8, else strict GB18030; refuses the rest."""
    with path.open("rb") as file:
        start = file.read(4)
    if not start:
        raise FileRefused("file_empty", name=path.name)
    for mark, name in _BOMS:
        if start.startswith(mark):
            return name
    for name in ("utf-8", "gb18030"):
        if _decodes(path, name):
            return name
    raise FileRefused("file_not_text", name=path.name)


def _decodes(path: Path, encoding: str) -> bool:
    if encoding == "utf-8":
        return _is_utf8(path)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as file:
            while chunk := file.read(BLOCK_BYTES):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _is_utf8(path: Path) -> bool:
    """Return whether the whole file is UTF-8; Arrow's check reads the mapped file at memory speed."""
    with pa.memory_map(str(path)) as mapped:
        content = mapped.read_buffer()
        offsets = pa.py_buffer(np.array([0, content.size], dtype=np.int64))
        whole = pa.LargeBinaryArray.from_buffers(pa.large_binary(), 1, [None, offsets, content])
        try:
            whole.cast(pa.large_string())
        except pa.ArrowInvalid:
            return False
    return True


def _utf8_chunks(file: BinaryIO, encoding: str, total: int) -> Iterator[bytes]:
    sizes = _sizes(total)
    if encoding == "utf-8":
        while chunk := file.read(next(sizes)):
            yield chunk
        return
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    while chunk := file.read(next(sizes)):
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()


def _sizes(total: int) -> Iterator[int]:
    """Yield how much of a file of *total* bytes to read at a time: little at first, so that COPY starts at once, and
    little in the end, so that its connections end together."""
    least = max(BLOCK_BYTES // 8, 1)
    size = least
    while True:
        yield size
        total -= size
        size = max(min(2 * size, BLOCK_BYTES, total // 3), least)


def _record_blocks(path: Path, encoding: str) -> Iterator[bytes]:
    """Yield UTF-8 blocks that end at the end of a record (a line break outside quotes)."""
    carry = b""
    with path.open("rb") as file:
        for chunk in _utf8_chunks(file, encoding, path.stat().st_size):
            block = carry + chunk
            cut = _last_record_end(block)
            carry = block[cut:]
            if cut:
                yield block[:cut]
    if carry and not carry.isspace():
        yield carry


def _last_record_end(block: bytes) -> int:
    cut = block.rfind(b"\n") + 1
    while cut and block.count(b'"', 0, cut) % 2:
        cut = block.rfind(b"\n", 0, cut - 1) + 1
    return cut


def _header(block: bytes) -> tuple[list[str], str, bytes]:
    end = _first_record_end(block)
    text = block[:end].decode().strip("\r\n")
    if not text.strip():
        raise FileRefused("header_missing")
    delimiter = max(_DELIMITERS, key=lambda mark: text.count(mark))
    names = [name.strip().strip("\ufeff") for name in next(csv.reader(io.StringIO(text), delimiter=delimiter))]
    check_header(names)
    return names, delimiter, block[end:]


def _first_record_end(block: bytes) -> int:
    end = block.find(b"\n") + 1
    while end and block.count(b'"', 0, end) % 2:
        end = block.find(b"\n", end) + 1
    return end or len(block)


def check_header(names: list[str]) -> None:
    """Refuse columns without a name and names that occur twice; all are named at once."""
    nameless = [str(place) for place, name in enumerate(names, 1) if not name]
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if nameless:
        raise FileRefused("column_nameless", columns="、".join(nameless))
    if twice:
        raise FileRefused("column_twice", columns="、".join(twice))


def _blank(block: bytes) -> bool:
    # not strip(), which would copy the whole block
    return not block or block.isspace()


def _frames(rest: bytes, blocks: Iterator[bytes], header: list[str], delimiter: str, row: int) -> Iterator[Frame]:
    while True:
        if not _blank(rest):
            frame, bad, count = _parse(rest, header, delimiter, row)
            yield frame, bad
            row += count
        following = next(blocks, None)
        if following is None:
            return
        rest = following


def _parse(block: bytes, header: list[str], delimiter: str, row: int) -> tuple[pl.DataFrame, list[Bad], int]:
    """Return the frame of a block with a column ``_row``, the records of a wrong width, and the number of records."""
    if _even_width(block, len(header), delimiter):
        try:
            frame = pl.read_csv(
                block, has_header=False, new_columns=header, infer_schema=False, separator=delimiter, low_memory=False
            )
        except pl.exceptions.ComputeError:  # one record too wide and another too narrow: the slow way names both
            return _parse_slowly(block, header, delimiter, row)
        if frame.width == len(header):
            return frame.with_row_index("_row", offset=row).cast({"_row": pl.Int64}), [], frame.height
    return _parse_slowly(block, header, delimiter, row)


def _even_width(block: bytes, width: int, delimiter: str) -> bool:
    """Return whether every record has exactly *width* fields (quotes respected) and none is blank."""
    octets = np.frombuffer(block, dtype=np.uint8)
    ends, quoted = octets == ord("\n"), b'"' in block
    if quoted:
        free = (np.cumsum(octets == ord('"'), dtype=np.int32) & 1) == 0
        ends &= free
    places = np.flatnonzero(ends)
    if not len(places) or places[-1] != len(octets) - 1:
        places = np.append(places, len(octets) - 1)
    if (np.diff(places, prepend=-1) <= 2).any():  # a record no longer than its line end may be blank
        return False
    if not quoted:  # a record that is too wide stops the parser, so a right total means that each is right
        return bool(np.count_nonzero(np.equal(octets, ord(delimiter), out=ends)) == len(places) * (width - 1))
    marks = np.cumsum((octets == ord(delimiter)) & free, dtype=np.int32)
    return bool((np.diff(marks[places], prepend=0) == width - 1).all())


def _parse_slowly(block: bytes, header: list[str], delimiter: str, row: int) -> tuple[pl.DataFrame, list[Bad], int]:
    width, good, rows, bad, count = len(header), [], [], [], 0
    for count, record in enumerate(csv.reader(io.StringIO(block.decode(), newline=""), delimiter=delimiter), 1):
        number = row + count - 1
        if not any(cell.strip() for cell in record):
            continue
        if len(record) == width:
            good.append([cell or None for cell in record])
            rows.append(number)
        else:
            why = reason("width", found=len(record), width=width)
            bad.append(Bad(number, (why,), dict(zip(header, record, strict=False))))
    frame = pl.DataFrame(good, schema=dict.fromkeys(header, pl.String), orient="row", strict=False)
    return frame.insert_column(0, pl.Series("_row", rows, dtype=pl.Int64)), bad, count
