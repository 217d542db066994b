"""Repayment schedules: equal instalments, equal principal, interest first, all at the end.

Everything is exact until the one rounding of each figure to the fen; the last period takes what rounding left, so the
principal always sums exactly. Formulas and worked tables: docs/algorithms/schedule.md.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from huoshui.kernel.daycount import DayCount, factor
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import FEN_IN_YUAN, Fen, round_half_up
from huoshui.kernel.periods import add_months
from huoshui.kernel.text import Text

MOST_PERIODS = 1_200  # a hundred years of months


class Method(StrEnum):
    """How principal and interest come back."""

    ANNUITY = "annuity"
    EQUAL_PRINCIPAL = "equal_principal"
    INTEREST_ONLY = "interest_only"
    BULLET = "bullet"


class Every(StrEnum):
    """How far apart the due days are."""

    MONTH = "month"
    QUARTER = "quarter"

    @property
    def months(self) -> int:
        """Return the months in one period."""
        return 3 if self is Every.QUARTER else 1


class Rounding(StrEnum):
    """What a level instalment is rounded to: half up to the fen, or up to the whole 元."""

    FEN = "fen"
    YUAN_UP = "yuan_up"


@dataclass(frozen=True, slots=True)
class Period:
    """One period; amounts in fen, *balance* is the principal left after *payment*."""

    number: int
    start: dt.date
    due: dt.date
    days: int
    principal: Fen
    interest: Fen
    payment: Fen
    balance: Fen


@dataclass(frozen=True, slots=True)
class Schedule:
    """The periods in order."""

    periods: tuple[Period, ...]

    @property
    def total_interest(self) -> Fen:
        """Return the interest of all periods."""
        return Fen(sum(period.interest for period in self.periods))

    @property
    def total_payment(self) -> Fen:
        """Return principal and interest of all periods."""
        return Fen(sum(period.payment for period in self.periods))


def build(
    principal: int,
    *,
    annual_rate_pct: Decimal,
    method: Method,
    periods: int,
    start: dt.date,
    first_due: dt.date | None = None,
    every: Every = Every.MONTH,
    day_count: DayCount = DayCount.THIRTY_360,
    rounding: Rounding = Rounding.FEN,
) -> Schedule:
    """Return the schedule of *principal* (fen, > 0) drawn on *start*.

    *first_due*: one period after *start* unless given; the first period may be short or long, the due days after it
    keep its day of the month. *rounding* concerns the level instalment of an annuity; other methods have none.
    Raises Refused with every problem (schedule_principal, schedule_rate, schedule_periods, schedule_first_due).
    """
    _refuse_nonsense(principal, annual_rate_pct, periods, start, first_due)
    dues = due_days(start, periods=periods, every=every, first_due=first_due)
    starts = [start, *dues[:-1]]
    counted = [day_count.days(begin, due) for begin, due in zip(starts, dues, strict=True)]
    factors = [factor(annual_rate_pct, days=days, year=day_count.year) for days in counted]
    parts = _SPLITS[method](principal, factors, rounding)
    balances = itertools.accumulate((paid for paid, _ in parts), lambda left, paid: left - paid, initial=principal)
    next(balances)
    rows = zip(itertools.count(1), starts, dues, counted, parts, balances)
    return Schedule(
        tuple(
            Period(number, begin, due, days, Fen(paid), Fen(interest), Fen(paid + interest), Fen(left))
            for number, begin, due, days, (paid, interest), left in rows
        )
    )


def due_days(
    start: dt.date, *, periods: int, every: Every = Every.MONTH, first_due: dt.date | None = None
) -> list[dt.date]:
    """Return the due days; naming the default *first_due* changes nothing (31 January, 28 February, 31 March)."""
    usual = add_months(start, every.months)
    first = first_due or usual
    wanted = start.day if first == usual else first.day
    return [add_months(first, every.months * step, day_of_month=wanted) for step in range(periods)]


def level_payment(principal: int, factors: Sequence[Fraction]) -> Fraction:
    """Return the exact level instalment P / Σ_k Π_{j≤k} 1/(1+r_j) for the period factors *factors*."""
    unit = math.lcm(*(each.denominator for each in factors))
    growth, worth, scale = 1, 0, 1
    for each in factors:  # whole numbers over *unit*: exact, and far quicker than fractions over 360 periods
        grown = unit + each.numerator * (unit // each.denominator)
        scale *= unit
        growth *= grown
        worth = worth * grown + scale
    return Fraction(principal * growth, worth)


Split = list[tuple[int, int]]  # principal and interest of each period, in fen


def _annuity(principal: int, factors: Sequence[Fraction], rounding: Rounding) -> Split:
    level = _rounded(level_payment(principal, factors), rounding)
    parts: Split = []
    left = principal
    for each in factors[:-1]:
        interest = round_half_up(left * each)
        paid = min(level - interest, left)  # an instalment rounded up to the 元 may clear the loan early
        parts.append((paid, interest))
        left -= paid
    return [*parts, (left, round_half_up(left * factors[-1]))]


def _rounded(payment: Fraction, rounding: Rounding) -> int:
    if rounding is Rounding.YUAN_UP:
        return -(-payment.numerator // (payment.denominator * FEN_IN_YUAN)) * FEN_IN_YUAN
    return round_half_up(payment)


def _equal_principal(principal: int, factors: Sequence[Fraction], rounding: Rounding) -> Split:
    share = round_half_up(Fraction(principal, len(factors)))
    parts: Split = []
    left = principal
    for each in factors[:-1]:
        paid = min(share, left)  # a few fen over many periods: rounding up must not overpay
        parts.append((paid, round_half_up(left * each)))
        left -= paid
    return [*parts, (left, round_half_up(left * factors[-1]))]


def _interest_only(principal: int, factors: Sequence[Fraction], rounding: Rounding) -> Split:
    interest = [round_half_up(principal * each) for each in factors]
    return [*((0, part) for part in interest[:-1]), (principal, interest[-1])]


def _bullet(principal: int, factors: Sequence[Fraction], rounding: Rounding) -> Split:
    return [(0, 0)] * (len(factors) - 1) + [(principal, round_half_up(principal * sum(factors, Fraction(0))))]


_SPLITS = {
    Method.ANNUITY: _annuity,
    Method.EQUAL_PRINCIPAL: _equal_principal,
    Method.INTEREST_ONLY: _interest_only,
    Method.BULLET: _bullet,
}


def _refuse_nonsense(principal: int, rate: Decimal, periods: int, start: dt.date, first_due: dt.date | None) -> None:
    wrong = []
    if principal <= 0:
        wrong.append(
            _problem(
                "schedule_principal", "principal", principal, "本金必须大于零。", "The principal must be above zero."
            )
        )
    if rate < 0:
        wrong.append(
            _problem("schedule_rate", "annual_rate_pct", rate, "利率不能小于零。", "The rate cannot be below zero.")
        )
    if not 1 <= periods <= MOST_PERIODS:
        zh, en = (
            f"期数 {periods} 不在 1 到 {MOST_PERIODS} 之间。",
            f"{periods} periods is not between 1 and {MOST_PERIODS}.",
        )
        wrong.append(_problem("schedule_periods", "periods", periods, zh, en))
    if first_due is not None and first_due <= start:
        zh, en = (
            f"首个还款日 {first_due} 必须晚于放款日 {start}。",
            f"The first due day {first_due} must be after the start {start}.",
        )
        wrong.append(_problem("schedule_first_due", "first_due", first_due, zh, en))
    if wrong:
        raise Refused(wrong)


def _problem(code: str, field: str, value: object, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field, value=value)
