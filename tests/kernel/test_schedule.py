"""Repayment schedules: worked figures, odd cases, and agreement with a plain decimal calculation."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.daycount import DayCount
from huoshui.kernel.errors import Refused
from huoshui.kernel.money import in_yuan, parse_yuan, yuan_text
from huoshui.kernel.schedule import MOST_PERIODS, Every, Method, Rounding, Schedule, build, due_days
from tests.kernel import references

day = dt.date.fromisoformat


def plan(
    principal: str = "100.00", rate: str = "9.4822", method: str = "annuity", periods: int = 6, **rest: object
) -> Schedule:
    return build(
        parse_yuan(principal),
        annual_rate_pct=Decimal(rate),
        method=Method(method),
        periods=periods,
        **{"start": day("2024-01-01"), **rest},  # type: ignore[arg-type]
    )


def column(schedule: Schedule, name: str) -> list[str]:
    return [yuan_text(getattr(period, name)) for period in schedule.periods]


def test_equal_instalments_of_a_hundred_over_six_months() -> None:
    found = plan()
    assert column(found, "payment") == ["17.13"] * 6
    assert column(found, "interest") == ["0.79", "0.66", "0.53", "0.40", "0.27", "0.13"]
    assert column(found, "balance") == ["83.66", "67.19", "50.59", "33.86", "17.00", "0.00"]
    assert (yuan_text(found.total_interest), yuan_text(found.total_payment)) == ("2.78", "102.78")


def test_equal_principal_gives_the_rest_to_the_last() -> None:
    found = plan("100.00", "12", "equal_principal", 3)
    assert column(found, "principal") == ["33.33", "33.33", "33.34"]
    assert column(found, "interest") == ["1.00", "0.67", "0.33"]


def test_interest_only_pays_the_principal_with_the_last() -> None:
    found = plan("1000000.00", "4.35", "interest_only", 3, day_count=DayCount.ACTUAL_360)
    assert column(found, "interest") == ["3745.83", "3504.17", "3745.83"]
    assert column(found, "principal") == ["0.00", "0.00", "1000000.00"]
    assert column(found, "balance") == ["1000000.00", "1000000.00", "0.00"]


def test_bullet_pays_all_at_once_and_rounds_its_interest_once() -> None:
    found = plan("1000000.00", "4.35", "bullet", 3, day_count=DayCount.ACTUAL_360)
    assert column(found, "payment") == [
        "0.00",
        "0.00",
        "1010995.83",
    ]  # 91 days at once; the three months above sum to .83 too
    assert column(found, "balance") == ["1000000.00", "1000000.00", "0.00"]
    thirds = plan("0.50", "36", "bullet", 3)
    assert column(thirds, "interest") == ["0.00", "0.00", "0.05"]  # 3 × 0.015, not 3 × 0.02


def test_an_instalment_rounded_up_to_the_yuan_ends_on_a_smaller_one() -> None:
    found = plan("5000.00", "12", "annuity", 18, rounding=Rounding.YUAN_UP)
    assert column(found, "payment")[:17] == ["305.00"] * 17
    assert column(found, "payment")[17] == "303.22"


def test_rounding_up_may_clear_a_small_loan_early() -> None:
    found = plan("3.00", "12", "annuity", 12, rounding=Rounding.YUAN_UP)
    assert column(found, "payment")[:5] == ["1.00", "1.00", "1.00", "0.06", "0.00"]
    assert sum(period.principal for period in found.periods) == 300


def test_a_whole_instalment_is_not_rounded_further() -> None:
    assert column(plan("1200.00", "0", "annuity", 12, rounding=Rounding.YUAN_UP), "payment") == ["100.00"] * 12


@pytest.mark.parametrize("method", Method)
def test_at_no_interest_only_the_principal_comes_back(method: Method) -> None:
    found = plan("100.00", "0", method.value, 3)
    assert (found.total_interest, found.total_payment) == (0, 10_000)


@pytest.mark.parametrize("method", Method)
def test_one_period_is_the_same_under_every_method(method: Method) -> None:
    found = plan("1000.00", "12", method.value, 1, start=day("2023-01-01"), day_count=DayCount.ACTUAL_365)
    assert [(period.principal, period.interest, period.balance) for period in found.periods] == [(100_000, 1_019, 0)]


def test_one_fen_over_a_year_is_paid_with_the_last() -> None:
    assert [period.principal for period in plan("0.01", "5", "annuity", 12).periods] == [0] * 11 + [1]
    assert [period.principal for period in plan("0.07", "5", "equal_principal", 12).periods] == [1] * 7 + [0] * 5


@pytest.mark.parametrize(
    ("start", "dues"),
    [
        ("2024-01-31", ["2024-02-29", "2024-03-31", "2024-04-30"]),
        ("2025-01-31", ["2025-02-28", "2025-03-31", "2025-04-30"]),
        ("2024-02-29", ["2024-03-29", "2024-04-29", "2024-05-29"]),
        ("2025-11-30", ["2025-12-30", "2026-01-30", "2026-02-28"]),
    ],
)
def test_a_due_day_past_the_months_end_falls_on_its_last_day(start: str, dues: list[str]) -> None:
    assert [period.due.isoformat() for period in plan(periods=3, start=day(start)).periods] == dues


def test_quarters_are_three_months() -> None:
    found = plan("100.00", "8", "interest_only", 3, start=day("2024-11-30"), every=Every.QUARTER)
    assert [period.due.isoformat() for period in found.periods] == ["2025-02-28", "2025-05-30", "2025-08-30"]
    assert [period.days for period in found.periods] == [88, 92, 90]


@pytest.mark.parametrize(
    ("first_due", "dues", "days"),
    [
        ("2025-01-20", ["2025-01-20", "2025-02-20", "2025-03-20"], [5, 31, 28]),
        ("2025-03-20", ["2025-03-20", "2025-04-20", "2025-05-20"], [64, 31, 30]),
        ("2025-01-31", ["2025-01-31", "2025-02-28", "2025-03-31"], [16, 28, 31]),
        ("2025-02-15", ["2025-02-15", "2025-03-15", "2025-04-15"], [31, 28, 31]),
        ("2025-01-16", ["2025-01-16", "2025-02-16", "2025-03-16"], [1, 31, 28]),
    ],
)
def test_the_first_period_may_be_short_or_long(first_due: str, dues: list[str], days: list[int]) -> None:
    found = plan(periods=3, start=day("2025-01-15"), first_due=day(first_due), day_count=DayCount.ACTUAL_365)
    assert [period.due.isoformat() for period in found.periods] == dues
    assert [period.days for period in found.periods] == days


def test_naming_the_usual_first_due_day_changes_nothing() -> None:
    assert due_days(day("2025-01-31"), periods=4) == due_days(day("2025-01-31"), periods=4, first_due=day("2025-02-28"))


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"principal": "0"}, ["schedule_principal"]),
        ({"rate": "-0.01"}, ["schedule_rate"]),
        ({"periods": 0}, ["schedule_periods"]),
        ({"periods": -3}, ["schedule_periods"]),
        ({"periods": MOST_PERIODS + 1}, ["schedule_periods"]),
        ({"first_due": day("2024-01-01")}, ["schedule_first_due"]),
        ({"first_due": day("2023-12-31")}, ["schedule_first_due"]),
        ({"principal": "0", "periods": 0}, ["schedule_principal", "schedule_periods"]),
    ],
)
def test_nonsense_is_refused_with_every_problem(facts: dict[str, object], codes: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        plan(**facts)  # type: ignore[arg-type]
    assert [problem.code for problem in refusal.value.problems] == codes


def test_the_longest_schedule_is_still_exact() -> None:
    found = plan("99999999999.99", "6.55", "annuity", MOST_PERIODS, day_count=DayCount.ACTUAL_365)
    assert sum(period.principal for period in found.periods) == parse_yuan("99999999999.99")
    assert found.periods[-1].balance == 0


LOANS = st.fixed_dictionaries(
    {
        "principal": st.integers(min_value=1, max_value=10**13),
        "rate": st.decimals(min_value=0, max_value=48, places=4),
        "periods": st.integers(min_value=1, max_value=40),
        "start": st.dates(min_value=dt.date(2015, 1, 1), max_value=dt.date(2035, 12, 31)),
        "every": st.sampled_from(Every),
        "day_count": st.sampled_from(DayCount),
        "rounding": st.sampled_from(Rounding),
    }
)


@given(LOANS, st.sampled_from(Method))
def test_every_schedule_equals_the_plain_calculation(loan: dict[str, object], method: Method) -> None:
    principal, rate = loan["principal"], loan["rate"]
    assert isinstance(principal, int)
    assert isinstance(rate, Decimal)
    found = build(
        principal,
        annual_rate_pct=rate,
        method=method,
        **{name: loan[name] for name in ("periods", "start", "every", "day_count", "rounding")},  # type: ignore[arg-type]
    )
    dues = references.due_days(loan["start"], loan["periods"], loan["every"].months)  # type: ignore[arg-type, attr-defined]
    spans = [
        references.days_of(loan["day_count"].value, begin, due)
        for begin, due in zip([loan["start"], *dues], dues, strict=False)
    ]  # type: ignore[attr-defined, type-var, arg-type]
    amount = in_yuan(principal)
    expected = {
        Method.ANNUITY: lambda: references.annuity(
            amount, rate, spans, whole_yuan=loan["rounding"] is Rounding.YUAN_UP
        ),
        Method.EQUAL_PRINCIPAL: lambda: references.equal_principal(amount, rate, spans),
        Method.INTEREST_ONLY: lambda: references.at_the_end(amount, rate, spans, interest_first=True),
        Method.BULLET: lambda: references.at_the_end(amount, rate, spans, interest_first=False),
    }[method]()
    rows = [
        tuple(in_yuan(value) for value in (row.principal, row.interest, row.payment, row.balance))
        for row in found.periods
    ]
    assert [period.due for period in found.periods] == dues
    assert rows == expected


@given(LOANS, st.sampled_from(Method))
def test_principal_sums_exactly_and_the_balance_ends_at_zero(loan: dict[str, object], method: Method) -> None:
    principal = loan["principal"]
    found = build(
        principal,  # type: ignore[arg-type]
        annual_rate_pct=loan["rate"],  # type: ignore[arg-type]
        method=method,
        **{name: loan[name] for name in ("periods", "start", "every", "day_count", "rounding")},  # type: ignore[arg-type]
    )
    assert sum(period.principal for period in found.periods) == principal
    assert found.periods[-1].balance == 0
    assert found.total_payment == principal + found.total_interest
    left = principal
    for period in found.periods:
        left -= period.principal  # type: ignore[operator]
        assert (period.balance, period.payment) == (left, period.principal + period.interest)
