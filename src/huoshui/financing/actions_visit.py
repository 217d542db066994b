"""A call on a firm, recorded in under a minute, also later from a phone that was offline; a need becomes a demand at once."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import IntegrityError, transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.financing.actions_demand import enter_demand
from huoshui.financing.ask import Ask
from huoshui.financing.models import Demand, Visit
from huoshui.financing.perform import person_of, refuse_if, require, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text

OUTCOMES: dict[str, Text] = {
    "need": Text("有融资需求", "Has a need"),
    "no_need": Text("暂无需求", "No need now"),
    "not_found": Text("未找到", "Not found"),
    "closed": Text("已停业", "Closed down"),
    "refused": Text("不愿接受走访", "Would not talk"),
}


@dataclass(frozen=True, slots=True)
class DemandAsk(Ask):
    """What a visited firm needs, with the products it picked and the consents it signed on paper."""

    product_ids: tuple[int, ...] = ()
    platform_chooses: bool = True
    consents: Sequence[Mapping[str, Any]] = ()
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Visited:
    """A recorded call. *again*: the phone sent it before."""

    id: int
    demand_id: int | None
    again: bool = False


def record_visit(
    actor: Actor,
    *,
    enterprise_id: int,
    visited_on: dt.date,
    outcome: str,
    note: str = "",
    client_id: uuid.UUID | str | None = None,
    follow_up_on: dt.date | None = None,
    demand: Ask | None = None,
) -> Visited:
    """Record a call; with *demand*, declare what the firm needs in the same transaction. *client_id* twice is one visit."""
    require(actor, Permission.RECORD_VISIT)
    key = uuid.UUID(str(client_id)) if client_id else uuid.uuid4()
    if before := _again(key):
        return before
    refuse_if(_problems(visited_on, outcome, follow_up_on, demand))
    district = _district(actor, enterprise_id)
    try:
        with writing():
            row = _create(actor, enterprise_id, district, key, visited_on, outcome, note, follow_up_on)
            facts = {"outcome": OUTCOMES[outcome], "visited_on": visited_on}
            record(actor, "VISIT_RECORDED", ("visit", row.pk), topic=f"enterprise:{enterprise_id}", facts=facts)
            if demand is not None:
                _declare(actor, row, demand)
    except IntegrityError:
        if before := _again(key):
            return before
        raise
    return Visited(row.pk, row.demand_id)


def _again(key: uuid.UUID) -> Visited | None:
    found = Visit.objects.filter(client_id=key).values_list("pk", "demand_id").first()
    return Visited(*found, again=True) if found else None


def _problems(visited_on: dt.date, outcome: str, follow_up_on: dt.date | None, demand: Ask | None) -> list[Problem]:
    found = []
    if outcome not in OUTCOMES:
        found.append(Problem("visit_outcome", Text("请选择走访结果。", "Choose an outcome."), "outcome", outcome))
    if visited_on > clock.today():
        said = Text(
            f"走访日期 {visited_on} 晚于今天，请填写今天或以前的日期。",
            f"A visit on {visited_on} lies in the future; give today or an earlier day.",
        )
        found.append(Problem("visit_day", said, "visited_on", visited_on))
    if follow_up_on is not None and follow_up_on <= visited_on:
        said = Text("回访日期应晚于走访日期。", "The next call comes after this one.")
        found.append(Problem("visit_follow_up", said, "follow_up_on", follow_up_on))
    if demand is not None and outcome != "need":
        said = Text("填了需求，走访结果应为“有融资需求”。", "With a demand the outcome is “has a need”.")
        found.append(Problem("visit_demand", said, "outcome", outcome))
    return found


def _district(actor: Actor, enterprise_id: int) -> str:
    firms: Any = Demand._meta.get_field("enterprise").related_model
    district: str | None = (
        firms._default_manager.filter(pk=enterprise_id).values_list("district_code", flat=True).first()
    )
    if district is None or (actor.district and not district.startswith(actor.district)):
        words = Text("没有这个企业，或不在您负责的区县。", "No such firm, or outside your district.")
        raise DomainError("no_enterprise", words, field="enterprise_id", value=enterprise_id)
    return district


def _create(
    actor: Actor,
    enterprise_id: int,
    district: str,
    key: uuid.UUID,
    visited_on: dt.date,
    outcome: str,
    note: str,
    follow_up_on: dt.date | None,
) -> Visit:
    with transaction.atomic():
        return Visit.objects.create(
            client_id=key,
            enterprise_id=enterprise_id,
            district_code=district,
            visitor_id=person_of(actor),
            organisation_id=actor.organisation_id or 0,
            visited_on=visited_on,
            outcome=outcome,
            note=note.strip(),
            follow_up_on=follow_up_on,
            recorded_at=clock.now(),
        )


def _declare(actor: Actor, visit: Visit, asked: Ask) -> None:
    ask = asked if isinstance(asked, DemandAsk) else DemandAsk(**asdict(asked))
    made = enter_demand(
        actor,
        enterprise_id=visit.enterprise_id,
        amount=ask.amount,
        term_months=ask.term_months,
        purpose=ask.purpose,
        purpose_text=ask.purpose_text,
        collateral=ask.collateral,
        channel="visit",
        product_ids=ask.product_ids,
        platform_chooses=ask.platform_chooses,
        consents=ask.consents,
        paper=ask.paper,
        form_key=visit.client_id,
    )
    Visit.objects.filter(pk=visit.pk).update(demand_id=made.id)
    visit.demand_id = made.id
