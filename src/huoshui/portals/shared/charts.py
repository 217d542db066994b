"""Charts drawn on the server: bars and a map as shapes of an SVG, each with its figure in words beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from huoshui.kernel.text import Text
from huoshui.statistics import maps
from huoshui.statistics.measures import Figure

HEIGHT, BAR, STEP = 120, 26, 40
NARROW = 60.0  # narrower than this no label fits into an outline


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: *x*, *y*, *height* in the drawing's units; *label* under it, *told* is the figure as people read it."""

    x: int
    y: float
    height: float
    label: str
    told: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A row of bars in a box of *width* by *height*."""

    bars: tuple[Bar, ...]
    width: int
    height: int = HEIGHT


def bars(values: Sequence[tuple[str, Figure, str, str]]) -> Bars:
    """Return bars of (label, figure, told, link); the tallest fills the height, an unknown figure has no bar."""
    tallest = max((Decimal(value) for _label, value, *_rest in values if value is not None), default=Decimal(0))
    drawn = []
    for at, (label, value, told, link) in enumerate(values):
        height = round(float(Decimal(value) / tallest) * HEIGHT, 1) if value and tallest else 0.0
        drawn.append(Bar(at * STEP + (STEP - BAR) // 2, HEIGHT - height, height, label, told, link))
    return Bars(tuple(drawn), max(len(values), 1) * STEP)


@dataclass(frozen=True, slots=True)
class Place:
    """A district on the map: shape, shade (0 unknown to 5 darkest), name, figure as people read it, where it leads."""

    path: str
    x: float
    y: float
    shade: int
    name: Text
    told: str
    link: str

    @property
    def label(self) -> Text:
        """Return the name as it fits the map: English without the word for its kind ("Jiancaoping District")."""
        return Text(self.name.zh, self.name.en.rpartition(" ")[0] or self.name.en)


@dataclass(frozen=True, slots=True)
class Map:
    """The districts in a box; *source* of the outlines ("" for tiles)."""

    places: tuple[Place, ...]
    width: int
    height: int
    source: str


def district_map(
    drawing: maps.Drawing, source: str, *, values: Mapping[str, Figure], names: Mapping[str, Text],
    told: Mapping[str, str], links: Mapping[str, str],
) -> Map:  # fmt: skip
    """Return the map of *values* by district code."""
    shades = maps.shades(values)
    places = tuple(
        Place(shape.path, shape.x, shape.y, shades[shape.code], names[shape.code], told[shape.code], links[shape.code])
        for shape in drawing.shapes
    )
    return Map(places, drawing.width, drawing.height, source)
