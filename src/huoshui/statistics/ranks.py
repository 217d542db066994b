"""Ranks and colours of a table's column, by a rule that is data: the best so many green, the worst so many red, or limits.

Source: the city's district bulletins: best two green, worst two red, thresholds, excluded rows left blank.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

Value = int | Decimal


@dataclass(frozen=True, slots=True)
class Limit:
    """From *start* (in the column's own unit) up to the next limit, *colour*."""

    start: Decimal
    colour: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How a column is ranked: *better* more or less; *best* green and *worst* red, or *limits* where any are given."""

    better: str = "more"
    best: int = 2
    worst: int = 2
    limits: tuple[Limit, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell's rank from the best (1, equal values share one; None outside the ranking) and colour ("" = none)."""

    rank: int | None = None
    colour: str = ""


def marks(values: Mapping[str, Value | None], rule: Rule, *, excluded: Sequence[str] = ()) -> dict[str, Mark]:
    """Return the mark of every row. Rows *excluded*, and rows without a figure, are blank and take no rank.

    Equal values share a rank, and what lies on the border of the best or worst is coloured whole, unless so many are
    equal that more than twice as many rows would be singled out. A row that would be both (a short table) has no colour.
    """
    ranked = {row: value for row, value in values.items() if value is not None and row not in excluded}
    found = {row: Mark() for row in values}
    for row, value in ranked.items():
        better = sum(_is_better(other, value, rule) for other in ranked.values())
        worse = sum(_is_better(value, other, rule) for other in ranked.values())
        alike = len(ranked) - better - worse
        found[row] = Mark(better + 1, _colour(value, better, worse, alike, rule))
    return found


def _is_better(one: Value, other: Value, rule: Rule) -> bool:
    return one > other if rule.better == "more" else one < other


def _colour(value: Value, better: int, worse: int, alike: int, rule: Rule) -> str:
    if rule.limits:
        reached = [limit for limit in rule.limits if value >= limit.start]
        return max(reached, key=lambda limit: limit.start).colour if reached else ""
    green = better < rule.best and better + alike <= 2 * rule.best
    red = worse < rule.worst and worse + alike <= 2 * rule.worst
    if green == red:
        return ""
    return "green" if green else "red"


def extremes(found: Mapping[str, Mark], colour: str) -> list[str]:
    """Return the rows of *colour*, the best first for green and the worst first for red."""
    rows = [row for row, mark in found.items() if mark.colour == colour and mark.rank is not None]
    return sorted(rows, key=lambda row: found[row].rank or 0, reverse=colour == "red")
