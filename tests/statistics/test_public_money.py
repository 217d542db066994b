"""Leverage, loss, turnover and cost per firm, each with its base and without one."""

from decimal import Decimal

import pytest

from huoshui.kernel.text import Text
from huoshui.statistics.public_money import Spent, performance

WAN = 1_000_000


def spent(**changes):
    given = {"paid_in": 1660 * WAN, "paid": 500 * WAN, "recovered": 100 * WAN, "left": 1260 * WAN}
    return Spent("fund:x", Text("贴息资金", "subsidy"), **(given | changes))


def test_sixteen_million_expected_to_move_three_billion_three_is_about_two_hundred_times():
    assert performance(spent(moved=330_000 * WAN)).leverage == Decimal("198.80")


def test_loss_is_what_was_paid_and_not_recovered_over_what_was_paid_in():
    assert performance(spent()).loss_pct == Decimal("24.10")


def test_a_firm_helped_costs_the_net_payments_over_the_firms_half_up():
    assert performance(spent(firms=3)).cost_per_firm == 133_333_333


def test_used_is_everything_but_what_is_left():
    assert performance(spent()).used_pct == Decimal("28.41")


@pytest.mark.parametrize("firms", [0, None])
def test_without_firms_there_is_no_cost_of_one(firms):
    assert performance(spent(firms=firms)).cost_per_firm is None


def test_a_fund_that_nobody_paid_into_has_no_ratios():
    empty = performance(spent(paid_in=0, paid=0, recovered=0, left=0, moved=5))
    assert (empty.leverage, empty.loss_pct, empty.used_pct) == (None, None, None)


def test_money_that_only_turns_over_is_neither_lost_nor_spent_on_a_firm():
    bridge = performance(spent(revolving=True, firms=4, turnover=Decimal("3.20")))
    assert (bridge.loss_pct, bridge.cost_per_firm) == (None, None)
    assert bridge.spent.turnover == Decimal("3.20")
