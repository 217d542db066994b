"""Which funds, payments and statements an actor may see; row security says the same once more.

Offices that read funds: those of their district. A bank or guarantor: payments to itself, or about its loans. A firm:
payments to it or with a line of its own.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.funds.models.paying import Fund, PaymentFile, PaymentLine, PaymentOrder, PublicNotice, Statement
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine

_CLAIMS = frozenset({Permission.SUBMIT_CLAIMS, Permission.HANDLE_GUARANTEES, Permission.READ_CASES})


def _office(actor: Actor, rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    if not actor.may(Permission.READ_FUNDS):
        return rows.none()
    if actor.org_kind in ("operator", "auditor"):
        return rows
    return rows.filter(**{f"{column}__startswith": actor.district}) if actor.district else rows.none()


def funds(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow funds; whoever claims on them, and firms, may read which there are."""
    if actor.kind == "owner" or actor.permissions & _CLAIMS:
        return rows
    return _office(actor, rows, "district_code")


def orders(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow payments."""
    if actor.kind == "owner":
        own = PaymentLine.objects.filter(enterprise_id__in=actor.enterprise_ids).values("order_id")
        return rows.filter(Q(enterprise_id__in=actor.enterprise_ids) | Q(pk__in=own))
    return _by_path_or_office(actor, rows)


def claims(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow claims for subsidy; a firm sees those with a loan of its own."""
    if actor.kind == "owner":
        own = SubsidyLine.objects.filter(enterprise_id__in=actor.enterprise_ids).values("claim_id")
        return rows.filter(Q(enterprise_id__in=actor.enterprise_ids) | Q(pk__in=own))
    return _by_path_or_office(actor, rows)


def subsidy_lines(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow lines of claims."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    return _by_path_or_office(actor, rows)


def _by_path_or_office(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    if actor.org_kind in ("bank", "guarantor"):
        allowed = actor.org_path and actor.permissions & _CLAIMS
        return rows.filter(bank_path__startswith=actor.org_path) if allowed else rows.none()
    return _office(actor, rows, "district_code")


def _of_fund(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    return _office(actor, rows, "fund__district_code")


def install() -> None:
    """Register the scopes."""
    register(Fund, funds)
    register(PaymentOrder, orders)
    register(SubsidyClaim, claims)
    register(SubsidyLine, subsidy_lines)
    for model in (PublicNotice, PaymentFile, Statement):
        register(model, _of_fund)
