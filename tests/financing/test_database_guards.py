"""Each guard of the database, with a try to break it past the acts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from factories import cases
from factories.cases import START, WAN, City
from huoshui.financing.models import (
    Clock,
    CreditDecision,
    Demand,
    Drawdown,
    Loan,
    Referral,
    Repayment,
    StandardJudgement,
)
from huoshui.kernel import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def lent() -> Iterator[tuple[City, int]]:
    with clock.at(START):
        place = cases.city()
        yield place, cases.case(place, "lent")


def broken(guard: str, act: Callable[[], Any]) -> None:
    _judge_now()  # what came before holds
    with pytest.raises(IntegrityError) as refused, transaction.atomic():  # noqa: PT012
        act()
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert guard in str(refused.value) + str(refused.value.__cause__.diag.constraint_name)  # type: ignore[union-attr]
    _judge_now()


def _judge_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


DEMANDS: list[tuple[str, dict[str, Any]]] = [
    ("demand_state_known", {"state": "lost"}),
    ("demand_closed_pair", {"state": "closed"}),
    ("demand_closed_pair", {"closed_at": START}),
    ("demand_closed_pair", {"close_reason": "settled"}),
    ("demand_declared_at", {"declared_at": None}),
    ("demand_recommended_at", {"recommended_at": None}),
    ("demand_lent_at", {"lent_at": None}),
    ("demand_amount_positive", {"amount": 0}),
    ("demand_term_range", {"term_months": 0}),
]
REFERRALS: list[tuple[str, dict[str, Any]]] = [
    ("referral_state_known", {"state": "lost"}),
    ("referral_closed_pair", {"closed_at": START}),
    ("referral_closed_pair", {"state": "settled"}),
    ("referral_decided_at", {"decided_at": None}),
    ("referral_complete_at", {"documents_complete_at": None}),
]
LOANS: list[tuple[str, dict[str, Any]]] = [
    ("loan_", {"state": "lost"}),
    ("loan_drawn_pair", {"starts_on": None}),
    ("loan_drawn_pair", {"state": "signed"}),
    ("loan_settled_pair", {"settled_on": dt.date(2026, 3, 2)}),
    ("loan_settled_pair", {"state": "settled", "settled_on": dt.date(2026, 3, 2)}),
    ("loan_five_class_known", {"five_class": "fine"}),
    ("loan_renewal_pair", {"no_principal_renewal": True}),
    ("loan_drawn_within_principal", {"drawn": 51 * WAN}),
    ("loan_repaid_within_drawn", {"repaid": 51 * WAN}),
    ("loan_equals_its_slips", {"drawn": 49 * WAN}),
    ("loan_equals_its_slips", {"repaid": 1}),
    ("loan_terms_signed", {"principal": 60 * WAN}),
    ("loan_terms_signed", {"rate_ppm": 1}),
]


@pytest.mark.parametrize(("guard", "change"), DEMANDS)
def test_a_demand_that_contradicts_itself_is_refused(
    lent: tuple[City, int], guard: str, change: dict[str, Any]
) -> None:
    rows = Demand.objects.filter(pk=cases.demand_of(lent[1]))
    broken(guard, lambda: rows.update(**change))


@pytest.mark.parametrize(("guard", "change"), REFERRALS)
def test_a_case_that_contradicts_itself_is_refused(lent: tuple[City, int], guard: str, change: dict[str, Any]) -> None:
    broken(guard, lambda: Referral.objects.filter(pk=lent[1]).update(**change))


@pytest.mark.parametrize(("guard", "change"), LOANS)
def test_a_loan_that_contradicts_itself_or_its_slips_is_refused(
    lent: tuple[City, int], guard: str, change: dict[str, Any]
) -> None:
    broken(guard, lambda: Loan.objects.filter(referral_id=lent[1]).update(**change))


@pytest.mark.parametrize("table", [Drawdown, Repayment, CreditDecision])
def test_what_was_paid_or_decided_is_neither_changed_nor_removed(lent: tuple[City, int], table: Any) -> None:
    place, referral = lent
    cases.repay(place.bank, referral, WAN, 5, "R1")
    name = table._meta.db_table
    key = "referral_id" if table is CreditDecision else "slip_no"
    value = 0 if table is CreditDecision else "other"
    broken("_written_once", lambda: table.objects.update(**{key: value}))
    broken("_written_once", lambda: table.objects.all()._raw_delete(table.objects.db))

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {name} CASCADE")

    broken("_written_once", empty)


def test_a_slip_without_its_loan_knowing_is_refused(lent: tuple[City, int]) -> None:
    loan = cases.loan_of(lent[1])
    slip = {"loan_id": loan, "slip_no": "Z", "recorded_at": START}
    broken(
        "loan_equals_its_slips",
        lambda: Repayment.objects.create(principal=1, interest=0, paid_on=START.date(), **slip),
    )
    broken("loan_equals_its_slips", lambda: Drawdown.objects.create(amount=1, drawn_on=START.date(), **slip))


def test_one_slip_of_a_loan_is_recorded_once(lent: tuple[City, int]) -> None:
    row = Drawdown.objects.filter(loan__referral_id=lent[1]).first()
    assert row is not None
    again = {"loan_id": row.loan_id, "slip_no": row.slip_no, "recorded_at": START, "drawn_on": START.date()}
    broken("drawdown_slip_once", lambda: Drawdown.objects.create(amount=1, **again))


def test_a_firm_has_one_first_loan(lent: tuple[City, int]) -> None:
    place, _ = lent
    second = cases.case(place, "lent", purpose="equipment")
    broken("loan_first_once_per_firm", lambda: Loan.objects.filter(referral_id=second).update(first_loan=True))


def test_one_open_demand_for_each_use_of_a_firm(lent: tuple[City, int]) -> None:
    place, _ = lent
    cases.declared(place)
    other = cases.declared(place, purpose="equipment").id
    broken("demand_one_open_per_purpose", lambda: Demand.objects.filter(pk=other).update(purpose="working_capital"))


def test_a_bank_has_one_open_case_of_a_demand_and_a_deadline_ends_once(lent: tuple[City, int]) -> None:
    place, referral = lent
    row = Referral.objects.get(pk=referral)
    row.pk = None
    broken("referral_one_open_per_bank", lambda: row.save(force_insert=True))
    clocks = Clock.objects.filter(referral_id=referral, kind="accept")
    broken("clock_ends_once", lambda: clocks.update(cancelled_at=START))
    broken("clock_kind_known", lambda: clocks.update(kind="wait"))


def test_a_standard_has_one_known_verdict(lent: tuple[City, int]) -> None:
    rows = StandardJudgement.objects.filter(demand_id=cases.demand_of(lent[1]), standard=1)
    broken("standard_verdict_known", lambda: rows.update(verdict="maybe"))
    broken("standard_one_to_five", lambda: rows.update(standard=6))


def test_a_decision_has_terms_or_a_reason_never_both() -> None:
    with clock.at(START):
        place = cases.city()
        referral = cases.case(place, "complete")
        person = place.bank.officer.person_id
        base = {"referral_id": referral, "decided_by_id": person, "decided_at": START}
        broken("credit_decision_complete", lambda: CreditDecision.objects.create(granted=True, **base))
        broken("credit_decision_complete", lambda: CreditDecision.objects.create(granted=False, words="x", **base))
