"""The interest subsidy of a claim line: worked figure, every cut from both sides, dates, nonsense."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.kernel.errors import Refused
from huoshui.kernel.money import yuan_text
from huoshui.kernel.subsidy import Balance, Line, Terms, line

FIRST, END = dt.date(2025, 1, 1), dt.date(2025, 4, 1)  # ninety days
HALF = Terms(fraction=Decimal("0.5"))
PRINCIPAL = 200_000_000


def of(terms: Terms = HALF, **rest: object) -> Line:
    facts: dict[str, object] = {
        "balances": [Balance(FIRST, PRINCIPAL)], "end": END, "contract_rate_pct": Decimal("4.00"), "terms": terms, **rest,
    }  # fmt: skip
    return line(facts.pop("balances"), **facts)  # type: ignore[arg-type]


def test_half_the_interest_of_ninety_days() -> None:
    found = of()
    assert (yuan_text(found.interest), yuan_text(found.subsidy)) == ("20000.00", "10000.00")
    assert (found.applied_rate_pct, found.limited_by) == (Decimal("2.00"), ())


@pytest.mark.parametrize(
    ("terms", "other", "applied", "cuts"),
    [
        (Terms(points_pct=Decimal(1)), "0", "1", ()),
        (Terms(points_pct=Decimal(5)), "0", "4", ()),  # never more than the contract rate
        (Terms(fraction=Decimal("0.5"), points_pct=Decimal("1.99")), "0", "1.99", ()),
        (Terms(fraction=Decimal("0.5"), points_pct=Decimal("2.01")), "0", "2", ()),
        (Terms(), "0", "4", ()),
        (HALF, "1.99", "2", ()),
        (HALF, "2.00", "2", ()),
        (HALF, "2.01", "1.99", ("other_subsidy_pct",)),
        (HALF, "4.00", "0", ("other_subsidy_pct",)),
        (HALF, "9.00", "0", ("other_subsidy_pct",)),
    ],
)
def test_the_rate_is_the_least_of_what_is_set(terms: Terms, other: str, applied: str, cuts: tuple[str, ...]) -> None:
    found = of(terms, other_subsidy_pct=Decimal(other))
    assert (found.applied_rate_pct, found.limited_by) == (Decimal(applied), cuts)
    assert found.subsidy == PRINCIPAL * Decimal(applied) / 100 / 4


@pytest.mark.parametrize(
    ("cap", "amount", "cuts"),
    [
        (PRINCIPAL - 101, "9999.99", ("principal_cap",)),
        (PRINCIPAL - 100, "10000.00", ()),  # half a fen less rounds up to the same
        (PRINCIPAL, "10000.00", ()),
        (PRINCIPAL + 1, "10000.00", ()),
        (PRINCIPAL // 2, "5000.00", ("principal_cap",)),
        (0, "0.00", ("principal_cap",)),
    ],
)
def test_principal_beyond_the_cap_earns_nothing(cap: int, amount: str, cuts: tuple[str, ...]) -> None:
    found = of(Terms(fraction=Decimal("0.5"), principal_cap=cap))
    assert (yuan_text(found.subsidy), found.limited_by) == (amount, cuts)
    assert yuan_text(found.interest) == "20000.00"


@pytest.mark.parametrize("name", ["interest_paid", "firm_cap_left", "budget_left"])
@pytest.mark.parametrize(
    ("limit", "amount", "cut"), [(999_999, 999_999, True), (1_000_000, 1_000_000, False), (0, 0, True), (1, 1, True)]
)
def test_each_limit_cuts_from_its_first_fen(name: str, limit: int, amount: int, cut: bool) -> None:
    found = (
        of(interest_paid=limit) if name == "interest_paid" else of(Terms(fraction=Decimal("0.5"), **{name: limit}))  # type: ignore[arg-type]
    )
    assert (found.subsidy, found.limited_by) == (amount, (name,) if cut else ())


def test_limits_cut_one_after_the_other_and_each_is_named() -> None:
    found = of(Terms(fraction=Decimal("0.5"), firm_cap_left=800_000, budget_left=1), interest_paid=900_000)
    assert (found.subsidy, found.limited_by) == (1, ("interest_paid", "firm_cap_left", "budget_left"))
    found = of(Terms(fraction=Decimal("0.5"), firm_cap_left=900_000, budget_left=900_000), interest_paid=800_000)
    assert (found.subsidy, found.limited_by) == (800_000, ("interest_paid",))


@pytest.mark.parametrize(
    ("stopped_on", "days", "cuts"),
    [
        (dt.date(2025, 4, 2), 90, ()),
        (END, 90, ()),
        (dt.date(2025, 3, 31), 89, ("stopped_on",)),
        (dt.date(2025, 1, 2), 1, ("stopped_on",)),
        (FIRST, 0, ("stopped_on",)),
        (dt.date(2024, 12, 1), 0, ("stopped_on",)),
    ],
)
def test_the_day_a_loan_falls_overdue_earns_nothing(stopped_on: dt.date, days: int, cuts: tuple[str, ...]) -> None:
    found = of(stopped_on=stopped_on)
    assert (found.subsidy, found.limited_by) == (round(1_000_000 * days / 90), cuts)


@pytest.mark.parametrize(
    ("months", "days", "cuts"), [(0, 0, ("months",)), (2, 59, ("months",)), (3, 90, ()), (4, 90, ())]
)
def test_the_subsidy_ends_so_many_months_after_the_first_day(months: int, days: int, cuts: tuple[str, ...]) -> None:
    found = of(Terms(fraction=Decimal("0.5"), months=months))
    assert (found.subsidy, found.limited_by) == (round(1_000_000 * days / 90), cuts)


def test_of_two_ends_the_earlier_one_is_named_and_both_when_they_fall_together() -> None:
    two = Terms(fraction=Decimal("0.5"), months=2)
    assert of(two, stopped_on=dt.date(2025, 2, 1)).limited_by == ("stopped_on",)
    assert of(two, stopped_on=dt.date(2025, 3, 15)).limited_by == ("months",)
    assert of(two, stopped_on=dt.date(2025, 3, 1)).limited_by == ("months", "stopped_on")


def test_months_end_on_the_last_day_of_a_short_month() -> None:
    found = line(
        [Balance(dt.date(2024, 1, 31), 36_000_000)],
        end=dt.date(2024, 12, 31),
        contract_rate_pct=Decimal(1),
        terms=Terms(months=1),
    )
    assert found.subsidy == 29 * 1000  # 31 January to 29 February


def test_balances_are_counted_on_their_own_days() -> None:
    parts = [Balance(FIRST, PRINCIPAL), Balance(dt.date(2025, 2, 1), PRINCIPAL // 2), Balance(dt.date(2025, 3, 1), 0)]
    found = of(balances=parts)
    assert found.interest == round(PRINCIPAL * 0.04 / 360 * (31 + 28 / 2))
    assert found.subsidy == found.interest // 2


def test_the_sum_is_rounded_once_and_not_day_by_day() -> None:
    days = [Balance(FIRST + dt.timedelta(days=step), 360) for step in range(90)]
    found = line(days, end=END, contract_rate_pct=Decimal("0.50"), terms=Terms())
    assert found.subsidy == 0  # ninety times 0.005 fen is 0.45
    assert line(days, end=END, contract_rate_pct=Decimal("0.56"), terms=Terms()).subsidy == 1  # 0.504


def test_a_line_of_no_days_earns_nothing() -> None:
    assert of(end=FIRST) == Line(0, Decimal("2.00"), 0, ())  # type: ignore[arg-type]


def test_a_year_of_365_days() -> None:
    assert yuan_text(of(Terms(fraction=Decimal("0.5"), basis=365)).subsidy) == "9863.01"


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"balances": []}, ["subsidy_balances"]),
        ({"balances": [Balance(FIRST, -1)]}, ["subsidy_balances"]),
        ({"balances": [Balance(FIRST, 1), Balance(FIRST, 2)]}, ["subsidy_balances"]),
        ({"balances": [Balance(END, 1), Balance(FIRST, 2)]}, ["subsidy_balances"]),
        ({"end": dt.date(2024, 12, 31)}, ["subsidy_dates"]),
        ({"balances": [Balance(FIRST, 1), Balance(END, 2)], "end": dt.date(2025, 3, 31)}, ["subsidy_dates"]),
        ({"terms": Terms(fraction=Decimal("1.01"))}, ["subsidy_terms"]),
        ({"terms": Terms(fraction=Decimal("-0.01"))}, ["subsidy_terms"]),
        ({"terms": Terms(basis=364)}, ["subsidy_terms"]),
        ({"terms": Terms(months=1201)}, ["subsidy_terms"]),
        ({"terms": Terms(months=-1, budget_left=-1)}, ["subsidy_terms", "subsidy_terms"]),
        ({"interest_paid": -1}, ["subsidy_amount"]),
        ({"end": dt.date(2024, 12, 31), "interest_paid": -1}, ["subsidy_dates", "subsidy_amount"]),
    ],
)
def test_nonsense_is_refused_with_every_problem(facts: dict[str, object], codes: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        of(**facts)  # type: ignore[arg-type]
    assert [problem.code for problem in refusal.value.problems] == codes


@given(st.integers(min_value=0, max_value=10**13), st.integers(min_value=0, max_value=90))
def test_a_line_cut_in_two_earns_the_same_within_a_fen(amount: int, cut: int) -> None:
    whole = of(balances=[Balance(FIRST, amount)]).subsidy
    middle = FIRST + dt.timedelta(days=cut)
    parts = of(balances=[Balance(FIRST, amount)], end=middle).subsidy + of(balances=[Balance(middle, amount)]).subsidy
    assert abs(whole - parts) <= 1


@given(
    st.integers(min_value=0, max_value=10**13),
    st.decimals(min_value=0, max_value=24, places=2),
    st.decimals(min_value=0, max_value=1, places=3),
)
def test_nobody_gets_more_than_the_interest(amount: int, rate: Decimal, fraction: Decimal) -> None:
    found = of(Terms(fraction=fraction), balances=[Balance(FIRST, amount)], contract_rate_pct=rate)
    assert 0 <= found.subsidy <= found.interest
