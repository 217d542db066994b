"""The size class of many firms at once; `kernel.size_class.classify` is the plain twin, held equal by generated tests."""

from __future__ import annotations

from functools import lru_cache

import polars as pl

from huoshui.kernel import size_class
from huoshui.kernel.errors import DomainError

_FEN_PER_WAN = 1_000_000
# fact of the rule -> (column of the frame, what one unit of the rule's limit is in the column's unit)
_MEASURES = {
    "employees": ("employees", 1),
    "revenue_wan": ("revenue", _FEN_PER_WAN),
    "assets_wan": ("assets", _FEN_PER_WAN),
}
_CLASSES = {0: "micro", 1: "small", 2: "medium", 3: "large"}


@lru_cache(maxsize=8192)
def _limits(industry: str, rule: str) -> dict[str, tuple[int, int, int]] | None:
    try:
        line = size_class.line_of(industry, rule=rule)
    except DomainError:
        return None
    if line is None:
        return None
    return {
        fact: (int(low * _MEASURES[fact][1]), int(middle * _MEASURES[fact][1]), int(high * _MEASURES[fact][1]))
        for fact, (low, middle, high) in line.limits.items()
    }


def classify(firms: pl.DataFrame, *, rule: str = size_class.DEFAULT_RULE) -> pl.Series:
    """Return the size class of each firm, null when unknown.

    *firms*: ``industry_code`` (text, null or empty = unknown), ``kind``, ``employees`` (int), ``revenue`` and ``assets``
    (fen, int64, null = unknown).
    """
    industry = firms["industry_code"]
    known = {code: _limits(code, rule) for code in industry.unique().to_list() if code}
    reached = [_reached(firms, industry, known, fact) for fact in _MEASURES]
    judged = pl.DataFrame([column for pair in reached for column in pair])
    lowest = judged.select(pl.min_horizontal([f"{fact}_reached" for fact in _MEASURES])).to_series()
    missing = judged.select(pl.any_horizontal([f"{fact}_missing" for fact in _MEASURES])).to_series()
    answer = lowest.set(missing & (lowest > 0).fill_null(value=True), None)
    named = answer.replace_strict(_CLASSES, default=None, return_dtype=pl.String)
    return named.set(firms["kind"] == "individual_business", "micro").alias("size_class")


def _reached(
    firms: pl.DataFrame, industry: pl.Series, known: dict[str, dict[str, tuple[int, int, int]] | None], fact: str
) -> tuple[pl.Series, pl.Series]:
    column = firms[_MEASURES[fact][0]]
    steps = []
    for place in range(3):
        limit = {code: limits[fact][place] for code, limits in known.items() if limits and fact in limits}
        steps.append(industry.replace_strict(limit, default=None, return_dtype=pl.Int64))
    reached = sum(((column >= step).cast(pl.Int8) for step in steps[1:]), start=(column >= steps[0]).cast(pl.Int8))
    missing = steps[0].is_not_null() & column.is_null()
    return reached.alias(f"{fact}_reached"), missing.alias(f"{fact}_missing")
