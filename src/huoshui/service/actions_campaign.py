"""Visit campaigns: grids are drawn, firms chosen and shared out, visits recorded (also later, from a phone without
network) and some of them looked at again by somebody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing import actions as financing
from huoshui.financing.ask import Ask
from huoshui.financing.perform import person_of, refuse_if, require, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Stale
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.screening import queries_list as lists
from huoshui.service.campaigns import AIMS, KINDS, Street, drawn, way
from huoshui.service.models import Campaign, Grid, QualityCheck, Target

MOST = 20_000  # firms a campaign reaches; a larger one is several campaigns, each with its own weeks
_P = Permission


@dataclass(frozen=True, slots=True)
class Wanted:
    """Whom a campaign is to reach; empty parts do not narrow. *industry*: beginning of the code; *aims*: of AIMS;
    *listed*: code of a list of firms, its newest edition."""

    kind: str = ""
    industry: str = ""
    label: str = ""
    aims: tuple[str, ...] = ()
    most: int = MOST
    listed: str = ""

    def as_rule(self) -> dict[str, Any]:
        """Return the rule as it is kept."""
        return {
            "kind": self.kind, "industry": self.industry, "label": self.label, "aims": list(self.aims),
            "most": self.most, "listed": self.listed,
        }  # fmt: skip


def save_grid(
    actor: Actor,
    *,
    code: str,
    name: str,
    street: str,
    words: Sequence[str],
    keeper_id: int | None,
    name_en: str = "",
) -> int:
    """Draw a grid of the actor's district, or change the one with this *code*; return its id."""
    require(actor, _P.PLAN_VISITS)
    said = [word.strip() for word in words if word.strip()]
    refuse_if(_grid_problems(actor, code.strip(), name.strip(), said, keeper_id))
    values = {
        "name": name.strip(), "name_en": name_en.strip(), "street": street.strip(), "words": said, "keeper_id": keeper_id
    }  # fmt: skip
    with writing():
        row, _new = Grid.objects.update_or_create(
            code=code.strip(), district_code=actor.district, defaults=values, create_defaults=values
        )
        record(actor, "GRID_SAVED", ("grid", row.pk), facts={"name": name.strip(), "words": "、".join(said)})
    return row.pk


def open_campaign(actor: Actor, *, name: str, first_day: dt.date, last_day: dt.date, wanted: Wanted) -> int:
    """Open a campaign in the actor's district: choose the firms, share them among visitors in walking order."""
    require(actor, _P.PLAN_VISITS)
    refuse_if(_campaign_problems(actor, name, first_day, last_day, wanted))
    firms = chosen(actor, wanted)
    if not firms:
        words = Text("没有符合条件的企业，请放宽条件。", "No firm fits; ask for less.")
        raise DomainError("campaign_empty", words, field="aims", value="、".join(wanted.aims))
    places = way(firms, streets(actor), visitors(actor))
    with writing():
        row = Campaign.objects.create(
            name=name.strip(), district_code=actor.district, first_day=first_day, last_day=last_day,
            rule=wanted.as_rule(), created_by_id=person_of(actor), created_at=clock.now(),
        )  # fmt: skip
        targets = [
            Target(
                campaign=row, enterprise_id=one.firm, district_code=actor.district, grid_id=one.grid,
                visitor_id=one.visitor, place=one.place,
            )
            for one in places
        ]  # fmt: skip
        Target.objects.bulk_create(targets, batch_size=2_000)
        facts = {"name": row.name, "firms": len(targets)}
        record(actor, "CAMPAIGN_OPENED", ("campaign", row.pk), topic=f"campaign:{row.pk}", facts=facts)
        _tell_visitors(actor, row, [one.visitor for one in places])
    return row.pk


def hand_over(actor: Actor, *, campaign_id: int, target_ids: Sequence[int], visitor_id: int) -> int:
    """Give firms that are not yet visited to another visitor of the office; return how many moved."""
    require(actor, _P.PLAN_VISITS)
    campaign = _campaign(actor, campaign_id)
    if visitor_id not in visitors(actor):
        words = Text("请选择本单位的走访人员。", "Choose a visitor of your office.")
        raise DomainError("visitor_unknown", words, field="visitor", value=visitor_id)
    with writing():
        moved = Target.objects.filter(campaign=campaign, pk__in=list(target_ids), visit=None).update(
            visitor_id=visitor_id
        )
        facts = {"firms": moved, "visitor": visitor_id}
        record(actor, "TARGETS_HANDED_OVER", ("campaign", campaign.pk), topic=f"campaign:{campaign.pk}", facts=facts)
    return moved


def close_campaign(actor: Actor, *, campaign_id: int) -> None:
    """End a campaign; what was not visited stays as it is and counts as not visited."""
    require(actor, _P.PLAN_VISITS)
    campaign = _campaign(actor, campaign_id)
    with writing():
        open_ones = Campaign.objects.filter(pk=campaign.pk, state=Campaign.State.OPEN)
        if not open_ones.update(state=Campaign.State.CLOSED, closed_at=clock.now()):
            raise Stale(what="campaign")
        facts = {"name": campaign.name}
        record(actor, "CAMPAIGN_CLOSED", ("campaign", campaign.pk), topic=f"campaign:{campaign.pk}", facts=facts)


def visit_target(
    actor: Actor,
    *,
    target_id: int,
    client_id: UUID | str,
    visited_on: dt.date,
    outcome: str,
    note: str = "",
    follow_up_on: dt.date | None = None,
    need: Mapping[str, Any] | None = None,
) -> financing.Visited:
    """Record the visit of one of the actor's firms; *need* (amount, term_months, purpose) is declared in the same step.

    The phone makes *client_id*: sent twice, it is one visit. A firm that a colleague has visited meanwhile keeps both
    visits on record; the campaign counts the first.
    """
    require(actor, _P.RECORD_VISIT)
    target = scope(actor, Target.objects.filter(pk=target_id)).select_related("campaign").first()
    if target is None:
        words = Text("这家企业不在您的走访名单里。", "This firm is not on your list of visits.")
        raise DomainError("target_unknown", words, field="target", value=target_id)
    with transaction.atomic():
        made = financing.record_visit(
            actor,
            enterprise_id=target.enterprise_id,
            visited_on=visited_on,
            outcome=outcome,
            note=note,
            client_id=client_id,
            follow_up_on=follow_up_on,
            demand=Ask(**need) if need else None,
        )
        with writing():
            Target.objects.filter(pk=target.pk, visit=None).update(visit_id=made.id)
    return made


def draw_sample(actor: Actor, *, campaign_id: int) -> int:
    """Draw visits of the campaign to be looked at again; return how many are new. Drawing again adds only newer visits."""
    require(actor, _P.PLAN_VISITS)
    campaign = _campaign(actor, campaign_id)
    made = Target.objects.filter(campaign=campaign, visit__isnull=False).values_list("pk", flat=True)
    percent = catalogue.parameter("visit.sample_percent")
    wanted = drawn(made, percent=percent, seed=f"campaign-{campaign.pk}")
    with writing():
        known = set(QualityCheck.objects.filter(target__campaign=campaign).values_list("target_id", flat=True))
        rows = [
            QualityCheck(target_id=pk, district_code=campaign.district_code, drawn_at=clock.now())
            for pk in wanted
            if pk not in known
        ]
        QualityCheck.objects.bulk_create(rows)
        facts = {"visits": len(rows), "percent": percent}
        record(actor, "SAMPLE_DRAWN", ("campaign", campaign.pk), topic=f"campaign:{campaign.pk}", facts=facts)
    return len(rows)


def check_visit(actor: Actor, *, check_id: int, verdict: str, note: str = "") -> None:
    """Keep what the second look at a visit found; nobody looks at their own visit."""
    require(actor, _P.PLAN_VISITS)
    row = scope(actor, QualityCheck.objects.filter(pk=check_id)).select_related("target__visit").first()
    if row is None:
        words = Text("没有这条抽查。", "No such check.")
        raise DomainError("check_unknown", words, field="check", value=check_id)
    problems = []
    if verdict not in QualityCheck.Verdict.values:
        problems.append(Problem("check_verdict", Text("请选择抽查结论。", "Choose a verdict."), "verdict", verdict))
    if verdict == QualityCheck.Verdict.DOUBTFUL and not note.strip():
        problems.append(Problem("check_note", Text("存疑请写明原因。", "Say what is doubtful."), "note", note))
    if row.target.visit is not None and row.target.visit.visitor_id == actor.person_id:
        said = Text("不能抽查自己的走访，请换人。", "Nobody checks their own visit; let a colleague do it.")
        problems.append(Problem("check_own", said, "checker", actor.name))
    refuse_if(problems)
    with writing():
        QualityCheck.objects.filter(pk=row.pk).update(
            verdict=verdict, note=note.strip(), checker_id=person_of(actor), checked_at=clock.now()
        )
        facts = {"verdict": QualityCheck.Verdict(verdict).label, "note": note.strip()}
        record(actor, "VISIT_CHECKED", ("check", row.pk), topic=f"campaign:{row.target.campaign_id}", facts=facts)


def chosen(actor: Actor, wanted: Wanted) -> list[tuple[int, str]]:
    """Return (id, address) of the firms that *wanted* means in the actor's district, at most its number, by id."""
    rows = registry.enterprises(
        actor, district=actor.district, kind=wanted.kind, status="active", section=wanted.industry, label=wanted.label
    )
    if wanted.listed:
        rows = rows.filter(pk__in=lists.firms_on(actor, wanted.listed))
    if "never_visited" in wanted.aims:
        rows = rows.filter(visits__isnull=True)
    if "never_borrowed" in wanted.aims:
        rows = rows.exclude(sheets__values__contains={"has_loan_history": True})
    if "no_open_demand" in wanted.aims:
        rows = rows.exclude(demands__state__in=["declared", "repairing", "recommended", "dispatched"])
    return list(rows.order_by("pk").values_list("pk", "address")[: wanted.most])


def streets(actor: Actor) -> list[Street]:
    """Return the grids of the actor's district as firms are sorted into them."""
    rows = scope(actor, Grid.objects.filter(district_code=actor.district))
    return [Street(row.pk, tuple(row.words), row.keeper_id) for row in rows.order_by("pk")]


def visitors(actor: Actor) -> list[int]:
    """Return the people of the actor's office who record visits and do nothing else with demands."""
    able = offices.colleagues(actor.organisation_id or 0, permission=_P.RECORD_VISIT)
    plans = {pk for pk, _name in offices.colleagues(actor.organisation_id or 0, permission=_P.PLAN_VISITS)}
    return [pk for pk, _name in able if pk not in plans] or [pk for pk, _name in able]


def _campaign(actor: Actor, campaign_id: int) -> Campaign:
    row = scope(actor, Campaign.objects.filter(pk=campaign_id)).first()
    if row is None:
        words = Text("没有这次走访行动，或不在您的区县。", "No such campaign, or outside your district.")
        raise DomainError("campaign_unknown", words, field="campaign", value=campaign_id)
    return row


def _grid_problems(actor: Actor, code: str, name: str, words: list[str], keeper: int | None) -> list[Problem]:
    found = []
    if not actor.district:
        found.append(
            Problem("grid_district", Text("网格由区县划定。", "Grids are drawn by a district."), "district", "")
        )
    if not code or not name:
        found.append(Problem("grid_name", Text("请填写编号和名称。", "Give a code and a name."), "name", name))
    if Grid.objects.filter(code=code).exclude(district_code=actor.district).exists():
        said = Text("这个编号已被别的区县使用。", "Another district uses this code.")
        found.append(Problem("grid_code", said, "code", code))
    if not words:
        said = Text("至少写一个路名，地址含它的企业归入本网格。", "Name at least one street.")
        found.append(Problem("grid_words", said, "words", ""))
    if keeper is not None and keeper not in visitors(actor):
        said = Text("负责人应是本单位的走访人员。", "The keeper is a visitor of your office.")
        found.append(Problem("grid_keeper", said, "keeper", keeper))
    return found


def _campaign_problems(actor: Actor, name: str, first_day: dt.date, last_day: dt.date, wanted: Wanted) -> list[Problem]:
    found = []
    if len(actor.district) != 6:
        said = Text("走访行动由区县发起。", "Campaigns are opened by a district.")
        found.append(Problem("campaign_district", said, "district", actor.district))
    if not name.strip():
        found.append(Problem("campaign_name", Text("请给行动起个名字。", "Name the campaign."), "name", name))
    if last_day < first_day:
        said = Text("结束日不能早于开始日。", "The last day is before the first.")
        found.append(Problem("campaign_days", said, "last_day", last_day))
    if last_day < clock.today():
        said = Text("结束日已经过去。", "The last day has passed.")
        found.append(Problem("campaign_past", said, "last_day", last_day))
    if unknown := [
        *(aim for aim in wanted.aims if aim not in AIMS),
        *([wanted.kind] if wanted.kind not in ("", *KINDS) else []),
    ]:
        said = Text("有不认识的条件。", "A condition is unknown.")
        found.append(Problem("campaign_rule", said, "aims", "、".join(unknown)))
    if not 1 <= wanted.most <= MOST:
        said = Text(f"户数应在 1 到 {MOST:,} 之间。", f"Between 1 and {MOST:,} firms.")
        found.append(Problem("campaign_most", said, "most", wanted.most))
    return found


def _tell_visitors(actor: Actor, row: Campaign, given: Sequence[int | None]) -> None:
    from huoshui.access import actions as access

    for visitor in sorted({each for each in given if each is not None}):
        facts = {"name": row.name, "firms": given.count(visitor), "until": row.last_day.isoformat()}
        access.notify(actor, template="CAMPAIGN_GIVEN", facts=facts, link="/gov/round/", person_id=visitor)
