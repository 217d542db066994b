"""The hall's queue and districts' needs as pages show them."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.kernel import clock
from huoshui.service.models import QuarterNeed, StageReport, Ticket


def queue(actor: Actor, day: dt.date | None = None) -> QuerySet[Ticket]:
    """Return the turns of *day* (today unless given) that *actor* may see, in the order they were made."""
    rows = scope(actor, Ticket.objects.filter(day=day or clock.today()))
    return rows.select_related("enterprise", "clerk").order_by("made_at", "pk")


def own_turns(actor: Actor) -> QuerySet[Ticket]:
    """Return the firm's turns from today on."""
    rows = scope(actor, Ticket.objects.filter(day__gte=clock.today()))
    return rows.exclude(state="cancelled").order_by("day", "slot", "pk")


def stages(actor: Actor, enterprise_id: int | None = None) -> QuerySet[StageReport]:
    """Return where firms stand by the newest report of each firm and bank, the latest first."""
    newest = StageReport.objects.order_by("enterprise_id", "bank_id", "-id").distinct("enterprise_id", "bank_id")
    if enterprise_id is not None:
        newest = newest.filter(enterprise_id=enterprise_id)
    rows = scope(actor, StageReport.objects.filter(pk__in=newest.values("pk")))
    return rows.select_related("enterprise", "bank", "reported_by").order_by("-id")


def needs(actor: Actor) -> QuerySet[QuarterNeed]:
    """Return what districts reported, the latest quarter first."""
    return scope(actor, QuarterNeed.objects.all()).order_by("-year", "-quarter", "district_code")
