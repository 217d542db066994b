"""Which advances an actor may see; row security says the same once more.

A firm: its own. A bank: those on loans of its own tree. Government: of its district, where a role reads funds.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.funds.models.bridge import BridgeAdvance


def advances(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow advances to what *actor* may see."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind == "bank":
        allowed = actor.org_path and actor.may(Permission.READ_CASES)
        return rows.filter(bank_path__startswith=actor.org_path) if allowed else rows.none()
    if not actor.may(Permission.READ_FUNDS):
        return rows.none()
    if actor.org_kind in ("operator", "auditor"):
        return rows
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows.none()


def install() -> None:
    """Register the scope."""
    register(BridgeAdvance, advances)
