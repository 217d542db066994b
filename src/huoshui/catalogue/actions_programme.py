"""Public schemes: one hand drafts a version from a document, another publishes it; published rules never change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import F, Max

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit import actions as audit
from huoshui.catalogue import authority, criteria, freshness, schemes
from huoshui.catalogue.constraints import act
from huoshui.catalogue.models import Programme, ProgrammeVersion
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text

ONE_DAY = dt.timedelta(days=1)


@act
def draft_programme(
    actor: Actor, *, code: str, kind: str, name: str, name_en: str = "", rules: Mapping[str, Any]
) -> int:
    """Draft the next version of programme *code*, which is made where it does not exist; return the id of the draft.

    *rules*: ``document_no``, ``issued_by``, ``summary``, ``summary_en``, ``terms`` (by kind, see schemes.py),
    ``criteria``, ``valid_from``, ``valid_to``. Raises Refused with every problem.
    """
    authority.require(actor, Permission.EDIT_PROGRAMMES)
    problems = [*schemes.judge_head(code, kind, name), *_problems(kind, rules)]
    programme = Programme.objects.filter(code=code).first()
    if programme and programme.versions.filter(state="draft").exists():
        said = Text("这项政策已有一个草稿。", "This programme already has a draft.")
        problems.append(Problem("programme_draft_open", said, "code", code))
    if problems:
        raise Refused(problems)
    if programme is None:
        programme = Programme.objects.create(
            code=code, kind=kind, name=name, name_en=name_en, owner_id=actor.organisation_id
        )
    last = programme.versions.aggregate(last=Max("number"))["last"] or 0
    row = ProgrammeVersion.objects.create(
        programme=programme, number=last + 1, drafted_by_id=actor.person_id, **schemes.columns(rules)
    )
    _record(actor, "PROGRAMME_DRAFTED", row)
    return row.pk


@act
def edit_programme(actor: Actor, *, version_id: int, rules: Mapping[str, Any], seen_version: int | None = None) -> None:
    """Replace the rules of a draft. Raises Refused with every problem, Stale where somebody else changed it."""
    authority.require(actor, Permission.EDIT_PROGRAMMES)
    row = _row(version_id)
    if problems := _problems(row.programme.kind, rules):
        raise Refused(problems)
    changes = {**schemes.columns(rules), "drafted_by_id": actor.person_id}
    _move(actor, row, "draft", "draft", seen_version, "PROGRAMME_EDITED", changes)


@act
def publish_programme(actor: Actor, *, version_id: int, seen_version: int | None = None) -> None:
    """Put a draft into force from its first day; the version before it ends the day before. Not by who drafted it."""
    authority.require(actor, Permission.PUBLISH_PROGRAMMES)
    row = _row(version_id)
    Programme.objects.select_for_update().get(pk=row.programme_id)
    if problems := _publish_problems(actor, row):
        raise Refused(problems)
    for former in _overlapping(row):
        ProgrammeVersion.objects.filter(pk=former.pk).update(
            valid_to=row.valid_from - ONE_DAY, version=F("version") + 1
        )
    changes = {"published_by_id": actor.person_id, "published_at": clock.now()}
    _move(actor, row, "draft", "published", seen_version, "PROGRAMME_PUBLISHED", changes)


@act
def end_programme(actor: Actor, *, version_id: int, last_day: dt.date, seen_version: int | None = None) -> None:
    """End a published version after *last_day* (today or later); what was granted under it goes on."""
    authority.require(actor, Permission.PUBLISH_PROGRAMMES)
    row = _row(version_id)
    late = row.valid_to is not None and last_day > row.valid_to
    if last_day < max(clock.today(), row.valid_from) or late:
        said = Text("终止日应在今天与原失效日之间。", "The last day must lie between today and the present end.")
        raise Refused([Problem("programme_end", said, "last_day", last_day.isoformat())])
    _move(actor, row, "published", "ended", seen_version, "PROGRAMME_ENDED", {"valid_to": last_day})


def _problems(kind: str, rules: Mapping[str, Any]) -> list[Problem]:
    return [*schemes.judge(kind, rules), *criteria.problems(rules.get("criteria"))]


def _publish_problems(actor: Actor, row: ProgrammeVersion) -> list[Problem]:
    problems = []
    if row.drafted_by_id is not None and row.drafted_by_id == actor.person_id:
        said = Text("起草人不能发布自己起草的政策。", "Whoever drafted a programme may not publish it.")
        remedy = Text("请由另一位同事发布。", "Ask a colleague to publish it.")
        problems.append(Problem("four_eyes", said, "published_by", None, remedy))
    if any(other.valid_from >= row.valid_from for other in _overlapping(row)):
        said = Text("已有同日或更晚施行的版本。", "Another version starts on that day or later.")
        problems.append(Problem("version_overlap", said, "valid_from", row.valid_from.isoformat()))
    return problems


def _overlapping(row: ProgrammeVersion) -> list[ProgrammeVersion]:
    others = ProgrammeVersion.objects.filter(programme_id=row.programme_id, state="published")
    if row.valid_to is not None:
        others = others.filter(valid_from__lte=row.valid_to)
    return [other for other in others if other.valid_to is None or other.valid_to >= row.valid_from]


def _row(version_id: int) -> ProgrammeVersion:
    try:
        return ProgrammeVersion.objects.select_related("programme").get(pk=version_id)
    except ProgrammeVersion.DoesNotExist:
        said = Text("没有这个政策版本。", "There is no such programme version.")
        raise DomainError("programme_version_unknown", said, field="version_id", value=version_id) from None


def _move(
    actor: Actor,
    row: ProgrammeVersion,
    state: str,
    to: str,
    seen: int | None,
    event: str,
    changes: Mapping[str, Any],
) -> None:
    expected = row.version if seen is None else seen
    same = ProgrammeVersion.objects.filter(pk=row.pk, state=state, version=expected)
    if same.update(state=to, version=F("version") + 1, **changes) != 1:
        raise Stale(what="programme_version")
    row.refresh_from_db()
    _record(actor, event, row)


def _record(actor: Actor, event: str, row: ProgrammeVersion) -> None:
    facts = {
        "name": row.programme.name,
        "number": row.number,
        "document_no": row.document_no,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": row.valid_to.isoformat() if row.valid_to else "—",
    }
    topic = f"programme:{row.programme_id}"
    audit.record(actor, event, ("programme_version", row.pk), topic=topic, facts=facts)
    freshness.forget()
