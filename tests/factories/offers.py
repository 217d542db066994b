"""Banks, branches and products in a state, through the doors where there is one."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

from huoshui.access import actions as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role, permissions_of
from huoshui.catalogue import actions as catalogue

_numbers = itertools.count(1)
CRITERIA = {"all": [{"fact": "dishonest", "op": "=", "value": False}]}


def terms(**changes: Any) -> dict[str, Any]:
    """Return sound terms of a product as a bank writes them."""
    base: dict[str, Any] = {
        "name": "税融贷",
        "name_en": "Tax loan",
        "summary": "凭纳税记录申请。",
        "amount_min": "10000.00",
        "amount_max": "3000000.00",
        "term_min_months": 3,
        "term_max_months": 24,
        "rate_kind": "fixed",
        "rate_pct": "3.85",
        "methods": ["interest_only"],
        "collateral": ["credit"],
        "papers": ["business_licence"],
        "fees": [],
        "criteria": CRITERIA,
        "districts": [],
        "exclusive_to": "",
        "valid_from": "2026-01-01",
        "valid_to": None,
    }
    return base | changes


def bank(*, kind: str = "city_bank", small: bool = False, name: str = "测试银行") -> int:
    """Return the id of a new bank (a guarantor for that kind)."""
    number = next(_numbers)
    of = "guarantor" if kind == "guarantor" else "bank"
    head = access.create_organisation(SYSTEM, code=f"B{number}", name=f"{name}{number}", kind=of, level="head")
    return catalogue.register_institution(SYSTEM, organisation_id=head, kind=kind, small=small)


def branch(bank_id: int, *, districts: tuple[str, ...] = ("140105",), capacity: int = 20) -> int:
    """Return the id of a new branch that serves *districts*."""
    number = next(_numbers)
    office = access.create_organisation(
        SYSTEM, code=f"B{number}", name=f"支行{number}", kind="bank", level="branch", parent_id=bank_id
    )
    return catalogue.register_branch(
        SYSTEM, organisation_id=office, institution_id=bank_id, districts=list(districts), weekly_capacity=capacity
    )


def person(organisation_id: int, role: Role) -> Actor:
    """Return somebody new who works for an organisation in *role*."""
    from huoshui.access.models import Organisation

    number = next(_numbers)
    office = Organisation.objects.get(pk=organisation_id)
    made = access.create_person(
        SYSTEM, username=f"staff{number:04d}", name=f"人员{number}", organisation_id=organisation_id
    )
    roles = frozenset({role})
    return Actor(
        kind="staff",
        person_id=made,
        name=f"人员{number}",
        organisation_id=organisation_id,
        organisation_name=office.name,
        org_kind=office.kind,
        org_level=office.level,
        org_path=office.path,
        roles=roles,
        permissions=permissions_of(roles),
    )


def office_person(role: Role = Role.OFFICE) -> Actor:
    """Return somebody new of the city's financial office."""
    office = access.create_organisation(
        SYSTEM, code="OFFICE", name="地方金融管理局", kind="government", level="city", district_code="140100"
    )
    return person(office, role)


def draft(bank_id: int, *, by: Actor = SYSTEM, code: str = "", **changes: Any) -> int:
    """Return the id of a draft version of a new product."""
    return catalogue.draft_product(
        by, code=code or f"P-{next(_numbers)}", terms_given=terms(**changes), institution_id=bank_id
    )


def approved(bank_id: int, *, code: str = "", **changes: Any) -> int:
    """Return the id of an approved version of a new product."""
    version = draft(bank_id, code=code, **changes)
    catalogue.submit_version(SYSTEM, version_id=version)
    catalogue.approve_version(SYSTEM, version_id=version)
    return version


def next_version(product_id: int, *, valid_from: dt.date, **changes: Any) -> int:
    """Return the id of an approved further version."""
    given = terms(valid_from=valid_from.isoformat(), **changes)
    version = catalogue.draft_version(SYSTEM, product_id=product_id, terms_given=given)
    catalogue.submit_version(SYSTEM, version_id=version)
    catalogue.approve_version(SYSTEM, version_id=version)
    return version
