"""Which bulletins and evaluations an actor may see."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import register
from huoshui.statistics.models import Bulletin


def bulletins(actor: Actor, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Narrow bulletins: drafts for those who write them, frozen ones for those who read statistics, public ones for all."""
    if actor.may(Permission.MANAGE_BULLETINS):
        return rows
    if actor.may(Permission.READ_STATISTICS):
        return rows.filter(state__in=["frozen", "superseded"])
    return rows.filter(Q(state="frozen", published_at__isnull=False))


def install() -> None:
    """Register the scopes of the package's tables."""
    register(Bulletin, bulletins)
