"""Claims for interest subsidy: made of the loan book, once, inside the budget, and followed to the payment and back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction

from factories import firms, people
from huoshui.access import queries as offices
from huoshui.access.roles import Role
from huoshui.financing.models import Instalment, Repayment
from huoshui.funds import actions_fund, actions_payment, actions_subsidy, queries_payment
from huoshui.funds.models.paying import PaymentOrder
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine, SubsidyRecall
from huoshui.kernel import clock
from huoshui.kernel.errors import Refused
from huoshui.registry import actions as register
from tests.funds.subsidies import APRIL, JULY, Q1, Q2, WAN, Scheme, fund_for, loan, programme, scheme

HALF_Q1 = 1_000_000  # 2,000,000 元 at 4 %, 90 days, half of it


@pytest.fixture
def april(db: None) -> Iterator[None]:
    with clock.at(APRIL):
        yield


def claim(place: Scheme, days: tuple[dt.date, dt.date] = Q1) -> SubsidyClaim:
    made = actions_subsidy.claim_for_bank(place.bank, fund_id=place.fund, first_day=days[0], end_day=days[1])
    return SubsidyClaim.objects.get(pk=made)


def only_line(made: SubsidyClaim) -> SubsidyLine:
    return SubsidyLine.objects.get(claim=made)


def test_a_banks_quarter_is_computed_from_its_loan_book(april: None) -> None:
    place = scheme()
    loan(place)
    made = claim(place)
    line = only_line(made)
    assert (made.amount, line.amount, line.interest) == (HALF_Q1, HALF_Q1, 2_000_000)
    assert line.shares == {"province": 300_000, "city": 300_000, "county": 400_000}
    assert queries_payment.position(place.fund).committed == HALF_Q1


@pytest.mark.parametrize("money", [1, HALF_Q1 - 1, HALF_Q1, HALF_Q1 + 1, 3 * HALF_Q1 // 2])
def test_the_first_to_come_takes_the_budget_and_the_rest_waits(april: None, money: int) -> None:
    place = scheme(money=money)
    for _ in range(2):
        loan(place)
    made = claim(place)
    first, second = SubsidyLine.objects.filter(claim=made).order_by("number")
    assert first.amount == min(money, HALF_Q1)
    assert second.amount == max(0, money - HALF_Q1)
    assert made.amount + made.queued == 2 * HALF_Q1
    assert sum(first.shares.values()) == first.amount
    actions_fund.appropriate(place.checker, place.fund, amount=10 * WAN, document_no="追加", on=APRIL.date())
    assert actions_subsidy.resume_queue(place.maker, fund_id=place.fund) == 2 * HALF_Q1 - money
    assert SubsidyClaim.objects.get(pk=made.pk).queued == 0


def test_the_same_days_are_claimed_once_and_later_days_go_on(april: None) -> None:
    place = scheme()
    loan(place)
    first = claim(place)
    assert claim(place).pk == first.pk
    with pytest.raises(Refused) as refused:
        claim(place, (Q1[0] + dt.timedelta(days=1), Q1[1]))
    assert {one.code for one in refused.value.problems} == {"subsidy_nothing", "subsidy_no_days"}
    with clock.at(JULY):
        assert only_line(claim(place, (Q1[0], Q2[1]))).first_day == Q2[0]


def test_two_schemes_never_pay_the_same_day_of_a_loan(april: None) -> None:
    place = scheme()
    given = loan(place)
    line = only_line(claim(place))
    code, programme_id, _ = programme()
    other = fund_for(place.checker, programme_id, 100 * WAN)
    with pytest.raises(Refused):
        actions_subsidy.claim_for_bank(place.bank, fund_id=other, first_day=Q1[0], end_day=Q1[1])
    copy = SubsidyLine.objects.get(pk=line.pk)
    copy.pk, copy.number = None, 2
    with pytest.raises(IntegrityError, match="subsidy_day_once"), transaction.atomic():
        copy.save(force_insert=True)
    assert given.pk == line.loan_id
    assert code


def test_schemes_that_stack_share_the_rate(april: None) -> None:
    place = scheme(stacks_with=["SUB-B"])
    loan(place)
    claim(place)
    _, programme_id, _ = programme(code="SUB-B", stacks_with=[place.code], fraction="0.75")
    other = fund_for(place.checker, programme_id, 100 * WAN)
    made = actions_subsidy.claim_for_bank(place.bank, fund_id=other, first_day=Q1[0], end_day=Q1[1])
    line = SubsidyLine.objects.get(claim_id=made)
    assert line.amount == HALF_Q1  # 4 % less the 2 % of the other scheme, not 3 %
    assert line.cuts == [["other_rate", 500_000]]


def test_a_published_programme_that_is_edited_leaves_running_loans_under_their_version(april: None) -> None:
    from huoshui.catalogue.models import ProgrammeVersion

    place = scheme()
    loan(place)
    old = ProgrammeVersion.objects.get(pk=place.version)
    old.valid_to = dt.date(2026, 2, 28)
    old.terms = {**old.terms}
    ProgrammeVersion.objects.filter(pk=old.pk).update(valid_to=old.valid_to)
    ProgrammeVersion.objects.create(
        programme_id=old.programme_id, number=2, state="published", document_no="测试〔2026〕2号",
        terms={**old.terms, "fraction": "0.1"}, criteria=old.criteria, valid_from=dt.date(2026, 3, 1), version=1, published_at=APRIL,
    )  # fmt: skip
    line = only_line(claim(place))
    assert line.programme_version_id == place.version
    assert line.applied_pct == 2
    assert [cut[0] for cut in line.cuts] == ["ended"]  # the old version's days are over on 1 March


def test_what_is_left_out_says_why(april: None) -> None:
    place = scheme(purposes=["equipment"])
    loan(place)
    with pytest.raises(Refused) as refused:
        claim(place)
    assert [one.code for one in refused.value.problems] == ["subsidy_nothing", "subsidy_purpose"]


@pytest.mark.parametrize(
    ("first", "end"), [(Q1[1], Q1[0]), (Q1[0], Q1[0]), (Q1[0], dt.date(2026, 4, 4)), (Q1[0], dt.date(2027, 1, 1))]
)
def test_days_out_of_order_or_to_come_are_refused(april: None, first: dt.date, end: dt.date) -> None:
    place = scheme()
    loan(place)
    with pytest.raises(Refused):
        claim(place, (first, end))


def test_an_overdue_loan_earns_nothing_from_the_day_it_fell_behind(april: None) -> None:
    place = scheme()
    loan(place, overdue_days=(APRIL.date() - dt.date(2026, 2, 15)).days)
    line = only_line(claim(place))
    assert line.cuts == [["overdue", 500_000]]
    assert "overdue" in line.anomalies


def test_overdue_that_was_cured_stops_the_subsidy_all_the_same(april: None) -> None:
    place = scheme()
    made = loan(place, paid=[(dt.date(2026, 3, 20), 0, 10_000_000)])
    Instalment.objects.create(loan=made, number=1, due_on=dt.date(2026, 2, 15), principal=0, interest=500_000)
    assert only_line(claim(place)).cuts == [["overdue", 500_000]]


def test_no_more_than_the_interest_that_was_paid(april: None) -> None:
    place = scheme()
    loan(place, paid=[(dt.date(2026, 2, 1), 0, 300_000)])
    assert only_line(claim(place)).amount == 300_000


def test_a_loan_whose_interest_is_not_paid_yet_may_be_claimed_later(april: None) -> None:
    place = scheme()
    loan(place, paid=[])
    with pytest.raises(Refused) as refused:
        claim(place)
    assert refused.value.problems[1].code == "subsidy_not_paid_yet"


def test_an_early_repayment_lowers_the_days_that_follow(april: None) -> None:
    place = scheme()
    loan(place, paid=[(dt.date(2026, 2, 15), 100 * WAN, 10 * WAN)])
    assert only_line(claim(place)).amount == 750_000  # 45 days on the whole, 45 on half


def test_the_advance_is_used_first_and_the_rest_is_paid_by_the_bank(april: None) -> None:
    place = scheme()
    loan(place)
    bank = place.bank.organisation_id or 0
    actions_fund.advance_to(
        place.checker, fund_id=place.fund, organisation_id=bank, amount=400_000, document_no="预拨1", on=APRIL.date()
    )
    made = claim(place)
    orders = actions_subsidy.accept_claim(place.maker, claim_id=made.pk)
    amounts = {row.from_advance: row.amount for row in PaymentOrder.objects.filter(pk__in=orders)}
    assert amounts == {True: 400_000, False: 600_000}


def test_what_is_left_of_an_advance_is_given_back_and_no_more(april: None) -> None:
    place = scheme()
    bank = place.bank.organisation_id or 0
    given = {"fund_id": place.fund, "organisation_id": bank, "on": APRIL.date()}
    actions_fund.advance_to(place.checker, amount=500, document_no="预拨", **given)
    with pytest.raises(Refused):
        actions_fund.give_back(place.maker, amount=501, slip_no="B1", **given)
    actions_fund.give_back(place.maker, amount=500, slip_no="B1", **given)
    assert queries_payment.position(place.fund).advanced == 0


def _pay(place: Scheme, made: SubsidyClaim) -> None:
    orders = actions_subsidy.accept_claim(place.maker, claim_id=made.pk)
    actions_payment.check_payments(place.checker, order_ids=orders)
    actions_payment.publish_notice(place.maker, order_ids=orders)
    with clock.at(APRIL + dt.timedelta(days=14)):
        actions_payment.approve_payments(place.checker, order_ids=orders)


def test_paid_subsidy_that_was_wrong_is_called_back_and_may_be_spent_again(april: None) -> None:
    place = scheme()
    loan(place)
    bank = place.bank.organisation_id or 0
    actions_fund.advance_to(
        place.checker, fund_id=place.fund, organisation_id=bank, amount=2 * WAN, document_no="预拨", on=APRIL.date()
    )
    made = claim(place)
    _pay(place, made)
    line = only_line(made)
    assert (line.paid, SubsidyClaim.objects.get(pk=made.pk).state) == (HALF_Q1, "paid")
    given = {"line_id": line.pk, "reason": "用途不符", "recovered_on": APRIL.date()}
    with pytest.raises(Refused):
        actions_subsidy.claw_back(place.maker, amount=HALF_Q1 + 1, slip_no="S1", **given)
    with clock.at(APRIL + dt.timedelta(days=30)):
        for _ in range(2):
            actions_subsidy.claw_back(place.maker, amount=HALF_Q1, slip_no="S1", **given)
    assert SubsidyRecall.objects.count() == 1
    now = queries_payment.position(place.fund)
    assert (now.recovered, now.left, now.paid) == (HALF_Q1, 100 * WAN, HALF_Q1)


@pytest.mark.parametrize(("cap", "granted"), [("20000.01", HALF_Q1), ("20000.00", HALF_Q1), ("19999.99", HALF_Q1 - 1)])
def test_what_all_schemes_grant_a_firm_in_a_year_is_capped_where_one_says_so(
    april: None, cap: str, granted: int
) -> None:
    place, firm = scheme(), firms.firm()
    loan(place, firm=firm)
    assert claim(place).amount == HALF_Q1
    code, number, version = programme(year_cap=cap)
    other = replace(place, code=code, version=version, fund=fund_for(place.checker, number, 100 * WAN))
    loan(other, firm=firm)
    loan(other)
    with transaction.atomic():
        made = claim(other)
    first = made.lines.get(enterprise=firm)
    assert first.amount == granted
    assert dict(first.cuts).get("year_cap", 0) == HALF_Q1 - granted


def test_the_year_before_and_claims_taken_back_do_not_count_against_the_years_cap(april: None) -> None:
    place, firm = scheme(year_cap="10000.00"), firms.firm()
    loan(place, firm=firm, starts=dt.date(2025, 10, 1))
    last_year = claim(place, (dt.date(2025, 10, 1), dt.date(2026, 1, 1)))
    assert last_year.amount == WAN
    again = claim(place)
    assert again.amount == WAN, "a new year"
    actions_subsidy.reject_claim(place.maker, claim_id=again.pk, reason="重报")
    assert claim(place).amount == WAN


def test_a_rejected_claim_frees_days_and_money_and_may_be_filed_again(april: None) -> None:
    place = scheme()
    loan(place)
    made = claim(place)
    actions_subsidy.reject_claim(place.maker, claim_id=made.pk, reason="台账不全")
    assert queries_payment.position(place.fund).committed == 0
    again = claim(place)
    assert (again.pk != made.pk, again.amount) == (True, HALF_Q1)


def test_a_struck_line_leaves_the_claim_smaller(april: None) -> None:
    place = scheme()
    for _ in range(2):
        loan(place)
    made = claim(place)
    line = SubsidyLine.objects.filter(claim=made).first()
    assert line is not None
    actions_subsidy.strike_subsidy(place.maker, line_id=line.pk, reason="重复")
    assert SubsidyClaim.objects.get(pk=made.pk).amount == HALF_Q1
    assert queries_payment.position(place.fund).committed == HALF_Q1


def test_automatic_mode_makes_each_firms_claim_once_with_nothing_to_apply_for(april: None) -> None:
    place = scheme(flow="automatic")
    for _ in range(3):
        loan(place)
    days = {"first_day": Q1[0], "end_day": Q1[1]}
    made = actions_subsidy.run_automatic(place.maker, fund_id=place.fund, **days)
    assert len(made) == 3
    assert actions_subsidy.run_automatic(place.maker, fund_id=place.fund, **days) == ()
    assert queries_payment.position(place.fund).committed == 3 * HALF_Q1


def test_a_loan_that_was_not_in_the_claim_is_claimed_for_the_same_days_and_a_struck_one_is_not(april: None) -> None:
    place = scheme()
    struck = loan(place)
    late = loan(place, paid=[])
    first = claim(place)
    assert only_line(first).loan_id == struck.pk
    actions_subsidy.strike_subsidy(place.maker, line_id=only_line(first).pk, reason="用途不符")
    assert claim(place).pk == first.pk
    Repayment.objects.create(
        loan=late, paid_on=Q1[1], principal=0, interest=WAN, slip_no="迟付", recorded_at=clock.now()
    )
    second = claim(place)
    assert (second.pk != first.pk, second.amount, only_line(second).loan_id) == (True, WAN, late.pk)
    assert claim(place).pk == first.pk, "nothing is left"


def test_a_firm_claims_what_it_paid_itself(april: None) -> None:
    place = scheme(flow="firm_first")
    firm = firms.firm()
    loan(place, firm=firm)
    owner = people.owner()
    register.represent(people.SYSTEM, person_id=owner.person_id, enterprise_id=firm.pk, proof="phone_on_register")
    owner = offices.actor(owner.person_id or 0)
    days = {"first_day": Q1[0], "end_day": Q1[1]}
    made = actions_subsidy.claim_for_firm(owner, fund_id=place.fund, enterprise_id=firm.pk, **days)
    assert SubsidyClaim.objects.get(pk=made).amount == HALF_Q1
    with pytest.raises(Refused) as refused:
        claim(place, Q1)
    assert refused.value.problems[1].code == "subsidy_flow", "the bank does not claim what firms claim"


def test_a_firm_does_not_claim_what_its_bank_claims(april: None) -> None:
    place, firm = scheme(flow="bank_first"), firms.firm()
    loan(place, firm=firm)
    owner = people.owner()
    register.represent(people.SYSTEM, person_id=owner.person_id, enterprise_id=firm.pk, proof="phone_on_register")
    owner = offices.actor(owner.person_id or 0)
    with pytest.raises(Refused) as refused:
        actions_subsidy.claim_for_firm(owner, fund_id=place.fund, enterprise_id=firm.pk, first_day=Q1[0], end_day=Q1[1])
    assert refused.value.problems[1].code == "subsidy_flow"


def test_a_firm_reads_its_own_lines_only(april: None) -> None:
    from huoshui.access.scope import scope

    place = scheme()
    mine, _ = loan(place), loan(place)
    claim(place)
    owner = people.owner()
    register.represent(
        people.SYSTEM, person_id=owner.person_id, enterprise_id=mine.enterprise_id, proof="phone_on_register"
    )
    seen = scope(offices.actor(owner.person_id or 0), SubsidyLine.objects.all())
    assert [row.loan_id for row in seen] == [mine.pk]


@pytest.mark.parametrize("name", ["amount", "spans", "loan_id", "interest"])
def test_the_database_keeps_a_computed_line(april: None, name: str) -> None:
    place = scheme()
    loan(place)
    line = only_line(claim(place))
    change = {"amount": line.amount + 1, "spans": [], "loan_id": line.loan_id + 1, "interest": 9**9}[name]
    with pytest.raises(IntegrityError, match="is fixed|foreign key"), transaction.atomic():
        SubsidyLine.objects.filter(pk=line.pk).update(**{name: change})


def test_the_database_refuses_a_claim_that_is_not_its_lines(april: None) -> None:
    place = scheme()
    loan(place)
    made = claim(place)
    with transaction.atomic():
        SubsidyClaim.objects.filter(pk=made.pk).update(amount=1)
        with pytest.raises(IntegrityError, match="lines sum to"):
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def test_roles_that_only_read_cannot_claim_or_accept(april: None) -> None:
    place = scheme()
    loan(place)
    from huoshui.kernel.errors import DomainError

    leader = people.staff(Role.LEADER)
    with pytest.raises(DomainError, match="没有此项权限"):
        actions_subsidy.claim_for_bank(leader, fund_id=place.fund, first_day=Q1[0], end_day=Q1[1])
    with pytest.raises(DomainError, match="没有此项权限"):
        actions_subsidy.run_automatic(place.checker, fund_id=place.fund, first_day=Q1[0], end_day=Q1[1])
