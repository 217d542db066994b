"""Two firms' whole ways side by side: a row in every table that row security guards, and everybody who might look."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from factories import firms, people
from huoshui.access import queries
from huoshui.access.actor import ANONYMOUS, SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.financing.models import (
    Clock,
    CreditDecision,
    Demand,
    Drawdown,
    Instalment,
    Loan,
    Paper,
    PaperRequest,
    Rating,
    Referral,
    Repayment,
    Visit,
)
from huoshui.registry.models import Consent, EnterpriseChange, FactSheet, Representative


@dataclass
class City:
    """Two firms in two districts; each at its own bank, the first with a live consent and a loan, the second without."""

    firm_a: int
    firm_b: int
    demand_a: int
    demand_b: int
    actors: dict[str, Actor]


def build() -> City:
    """Return two firms, each with its own owner, district and bank, committed as a demo would be."""
    bank_a, bank_b = people.organisation("bank", level="head"), people.organisation("bank", level="head")
    branch_a = people.organisation("bank", level="branch", parent_id=bank_a)
    manager_a = people.staff(Role.ACCOUNT_MANAGER, at=branch_a)
    manager_b = people.staff(Role.ACCOUNT_MANAGER, at=bank_b)
    county_a = people.staff(Role.TASKFORCE_OFFICER, at=people.organisation("government", district_code="140105"))
    county_b = people.staff(Role.TASKFORCE_OFFICER, at=people.organisation("government", district_code="140106"))
    town = people.organisation("government", district_code="140100", level="city")
    owner_a, owner_b = people.owner(), people.owner()
    first = firms.firm(district_code="140105")
    second = firms.firm("太原汾河商贸有限公司", district_code="140106")
    head_a = people.staff(Role.BANK_HEAD, at=bank_a)
    with transaction.atomic():  # a loan and its slips have to agree when the transaction ends
        demand_a = _case(first, owner_a, manager_a, consent_to=bank_a)
        demand_b = _case(second, owner_b, manager_b, consent_to=None)
    actors = {
        "system": SYSTEM,
        "anonymous": ANONYMOUS,
        "owner_a": _fresh(owner_a),
        "owner_b": _fresh(owner_b),
        "manager_a": manager_a,
        "manager_b": manager_b,
        "head_a": head_a,
        "county_a": county_a,
        "county_b": county_b,
        "office": people.staff(Role.OFFICE, at=town),
        "auditor": people.staff(Role.AUDITOR),
        "audit_admin": people.staff(Role.AUDIT_ADMIN),
        "desk": people.staff(Role.SERVICE_DESK),
        "system_admin": people.staff(Role.SYSTEM_ADMIN),
        "security_admin": people.staff(Role.SECURITY_ADMIN),
        "guarantor": people.staff(Role.GUARANTEE_OFFICER),
    }
    return City(first.pk, second.pk, demand_a, demand_b, actors)


def _fresh(actor: Actor) -> Actor:
    assert actor.person_id
    return queries.actor(actor.person_id)


def _case(firm: Any, owner: Actor, manager: Actor, *, consent_to: int | None) -> int:
    """One firm's whole way, a row in every table that the policies guard."""
    now, today = timezone.now(), timezone.localdate()
    Representative.objects.create(
        enterprise=firm, person_id=owner.person_id, proof="phone_on_register", confirmed_at=now
    )
    FactSheet.objects.create(enterprise=firm, source="tax", as_of=today, values={"x": 1}, recorded_at=now)
    EnterpriseChange.objects.create(enterprise=firm, field="name", old="旧", new="新", source="t", recorded_at=now)
    Consent.objects.create(
        enterprise=firm,
        reader_id=consent_to or manager.organisation_id,
        reader_path=manager.org_path if consent_to is None else f"/{consent_to}/",
        purpose="loan_application",
        data_kinds=["register", "tax"],
        given_by_id=owner.person_id,
        given_at=now,
        until=today + dt.timedelta(days=30) if consent_to else today - dt.timedelta(days=1),
        text_version="1",
    )
    Visit.objects.create(
        enterprise=firm,
        district_code=firm.district_code,
        visitor_id=manager.person_id,
        organisation_id=manager.organisation_id,
        visited_on=today,
        outcome="need",
        recorded_at=now,
    )
    demand = Demand.objects.create(
        number=f"D{firm.pk}",
        enterprise=firm,
        district_code=firm.district_code,
        amount=100,
        term_months=12,
        purpose="goods",
        channel="web",
        state="lent",
        created_at=now,
        declared_at=now,
        recommended_at=now,
        dispatched_at=now,
        granted_at=now,
        lent_at=now,
    )
    Rating.objects.create(demand=demand, stars=5, rated_at=now)
    Paper.objects.create(
        enterprise=firm,
        kind="licence",
        file="f",
        file_name="f",
        size=1,
        sha256="0" * 64,
        uploaded_by_id=owner.person_id,
        uploaded_at=now,
    )
    _loan(firm, demand, manager, now, today)
    return demand.pk


def _loan(firm: Any, demand: Demand, manager: Actor, now: dt.datetime, today: dt.date) -> None:
    referral = Referral.objects.create(
        demand=demand,
        enterprise=firm,
        district_code=firm.district_code,
        bank_id=manager.organisation_id,
        bank_path=manager.org_path,
        basis="choice",
        state="lent",
        offered_at=now,
        accepted_at=now,
        contacted_at=now,
        documents_complete_at=now,
        decided_at=now,
    )
    Clock.objects.create(referral=referral, kind="accept", started_at=now, due_at=now)
    PaperRequest.objects.create(referral=referral, papers=["x"], asked_by_id=manager.person_id, asked_at=now)
    CreditDecision.objects.create(
        referral=referral,
        granted=True,
        amount=100,
        rate_ppm=34500,
        term_months=12,
        decided_by_id=manager.person_id,
        decided_at=now,
    )
    loan = Loan.objects.create(
        referral=referral,
        enterprise=firm,
        district_code=firm.district_code,
        bank_id=manager.organisation_id,
        bank_path=manager.org_path,
        contract_no="1",
        principal=100,
        rate_ppm=34500,
        term_months=12,
        method="bullet",
        collateral="none",
        signed_on=today,
        created_at=now,
        state="active",
        starts_on=today,
        matures_on=today + dt.timedelta(days=365),
        drawn=100,
        repaid=1,
    )
    Drawdown.objects.create(loan=loan, amount=100, drawn_on=today, slip_no="1", recorded_at=now)
    Instalment.objects.create(loan=loan, number=1, due_on=today, principal=100, interest=1)
    Repayment.objects.create(loan=loan, paid_on=today, principal=1, interest=1, slip_no="1", recorded_at=now)
