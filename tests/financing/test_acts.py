"""From demand to settled loan by the real acts, each state reached, each guard asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import pytest

from factories import cases
from factories.cases import CASE_STATES, DEMAND_STATES, START, WAN, City
from huoshui.financing import actions, queries
from huoshui.financing.models import Clock, Demand, Loan, Referral
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused, Stale

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Iterator[City]:
    with clock.at(START):
        yield cases.city()


@pytest.fixture
def two_banks() -> Iterator[City]:
    with clock.at(START):
        yield cases.city(banks=2)


def state_of(referral_id: int) -> str:
    return Referral.objects.values_list("state", flat=True).get(pk=referral_id)


def demand_state(demand_id: int) -> str:
    return Demand.objects.values_list("state", flat=True).get(pk=demand_id)


@pytest.mark.parametrize("state", CASE_STATES)
def test_a_case_can_be_brought_into_every_state_by_real_acts(place: City, state: str) -> None:
    assert state_of(cases.case(place, state)) == state


@pytest.mark.parametrize("state", DEMAND_STATES)
def test_a_demand_can_be_brought_into_every_state_by_real_acts(place: City, state: str) -> None:
    assert demand_state(cases.demand(place, state)) == state


def test_the_same_form_sent_twice_makes_one_demand(place: City) -> None:
    key = "0a4c1a1e-7f50-4f6e-9d0a-0f8a0d6c9a11"
    first, second = cases.declared(place, form_key=key), cases.declared(place, form_key=key)
    assert (first.id, first.again, second.again) == (second.id, False, True)
    assert Demand.objects.count() == 1


def test_one_open_demand_for_each_use_and_two_in_all(place: City) -> None:
    cases.declared(place)
    with pytest.raises(Refused) as same:
        cases.declared(place)
    assert [problem.code for problem in same.value.problems] == ["same_purpose_open"]
    cases.declared(place, purpose="equipment")
    with pytest.raises(Refused) as third:
        cases.declared(place, purpose="order")
    assert [problem.code for problem in third.value.problems] == ["too_many_open"]


def test_every_problem_of_a_demand_is_named_at_once(place: City) -> None:
    with pytest.raises(Refused) as refusal:
        cases.declared(place, amount=0, term_months=0, purpose="gold", collateral=["ring"], product_ids=[999])
    fields = {problem.field for problem in refusal.value.problems}
    assert fields == {"amount", "term_months", "purpose", "collateral", "product_ids"}


def test_a_stranger_cannot_ask_for_a_firm(place: City) -> None:
    _, stranger = cases.another_firm(place)
    with pytest.raises(DomainError) as refusal:
        actions.submit_demand(
            stranger, enterprise_id=place.firm.pk, amount=WAN, term_months=12, purpose="order", platform_chooses=True
        )
    assert refusal.value.code == "no_enterprise"


def test_recommending_needs_all_five_standards_met(place: City) -> None:
    made = cases.declared(place)
    early = actions.recommend(place.taskforce, demand_ids=[made.id])
    assert [p.code for p in early.refused[0][1]] == ["standards_missing"]
    verdicts = [(n, "yes", "") for n in range(1, 5)] + [(5, "repair", "用途不清")]
    actions.judge_all(place.taskforce, demand_id=made.id, verdicts=verdicts)
    partly = actions.recommend(place.taskforce, demand_ids=[made.id])
    assert [p.code for p in partly.refused[0][1]] == ["standards_not_met"]


def test_whoever_entered_a_demand_does_not_recommend_it(place: City) -> None:
    made = actions.enter_demand(
        place.taskforce, enterprise_id=place.firm.pk, amount=WAN, term_months=12, purpose="order"
    )
    actions.judge_all(place.taskforce, demand_id=made.id, verdicts=[(n, "yes", "") for n in range(1, 6)])
    result = actions.recommend(place.taskforce, demand_ids=[made.id])
    assert [p.code for p in result.refused[0][1]] == ["second_person"]


def test_a_batch_says_of_each_row_whether_it_was_done(place: City) -> None:
    ready = cases.recommended(place)
    waiting = cases.declared(place, purpose="equipment").id
    result = actions.recommend(place.taskforce, demand_ids=[waiting, ready, 10**9])
    assert result.done == ()
    assert [pk for pk, _ in result.refused] == [waiting, ready, 10**9]


def test_the_last_mended_problem_brings_the_demand_back(place: City) -> None:
    made = cases.declared(place)
    actions.send_to_repair(place.taskforce, demand_ids=[made.id], measures=["purpose_unclear", "tax_arrears"])
    first, second = queries.demand(place.taskforce, made.id).repairs
    actions.resolve_repair(place.taskforce, repair_id=first.id)
    assert demand_state(made.id) == "repairing"
    actions.resolve_repair(place.taskforce, repair_id=second.id)
    assert demand_state(made.id) == "declared"


def test_a_second_bank_may_still_grant_after_the_first_declined(two_banks: City) -> None:
    first, second = cases.offered(two_banks)
    one, two = two_banks.banks
    actions.decline_case(one.officer, referral_id=first, reason_code="too_young", words="成立时间短")
    demand_id = cases.demand_of(first)
    assert demand_state(demand_id) == "dispatched"
    actions.decline_case(two.officer, referral_id=second, reason_code="too_young", words="成立时间短")
    row = Demand.objects.get(pk=demand_id)
    assert (row.state, row.close_reason) == ("closed", "all_declined")


def test_signing_with_one_bank_releases_the_others(two_banks: City) -> None:
    first, second = cases.offered(two_banks)
    for step in ("accept", "contact", "complete", "grant", "sign"):
        cases._STEPS[step](two_banks, two_banks.bank, first)
    assert (state_of(first), state_of(second)) == ("contracted", "withdrawn")
    assert not Clock.objects.filter(referral_id=second, cancelled_at=None, met_at=None).exists()


def test_a_refusal_needs_code_and_words(place: City) -> None:
    referral = cases.case(place, "complete")
    for code, words in (("", "理由"), ("too_young", " "), ("", "")):
        with pytest.raises(Refused):
            actions.decline_case(place.bank.officer, referral_id=referral, reason_code=code, words=words)
    assert state_of(referral) == "complete"


def test_all_terms_of_a_grant_are_checked_at_once(place: City) -> None:
    referral = cases.case(place, "complete")
    with pytest.raises(Refused) as refusal:
        actions.grant(
            place.bank.officer, referral_id=referral, amount=0, rate_pct=Decimal("99"), term_months=0,
            method="hope", collateral="word",
        )  # fmt: skip
    fields = {problem.field for problem in refusal.value.problems}
    assert fields == {"amount", "rate_pct", "term_months", "method", "collateral"}


def test_a_decision_on_an_old_page_is_stale(place: City) -> None:
    referral = cases.case(place, "complete")
    with pytest.raises(Stale):
        actions.decline_case(
            place.bank.officer, referral_id=referral, reason_code="too_young", words="短", seen_version=1
        )


def test_another_bank_sees_nothing_of_the_case(two_banks: City) -> None:
    referral = cases.case(two_banks, "offered")
    other = two_banks.banks[1].officer
    for act in (actions.accept_case, actions.record_contact):
        with pytest.raises(DomainError) as refusal:
            act(other, referral_id=referral)
        assert refusal.value.code == "not_found"
    assert list(queries.inbox(other).values_list("bank_id", flat=True)) == [two_banks.banks[1].id]


def test_drawdowns_in_parts_stay_within_the_contract(place: City) -> None:
    referral = cases.case(place, "lending")
    with pytest.raises(Refused) as refusal:
        cases.draw(place.bank, referral, 25 * WAN + 1, "X")
    assert refusal.value.problems[0].field == "amount"
    view = queries.loan(place.bank.officer, cases.loan_of(referral))
    assert (view.drawn, view.gap, view.balance) == (25 * WAN, 25 * WAN, 25 * WAN)
    assert demand_state(cases.demand_of(referral)) == "lent"


def test_the_same_slip_again_changes_nothing_and_other_figures_are_refused(place: City) -> None:
    referral = cases.case(place, "lending")
    assert cases.draw(place.bank, referral, 25 * WAN, f"{referral}-1")
    assert Loan.objects.get(referral_id=referral).drawn == 25 * WAN
    with pytest.raises(Refused) as refusal:
        cases.draw(place.bank, referral, 24 * WAN, f"{referral}-1")
    assert refusal.value.problems[0].code == "slip_differs"


def test_more_than_is_owed_cannot_be_paid_back(place: City) -> None:
    referral = cases.case(place, "lent")
    with pytest.raises(Refused) as refusal:
        cases.repay(place.bank, referral, 50 * WAN + 1, 0, "R1")
    assert "超过余额" in refusal.value.problems[0].text.zh
    cases.repay(place.bank, referral, 50 * WAN, 0, "R2")
    assert state_of(referral) == "settled"
    row = Demand.objects.get(pk=cases.demand_of(referral))
    assert (row.state, row.close_reason) == ("closed", "settled")


def test_the_first_loan_is_counted_once_for_a_firm(place: City) -> None:
    first = cases.case(place, "lent")
    second = cases.case(place, "lent", purpose="equipment")
    flags = {pk: Loan.objects.get(referral_id=pk).first_loan for pk in (first, second)}
    assert flags == {first: True, second: False}


def test_a_loan_is_no_first_loan_while_nobody_knows(place: City) -> None:
    firm, owner = cases.another_firm(place)
    firm.sheets.all().delete()
    referral = cases.case(place, "lent", by=(firm, owner))
    assert Loan.objects.get(referral_id=referral).first_loan is False


def test_a_firm_withdraws_from_every_bank(two_banks: City) -> None:
    referrals = cases.offered(two_banks)
    demand_id = cases.demand_of(referrals[0])
    actions.withdraw_demand(two_banks.owner, demand_id=demand_id, reason="不需要了")
    assert {state_of(pk) for pk in referrals} == {"withdrawn"}
    with pytest.raises(Refused):
        actions.withdraw_demand(two_banks.owner, demand_id=demand_id)


def test_a_firm_cannot_withdraw_after_the_money_came(place: City) -> None:
    referral = cases.case(place, "lending")
    with pytest.raises(Refused):
        actions.withdraw_demand(place.owner, demand_id=cases.demand_of(referral))


def test_a_firm_moves_to_another_bank(two_banks: City) -> None:
    one, two = two_banks.banks
    referral = cases.offered(two_banks, product_ids=[one.product_id])[0]
    demand_id = cases.demand_of(referral)
    made = actions.move_demand(two_banks.owner, demand_id=demand_id, from_bank=one.id, to_product=two.product_id)
    assert (state_of(referral), state_of(made)) == ("withdrawn", "offered")
    assert demand_state(demand_id) == "dispatched"


def test_a_firm_may_go_to_another_bank_after_every_bank_gave_it_back(two_banks: City) -> None:
    one, two = two_banks.banks
    referral = cases.offered(two_banks, product_ids=[one.product_id])[0]
    demand_id = cases.demand_of(referral)
    actions.withdraw_case(two_banks.owner, referral_id=referral, reason="太慢")
    assert demand_state(demand_id) == "recommended"
    actions.move_demand(two_banks.owner, demand_id=demand_id, to_product=two.product_id)
    assert demand_state(demand_id) == "dispatched"


def test_an_overdue_case_is_taken_back_and_offered_to_the_next_bank(two_banks: City) -> None:
    one, two = two_banks.banks
    referral = cases.offered(two_banks, product_ids=[one.product_id])[0]
    with pytest.raises(Refused) as early:
        actions.recall_case(two_banks.taskforce, referral_id=referral, reason="慢")
    assert early.value.problems[0].code == "not_overdue"
    with clock.at(START + dt.timedelta(days=14)):
        made = actions.recall_case(two_banks.taskforce, referral_id=referral, reason="超时未受理")
    assert made is not None
    assert Referral.objects.get(pk=made).bank_id == two.id
    assert state_of(referral) == "recalled"


def test_a_visit_becomes_a_demand_in_one_step_and_once(place: City) -> None:
    ask = actions.DemandAsk(amount=20 * WAN, term_months=12, purpose="order")
    given = {
        "enterprise_id": place.firm.pk, "visited_on": clock.today(), "outcome": "need", "demand": ask,
        "client_id": "1b4c1a1e-7f50-4f6e-9d0a-0f8a0d6c9a11",
    }  # fmt: skip
    first, second = (actions.record_visit(place.visitor, **given) for _ in range(2))
    assert (first.id, first.demand_id) == (second.id, second.demand_id)
    assert second.again
    assert demand_state(first.demand_id or 0) == "declared"


def test_a_rating_is_given_once(place: City) -> None:
    demand_id = cases.demand_of(cases.case(place, "lent"))
    actions.rate_case(place.owner, demand_id=demand_id, stars=2, comment="慢")
    with pytest.raises(Refused):
        actions.rate_case(place.owner, demand_id=demand_id, stars=5)


def test_the_pages_of_a_demand_case_loan_and_the_lists_can_be_made(place: City) -> None:
    referral = cases.case(place, "lent")
    demand_id = cases.demand_of(referral)
    page = queries.demand(place.taskforce, demand_id)
    assert page.state == "lent"
    track = queries.tracking(place.owner, demand_id)
    assert track.stage == 4
    assert track.steps[-1].kind == "DEMAND_DECLARED"
    assert "{" not in "".join(step.sentence.zh + step.sentence.en for step in track.steps)
    assert queries.case(place.bank.officer, referral).line.state == "lent"
    assert queries.loans(place.bank.officer).count() == 1
    assert queries.funnel(place.taskforce).lent == 1
    for actor in (place.owner, place.bank.officer, place.taskforce, place.visitor):
        queries.today(actor)
        list(queries.stuck(actor))
        list(queries.codes(actor))
        list(queries.visits(actor))
        list(queries.late_cases(actor))
