"""One loan's subsidy for a claim's days: what it would be, and every cut on the way to what is granted. Pure.

The order of cuts: programme's end or maximum months, overdue, days subsidised by another scheme, principal cap (of the
firm, over all its loans), other subsidies' rate, interest paid, the firm's cap, its cap for the year over all schemes,
the budget. Each cut is a sum in fen, and full − cuts = granted. Formula and source: kernel.subsidy; worked table: docs/algorithms/subsidy-claim.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from huoshui.kernel import subsidy
from huoshui.kernel.periods import add_months
from huoshui.kernel.subsidy import Balance
from huoshui.kernel.text import Text

CUTS: dict[str, Text] = {
    "ended": Text("政策期满或贴息月数已满", "Programme or months at their end"),
    "overdue": Text("逾期停止贴息", "Overdue"),
    "other_days": Text("同日已享受其他贴息", "Days subsidised by another scheme"),
    "principal_cap": Text("超过贴息本金上限", "Above the principal cap"),
    "other_rate": Text("扣除其他贴息", "Less other subsidies"),
    "interest_paid": Text("以实付利息为限", "Limited to interest paid"),
    "firm_cap": Text("单户贴息上限", "Firm's cap"),
    "year_cap": Text("单户全年各项贴息合计上限", "Firm's cap for the year over all schemes"),
    "budget": Text("预算不足，排队等候", "Budget exhausted; queued"),
}


@dataclass(frozen=True, slots=True)
class Span:
    """From *start* up to *end* (not counted) *amount* fen was outstanding, of which *eligible* is subsidised."""

    start: dt.date
    end: dt.date
    amount: int
    eligible: int


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of a loan for a claim. *moves*: (day, fen): drawdowns above 0, repayments of principal below.

    *taken*: days that another scheme has subsidised; *used*: what of the firm's principal cap its other loans use;
    *other_pct*: points other schemes pay on the same days where the programme allows stacking.
    """

    moves: tuple[tuple[dt.date, int], ...]
    rate_pct: Decimal
    first: dt.date
    end: dt.date
    programme_ends: dt.date | None = None
    starts_on: dt.date | None = None
    overdue_from: dt.date | None = None
    taken: tuple[tuple[dt.date, dt.date], ...] = ()
    used: tuple[Span, ...] = ()
    other_pct: Decimal = Decimal(0)
    interest_paid: int | None = None
    firm_left: int | None = None
    year_left: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """The answer: *full* before cuts, *cuts* by name, *granted*; *interest* of all the days at the contract rate."""

    first: dt.date
    end: dt.date
    interest: int
    applied_pct: Decimal
    full: int
    cuts: tuple[tuple[str, int], ...]
    granted: int
    spans: tuple[Span, ...] = field(default=())

    @property
    def days(self) -> int:
        """Return how many days earn something."""
        return max((self.end - self.first).days, 0)


def reckon(case: Case, terms: subsidy.Terms) -> Line | None:
    """Return the line of *case* before the budget, None where nothing was outstanding on any of its days."""
    whole = spans(case.moves, case.first, case.end)
    if not whole:
        return None
    free = replace(terms, principal_cap=None, firm_cap_left=None, budget_left=None, months=None)
    steps: list[tuple[str, int]] = []
    full = now = _sum(whole, case.rate_pct, free)
    kept = whole
    for name, cut in _days(case, terms, whole[0].start):
        kept = cut(kept)
        now = _step(steps, name, now, _sum(kept, case.rate_pct, free))
    capped = _capped(kept, terms.principal_cap, case.used)
    now = _step(steps, "principal_cap", now, _sum(capped, case.rate_pct, free))
    now = _step(steps, "other_rate", now, _sum(capped, case.rate_pct, free, case.other_pct))
    caps = {"interest_paid": case.interest_paid, "firm_cap": case.firm_left, "year_cap": case.year_left}
    for name, limit in caps.items():
        now = _step(steps, name, now, now if limit is None else min(now, max(limit, 0)))
    applied, _ = subsidy.applied_rate(case.rate_pct, terms=terms, other_subsidy_pct=case.other_pct)
    first, end = (capped[0].start, capped[-1].end) if capped else (whole[0].start, whole[0].start)
    interest = _interest(whole, case.rate_pct, terms.basis)
    return Line(first, end, interest, applied, full, tuple(steps), now, capped)


def within_budget(line: Line, left: int) -> Line:
    """Return *line* cut to what is left of the budget; the cut waits in the queue."""
    granted = min(line.granted, max(left, 0))
    if granted == line.granted:
        return line
    return replace(line, cuts=(*line.cuts, ("budget", line.granted - granted)), granted=granted)


def spans(moves: Sequence[tuple[dt.date, int]], first: dt.date, end: dt.date) -> tuple[Span, ...]:
    """Return what was outstanding from *first* up to *end*; a drawdown counts from its day, a repayment ends on its."""
    balance = sum(amount for day, amount in moves if day <= first)
    changes: dict[dt.date, int] = {}
    for day, amount in moves:
        if first < day < end:
            changes[day] = changes.get(day, 0) + amount
    found, at = [], first
    for day in [*sorted(changes), end]:
        if day > at and balance > 0:
            found.append(Span(at, day, balance, balance))
        balance, at = balance + changes.get(day, 0), day
    return tuple(found)


def _days(case: Case, terms: subsidy.Terms, first: dt.date) -> list[tuple[str, _Cut]]:
    ends = [day for day in (case.programme_ends, _months_end(case, terms, first)) if day]
    cuts: list[tuple[str, _Cut]] = []
    if ends:
        cuts.append(("ended", _Cut(until=min(ends))))
    if case.overdue_from:
        cuts.append(("overdue", _Cut(until=case.overdue_from)))
    if case.taken:
        cuts.append(("other_days", _Cut(without=case.taken)))
    return cuts


def _months_end(case: Case, terms: subsidy.Terms, first: dt.date) -> dt.date | None:
    return add_months(case.starts_on or first, terms.months) if terms.months is not None else None


@dataclass(frozen=True, slots=True)
class _Cut:
    """Takes days away: those from *until* on, or those in *without*."""

    until: dt.date | None = None
    without: tuple[tuple[dt.date, dt.date], ...] = ()

    def __call__(self, kept: tuple[Span, ...]) -> tuple[Span, ...]:
        if self.until is not None:
            return tuple(replace(one, end=min(one.end, self.until)) for one in kept if one.start < self.until)
        for start, end in self.without:
            kept = tuple(part for one in kept for part in _outside(one, start, end))
        return kept


def _outside(one: Span, start: dt.date, end: dt.date) -> list[Span]:
    parts = [replace(one, end=min(one.end, start)), replace(one, start=max(one.start, end))]
    return [part for part in parts if part.start < part.end]


def _capped(kept: tuple[Span, ...], cap: int | None, used: tuple[Span, ...]) -> tuple[Span, ...]:
    """Return the spans with what is eligible under the firm's cap, day by day less what its other loans use of it."""
    if cap is None:
        return kept
    found: list[Span] = []
    for one in kept:
        edges = sorted({one.start, one.end, *(day for other in used for day in (other.start, other.end))})
        inside = [day for day in edges if one.start <= day <= one.end]
        for start, end in zip(inside, inside[1:], strict=False):
            taken = sum(other.eligible for other in used if other.start <= start and end <= other.end)
            found.append(Span(start, end, one.amount, max(min(one.amount, cap - taken), 0)))
    return tuple(found)


def _step(steps: list[tuple[str, int]], name: str, before: int, after: int) -> int:
    if after < before:
        steps.append((name, before - after))
    return after


def _sum(kept: Sequence[Span], rate: Decimal, terms: subsidy.Terms, other: Decimal = Decimal(0)) -> int:
    """Return the subsidy of *kept* days, rounded once."""
    if not kept:
        return 0
    made = subsidy.line(_balances(kept), end=kept[-1].end, contract_rate_pct=rate, terms=terms, other_subsidy_pct=other)
    return int(made.subsidy)


def _interest(kept: Sequence[Span], rate: Decimal, basis: int) -> int:
    made = subsidy.line(_balances(kept), end=kept[-1].end, contract_rate_pct=rate, terms=subsidy.Terms(basis=basis))
    return int(made.interest)


def _balances(kept: Sequence[Span]) -> list[Balance]:
    """Return the spans as balances, a zero where days lie between two of them."""
    found: list[Balance] = []
    for at, one in enumerate(kept):
        found.append(Balance(one.start, one.eligible))
        if at + 1 < len(kept) and one.end < kept[at + 1].start:
            found.append(Balance(one.end, 0))
    return found
