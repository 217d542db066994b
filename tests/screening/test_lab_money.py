"""What a programme costs and moves under a rule in the making."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen
from huoshui.screening.lab_money import Assumptions, budget_of, cost_of_loan, problems_of, read, spending, written

DAY = dt.date(2026, 1, 5)
LOAN = Assumptions(Decimal(10), Fen(100_000_000), Decimal("4"), 12, Decimal(2))
POINT = {
    "points_pct": "1",
    "fraction": None,
    "basis": 360,
    "months": 12,
    "flow": "automatic",
    "shares": {"county": "100"},
}


def test_a_point_on_a_million_for_a_year_of_365_days_over_360() -> None:
    assert cost_of_loan("subsidy", POINT, LOAN, on=DAY) == pytest.approx(1_013_889, abs=12)  # a line each month


def test_half_the_interest_costs_half_the_interest() -> None:
    half = POINT | {"points_pct": None, "fraction": "0.5"}
    whole = POINT | {"points_pct": None, "fraction": "1"}
    one, other = (cost_of_loan("subsidy", terms, LOAN, on=DAY) for terms in (half, whole))
    assert abs(other - 2 * one) <= 12


def test_principal_over_the_cap_earns_nothing() -> None:
    capped = POINT | {"principal_cap": "500000.00"}
    assert cost_of_loan("subsidy", capped, LOAN, on=DAY) * 2 == pytest.approx(
        cost_of_loan("subsidy", POINT, LOAN, on=DAY), abs=12
    )


@pytest.mark.parametrize("kind", ["compensation", "bridge", "guarantee", "preferential"])
def test_other_kinds_cost_the_share_that_is_assumed(kind: str) -> None:
    assert cost_of_loan(kind, {}, LOAN, on=DAY) == 2_000_000


def test_borrowers_are_the_share_that_takes_up() -> None:
    moved = spending(1_000, "guarantee", {}, LOAN, on=DAY)
    assert (moved.loans, moved.lent, moved.cost) == (100, 100 * 100_000_000, 100 * 2_000_000)
    assert moved.leverage == Decimal(50)


@pytest.mark.parametrize(
    ("budget", "loans"), [("2000000.01", 100), ("2000000.00", 100), ("1999999.99", 100), ("1000000.00", 50)]
)
def test_a_short_budget_is_spent_whole_and_lends_less(budget: str, loans: int) -> None:
    moved = spending(1_000, "compensation", {"pool": budget}, LOAN, on=DAY)
    whole = 100 * 2_000_000
    assert moved.loans == loans
    assert moved.cost == min(whole, int(Decimal(budget) * 100))


def test_nobody_qualifies_nothing_is_lent() -> None:
    moved = spending(0, "subsidy", POINT | {"budget": "100.00"}, LOAN, on=DAY)
    assert (moved.loans, moved.lent, moved.cost, moved.leverage) == (0, 0, 0, None)


def test_the_budget_is_the_kinds_own() -> None:
    terms = {"budget": "1.00", "pool": "2.00"}
    assert [budget_of(kind, terms) for kind in ("subsidy", "compensation", "bridge")] == [100, 200, None]


def test_assumptions_come_back_as_they_were_written() -> None:
    assert read(written(LOAN)) == LOAN


@pytest.mark.parametrize(
    "broken", [{}, written(LOAN) | {"loan_amount": "1e3"}, written(LOAN) | {"take_up_pct": "viele"}]
)
def test_broken_assumptions_are_refused(broken: dict[str, object]) -> None:
    with pytest.raises(DomainError):
        read(broken)


def test_every_impossible_assumption_is_named_at_once() -> None:
    impossible = Assumptions(Decimal(101), Fen(0), Decimal("NaN"), 0, Decimal(-1))
    assert [problem.field for problem in problems_of(impossible)] == [
        "take_up_pct", "loan_amount", "rate_pct", "months", "cost_pct",
    ]  # fmt: skip
    assert problems_of(LOAN) == []


@pytest.mark.parametrize(("months", "fine"), [(0, False), (1, True), (360, True), (361, False)])
def test_the_term_has_limits(months: int, fine: bool) -> None:
    assert (problems_of(replace(LOAN, months=months)) == []) is fine
