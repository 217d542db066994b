"""Figures in words: one way for a table's cells and the sentences about them, so that the two cannot differ."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.money import FEN_IN_WAN, FEN_IN_YI, round_half_up
from huoshui.kernel.text import Text
from huoshui.statistics.measures import UNITS, Figure

NOTHING = "—"
FEN_IN_MILLION = 100_000_000
SCALES: dict[str, tuple[int, Text]] = {
    "yuan": (100, Text("元", "CNY")),
    "wan": (FEN_IN_WAN, Text("万元", "CNY 10,000")),
    "yi": (FEN_IN_YI, Text("亿元", "CNY 100 million")),
}


def scale_for(figures: Iterable[Figure]) -> str:
    """Return the scale of a column of amounts (fen): 亿元 where the largest reaches ten of them, else 万元."""
    largest = 0
    for figure in figures:
        largest = max(largest, abs(int(figure or 0)))
    return "yi" if largest >= 10 * FEN_IN_YI else "wan"


def unit_of(unit: str, scale: str = "wan") -> Text:
    """Return the unit's name; amounts are named by their *scale*."""
    return SCALES[scale][1] if unit == "fen" else UNITS[unit]


def number(figure: Figure, unit: str, scale: str = "wan") -> str:
    """Return the bare number with separators; two decimals, half up, for amounts and ratios. "—" for what is unknown."""
    if figure is None:
        return NOTHING
    if unit == "fen":
        return f"{scaled(figure, scale):,.2f}"
    return f"{figure:,.2f}" if isinstance(figure, Decimal) else f"{figure:,}"


def scaled(figure: int | Decimal, scale: str) -> Decimal:
    """Return an amount (fen) in its *scale*, two decimals, half up."""
    return Decimal(round_half_up(Fraction(figure) * 100 / SCALES[scale][0])).scaleb(-2)


def said(figure: Figure, unit: str, scale: str = "wan") -> Text:
    """Return number and unit as a sentence has them: 1,234 户, 26.76 亿元, 3.85%."""
    told = number(figure, unit, scale)
    if figure is None:
        return Text(told, told)
    if unit == "pct":
        return Text(f"{told}%", f"{told}%")
    name = unit_of(unit, scale)
    return Text(f"{told}{name.zh}", in_english(figure, scale) if unit == "fen" else f"{told} {name.en}")


def in_english(figure: int | Decimal, scale: str) -> str:
    """Return an amount (fen) as English says it, exactly the figure printed in *scale*: "CNY 258.9 million"."""
    printed = scaled(figure, scale)
    if scale == "yuan":
        return f"CNY {printed:,.2f}"
    return f"CNY {(printed * SCALES[scale][0] / FEN_IN_MILLION).normalize():,f} million"


def change(growth: Decimal | None, *, ratio: bool) -> str:
    """Return growth with its sign: "+13.58%", a ratio's in points: "-0.20 pp"; "—" without a base."""
    if growth is None:
        return NOTHING
    return f"{growth:+,.2f}{' pp' if ratio else '%'}"


def change_said(growth: Decimal | None, *, ratio: bool, against: Text) -> Text:
    """Return growth as a sentence has it: 同比增长13.58%, 同比下降0.20个百分点; nothing to compare is said in words."""
    if growth is None:
        return Text(f"{against.zh}无可比基数", f"nothing to compare {against.en}")
    if not growth:
        return Text(f"{against.zh}持平", f"unchanged {against.en}")
    zh, en = ("增长", "up") if growth > 0 else ("下降", "down")
    if ratio:
        zh = "上升" if growth > 0 else "下降"
        return Text(f"{against.zh}{zh}{abs(growth):,.2f}个百分点", f"{en} {abs(growth):,.2f} points {against.en}")
    return Text(f"{against.zh}{zh}{abs(growth):,.2f}%", f"{en} {abs(growth):,.2f}% {against.en}")


YEAR_AGO = Text("同比", "on the year")
YEAR_START = Text("较年初", "since the year's start")
BEFORE = Text("环比", "on the period before")
