"""Risk compensation from registration to recovery, and everything that is refused on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from factories import people
from funds.subsidies import WAN, Scheme, loan
from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM
from huoshui.access.roles import Role
from huoshui.catalogue import presets
from huoshui.catalogue import queries as catalogue
from huoshui.financing.models import Loan
from huoshui.funds import actions_compensation as actions
from huoshui.funds import actions_fund, actions_payment, actions_statement, queries_payment
from huoshui.funds import queries_compensation as queries
from huoshui.funds.compensation_lifecycle import STATE_NAMES, TRANSITIONS, State
from huoshui.funds.models.compensation import CompensationClaim, CompensationLoan, CompensationRecovery
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused

pytestmark = pytest.mark.django_db

JAN = dt.datetime(2026, 1, 8, 10, tzinfo=clock.ZONE)
MAY = dt.datetime(2026, 5, 11, 10, tzinfo=clock.ZONE)
LATER = dt.datetime(2026, 6, 1, 10, tzinfo=clock.ZONE)
PAPERS = {
    code: (f"{code}.pdf", b"%PDF-1.4 " + code.encode())
    for code in ("form", "contract", "drawdown_slip", "classification_proof", "collection_record")
}


@pytest.fixture
def place() -> Scheme:
    """Return the shipped pool with 860 wan, a bureau and a bank with an account."""
    presets.install(SYSTEM)
    office = people.organisation("government", district_code="140100", level="city")
    maker, checker = people.staff(Role.FINANCE_OFFICER, at=office), people.staff(Role.FINANCE_CHECKER, at=office)
    rules = next(row for row in catalogue.published_programmes("compensation") if row.code == "COMP-TY")
    with clock.at(JAN):
        fund = actions_fund.open_fund(
            checker, code="COMP-TY", kind="compensation", name="风险补偿", district_code="140100",
            programme_id=rules.programme_id, account_no="0502990000001", account_bank="工商银行",
        )  # fmt: skip
        actions_fund.appropriate(checker, fund, amount=860 * WAN, document_no="并财1号", on=JAN.date())
    bank = people.staff(Role.BRANCH_LEAD, at=people.organisation("bank", level="head"))
    name = offices.organisation(bank.organisation_id or 0).name.zh
    actions_fund.set_account(
        maker, holder=name, bank_name=name, account_no="0502880000002", organisation_id=bank.organisation_id
    )
    return Scheme("COMP-TY", rules.version_id, fund, maker, checker, bank)


def registered(place: Scheme, **more: Any) -> Loan:
    """Return a loan of the bank that is in the pool."""
    made = loan(place, **more)
    with clock.at(JAN):
        actions.register_loans(place.bank, fund_id=place.fund, loan_ids=[made.pk])
    return made


def bad(place: Scheme, **more: Any) -> Loan:
    """Return a registered loan that went bad."""
    made = registered(place, **more)
    Loan.objects.filter(pk=made.pk).update(overdue_days=120, five_class="substandard")
    return made


def filed(place: Scheme, **more: Any) -> int:
    """Return a claim that waits for the bureau."""
    with clock.at(MAY):
        return actions.file_claim(place.bank, loan_id=bad(place, **more).pk, papers=PAPERS)


def paid(place: Scheme, **more: Any) -> int:
    """Return a claim whose money reached the bank."""
    claim = filed(place, **more)
    with clock.at(MAY):
        order = actions.accept_claim(place.maker, claim_id=claim)
        actions_payment.check_payments(place.checker, order_ids=[order])
        actions_payment.publish_notice(place.maker, order_ids=[order])
    with clock.at(LATER):
        actions_payment.approve_payments(place.checker, order_ids=[order])
        actions_statement.make_payment_file(place.maker, fund_id=place.fund, order_ids=[order])
        row = actions_payment.PaymentOrder.objects.get(pk=order)
        actions_payment.pay(place.maker, row, on=LATER.date())
    return claim


def row(pk: int) -> CompensationClaim:
    return CompensationClaim.objects.get(pk=pk)


def codes(caught: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {problem.code for problem in caught.value.problems}


def test_a_claim_runs_from_registration_to_recovery(place: Scheme) -> None:
    claim = paid(place, amount=200 * WAN)
    assert (row(claim).state, row(claim).amount, row(claim).paid) == ("paid", 80 * WAN, 80 * WAN)
    with clock.at(LATER):
        back = actions.report_recovery(
            place.bank, claim_id=claim, received_on=LATER.date(), recovered=50 * WAN, cost=5 * WAN, slip_no="Z1"
        )
        actions.close_claim(place.maker, claim_id=claim, reason="法院终结执行")
    assert back == 18 * WAN  # (50 − 5) × 40 %
    now = queries_payment.position(place.fund)
    assert (now.paid, now.recovered, row(claim).state) == (80 * WAN, 18 * WAN, "closed")


def test_recoveries_never_bring_more_back_than_was_paid_and_shares_are_exact_together(place: Scheme) -> None:
    claim = paid(place, amount=100)
    with clock.at(LATER):
        backs = [
            actions.report_recovery(
                place.bank, claim_id=claim, received_on=LATER.date(), recovered=1, slip_no=f"Z{number}"
            )
            for number in range(100)
        ]
    assert sum(backs) == row(claim).paid == 40
    with clock.at(LATER), pytest.raises(Refused):
        actions.report_recovery(place.bank, claim_id=claim, received_on=LATER.date(), recovered=1, slip_no="Z100")


@pytest.mark.parametrize(
    ("wan", "payable"), [(500, 200), (501, 150.3), (1500, 450), (1501, 300.2), (3000, 600), (3001, 0)]
)
def test_the_tier_goes_by_the_principal(place: Scheme, wan: int, payable: float) -> None:
    assert row(filed(place, amount=wan * WAN)).amount == round(payable * WAN)


def test_a_loan_that_is_overdue_or_downgraded_cannot_be_registered(place: Scheme) -> None:
    late = loan(place, overdue_days=1)
    low = loan(place, five_class="watch")
    with pytest.raises(Refused) as caught:
        actions.register_loans(place.bank, fund_id=place.fund, loan_ids=[late.pk, low.pk])
    assert codes(caught) == {"compensation_registered_sound"}
    assert len(caught.value.problems) == 2
    sound = registered(place)
    kept = CompensationLoan.objects.get(loan=sound)
    kept.pk, kept.loan_id = None, late.pk
    with pytest.raises(IntegrityError, match="not sound"), transaction.atomic():
        kept.save(force_insert=True)


def test_another_banks_loan_cannot_be_registered(place: Scheme) -> None:
    other = people.staff(Role.BRANCH_LEAD, at=people.organisation("bank", level="head"))
    with pytest.raises(Refused):
        actions.register_loans(other, fund_id=place.fund, loan_ids=[loan(place).pk])


def test_registering_again_changes_nothing(place: Scheme) -> None:
    made = registered(place)
    registered_again = actions.register_loans(place.bank, fund_id=place.fund, loan_ids=[made.pk])
    assert registered_again == (CompensationLoan.objects.get().pk,)


def test_a_claim_on_an_unregistered_loan_is_refused(place: Scheme) -> None:
    made = loan(place, overdue_days=120, five_class="substandard")
    with pytest.raises(Refused) as caught:
        actions.file_claim(place.bank, loan_id=made.pk, papers=PAPERS)
    assert codes(caught) == {"compensation_unregistered"}


def test_a_claim_names_everything_that_is_wrong(place: Scheme) -> None:
    made = registered(place)
    with clock.at(MAY), pytest.raises(Refused) as caught:
        actions.file_claim(place.bank, loan_id=made.pk, papers={"form": PAPERS["form"]}, other_paid=-1)
    assert codes(caught) == {"compensation_not_due", "fund_other_paid", "compensation_paper_missing"}
    assert len(caught.value.problems) == 6


def test_fifty_identical_claims_have_one_effect(place: Scheme) -> None:
    made = bad(place)
    with clock.at(MAY):
        ids = {actions.file_claim(place.bank, loan_id=made.pk, papers=PAPERS) for _ in range(50)}
    assert len(ids) == CompensationClaim.objects.count() == 1


def test_a_bank_beyond_the_yearly_loss_is_paid_nothing_and_registers_nothing(place: Scheme) -> None:
    first = filed(place, amount=200 * WAN)
    with clock.at(MAY):
        actions.accept_claim(place.maker, claim_id=first)
    with clock.at(MAY), pytest.raises(Refused) as caught:
        actions.register_loans(place.bank, fund_id=place.fund, loan_ids=[loan(place).pk])
    assert codes(caught) == {"compensation_suspended"}


def test_the_pool_never_pays_more_than_it_has(place: Scheme) -> None:
    with clock.at(MAY):
        made = [bad(place, amount=3000 * WAN).pk for _ in range(2)]
        claims = [actions.file_claim(place.bank, loan_id=pk, papers=PAPERS) for pk in made]
        actions.accept_claim(place.maker, claim_id=claims[0])
        with pytest.raises(Refused) as caught:
            actions.accept_claim(place.maker, claim_id=claims[1])
    assert codes(caught) == {"compensation_nothing"}  # the breaker: all its loans went bad


def test_a_returned_claim_is_filed_again_and_a_rejected_one_may_be_claimed_anew(place: Scheme) -> None:
    claim = filed(place)
    with clock.at(MAY):
        with pytest.raises(Refused):
            actions.return_claim(place.maker, claim_id=claim, reason=" ")
        actions.return_claim(place.maker, claim_id=claim, reason="催收记录不全")
        actions.refile_claim(place.bank, claim_id=claim, papers={"collection_record": ("新.pdf", b"%PDF-2")})
        assert row(claim).state == "filed"
        actions.reject_claim(place.maker, claim_id=claim, reason="不属实")
        again = actions.file_claim(place.bank, loan_id=row(claim).registration.loan_id, papers=PAPERS)
    assert again != claim


def test_a_cancelled_payment_puts_the_claim_back_into_the_queue(place: Scheme) -> None:
    claim = filed(place)
    with clock.at(MAY):
        order = actions.accept_claim(place.maker, claim_id=claim)
        actions_payment.cancel_payment(place.checker, order_id=order, reason="账户有误")
        assert row(claim).state == "filed"
        assert actions.accept_claim(place.maker, claim_id=claim) != order


def test_only_the_bureau_accepts_and_only_the_bank_files(place: Scheme) -> None:
    claim = filed(place)
    with pytest.raises(Refused):
        actions.accept_claim(place.bank, claim_id=claim)
    with pytest.raises(DomainError):
        actions.file_claim(place.maker, loan_id=1, papers=PAPERS)
    stranger = people.staff(Role.BRANCH_LEAD, at=people.organisation("bank", level="head"))
    assert not queries.claims(stranger).exists()
    with pytest.raises(DomainError):
        queries.claim(stranger, claim)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"amount": 10**12}, "compensation_amounts"),
        ({"paid": 1}, "compensation_paid"),
        ({"returned": 1}, "compensation_"),
        ({"state": "elsewhere"}, "compensation_state_known"),
        ({"went_bad_on": dt.date(2025, 1, 1)}, "compensation_claim_follows"),
    ],
)
def test_the_database_refuses_a_broken_claim(place: Scheme, change: dict[str, Any], rule: str) -> None:
    claim = filed(place)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        CompensationClaim.objects.filter(pk=claim).update(**change)
    diag = getattr(caught.value.__cause__, "diag", None)
    assert str(getattr(diag, "constraint_name", "")).startswith(rule)


def test_the_database_keeps_registrations_and_recoveries_as_they_are(place: Scheme) -> None:
    claim = paid(place)
    with clock.at(LATER):
        actions.report_recovery(place.bank, claim_id=claim, received_on=LATER.date(), recovered=WAN, slip_no="Z1")
    for model in (CompensationLoan, CompensationRecovery):
        with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
            model.objects.all()._raw_delete("default")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match="recoveries"), transaction.atomic():
        CompensationClaim.objects.filter(pk=claim).update(returned=1)


def test_the_same_slip_counts_once_and_with_other_figures_is_refused(place: Scheme) -> None:
    claim = paid(place)
    given: dict[str, Any] = {"claim_id": claim, "received_on": LATER.date(), "slip_no": "Z1"}
    with clock.at(LATER):
        first = actions.report_recovery(place.bank, recovered=WAN, **given)
        assert actions.report_recovery(place.bank, recovered=WAN, **given) == first
        with pytest.raises(Refused):
            actions.report_recovery(place.bank, recovered=2 * WAN, **given)
    assert CompensationRecovery.objects.count() == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"recovered": -1}, "recovered"),
        ({"recovered": 10**12}, "recovered"),
        ({"cost": 2 * WAN}, "cost"),
        ({"received_on": dt.date(2027, 1, 1)}, "received_on"),
        ({"received_on": dt.date(2026, 1, 1)}, "received_on"),
        ({"slip_no": " "}, "slip_no"),
    ],
)
def test_a_wrong_recovery_is_refused(place: Scheme, change: dict[str, Any], field: str) -> None:
    given: dict[str, Any] = {"received_on": LATER.date(), "recovered": WAN, "slip_no": "Z1", **change}
    claim = paid(place)
    with clock.at(LATER), pytest.raises(Refused) as caught:
        actions.report_recovery(place.bank, claim_id=claim, **given)
    assert field in {problem.field for problem in caught.value.problems}


def test_every_state_has_a_name_and_every_row_of_the_table_leads_to_one() -> None:
    assert set(STATE_NAMES) == set(State)
    assert {step.to for step in TRANSITIONS.values()} <= set(State)
