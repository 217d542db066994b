"""One loan's subsidy for a claim: the worked figures, each cut on its own, and the same as a plain day-by-day sum."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.funds.subsidy_line import Case, Span, reckon, spans, within_budget
from huoshui.kernel.subsidy import Terms

DAY = dt.date(2026, 1, 1)
HALF = Terms(fraction=Decimal("0.5"))
LOAN = 200_000_000  # 2,000,000 元


def case(**given: object) -> Case:
    values = {"moves": ((DAY, LOAN),), "rate_pct": Decimal(4), "first": DAY, "end": DAY + dt.timedelta(days=90)}
    return Case(**(values | given))  # type: ignore[arg-type]


def test_the_worked_figure_two_million_at_four_percent_for_ninety_days() -> None:
    line = reckon(case(), HALF)
    assert line is not None
    assert (line.interest, line.full, line.granted, line.cuts, line.days) == (2_000_000, 1_000_000, 1_000_000, (), 90)


@pytest.mark.parametrize(
    ("given_", "terms", "name", "cut"),
    [
        ({"programme_ends": DAY + dt.timedelta(days=45)}, HALF, "ended", 500_000),
        ({"starts_on": dt.date(2025, 2, 15)}, Terms(fraction=Decimal("0.5"), months=12), "ended", 500_000),
        ({"overdue_from": DAY + dt.timedelta(days=45)}, HALF, "overdue", 500_000),
        ({"taken": ((DAY + dt.timedelta(days=10), DAY + dt.timedelta(days=55)),)}, HALF, "other_days", 500_000),
        ({}, Terms(fraction=Decimal("0.5"), principal_cap=LOAN // 2), "principal_cap", 500_000),
        ({"other_pct": Decimal(3)}, HALF, "other_rate", 500_000),
        ({"interest_paid": 600_000}, HALF, "interest_paid", 400_000),
        ({"interest_paid": -5}, HALF, "interest_paid", 1_000_000),
        ({"firm_left": 999_999}, HALF, "firm_cap", 1),
        ({"firm_left": 1_000_000, "year_left": 600_000}, HALF, "year_cap", 400_000),
    ],
)
def test_each_cut_stands_as_a_sum_of_its_own(given_: dict[str, object], terms: Terms, name: str, cut: int) -> None:
    line = reckon(case(**given_), terms)
    assert line is not None
    assert line.cuts == ((name, cut),)
    assert line.granted == line.full - cut


def test_the_firms_cap_on_principal_counts_its_other_loans_day_by_day() -> None:
    used = (Span(DAY, DAY + dt.timedelta(days=45), LOAN, LOAN),)
    line = reckon(case(used=used), Terms(fraction=Decimal("0.5"), principal_cap=LOAN))
    assert line is not None
    assert line.granted == 500_000


@pytest.mark.parametrize(
    ("left", "granted"), [(1_000_001, 1_000_000), (1_000_000, 1_000_000), (999_999, 999_999), (-1, 0)]
)
def test_the_cap_of_the_year_cuts_only_what_is_above_it(left: int, granted: int) -> None:
    line = reckon(case(year_left=left), HALF)
    assert line is not None
    assert line.granted == granted
    assert dict(line.cuts).get("year_cap", 0) == 1_000_000 - granted


@pytest.mark.parametrize(("left", "granted"), [(1_000_000, 1_000_000), (999_999, 999_999), (1, 1), (0, 0), (-1, 0)])
def test_the_line_that_crosses_the_budget_is_cut_to_what_is_left(left: int, granted: int) -> None:
    made = reckon(case(), HALF)
    assert made is not None
    line = within_budget(made, left)
    assert line.granted == granted
    assert line.full == line.granted + sum(fen for _, fen in line.cuts)


def test_a_repayment_ends_on_its_day_and_a_drawdown_counts_from_its() -> None:
    moves = ((DAY, 100), (DAY + dt.timedelta(days=2), 50), (DAY + dt.timedelta(days=5), -150))
    found = spans(moves, DAY, DAY + dt.timedelta(days=9))
    assert [((one.end - one.start).days, one.amount) for one in found] == [(2, 100), (3, 150)]


def test_nothing_outstanding_is_no_line() -> None:
    assert reckon(case(moves=((DAY + dt.timedelta(days=100), LOAN),)), HALF) is None


_moves = st.lists(st.tuples(st.integers(0, 120), st.integers(1, 10**11)), min_size=1, max_size=5)


@given(
    draws=_moves,
    rate=st.integers(1, 240_000),
    cap=st.none() | st.integers(0, 10**11),
    ends=st.none() | st.integers(1, 130),
    overdue=st.none() | st.integers(1, 130),
    basis=st.sampled_from([360, 365]),
)
def test_granted_is_the_sum_of_its_days(
    draws: list[tuple[int, int]], rate: int, cap: int | None, ends: int | None, overdue: int | None, basis: int
) -> None:
    moves = tuple(sorted((DAY + dt.timedelta(days=day), amount) for day, amount in draws))
    pct = Decimal(rate) / 10_000
    terms = Terms(fraction=Decimal("0.5"), principal_cap=cap, basis=basis)
    day = lambda number: None if number is None else DAY + dt.timedelta(days=number)  # noqa: E731
    line = reckon(
        Case(moves, pct, DAY, DAY + dt.timedelta(days=90), programme_ends=day(ends), overdue_from=day(overdue)), terms
    )
    last = min(90, *(number for number in (ends, overdue) if number is not None), 90)
    total = 0
    for number in range(last):
        balance = sum(amount for at, amount in draws if at <= number)
        total += min(balance, cap) if cap is not None else balance
    plain = (Decimal(total) * (pct / 2) / 100 / basis).quantize(Decimal(1), ROUND_HALF_UP)
    assert (line.granted if line else 0) == int(plain)
    if line:
        assert line.full == line.granted + sum(fen for _, fen in line.cuts)
