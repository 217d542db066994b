"""Who offers: institutions, their branches, the districts these serve and what they can carry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import actions as audit
from huoshui.catalogue import authority, freshness
from huoshui.catalogue.constraints import act
from huoshui.catalogue.models import Branch, Institution
from huoshui.catalogue.terms import DISTRICT
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.text import Text

MOST_CASES_A_WEEK = 10_000


@act
def register_institution(
    actor: Actor, *, organisation_id: int, kind: str, small: bool = False, summary: str = "", phone: str = ""
) -> int:
    """Make an organisation a provider (or correct what is known of one); return its id."""
    authority.require(actor, Permission.APPROVE_PRODUCTS)
    if kind not in Institution.Kind.values:
        raise Refused([Problem("institution_kind", Text("没有这种机构类型。", "No such kind."), "kind", kind)])
    values = {"kind": kind, "small": small, "summary": summary, "phone": phone}
    row, _ = Institution.objects.update_or_create(organisation_id=organisation_id, defaults=values)
    audit.record(actor, "INSTITUTION_REGISTERED", ("institution", row.pk), facts={"name": str(row.organisation)})
    freshness.forget()
    return int(row.pk)


@act
def register_branch(
    actor: Actor,
    *,
    organisation_id: int,
    institution_id: int,
    districts: Sequence[str],
    weekly_capacity: int = 20,
    address: str = "",
    contact: str = "",
) -> int:
    """Make an organisation a branch that takes cases in *districts* (six digits each); return its id."""
    authority.require(actor, Permission.APPROVE_PRODUCTS)
    _refuse_if([*_districts(districts), *_capacity(weekly_capacity)])
    values = {
        "institution_id": institution_id,
        "districts": sorted(set(districts)),
        "weekly_capacity": weekly_capacity,
        "address": address,
        "contact": contact,
    }
    row, _ = Branch.objects.update_or_create(organisation_id=organisation_id, defaults=values)
    facts = {"name": str(row.organisation), "districts": row.districts}
    audit.record(actor, "BRANCH_REGISTERED", ("branch", row.pk), facts=facts)
    freshness.forget()
    return int(row.pk)


@act
def edit_branch(actor: Actor, *, branch_id: int, districts: Sequence[str], address: str, contact: str) -> None:
    """Change where a branch of one's own bank takes cases and how it is reached."""
    row = _own_branch(actor, branch_id)
    _refuse_if(_districts(districts))
    row.districts, row.address, row.contact = sorted(set(districts)), address, contact
    row.save(update_fields=["districts", "address", "contact"])
    audit.record(actor, "BRANCH_CHANGED", ("branch", row.pk), facts={"name": str(row.organisation)})
    freshness.forget()


@act
def follow_district(actor: Actor, *, old: str, new: Sequence[str]) -> int:
    """Let branches that serve a dissolved district serve what followed it too; return how many did not yet."""
    authority.require(actor, Permission.MANAGE_EVALUATION)
    _refuse_if(_districts(new))
    count = 0
    for row in Branch.objects.select_for_update(of=("self",)).filter(districts__contains=[old]):
        wider = sorted({*row.districts, *new})
        if wider != row.districts:
            row.districts = wider
            row.save(update_fields=["districts"])
            audit.record(actor, "BRANCH_CHANGED", ("branch", row.pk), facts={"name": str(row.organisation)})
            count += 1
    freshness.forget()
    return count


@act
def set_capacity(actor: Actor, *, branch_id: int, weekly_capacity: int, paused_until: dt.date | None = None) -> None:
    """Say how many cases a week a branch of one's own bank takes, and until which day (included) it takes none."""
    row = _own_branch(actor, branch_id)
    _refuse_if(_capacity(weekly_capacity))
    row.weekly_capacity, row.paused_until = weekly_capacity, paused_until
    row.save(update_fields=["weekly_capacity", "paused_until"])
    facts = {
        "name": str(row.organisation),
        "weekly_capacity": weekly_capacity,
        "paused_until": paused_until.isoformat() if paused_until else "—",
    }
    audit.record(actor, "CAPACITY_SET", ("branch", row.pk), facts=facts)
    freshness.forget()


def _own_branch(actor: Actor, branch_id: int) -> Branch:
    authority.require(actor, Permission.MANAGE_CAPACITY)
    row = Branch.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=branch_id)
    authority.require_own(actor, row.organisation.path)
    return row


def _districts(codes: Sequence[str]) -> list[Problem]:
    if not codes:
        return [Problem("branch_districts", Text("请至少选择一个区县。", "Choose at least one district."), "districts")]
    wrong = [code for code in codes if len(code) != 6 or not DISTRICT.match(code)]
    said = Text("区县代码应为六位数字。", "A district code has six digits.")
    return [Problem("branch_districts", said, "districts", code) for code in wrong]


def _capacity(cases: int) -> list[Problem]:
    if 0 <= cases <= MOST_CASES_A_WEEK:
        return []
    said = Text(f"每周接单数应在 0 到 {MOST_CASES_A_WEEK} 之间。", f"Between 0 and {MOST_CASES_A_WEEK} cases a week.")
    return [Problem("branch_capacity", said, "weekly_capacity", cases)]


def _refuse_if(problems: list[Problem]) -> None:
    if problems:
        raise Refused(problems)
