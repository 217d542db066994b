"""The effective yearly rate of a row of payments: the rate at which they are worth nothing on their first day.

Σ amount / (1 + i)^(days / 365) = 0, days counted from the first payment. With x = (1 + i)^(−1/365) this is a polynomial in x
with whole exponents; the positive root is found by Newton's steps kept inside a bracket, in 40-digit decimals. Source: the
definition of the annual percentage rate (中国人民银行公告〔2021〕第3号: 内部收益率法). Worked case: docs/algorithms/apr.md.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext

from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

YEAR = 365
PLACES = Decimal("0.0001")  # percent
_WORK, _SHOWN = Context(prec=40), Context(prec=26)
_STEPS = 400
_NEAR = Decimal("1e-29")  # a step this small changes no digit that is shown
# The search runs over 1 + i, from a loss of all but a ten-thousandth to a bridge loan of one day at several percent.
_LOWEST, _HIGHEST = Decimal("0.0001"), Decimal(10) ** 20
_GRID = 240

Terms = Sequence[tuple[int, int]]  # (days from the first payment, fen), days ascending


def annual_rate_pct(flows: Iterable[tuple[dt.date, int]]) -> Decimal:
    """Return the effective yearly rate in percent (actual/365, four decimals, half up) of *flows*.

    *flows*: day and amount in fen, to the firm positive, in any order. Raises DomainError: flows_one_sided (nothing
    goes, or nothing comes back), flows_one_day, flows_no_rate, flows_ambiguous (more than one rate fits).
    """
    terms = _terms(flows)
    with localcontext(_WORK):
        low, high = _bracket(terms)
        grown = _SHOWN.plus(_solve(terms, low, high))  # sheds the last digits' noise, so that an exact half is a half
        return ((grown - 1) * 100).quantize(PLACES, ROUND_HALF_UP) + 0


def _terms(flows: Iterable[tuple[dt.date, int]]) -> Terms:
    by_day: defaultdict[dt.date, int] = defaultdict(int)
    for day, amount in flows:
        by_day[day] += amount
    days = sorted(day for day, amount in by_day.items() if amount)
    terms = [((day - days[0]).days, by_day[day]) for day in days]
    if len(by_day) == 1:
        raise _wrong(
            "flows_one_day", "所有款项都在同一天，没有利率可言。", "All payments fall on one day; there is no rate."
        )
    if not (any(amount > 0 for _, amount in terms) and any(amount < 0 for _, amount in terms)):
        raise _wrong("flows_one_sided", "需要既有流入又有流出的款项。", "Both money in and money out are needed.")
    return terms


def _wrong(code: str, zh: str, en: str) -> DomainError:
    return DomainError(code, Text(zh, en), field="flows")


def _bracket(terms: Terms) -> tuple[Decimal, Decimal]:
    """Return two values of 1 + i with the root between them; one sign change has one root, more are searched."""
    changes = sum((first > 0) != (second > 0) for (_, first), (_, second) in itertools.pairwise(terms))
    marks = (_LOWEST, _HIGHEST) if changes == 1 else _grid()
    worth = [_worth(terms, mark)[0] for mark in marks]
    found = [
        (marks[at], marks[at + 1]) for at in range(len(marks) - 1) if worth[at] == 0 or worth[at] * worth[at + 1] < 0
    ]
    if not found:
        raise _wrong("flows_no_rate", "没有利率能使这些款项相抵。", "No yearly rate balances these payments.")
    if len(found) > 1:
        raise _wrong("flows_ambiguous", "不止一个利率符合这些款项。", "More than one yearly rate fits these payments.")
    return found[0]


def _grid() -> tuple[Decimal, ...]:
    """Return marks that lie close together around zero and far apart at the ends."""
    step = Decimal(1) / _GRID
    below = [_LOWEST ** ((1 - step * at) ** 3) for at in range(_GRID)]
    above = [_HIGHEST ** ((step * at) ** 3) for at in range(_GRID + 1)]
    return (*below, *above)


def _worth(terms: Terms, grown: Decimal) -> tuple[Decimal, Decimal]:
    """Return the present worth at 1 + i = *grown* and its slope against ln(1 + i)."""
    logarithm = grown.ln() / YEAR
    over: dict[int, Decimal] = {0: Decimal(1)}  # discount over a gap of so many days; a loan has only a few gaps
    worth, slope, discount, before = Decimal(0), Decimal(0), Decimal(1), 0
    for days, amount in terms:
        if (gap := days - before) not in over:
            over[gap] = (-logarithm * gap).exp()
        discount *= over[gap]
        worth += amount * discount
        slope -= amount * discount * days
        before = days
    return worth, slope / YEAR


def _solve(terms: Terms, low: Decimal, high: Decimal) -> Decimal:
    left, right = low.ln(), high.ln()
    rising = _worth(terms, low)[0] < 0
    point = max(left, min(right, Decimal("0.05")))  # a loan's rate is a few percent: start there
    for _ in range(_STEPS):  # pragma: no branch - a dozen are usual; the limit only bounds a mistake
        worth, slope = _worth(terms, point.exp())
        if abs(worth) <= abs(slope) * _NEAR:
            break
        left, right = (point, right) if (worth < 0) == rising else (left, point)
        step = point - worth / slope if slope else left
        point = step if left < step < right else (left + right) / 2
    return point.exp()
