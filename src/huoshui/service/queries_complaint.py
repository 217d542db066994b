"""Complaints as pages show them, and how many each institution drew."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.kernel import clock
from huoshui.service import complaints
from huoshui.service.models import Complaint


@dataclass(frozen=True, slots=True)
class OfInstitution:
    """What an institution drew in a span. *effective*: those taken up; *satisfied*: mean mark or None."""

    org_id: int
    name: str
    received: int
    effective: int
    answered: int
    late: int
    satisfied: float | None


def matters(actor: Actor) -> QuerySet[Complaint]:
    """Return what *actor* may see, what waits first by its day."""
    rows = scope(actor, Complaint.objects.select_related("enterprise", "target", "owner"))
    return rows.annotate(waits=Q(state__in=complaints.OPEN)).order_by("-waits", "due_on", "pk")


def told(actor: Actor) -> QuerySet[Complaint]:
    """Return what *actor* may see, to be counted."""
    return scope(actor, Complaint.objects.all())


def waiting(actor: Actor, *, soon: dt.date) -> dict[str, int]:
    """Return how many matters are late, due until *soon* (late ones apart), and not taken up yet."""
    today = clock.today()
    rows = scope(actor, Complaint.objects.filter(state__in=complaints.OPEN))
    return rows.aggregate(
        late=Count("pk", filter=Q(due_on__lt=today)),
        soon=Count("pk", filter=Q(due_on__range=(today, soon))),
        received=Count("pk", filter=Q(state="received")),
    )


def matter(actor: Actor, complaint_id: int) -> Complaint | None:
    """Return one matter, None where *actor* may not see it."""
    return matters(actor).filter(pk=complaint_id).first()


def about(actor: Actor, reference: str) -> int | None:
    """Return the newest matter about *reference* that *actor* may see."""
    rows = scope(actor, Complaint.objects.filter(reference=reference)).order_by("-pk")
    return rows.values_list("pk", flat=True).first()


def acts(actor: Actor, row: Complaint) -> tuple[str, ...]:
    """Return the acts open to *actor*."""
    side = "firm" if actor.kind == "owner" else "office"
    return complaints.acts(row.state, side, mine=row.owner_id == actor.person_id)


def by_institution(actor: Actor, *, first: dt.date, last: dt.date) -> list[OfInstitution]:
    """Return complaints about each institution received from *first* to *last*; those that were never met count only
    once somebody took them up."""
    rows = scope(actor, Complaint.objects.filter(kind="complaint", target__isnull=False))
    found = (
        rows.filter(received_at__date__range=(first, last))
        .values("target_id", "target__name")
        .annotate(
            received=Count("pk"),
            effective=Count("pk", filter=Q(owner__isnull=False)),
            answered=Count("pk", filter=Q(answered_at__isnull=False)),
            late=Count("pk", filter=Q(answered_at__date__gt=F("due_on")) | Q(escalated__gt=0)),
            satisfied=Avg("satisfaction"),
        )
        .order_by("-effective", "target_id")
    )
    return [_line(row) for row in found]


def _line(row: dict[str, Any]) -> OfInstitution:
    return OfInstitution(
        row["target_id"], row["target__name"], row["received"], row["effective"], row["answered"], row["late"],
        row["satisfied"],
    )  # fmt: skip
