"""Care after decisions: the green channel, ratings asked and answered, the declined, security registered, renewals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from factories import cases, people
from factories.cases import City
from huoshui.access import row_security
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.financing import actions, queries
from huoshui.financing.constraints import SENTENCES
from huoshui.financing.models import Aftercare, Clock, Demand, Loan, Rating, SecurityRegistration
from huoshui.financing.registration import REGISTRY_PAPERS
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Iterator[City]:
    with clock.at(cases.START), row_security.acting(SYSTEM):
        yield cases.city()


def notices(enterprise_id: int) -> list[str]:
    from huoshui.access.models import Notice

    return list(Notice.objects.filter(enterprise_id=enterprise_id).order_by("id").values_list("template", flat=True))


def test_an_officer_puts_a_demand_in_the_green_channel_and_the_bank_has_less_time(place: City) -> None:
    referral = cases.case(place, "complete")
    demand = cases.demand_of(referral)
    actions.set_green_channel(place.taskforce, demand_id=demand, green=False, reason="小额自动进入，改按普通办理")
    rule = Clock.objects.filter(referral_id=referral, kind="decide")
    rule.update(due_at=clock.now() + dt.timedelta(days=30))
    before = Clock.objects.get(referral_id=referral, kind="decide").due_at
    actions.set_green_channel(place.taskforce, demand_id=demand, green=True, reason="链上企业急需备货")
    after = Clock.objects.get(referral_id=referral, kind="decide").due_at
    assert after < before
    assert Demand.objects.get(pk=demand).green_channel
    actions.set_green_channel(place.taskforce, demand_id=demand, green=False, reason="情况变化")
    assert Clock.objects.get(referral_id=referral, kind="decide").due_at == after


@pytest.mark.parametrize("reason", ["", "  "])
def test_the_green_channel_needs_its_reason(place: City, reason: str) -> None:
    demand = cases.demand(place, "declared")
    with pytest.raises(DomainError, match="原因"):
        actions.set_green_channel(place.taskforce, demand_id=demand, green=False, reason=reason)


def test_a_firm_is_asked_for_a_rating_once_when_the_money_has_come(place: City) -> None:
    cases.case(place, "lent")
    assert notices(place.firm.pk).count("rate_case") == 1


def test_a_firm_is_asked_for_a_rating_when_every_bank_declined(place: City) -> None:
    cases.case(place, "declined")
    assert notices(place.firm.pk).count("rate_closed") == 1


@pytest.mark.parametrize(("stars", "asked"), [(1, True), (2, True), (3, False)])
def test_few_stars_are_answered_by_the_taskforce_in_time(place: City, stars: int, asked: bool) -> None:
    demand = cases.demand_of(cases.case(place, "lent"))
    actions.rate_case(place.owner, demand_id=demand, stars=stars, comment="太慢")
    row = Rating.objects.get(demand_id=demand)
    assert (row.answer_due_on is not None) is asked
    assert queries.ratings_to_answer(place.taskforce).count() == int(asked)
    if asked:
        actions.answer_rating(place.taskforce, demand_id=demand, words="已约谈网点")
        assert queries.ratings_to_answer(place.taskforce).count() == 0
        assert notices(place.firm.pk)[-1] == "rating_answered"
        with pytest.raises(DomainError):
            actions.answer_rating(place.taskforce, demand_id=demand, words="再答一次")


def test_a_firm_without_a_loan_gets_an_adviser_a_second_look_and_two_calls(place: City) -> None:
    demand = cases.demand_of(cases.case(place, "declined"))
    steps = queries.care_of(place.taskforce, demand)
    assert [step.day for step in steps] == [0, 30, 60]
    assert all(step.adviser == place.taskforce.name for step in steps)
    assert "aftercare_firm" in notices(place.firm.pk)


def test_a_withdrawn_demand_needs_no_care(place: City) -> None:
    demand = cases.demand(place, "dispatched")
    actions.withdraw_demand(place.owner, demand_id=demand)
    assert not Aftercare.objects.exists()


def test_whoever_declined_does_not_take_the_second_look(place: City) -> None:
    demand = cases.demand(place, "declared")
    actions.decline(place.taskforce, demand_ids=[demand], reason="不符合产业政策")
    look, call = queries.care_of(place.taskforce, demand)[:2]
    with pytest.raises(DomainError, match="另一位同事"):
        actions.do_aftercare(place.taskforce, aftercare_id=look.id, outcome="agree")
    actions.do_aftercare(place.taskforce, aftercare_id=call.id, outcome="not_reached")
    colleague = people.staff(Role.TASKFORCE_OFFICER, at=place.taskforce.organisation_id)
    actions.do_aftercare(colleague, aftercare_id=look.id, outcome="again", note="材料已补")
    assert queries.care(place.taskforce).count() == 1


def secured(place: City) -> int:
    """Return a signed loan on a mortgage."""
    referral = cases.case(place, "complete", collateral=("mortgage",))
    terms: dict[str, Any] = {"rate_pct": "3.85", "term_months": 12, "method": "interest_only", "collateral": "mortgage"}
    from decimal import Decimal

    terms["rate_pct"] = Decimal(terms["rate_pct"])
    asked = queries.asked(referral)
    actions.grant(place.bank.officer, referral_id=referral, amount=asked.amount, **terms)
    return actions.sign_contract(
        place.bank.officer, referral_id=referral, contract_no=f"DY-{referral}", signed_on=clock.today()
    )


def test_money_on_a_mortgage_waits_for_its_registration(place: City) -> None:
    officer, loan = place.bank.officer, secured(place)
    principal = Loan.objects.get(pk=loan).principal
    draw = {"loan_id": loan, "amount": principal, "drawn_on": clock.today(), "slip_no": "FK1"}
    with pytest.raises(Refused, match="登记还没有完成"):
        actions.record_drawdown(officer, **draw)
    how: dict[str, Any] = {
        "place": "cross_province",
        "office": "西安市不动产登记服务中心",
        "submitted_on": clock.today(),
    }
    with pytest.raises(Refused, match="材料不全"):
        actions.submit_registration(officer, loan_id=loan, papers=["title"], **how)
    with pytest.raises(Refused, match="递交情况"):
        actions.complete_registration(officer, loan_id=loan, certificate_no="证1", registered_on=clock.today())
    local_due = SecurityRegistration.objects.get(loan_id=loan).due_on
    actions.submit_registration(officer, loan_id=loan, papers=list(REGISTRY_PAPERS), **how)
    assert SecurityRegistration.objects.get(loan_id=loan).due_on > local_due
    actions.complete_registration(officer, loan_id=loan, certificate_no="证1", registered_on=clock.today())
    actions.record_drawdown(officer, **draw)


def test_an_unsecured_loan_has_nothing_to_register(place: City) -> None:
    loan = cases.loan_of(cases.case(place, "contracted"))
    assert queries.registration_of(place.bank.officer, loan) is None


def test_a_contract_renews_a_loan_of_this_firm_at_this_bank(place: City) -> None:
    former = cases.loan_of(cases.case(place, "lent"))
    held = queries.renewable(place.bank.officer, enterprise_id=place.firm.pk, bank_id=place.bank.id)
    assert [row.pk for row in held] == [former]
    referral = cases.case(place, "granted", purpose="equipment")
    loan = actions.sign_contract(
        place.bank.officer, referral_id=referral, contract_no="XD-1", signed_on=clock.today(),
        renewal_of=former, no_principal_renewal=True,
    )  # fmt: skip
    row = Loan.objects.get(pk=loan)
    assert (row.renewal_of_id, row.no_principal_renewal) == (former, True)


def test_the_conditions_of_the_product_are_shown_with_their_verdicts(place: City) -> None:
    referral = cases.case(place, "accepted")
    lines = queries.fit_of(place.bank.officer, referral)
    assert lines
    assert {line.verdict.name for line in lines} <= {"YES", "NO", "UNKNOWN"}


def test_every_constraint_of_the_package_has_a_sentence() -> None:
    named = {
        constraint.name
        for model in apps.get_app_config("financing").get_models()
        for constraint in model._meta.constraints
    }
    assert not named - SENTENCES.keys()


def test_what_the_database_refuses_is_said_in_words(place: City) -> None:
    from huoshui.financing.perform import writing

    loan = secured(place)
    with pytest.raises(Refused, match="登记证明号"), writing():
        SecurityRegistration.objects.filter(loan_id=loan).update(registered_on=clock.today())


@pytest.mark.parametrize(
    ("changes", "rule"),
    [({"outcome": "agree"}, "aftercare_done_pair"), ({"step": "visit"}, "aftercare_step_known")],
)
def test_the_database_keeps_care_whole(place: City, changes: dict[str, Any], rule: str) -> None:
    cases.case(place, "declined")
    row = Aftercare.objects.first()
    assert row
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        Aftercare.objects.filter(pk=row.pk).update(**changes)


def test_an_offer_on_a_saturday_counts_from_monday_and_is_due_on_tuesday(place: City) -> None:
    saturday = dt.datetime(2026, 3, 7, 11, 0, tzinfo=clock.ZONE)
    demand = cases.recommended(place)
    with clock.at(saturday):
        (referral,) = actions.dispatch(place.taskforce, demand_id=demand)
    assert Clock.objects.get(referral_id=referral, kind="accept").due_at.astimezone(clock.ZONE).date() == dt.date(
        2026, 3, 10
    )


def test_notices_of_a_double_follow_the_merged_firm_and_come_back(place: City) -> None:
    from factories import firms
    from huoshui.registry import actions as register

    cases.case(place, "lent")
    keeper, told = firms.firm("太原龙城机械制造有限公司"), notices(place.firm.pk)
    assert told
    merge = register.merge_duplicates(SYSTEM, survivor_id=keeper.pk, absorbed_id=place.firm.pk, reason="同一营业执照")
    assert (notices(keeper.pk), notices(place.firm.pk)) == (told, [])
    register.undo_merge(SYSTEM, merge_id=merge, reason="并错了")
    assert notices(place.firm.pk) == told
