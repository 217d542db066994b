"""A guarantee from request to recovery: who may what, no money before it is in force, limits, shares, what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from factories import cases, people
from factories import guarantee as made
from factories.guarantee import AMOUNT, LATER, PAPERS, WAN, Place
from huoshui.access.models import Notice
from huoshui.access.roles import Role
from huoshui.audit import queries as audit
from huoshui.catalogue import queries as catalogue
from huoshui.financing import actions as lending
from huoshui.financing.models import Drawdown, Loan
from huoshui.funds import actions_compensation, actions_fund
from huoshui.funds import actions_guarantee as acts
from huoshui.funds import actions_payout as payouts
from huoshui.funds import queries_guarantee as queries
from huoshui.funds import queries_overview as overview
from huoshui.funds.guarantee_lifecycle import ACT_NAMES, STATE_NAMES, TRANSITIONS, Act, State
from huoshui.funds.models.compensation import CompensationClaim, CompensationLoan
from huoshui.funds.models.guarantee import Guarantee, GuaranteeShare
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Stale
from huoshui.ledger import queries as ledger
from huoshui.ledger.verify import verify
from huoshui.registry import queries as register

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: Any) -> Iterator[Place]:
    """Build the place once; every test runs in a savepoint on top of it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield made.place()
        transaction.set_rollback(True)


@pytest.fixture
def place(built: Place, db: None) -> Place:
    return built


def row(pk: int) -> Guarantee:
    return Guarantee.objects.get(pk=pk)


def refusal(act: Callable[[], object]) -> list[str]:
    with pytest.raises(DomainError) as refused:
        act()
    return [problem.code for problem in refused.value.problems]


def balances() -> dict[str, int]:
    return {view.code: view.amount for view in ledger.accounts("fund:GUAR-TY")}


class TestUntilInForce:
    def test_the_firm_agrees_before_the_guarantor_reads_anything(self, place: Place) -> None:
        pk = made.guarantee(place, "requested")
        firm = place.city.firm
        assert register.names_of(place.officer, [firm.pk])[firm.pk] != firm.name
        with clock.at(cases.START):
            made.agree(place, pk, place.city.owner)
            assert register.names_of(place.officer, [firm.pk])[firm.pk] == firm.name
        assert row(pk).state == "submitted"

    def test_where_the_firm_agreed_before_the_request_goes_on_at_once(self, place: Place) -> None:
        pk = made.guarantee(place, "submitted")
        with clock.at(cases.START):
            acts.withdraw_guarantee(place.bank, guarantee_id=pk, reason="改由企业换一家")
            again = acts.request_guarantee(place.bank, referral_id=row(pk).case_id, guarantor_id=place.guarantor)
        assert row(again).state == "submitted"

    def test_evidence_fee_letter_and_every_limit_are_kept(self, place: Place) -> None:
        view = queries.guarantee(place.officer, made.guarantee(place, "in_force"))
        assert (view.row.fee, view.rate_pct, view.row.state) == (AMOUNT // 100, Decimal(1), "in_force")
        assert len(view.limits) == 7
        assert all(limit.holds for limit in view.limits)
        assert [verdict for verdict, _asked, _found in view.evidence] == ["YES"] * 3
        assert len(audit.timeline(f"guarantee:{view.row.pk}", audience="staff")) == 6

    def test_bank_firm_and_guarantor_are_told(self, place: Place) -> None:
        made.guarantee(place, "in_force")
        assert set(Notice.objects.values_list("template", flat=True)) >= {"guarantee_asks_firm", "guarantee_moved"}
        assert Notice.objects.filter(organisation_id=place.guarantor).exists()

    def test_who_reviewed_cannot_approve_and_an_officer_cannot_at_all(self, place: Place) -> None:
        pk = made.guarantee(place, "submitted")
        with clock.at(cases.START):
            acts.review_guarantee(place.lead, guarantee_id=pk, opinion="可以")
            approve = lambda actor: acts.approve_guarantee(actor, guarantee_id=pk, rate_pct=Decimal(1))  # noqa: E731
            assert refusal(lambda: approve(place.lead)) == ["four_eyes"]
            assert refusal(lambda: approve(place.officer)) == ["not_permitted"]

    def test_another_guarantor_another_bank_and_strangers_see_nothing(self, place: Place) -> None:
        pk = made.guarantee(place, "submitted")
        strangers = (people.staff(Role.GUARANTEE_LEAD), cases.bank().officer, people.owner())
        for stranger in strangers:
            assert not queries.guarantees(stranger).exists()
            assert refusal(lambda who=stranger: queries.guarantee(who, pk)) == ["not_found"]

    @pytest.mark.parametrize("state", ["requested", "issued"])
    def test_the_bank_may_withdraw_until_it_is_in_force(self, place: Place, state: str) -> None:
        pk = made.guarantee(place, state)
        with clock.at(cases.START):
            acts.withdraw_guarantee(place.bank, guarantee_id=pk, reason="企业不再用款")
        assert row(pk).state == "withdrawn"

    def test_a_declined_request_tells_why_and_leaves_room_for_another(self, place: Place) -> None:
        pk = made.guarantee(place, "reviewing")
        with clock.at(cases.START):
            assert refusal(lambda: acts.decline_guarantee(place.officer, guarantee_id=pk, reason=" ")) == [
                "reason_missing"
            ]
            acts.decline_guarantee(place.officer, guarantee_id=pk, reason="反担保不足")
            acts.request_guarantee(place.bank, referral_id=row(pk).case_id, guarantor_id=place.guarantor)
        assert row(pk).why == "反担保不足"

    def test_one_open_guarantee_a_credit(self, place: Place) -> None:
        pk = made.guarantee(place, "requested")
        again = lambda: acts.request_guarantee(  # noqa: E731
            place.bank, referral_id=row(pk).case_id, guarantor_id=place.guarantor
        )
        with clock.at(cases.START):
            assert refusal(again) == ["guarantee_one_per_case"]

    def test_a_firm_known_to_fail_a_condition_is_refused_with_it(self, place: Place) -> None:
        with clock.at(cases.START):
            case = made.credit(place)
            type(place.city.firm).objects.update(size_class="large")
            asked = refusal(lambda: acts.request_guarantee(place.bank, referral_id=case, guarantor_id=place.guarantor))
        assert asked == ["guarantee_not_eligible"]

    def test_the_fee_is_the_whole_fee(self, place: Place) -> None:
        pk = made.guarantee(place, "issued")
        paid = {"guarantee_id": pk, "paid_on": cases.START.date(), "slip_no": "F1"}
        with clock.at(cases.START):
            for amount in (AMOUNT // 100 - 1, AMOUNT // 100 + 1):
                assert refusal(lambda sum_=amount: acts.confirm_fee(place.officer, amount=sum_, **paid)) == [
                    "fund_amount"
                ]
            acts.confirm_fee(place.officer, amount=AMOUNT // 100, **paid)
        assert row(pk).in_force_on == cases.START.date()

    def test_without_a_fee_the_letter_puts_it_in_force(self, place: Place) -> None:
        pk = made.guarantee(place, "reviewing")
        with clock.at(cases.START):
            acts.approve_guarantee(place.lead, guarantee_id=pk, rate_pct=Decimal(0))
            made.issue(place, pk, place.city.owner)
        assert row(pk).state == "in_force"

    def test_a_page_of_yesterday_is_stale(self, place: Place) -> None:
        pk = made.guarantee(place, "reviewing")
        with clock.at(cases.START), pytest.raises(Stale):
            acts.approve_guarantee(place.lead, guarantee_id=pk, rate_pct=Decimal(1), seen_version=1)


class TestNoMoneyBefore:
    @pytest.mark.parametrize("state", ["reviewing", "issued"])
    def test_the_first_money_waits_for_the_guarantee(self, place: Place, state: str) -> None:
        pk = made.guarantee(place, state)
        with clock.at(cases.START):
            assert refusal(lambda: made.draw(place, pk, place.city.owner)) == ["loan_guarantee"]

    def test_nobody_asked_for_one(self, place: Place) -> None:
        with clock.at(cases.START):
            loan = Loan.objects.get(referral_id=made.credit(place))
            draw = {"amount": AMOUNT, "drawn_on": clock.today(), "slip_no": "J1"}
            assert refusal(lambda: lending.record_drawdown(place.bank, loan_id=loan.pk, **draw)) == ["loan_guarantee"]

    def test_in_force_it_may_be_drawn(self, place: Place) -> None:
        assert made.loan_of(made.guarantee(place, "drawn")).drawn == AMOUNT

    def test_the_database_refuses_the_slip_itself(self, place: Place) -> None:
        loan = made.loan_of(made.guarantee(place, "issued"))
        with pytest.raises(IntegrityError, match="not in force"), transaction.atomic():
            Drawdown.objects.create(
                loan=loan, amount=1, drawn_on=cases.START.date(), slip_no="X", recorded_at=clock.now()
            )

    def test_after_a_claim_no_more_is_drawn(self, place: Place) -> None:
        loan = made.loan_of(made.guarantee(place, "claimed"))
        with pytest.raises(IntegrityError, match="not in force"), transaction.atomic():
            Drawdown.objects.create(
                loan=loan, amount=1, drawn_on=cases.START.date(), slip_no="X", recorded_at=clock.now()
            )


class TestLimitsAtApproval:
    @pytest.mark.parametrize(("net", "refused"), [(500, []), (499, ["guarantee_single_share"])])
    def test_a_customer_above_a_tenth_of_net_assets_is_refused_with_the_figure(
        self, net: int, refused: list[str]
    ) -> None:
        place = made.place(net_assets=net * WAN)
        pk = made.guarantee(place, "reviewing")
        with clock.at(cases.START):
            if refused:
                assert refusal(lambda: made.approve(place, pk, place.city.owner)) == refused
            else:
                made.approve(place, pk, place.city.owner)

    def test_a_dear_fee_is_refused_at_its_field(self, place: Place) -> None:
        pk = made.guarantee(place, "reviewing")
        with clock.at(cases.START), pytest.raises(DomainError) as refused:
            acts.approve_guarantee(place.lead, guarantee_id=pk, rate_pct=Decimal("1.01"))
        assert [problem.field for problem in refused.value.problems] == ["rate_pct"]

    def test_without_net_assets_nothing_is_approved(self) -> None:
        place = made.place(net_assets=0)
        pk = made.guarantee(place, "reviewing")
        with clock.at(cases.START):
            assert refusal(lambda: made.approve(place, pk, place.city.owner)) == ["guarantor_standing"]

    def test_repaid_principal_is_no_longer_stood_in_for(self, place: Place) -> None:
        pk = made.guarantee(place, "drawn")
        assert [one.amount for one in queries.held(place.guarantor)] == [AMOUNT]
        _repay(place, pk, 20 * WAN)
        assert [one.amount for one in queries.held(place.guarantor)] == [30 * WAN]

    def test_a_loan_that_is_repaid_releases_the_room(self, place: Place) -> None:
        pk = made.guarantee(place, "drawn")
        with clock.at(LATER):
            release = lambda: acts.release_guarantee(place.officer, guarantee_id=pk)  # noqa: E731
            assert refusal(release) == ["loan_unpaid"]
            _repay(place, pk, AMOUNT)
            release()
        assert row(pk).state == "released"
        assert queries.held(place.guarantor) == []

    def test_the_board_shows_the_limits_as_they_stand(self, place: Place) -> None:
        made.guarantee(place, "drawn")
        board = queries.board(place.officer, place.guarantor)
        assert (board.liability, board.count, board.customers) == (AMOUNT, 1, ((place.city.firm.pk, AMOUNT),))
        assert [limit.holds for limit in board.limits] == [True] * 3


def _repay(place: Place, pk: int, amount: int) -> None:
    with clock.at(LATER):
        lending.record_repayment(
            place.bank, loan_id=made.loan_of(pk).pk, paid_on=LATER.date(), principal=amount, interest=0,
            slip_no=f"R{amount}",
        )  # fmt: skip


class TestPayout:
    def test_the_shares_are_posted_exactly_and_the_books_hold(self, place: Place) -> None:
        pk = made.guarantee(place, "paid")
        found = balances()
        assert (found["loss"], found["paid"], found["bank"]) == (AMOUNT, AMOUNT * 8 // 10, 460 * WAN)
        borne = [found[f"borne:{name}"] for name in ("guarantor", "re_guarantee", "national_fund", "bank")]
        assert borne == [20 * WAN, 10 * WAN, 10 * WAN, 10 * WAN]
        assert (found["committed"], found["free"]) == (0, 460 * WAN)
        assert list(GuaranteeShare.objects.filter(guarantee_id=pk).values_list("borne", flat=True)) == borne
        assert [one for one in verify().problems if "chain" not in one] == []  # the chain is made at commit

    def test_the_money_is_held_from_acceptance_on(self, place: Place) -> None:
        made.guarantee(place, "accepted")
        at = {view.code: view for view in ledger.accounts("fund:GUAR-TY")}
        assert (at["bank"].held, at["committed"].amount) == (40 * WAN, 40 * WAN)

    @pytest.mark.parametrize(("promised", "covered"), [(460 * WAN, True), (460 * WAN + 1, False)])
    def test_the_fund_never_promises_more_than_it_has(self, place: Place, promised: int, covered: bool) -> None:
        pk = made.guarantee(place, "claimed")
        with clock.at(LATER):
            actions_fund.commit(
                place.checker, fund_id=place.fund, source="other", amount=promised, on=LATER.date(), text="其他"
            )
            accept = lambda: made.accept(place, pk, place.city.owner)  # noqa: E731
            if covered:
                accept()
            else:
                assert refusal(accept) == ["fund_overdrawn"]

    @pytest.mark.parametrize(("days", "may"), [(29, False), (30, True)])
    def test_a_payout_is_claimed_from_thirty_days_overdue_on(self, place: Place, days: int, may: bool) -> None:
        pk = made.guarantee(place, "drawn")
        made.bad(pk, days)
        claim = lambda: payouts.claim_payout(place.bank, guarantee_id=pk, papers=PAPERS)  # noqa: E731
        with clock.at(LATER):
            if may:
                assert claim() == AMOUNT
            else:
                assert refusal(claim) == ["guarantee_not_due"]

    def test_every_paper_of_the_checklist_is_needed(self, place: Place) -> None:
        pk = made.guarantee(place, "drawn")
        made.bad(pk)
        with clock.at(LATER):
            empty = {"form": ("a.pdf", b"")}
            found = refusal(lambda: payouts.claim_payout(place.bank, guarantee_id=pk, papers=empty))
        assert found == ["guarantee_paper_missing", "guarantee_paper_missing", "fund_form"]

    def test_who_accepted_cannot_pay(self, place: Place) -> None:
        pk = made.guarantee(place, "claimed")
        with clock.at(LATER):
            payouts.accept_payout(place.lead, guarantee_id=pk)
            assert refusal(lambda: payouts.pay_out(place.lead, guarantee_id=pk)) == ["four_eyes"]

    def test_it_is_paid_once(self, place: Place) -> None:
        pk = made.guarantee(place, "paid")
        with clock.at(LATER):
            assert refusal(lambda: payouts.pay_out(place.lead, guarantee_id=pk)) == ["wrong_state"]
        assert balances()["paid"] == 40 * WAN

    @pytest.mark.parametrize("state", ["accepted"])
    def test_a_claim_sent_back_frees_the_money_and_may_be_filed_again(self, place: Place, state: str) -> None:
        pk = made.guarantee(place, state)
        with clock.at(LATER):
            payouts.reject_payout(place.officer, guarantee_id=pk, reason="缺少催收记录原件")
            assert (row(pk).state, balances()["free"]) == ("in_force", 500 * WAN)
            for step in (made.claim, made.accept, made.pay):
                step(place, pk, place.city.owner)
        assert row(pk).state == "paid"

    def test_the_overview_shows_the_fund_and_traces_the_posting(self, place: Place) -> None:
        pk = made.guarantee(place, "recovering")
        line = overview.fund("fund:GUAR-TY")
        assert line is not None
        assert (line.paid_in, line.paid, line.recovered) == (500 * WAN, 40 * WAN, 720_0000)
        assert line.moved == AMOUNT
        subject = overview.about(place.maker, f"guarantee:{pk}:payout")
        assert subject is not None
        assert (subject.id, len(subject.postings)) == (pk, 2)
        assert [one.id for one in overview.firm_money(place.maker, place.city.firm.pk)] == [pk]


def test_risk_compensation_begins_where_the_guarantor_has_paid_and_counts_the_bank_s_own_loss(place: Place) -> None:
    pk = made.guarantee(place, "drawn")
    loan = made.loan_of(pk)
    rules = next(one for one in catalogue.published_programmes("compensation") if one.code == "COMP-TY")
    with clock.at(cases.START):
        pool = actions_fund.open_fund(
            place.checker, code="COMP-TY", kind="compensation", name="风险补偿", district_code="140100",
            programme_id=rules.programme_id,
        )  # fmt: skip
        actions_fund.appropriate(place.checker, pool, amount=WAN * 100, document_no="3", on=clock.today())
    terms = {**rules.terms, "trigger": "guarantor_paid", "papers": []}
    CompensationLoan.objects.create(
        fund_id=pool, programme_id=rules.version_id, terms=terms, loan=loan, enterprise_id=loan.enterprise_id,
        district_code=loan.district_code, bank_id=loan.bank_id, bank_path=loan.bank_path, principal=loan.principal,
        registered_on=cases.START.date(),
    )  # fmt: skip
    made.bad(pk)
    file = lambda: actions_compensation.file_claim(place.bank, loan_id=loan.pk, papers={})  # noqa: E731
    with clock.at(LATER):
        for step in (made.claim, made.accept):
            step(place, pk, place.city.owner)
        assert refusal(file) == ["compensation_not_due"]
        made.pay(place, pk, place.city.owner)
        claim = CompensationClaim.objects.get(pk=file())
    assert (claim.unpaid, claim.amount) == (10 * WAN, 4 * WAN)  # 20 % of 50万 is the bank's; 40 % of that


class TestRecovery:
    def test_it_is_shared_back_net_of_cost(self, place: Place) -> None:
        pk = made.guarantee(place, "recovering")  # 10万 recovered at a cost of 1万
        parts = dict(GuaranteeShare.objects.filter(guarantee_id=pk).values_list("party", "returned"))
        assert parts == {"guarantor": 360_0000, "re_guarantee": 180_0000, "national_fund": 180_0000, "bank": 180_0000}
        assert balances()["loss"] == AMOUNT - 9 * WAN
        assert [one for one in verify().problems if "chain" not in one] == []  # the chain is made at commit

    def test_the_same_slip_counts_once_and_another_sum_under_it_is_refused(self, place: Place) -> None:
        pk = made.guarantee(place, "recovering")
        given = {"guarantee_id": pk, "received_on": LATER.date(), "cost": WAN, "slip_no": "Z1"}
        with clock.at(LATER):
            again = payouts.record_recovery(place.officer, recovered=10 * WAN, **given)
            assert sum(again.values()) == 9 * WAN
            assert refusal(lambda: payouts.record_recovery(place.officer, recovered=11 * WAN, **given)) == [
                "fund_slip_no"
            ]
        assert row(pk).returned == 9 * WAN

    @pytest.mark.parametrize(("more", "may"), [(0, True), (1, False)])
    def test_never_more_comes_back_than_was_lost(self, place: Place, more: int, may: bool) -> None:
        pk = made.guarantee(place, "paid")
        recover = lambda: payouts.record_recovery(  # noqa: E731
            place.officer, guarantee_id=pk, received_on=LATER.date(), recovered=AMOUNT + more, slip_no="Z9"
        )
        with clock.at(LATER):
            if may:
                assert sum(recover().values()) == AMOUNT + more
            else:
                assert refusal(recover) == ["fund_recovered"]

    def test_all_that_is_wrong_with_a_recovery_is_told(self, place: Place) -> None:
        pk = made.guarantee(place, "paid")
        with clock.at(LATER):
            found = refusal(
                lambda: payouts.record_recovery(
                    place.officer, guarantee_id=pk, received_on=LATER.date() + DAY, recovered=0, cost=-1, slip_no=""
                )
            )
        assert found == ["fund_recovered", "fund_cost", "fund_slip_no", "fund_received_on"]

    def test_recovery_ends_with_words_and_nothing_comes_after(self, place: Place) -> None:
        pk = made.guarantee(place, "closed")
        with clock.at(LATER):
            assert refusal(lambda: made.recover(place, pk, place.city.owner)) == ["wrong_state"]
        assert row(pk).why == "法院终结执行"


def _sql(text: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(text, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class TestTheDatabaseRefuses:
    @pytest.mark.parametrize(
        ("state", "changes"),
        [
            (
                "reviewing",
                {
                    "state = 'in_force'": "guarantee_approved_first",
                    "approved_by_id = reviewed_by_id": "guarantee_approved_by_another",
                    "state = 'gone'": "guarantee_state_known",
                },
            ),
            (
                "issued",
                {
                    "state = 'in_force', in_force_on = '2026-03-02'": "guarantee_fee_first",
                    "letter_no = ''": "guarantee_letter_first",
                    "amount = amount + 1": "guarantee_fixed",
                    "fee = fee - 1": "guarantee_fixed",
                },
            ),
            (
                "accepted",
                {
                    "hold_id = NULL": "guarantee_accepted_holds_money",
                    "state = 'paid', paid_on = '2026-09-01'": "guarantee_paid_has_posting",
                    "paid_by_id = accepted_by_id": "guarantee_paid_by_another",
                    "payout = loss + 1": "guarantee_payout_within_loss",
                },
            ),
            (
                "paid",
                {
                    "payout = payout + 1": "guarantee_fixed",
                    "returned = 1": "guarantee_shares_sum",
                    "returned = loss + 1": "guarantee_returned_within_loss",
                },
            ),
        ],
    )
    def test_what_no_act_would_do(self, place: Place, state: str, changes: dict[str, str]) -> None:
        pk = made.guarantee(place, state)
        for change, name in changes.items():
            with pytest.raises(IntegrityError) as refused:
                _sql(f"UPDATE funds_guarantee SET {change} WHERE id = %s", pk)  # noqa: S608
            assert refused.value.__cause__.diag.constraint_name == name, change  # type: ignore[union-attr]

    def test_shares_recoveries_and_standings_are_fixed(self, place: Place) -> None:
        pk = made.guarantee(place, "recovering")
        for text, name in (
            ("UPDATE funds_guaranteeshare SET borne = borne + 1 WHERE guarantee_id = %s", "guarantee_shares_sum"),
            ("UPDATE funds_guaranteeshare SET returned = borne + 1 WHERE guarantee_id = %s", "guarantee_share_amounts"),
            ("UPDATE funds_guaranteerecovery SET cost = 0 WHERE guarantee_id = %s", "guarantee_written_once"),
            ("DELETE FROM funds_guaranteerecovery WHERE guarantee_id = %s", "guarantee_written_once"),
            ("UPDATE funds_guarantorstanding SET net_assets = 1 WHERE %s > 0", "guarantee_written_once"),
        ):
            with pytest.raises(IntegrityError) as refused:
                _sql(text, pk)
            assert refused.value.__cause__.diag.constraint_name == name  # type: ignore[union-attr]

    def test_an_approval_beyond_the_ceiling_even_when_every_check_was_passed_by(self, place: Place) -> None:
        pk = made.guarantee(place, "reviewing")
        given = (
            "state = 'approved', ceiling_total = amount - 1, ceiling_customer = amount, rate_ppm = 1, fee = 0,"
            f" approved_at = now(), approved_by_id = {place.lead.person_id}"
        )
        with pytest.raises(IntegrityError, match="stand in for"):
            _sql(f"UPDATE funds_guarantee SET {given} WHERE id = %s", pk)  # noqa: S608

    def test_a_recovery_that_no_party_has_had(self, place: Place) -> None:
        pk = made.guarantee(place, "recovering")
        columns = "guarantee_id, received_on, recovered, cost, parts, slip_no, posting_id, recorded_at"
        kept = (
            "SELECT guarantee_id, received_on, 5, 0, parts, 'Y', posting_id, recorded_at FROM funds_guaranteerecovery"
        )
        with pytest.raises(IntegrityError, match="do not sum"):
            _sql(f"INSERT INTO funds_guaranteerecovery ({columns}) {kept} WHERE guarantee_id = %s", pk)  # noqa: S608


def test_every_state_and_act_has_a_name_and_a_way() -> None:
    assert set(STATE_NAMES) == set(State)
    assert set(ACT_NAMES) == set(Act) == {act for _state, act in TRANSITIONS}
    assert {state for state, _act in TRANSITIONS} | {row.to for row in TRANSITIONS.values()} == set(State)
