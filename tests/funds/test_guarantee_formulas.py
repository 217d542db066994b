"""Fee, exposure limits at, below and above each, and what comes back: against plain Decimal and integer references."""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huoshui.funds.guarantee_exposure import Liability, Limit, Rules, Standing, ceilings, limits, problems
from huoshui.funds.guarantee_fee import fee_for
from huoshui.funds.shares import share_back, share_out
from huoshui.kernel.errors import Refused

WAN = 1_000_000
RULES = Rules(
    single_max=1_000 * WAN, leverage=D(10), leverage_small=D(15), single_share_pct=D(10), group_share_pct=D(15),
    small_share_pct=D(80), small_ticket_share_pct=D(50), small_ticket=500 * WAN, fee_pct=D(1),
)  # fmt: skip
SHARES = {"guarantor": D(40), "re_guarantee": D(20), "national_fund": D(20), "bank": D(20)}


def held(*amounts: int, small: bool = True, group: str = "") -> list[Liability]:
    return [Liability(100 + at, group, amount * WAN, small) for at, amount in enumerate(amounts)]


def found(new: Liability, before: list[Liability], net: int = 2_000, **more: Any) -> dict[str, Limit]:
    standing = Standing(net * WAN, more.pop("mainly_small", False))
    return {one.code: one for one in limits(RULES, standing, before, new, **more)}


class TestLimits:
    @pytest.mark.parametrize(("amount", "holds"), [(99, True), (100, True), (101, False)])
    def test_liability_is_at_most_ten_times_net_assets(self, amount: int, holds: bool) -> None:
        limit = found(Liability(1, "", amount * WAN, True), held(900), net=100)["leverage"]
        assert (limit.holds, limit.figure, limit.limit) == (holds, (900 + amount) * WAN, 1_000 * WAN)

    @pytest.mark.parametrize(("amount", "holds"), [(599, True), (600, True), (601, False)])
    def test_fifteen_times_where_it_serves_mainly_small_firms(self, amount: int, holds: bool) -> None:
        assert found(Liability(1, "", amount * WAN, True), held(900), 100, mainly_small=True)["leverage"].holds is holds

    @pytest.mark.parametrize(("fen", "holds"), [(-1, True), (0, True), (1, False)])
    def test_a_customer_has_at_most_ten_million(self, fen: int, holds: bool) -> None:
        before = [Liability(1, "", 600 * WAN, True)]
        limit = found(Liability(1, "", 400 * WAN + fen, True), before, 100_000)["single_max"]
        assert (limit.holds, limit.figure) == (holds, 1_000 * WAN + fen)

    @pytest.mark.parametrize(("fen", "holds"), [(-1, True), (0, True), (1, False)])
    def test_a_customer_has_at_most_a_tenth_of_net_assets(self, fen: int, holds: bool) -> None:
        limit = found(Liability(1, "", 200 * WAN + fen, True), held(900))["single_share"]
        assert (limit.holds, limit.limit) == (holds, 200 * WAN)

    @pytest.mark.parametrize(("fen", "holds"), [(-1, True), (0, True), (1, False)])
    def test_a_group_has_at_most_fifteen_percent(self, fen: int, holds: bool) -> None:
        before = held(100, 50, group="G1")
        limit = found(Liability(1, "G1", 150 * WAN + fen, True), before)["group_share"]
        assert (limit.holds, limit.figure) == (holds, 300 * WAN + fen)

    def test_firms_without_a_group_are_no_group(self) -> None:
        assert found(Liability(1, "", WAN, True), held(900, 900))["group_share"].figure == WAN

    @pytest.mark.parametrize(("amount", "holds"), [(199, True), (200, True), (201, False)])
    def test_four_fifths_are_small_or_agricultural(self, amount: int, holds: bool) -> None:
        assert found(Liability(1, "", amount * WAN, False), held(400, 400))["small_share"].holds is holds

    def test_a_small_firm_is_never_refused_for_a_share_that_is_too_low_already(self) -> None:
        limit = found(Liability(1, "", WAN, True), held(900, small=False))["small_share"]
        assert limit.holds
        assert limit.figure < 80

    @pytest.mark.parametrize(("amount", "holds"), [(599, True), (600, True), (601, False)])
    def test_half_is_in_tickets_of_up_to_five_million(self, amount: int, holds: bool) -> None:
        limit = found(Liability(1, "", amount * WAN, True), held(300, 300), 100_000)["small_ticket_share"]
        assert limit.holds is holds

    @pytest.mark.parametrize(("amount", "share"), [(100, 100), (101, 0)])
    def test_a_ticket_is_judged_by_all_of_its_customer(self, amount: int, share: int) -> None:
        before = [Liability(1, "", 400 * WAN, True)]
        assert found(Liability(1, "", amount * WAN, True), before)["small_ticket_share"].figure == share

    @pytest.mark.parametrize(("rate", "holds"), [("0.9999", True), ("1", True), ("1.0001", False)])
    def test_the_fee_is_at_most_one_percent(self, rate: str, holds: bool) -> None:
        assert found(Liability(1, "", WAN, True), [], fee_pct=D(rate))["fee"].holds is holds

    def test_every_limit_is_shown_and_each_one_passed_is_a_problem_with_its_figure(self) -> None:
        standing = Standing(100 * WAN, mainly_small=False)
        every = limits(RULES, standing, held(900), Liability(1, "", 1_100 * WAN, False), D(2))
        assert [one.code for one in every] == [
            "leverage", "single_max", "single_share", "group_share", "small_share", "small_ticket_share", "fee",
        ]  # fmt: skip
        said = problems(every)
        assert len(said) == 7
        assert "2,000 万元" in said[0].text.zh
        assert "1,000 万元" in said[0].text.zh

    def test_the_ceilings_kept_for_the_database_are_whole_fen(self) -> None:
        assert ceilings(RULES, Standing(1_234_567, mainly_small=False)) == (12_345_670, 123_456)
        assert ceilings(RULES, Standing(100_000 * WAN, mainly_small=True)) == (1_500_000 * WAN, 1_000 * WAN)


class TestFee:
    @pytest.mark.parametrize(
        ("yuan", "rate", "months", "fee"),
        [("1000000", "1", 12, "10000"), ("500000", "0.5", 6, "1250"), ("333.33", "1", 1, "0.28"), ("10", "0", 12, "0")],
    )
    def test_worked_cases(self, yuan: str, rate: str, months: int, fee: str) -> None:
        assert fee_for(int(D(yuan) * 100), rate_pct=D(rate), months=months) == D(fee) * 100

    @given(st.integers(0, 10**13), st.integers(0, 30_000), st.integers(1, 360))
    def test_it_is_the_plain_calculation_rounded_half_up_once(self, amount: int, rate: int, months: int) -> None:
        exact = amount * rate * months  # of fen × 1e-4 % × months: 12 × 1e6 to one
        assert fee_for(amount, rate_pct=D(rate).scaleb(-4), months=months) == (2 * exact + 12_000_000) // 24_000_000

    def test_every_problem_is_told(self) -> None:
        with pytest.raises(Refused) as refused:
            fee_for(-1, rate_pct=D(-1), months=0)
        assert len(refused.value.problems) == 3


class TestWhatComesBack:
    @given(st.integers(1, 10**12), st.data())
    def test_it_is_shared_exactly_never_more_than_borne_and_in_proportion(self, loss: int, data: st.DataObject) -> None:
        borne = {name: int(part) for name, part in share_out(loss, shares=SHARES).items()}
        back = dict.fromkeys(borne, 0)
        while (left := loss - sum(back.values())) and data.draw(st.booleans()):
            net = data.draw(st.integers(0, left))
            owed = {name: borne[name] - back[name] for name in borne}
            parts = share_back(net, owed=owed)
            assert sum(parts.values()) == net
            for name, part in parts.items():
                assert 0 <= part <= owed[name]
                assert abs(D(part) - D(net) * owed[name] / left) < 1
                back[name] += part
        rest = share_back(loss - sum(back.values()), owed={name: borne[name] - back[name] for name in borne})
        assert {name: back[name] + rest[name] for name in borne} == borne

    @pytest.mark.parametrize("net", [-1, 101])
    def test_neither_less_than_nothing_nor_more_than_is_owed(self, net: int) -> None:
        with pytest.raises(Refused, match="1.00"):
            share_back(net, owed={"guarantor": 60, "bank": 40})
