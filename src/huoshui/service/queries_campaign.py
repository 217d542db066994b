"""Campaigns as pages show them: my firms today, how far each grid is, who has how much to do, what is looked at again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.service.campaigns import Coverage, Load
from huoshui.service.models import Campaign, Grid, QualityCheck, Target


@dataclass(frozen=True, slots=True)
class Call:
    """A firm on a visitor's list. *outcome* is empty until it was visited."""

    id: int
    enterprise_id: int
    name: str
    address: str
    grid: str
    campaign: str
    until: dt.date
    outcome: str
    visited_on: dt.date | None


@dataclass(frozen=True, slots=True)
class GridLine:
    """A grid of a campaign and how far it is; *keeper* is who answers for it."""

    id: int | None
    name: Text
    street: str
    keeper: str
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class LoadLine:
    """A visitor of a campaign and the work done."""

    id: int | None
    name: str
    load: Load


@dataclass(frozen=True, slots=True)
class Board:
    """A campaign as a whole, by grid and by visitor."""

    campaign: Campaign
    total: Coverage
    grids: tuple[GridLine, ...]
    loads: tuple[LoadLine, ...]
    days_left: int


def campaigns(actor: Actor) -> QuerySet[Campaign]:
    """Return the campaigns *actor* may see with `firms` and `visited`, the latest first."""
    rows = scope(actor, Campaign.objects.select_related("created_by"))
    return rows.annotate(
        firms=Count("targets"), visited=Count("targets", filter=Q(targets__visit__isnull=False))
    ).order_by("-first_day", "-pk")


def campaign(actor: Actor, campaign_id: int) -> Campaign | None:
    """Return one campaign, None where *actor* may not see it."""
    return campaigns(actor).filter(pk=campaign_id).first()


def grids(actor: Actor) -> QuerySet[Grid]:
    """Return the grids *actor* may see, by code."""
    return scope(actor, Grid.objects.select_related("keeper")).order_by("code")


def calls(actor: Actor, *, limit: int = 200) -> list[Call]:
    """Return the actor's firms of open campaigns in walking order: those still to visit, then those visited today."""
    today = clock.today()
    rows = (
        scope(actor, Target.objects.filter(visitor_id=actor.person_id, campaign__state=Campaign.State.OPEN))
        .filter(campaign__first_day__lte=today)
        .filter(Q(visit=None) | Q(visit__visited_on=today))
        .select_related("enterprise", "grid", "campaign", "visit")
        .order_by(F("visit_id").asc(nulls_first=True), "campaign__last_day", "place")
    )
    return [_call(row) for row in rows[:limit]]


def _call(row: Target) -> Call:
    firm: Any = row.enterprise
    return Call(
        id=row.pk, enterprise_id=firm.pk, name=firm.name, address=firm.address,
        grid=row.grid.name if row.grid else "", campaign=row.campaign.name, until=row.campaign.last_day,
        outcome=row.visit.outcome if row.visit else "", visited_on=row.visit.visited_on if row.visit else None,
    )  # fmt: skip


def targets(actor: Actor, campaign_id: int) -> QuerySet[Target]:
    """Return a campaign's firms for a list."""
    rows = scope(actor, Target.objects.filter(campaign_id=campaign_id))
    return rows.select_related("enterprise", "grid", "visitor", "visit", "visit__demand")


def checks(actor: Actor, campaign_id: int) -> QuerySet[QualityCheck]:
    """Return a campaign's visits that are looked at again, those still open first."""
    rows = scope(actor, QualityCheck.objects.filter(target__campaign_id=campaign_id))
    return rows.select_related("target__enterprise", "target__visit__visitor", "checker").order_by(
        F("checked_at").asc(nulls_first=True), "pk"
    )


REACHED: dict[str, tuple[Text, Q]] = {
    "visited": (Text("已走访", "Visited"), Q(visit__isnull=False)),
    "willing": (Text("有需求", "With a need"), Q(visit__outcome="need")),
    "matched": (Text("已对接", "With a bank"), Q(visit__demand__dispatched_at__isnull=False)),
    "paid": (Text("已放款", "Paid out"), Q(visit__demand__lent_at__isnull=False)),
}


def board(actor: Actor, row: Campaign) -> Board:
    """Return how far *row* is: four counts a grid and in all, and each visitor's load."""
    found = scope(actor, Target.objects.filter(campaign=row))
    counts = {"targets": Count("pk"), **{code: Count("pk", filter=on) for code, (_name, on) in REACHED.items()}}
    by_grid = found.values("grid_id", "grid__name", "grid__name_en", "grid__street", "grid__keeper__name", "grid__code")
    lines = tuple(
        _grid_line(each, Coverage(**{name: each[name] for name in counts}))
        for each in by_grid.annotate(**counts).order_by(F("grid__code").asc(nulls_last=True))
    )
    total = Coverage(**{name: sum(getattr(line.coverage, name) for line in lines) for name in counts})
    return Board(row, total, lines, _loads(found), max((row.last_day - clock.today()).days, 0))


def _grid_line(each: dict[str, Any], covered: Coverage) -> GridLine:
    nowhere = Text("未划入网格", "In no grid")
    name = Text(each["grid__name"], each["grid__name_en"] or each["grid__name"]) if each["grid_id"] else nowhere
    return GridLine(each["grid_id"], name, each["grid__street"] or "", each["grid__keeper__name"] or "", covered)


def _loads(found: QuerySet[Target]) -> tuple[LoadLine, ...]:
    by_visitor = found.values("visitor_id", "visitor__name").annotate(
        targets=Count("pk"),
        visited=Count("pk", filter=Q(visit__isnull=False)),
        days=Count("visit__visited_on", distinct=True),
        checked=Count("pk", filter=Q(quality__checked_at__isnull=False)),
        doubtful=Count("pk", filter=Q(quality__verdict="doubtful")),
    )
    return tuple(
        LoadLine(
            each["visitor_id"],
            each["visitor__name"] or "—",
            Load(each["targets"], each["visited"], set(range(each["days"])), each["checked"], each["doubtful"]),
        )
        for each in by_visitor.order_by("-visited", "visitor__name")
    )
