"""Points and grade of a card: each indicator between its zero-mark and its full-mark, weighted and added.

A missing figure is neither full nor zero: its points are not given, it is named, and the grade is given only if no value
of it could change it. Weights, marks and bands are data, each card with its own document. Worked table:
docs/algorithms/score-card.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import round_half_up
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure (None = missing), where it earns nothing and where everything; *zero_at* may lie above *full_at*."""

    value: Decimal | None
    zero_at: Decimal
    full_at: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """From *start* points on, *grade*."""

    start: Decimal
    grade: str


@dataclass(frozen=True, slots=True)
class Score:
    """Points earned by the figures that are known, the grade or None, and the places (from 0) of missing figures."""

    points: Decimal
    grade: str | None
    missing: tuple[int, ...]


def score(indicators: Sequence[Indicator], *, bands: Sequence[Band]) -> Score:
    """Return points (two decimals, half up, once) and the grade of the highest band reached by the points as shown.

    Raises Refused with every problem (card_empty, card_scale, card_weight, card_bands).
    """
    _refuse_nonsense(indicators, bands)
    missing = tuple(place for place, each in enumerate(indicators) if each.value is None)
    earned = sum((_earned(each) for each in indicators), Fraction(0))
    open_points = sum((Fraction(indicators[place].weight) for place in missing), Fraction(0))
    points = _two_decimals(earned)
    grade = _grade(points, bands)
    certain = grade == _grade(_two_decimals(earned + open_points), bands)
    return Score(points, grade if certain else None, missing)


def _earned(indicator: Indicator) -> Fraction:
    if indicator.value is None:
        return Fraction(0)
    zero, full = Fraction(indicator.zero_at), Fraction(indicator.full_at)
    reached = (Fraction(indicator.value) - zero) / (full - zero)
    return min(max(reached, Fraction(0)), Fraction(1)) * Fraction(indicator.weight)


def _two_decimals(points: Fraction) -> Decimal:
    return Decimal(round_half_up(points * 100)).scaleb(-2)


def _grade(points: Decimal, bands: Sequence[Band]) -> str | None:
    reached = [band for band in bands if points >= band.start]
    return max(reached, key=lambda band: band.start).grade if reached else None


def _refuse_nonsense(indicators: Sequence[Indicator], bands: Sequence[Band]) -> None:
    wrong = []
    if not indicators:
        wrong.append(_problem("card_empty", "indicators", "至少需要一个指标。", "At least one indicator is needed."))
    for place, each in enumerate(indicators):
        if each.zero_at == each.full_at:
            zh, en = "零分值与满分值不能相同。", "Zero-mark and full-mark cannot be the same."
            wrong.append(_problem("card_scale", f"indicators[{place}].full_at", zh, en))
        if each.weight < 0:
            zh, en = "权重不能小于零。", "A weight cannot be below zero."
            wrong.append(_problem("card_weight", f"indicators[{place}].weight", zh, en))
    if len({band.start for band in bands}) != len(bands):
        wrong.append(
            _problem("card_bands", "bands", "等级的起点不能重复。", "Two bands cannot start at the same points.")
        )
    if wrong:
        raise Refused(wrong)


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field)
