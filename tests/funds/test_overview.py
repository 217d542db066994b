"""Every fund in one view and down to the posting; forecast and usage by hand-checked figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from factories import bridge as made
from factories.bridge import AMOUNT, ASKED, WAN
from factories.people import sign_in
from huoshui.funds import queries_overview as overview
from huoshui.funds.bridge_statistics import Stay, usage
from huoshui.funds.fund_forecast import Flow, forecast
from huoshui.funds.fund_layers import Layer, layers
from huoshui.funds.models.bridge import BridgeAdvance
from huoshui.funds.queries_overview import FundLine
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.ledger import queries as ledger


def day(month, number=1):
    return dt.date(2026, month, number)


class TestForecast:
    def test_what_is_left_over_the_mean_of_the_last_full_months(self):
        flows = [Flow(day(1), 999, 0), Flow(day(2), 100, 0), Flow(day(3), 130, 30), Flow(day(4), 100, 0)]
        found = forecast(flows, left=250, today=day(5, 20), months=3)
        assert (found.monthly, found.months_left, found.empty_on) == (100, "2.5", day(7))

    def test_the_month_that_runs_is_not_full_and_does_not_count(self):
        assert forecast([Flow(day(5), 10**6, 0)], left=1, today=day(5, 20)).tenths_left is None

    def test_a_fund_whose_money_comes_back_is_not_used_up(self):
        found = forecast([Flow(day(3), 50, 50), Flow(day(4), 10, 60)], left=100, today=day(5))
        assert (found.monthly, found.months_left, found.empty_on) == (0, "—", None)

    def test_nothing_left_is_used_up_now(self):
        assert forecast([Flow(day(4), 10, 0)], left=0, today=day(5)).empty_on == day(5)

    def test_a_fund_that_pays_by_quarter_is_seen_over_a_year(self):
        flows = [Flow(dt.date(2025, month, 1), 300 if month in (4, 7, 10) else 0, 0) for month in range(1, 13)]
        found = forecast(flows, left=150, today=day(1, 20))
        assert (found.monthly, found.months_left, found.far) == (75, "2.0", False)

    @pytest.mark.parametrize(("left", "far"), [(1199, False), (1200, True)])
    def test_ten_years_and_more_are_not_named_by_month(self, left, far):
        assert forecast([Flow(day(4), 10, 0)], left=left, today=day(5)).far is far


class TestReach:
    LINE = FundLine(
        "fund:X", Text("贴息", "subsidy"), 16_600_000_00, 0, 0, 5_000_00, 20_000_00, 0, 0, 0, 4_970_000_00, None, True
    )  # fmt: skip

    def test_all_the_money_moves_as_much_a_yuan_as_the_first(self):
        assert (self.LINE.leverage, self.LINE.per_yuan, self.LINE.reach) == (
            Decimal("0.30"), Decimal("198.8"), 3_300_080_000_00,
        )  # fmt: skip

    def test_a_fund_that_secures_loans_or_has_paid_nothing_says_nothing(self):
        assert replace(self.LINE, subsidy=False).reach is None
        assert replace(self.LINE, paid=0, promised=0).reach is None


class TestLayers:
    def test_first_in_is_first_out_and_a_payment_may_have_two_sources(self):
        found = layers([(1, 100), (2, 50), (3, -80), (4, -60), (5, 30), (6, -40)])
        assert list(found) == [Layer(1, 3, 80), Layer(1, 4, 20), Layer(2, 4, 40), Layer(2, 6, 10), Layer(5, 6, 30)]

    @given(st.lists(st.integers(-50, 50).filter(bool), max_size=40))
    def test_everything_that_went_out_has_sources_and_none_is_used_twice(self, amounts):
        moves, there = [], 0
        for number, amount in enumerate(amounts):
            move = max(amount, -there)
            there += move
            moves += [(number, move)] if move else []
        found = list(layers(moves))
        for number, move in moves:
            used = sum(one.amount for one in found if one.source == number)
            paid = sum(one.amount for one in found if one.use == number)
            assert (paid == -move) if move < 0 else (used <= move)


class TestUsage:
    def test_occupancy_turnover_and_days_of_a_month(self):
        stays = [Stay(500, day(4, 1), day(4, 11)), Stay(500, day(4, 21), None)]
        found = usage(stays, [(day(1), 1000)], first=day(4, 1), last=day(4, 30))
        assert found.occupancy_pct == Decimal("33.33")  # 500 x 10 days twice over 1000 x 30
        assert found.turnover == Decimal("0.50")
        assert found.average_days == Decimal("10.00")
        assert (found.count, found.advanced, found.returned) == (2, 1000, 500)

    def test_days_are_weighted_by_amount(self):
        stays = [Stay(900, day(4, 1), day(4, 3)), Stay(100, day(4, 1), day(4, 13))]
        assert usage(stays, [(day(1), 1)], first=day(4, 1), last=day(4, 30)).average_days == Decimal("3.00")

    def test_a_fund_without_money_has_no_rates(self):
        found = usage([], [], first=day(4, 1), last=day(4, 30))
        assert (found.occupancy_pct, found.turnover, found.average_days) == (None, None, None)

    def test_money_paid_in_during_the_span_counts_from_its_day(self):
        found = usage([Stay(100, day(4, 16), None)], [(day(4, 16), 100)], first=day(4, 1), last=day(4, 30))
        assert found.occupancy_pct == Decimal("100.00")


@pytest.mark.django_db
class TestOverview:
    @pytest.fixture
    def fund(self):
        with clock.at(ASKED):
            yield made.fund()

    def test_each_figure_is_a_balance_of_the_books(self, fund):
        made.advance(fund, "advanced")
        line = overview.fund("bridge")
        assert (line.paid_in, line.paid, line.out, line.recovered) == (100 * WAN, AMOUNT, AMOUNT, 0)
        assert (line.left, line.moved, line.leverage) == (50 * WAN, AMOUNT, Decimal("0.50"))

    def test_a_hold_is_not_left(self, fund):
        made.advance(fund, "reserved")
        line = overview.fund("bridge")
        assert (line.held, line.left, line.bound, line.used_pct) == (AMOUNT, 50 * WAN, AMOUNT, Decimal("50.0"))

    def test_money_that_came_back_is_not_used(self, fund):
        made.advance(fund, "returned")
        assert overview.fund("bridge").used_pct == Decimal("0.0")

    def test_a_yuan_is_traced_from_the_posting_to_the_firm_and_back(self, fund):
        row = BridgeAdvance.objects.get(pk=made.advance(fund, "returned"))
        posting = ledger.posting(row.advance_posting_id)
        subject = overview.about(fund.maker, posting.source)
        assert (subject.id, subject.enterprise_id, len(subject.postings)) == (row.pk, fund.place.firm.pk, 4)
        assert [one.id for one in overview.firm_money(fund.maker, fund.place.firm.pk)] == [row.pk]
        (appropriation,), went = overview.money_of("bridge", posting.id)
        assert (appropriation.amount, went) == (AMOUNT, ())
        assert [one.posting_id for one in overview.money_of("bridge", appropriation.posting_id)[1]] == [posting.id]

    def test_the_pages_show_the_books_and_give_files(self, client, fund):
        row = BridgeAdvance.objects.get(pk=made.advance(fund, "returned"))
        sign_in(client, fund.maker)
        assert "100 万元" in client.get(reverse("gov:money")).text
        assert "资金专户" in client.get(reverse("gov:book", args=["bridge"])).text
        traced = client.get(reverse("gov:posting", args=[row.advance_posting_id])).text
        assert fund.place.firm.name in traced
        assert row.number in client.get(reverse("gov:firm_money", args=[fund.place.firm.pk])).text
        for name, args in (("journal", ["bridge"]), ("trial", ["bridge"]), ("statement", ["bridge", "bank"])):
            url = reverse(f"gov:{name}", args=args)
            assert client.get(url).status_code == 200
            assert client.get(url + "?export=xlsx").status_code == 200

    def test_debits_and_credits_agree_in_the_trial_balance_file(self, client, fund):
        made.advance(fund, "returned")
        sign_in(client, fund.checker)
        text = b"".join(client.get(reverse("gov:trial", args=["bridge"]) + "?export=csv").streaming_content).decode()
        debit, credit = text.strip().splitlines()[-1].split(",")[-2:]
        assert debit == credit

    def test_a_balance_is_shown_as_of_a_day_and_as_known_on_a_day_also_in_the_file(self, client, fund):
        made.advance(fund, "returned")
        sign_in(client, fund.checker)
        url = reverse("gov:statement", args=["bridge", "bank"])
        before = f"?on_to={ASKED.date() + dt.timedelta(days=60)}&known=2020-01-01"
        page = client.get(url + before).text
        assert "按 2020-01-01 已入账的分录" in page
        assert "按目前已入账的分录" in page
        (_head, now, then, opening) = _file(client, url + before)
        assert (then.split(",")[5], opening.split(",")[5]) == ("0.00", "0.00")
        assert now.split(",")[5].startswith("1000")
        lines = _file(client, url + "?known=2099-01-01")
        assert lines[1].split(",")[5] == lines[2].split(",")[5], "the closing balance is that after the last line"
        assert "不是日期" in client.get(url + "?known=soon").text

    def test_the_overview_is_a_file_too(self, client, fund):
        sign_in(client, fund.maker)
        _head, line = _file(client, reverse("gov:money"))
        assert line.split(",")[:3] == ["bridge", "应急周转保障资金", "1000000.00"]
        assert client.get(reverse("gov:money") + "?export=xlsx").status_code == 200

    def test_who_does_not_read_funds_sees_none_of_it(self, client, fund):
        sign_in(client, fund.place.taskforce)
        assert client.get(reverse("gov:money")).status_code == 403

    @pytest.mark.parametrize("name", ["book", "journal", "trial"])
    def test_a_book_that_is_not_there_is_not_found(self, client, fund, name):
        sign_in(client, fund.maker)
        assert client.get(reverse(f"gov:{name}", args=["nothing"])).status_code == 404


def _file(client, url: str) -> list[str]:
    answer = client.get(f"{url}{'&' if '?' in url else '?'}export=csv")
    return b"".join(answer.streaming_content).decode("utf-8-sig").strip().splitlines()
