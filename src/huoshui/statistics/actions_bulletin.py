"""Bulletins: drafted and counted, frozen by a second person under a number, published, revised with every difference."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Max

from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.text import Text
from huoshui.statistics import bulletin_lifecycle as lifecycle
from huoshui.statistics import issues, tables
from huoshui.statistics.actions_count import recount
from huoshui.statistics.bulletin_lifecycle import Act, Facts, State
from huoshui.statistics.issues import Template
from huoshui.statistics.models import Bulletin
from huoshui.statistics.queries_figures import sheet
from huoshui.statistics.readings import compared_spans
from huoshui.statistics.spans import KINDS, Span, span_to
from huoshui.statistics.subjects import subjects_of

LONGEST_NOTE = 2_000
_LOCK = 1_402_026


def draft_bulletin(
    actor: Actor, *, template: str, kind: str, last: dt.date, excluded: Collection[str] = (), note: str = ""
) -> int:
    """Count a new draft of *template* over the span of *kind* up to *last*; returns its id. Raises Refused."""
    _refuse(_new_problems(actor, template, kind, last, note))
    row = Bulletin(
        template=template, kind=kind, start=span_to(kind, last).start, last=last, excluded=sorted(set(excluded)),
        note=note.strip(), drafted_by_id=actor.person_id, drafted_at=clock.now(), year=clock.today().year,
    )  # fmt: skip
    with transaction.atomic():
        _count_into(row)
        row.save()
        _record(actor, "BULLETIN_DRAFTED", row)
    return row.pk


def edit_bulletin(
    actor: Actor, *, bulletin_id: int, seen_version: int, excluded: Collection[str] = (), note: str = ""
) -> None:
    """Count a draft anew, with other rows left out or another note. Raises Refused, Stale."""
    row = _checked(actor, bulletin_id, Act.EDIT)
    row.excluded, row.note = sorted(set(excluded)), note.strip()[:LONGEST_NOTE]
    with transaction.atomic():
        _count_into(row)
        changed = {"excluded": row.excluded, "note": row.note, "content": row.content, "digest": row.digest}
        _change(row, seen_version, differences=row.differences, **changed)
        _record(actor, "BULLETIN_COUNTED", row)


def freeze_bulletin(actor: Actor, *, bulletin_id: int, seen_version: int) -> None:
    """Freeze a draft as it was seen and number it within the year; a revision keeps its bulletin's number and replaces it."""
    row = _checked(actor, bulletin_id, Act.FREEZE)
    now = clock.now()
    with transaction.atomic():
        with connection.cursor() as cursor:  # numbers have no gap: one freezes at a time
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        number = {"year": row.year, "number": _number(row)}
        if row.revises is not None:
            _supersede(actor, row.revises)
            number["year"] = row.revises.year
        _change(row, seen_version, state=State.FROZEN, frozen_by_id=actor.person_id, frozen_at=now, **number)
        _record(actor, "BULLETIN_FROZEN", Bulletin.objects.get(pk=row.pk))


def _number(row: Bulletin) -> int:
    if row.revises is not None and row.revises.number is not None:
        return row.revises.number
    newest = Bulletin.objects.filter(year=row.year).aggregate(newest=Max("number"))["newest"]
    return int(newest or 0) + 1


def _supersede(actor: Actor, old: Bulletin) -> None:
    _change(old, old.version, state=State.SUPERSEDED)
    _record(actor, "BULLETIN_SUPERSEDED", old)


def publish_bulletin(actor: Actor, *, bulletin_id: int, seen_version: int) -> None:
    """Show a frozen bulletin on the public page."""
    row = _checked(actor, bulletin_id, Act.PUBLISH)
    with transaction.atomic():
        _change(row, seen_version, published_at=clock.now())
        _record(actor, "BULLETIN_PUBLISHED", row)


def drop_bulletin(actor: Actor, *, bulletin_id: int, seen_version: int) -> None:
    """Drop a draft."""
    row = _checked(actor, bulletin_id, Act.DROP)
    with transaction.atomic():
        _change(row, seen_version, state=State.DROPPED)
        _record(actor, "BULLETIN_DROPPED", row)


def revise_bulletin(actor: Actor, *, bulletin_id: int, reason: str) -> int:
    """Draft a revision of a frozen bulletin, counted from the source as it is now; returns the draft's id."""
    row = _checked(actor, bulletin_id, Act.REVISE)
    if not reason.strip():
        said = Text("请写明修订的原因。", "Say why it is revised.")
        raise DomainError("reason_missing", said, field="reason")
    made = Bulletin(
        template=row.template, kind=row.kind, start=row.start, last=row.last, excluded=row.excluded, note=row.note,
        revises=row, revision=row.revision + 1, reason=reason.strip()[:300], year=row.year,
        drafted_by_id=actor.person_id, drafted_at=clock.now(),
    )  # fmt: skip
    with transaction.atomic():
        _count_into(made)
        made.save()
        _record(actor, "BULLETIN_REVISED", made)
    return made.pk


def counted_now(template: Template, span: Span, excluded: Collection[str]) -> dict[str, Any]:
    """Return what a bulletin would say if it were written from the figures counted so far."""
    read = sheet(compared_spans(span), template.codes, institutions=template.subjects == "banks")
    return issues.contents(template, read, span, subjects_of(template.subjects, span), excluded=excluded)


def _count_into(row: Bulletin) -> None:
    template, span = issues.templates()[row.template], span_to(row.kind, row.last)
    recount(compared_spans(span), codes=template.codes, defined=span.last)
    row.content = counted_now(template, span, row.excluded)
    row.digest = issues.digest(row.content)
    if row.revises is not None:
        row.differences = differences_data(row.revises.content, row.content)


def differences_data(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    """Return every figure that differs between two contents, as plain data."""
    found = tables.differences(issues.table_of(before), issues.table_of(after))
    return [
        {"row": each.row.zh, "row_en": each.row.en, "column": each.column.zh, "column_en": each.column.en}
        | {"before": each.before, "after": each.after}
        for each in found
    ]


def covers_city(actor: Actor) -> bool:
    """Return whether the actor's office answers for the whole city."""
    return actor.kind == "system" or (bool(actor.district) and settings.CITY["code"].startswith(actor.district))


def facts_of(actor: Actor, row: Bulletin) -> Facts:
    """Return what decides beside the state of a bulletin."""
    return Facts(
        drafter=actor.person_id is not None and row.drafted_by_id == actor.person_id,
        published=row.published_at is not None,
        has_revision=row.revisions.filter(state__in=[State.DRAFT, State.FROZEN]).exists(),
        over=row.last < clock.today(),
    )


def _checked(actor: Actor, bulletin_id: int, act: Act) -> Bulletin:
    row = Bulletin.objects.select_related("revises").filter(pk=bulletin_id).first()
    if row is None or not actor.may(Permission.MANAGE_BULLETINS):
        said = Text("没有这份通报，或您无权处理。", "No such bulletin, or not yours to handle.")
        raise DomainError("bulletin_unknown", said, field="bulletin_id", value=bulletin_id)
    permissions = {Permission.MANAGE_BULLETINS} if actor.kind == "system" else actor.permissions
    _refuse(
        lifecycle.problems(
            State(row.state), act, permissions=permissions, whole_city=covers_city(actor), facts=facts_of(actor, row)
        )
    )
    return row


def _change(row: Bulletin, seen_version: int, **values: Any) -> None:
    with row_security.acting(SYSTEM):
        seen = Bulletin.objects.filter(pk=row.pk, state=row.state, version=seen_version)
        if seen.update(version=F("version") + 1, **values) != 1:
            raise Stale(what="bulletin")


def _new_problems(actor: Actor, template: str, kind: str, last: dt.date, note: str) -> list[Problem]:
    found = []
    if not actor.may(Permission.MANAGE_BULLETINS) or not covers_city(actor):
        said = "通报由市级部门编写和定稿。", "Bulletins are written and frozen by the city's offices."
        found.append(Problem("not_allowed", Text(*said)))
    if template not in issues.templates():
        said = "没有这种通报。", "There is no such kind of bulletin."
        found.append(Problem("template_unknown", Text(*said), field="template", value=template))
    if kind not in KINDS:
        said = "没有这种统计期。", "There is no such span."
        found.append(Problem("span_unknown", Text(*said), field="kind", value=kind))
    if last > clock.today():
        said = "截止日不能在今天之后。", "The last day cannot lie ahead."
        found.append(Problem("period_ahead", Text(*said), field="last", value=last))
    if len(note) > LONGEST_NOTE:
        said = "编者按最多 2000 字。", "The note has at most 2,000 characters."
        found.append(Problem("note_too_long", Text(*said), field="note"))
    return found


def _refuse(problems: Collection[Problem]) -> None:
    if problems:
        raise Refused(problems)


def _record(actor: Actor, kind: str, row: Bulletin) -> None:
    name = issues.number_name(row.year, row.number, row.revision)
    facts = {"title": issues.templates()[row.template].name, "number": name, "digest": row.digest[:16]}
    record(actor, kind, ("bulletin", row.pk), topic=f"bulletin:{row.pk}", facts=facts, reason=row.reason)
