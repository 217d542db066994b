"""Complaint statistics in the form that supervisors publish: counts, shares, changes, and who lies above the average rate.

Source: the supervisors' quarterly notices on consumer complaints (received, change on the quarter and on the year, share
of all; complaints per 10,000 or per million of a base; institutions above the average, in order).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.growth import growth_pct
from huoshui.kernel.money import round_half_up


@dataclass(frozen=True, slots=True)
class Received:
    """What was received about one institution or kind of institution; *base*: transactions, customers or branches."""

    key: str
    count: int
    before: int | None = None
    year_ago: int | None = None
    base: int | None = None
    satisfied: int | None = None
    rated: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A row: count, share of all in percent, changes in percent, rate per base, satisfaction in percent."""

    key: str
    count: int
    share: Decimal | None
    on_before: Decimal | None
    on_year: Decimal | None
    rate: Decimal | None
    satisfaction: Decimal | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """Every line, the total, and the keys whose rate lies above the average, the highest first."""

    lines: tuple[Line, ...]
    total: Line
    above: tuple[str, ...]


def statistics(rows: Sequence[Received], *, per: int = 10_000) -> Statistics:
    """Return the statistics of *rows*; rates are complaints per *per* of the base, of those whose base is known."""
    total = _sum(rows)
    lines = tuple(_line(row, total.count, per) for row in rows)
    based = [row for row in rows if row.base]
    average = _exact_rate(_sum(based), per)
    rates = {row.key: _exact_rate(row, per) for row in based}
    above = [key for key, rate in rates.items() if rate is not None and average is not None and rate > average]
    return Statistics(lines, _line(total, total.count, per), tuple(sorted(above, key=lambda key: -(rates[key] or 0))))


def _sum(rows: Sequence[Received]) -> Received:
    def added(values: list[int | None]) -> int | None:
        known = [value for value in values if value is not None]
        return sum(known) if known and len(known) == len(values) else None

    return Received(
        "", sum(row.count for row in rows), added([row.before for row in rows]), added([row.year_ago for row in rows]),
        added([row.base for row in rows]), added([row.satisfied for row in rows]), added([row.rated for row in rows]),
    )  # fmt: skip


def _line(row: Received, all_: int, per: int) -> Line:
    return Line(
        row.key,
        row.count,
        _pct(row.count, all_),
        growth_pct(row.count, row.before),
        growth_pct(row.count, row.year_ago),
        _two(_exact_rate(row, per)),
        _pct(row.satisfied, row.rated),
    )


def _exact_rate(row: Received, per: int) -> Fraction | None:
    return Fraction(row.count * per, row.base) if row.base else None


def _pct(part: int | None, whole: int | None) -> Decimal | None:
    return _two(Fraction(part * 100, whole)) if part is not None and whole else None


def _two(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(round_half_up(value * 100)).scaleb(-2)
