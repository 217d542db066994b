"""The effective yearly rate: known figures, edges, and the equation it must satisfy."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, localcontext

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huoshui.kernel import apr
from huoshui.kernel.daycount import DayCount
from huoshui.kernel.errors import DomainError
from huoshui.kernel.schedule import Method, build

START = dt.date(2023, 1, 1)
Flow = tuple[dt.date, int]


def after(days: int) -> dt.date:
    return START + dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("back", "days", "rate"),
    [
        (110_000, 365, "10.0000"),
        (100_000, 365, "0.0000"),
        (90_000, 365, "-10.0000"),
        (121_000, 730, "10.0000"),
        (101_000, 30, "12.8695"),
        (100_001, 1, "0.3657"),
        (200_000, 365, "100.0000"),
    ],
)
def test_one_payment_back(back: int, days: int, rate: str) -> None:
    assert str(apr.annual_rate_pct([(START, 100_000), (after(days), -back)])) == rate


def test_a_half_in_the_fifth_decimal_goes_up() -> None:
    assert apr.annual_rate_pct([(START, 2_000_000), (after(365), -2_200_001)]) == Decimal("10.0001")
    assert apr.annual_rate_pct([(START, 20_000_000), (after(365), -22_000_009)]) == Decimal("10.0000")


def test_a_monthly_loan_costs_more_a_year_than_its_nominal_rate() -> None:
    plan = build(10_000_000, annual_rate_pct=Decimal("12"), method=Method.ANNUITY, periods=12, start=START)
    flows = [(START, 10_000_000), *((period.due, -period.payment) for period in plan.periods)]
    assert str(apr.annual_rate_pct(flows)) == "12.7382"  # a little over (1 + 1 %)^12 = 12.6825: February is short
    with_fee = [(START, -100_000), *flows]
    assert apr.annual_rate_pct(with_fee) > Decimal("14.6")


def test_the_order_of_flows_and_their_parts_do_not_matter() -> None:
    flows = [(after(365), -110_000), (START, 60_000), (START, 40_000), (after(100), 5), (after(100), -5)]
    assert str(apr.annual_rate_pct(flows)) == "10.0000"


@pytest.mark.parametrize(
    ("flows", "code"),
    [
        ([], "flows_one_sided"),
        ([(START, 100)], "flows_one_day"),
        ([(START, 100), (START, -100)], "flows_one_day"),
        ([(START, 100), (after(1), 100)], "flows_one_sided"),
        ([(START, -100), (after(1), -100)], "flows_one_sided"),
        ([(START, 0), (after(1), 0)], "flows_one_sided"),
        ([(START, 1000), (after(365), -2500), (after(730), 1540)], "flows_ambiguous"),
        ([(START, 1000), (after(365), -2000), (after(730), 1540)], "flows_no_rate"),
        ([(START, 1), (after(1), -(10**12))], "flows_no_rate"),
    ],
)
def test_flows_without_one_rate_are_refused(flows: list[Flow], code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        apr.annual_rate_pct(flows)
    assert (refusal.value.code, refusal.value.field) == (code, "flows")


def test_draws_in_parts_have_one_rate() -> None:
    flows = [(START, 50_000), (after(30), -500), (after(60), 50_000), (after(365), -104_000)]
    assert Decimal(4) < apr.annual_rate_pct(flows) < Decimal(6)


def test_a_one_day_loan_at_ten_percent_has_its_enormous_rate() -> None:
    with localcontext() as context:
        context.prec = 60
        exact = (Decimal("1.1") ** 365 - 1) * 100
    assert abs(apr.annual_rate_pct([(START, 100), (after(1), -110)]) / exact - 1) < Decimal("1e-18")


def test_a_loan_of_which_almost_nothing_comes_back_has_a_rate_near_minus_a_hundred() -> None:
    assert str(apr.annual_rate_pct([(START, 1_000), (after(365), -1)])) == "-99.9000"
    assert str(apr.annual_rate_pct([(START, 1_000_000), (after(730), -1)])) == "-99.9000"


def _worth(flows: list[Flow], rate: Decimal) -> Decimal:
    first = min(day for day, _ in flows)
    with localcontext() as context:
        context.prec = 60
        daily = (1 + rate / 100) ** (Decimal(1) / 365)
        return sum((amount / daily ** (day - first).days for day, amount in flows), Decimal(0))


@given(
    st.integers(min_value=10_000, max_value=10**12),
    st.lists(st.integers(min_value=1, max_value=10**9), min_size=1, max_size=24),
    st.lists(st.integers(min_value=1, max_value=400), min_size=24, max_size=24),
)
def test_the_rate_solves_its_equation_to_the_last_decimal(drawn: int, paid: list[int], gaps: list[int]) -> None:
    at = 0
    flows = [(START, drawn)]
    for amount, gap in zip(paid, gaps, strict=False):
        at += gap
        flows.append((after(at), -amount))
    assume(sum(paid) * 1000 > drawn)
    try:
        rate = apr.annual_rate_pct(flows)
    except DomainError as refusal:
        assert refusal.code == "flows_no_rate"  # noqa: PT017
        return
    half = Decimal("0.00005")
    assert _worth(flows, rate - half) <= 0 <= _worth(flows, rate + half)


@given(
    st.decimals(min_value="0.01", max_value=36, places=2),
    st.integers(min_value=1, max_value=36),
    st.sampled_from(Method),
)
def test_a_loan_without_fees_costs_what_its_schedule_says(rate: Decimal, periods: int, method: Method) -> None:
    """Each year of 365 days compounded daily lies near the nominal rate: never below simple, never above daily interest."""
    plan = build(
        10**11, annual_rate_pct=rate, method=method, periods=periods, start=START, day_count=DayCount.ACTUAL_365
    )
    flows = [(START, 10**11), *((period.due, -period.payment) for period in plan.periods)]
    found = apr.annual_rate_pct(flows)
    daily = ((1 + rate / 36_500) ** 365 - 1) * 100
    assert found <= daily + Decimal("0.001")
    if method is not Method.BULLET:
        assert found >= rate - Decimal("0.001")
