"""Which grids, campaigns and firms to visit an actor may see; the database's row security says the same once more."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.service.models import (
    Attendance,
    Campaign,
    Complaint,
    Grid,
    QualityCheck,
    QuarterNeed,
    StageReport,
    Target,
    Ticket,
)

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


def complaints(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow matters: the firm's own; the district's for those who handle them; to a bank what it is asked about."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind in ("bank", "guarantor"):
        return rows.filter(target_path__startswith=actor.org_path).exclude(state__in=["evidence", "received"])
    return _office(actor, rows, Permission.HANDLE_COMPLAINTS)


def attendances(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow attendances: the firm's own; the district's for those who hold events."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    return _office(actor, rows, Permission.MANAGE_EVENTS)


def tickets(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow turns at the hall: the firm's own; all for the hall."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    return rows if actor.kind == "system" or actor.may(Permission.WORK_HALL) else rows.none()


def stages(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow what the hall reported: the firm's own; a bank's own; all for the hall; the district's for its offices."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind in ("bank", "guarantor"):
        return rows.filter(bank_path__startswith=actor.org_path)
    return rows if actor.may(Permission.WORK_HALL) else _office(actor, rows, Permission.HANDLE_COMPLAINTS)


def _office(actor: Actor, rows: QuerySet[Any], permission: Permission) -> QuerySet[Any]:
    if actor.kind == "system":
        return rows
    if not actor.may(permission) and not actor.may(Permission.READ_STATISTICS):
        return rows.none()
    if actor.org_kind in ("operator", "auditor"):
        return rows
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows.none()


def install() -> None:
    """Register the scopes of the package's tables."""
    for model in (Grid, Campaign, QualityCheck):
        register(model, of_district)
    register(Target, targets)
    register(Complaint, complaints)
    register(Attendance, attendances)
    register(Ticket, tickets)
    register(QuarterNeed, of_district)
    register(StageReport, stages)
