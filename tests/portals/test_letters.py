"""The letter about a payment: the bureau, the bank that was paid and the firms it concerns fetch it, nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from factories import firms, people
from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Role
from huoshui.funds import actions_fund, actions_payment, actions_subsidy, payment_letter, queries_letter
from huoshui.funds import queries_payment as queries
from huoshui.kernel import clock
from huoshui.registry import actions as register
from huoshui.registry.models import Enterprise
from tests.funds.subsidies import APRIL, Q1, WAN, Scheme, loan, scheme

pytestmark = pytest.mark.django_db
AFTER = APRIL + dt.timedelta(days=20)
NOT_THEIRS = 422  # a page that says in words that there is none for them


@pytest.fixture
def place() -> Scheme:
    return scheme()


def _order(place: Scheme, *, paid: bool = True) -> int:
    """Return the payment of the bank's claim on two firms' loans, out of its advance."""
    loan(place, firm=firms.firm(name="太原甲有限公司"))
    loan(place, firm=firms.firm(name="太原乙有限公司"), amount=100 * WAN)
    office = place.bank.organisation_id or 0
    with clock.at(APRIL):
        actions_fund.advance_to(
            place.checker, fund_id=place.fund, organisation_id=office, amount=5 * WAN, document_no="1", on=APRIL.date()
        )
        claim = actions_subsidy.claim_for_bank(place.bank, fund_id=place.fund, first_day=Q1[0], end_day=Q1[1])
        (order,) = actions_subsidy.accept_claim(place.maker, claim_id=claim)
        actions_payment.check_payments(place.checker, order_ids=[order])
        actions_payment.publish_notice(place.maker, order_ids=[order])
    with clock.at(AFTER):
        if paid:
            actions_payment.approve_payments(place.checker, order_ids=[order])
    return order


def _owner(name: str) -> Actor:
    person = people.owner()
    firm = Enterprise.objects.filter(name=name).first() or firms.firm(name=name)
    register.represent(people.SYSTEM, person_id=person.person_id, enterprise_id=firm.pk, proof="phone_on_register")
    return offices.actor(person.person_id or 0)


def _fetch(client: Client, actor: Actor, name: str, order: int) -> tuple[int, bytes]:
    people.sign_in(client, actor)
    answer = client.get(reverse(name, args=[order]))
    return answer.status_code, answer.content[:4]


def test_the_firms_and_the_bank_fetch_what_concerns_them_and_others_do_not(client: Client, place: Scheme) -> None:
    order = _order(place)
    own, another = _owner("太原甲有限公司"), _owner("太原丙有限公司")
    stranger = people.staff(Role.BRANCH_LEAD, at=people.organisation("bank", level="head"))
    with clock.at(AFTER):
        assert _fetch(client, own, "enterprise:payment_letter", order) == (200, b"%PDF")
        assert _fetch(client, another, "enterprise:payment_letter", order)[0] == NOT_THEIRS
        assert _fetch(client, place.bank, "bank:payment_letter", order) == (200, b"%PDF")
        assert _fetch(client, stranger, "bank:payment_letter", order)[0] == NOT_THEIRS
        assert _fetch(client, own, "bank:payment_letter", order)[0] == 403
        people.sign_in(client, place.bank)
        link = reverse("bank:payment_letter", args=[order])
        assert link in client.get(reverse("bank:payments")).text
        people.sign_in(client, stranger)
        assert link not in client.get(reverse("bank:payments")).text
        people.sign_in(client, own)
        assert reverse("enterprise:payment_letter", args=[order]) in client.get(reverse("enterprise:subsidies")).text


def test_a_firm_reads_its_own_part_only_and_not_the_banks_account(place: Scheme) -> None:
    order = _order(place)
    own = _owner("太原甲有限公司")
    (found,) = queries_letter.letters_of_firm(own, own.enterprise_ids[0])
    assert found.amount == 1_000_000, "half a quarter's interest at 4 % on 200 万元"
    told = payment_letter._told(queries.payment(own, order), own.enterprise_ids[0])
    assert (told["to"], [line[2] for line in told["lines"]]) == ("太原甲有限公司：", ["10000.00"])
    assert "合计 10000.00 元" in told["total"]
    assert "尾号" not in told["body"]
    whole = payment_letter._told(queries.payment(place.bank, order), None)
    assert [line[2] for line in whole["lines"]] == ["10000.00", "5000.00"]


def test_nothing_is_told_to_bank_or_firm_before_it_is_paid(client: Client, place: Scheme) -> None:
    order = _order(place, paid=False)
    own = _owner("太原甲有限公司")
    with clock.at(AFTER):
        assert _fetch(client, own, "enterprise:payment_letter", order)[0] == NOT_THEIRS
        assert _fetch(client, place.bank, "bank:payment_letter", order)[0] == NOT_THEIRS
        assert _fetch(client, place.maker, "gov:payment_letter", order) == (200, b"%PDF")
