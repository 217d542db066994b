"""The register itself: a firm entered by hand, a field put right by two people, two records of one firm joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.kernel import clock, uscc
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text
from huoshui.registry import changes, dictionary, pinyin, sizes
from huoshui.registry.divisions import gazetteer, install_divisions
from huoshui.registry.duplicates import move_back, move_over
from huoshui.registry.imports import cells
from huoshui.registry.imports.fields import BY_CODE, Field
from huoshui.registry.imports.problems import Reason
from huoshui.registry.models import Correction, Enterprise, EnterpriseChange, Merge

CORRECTABLE = (
    "name", "kind", "status", "district_code", "address", "industry_code", "scope", "established_on",
    "registered_capital", "organisation_type", "labels",
)  # fmt: skip


def install_reference_data(actor: Actor) -> int:
    """Bring the table of divisions up to date with the shipped one; returns how many. Idempotent."""
    with transaction.atomic():
        count = install_divisions()
        record(actor, "DIVISIONS_INSTALLED", ("register", "divisions"), facts={"count": count})
    return count


def register_enterprise(
    actor: Actor, *, code: str, name: str, district_code: str, kind: str = "company", **more: Any
) -> int:
    """Enter one firm that no file has brought yet; returns its id (the known one's when the code is registered).

    *more*: other register fields as stored. Raises Refused with every problem. Needs ENTER_DEMAND or APPLY.
    """
    if not (actor.may(Permission.ENTER_DEMAND) or actor.may(Permission.APPLY) or actor.may(Permission.IMPORT_REGISTER)):
        raise DomainError("not_permitted", Text("您没有登记主体的权限。", "You may not register a firm."))
    read = uscc.read(code)
    problems = [problem for problem in (read.problem, _name_problem(name), _district_problem(district_code)) if problem]
    if problems:
        raise Refused(problems)
    now = clock.now()
    with transaction.atomic():
        known = Enterprise.objects.filter(uscc=read.normalised).first()
        if known is not None:
            return known.merged_into_id or known.pk
        made = Enterprise.objects.create(
            uscc=read.normalised,
            name=name.strip(),
            name_pinyin=pinyin.key(name)[:800],
            name_initials=pinyin.initials(name)[:200],
            kind=kind,
            district_code=district_code,
            created_at=now,
            updated_at=now,
            **more,
        )
        sizes.refresh(made.pk)
        facts = {"name": made.name, "uscc": made.uscc}
        record(actor, "ENTERPRISE_REGISTERED", ("enterprise", made.pk), topic=f"enterprise:{made.pk}", facts=facts)
    return made.pk


def _name_problem(name: str) -> Problem | None:
    if 2 <= len(name.strip()) <= 200:
        return None
    words = Text("名称应为 2 至 200 个字。", "A name has 2 to 200 characters.")
    return Problem("name_length", words, field="name", value=name)


def _district_problem(code: str) -> Problem | None:
    known = gazetteer().divisions.get(code)
    if known and known.level == "county" and not known.abolished:
        return None
    words = Text("请选择所属区县。", "Choose the district.")
    return Problem("district_unknown", words, field="district_code", value=code)


# --- corrections -----------------------------------------------------------------------------------------------------


def request_correction(actor: Actor, *, enterprise_id: int, field: str, value: str, reason: str) -> int:
    """Ask for a register field to be put right; *value* as a person writes it. Returns the request's id.

    The firm itself, or staff who may see it. Raises Refused with every problem (unknown field, unreadable value, no
    reason, nothing changed, one open already).
    """
    firm = _visible(actor, enterprise_id)
    stored = _stored(field, value, reason)
    old = _plain(getattr(firm, field))
    if stored == old:
        words = Text("新值与现值相同。", "The new value is the present one.")
        raise Refused([Problem("correction_same", words, field=field, value=value)])
    try:
        with transaction.atomic():
            made = Correction.objects.create(
                enterprise=firm,
                field=field,
                old=old,
                new=stored,
                reason=reason.strip(),
                requested_by=_who(actor),
                requested_at=clock.now(),
            )
            facts = {"field": BY_CODE[field].label.zh, "old": old, "new": stored, "correction": made.pk}
            topic = f"enterprise:{firm.pk}"
            record(actor, "CORRECTION_REQUESTED", ("enterprise", firm.pk), topic=topic, facts=facts, reason=reason)
    except IntegrityError as clash:
        words = Text("这个字段已有待审批的更正。", "A correction of this field is waiting already.")
        raise Refused([Problem("correction_open", words, field=field, value=value)]) from clash
    return made.pk


def _visible(actor: Actor, enterprise_id: int) -> Enterprise:
    firm = scope(actor, Enterprise.objects.filter(pk=enterprise_id)).first()
    if firm is None:
        words = Text("没有这个主体，或您无权查看。", "There is no such firm, or it is not yours to see.")
        raise DomainError("no_enterprise", words, field="enterprise", value=enterprise_id)
    return firm


def _who(actor: Actor) -> str:
    return str(actor.person_id or actor.kind)


def _stored(code: str, value: str, reason: str) -> object:
    problems = []
    if not reason.strip():
        problems.append(Problem("reason_missing", Text("请说明理由。", "Give a reason."), field="reason", value=reason))
    if code not in CORRECTABLE:
        words = Text(f"“{code}”不能这样更正。", f"{code} cannot be put right this way.")
        raise Refused([*problems, Problem("correction_field", words, field=code, value=value)])
    read = _read(BY_CODE[code], value)
    if isinstance(read, Reason):
        problems.append(Problem(read.code, read.text, field=code, value=value))
    if problems:
        raise Refused(problems)
    return _plain(read)


def _read(field: Field, value: str) -> object:
    if field.kind in ("text", "name"):
        return " ".join(value.split())[: field.length]
    if field.kind == "district":
        place = gazetteer().place(cells.half_width(value))
        return place.code if place and not place.note else Reason("district", Text("没有这个区县", "no such district"))
    read = cells.read(value, field, "元")
    return read.split(";") if field.kind == "labels" and isinstance(read, str) else read


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


def decide_correction(actor: Actor, *, correction_id: int, approve: bool, words: str = "") -> None:
    """Approve or decline a correction; another person than the one who asked. The old value is kept.

    Raises Refused (same person, no words for a refusal), Stale when it was decided already. Needs IMPORT_REGISTER.
    """
    if not actor.may(Permission.IMPORT_REGISTER):
        raise DomainError("not_permitted", Text("您没有审批更正的权限。", "You may not decide corrections."))
    with transaction.atomic():
        asked = Correction.objects.select_for_update().select_related("enterprise").filter(pk=correction_id).first()
        if asked is None or asked.state != Correction.State.REQUESTED:
            raise Stale(what="correction")
        _check_decision(actor, asked, approve, words)
        asked.state = Correction.State.APPROVED if approve else Correction.State.REFUSED
        asked.decided_by, asked.decided_at, asked.decision = _who(actor), clock.now(), words.strip()
        asked.save()
        if approve:
            _apply(asked)
            changes.tell(actor, asked.enterprise_id, [asked.field])
        label = BY_CODE[asked.field].label.zh
        facts = {"field": label, "old": asked.old, "new": asked.new, "words": words, "correction": asked.pk}
        kind = "ENTERPRISE_CORRECTED" if approve else "CORRECTION_REFUSED"
        topic = f"enterprise:{asked.enterprise_id}"
        record(actor, kind, ("enterprise", asked.enterprise_id), topic=topic, facts=facts, reason=asked.reason)


def _check_decision(actor: Actor, asked: Correction, approve: bool, words: str) -> None:
    problems = []
    if asked.requested_by == _who(actor):
        said = Text("申请人不能审批自己的更正。", "Whoever asked cannot decide.")
        problems.append(Problem("correction_same_person", said, field="actor", value=actor.name))
    if not approve and not words.strip():
        problems.append(
            Problem("reason_missing", Text("请说明不予更正的理由。", "Say why not."), field="words", value=words)
        )
    if problems:
        raise Refused(problems)


def _apply(asked: Correction) -> None:
    value: Any = asked.new
    if asked.field == "established_on" and isinstance(value, str):
        value = dt.date.fromisoformat(value)
    changes = {asked.field: value, "updated_at": clock.now()}
    if asked.field == "name":
        changes |= {"name_pinyin": pinyin.key(value)[:800], "name_initials": pinyin.initials(value)[:200]}
    firm = asked.enterprise
    current = _plain(getattr(firm, asked.field))
    updated = Enterprise.objects.filter(pk=firm.pk, version=firm.version).update(**changes, version=firm.version + 1)
    if updated != 1:
        raise Stale(what="enterprise")
    EnterpriseChange.objects.create(
        enterprise=firm, field=asked.field, old=current, new=asked.new, source="correction", recorded_at=clock.now()
    )
    sizes.refresh(firm.pk)


# --- duplicates ------------------------------------------------------------------------------------------------------


def merge_duplicates(actor: Actor, *, survivor_id: int, absorbed_id: int, reason: str) -> int:
    """Join two records of one firm: everything of *absorbed_id* moves to *survivor_id*; returns the merge's id.

    Demands, loans, visits, consents and facts follow the survivor; the absorbed record stays and points to it. Raises
    Refused with every problem. Needs IMPORT_REGISTER. `undo_merge` takes it back.
    """
    _may_merge(actor)
    with transaction.atomic():
        pair = {
            firm.pk: firm for firm in Enterprise.objects.select_for_update().filter(pk__in=[survivor_id, absorbed_id])
        }
        _check_merge(pair, survivor_id, absorbed_id, reason)
        moved = move_over(absorbed_id, survivor_id)
        Enterprise.objects.filter(pk=absorbed_id).update(merged_into=survivor_id, updated_at=clock.now())
        made = Merge.objects.create(
            survivor_id=survivor_id,
            absorbed_id=absorbed_id,
            reason=reason.strip(),
            moved=moved,
            merged_by=_who(actor),
            merged_at=clock.now(),
        )
        sizes.refresh(survivor_id)
        facts = _pair_facts(pair[survivor_id], pair[absorbed_id]) | {"merge": made.pk}
        topic = f"enterprise:{survivor_id}"
        record(actor, "ENTERPRISES_MERGED", ("enterprise", survivor_id), topic=topic, facts=facts, reason=reason)
        changes.tell(actor, survivor_id, dictionary.definitions())
    return made.pk


def _may_merge(actor: Actor) -> None:
    if not actor.may(Permission.IMPORT_REGISTER):
        raise DomainError("not_permitted", Text("您没有合并主体的权限。", "You may not merge firms."))


def _check_merge(pair: Mapping[int, Enterprise], survivor_id: int, absorbed_id: int, reason: str) -> None:
    problems = []
    if len(pair) != 2:
        words = Text("请选择两个不同的主体。", "Choose two different firms.")
        problems.append(Problem("merge_two", words, field="absorbed", value=absorbed_id))
    for firm in pair.values():
        if firm.merged_into_id:
            words = Text(f"“{firm.name}”已被合并。", f"{firm.name} has been merged already.")
            problems.append(Problem("merge_done", words, field="enterprise", value=firm.pk))
    if not reason.strip():
        problems.append(Problem("reason_missing", Text("请说明理由。", "Give a reason."), field="reason", value=reason))
    if problems:
        raise Refused(problems)


def _pair_facts(survivor: Enterprise, absorbed: Enterprise) -> dict[str, object]:
    return {"survivor": survivor.name, "absorbed": absorbed.name, "absorbed_id": absorbed.pk}


def undo_merge(actor: Actor, *, merge_id: int, reason: str) -> None:
    """Take a merge back: what had moved returns to the absorbed record. Stale when it was undone already."""
    _may_merge(actor)
    with transaction.atomic():
        done = Merge.objects.select_for_update().filter(pk=merge_id, undone_at__isnull=True).first()
        if done is None:
            raise Stale(what="merge")
        move_back(done.moved, done.absorbed_id)
        Enterprise.objects.filter(pk=done.absorbed_id).update(merged_into=None, updated_at=clock.now())
        done.undone_by, done.undone_at = _who(actor), clock.now()
        done.save()
        sizes.refresh(done.survivor_id)
        sizes.refresh(done.absorbed_id)
        facts = _pair_facts(done.survivor, done.absorbed) | {"merge": done.pk}
        record(actor, "MERGE_UNDONE", ("enterprise", done.survivor_id), facts=facts, reason=reason)
        changes.tell(actor, done.survivor_id, dictionary.definitions())
        changes.tell(actor, done.absorbed_id, dictionary.definitions())
