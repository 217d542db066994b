"""The bridge fund: who may have it, its closed loop leg by leg, fees by the day, what the database refuses."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from factories import bridge as made
from factories import people
from factories.bridge import AMOUNT, ASKED
from factories.cases import WAN
from huoshui.access.models import Notice
from huoshui.access.roles import Role
from huoshui.audit import queries as audit
from huoshui.financing.models import Loan
from huoshui.funds import actions_bridge as bridge
from huoshui.funds import queries_bridge as queries
from huoshui.funds.models.bridge import BridgeAdvance, BridgeReturn
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Stale
from huoshui.ledger import queries as ledger

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def now():
    with clock.at(ASKED):
        yield


@pytest.fixture
def fund(db, now):
    return made.fund()


def balances():
    return {view.code: view.amount for view in ledger.accounts("bridge")}


def refusal(act):
    with pytest.raises(DomainError) as refused:
        act()
    return [problem.code for problem in refused.value.problems]


class TestWhoMayHaveIt:
    def test_a_firm_that_meets_everything_may_ask_and_each_condition_is_kept(self, fund):
        pk = made.advance(fund, "requested")
        view = queries.advance(fund.owner, pk)
        assert len(view.evidence) == 9
        assert all(holds for holds, _asked, _found in view.evidence)

    @pytest.mark.parametrize(("tax", "may"), [(9_999_999, False), (10_000_000, True), (10_000_001, True)])
    def test_last_years_tax_is_at_least_a_hundred_thousand_yuan(self, now, tax, may):
        fund = made.fund(facts={"tax_paid_last_year": tax})
        found = {one.code: one.holds for one in queries.conditions(fund.owner, loan_id=fund.loan)}
        assert found["tax_paid_last_year"] is may

    def test_a_missing_fact_is_named_and_never_taken_as_met(self, now):
        fund = made.fund(facts={"tax_paid_last_year": None})
        codes = refusal(lambda: bridge.request_bridge(fund.owner, loan_id=fund.loan, amount=AMOUNT))
        assert codes == ["bridge_tax_paid_last_year"]

    @pytest.mark.parametrize(("days", "may"), [(31, False), (30, True), (0, True), (-1, False)])
    def test_a_loan_may_be_asked_for_in_the_thirty_days_before_it_matures(self, fund, days, may):
        matures = Loan.objects.get(pk=fund.loan).matures_on
        with clock.at(dt.datetime.combine(matures - days * DAY, dt.time(9), clock.ZONE)):
            found = {one.code: one.holds for one in queries.conditions(fund.owner, loan_id=fund.loan)}
        assert found["matures_on"] is may

    def test_every_reason_is_told_at_once(self, fund):
        Loan.objects.filter(pk=fund.loan).update(purpose="equipment", five_class="watch", overdue_days=3)
        codes = refusal(lambda: bridge.request_bridge(fund.owner, loan_id=fund.loan, amount=AMOUNT + 1))
        assert codes == ["bridge_purpose", "bridge_overdue", "bridge_amount"]

    def test_a_firm_has_one_open_advance(self, fund):
        made.advance(fund, "requested")
        assert "bridge_one_open" in refusal(lambda: made.advance(fund, "requested"))

    def test_a_closed_advance_does_not_stand_in_the_way(self, fund):
        pk = made.advance(fund, "requested")
        bridge.withdraw_bridge(fund.owner, advance_id=pk)
        assert made.advance(fund, "requested") != pk

    def test_another_firms_loan_cannot_be_asked_for(self, fund):
        stranger = people.owner()
        assert refusal(lambda: bridge.request_bridge(stranger, loan_id=fund.loan, amount=AMOUNT)) == ["not_found"]

    def test_the_bank_cannot_ask_in_the_firms_name(self, fund):
        assert refusal(lambda: bridge.request_bridge(fund.bank, loan_id=fund.loan, amount=AMOUNT)) == ["not_permitted"]


class TestClosedLoop:
    def test_three_legs_are_matched_posting_by_posting(self, fund):
        pk = made.advance(fund, "returned")
        view = queries.advance(fund.maker, pk)
        assert view.state == "returned"
        assert [leg.amount for leg in view.legs] == [AMOUNT] * 4
        assert len({leg.posting_id for leg in view.legs}) == 4
        assert None not in {leg.posting_id for leg in view.legs}

    def test_the_fund_has_its_money_back_with_the_fee(self, fund):
        made.advance(fund, "returned")  # on the same day: one day counts
        fee = 50 * WAN * Decimal("4.35") / 100 / 360
        expected = int(fee.quantize(Decimal(1)))
        found = balances()
        assert found["bank"] == 100 * WAN + expected
        assert (found["sent"], found["bridging"], found["renewed"]) == (0, 0, 0)
        assert found["costs"] == expected // 5  # never more than 20 % of the fee
        assert found["fees"] == expected - expected // 5

    def test_money_stands_where_the_loop_is(self, fund):
        pk = made.advance(fund, "advanced")
        assert balances()["sent"] == AMOUNT
        made.repaid(fund, pk)
        assert (balances()["sent"], balances()["bridging"]) == (0, AMOUNT)
        made.renewed(fund, pk)
        assert (balances()["bridging"], balances()["renewed"]) == (0, AMOUNT)

    def test_the_old_loan_is_settled_by_the_repayment_it_names(self, fund):
        pk = made.advance(fund, "repaid")
        row = BridgeAdvance.objects.get(pk=pk)
        assert row.repayment.principal == AMOUNT
        assert Loan.objects.get(pk=fund.loan).state == "settled"

    def test_money_is_not_back_before_the_bank_confirmed_both_loans(self, fund):
        pk = made.advance(fund, "repaid")
        act = {"advance_id": pk, "returned_on": clock.today(), "slip_no": "G1"}
        assert "legs_open" in refusal(lambda: bridge.take_back(fund.maker, **act, reason="x"))

    def test_a_loan_that_renews_nothing_is_not_the_new_loan(self, fund):
        pk = made.advance(fund, "repaid")
        codes = refusal(lambda: bridge.confirm_renewed(fund.bank, advance_id=pk, new_loan_id=fund.loan))
        assert "bridge_new_loan_id" in codes

    def test_a_new_loan_drawn_short_of_the_advance_does_not_close_the_leg(self, fund):
        pk = made.advance(fund, "repaid")
        short = made.new_loan(fund, amount=AMOUNT - WAN)
        codes = refusal(lambda: bridge.confirm_renewed(fund.bank, advance_id=pk, new_loan_id=short))
        assert codes == ["bridge_new_loan_id"]

    def test_the_same_slip_again_changes_nothing(self, fund):
        pk = made.advance(fund, "returned")
        before = balances()
        bridge.take_back(fund.maker, advance_id=pk, returned_on=clock.today(), slip_no=f"GH-{pk}")
        assert balances() == before
        assert BridgeReturn.objects.count() == 1

    def test_the_page_that_is_out_of_date_is_refused(self, fund):
        pk = made.advance(fund, "committed")
        with pytest.raises(Stale):
            bridge.reserve_bridge(fund.maker, advance_id=pk, seen_version=1)

    def test_every_act_leaves_an_event(self, fund):
        pk = made.advance(fund, "returned")
        kinds = [one.kind for one in audit.timeline(f"bridge:{pk}", audience="staff")]
        assert kinds == [
            "BRIDGE_REQUESTED", "BRIDGE_COMMITTED", "BRIDGE_RESERVED", "BRIDGE_APPROVED", "BRIDGE_ADVANCED",
            "BRIDGE_OLD_LOAN_REPAID", "BRIDGE_NEW_LOAN_GRANTED", "BRIDGE_MONEY_BACK",
        ]  # fmt: skip


class TestCommitmentAndMoney:
    @pytest.mark.parametrize(("promised", "ok"), [(AMOUNT - 1, False), (AMOUNT, True), (AMOUNT + 1, True)])
    def test_the_bank_commits_to_at_least_what_is_advanced(self, fund, promised, ok):
        pk = made.advance(fund, "requested")
        act = {"advance_id": pk, "amount": promised, "commitment_no": "N", "committed_on": clock.today()}
        if ok:
            bridge.commit_bridge(fund.bank, **act)
        else:
            assert refusal(lambda: bridge.commit_bridge(fund.bank, **act)) == ["bridge_amount"]

    def test_another_bank_neither_sees_nor_commits(self, fund):
        pk = made.advance(fund, "requested")
        other = made.cases.bank().officer
        act = {"advance_id": pk, "amount": AMOUNT, "commitment_no": "N", "committed_on": clock.today()}
        assert refusal(lambda: bridge.commit_bridge(other, **act)) == ["not_found"]
        assert list(queries.advances(other)) == []

    def test_what_is_reserved_is_held_and_paid_by_another_person(self, fund):
        pk = made.advance(fund, "reserved")
        assert queries.fund().held == AMOUNT
        both = people.staff(Role.FINANCE_OFFICER, Role.FINANCE_CHECKER, at=fund.maker.organisation_id)
        BridgeAdvance.objects.filter(pk=pk).update(reserved_by_id=both.person_id)
        assert refusal(lambda: bridge.advance_bridge(both, advance_id=pk)) == ["four_eyes"]
        made.pay(fund, pk)
        assert (queries.fund().held, queries.fund().out) == (0, AMOUNT)

    def test_the_maker_cannot_pay_and_the_checker_cannot_reserve(self, fund):
        pk = made.advance(fund, "committed")
        assert refusal(lambda: bridge.reserve_bridge(fund.checker, advance_id=pk)) == ["not_permitted"]
        made.reserve(fund, pk)
        assert "not_permitted" in refusal(lambda: bridge.advance_bridge(fund.maker, advance_id=pk))

    @pytest.mark.parametrize(("money", "ok"), [(AMOUNT - 1, False), (AMOUNT, True)])
    def test_the_fund_never_promises_more_than_it_has(self, now, money, ok):
        fund = made.fund(money=money)
        pk = made.advance(fund, "committed")
        if ok:
            made.reserve(fund, pk)
        else:
            assert refusal(lambda: made.reserve(fund, pk)) == ["balance_covers_holds"]
            assert queries.advance(fund.maker, pk).state == "committed"

    def test_declining_frees_what_was_reserved(self, fund):
        pk = made.advance(fund, "reserved")
        bridge.decline_bridge(fund.maker, advance_id=pk, reason="银行额度调整")
        assert (queries.fund().held, queries.fund().free) == (0, 100 * WAN)
        assert queries.advance(fund.owner, pk).close_reason == "银行额度调整"

    def test_the_same_appropriation_counts_once(self, fund):
        bridge.pay_in_bridge(fund.checker, amount=100 * WAN, on=made.DRAWN.date(), document_no="并财〔2026〕1号")
        assert queries.fund().paid_in == 100 * WAN

    def test_an_appropriation_needs_amount_document_and_a_day_that_has_come(self, fund):
        act = {"amount": 0, "on": clock.today() + DAY, "document_no": " "}
        codes = refusal(lambda: bridge.pay_in_bridge(fund.checker, **act))
        assert codes == ["bridge_amount", "bridge_document_no", "bridge_on"]


class TestDaysAndFees:
    @pytest.mark.parametrize(
        ("days", "fee"),
        [(0, 6042), (1, 6042), (5, 30208), (6, 54375), (20, 181250), (21, 193333)],
    )
    def test_the_fee_follows_the_day_the_money_comes_back(self, fund, days, fee):
        pk = made.advance(fund, "renewed")
        with clock.at(ASKED + days * DAY):
            view = queries.advance(fund.maker, pk)
            assert view.live.fee == fee
            paid = bridge.take_back(fund.maker, advance_id=pk, returned_on=clock.today(), slip_no="G")
        assert paid == fee

    def test_the_day_count_is_live_and_says_how_many_are_left(self, fund):
        pk = made.advance(fund, "advanced")
        for passed, left in [(0, 20), (19, 1), (20, 0), (23, -3)]:
            with clock.at(ASKED + passed * DAY):
                live = queries.advance(fund.maker, pk).live
                assert (live.days, live.left, live.overdue_days) == (max(passed, 1), left, max(-left, 0))

    def test_alerts_are_told_two_days_one_day_before_and_on_the_day_each_once(self, fund):
        made.advance(fund, "advanced")
        told = []
        for passed in (17, 18, 18, 19, 20, 20, 21, 22):
            with clock.at(ASKED + passed * DAY):
                told.append(bridge.alert_bridge())
        assert told == [0, 1, 0, 1, 1, 0, 1, 0]
        kinds = list(Notice.objects.filter(enterprise_id=fund.place.firm.pk).values_list("template", flat=True))
        assert kinds.count("bridge_due") == 3
        assert kinds.count("bridge_overdue") == 1

    def test_overdue_money_comes_back_in_parts_at_its_price_and_closes_as_recovered(self, fund):
        pk = made.advance(fund, "repaid")
        late = ASKED + 25 * DAY
        with clock.at(late):
            first = bridge.take_back(
                fund.maker, advance_id=pk, returned_on=late.date(), slip_no="1", principal=20 * WAN, reason="银行未续贷"
            )
            assert queries.advance(fund.maker, pk).state == "repaid"
            bridge.take_back(fund.maker, advance_id=pk, returned_on=late.date(), slip_no="2", reason="追回余款")
        view = queries.advance(fund.maker, pk)
        assert first == round(20 * WAN * Decimal("4.35") / 100 / 360 * (20 * Decimal("1.5") + 5 * 2))
        assert (view.state, view.returned, len(view.backs)) == ("recovered", AMOUNT, 2)
        assert balances()["bridging"] == 0

    def test_money_that_is_not_overdue_comes_back_whole(self, fund):
        pk = made.advance(fund, "renewed")
        act = {"advance_id": pk, "returned_on": clock.today(), "slip_no": "G", "principal": AMOUNT - 1}
        assert refusal(lambda: bridge.take_back(fund.maker, **act)) == ["bridge_principal"]

    def test_more_than_is_out_is_refused(self, fund):
        pk = made.advance(fund, "renewed")
        act = {"advance_id": pk, "returned_on": clock.today(), "slip_no": "G", "principal": AMOUNT + 1}
        assert refusal(lambda: bridge.take_back(fund.maker, **act)) == ["bridge_principal"]

    def test_a_day_before_the_new_loan_or_in_the_future_is_refused(self, fund):
        pk = made.advance(fund, "renewed")
        for on in (clock.today() - DAY, clock.today() + DAY):
            act = {"advance_id": pk, "returned_on": on, "slip_no": "G"}
            assert refusal(lambda act=act: bridge.take_back(fund.maker, **act)) == ["bridge_returned_on"]


class TestWhatTheDatabaseRefuses:
    @pytest.mark.parametrize(
        ("state", "changes", "rule"),
        [
            ("requested", {"amount": 0}, "bridge_amount_positive"),
            ("committed", {"state": "lost"}, "bridge_state_known"),
            ("requested", {"state": "withdrawn"}, "bridge_closed_pair"),
            ("committed", {"committed": AMOUNT - 1}, "bridge_committed_covers"),
            ("committed", {"state": "reserved"}, "bridge_reserved_has_hold"),
            ("reserved", {"state": "advanced"}, "bridge_advanced_has_posting"),
            ("advanced", {"state": "repaid"}, "bridge_repaid_matched"),
            ("repaid", {"state": "renewed"}, "bridge_renewed_matched"),
            ("renewed", {"returned": AMOUNT + 1}, "bridge_returned_range"),
            ("renewed", {"state": "returned", "closed_at": ASKED}, "bridge_returned_whole"),
        ],
    )
    def test_a_state_without_its_proof(self, fund, state, changes, rule):
        pk = made.advance(fund, state)
        with pytest.raises(IntegrityError, match=rule), transaction.atomic():
            BridgeAdvance.objects.filter(pk=pk).update(**changes)

    def test_paying_by_the_person_who_reserved(self, fund):
        pk = made.advance(fund, "advanced")
        with pytest.raises(IntegrityError, match="bridge_four_eyes"), transaction.atomic():
            BridgeAdvance.objects.filter(pk=pk).update(advanced_by_id=fund.maker.person_id)

    def test_a_second_open_advance_of_a_firm(self, fund):
        row = BridgeAdvance.objects.get(pk=made.advance(fund, "requested"))
        row.pk, row.number = None, "ZZ-2"
        with pytest.raises(IntegrityError, match="bridge_one_open_per_firm"), transaction.atomic():
            row.save()

    def test_a_return_of_nothing_or_the_same_slip_twice(self, fund):
        back = BridgeReturn.objects.get(advance_id=made.advance(fund, "returned"))
        with pytest.raises(IntegrityError, match="bridge_return_amounts"), transaction.atomic():
            BridgeReturn.objects.filter(pk=back.pk).update(principal=0)
        row = BridgeAdvance.objects.get(pk=back.advance_id)
        back.pk, back.posting_id = None, row.advance_posting_id
        with pytest.raises(IntegrityError, match="bridge_return_slip_once"), transaction.atomic():
            back.save()
