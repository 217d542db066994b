"""A market asks together: members by its code, one special credit, shared money; invoices of a core firm; renewals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from factories import cases, firms
from factories.cases import WAN, City
from huoshui.access import row_security
from huoshui.access.actor import SYSTEM
from huoshui.financing import actions, queries
from huoshui.financing.actions import InvoiceLine
from huoshui.financing.models import DemandGroup, Invoice, Loan, Referral
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused

pytestmark = pytest.mark.django_db
TERMS: dict[str, Any] = {
    "rate_pct": Decimal("3.65"),
    "term_months": 12,
    "method": "interest_only",
    "collateral": "credit",
}


@pytest.fixture
def place() -> Iterator[City]:
    with clock.at(cases.START), row_security.acting(SYSTEM):
        yield cases.city(banks=2)


def market(place: City, **given: Any) -> int:
    values: dict[str, Any] = {
        "kind": "market", "name": "龙城农贸市场", "district_code": cases.DISTRICT, "organiser": "市场管理公司", **given,
    }  # fmt: skip
    return actions.create_group(place.taskforce, **values)


def test_a_stall_that_scans_the_markets_code_is_a_member(place: City) -> None:
    group = market(place)
    token = queries.group(place.taskforce, group).token
    made = cases.declared(place, loan_code_token=token, channel="code")
    view = queries.group(place.taskforce, group)
    assert [line.id for line in view.members] == [made.id]
    assert view.asked == 50 * WAN


def test_a_group_that_has_ended_takes_nobody_more(place: City) -> None:
    group = market(place)
    token = queries.group(place.taskforce, group).token
    actions.close_group(place.taskforce, group_id=group)
    cases.declared(place, loan_code_token=token, channel="code")
    assert not queries.group(place.taskforce, group).members
    with pytest.raises(DomainError):
        actions.close_group(place.taskforce, group_id=group)


def test_the_bank_of_the_special_credit_is_asked_first(place: City) -> None:
    group, second = market(place), place.banks[1]
    actions.give_credit(
        place.taskforce, group_id=group, bank_id=second.id, amount=1000 * WAN, document_no="晋银授〔2026〕3号"
    )
    demand = cases.recommended(place, product_ids=[], platform_chooses=True)
    assert actions.add_members(place.taskforce, group_id=group, demand_ids=[demand]).done == (demand,)
    actions.dispatch(place.taskforce, demand_id=demand)
    first = Referral.objects.filter(demand_id=demand).order_by("id").first()
    assert first
    assert (first.bank_id, first.basis) == (second.id, "group")


@pytest.mark.parametrize(("credit", "allowed"), [(49, False), (50, True), (51, True)])
def test_no_more_is_granted_to_members_than_the_special_credit(place: City, credit: int, *, allowed: bool) -> None:
    group, bank = market(place), place.bank
    actions.give_credit(
        place.taskforce, group_id=group, bank_id=bank.id, amount=credit * WAN, document_no="晋银授〔2026〕3号"
    )
    token = queries.group(place.taskforce, group).token
    referral = cases.case(place, "complete", loan_code_token=token, channel="code")
    give = {"referral_id": referral, "amount": 50 * WAN, **TERMS}
    if allowed:
        actions.grant(bank.officer, **give)
        held = queries.group(place.taskforce, group).credit
        assert held
        assert (held.used, held.left) == (50 * WAN, (credit - 50) * WAN)
    else:
        with pytest.raises(Refused, match="专项授信余额"):
            actions.grant(bank.officer, **give)


def test_everything_wrong_with_a_group_is_said_at_once(place: City) -> None:
    with pytest.raises(Refused) as refused:
        market(place, kind="chain", name=" ", closes_on=dt.date(2020, 1, 1))
    assert {problem.code for problem in refused.value.problems} == {"group_name", "core_missing", "group_closes"}


def test_another_county_does_not_see_the_group(place: City) -> None:
    group = market(place)
    from factories import people
    from huoshui.access.roles import Role

    away = people.organisation(kind="government", level="county", district_code="140581")
    stranger = people.staff(Role.TASKFORCE_LEAD, at=away)
    with pytest.raises(DomainError):
        queries.group(stranger, group)


def invoices(total: int) -> list[InvoiceLine]:
    day = clock.today()
    half = total // 2
    return [
        InvoiceLine("FP0001", half, day - dt.timedelta(days=20), day + dt.timedelta(days=70), day),
        InvoiceLine("FP0002", total - half, day - dt.timedelta(days=5), day + dt.timedelta(days=85)),
    ]


@pytest.mark.parametrize(("total", "enough"), [(62, False), (63, True)])
def test_invoices_carry_four_fifths_of_their_sum(place: City, total: int, *, enough: bool) -> None:
    core = firms.firm("太原重型装备股份有限公司")
    made = cases.declared(place)
    give = {"demand_id": made.id, "buyer_id": core.pk, "lines": invoices(total * WAN)}
    if not enough:
        with pytest.raises(Refused, match="80%"):
            actions.list_invoices(place.owner, **give)
        return
    actions.list_invoices(place.owner, **give)
    assert [line.number for line in queries.invoices_of(place.taskforce, made.id)] == ["FP0001", "FP0002"]


def test_an_invoice_is_financed_once_until_its_demand_ends_without_money(place: City) -> None:
    core = firms.firm("太原重型装备股份有限公司")
    one, other = cases.declared(place), cases.declared(place, by=cases.another_firm(place))
    actions.list_invoices(place.owner, demand_id=one.id, buyer_id=core.pk, lines=invoices(80 * WAN))
    with pytest.raises(Refused, match="另一笔融资"):
        actions.list_invoices(SYSTEM, demand_id=other.id, buyer_id=core.pk, lines=invoices(80 * WAN))
    actions.withdraw_demand(place.owner, demand_id=one.id)
    assert not Invoice.objects.filter(released_at__isnull=True).exists()
    actions.list_invoices(SYSTEM, demand_id=other.id, buyer_id=core.pk, lines=invoices(80 * WAN))


@pytest.mark.parametrize(("days", "allowed"), [(61, False), (60, True), (10, True)])
def test_renewal_is_talked_about_within_sixty_days_of_maturity(place: City, days: int, *, allowed: bool) -> None:
    loan = Loan.objects.get(pk=cases.loan_of(cases.case(place, "lent")))
    assert loan.matures_on
    day = dt.datetime.combine(loan.matures_on - dt.timedelta(days=days), dt.time(10), clock.ZONE)
    with clock.at(day):
        if not allowed:
            with pytest.raises(DomainError, match="到期前 60 天"):
                actions.plan_renewal(place.bank.officer, loan_id=loan.pk, plan="bridge")
            return
        actions.plan_renewal(place.bank.officer, loan_id=loan.pk, plan="bridge", note="月底续作")
    assert Loan.objects.get(pk=loan.pk).renewal_plan == "bridge"


def test_the_database_wants_a_core_firm_for_a_chain(place: City) -> None:
    group = market(place)
    with pytest.raises(IntegrityError, match="group_chain_has_core"), transaction.atomic():
        DemandGroup.objects.filter(pk=group).update(kind="chain")


def test_the_database_keeps_an_invoices_days_in_order(place: City) -> None:
    core = firms.firm("太原重型装备股份有限公司")
    made = cases.declared(place)
    actions.list_invoices(place.owner, demand_id=made.id, buyer_id=core.pk, lines=invoices(80 * WAN))
    with pytest.raises(IntegrityError, match="invoice_days_in_order"), transaction.atomic():
        Invoice.objects.update(due_on=dt.date(2020, 1, 1))
