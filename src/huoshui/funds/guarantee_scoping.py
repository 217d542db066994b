"""Which guarantees an actor may see; row security says the same once more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.funds.models.guarantee import Guarantee, GuarantorStanding

_DESK = {"bank": (Permission.READ_CASES, "bank_path"), "guarantor": (Permission.HANDLE_GUARANTEES, "guarantor_path")}


def rows_of(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow to the firm's own, the bank's or guarantor's own, or those of the office's district."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind in _DESK:
        permission, column = _DESK[actor.org_kind]
        allowed = actor.org_path and actor.may(permission)
        return rows.filter(**{f"{column}__startswith": actor.org_path}) if allowed else rows.none()
    if not actor.may(Permission.READ_FUNDS):
        return rows.none()
    if actor.org_kind in ("operator", "auditor"):
        return rows
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows.none()


def standings(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow to the guarantor's own; offices that read funds see all."""
    if actor.org_kind == "guarantor":
        return rows.filter(guarantor_path__startswith=actor.org_path)
    return rows if actor.may(Permission.READ_FUNDS) else rows.none()


def install() -> None:
    """Register the scopes."""
    register(Guarantee, rows_of)
    register(GuarantorStanding, standings)
