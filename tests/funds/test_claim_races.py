"""Fifty hands at once: the same claim, the same acceptance and the same approval have one effect."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from django.db import connection
from django.db.models import Sum

from factories import firms
from funds.subsidies import APRIL, Q1, WAN, YEAR, Scheme, loan, scheme
from funds.test_compensation import MAY, PAPERS, bad
from funds.test_compensation import place as pool_of
from huoshui.funds import actions_compensation, actions_payment, actions_subsidy, queries_payment
from huoshui.funds.models.compensation import CompensationClaim
from huoshui.funds.models.paying import PaymentOrder
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.ledger.verify import verify

pytestmark = pytest.mark.django_db(transaction=True)
place = pool_of
HALF_Q1 = WAN  # half of 4 % on 200 wan for 90 days


def at_once(act: Callable[[], object]) -> list[object]:
    """Do *act* fifty times from ten threads; return what each came to, the code where it was refused."""

    def one(_: int) -> object:
        try:
            with clock.at(MAY):
                return act()
        except DomainError as refusal:
            return f"refused: {refusal.code}"
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as hands:
        return list(hands.map(one, range(50)))


def done(answers: list[object]) -> list[object]:
    return [answer for answer in answers if not str(answer).startswith("refused: ")]


def test_the_same_subsidy_claim_is_filed_accepted_and_paid_for_once() -> None:
    with clock.at(APRIL):
        home = scheme()
        loan(home, starts=YEAR)
    first, end = Q1
    filed = at_once(lambda: actions_subsidy.claim_for_bank(home.bank, fund_id=home.fund, first_day=first, end_day=end))
    assert len(set(filed)) == SubsidyClaim.objects.count() == 1
    claim = SubsidyClaim.objects.get().pk
    assert len(done(at_once(lambda: actions_subsidy.accept_claim(home.maker, claim_id=claim)))) == 1
    assert PaymentOrder.objects.count() == 1
    assert queries_payment.position(home.fund).committed == HALF_Q1


def test_claims_on_two_schemes_at_once_do_not_pass_the_firms_cap_of_the_year() -> None:
    with clock.at(APRIL):
        homes, firm = [scheme(year_cap="15000.00"), scheme(year_cap="15000.00")], firms.firm()
        for home in homes:
            loan(home, firm=firm, starts=YEAR)
    (first, end), banks = Q1, cycle(homes)

    def claim() -> int:
        home = next(banks)
        return actions_subsidy.claim_for_bank(home.bank, fund_id=home.fund, first_day=first, end_day=end)

    at_once(claim)
    assert SubsidyClaim.objects.count() == 2
    assert SubsidyLine.objects.aggregate(all=Sum("amount"))["all"] == 15_000_00
    filed = cycle(SubsidyClaim.objects.values_list("pk", "fund_id"))

    def accept() -> object:
        claim_id, fund = next(filed)
        return actions_subsidy.accept_claim(homes[fund == homes[1].fund].maker, claim_id=claim_id)

    assert len(done(at_once(accept))) == 2, "orders of two funds at once have numbers of their own"


def test_the_same_compensation_claim_is_filed_accepted_and_approved_once(place: Scheme) -> None:
    home = place
    lent = bad(home, amount=200 * WAN).pk
    filed = at_once(lambda: actions_compensation.file_claim(home.bank, loan_id=lent, papers=PAPERS))
    assert len(set(filed)) == CompensationClaim.objects.count() == 1
    claim = CompensationClaim.objects.get().pk
    assert len(done(at_once(lambda: actions_compensation.accept_claim(home.maker, claim_id=claim)))) == 1
    order = PaymentOrder.objects.get().pk
    PaymentOrder.objects.update(needs_notice=False)
    with clock.at(MAY):
        actions_payment.check_payments(home.checker, order_ids=[order])
    assert len(done(at_once(lambda: actions_payment.approve_payments(home.checker, order_ids=[order])))) == 1
    now = queries_payment.position(home.fund)
    assert (now.held, now.committed, now.left) == (80 * WAN, 80 * WAN, 780 * WAN)
    assert verify().ok
