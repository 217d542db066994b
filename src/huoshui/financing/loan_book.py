"""A loan's book: balance, schedule with drawdowns in parts and early repayments, days overdue, first loan. Pure.

The schedule is made again at each drawdown or early repayment from the balance then; the interest that has run since
the last due day goes into the next instalment. What was due stays due: arrears are never rescheduled away.
Worked tables: docs/algorithms/loan-book.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from huoshui.kernel import schedule
from huoshui.kernel.daycount import DayCount, interest
from huoshui.kernel.five_class import FiveClass, classify
from huoshui.kernel.periods import add_months
from huoshui.kernel.schedule import Method

REVOLVING = "revolving"  # 随借随还: interest monthly, principal at the end or whenever the firm likes


@dataclass(frozen=True, slots=True)
class Terms:
    """What the contract says: *rate_pct* a year, *method* of kernel.schedule or ``revolving``."""

    rate_pct: Decimal
    method: str
    term_months: int
    day_count: str = "actual/360"


@dataclass(frozen=True, slots=True)
class Change:
    """The balance changes by *amount* fen on a day: a drawdown above 0, an early repayment below."""

    on: dt.date
    amount: int


@dataclass(frozen=True, slots=True)
class Line:
    """An instalment; amounts in fen."""

    due_on: dt.date
    principal: int
    interest: int


@dataclass(frozen=True, slots=True)
class Paid:
    """A repayment; amounts in fen."""

    on: dt.date
    principal: int
    interest: int


@dataclass(frozen=True, slots=True)
class Arrears:
    """What is due and unpaid on a day: *days* since the oldest unpaid instalment was due (0: nothing is overdue)."""

    days: int
    principal: int
    interest: int


def balance(drawn: int, repaid: int) -> int:
    """Return the outstanding principal in fen."""
    return drawn - repaid


def maturity(starts_on: dt.date, term_months: int) -> dt.date:
    """Return the day the loan ends: so many months after the first drawdown."""
    return add_months(starts_on, term_months)


def plan(terms: Terms, changes: Sequence[Change]) -> tuple[Line, ...]:
    """Return the schedule after *changes* (in order of days; the first is a drawdown).

    Due days are monthly from the first drawdown, the last one is the maturity. Principal parts sum to the changes.
    A change on a due day comes after that day's instalment; one past the last due day is due on the maturity.
    """
    dues = schedule.due_days(changes[0].on, periods=terms.term_months)
    lines: list[Line] = []
    left, since, carried = 0, changes[0].on, 0
    ahead: list[Line] = []
    for change in changes:
        passed = [line for line in ahead if line.due_on <= change.on]
        lines += passed
        left -= sum(line.principal for line in passed)
        if passed:
            since, carried = passed[-1].due_on, 0
        carried += _accrued(terms, left, since, change.on)
        left, since = left + change.amount, change.on
        ahead = _ahead(terms, left, change.on, [due for due in dues if due > change.on] or [dues[-1]], carried)
    return tuple(lines + ahead)


def _accrued(terms: Terms, left: int, since: dt.date, on: dt.date) -> int:
    if left <= 0 or on <= since:
        return 0
    count = DayCount(terms.day_count)
    return interest(left, annual_rate_pct=terms.rate_pct, start=since, end=on, day_count=count)


def _ahead(terms: Terms, left: int, on: dt.date, dues: list[dt.date], carried: int) -> list[Line]:
    if left <= 0:
        return [Line(dues[0], max(left, 0), carried)] if carried else []
    if dues[0] <= on:  # past the maturity: all of it is due at once
        return [Line(dues[0], left, carried)]
    method = Method.INTEREST_ONLY if terms.method == REVOLVING else Method(terms.method)
    built = schedule.build(
        left,
        annual_rate_pct=terms.rate_pct,
        method=method,
        periods=len(dues),
        start=on,
        first_due=dues[0],
        day_count=DayCount(terms.day_count),
    )
    made = [Line(due, period.principal, period.interest) for due, period in zip(dues, built.periods, strict=True)]
    return _with_carried(made, method, carried)


def _with_carried(made: list[Line], method: Method, carried: int) -> list[Line]:
    at = len(made) - 1 if method is Method.BULLET else 0
    made[at] = replace(made[at], interest=made[at].interest + carried)
    return made


def prepaid(lines: Sequence[Line], paid_principal: int, on: dt.date) -> int:
    """Return the principal (fen) paid ahead of the schedule on a day: beyond what the next due day asks for.

    Paying the coming instalment a few days early is not an early repayment.
    """
    coming = next((line.due_on for line in lines if line.due_on >= on), None)
    owed = sum(line.principal for line in lines if coming is None or line.due_on <= coming)
    return max(paid_principal - owed, 0)


def prepaid_now(lines: Sequence[Line], *, drawn: int, paid_principal: int, on: dt.date) -> int:
    """Return the principal newly paid ahead on a day; what earlier early repayments took out of the schedule is known.

    *drawn* less the schedule's principal is what was prepaid before.
    """
    before = drawn - sum(line.principal for line in lines)
    return prepaid(lines, paid_principal - before, on)


def replay(terms: Terms, draws: Sequence[Change], paid: Sequence[Paid]) -> tuple[Line, ...]:
    """Return the schedule that follows from every drawdown and repayment, in order of days (drawdowns first)."""
    moments: list[tuple[dt.date, int, Change | Paid]] = [(draw.on, 0, draw) for draw in draws]
    moments += [(each.on, 1, each) for each in paid]
    moments.sort(key=lambda moment: moment[:2])
    changes: list[Change] = []
    lines: tuple[Line, ...] = ()
    drawn = repaid = 0
    for on, _, moment in moments:
        if isinstance(moment, Change):
            drawn += moment.amount
            changes.append(moment)
            lines = plan(terms, changes)
            continue
        repaid += moment.principal
        ahead = prepaid_now(lines, drawn=drawn, paid_principal=repaid, on=on)
        if ahead:
            changes.append(Change(on, -ahead))
            lines = plan(terms, changes)
    return lines


def arrears(lines: Sequence[Line], paid_principal: int, paid_interest: int, on: dt.date) -> Arrears:
    """Return what is overdue on a day: an instalment is overdue from the day after its due day.

    Payments cover the oldest instalments first, principal and interest each for itself.
    """
    due = [line for line in lines if line.due_on < on]
    oldest: dt.date | None = None
    principal = interest_due = 0
    for line in due:
        principal += line.principal
        interest_due += line.interest
        if oldest is None and (principal > paid_principal or interest_due > paid_interest):
            oldest = line.due_on
    if oldest is None:
        return Arrears(0, 0, 0)
    return Arrears((on - oldest).days, max(principal - paid_principal, 0), max(interest_due - paid_interest, 0))


def first_overdue(lines: Sequence[Line], paid: Sequence[Paid], *, drawn: int, on: dt.date) -> dt.date | None:
    """Return the due day of the first instalment before *on* that was not covered when it fell due, cured since or not.

    Principal counts only where nothing was paid ahead of the schedule: then the lines no longer say what was due when.
    """
    whole = sum(line.principal for line in lines) == drawn
    principal = interest_due = 0
    for line in lines:
        if line.due_on >= on:
            break
        principal, interest_due = principal + line.principal, interest_due + line.interest
        by = [one for one in paid if one.on <= line.due_on]
        short = whole and sum(one.principal for one in by) < principal
        if short or sum(one.interest for one in by) < interest_due:
            return line.due_on
    return None


def five_class(overdue_days: int, *, limits: Sequence[int], watch_from: int) -> FiveClass:
    """Return the class by days overdue; limits are the parameters ``five_class.*``."""
    return classify(overdue_days, limits=limits, watch_from=watch_from)


@dataclass(frozen=True, slots=True)
class FirstLoan:
    """Whether a loan is the firm's first ever: *holds* True, False or None (nobody knows), and the reason as a code."""

    holds: bool | None
    why: str


def first_loan(*, borrowed_before: bool | None, loans_here: int) -> FirstLoan:
    """Return whether money paid out now is the firm's first loan (首贷户), across all banks.

    *borrowed_before*: what the credit register says (None: no data); *loans_here*: loans of the firm on this platform
    with money paid out before. Unknown stays unknown: such a loan is not counted as a first one.
    """
    if loans_here:
        return FirstLoan(False, "loan_here")
    if borrowed_before is None:
        return FirstLoan(None, "no_data")
    return FirstLoan(not borrowed_before, "borrowed_before" if borrowed_before else "never_borrowed")
