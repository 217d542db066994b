"""Which grids, campaigns and firms to visit an actor may see; the database's row security says the same once more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.service.models import Campaign, Grid, QualityCheck, Target

_OFFICE = frozenset({Permission.PLAN_VISITS, Permission.READ_STATISTICS})


def of_district(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow to the district of a government office that plans visits or reads figures."""
    if actor.kind == "owner" or actor.org_kind in ("bank", "guarantor") or not actor.permissions & _OFFICE:
        return rows.none()
    if actor.org_kind in ("operator", "auditor"):
        return rows
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows.none()


def targets(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow firms to visit: the visitor's own; the district's for those who plan."""
    if not actor.permissions & _OFFICE and actor.may(Permission.RECORD_VISIT):
        return rows.filter(visitor_id=actor.person_id)
    return of_district(actor, rows)


def install() -> None:
    """Register the scopes of the package's tables."""
    for model in (Grid, Campaign, QualityCheck):
        register(model, of_district)
    register(Target, targets)
