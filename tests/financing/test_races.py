"""Two at the same moment, on connections of their own: exactly one wins, and nothing is half done."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from factories import cases
from factories.cases import START, WAN, City
from huoshui.financing import actions
from huoshui.financing.models import CreditDecision, Demand, Drawdown, Loan, Referral
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError

pytestmark = pytest.mark.django_db(transaction=True)
REPETITIONS = 50


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Run *acts* at once, each in a thread with a connection of its own; return results or the refusals."""
    barrier = threading.Barrier(len(acts))
    answers: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait()
            with clock.at(START):
                answers[place] = act()
        except DomainError as refusal:
            answers[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def winners(answers: list[Any]) -> int:
    return sum(not isinstance(answer, DomainError) for answer in answers)


def test_of_two_officers_deciding_the_same_case_exactly_one_wins_fifty_times() -> None:
    with clock.at(START):
        place = cases.city()
        referrals = [_ready(place) for _ in range(REPETITIONS)]
    for referral in referrals:
        answers = together(lambda pk=referral: _grant(place, pk), lambda pk=referral: _decline(place, pk))
        assert winners(answers) == 1
        decision = CreditDecision.objects.get(referral_id=referral)
        state = "granted" if decision.granted else "declined"
        assert Referral.objects.get(pk=referral).state == state
        wanted = "granted" if decision.granted else "closed"
        assert Demand.objects.get(referrals=referral).state == wanted


def _ready(place: City) -> int:
    return cases.case(place, "complete", by=cases.another_firm(place))


def _grant(place: City, referral: int) -> None:
    actions.grant(
        place.bank.officer, referral_id=referral, amount=WAN, rate_pct=Decimal("3.85"), term_months=12,
        method="bullet", collateral="credit",
    )  # fmt: skip


def _decline(place: City, referral: int) -> None:
    actions.decline_case(place.bank.lead, referral_id=referral, reason_code="too_young", words="成立时间短")


def test_the_same_form_sent_twice_at_once_makes_one_demand() -> None:
    with clock.at(START):
        place = cases.city()
        firms = [cases.another_firm(place) for _ in range(5)]
    for by in firms:
        key = uuid.uuid4()
        answers = together(*[lambda by=by, key=key: cases.declared(place, by=by, form_key=key)] * 2)
        assert winners(answers) == 2
        assert answers[0].id == answers[1].id
        assert Demand.objects.filter(enterprise=by[0]).count() == 1


def test_two_banks_paying_out_at_once_leave_one_first_loan() -> None:
    with clock.at(START):
        place = cases.city()
        pairs = [_two_contracts(place) for _ in range(5)]
    for firm_id, one, two in pairs:
        answers = together(
            lambda one=one: cases.draw(place.bank, one, 50 * WAN, "A"),
            lambda two=two: cases.draw(place.bank, two, 50 * WAN, "B"),
        )
        assert winners(answers) == 2, answers
        assert Loan.objects.filter(enterprise_id=firm_id, first_loan=True).count() == 1


def _two_contracts(place: City) -> tuple[int, int, int]:
    by = cases.another_firm(place)
    one = cases.case(place, "contracted", by=by)
    two = cases.case(place, "contracted", by=by, purpose="equipment")
    return by[0].pk, one, two


def test_two_drawdowns_at_once_never_pass_the_contract() -> None:
    with clock.at(START):
        place = cases.city()
        referrals = [cases.case(place, "contracted", by=cases.another_firm(place)) for _ in range(5)]
    for referral in referrals:
        answers = together(
            lambda pk=referral: cases.draw(place.bank, pk, 30 * WAN, "A"),
            lambda pk=referral: cases.draw(place.bank, pk, 30 * WAN, "B"),
        )
        assert winners(answers) == 1
        assert Drawdown.objects.filter(loan__referral_id=referral).count() == 1


def test_a_withdrawal_and_a_decision_at_once_do_not_block_each_other() -> None:
    with clock.at(START):
        place = cases.city()
        made = []
        for _ in range(10):
            by = cases.another_firm(place)
            made.append((by[1], cases.case(place, "complete", by=by)))
    for owner, referral in made:
        demand_id = cases.demand_of(referral)
        answers = together(
            lambda pk=referral: _grant(place, pk),
            lambda who=owner, pk=demand_id: actions.withdraw_demand(who, demand_id=pk),
        )
        assert winners(answers) >= 1
        demand, case = Demand.objects.get(pk=demand_id), Referral.objects.get(pk=referral)
        assert (demand.state, case.state) in {("closed", "withdrawn"), ("granted", "granted")}
