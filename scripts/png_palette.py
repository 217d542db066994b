"""Make a screenshot lighter: at most 256 colours instead of millions, with nothing but zlib and numpy.

Reads the PNGs that browsers write (8 bits a channel, RGB or RGBA, not interlaced). Format: W3C PNG (Third Edition).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256


def lighten(path: Path) -> int:
    """Rewrite the picture with its commonest colours where that is smaller; return its size in bytes."""
    given = path.read_bytes()
    indices, palette = _reduce(_pixels(given))
    made = _palette_png(indices, palette)
    if len(made) < len(given):
        path.write_bytes(made)
    return min(len(made), len(given))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        yield data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += length + 12


def _pixels(data: bytes) -> Bytes:
    """Return height × width × 3 colours; an alpha channel is dropped, since a page is opaque."""
    parts = list(_chunks(data))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[0][1])
    if depth != 8 or kind not in (2, 6) or interlaced:
        raise ValueError(f"a PNG of 8-bit RGB or RGBA was expected, not depth {depth}, colour type {kind}")
    step = 3 if kind == 2 else 4
    packed = zlib.decompress(b"".join(body for name, body in parts if name == b"IDAT"))
    rows = np.frombuffer(packed, np.uint8).reshape(height, 1 + width * step)
    clear = np.zeros((height + 1, width * step), np.uint8)
    for number, row in enumerate(rows):
        clear[number + 1] = _unfiltered(int(row[0]), row[1:], clear[number], step)
    return clear[1:].reshape(height, width, step)[:, :, :3]


def _unfiltered(kind: int, row: Bytes, above: Bytes, step: int) -> Bytes:
    if kind == 0:
        return row
    if kind == 1:
        return np.cumsum(row.reshape(-1, step), axis=0, dtype=np.uint8).reshape(-1)
    if kind == 2:
        return row + above
    guess = _mean if kind == 3 else _nearest
    left, corner, found = [0] * step, [0] * step, bytearray()
    for at, (value, up) in enumerate(zip(row.tolist(), above.tolist(), strict=True)):
        channel = at % step
        known = (value + guess(left[channel], up, corner[channel])) & 255
        left[channel], corner[channel] = known, up
        found.append(known)
    return np.frombuffer(bytes(found), np.uint8)


def _mean(left: int, up: int, corner: int) -> int:
    return (left + up) // 2


def _nearest(left: int, up: int, corner: int) -> int:
    """Return the neighbour nearest to left + up - corner (the format's Paeth predictor)."""
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _reduce(pixels: Bytes) -> tuple[Bytes, Bytes]:
    """Return each pixel's place in a palette of the commonest colours, and the palette."""
    flat = pixels.astype(np.int32)
    coded = (flat[:, :, 0] << 16) | (flat[:, :, 1] << 8) | flat[:, :, 2]
    colours, which, counts = np.unique(coded, return_inverse=True, return_counts=True)
    kept = colours[np.argsort(-counts)[:COLOURS]]
    every, palette = _channels(colours), _channels(kept)
    places = np.concatenate([_closest(part, palette) for part in np.array_split(every, max(1, len(every) // 500))])
    return places[which].reshape(coded.shape).astype(np.uint8), palette.astype(np.uint8)


def _channels(coded: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.stack([coded >> 16, (coded >> 8) & 255, coded & 255], axis=-1)


def _closest(colours: NDArray[np.int32], palette: NDArray[np.int32]) -> NDArray[Any]:
    apart = ((colours[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
    return np.argmin(apart, axis=1)


def _palette_png(indices: Bytes, palette: Bytes) -> bytes:
    height, width = indices.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    rows = np.hstack([np.zeros((height, 1), np.uint8), indices]).tobytes()
    parts = ((b"IHDR", header), (b"PLTE", palette.tobytes()), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(name, body) for name, body in parts)


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
