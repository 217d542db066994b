"""The interest subsidy of one claim line: day by day on what was outstanding, rounded once, then cut.

subsidy = Σ_days min(balance, principal cap) × applied rate / basis. Source: the city's programme of half the
interest; 财政部等《服务业经营主体贷款贴息政策实施方案》(2025-08): one point, at most a year, a capped principal. Worked table:
docs/algorithms/subsidy.md.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from huoshui.kernel.daycount import factor
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import Fen, round_half_up
from huoshui.kernel.periods import add_months
from huoshui.kernel.text import Text

DEFAULT_BASIS = 360
MOST_MONTHS = 1_200  # a hundred years: beyond it the figure is a slip of the pen


@dataclass(frozen=True, slots=True)
class Balance:
    """From *start* on, *amount* (fen) of principal was outstanding."""

    start: dt.date
    amount: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What a programme grants; None = not set. *fraction* of the contract rate (0.5 = half), amounts in fen."""

    fraction: Decimal | None = None
    points_pct: Decimal | None = None
    principal_cap: int | None = None
    firm_cap_left: int | None = None
    budget_left: int | None = None
    months: int | None = None
    basis: int = DEFAULT_BASIS


@dataclass(frozen=True, slots=True)
class Line:
    """Interest of the whole line at the contract rate, the rate subsidised, the subsidy, and what cut it."""

    interest: Fen
    applied_rate_pct: Decimal
    subsidy: Fen
    limited_by: tuple[str, ...]


def line(
    balances: Sequence[Balance],
    *,
    end: dt.date,
    contract_rate_pct: Decimal,
    terms: Terms,
    other_subsidy_pct: Decimal = Decimal(0),
    interest_paid: int | None = None,
    stopped_on: dt.date | None = None,
) -> Line:
    """Return the subsidy of one claim line.

    Days run from each balance's start to the next start or *end* (not counted). *interest_paid* in fen, None = all of it.
    *stopped_on*: the day the loan fell overdue or was downgraded; that day and later earn nothing. *limited_by* names, in
    this order: principal_cap, other_subsidy_pct, months, stopped_on, interest_paid, firm_cap_left, budget_left.
    Raises Refused with every problem (subsidy_balances, subsidy_dates, subsidy_terms, subsidy_amount).
    """
    _refuse_nonsense(balances, end, terms, interest_paid)
    applied, rate_cuts = applied_rate(contract_rate_pct, terms=terms, other_subsidy_pct=other_subsidy_pct)
    last, day_cuts = _last_day(balances[0].start, end, terms, stopped_on)
    capped = [Balance(each.start, _least(each.amount, terms.principal_cap)) for each in balances]
    gross = round_half_up(_accrued(capped, last, applied, terms.basis))
    cap_cut = round_half_up(_accrued(balances, last, applied, terms.basis)) > gross
    subsidy, money_cuts = _cut(gross, interest_paid, terms)
    return Line(
        Fen(round_half_up(_accrued(balances, end, contract_rate_pct, terms.basis))),
        applied,
        Fen(subsidy),
        (*(("principal_cap",) if cap_cut else ()), *rate_cuts, *day_cuts, *money_cuts),
    )


def applied_rate(
    contract: Decimal, *, terms: Terms, other_subsidy_pct: Decimal = Decimal(0)
) -> tuple[Decimal, tuple[str, ...]]:
    """Return the rate (percent) that is subsidised and whether other subsidies cut it; never below zero."""
    granted = [contract]
    if terms.fraction is not None:
        granted.append(terms.fraction * contract)
    if terms.points_pct is not None:
        granted.append(terms.points_pct)
    applied = max(Decimal(0), min(*granted, contract - other_subsidy_pct))
    return applied, ("other_subsidy_pct",) if applied < min(granted) else ()


def _last_day(
    first: dt.date, end: dt.date, terms: Terms, stopped_on: dt.date | None
) -> tuple[dt.date, tuple[str, ...]]:
    """Return the day the subsidy ends (not counted) and what ended it before *end*."""
    limits = {
        "months": add_months(first, terms.months) if terms.months is not None else end,
        "stopped_on": stopped_on or end,
    }
    last = min(end, *limits.values())
    return last, tuple(name for name, day in limits.items() if day == last < end)


def _accrued(balances: Sequence[Balance], end: dt.date, rate: Decimal, basis: int) -> Fraction:
    """Return the exact interest in fen up to *end*."""
    total = Fraction(0)
    starts = [each.start for each in balances]
    for each, following in zip(balances, [*starts[1:], end], strict=True):
        days = (min(following, end) - each.start).days
        total += each.amount * factor(rate, days=max(0, days), year=basis)
    return total


def _least(amount: int, limit: int | None) -> int:
    return amount if limit is None else min(amount, limit)


def _cut(amount: int, interest_paid: int | None, terms: Terms) -> tuple[int, tuple[str, ...]]:
    cuts = []
    limits = (
        ("interest_paid", interest_paid),
        ("firm_cap_left", terms.firm_cap_left),
        ("budget_left", terms.budget_left),
    )
    for name, limit in limits:
        if limit is not None and limit < amount:
            amount = limit
            cuts.append(name)
    return amount, tuple(cuts)


def _refuse_nonsense(balances: Sequence[Balance], end: dt.date, terms: Terms, interest_paid: int | None) -> None:
    wrong = [*_balance_problems(balances, end), *_term_problems(terms)]
    if interest_paid is not None and interest_paid < 0:
        wrong.append(_problem("subsidy_amount", "interest_paid", "金额不能小于零。", "An amount cannot be below zero."))
    if wrong:
        raise Refused(wrong)


def _balance_problems(balances: Sequence[Balance], end: dt.date) -> list[Problem]:
    if not balances:
        return [_problem("subsidy_balances", "balances", "至少需要一笔余额。", "At least one balance is needed.")]
    wrong = []
    starts = [each.start for each in balances]
    if any(later <= earlier for earlier, later in itertools.pairwise(starts)):
        zh, en = "余额的日期必须由早到晚，且不重复。", "The balances' dates must ascend without repeating."
        wrong.append(_problem("subsidy_balances", "balances", zh, en))
    if end < max(starts):
        zh, en = f"截止日 {end} 早于最后一笔余额的日期。", f"The end {end} is before the last balance's date."
        wrong.append(_problem("subsidy_dates", "to", zh, en))
    if any(each.amount < 0 for each in balances):
        wrong.append(_problem("subsidy_balances", "balances", "余额不能小于零。", "A balance cannot be below zero."))
    return wrong


def _term_problems(terms: Terms) -> list[Problem]:
    wrong = []
    if terms.fraction is not None and not 0 <= terms.fraction <= 1:
        wrong.append(
            _problem(
                "subsidy_terms", "programme.fraction", "比例应在 0 到 1 之间。", "The fraction lies between 0 and 1."
            )
        )
    if terms.basis not in (360, 365):
        wrong.append(
            _problem("subsidy_terms", "programme.basis", "计息基数是 360 或 365。", "The basis is 360 or 365.")
        )
    for name in ("points_pct", "principal_cap", "firm_cap_left", "budget_left", "months"):
        value = getattr(terms, name)
        if value is not None and value < 0:
            wrong.append(_problem("subsidy_terms", f"programme.{name}", "不能小于零。", "It cannot be below zero."))
    if terms.months is not None and terms.months > MOST_MONTHS:
        zh, en = f"贴息月数不能超过 {MOST_MONTHS}。", f"Not more than {MOST_MONTHS} months."
        wrong.append(_problem("subsidy_terms", "programme.months", zh, en))
    return wrong


def _problem(code: str, field: str, zh: str, en: str) -> Problem:
    return Problem(code, Text(zh, en), field=field)
