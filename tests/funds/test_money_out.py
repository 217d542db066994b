"""Bridge advances and guarantee payouts go out like all public money: queue, two people, payment file, statement."""

from __future__ import annotations

import pytest

from factories import bridge as made
from factories import guarantee as guaranteed
from factories import sending
from factories.bridge import AMOUNT, ASKED, WAN
from factories.guarantee import LATER
from huoshui.funds import actions_bridge as bridge
from huoshui.funds import actions_payment as payments
from huoshui.funds import actions_payout as payouts
from huoshui.funds import actions_statement
from huoshui.funds import queries_bridge as advances
from huoshui.funds import queries_overview as overview
from huoshui.funds import queries_payment as queries
from huoshui.funds.models.bridge import BridgeAdvance
from huoshui.funds.models.guarantee import Guarantee, GuaranteeShare
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.ledger.verify import verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def fund():
    with clock.at(ASKED):
        yield made.fund()


@pytest.fixture
def place():
    return guaranteed.place()


def refusal(act) -> list[str]:
    with pytest.raises(DomainError) as refused:
        act()
    return [problem.code for problem in getattr(refused.value, "problems", ())] or [refused.value.code]


def order(maker, pk: int, kind: str = "bridge"):
    return queries.payments(maker, kind=kind).get(subject_id=pk)


class TestABridgeAdvance:
    def test_is_in_the_bureaus_queue_from_the_reservation_on_with_the_money_held_once(self, fund):
        pk = made.advance(fund, "reserved")
        row = order(fund.maker, pk)
        assert (row.state, row.amount, row.made_by_id) == ("computed", AMOUNT, fund.maker.person_id)
        assert row.hold_id == BridgeAdvance.objects.get(pk=pk).hold_id
        made.approve(fund, pk)
        assert advances.fund().held == AMOUNT

    def test_is_not_out_before_the_statement_shows_it(self, fund):
        pk = made.advance(fund, "approved")
        view = advances.advance(fund.maker, pk)
        assert (view.state, view.live, view.payment.state) == ("reserved", None, "approved")
        assert advances.fund().out == 0
        assert refusal(lambda: made.repaid(fund, pk)) == ["wrong_state"]
        sending.paid(fund.maker, kind="bridge", subject=pk)
        view = advances.advance(fund.maker, pk)
        assert (view.state, view.advanced_on, view.payment.state) == ("advanced", ASKED.date(), "paid")
        assert (advances.fund().out, advances.fund().held) == (AMOUNT, 0)

    def test_cannot_be_approved_twice_nor_without_the_branchs_account(self, fund):
        pk = made.advance(fund, "reserved")
        assert refusal(lambda: bridge.advance_bridge(fund.checker, advance_id=pk)) == ["account_missing"]
        made.approve(fund, pk)
        assert refusal(lambda: bridge.advance_bridge(fund.checker, advance_id=pk)) == ["payment_approved"]

    def test_may_be_checked_and_approved_in_the_queue_as_well(self, fund):
        pk = made.advance(fund, "reserved")
        sending.account(fund.maker, BridgeAdvance.objects.get(pk=pk).bank_path)
        number = order(fund.maker, pk).pk
        payments.check_payments(fund.checker, order_ids=[number])
        payments.approve_payments(fund.checker, order_ids=[number])
        assert BridgeAdvance.objects.get(pk=pk).advanced_by_id == fund.checker.person_id
        sending.paid(fund.maker, kind="bridge", subject=pk)
        assert BridgeAdvance.objects.get(pk=pk).state == "advanced"

    @pytest.mark.parametrize("state", ["reserved", "approved"])
    def test_called_off_cancels_its_payment_and_a_cancelled_payment_calls_it_off(self, fund, state):
        first = made.advance(fund, state)
        bridge.withdraw_bridge(fund.owner, advance_id=first)
        assert (order(fund.maker, first).state, advances.fund().held) == ("cancelled", 0)
        second = made.advance(fund, state)
        payments.cancel_payment(fund.checker, order_id=order(fund.maker, second).pk, reason="银行额度调整")
        row = BridgeAdvance.objects.get(pk=second)
        assert (row.state, row.close_reason, advances.fund().held) == ("declined", "银行额度调整", 0)

    def test_sent_to_the_bank_it_is_no_longer_called_off(self, fund):
        pk = made.advance(fund, "approved")
        actions_statement.make_payment_file(fund.maker, fund_id=order(fund.maker, pk).fund_id)
        assert refusal(lambda: bridge.withdraw_bridge(fund.owner, advance_id=pk)) == ["wrong_state"]
        assert BridgeAdvance.objects.get(pk=pk).state == "reserved"

    def test_sent_back_by_the_bank_stops_the_days_and_is_sent_again(self, fund):
        pk = made.advance(fund, "advanced")
        assert sending.sent_back(fund.maker, kind="bridge", subject=pk)
        row = BridgeAdvance.objects.get(pk=pk)
        assert (row.state, row.advanced_on, row.due_on, advances.fund().out) == ("reserved", None, None, 0)
        payments.send_again(fund.checker, order_id=order(fund.maker, pk).pk)
        sending.paid(fund.maker, kind="bridge", subject=pk)
        assert BridgeAdvance.objects.get(pk=pk).state == "advanced"
        made.repaid(fund, pk)
        assert not sending.sent_back(fund.maker, kind="bridge", subject=pk), "waits for a person"
        line = queries.statement_lines(fund.maker, left_only=True).get()
        number = order(fund.maker, pk).pk
        by_hand = lambda: actions_statement.match_by_hand(fund.maker, line_id=line.pk, order_ids=[number])  # noqa: E731
        assert refusal(by_hand) == ["wrong_state"]
        assert [one for one in verify().problems if "chain" not in one] == []  # the chain is made at commit


class TestMoneyThatComesIn:
    def test_what_was_recorded_by_slip_is_what_the_bank_saw_and_counts_once(self, fund):
        pk = made.advance(fund, "renewed")
        fee = bridge.take_back(fund.maker, advance_id=pk, returned_on=clock.today(), slip_no="HD-2027-77")
        number, paid = order(fund.maker, pk).fund_id, f"{(AMOUNT + fee) / 100:.2f}"
        lines = [f"{clock.today()},IN{at},{sum_},,{said}" for at, (sum_, said) in enumerate([
            (paid, "汾水银行归还 HD-2027-77"), (paid, "汾水银行归还 HD-2027-77"), ("0.01", "HD-2027-77"), (paid, "结息"),
        ])]  # fmt: skip
        text = "\n".join(["交易日期,流水号,收入,支出,摘要", *lines])
        taken = actions_statement.import_statement(fund.maker, fund_id=number, name="a.csv", data=text.encode())
        assert (taken.matched, taken.left) == (1, 3)
        assert queries.statement_lines(fund.maker, statement_id=taken.statement_id).get(how="slip").bank_ref == "IN0"


class TestAGuaranteePayout:
    def test_confirmed_by_the_guarantor_it_waits_for_the_bureau(self, place):
        pk = guaranteed.guarantee(place, "ordered")
        row = order(place.maker, pk, "guarantee")
        assert (row.state, row.amount, row.made_by_id) == ("computed", 40 * WAN, place.lead.person_id)
        assert Guarantee.objects.get(pk=pk).state == "accepted"
        with clock.at(LATER):
            assert refusal(lambda: payouts.pay_out(place.lead, guarantee_id=pk)) == ["payout_ordered"]
            guaranteed.send(place, pk)
        assert Guarantee.objects.get(pk=pk).state == "paid"
        assert overview.fund("fund:GUAR-TY").held == 0

    @pytest.mark.parametrize("how", ["cancelled", "rejected"])
    def test_called_off_frees_money_and_budget_and_may_be_claimed_again(self, place, how):
        pk = guaranteed.guarantee(place, "ordered")
        with clock.at(LATER):
            if how == "cancelled":
                number = order(place.maker, pk, "guarantee").pk
                payments.cancel_payment(place.checker, order_id=number, reason="材料不全")
            else:
                payouts.reject_payout(place.officer, guarantee_id=pk, reason="材料不全")
            line = overview.fund("fund:GUAR-TY")
            assert (line.held, line.promised, line.left) == (0, 0, 500 * WAN)
            assert (Guarantee.objects.get(pk=pk).state, Guarantee.objects.get(pk=pk).why) == ("in_force", "材料不全")
            for step in (guaranteed.claim, guaranteed.accept, guaranteed.order):
                step(place, pk, place.city.owner)
        assert [row.state for row in queries.payments(place.maker, kind="guarantee")] == ["computed", "cancelled"]

    def test_sent_back_by_the_bank_it_is_open_again_until_something_was_recovered(self, place):
        pk = guaranteed.guarantee(place, "paid")
        with clock.at(LATER):
            assert sending.sent_back(place.maker, kind="guarantee", subject=pk)
            assert (Guarantee.objects.get(pk=pk).state, GuaranteeShare.objects.count()) == ("accepted", 0)
            payments.send_again(place.checker, order_id=order(place.maker, pk, "guarantee").pk)
            sending.paid(place.maker, kind="guarantee", subject=pk)
            assert (Guarantee.objects.get(pk=pk).state, GuaranteeShare.objects.count()) == ("paid", 4)
            guaranteed.recover(place, pk, place.city.owner)
            assert not sending.sent_back(place.maker, kind="guarantee", subject=pk), "waits for a person"
        assert [one for one in verify().problems if "chain" not in one] == []

    def test_is_listed_once_among_what_a_firm_had(self, place):
        pk = guaranteed.guarantee(place, "paid")
        assert [one.page for one in overview.firm_money(place.maker, place.city.firm.pk)] == ["gov:guarantee"]
        subject = overview.about(place.maker, f"guarantee:{pk}:payout:1:1")
        assert subject is not None
        assert len(subject.postings) == 1
