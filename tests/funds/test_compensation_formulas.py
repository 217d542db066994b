"""Risk compensation, recovery and guarantee shares: every tier, cap, breaker and limit from both sides."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.funds.compensation import Bank, Compensation, Tier, compensation_for
from huoshui.funds.compensation_terms import compute
from huoshui.funds.recovery import to_pool
from huoshui.funds.shares import share_out
from huoshui.kernel.errors import Refused
from huoshui.kernel.money import human, parse_yuan

WAN = 1_000_000
TIERS = (Tier(500 * WAN, Decimal(40)), Tier(1500 * WAN, Decimal(30)), Tier(3000 * WAN, Decimal(20)))
QUIET = Bank(registered_this_year=20_000 * WAN, lost_this_year=0, breaker_pct=Decimal(3))


def of(loan: int, unpaid: int | None = None, **rest: object) -> Compensation:
    facts: dict[str, object] = {"tiers": TIERS, "cap_pct": Decimal(50), "bank": QUIET, "pool_balance": 10**12, **rest}
    return compensation_for(loan, unpaid_principal=loan if unpaid is None else unpaid, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("loan", "ratio", "cuts"),
    [
        (500 * WAN - 1, 40, ()),
        (500 * WAN, 40, ()),
        (500 * WAN + 1, 30, ()),
        (1500 * WAN, 30, ()),
        (1500 * WAN + 1, 20, ()),
        (3000 * WAN, 20, ()),
        (3000 * WAN + 1, 0, ("tiers",)),
    ],
)
def test_the_tier_goes_by_the_loan_and_holds_its_upper_end(loan: int, ratio: int, cuts: tuple[str, ...]) -> None:
    found = of(loan, 100 * WAN)
    assert (found.ratio_pct, found.payable, found.limited_by) == (ratio, ratio * WAN, cuts)


def test_an_open_last_tier_takes_every_loan() -> None:
    assert of(10**12, tiers=(*TIERS, Tier(None, Decimal(5)))).ratio_pct == 5


@pytest.mark.parametrize(
    ("additions", "ratio", "cuts"),
    [
        (["5"], "45", ()),
        (["5", "5"], "50", ()),
        (["15"], "50", ("cap_pct",)),
        (["5", "15"], "50", ("cap_pct",)),
        (["9.99"], "49.99", ()),
    ],
)
def test_additions_raise_the_ratio_up_to_the_cap(additions: list[str], ratio: str, cuts: tuple[str, ...]) -> None:
    found = of(400 * WAN, additions_pct=[Decimal(each) for each in additions])
    assert (found.ratio_pct, found.limited_by) == (Decimal(ratio), cuts)


def test_a_pool_may_bear_all_or_nothing() -> None:
    assert of(100, tiers=(Tier(None, Decimal(100)),), cap_pct=Decimal(100)).payable == 100
    assert of(100, tiers=(Tier(None, Decimal(0)),)).payable == 0


def test_without_a_cap_additions_add_up() -> None:
    assert of(400 * WAN, additions_pct=[Decimal(15), Decimal(15)], cap_pct=None).ratio_pct == 70


@pytest.mark.parametrize(("lost", "suspended"), [(600 * WAN - 1, False), (600 * WAN, False), (600 * WAN + 1, True)])
def test_the_breaker_trips_above_three_percent_and_not_at_it(lost: int, suspended: bool) -> None:
    found = of(400 * WAN, bank=Bank(20_000 * WAN, lost, Decimal(3)))
    assert found.suspended is suspended
    assert (found.payable == 0) is suspended
    assert ("breaker_pct" in found.limited_by) is suspended


@pytest.mark.parametrize(
    ("bank", "suspended"),
    [
        (Bank(0, 0, Decimal(3)), False),
        (Bank(0, 1, Decimal(3)), True),
        (Bank(0, 1, None), False),
        (Bank(100, 1, Decimal(0)), True),
        (Bank(100, 0, Decimal(0)), False),
    ],
)
def test_the_breaker_at_its_edges(bank: Bank, suspended: bool) -> None:
    assert of(400 * WAN, bank=bank).suspended is suspended


def test_a_suspended_bank_still_sees_its_ratio_and_its_cap() -> None:
    found = of(400 * WAN, additions_pct=[Decimal(15)], bank=Bank(0, 1, Decimal(3)))
    assert found == Compensation(Decimal(50), 0, True, ("cap_pct", "breaker_pct"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("quota", "pool", "payable", "cuts"),
    [
        (None, None, 160 * WAN, ()),
        (160 * WAN, 160 * WAN, 160 * WAN, ()),
        (160 * WAN - 1, None, 160 * WAN - 1, ("quota_left",)),
        (None, 160 * WAN - 1, 160 * WAN - 1, ("pool_balance",)),
        (100, 50, 50, ("quota_left", "pool_balance")),
        (50, 100, 50, ("quota_left",)),
        (0, 0, 0, ("quota_left",)),
    ],
)
def test_quota_and_pool_cut_from_their_first_fen(
    quota: int | None, pool: int | None, payable: int, cuts: tuple[str, ...]
) -> None:
    found = of(400 * WAN, bank=Bank(20_000 * WAN, 0, Decimal(3), quota), pool_balance=pool)
    assert (found.payable, found.limited_by) == (payable, cuts)


def test_the_amount_is_rounded_half_up_once() -> None:
    assert of(101, 101, tiers=(Tier(None, Decimal("0.5")),)).payable == 1  # 0.505 fen
    assert of(100, 100, tiers=(Tier(None, Decimal("0.5")),)).payable == 1  # 0.5
    assert of(99, 99, tiers=(Tier(None, Decimal("0.5")),)).payable == 0  # 0.495


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"loan": -1, "unpaid": -1}, ["compensation_amount", "compensation_amount"]),
        ({"loan": 100, "unpaid": 101}, ["compensation_amount"]),
        ({"loan": 100, "tiers": ()}, ["compensation_tiers"]),
        ({"loan": 100, "tiers": (Tier(None, Decimal(4)), Tier(100, Decimal(4)))}, ["compensation_tiers"]),
        ({"loan": 100, "tiers": (Tier(100, Decimal(4)), Tier(100, Decimal(4)))}, ["compensation_tiers"]),
        ({"loan": 100, "tiers": (Tier(100, Decimal(101)),)}, ["compensation_pct"]),
        ({"loan": 100, "additions_pct": [Decimal(-1)]}, ["compensation_pct"]),
        ({"loan": 100, "pool_balance": -1, "bank": Bank(-1, -1, None, -1)}, ["compensation_amount"] * 4),
    ],
)
def test_nonsense_is_refused_with_every_problem(facts: dict[str, object], codes: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        of(**facts)  # type: ignore[arg-type]
    assert [problem.code for problem in refusal.value.problems] == codes


@given(
    st.integers(min_value=0, max_value=10**13),
    st.integers(min_value=0, max_value=10**13),
    st.integers(min_value=0, max_value=10**13),
)
def test_the_pool_never_pays_more_than_it_has_nor_than_was_lost(unpaid: int, quota: int, pool: int) -> None:
    found = of(unpaid, unpaid, bank=Bank(0, 0, None, quota), pool_balance=pool, tiers=(Tier(None, Decimal(40)),))
    assert 0 <= found.payable <= min(unpaid, quota, pool)


def back(compensated: str, unpaid: str, recovered: str, cost: str, before: str = "0") -> int:
    amounts = [parse_yuan(text) for text in (unpaid, recovered, cost, before)]
    return to_pool(
        parse_yuan(compensated),
        unpaid_principal=amounts[0],
        recovered=amounts[1],
        cost=amounts[2],
        returned_before=amounts[3],
    )


@pytest.mark.parametrize(
    ("case", "returned"),
    [
        (("75000.00", "100000.00", "9999.00", "1234.00"), "6573.75"),  # 4,321 + 5,678 − 1,234 = 8,765, of which 75 %
        (("1500000.00", "3000000.00", "800000.00", "50000.00"), "375000.00"),
        (("1500000.00", "3000000.00", "50000.00", "50000.00"), "0.00"),
        (("1500000.00", "3000000.00", "50000.00", "50000.01"), "0.00"),
        (("1500000.00", "3000000.00", "50000.02", "50000.01"), "0.01"),  # half a fen goes up
        (("1500000.00", "3000000.00", "3000000.00", "0"), "1500000.00"),
        (("1500000.00", "3000000.00", "9000000.00", "0"), "1500000.00"),
        (("1500000.00", "3000000.00", "800000.00", "50000.00", "1125000.00"), "375000.00"),
        (("1500000.00", "3000000.00", "800000.00", "50000.00", "1125000.01"), "374999.99"),
        (("1500000.00", "3000000.00", "800000.00", "50000.00", "1500000.00"), "0.00"),
        (("1500000.00", "3000000.00", "800000.00", "50000.00", "1500000.01"), "0.00"),
        (("0", "3000000.00", "800000.00", "0"), "0.00"),
    ],
)
def test_recovered_money_returns_in_proportion(case: tuple[str, ...], returned: str) -> None:
    assert back(*case) == parse_yuan(returned)


@pytest.mark.parametrize(
    ("amounts", "codes"),
    [
        ((-1, 1, 0, 0, 0), ["recovery_amount", ]),
        ((1, 0, 0, 0, 0), ["recovery_unpaid"]),
        ((1, -5, -1, -1, -1), ["recovery_amount"] * 3 + ["recovery_unpaid"]),
    ],
)  # fmt: skip
def test_a_recovery_of_nonsense_is_refused(amounts: tuple[int, ...], codes: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        to_pool(
            amounts[0], unpaid_principal=amounts[1], recovered=amounts[2], cost=amounts[3], returned_before=amounts[4]
        )
    assert [problem.code for problem in refusal.value.problems] == codes


@given(st.integers(min_value=1, max_value=10**12), st.lists(st.integers(min_value=0, max_value=10**12), max_size=8))
def test_however_often_money_comes_back_the_pool_gets_no_more_than_it_paid(unpaid: int, recoveries: list[int]) -> None:
    compensated, returned = unpaid // 3, 0
    for recovered in recoveries:
        returned += to_pool(compensated, unpaid_principal=unpaid, recovered=recovered, cost=7, returned_before=returned)
        assert 0 <= returned <= compensated


PARTNERS = {"guarantor": Decimal(40), "province": Decimal(20), "nation": Decimal(20), "bank": Decimal(20)}


@pytest.mark.parametrize(
    ("amount", "parts"),
    [
        (100, [40, 20, 20, 20]),
        (101, [41, 20, 20, 20]),
        (103, [41, 21, 21, 20]),
        (1, [1, 0, 0, 0]),
        (2, [1, 1, 0, 0]),
        (0, [0, 0, 0, 0]),
    ],
)
def test_shares_go_to_the_fen_by_largest_remainder(amount: int, parts: list[int]) -> None:
    found = share_out(amount, shares=PARTNERS)
    assert list(found) == list(PARTNERS)
    assert list(found.values()) == parts


@pytest.mark.parametrize(
    ("amount", "shares", "codes"),
    [
        (-1, {"bank": Decimal(100)}, ["shares_amount"]),
        (1, {"bank": Decimal("99.99")}, ["shares_sum"]),
        (1, {"bank": Decimal("100.01")}, ["shares_sum"]),
        (1, {"bank": Decimal(110), "nation": Decimal(-10)}, ["shares_negative"]),
        (1, {}, ["shares_sum"]),
    ],
)
def test_shares_must_sum_to_a_hundred(amount: int, shares: dict[str, Decimal], codes: list[str]) -> None:
    with pytest.raises(Refused) as refusal:
        share_out(amount, shares=shares)
    assert [problem.code for problem in refusal.value.problems] == codes


@pytest.mark.parametrize(
    ("bank", "pool", "other", "said"),
    [
        (Bank(), 10**12, 0, []),
        (Bank(quota_left=30_000_000), 10**12, 0, [("银行年度额度不足", "−10 万元")]),
        (
            Bank(quota_left=30_000_000),
            20_000_000,
            0,
            [("银行年度额度不足", "−10 万元"), ("资金池余额不足", "−10 万元")],
        ),
        (Bank(), 10**12, 50_000_000, [("财政资金合计封顶", "−10 万元")]),
        (Bank(lost_this_year=1, breaker_pct=Decimal(3)), 10**12, 0, [("银行年度损失率超限，暂停补偿", "−40 万元")]),
    ],
)
def test_each_cut_of_a_compensation_stands_with_its_sum(
    bank: Bank, pool: int, other: int, said: list[tuple[str, str]]
) -> None:
    terms = {
        "tiers": [{"up_to": None, "pct": "40"}], "additions": {}, "cap_pct": "50", "policy_money_cap_pct": "80",
    }  # fmt: skip
    found = compute(terms, principal=10**8, unpaid=10**8, additions=(), bank=bank, pool=pool, other_paid=other)
    lines = [(name.zh, value.zh) for name, value in found.lines]
    assert [line for line in lines if line[1].startswith("−")] == said
    assert lines[-1] == ("应补偿", human(found.payable).zh)


def test_a_ratio_that_is_capped_says_what_it_came_down_to() -> None:
    terms = {"tiers": [{"up_to": None, "pct": "40"}], "additions": {"key_firm": "15"}, "cap_pct": "50"}
    found = compute(terms, principal=10**8, unpaid=10**8, additions=["key_firm"], bank=Bank(), pool=None)
    assert ("比例封顶", "50 %") in [(name.zh, value.zh) for name, value in found.lines]
