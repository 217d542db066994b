"""Which bulletins and evaluations an actor may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.statistics.models import Bulletin, EvaluationResult, EvaluationRound


def bulletins(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow bulletins: drafts for those who write them, frozen ones for those who read statistics, public ones for all."""
    if actor.may(Permission.MANAGE_BULLETINS):
        return rows
    if actor.may(Permission.READ_STATISTICS):
        return rows.filter(state__in=["frozen", "superseded"])
    return rows.filter(Q(state="frozen", published_at__isnull=False))


def rounds(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow rounds: all for those who read evaluations; a bank sees those it takes part in."""
    if not actor.may(Permission.READ_EVALUATION) and not actor.may(Permission.MANAGE_EVALUATION):
        return rows.none()
    if actor.org_kind in ("bank", "guarantor"):
        return rows.filter(pk__in=results(actor, EvaluationResult.objects.all()).values("round_id"))
    return rows


def results(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow results: a bank and its branches see the bank's own."""
    if not actor.may(Permission.READ_EVALUATION) and not actor.may(Permission.MANAGE_EVALUATION):
        return rows.none()
    if actor.org_kind in ("bank", "guarantor"):
        paths = _upwards(actor.org_path)
        return rows.filter(institution_path__in=paths) if paths else rows.none()
    return rows


def _upwards(path: str) -> list[str]:
    parts = path.strip("/").split("/") if path.strip("/") else []
    return ["/" + "/".join(parts[:depth]) + "/" for depth in range(len(parts), 0, -1)]


def install() -> None:
    """Register the scopes of the package's tables."""
    register(Bulletin, bulletins)
    register(EvaluationRound, rounds)
    register(EvaluationResult, results)
