"""Which registrations and claims an actor may see; row security says the same once more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.funds.models.compensation import CompensationClaim, CompensationLoan


def rows_of(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow to the firm's own, the bank's own, or those of the office's district."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind == "bank":
        allowed = actor.org_path and actor.may(Permission.SUBMIT_CLAIMS)
        return rows.filter(bank_path__startswith=actor.org_path) if allowed else rows.none()
    if not actor.may(Permission.READ_FUNDS):
        return rows.none()
    if actor.org_kind in ("operator", "auditor"):
        return rows
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows.none()


def install() -> None:
    """Register the scopes."""
    register(CompensationLoan, rows_of)
    register(CompensationClaim, rows_of)
