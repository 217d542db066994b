"""What is asked about dispatch plans: one in full, and the list."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.catalogue import queries as catalogue
from huoshui.financing.dispatch import BASIS_NAMES
from huoshui.financing.models import Demand, DispatchRun
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """A demand at a branch."""

    bank: Text
    branch: Text
    product: Text
    basis: Text
    points: int
    why: Text


@dataclass(frozen=True, slots=True)
class PlannedDemand:
    """A demand of the plan with its banks, or with the reason why it has none. *amount* in fen."""

    id: int
    number: str
    firm: str
    amount: int
    lines: tuple[PlannedLine, ...]
    why_not: Text | None


@dataclass(frozen=True, slots=True)
class RunView:
    """A plan. *gain*: points above taking the best first."""

    id: int
    version: int
    state: str
    made_by: str
    made_at: dt.datetime
    done_at: dt.datetime | None
    method: str
    objective: int
    greedy_objective: int
    places: int
    placed: tuple[PlannedDemand, ...]
    unplaced: tuple[PlannedDemand, ...]
    left: tuple[PlannedDemand, ...]
    done: int

    @property
    def points(self) -> str:
        """Return the points of the plan, grouped."""
        return f"{self.objective:,}"

    @property
    def gain(self) -> str:
        """Return how many points the plan is better than taking the best first, grouped."""
        return f"{self.objective - self.greedy_objective:,}"


def runs(actor: Actor) -> QuerySet[DispatchRun]:
    """Return the plans the actor may see, newest first."""
    return scope(actor, DispatchRun.objects.select_related("made_by")).order_by("-id")


def run(actor: Actor, run_id: int) -> RunView:
    """Return one plan. Raises DomainError where the actor may not see it."""
    row = runs(actor).filter(pk=run_id).first()
    if row is None:
        raise DomainError("not_found", Text("没有这个派单方案。", "No such plan."), field="run", value=run_id)
    lines: dict[int, list[dict[str, Any]]] = {}
    for line in row.lines:
        lines.setdefault(line["demand"], []).append(line)
    left = row.result.get("left", [])
    pks = [*lines, *(each["demand"] for each in (*row.unplaced, *left))]
    asked = {found.pk: found for found in scope(actor, Demand.objects.filter(pk__in=pks)).select_related("enterprise")}
    names = _Names()
    return RunView(
        id=row.pk,
        version=row.version,
        state=row.state,
        made_by=row.made_by.name if row.made_by else "",
        made_at=row.made_at,
        done_at=row.done_at,
        method=row.method,
        objective=row.objective,
        greedy_objective=row.greedy_objective,
        places=len(row.lines),
        placed=tuple(_planned(asked[pk], found, names) for pk, found in lines.items() if pk in asked),
        unplaced=_without(row.unplaced, asked),
        left=_without(left, asked),
        done=row.result.get("done", 0),
    )


class _Names:
    def __init__(self) -> None:
        self.banks = {view.org_id: view.name for view in catalogue.institutions()}
        self.branches = {view.org_id: view.name for view in catalogue.branches()}
        self.products = {offer.product_id: offer.name for offer in catalogue.offered_products()}


def _planned(row: Demand, lines: list[dict[str, Any]], names: _Names) -> PlannedDemand:
    nothing = Text("—", "—")
    found = tuple(
        PlannedLine(
            names.banks.get(line["bank"], nothing),
            names.branches.get(line["branch"], nothing),
            names.products.get(line["product"] or 0, nothing),
            BASIS_NAMES[line["basis"]],
            line["points"],
            Text(line["zh"], line["en"]),
        )
        for line in lines
    )
    return PlannedDemand(row.pk, row.number, row.enterprise.name, row.amount, found, None)


def _without(lines: list[dict[str, Any]], asked: dict[int, Demand]) -> tuple[PlannedDemand, ...]:
    return tuple(
        PlannedDemand(row.pk, row.number, row.enterprise.name, row.amount, (), Text(line["zh"], line["en"]))
        for line in lines
        if (row := asked.get(line["demand"]))
    )
