"""A map of districts: tiles placed about where the districts lie, or outlines taken in from the city's own file."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

Ring = Sequence[Sequence[float]]
TILE, GAP = 100, 6
ACROSS = 4  # tiles in a row where nobody placed them
SHADES = 5


@dataclass(frozen=True, slots=True)
class Shape:
    """A district drawn: an SVG path and where its label stands."""

    code: str
    path: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """The shapes in a box of *width* by *height*."""

    shapes: tuple[Shape, ...]
    width: int
    height: int


@lru_cache(maxsize=8)
def _placed(city: str) -> Mapping[str, tuple[int, int]]:
    told = json.loads((Path(__file__).parent / "data" / "tiles.json").read_text(encoding="utf-8"))
    return {code: (column, row) for code, (column, row) in told.get(city, {}).items()}


def tiles(city: str, codes: Collection[str]) -> Drawing:
    """Return one tile a district: where the city's table places it, the rest in rows below."""
    placed = {code: at for code, at in _placed(city).items() if code in codes}
    below = max((row for _column, row in placed.values()), default=-1) + 1
    rest = [code for code in sorted(codes) if code not in placed]
    placed |= {code: (at % ACROSS, below + at // ACROSS) for at, code in enumerate(rest)}
    shapes = [_tile(code, column, row) for code, (column, row) in sorted(placed.items())]
    columns = max((column for column, _row in placed.values()), default=0) + 1
    rows = max((row for _column, row in placed.values()), default=0) + 1
    return Drawing(tuple(shapes), columns * (TILE + GAP) - GAP, rows * (TILE + GAP) - GAP)


def _tile(code: str, column: int, row: int) -> Shape:
    x, y = column * (TILE + GAP), row * (TILE + GAP)
    return Shape(code, f"M{x} {y}h{TILE}v{TILE}h-{TILE}z", x + TILE / 2, y + TILE / 2)


def outlines(rings: Mapping[str, Sequence[Ring]], *, width: int = 420) -> Drawing:
    """Return the districts' outlines in a box *width* wide; degrees of longitude are narrowed by the latitude."""
    points = [point for each in rings.values() for ring in each for point in ring]
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = width / max((east - west) * narrow, 1e-9)

    def flat(point: Sequence[float]) -> tuple[float, float]:
        return round((point[0] - west) * narrow * scale, 1), round((north - point[1]) * scale, 1)

    shapes = [
        _outline(code, [[flat(point) for point in ring] for ring in each]) for code, each in sorted(rings.items())
    ]
    return Drawing(tuple(shapes), width, max(round((north - south) * scale), 1))


def _outline(code: str, rings: list[list[tuple[float, float]]]) -> Shape:
    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "z" for ring in rings)
    x, y = _middle(max(rings, key=lambda ring: abs(_area(ring))))
    return Shape(code, path, round(x, 1), round(y, 1))


def _area(ring: Sequence[tuple[float, float]]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def _middle(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    area = _area(ring)
    if not area:
        return ring[0]
    x = y = 0.0
    for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x1 * y2 - x2 * y1
        x, y = x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return x / (6 * area), y / (6 * area)


def read_geojson(text: str, *, known: Collection[str]) -> dict[str, list[list[list[float]]]]:
    """Return the outer rings of the *known* districts in a GeoJSON collection, by code.

    The code is a feature's property ``adcode``, ``code`` or ``id``. Raises DomainError (boundaries_unreadable).
    """
    try:
        features = json.loads(text)["features"]
        found = {code: _rings(feature["geometry"]) for feature in features if (code := _code(feature)) in known}
    except (ValueError, KeyError, TypeError, IndexError) as wrong:
        raise _unreadable() from wrong
    if not found:
        raise _unreadable()
    return found


def _code(feature: Mapping[str, Any]) -> str:
    told = feature.get("properties") or {}
    for name in ("adcode", "code", "id"):
        if value := told.get(name, feature.get(name)):
            return str(value)[:6]
    return ""


def _rings(geometry: Mapping[str, Any]) -> list[list[list[float]]]:
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[[round(float(x), 4), round(float(y), 4)] for x, y, *_height in polygon[0]] for polygon in polygons]


def _unreadable() -> DomainError:
    return DomainError(
        "boundaries_unreadable",
        Text("文件里没有本市区县的边界。", "The file has no outline of this city's districts."),
        field="file",
        remedy=Text(
            "请用 GeoJSON，区县代码写在属性 adcode、code 或 id 中。",
            "Use GeoJSON with the district's code in the property adcode, code or id.",
        ),
    )


def shades(values: Mapping[str, Any]) -> dict[str, int]:
    """Return how dark each district is: 0 (unknown) or 1 to SHADES by its place among the others; equal ones alike."""
    known = sorted(value for value in values.values() if value is not None)
    if not known:
        return dict.fromkeys(values, 0)
    return {
        code: 0 if value is None else 1 + sum(other < value for other in known) * SHADES // len(known)
        for code, value in values.items()
    }
