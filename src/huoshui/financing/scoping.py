"""Which demands, cases, loans, visits and codes an actor may see; the database's row security says the same once more.

A firm: its own. A bank: cases and loans of its own tree, and demands that are or were with it. Government: its district.
The operator and auditors: everything, where a role of theirs reads demands.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.financing.models import Demand, DemandGroup, DispatchRun, Loan, LoanCode, Paper, Referral, Visit

_P = Permission
_OFFICE = frozenset({_P.READ_DEMANDS, _P.JUDGE_DEMANDS, _P.DISPATCH_DEMANDS, _P.READ_FUNDS, _P.READ_STATISTICS})
_CASES = frozenset({_P.READ_CASES, _P.HANDLE_CASES, _P.MANAGE_LOANS})


def _by_place(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow to the district of a government office; everything for operator and auditors; nothing without a role."""
    if not actor.permissions & _OFFICE:
        return rows.none()
    if actor.org_kind in ("operator", "auditor"):
        return rows
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows.none()


def demands(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow demands; who enters demands for firms without reading all of them sees the ones entered."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind in ("bank", "guarantor"):
        if not actor.org_path or not actor.permissions & _CASES:
            return rows.none()
        return rows.filter(pk__in=Referral.objects.filter(bank_path__startswith=actor.org_path).values("demand_id"))
    if not actor.permissions & _OFFICE and actor.may(_P.ENTER_DEMAND):
        return rows.filter(Q(applicant_id=actor.person_id) | Q(visit__visitor_id=actor.person_id))
    return _by_place(actor, rows)


def groups(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow groups: an office's district; firms and banks those of demands they see."""
    if actor.kind == "owner" or actor.org_kind in ("bank", "guarantor"):
        return rows.filter(pk__in=demands(actor, Demand.objects.all()).values("group_id"))
    return _by_place(actor, rows)


def _of_bank(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind in ("bank", "guarantor"):
        allowed = actor.org_path and actor.permissions & _CASES
        return rows.filter(bank_path__startswith=actor.org_path) if allowed else rows.none()
    return _by_place(actor, rows)


def visits(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow visits: one's own, and for those who read demands the district's."""
    if actor.kind == "owner" or actor.org_kind in ("bank", "guarantor"):
        return rows.none()
    if not actor.permissions & _OFFICE:
        return rows.filter(visitor_id=actor.person_id) if actor.person_id else rows.none()
    return _by_place(actor, rows)


def codes(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow loan codes to those of one's district (offices) or made by oneself."""
    if not actor.may(_P.MANAGE_CODES):
        return rows.filter(created_by_id=actor.person_id) if actor.person_id else rows.none()
    return rows.filter(district_code__startswith=actor.district) if actor.district else rows


def papers(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow papers to those of firms whose open cases or demands the actor may see; consent is asked beside."""
    if actor.kind == "owner":
        return rows.filter(enterprise_id__in=actor.enterprise_ids)
    if actor.org_kind in ("bank", "guarantor"):
        return rows.filter(enterprise_id__in=_of_bank(actor, Referral.objects.all()).values("enterprise_id"))
    return rows.filter(enterprise_id__in=demands(actor, Demand.objects.all()).values("enterprise_id"))


def install() -> None:
    """Register the scopes of the package's tables."""
    register(Demand, demands)
    register(DispatchRun, _by_place)
    register(DemandGroup, groups)
    register(Referral, _of_bank)
    register(Loan, _of_bank)
    register(Visit, visits)
    register(LoanCode, codes)
    register(Paper, papers)
