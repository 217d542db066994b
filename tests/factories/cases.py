"""Demands and cases in any state, made by the real acts: a city with banks, branches, a taskforce and firms."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from factories import firms, offers, people
from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.catalogue import actions as catalogue
from huoshui.financing import actions
from huoshui.kernel import clock
from huoshui.registry import actions as register

DISTRICT = firms.DISTRICT
WAN = 1_000_000
START = dt.datetime(2026, 3, 2, 10, 0, tzinfo=clock.ZONE)  # a Monday
_numbers = itertools.count(1)

DEMAND_STATES = ("declared", "repairing", "recommended", "dispatched", "granted", "lent", "closed")
CASE_STATES = (
    "offered", "accepted", "contacted", "papers_owed", "complete", "granted", "contracted", "lending", "lent",
    "declined", "withdrawn", "recalled", "settled",
)  # fmt: skip


@dataclass
class Bank:
    """A bank with one branch in the district, an officer, a head of the branch and a product."""

    id: int
    branch_id: int
    officer: Actor
    lead: Actor
    head: Actor
    product_id: int


@dataclass
class City:
    """A county's taskforce, banks, and a firm with its owner."""

    taskforce: Actor
    visitor: Actor
    banks: list[Bank]
    firm: Any
    owner: Actor
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def bank(self) -> Bank:
        """Return the first bank."""
        return self.banks[0]


def bank(*, district: str = DISTRICT, capacity: int = 20, **product: Any) -> Bank:
    """Return a new bank with everything a case needs."""
    bank_id = offers.bank()
    number = next(_numbers)
    branch = access.create_organisation(
        SYSTEM, code=f"BR{number}", name=f"支行{number}", kind="bank", level="branch", parent_id=bank_id
    )
    catalogue.register_branch(
        SYSTEM, organisation_id=branch, institution_id=bank_id, districts=[district], weekly_capacity=capacity
    )
    version = offers.approved(bank_id, **product)
    from huoshui.catalogue.models import ProductVersion

    return Bank(
        bank_id,
        branch,
        people.staff(Role.ACCOUNT_MANAGER, at=branch),
        people.staff(Role.BRANCH_LEAD, at=branch),
        people.staff(Role.BANK_HEAD, at=bank_id),
        ProductVersion.objects.get(pk=version).product_id,
    )


def owner_of(firm: Any) -> Actor:
    """Return the person who acts for *firm*."""
    person = people.owner()
    register.represent(SYSTEM, person_id=person.person_id, enterprise_id=firm.pk, proof="phone_on_register")
    return offices.actor(person.person_id)


def city(*, banks: int = 1, facts: dict[str, Any] | None = None) -> City:
    """Return a city ready for demands; the firm's *facts* are the court's and the credit register's."""
    from huoshui.catalogue import presets

    presets.install(SYSTEM)
    county = people.organisation("government", district_code=DISTRICT, level="county")
    firm = firms.firm()
    known = {"dishonest": False, "open_lawsuits": 0, **(facts or {})}
    firms.sheet(firm, "court", dt.date(2026, 2, 1), **known)
    firms.sheet(firm, "credit", dt.date(2026, 2, 1), has_loan_history=False, max_overdue_days=0)
    return City(
        people.staff(Role.TASKFORCE_OFFICER, at=county),
        people.staff(Role.VISITOR, at=county),
        [bank() for _ in range(banks)],
        firm,
        owner_of(firm),
    )


def another_firm(place: City) -> tuple[Any, Actor]:
    """Return one more firm of the district with its owner."""
    made = firms.firm(name=f"太原测试{next(_numbers)}有限公司")
    firms.sheet(made, "credit", dt.date(2026, 2, 1), has_loan_history=False)
    return made, owner_of(made)


def declared(place: City, **ask: Any) -> Any:
    """Return a demand just declared, with every bank's product chosen."""
    firm, owner = ask.pop("by", (place.firm, place.owner))
    given = {
        "amount": 50 * WAN, "term_months": 12, "purpose": "working_capital",
        "product_ids": [each.product_id for each in place.banks][:3],
    } | ask  # fmt: skip
    return actions.submit_demand(owner, enterprise_id=firm.pk, **given)


def recommended(place: City, **ask: Any) -> int:
    """Return a demand on the recommended list."""
    made = declared(place, **ask)
    actions.judge_all(place.taskforce, demand_id=made.id, verdicts=[(n, "yes", "") for n in range(1, 6)])
    result = actions.recommend(place.taskforce, demand_ids=[made.id])
    assert result.done == (made.id,), result.refused
    return made.id


def offered(place: City, **ask: Any) -> list[int]:
    """Return the cases of a demand that was dispatched, one a bank."""
    return list(actions.dispatch(place.taskforce, demand_id=recommended(place, **ask)))


def case(place: City, state: str, **ask: Any) -> int:
    """Return the first bank's case in *state*."""
    referral = offered(place, **ask)[0]
    held = place.bank
    for step in _WAYS[state]:
        _STEPS[step](place, held, referral)
    return referral


def demand(place: City, state: str, **ask: Any) -> int:
    """Return a demand in *state* (closed: withdrawn by the firm)."""
    if state == "declared":
        return int(declared(place, **ask).id)
    if state == "repairing":
        made = declared(place, **ask).id
        actions.send_to_repair(place.taskforce, demand_ids=[made], measures=["purpose_unclear"])
        return int(made)
    if state == "recommended":
        return recommended(place, **ask)
    if state == "closed":
        made = declared(place, **ask).id
        actions.withdraw_demand(ask.get("by", (None, place.owner))[1], demand_id=made)
        return int(made)
    at = {"dispatched": "offered", "granted": "granted", "lent": "lent"}[state]
    return demand_of(case(place, at, **ask))


def demand_of(referral_id: int) -> int:
    """Return the demand of a case."""
    from huoshui.financing.models import Referral

    return int(Referral.objects.values_list("demand_id", flat=True).get(pk=referral_id))


def loan_of(referral_id: int) -> int:
    """Return the loan of a case."""
    from huoshui.financing.models import Loan

    return int(Loan.objects.values_list("pk", flat=True).get(referral_id=referral_id))


def _accept(place: City, held: Bank, case_id: int) -> None:
    actions.accept_case(held.officer, referral_id=case_id)


def _contact(place: City, held: Bank, case_id: int) -> None:
    actions.record_contact(held.officer, referral_id=case_id, note="电话")


def _ask(place: City, held: Bank, case_id: int) -> None:
    actions.ask_papers(held.officer, referral_id=case_id, papers=["bank_statements"])


def _complete(place: City, held: Bank, case_id: int) -> None:
    actions.complete_documents(held.officer, referral_id=case_id)


def _grant(place: City, held: Bank, case_id: int) -> None:
    actions.grant(
        held.officer, referral_id=case_id, amount=50 * WAN, rate_pct=Decimal("3.85"), term_months=12,
        method="interest_only", collateral="credit",
    )  # fmt: skip


def _sign(place: City, held: Bank, case_id: int) -> None:
    actions.sign_contract(held.officer, referral_id=case_id, contract_no=f"HT-{case_id}", signed_on=clock.today())


def draw(held: Bank, case_id: int, amount: int, slip: str) -> int:
    """Record a drawdown today."""
    return actions.record_drawdown(
        held.officer, loan_id=loan_of(case_id), amount=amount, drawn_on=clock.today(), slip_no=slip
    )


def repay(held: Bank, case_id: int, principal: int, interest: int, slip: str, on: dt.date | None = None) -> int:
    """Record a repayment."""
    return actions.record_repayment(
        held.officer, loan_id=loan_of(case_id), paid_on=on or clock.today(), principal=principal, interest=interest,
        slip_no=slip,
    )  # fmt: skip


def _decline(place: City, held: Bank, case_id: int) -> None:
    actions.decline_case(held.officer, referral_id=case_id, reason_code="too_young", words="成立时间短")


def _recall(place: City, held: Bank, case_id: int) -> None:
    with clock.at(clock.now() + dt.timedelta(days=30)):
        actions.recall_case(place.taskforce, referral_id=case_id, reason="超时未受理")


def _withdraw(place: City, held: Bank, case_id: int) -> None:
    actions.withdraw_case(SYSTEM, referral_id=case_id)


_STEPS: dict[str, Any] = {
    "accept": _accept, "contact": _contact, "ask": _ask, "complete": _complete, "grant": _grant, "sign": _sign,
    "draw_half": lambda place, held, pk: draw(held, pk, 25 * WAN, f"{pk}-1"),
    "draw_rest": lambda place, held, pk: draw(held, pk, 25 * WAN, f"{pk}-2"),
    "repay_all": lambda place, held, pk: repay(held, pk, 50 * WAN, 100, f"R{pk}"),
    "decline": _decline, "recall": _recall, "withdraw": _withdraw,
}  # fmt: skip
_WORKED = ("accept", "contact", "complete")
_WAYS: dict[str, tuple[str, ...]] = {
    "offered": (), "accepted": ("accept",), "contacted": ("accept", "contact"),
    "papers_owed": ("accept", "contact", "ask"), "complete": _WORKED, "granted": (*_WORKED, "grant"),
    "contracted": (*_WORKED, "grant", "sign"), "lending": (*_WORKED, "grant", "sign", "draw_half"),
    "lent": (*_WORKED, "grant", "sign", "draw_half", "draw_rest"), "declined": ("decline",), "withdrawn": ("withdraw",),
    "recalled": ("recall",), "settled": (*_WORKED, "grant", "sign", "draw_half", "draw_rest", "repay_all"),
}  # fmt: skip
