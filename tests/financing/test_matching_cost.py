"""What a loan costs in all: equal to the exact search, every fee once, every cut of the subsidy."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from huoshui.catalogue.offers import Fee
from huoshui.financing import cost
from huoshui.financing.cost import Grant, effective_rate_pct, price, sheet
from huoshui.kernel import apr, subsidy
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import Fen, round_half_up
from huoshui.kernel.periods import add_months
from huoshui.kernel.text import Text

START = dt.date(2026, 11, 21)
NAME = Text("费", "fee")
BANK = Text("汾水银行", "Fenshui Bank")
METHODS = ["annuity", "equal_principal", "interest_only", "bullet", "revolving"]

amounts = st.integers(min_value=100_00, max_value=10**12)
rates = st.decimals(min_value="0", max_value="24", places=2)
terms = st.integers(min_value=1, max_value=60)
methods = st.sampled_from(METHODS)


def loan(principal: int = 200_000_000, rate: str = "4.00", method: str = "interest_only", months: int = 12, **more):
    return price(
        principal, rate_pct=Decimal(rate), method=method, months=months, start=START, collateral="credit", **more
    )


def flows_of(priced: cost.Cost) -> list[tuple[dt.date, int]]:
    return [(START, priced.principal), *((each.due, -each.payment) for each in priced.schedule.periods)]


def half(**more) -> Grant:
    return Grant("HALF", Text("半", "half"), subsidy.Terms(fraction=Decimal("0.5"), **more))


def points(pct: str = "1", **more) -> Grant:
    return Grant("POINTS", Text("点", "points"), subsidy.Terms(points_pct=Decimal(pct), **more), central=True)


@settings(max_examples=150, deadline=None)
@given(amounts, rates, methods, terms, st.decimals(min_value="0", max_value="3", places=2))
def test_the_certified_rate_is_the_exact_rate(principal, rate, method, months, pct):
    yearly = Fee(NAME, "firm", "guarantor", "yearly", pct=pct)
    priced = price(
        principal, rate_pct=rate, method=method, months=months, start=START, collateral="credit", fees=[yearly]
    )
    flows = cost._flows(principal, START, priced.schedule, [(p.on, p.amount) for p in priced.fees_paid], ())
    assert priced.rate_before_pct == apr.annual_rate_pct(flows)


@settings(max_examples=60, deadline=None)
@given(amounts, rates, methods, terms)
def test_the_quick_way_decides_nearly_always(principal, rate, method, months):
    priced = price(principal, rate_pct=rate, method=method, months=months, start=START, collateral="credit")
    assert cost._certified(flows_of(priced)) == priced.rate_before_pct


def test_flows_that_turn_twice_are_left_to_the_exact_search():
    flows = [(START, 10_000), (add_months(START, 6), -12_000), (add_months(START, 12), 1_000)]
    assert cost._certified(flows) is None
    with pytest.raises(DomainError) as refusal:
        effective_rate_pct(flows)
    assert refusal.value.code == "flows_ambiguous"


def test_a_rate_below_zero_is_left_to_the_exact_search():
    flows = [(START, 10_000), (add_months(START, 12), -9_500)]
    assert cost._certified(flows) is None
    assert effective_rate_pct(flows) == Decimal("-5.0000")


def test_payments_on_one_day_are_left_to_the_exact_search():
    assert cost._certified([(START, 100), (START, -100)]) is None


def test_a_loss_of_nearly_all_does_not_overflow():
    flows = [(START, 10_000), (add_months(START, 600), -1)]
    assert cost._certified(flows) is None
    assert effective_rate_pct(flows) == apr.annual_rate_pct(flows)


def test_a_root_that_is_not_found_in_time_is_left_to_the_exact_search(monkeypatch):
    monkeypatch.setattr(cost, "STEPS", 1)
    priced = loan()
    assert cost._certified(flows_of(priced)) is None
    assert effective_rate_pct(flows_of(priced)) == priced.rate_before_pct


def test_a_fee_of_nothing_is_not_shown():
    assert loan(fees=[Fee(NAME, "firm", "guarantor", "yearly", pct=Decimal("0"))]).fees_paid == ()


def test_a_loan_of_one_year_paid_at_the_end_costs_its_rate_on_the_day_count():
    priced = loan(principal=100_000_00, rate="3.60", method="bullet")
    assert priced.interest == round_half_up(Fraction(100_000_00 * 365 * 36, 360 * 1000))
    assert priced.rate_before_pct == Decimal("3.6500")


def test_no_interest_no_cost():
    priced = loan(rate="0")
    assert (priced.rate_before_pct, priced.total) == (Decimal("0.0000"), 0)


def test_the_worked_figure_of_half_the_interest():
    """2,000,000.00 元 at 4.00 %, 90 days, basis 360: interest 20,000.00, subsidy 10,000.00."""
    start = dt.date(2026, 1, 1)
    priced = price(
        200_000_000,
        rate_pct=Decimal("4.00"),
        method="bullet",
        months=3,
        start=start,
        collateral="credit",
        grants=[half()],
    )
    assert (priced.schedule.periods[-1].due - start).days == 90
    assert (priced.interest, priced.subsidy) == (2_000_000, 1_000_000)


@settings(max_examples=100, deadline=None)
@given(
    amounts,
    rates,
    methods,
    terms,
    st.one_of(st.none(), st.decimals(min_value="0", max_value="1", places=2)),
    st.one_of(st.none(), st.decimals(min_value="0", max_value="5", places=2)),
    st.one_of(st.none(), st.integers(min_value=1, max_value=10**11)),
    st.one_of(st.none(), st.integers(min_value=1, max_value=40)),
)
def test_the_subsidy_of_each_period_is_the_kernels(principal, rate, method, months, fraction, pct, cap, limit):
    scheme = subsidy.Terms(fraction=fraction, points_pct=pct, principal_cap=cap, months=limit)
    priced = price(
        principal,
        rate_pct=rate,
        method=method,
        months=months,
        start=START,
        collateral="credit",
        grants=[Grant("X", NAME, scheme)],
    )
    assert priced.subsidy == sum(by_kernel(priced, scheme))


def by_kernel(priced: cost.Cost, scheme: subsidy.Terms) -> list[int]:
    """The plain way: one claim line each time interest is paid, over the balances since the last one."""
    end = None if scheme.months is None else add_months(priced.start, scheme.months)
    plain = subsidy.Terms(scheme.fraction, scheme.points_pct, scheme.principal_cap)
    balances, amounts, balance = [], [], priced.principal
    for period in priced.schedule.periods:
        balances.append(subsidy.Balance(period.start, balance))
        balance = period.balance
        if not period.interest:
            continue
        stopped = None if end is None else max(end, balances[0].start)
        line = subsidy.line(
            balances,
            end=period.due,
            contract_rate_pct=priced.contract_rate_pct,
            terms=plain,
            interest_paid=period.interest,
            stopped_on=stopped,
        )
        amounts.append(line.subsidy)
        balances = []
    return amounts


@pytest.mark.parametrize(("cap", "expected"), [(99, 99), (100, 100), (10**12, None)])
def test_the_cap_of_a_firm_cuts_the_sum(cap, expected):
    free = loan(grants=[half()])
    capped = loan(grants=[half(firm_cap_left=cap)])
    assert capped.subsidy == (expected or free.subsidy)


@pytest.mark.parametrize(("cap", "share"), [(199_990_000, "below"), (200_000_000, "same"), (200_000_001, "same")])
def test_the_cap_of_principal_binds_below_the_principal_only(cap, share):
    free, capped = loan(grants=[half()]), loan(grants=[half(principal_cap=cap)])
    assert (capped.subsidy < free.subsidy) == (share == "below")


@pytest.mark.parametrize(("limit", "paid"), [(11, 11), (12, 12), (13, 12), (1, 1)])
def test_the_subsidy_ends_after_its_months(limit, paid):
    priced = loan(grants=[half(months=limit)])
    assert sum(amount > 0 for amount in priced.subsidised[0].by_period) == paid


def test_of_two_subsidies_the_better_is_taken():
    assert [each.grant.code for each in loan(grants=[points("1"), half()]).subsidised] == ["HALF"]
    assert [each.grant.code for each in loan(grants=[points("3"), half()]).subsidised] == ["POINTS"]


def test_equal_subsidies_are_taken_by_code():
    other = Grant("AAA", NAME, subsidy.Terms(fraction=Decimal("0.5")))
    assert [each.grant.code for each in loan(grants=[half(), other]).subsidised] == ["AAA"]


def test_a_second_subsidy_stands_beside_the_first_where_its_rules_say_so():
    beside = Grant("BESIDE", NAME, subsidy.Terms(points_pct=Decimal("3")), stacks_with=frozenset({"HALF"}))
    priced = loan(grants=[half(), beside])
    rates_taken = {each.grant.code: each.applied_rate_pct for each in priced.subsidised}
    assert rates_taken == {"BESIDE": Decimal("3"), "HALF": Decimal("1.00")}
    assert priced.subsidy <= priced.interest


def test_two_central_subsidies_never_stand_together():
    second = Grant("Z", NAME, subsidy.Terms(points_pct=Decimal("0.5")), central=True, stacks_with=frozenset({"POINTS"}))
    assert [each.grant.code for each in loan(grants=[points("1"), second]).subsidised] == ["POINTS"]


def test_the_rate_after_subsidy_is_lower_and_never_above():
    priced = loan(grants=[half()])
    assert priced.rate_after_pct < priced.rate_before_pct
    assert loan().rate_after_pct == loan().rate_before_pct


@pytest.mark.parametrize(("months", "times"), [(1, 1), (11, 1), (12, 1), (13, 2), (24, 2), (25, 3), (36, 3)])
def test_a_yearly_fee_falls_due_at_the_start_of_each_year(months, times):
    fee = Fee(NAME, "firm", "guarantor", "yearly", pct=Decimal("0.8"))
    priced = loan(months=months, fees=[fee])
    assert [paid.on for paid in priced.fees_paid] == [add_months(START, 12 * year) for year in range(times)]
    assert priced.fees == times * 1_600_000


def test_a_yearly_fee_follows_the_balance():
    fee = Fee(NAME, "firm", "guarantor", "yearly", pct=Decimal("1"))
    priced = loan(method="equal_principal", months=24, principal=240_000_00, fees=[fee])
    assert [paid.amount for paid in priced.fees_paid] == [2_400_00, 1_200_00]


def test_what_the_bank_pays_is_shown_but_costs_the_firm_nothing():
    fee = Fee(NAME, "bank", "valuer", "start", amount=Fen(500_00))
    priced = loan(fees=[fee])
    assert (priced.fees, len(priced.fees_paid)) == (0, 1)
    assert priced.rate_before_pct == loan().rate_before_pct
    [line] = [line for line in sheet(priced, bank_name=BANK) if line.kind == "fee"]
    assert (line.payer, line.payee.zh, line.amount) == (BANK, "评估机构", 500_00)


@pytest.mark.parametrize(("security", "arises"), [("", True), ("credit", True), ("guarantee", False)])
def test_a_fee_bound_to_another_security_does_not_arise(security, arises):
    fee = Fee(NAME, "firm", "guarantor", "start", amount=Fen(100), security=security)
    assert bool(loan(fees=[fee]).fees) == arises


def test_a_fee_at_the_end_falls_on_the_last_day():
    fee = Fee(NAME, "firm", "registry", "end", amount=Fen(80_00))
    assert loan(months=6, fees=[fee]).fees_paid[0].on == add_months(START, 6)


def test_the_sheet_names_every_cost_and_sums_to_the_total():
    fees = [
        Fee(NAME, "firm", "某评估公司", "start", amount=Fen(300_00)),
        Fee(NAME, "firm", "bank", "end", pct=Decimal("0.1")),
    ]
    priced = loan(fees=fees, grants=[half()])
    lines = sheet(priced, bank_name=BANK)
    of = {kind: sum(line.amount for line in lines if line.kind == kind) for kind in ("interest", "fee", "subsidy")}
    assert (of["interest"], of["fee"], of["subsidy"]) == (priced.interest, priced.fees, priced.subsidy)
    assert [line.on for line in lines] == sorted(line.on for line in lines)
    assert {line.payee.zh for line in lines} == {"汾水银行", "某评估公司", "企业"}
    assert priced.total == priced.interest + priced.fees - priced.subsidy


def test_the_sheet_leaves_out_months_without_subsidy():
    priced = loan(grants=[half(months=1)])
    assert [line.kind for line in sheet(priced, bank_name=BANK)].count("subsidy") == 1


PAGE = Path(__file__).resolve().parents[2] / "docs" / "algorithms" / "all-in-cost.md"
ROWS = re.findall(r"^\| (annuity|equal_principal|interest_only|bullet) \| (.+) \|$", PAGE.read_text("utf-8"), re.M)


@pytest.mark.parametrize(("method", "figures"), ROWS)
def test_the_worked_table_of_the_page_is_what_is_computed(method, figures):
    fee = Fee(NAME, "firm", "guarantor", "yearly", pct=Decimal("0.80"))
    at = {"principal": 100_000_000, "rate": "3.45", "method": method}
    plain, costly = loan(**at), loan(**at, fees=[fee])
    helped = loan(**at, fees=[fee], grants=[half(months=12)])
    amounts = [f"{fen // 100:,}.{fen % 100:02d}" for fen in (helped.interest, helped.fees, helped.subsidy)]
    rates_shown = [str(rate) for rate in (plain.rate_before_pct, costly.rate_before_pct, helped.rate_after_pct)]
    assert [*amounts, *rates_shown] == figures.split(" | ")


def test_the_page_has_a_row_a_method():
    assert [method for method, _ in ROWS] == ["interest_only", "annuity", "equal_principal", "bullet"]
