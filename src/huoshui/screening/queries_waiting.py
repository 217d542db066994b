"""What can be asked of firms on a list that no bank can take now. Rows are scoped to the reader's district."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.kernel.text import Text
from huoshui.screening.left_over import OBSTACLES, Why
from huoshui.screening.models import LeadPush, LeadWaiting
from huoshui.screening.queries_list import definitions


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """How many firms wait for one reason, and what can be done about it."""

    why: Why
    name: Text
    remedy: Text
    count: int


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Whom no bank could take when the list was last tried at *tried_at*."""

    count: int
    tried_at: dt.datetime
    lines: tuple[WaitingLine, ...]


def waiting(actor: Actor, list_id: int) -> QuerySet[LeadWaiting]:
    """Return the firms of a list that wait for a bank, as far as *actor* may see them."""
    rows = LeadWaiting.objects.filter(definition__in=definitions(actor), definition_id=list_id)
    return scope(actor, rows.select_related("enterprise"))


def waiting_view(actor: Actor, list_id: int) -> WaitingView | None:
    """Return how many firms wait and why, the most first; None for a list that was never handed out."""
    pushes = LeadPush.objects.filter(definition__in=definitions(actor), definition_id=list_id)
    last = pushes.order_by("-pk").values_list("made_at", flat=True).first()
    if last is None:
        return None
    rows = waiting(actor, list_id).order_by().values_list("reason").annotate(n=Count("pk"))
    counts = {Why(reason): count for reason, count in rows.values_list("reason", "n")}
    return WaitingView(sum(counts.values()), last, lines_of(counts))


def lines_of(counts: dict[Why, int]) -> tuple[WaitingLine, ...]:
    """Return counts by reason in words, the most first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(WaitingLine(why, OBSTACLES[why].name, OBSTACLES[why].remedy, count) for why, count in ordered if count)
