"""Which members and leads an actor may see; the database's row security says the same once more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.screening.models import Lead, LeadWaiting, ListChange, ListMember

_READERS = frozenset({Permission.READ_LISTS, Permission.MANAGE_LISTS})


def members(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow members of lists: government in its district, the platform all; banks none."""
    if actor.kind == "system":
        return rows
    if actor.org_kind in ("bank", "guarantor") or not actor.permissions & _READERS:
        return rows.none()
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows.none()


def leads(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow leads: a bank those handed to it or below it, government those of its district."""
    if actor.org_kind == "bank":
        allowed = actor.org_path and actor.permissions & _READERS
        return rows.filter(bank_path__startswith=actor.org_path) if allowed else rows.none()
    return members(actor, rows)


def install() -> None:
    """Register the scopes of the package's tables."""
    register(Lead, leads)
    register(LeadWaiting, members)
    register(ListChange, members)
    register(ListMember, members)
