"""Schedules with drawdowns in parts and early repayments, arrears, first loan."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.financing import loan_book as book
from huoshui.financing.loan_book import Change, Line, Paid, Terms

START = dt.date(2026, 1, 15)
WAN = 1_000_000


def terms(method: str = "interest_only", months: int = 12, rate: str = "3.60", count: str = "30/360") -> Terms:
    return Terms(Decimal(rate), method, months, count)


def test_interest_first_asks_for_a_twelfth_of_the_yearly_interest_each_month() -> None:
    lines = book.plan(terms(), [Change(START, 100 * WAN)])
    assert [line.interest for line in lines] == [300_000] * 12
    assert [line.principal for line in lines] == [0] * 11 + [100 * WAN]
    assert lines[-1].due_on == dt.date(2027, 1, 15) == book.maturity(START, 12)


def test_a_second_drawdown_adds_interest_from_its_own_day() -> None:
    lines = book.plan(terms(), [Change(START, 50 * WAN), Change(dt.date(2026, 1, 30), 50 * WAN)])
    assert lines[0].interest == 75_000 + 150_000  # 15 days of half, then 15 days of the whole
    assert lines[1].interest == 300_000
    assert sum(line.principal for line in lines) == 100 * WAN


def test_a_drawdown_on_a_due_day_comes_after_that_instalment() -> None:
    lines = book.plan(terms(), [Change(START, 50 * WAN), Change(dt.date(2026, 2, 15), 50 * WAN)])
    assert [line.interest for line in lines[:2]] == [150_000, 300_000]


def test_paying_the_coming_instalment_early_is_no_prepayment_and_more_is() -> None:
    lines = book.plan(terms("equal_principal"), [Change(START, 120 * WAN)])
    assert book.prepaid(lines, 10 * WAN, dt.date(2026, 2, 10)) == 0
    assert book.prepaid(lines, 10 * WAN + 1, dt.date(2026, 2, 10)) == 1


def test_an_early_repayment_shrinks_the_rest_and_keeps_the_days() -> None:
    paid = [Paid(dt.date(2026, 2, 15), 0, 300_000), Paid(dt.date(2026, 3, 1), 40 * WAN, 0)]
    lines = book.replay(terms(), [Change(START, 100 * WAN)], paid)
    assert sum(line.principal for line in lines) == 60 * WAN
    assert [line.interest for line in lines[:3]] == [300_000, 160_000 + 84_000, 180_000]
    assert [line.due_on.day for line in lines] == [15] * 12


def test_clearing_the_loan_leaves_only_the_interest_that_ran() -> None:
    lines = book.replay(terms(), [Change(START, 100 * WAN)], [Paid(dt.date(2026, 1, 25), 100 * WAN, 100_000)])
    assert lines == (Line(dt.date(2026, 2, 15), 0, 100_000),)
    assert book.arrears(lines, 0, 100_000, dt.date(2026, 5, 1)).days == 0


@pytest.mark.parametrize(
    ("on", "days"),
    [(dt.date(2026, 2, 15), 0), (dt.date(2026, 2, 16), 1), (dt.date(2026, 5, 16), 90), (dt.date(2026, 5, 17), 91)],
)
def test_days_overdue_count_from_the_day_after_the_oldest_unpaid_instalment(on: dt.date, days: int) -> None:
    lines = book.plan(terms(), [Change(START, 100 * WAN)])
    assert book.arrears(lines, 0, 0, on).days == days


@pytest.mark.parametrize(
    ("days", "name"),
    [(0, "normal"), (1, "watch"), (90, "watch"), (91, "substandard"), (270, "substandard"), (271, "doubtful"),
     (360, "doubtful"), (361, "loss")],
)  # fmt: skip
def test_the_class_follows_from_days_overdue(days: int, name: str) -> None:
    assert book.five_class(days, limits=[90, 270, 360], watch_from=1) == name


@pytest.mark.parametrize(
    ("before", "here", "holds"),
    [(False, 0, True), (True, 0, False), (None, 0, None), (False, 1, False), (None, 1, False), (True, 2, False)],
)
def test_unknown_history_is_neither_a_first_loan_nor_a_second(
    before: bool | None,
    here: int,
    holds: bool | None,  # noqa: FBT001
) -> None:
    assert book.first_loan(borrowed_before=before, loans_here=here).holds is holds


METHODS = st.sampled_from(["annuity", "equal_principal", "interest_only", "bullet", "revolving"])
DRAWS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 10**10)), min_size=1, max_size=4)


@given(method=METHODS, draws=DRAWS, months=st.integers(1, 36), count=st.sampled_from(["30/360", "actual/360"]))
def test_principal_parts_always_sum_to_what_was_drawn(
    method: str, draws: list[tuple[int, int]], months: int, count: str
) -> None:
    span = (book.maturity(START, months) - START).days
    changes = [Change(START, draws[0][1])]
    days = sorted(day % span for day, _ in draws[1:])
    changes += [
        Change(START + dt.timedelta(days=day), amount) for day, (_, amount) in zip(days, draws[1:], strict=True)
    ]
    lines = book.plan(terms(method, months, count=count), changes)
    assert sum(line.principal for line in lines) == sum(change.amount for change in changes)
    assert all(line.principal >= 0 and line.interest >= 0 for line in lines)
    assert [line.due_on for line in lines] == sorted(line.due_on for line in lines)


@given(method=METHODS, amount=st.integers(1000, 10**10), months=st.integers(1, 24))
def test_paying_every_instalment_on_its_day_is_never_overdue_and_ends_at_zero(
    method: str, amount: int, months: int
) -> None:
    lines = book.plan(terms(method, months), [Change(START, amount)])
    principal = interest = 0
    for line in lines:
        principal, interest = principal + line.principal, interest + line.interest
        assert book.arrears(lines, principal, interest, line.due_on + dt.timedelta(days=1)).days == 0
        assert book.prepaid(lines, principal, line.due_on) == 0
    assert principal == amount


@given(first=st.integers(1, 200), part=st.integers(1, 99), method=METHODS)
def test_what_is_prepaid_leaves_the_schedule_exactly(first: int, part: int, method: str) -> None:
    amount = 100 * WAN
    on = START + dt.timedelta(days=first)
    whole = book.plan(terms(method), [Change(START, amount)])
    owed = sum(line.principal for line in whole if line.due_on < on)
    coming = next((line.principal for line in whole if line.due_on >= on), 0)
    ahead = max((amount - owed - coming) * part // 100, 0)
    paid = [Paid(on, owed + coming + ahead, 0)]
    lines = book.replay(terms(method), [Change(START, amount)], paid)
    assert sum(line.principal for line in lines) == amount - ahead


@pytest.mark.parametrize(
    ("paid", "drawn", "behind"),
    [
        ([(5, 0, 100), (6, 100, 100)], 100, None),  # each on its day
        ([(6, 0, 100), (6, 100, 100)], 100, 5),  # the first a month late, cured since
        ([(5, 0, 99), (6, 100, 101)], 100, 5),  # one fen short
        ([(5, 0, 200)], 100, 6),  # the principal never came
        ([(5, 40, 200)], 140, None),  # something was paid ahead: only the interest tells
    ],
)
def test_the_first_instalment_that_was_late_is_known_even_when_it_was_paid_since(
    paid: list[tuple[int, int, int]], drawn: int, behind: int | None
) -> None:
    lines = (book.Line(dt.date(2026, 5, 1), 0, 100), book.Line(dt.date(2026, 6, 1), 100, 100))
    money = [book.Paid(dt.date(2026, month, 1), *sums) for month, *sums in paid]
    day = dt.date(2026, behind, 1) if behind else None
    assert book.first_overdue(lines, money, drawn=drawn, on=dt.date(2026, 7, 1)) == day
    assert book.first_overdue(lines, [], drawn=drawn, on=dt.date(2026, 5, 1)) is None, "due today is not late"
