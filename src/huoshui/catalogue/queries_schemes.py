"""Public schemes with all their versions, drafts included: what the offices that write them work with."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue.models import Programme, ProgrammeVersion
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

STATE_NAMES = {
    "draft": Text("草稿", "Draft"),
    "published": Text("已发布", "Published"),
    "ended": Text("已终止", "Ended"),
}


@dataclass(frozen=True, slots=True)
class SchemeVersion:
    """A version of a scheme as it is written. *drafted_by*: the person who may not publish it."""

    id: int
    number: int
    state: str
    state_name: Text
    seen_version: int
    document_no: str
    issued_by: str
    summary: str
    summary_en: str
    terms: Mapping[str, Any]
    criteria: dict[str, Any]
    valid_from: dt.date
    valid_to: dt.date | None
    drafted_by: int | None
    published_by: str
    published_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Scheme:
    """A scheme with its versions, newest first. *current*: the version in force today, if any."""

    id: int
    code: str
    kind: str
    name: Text
    versions: tuple[SchemeVersion, ...]
    current: SchemeVersion | None


def schemes(actor: Actor) -> list[Scheme]:
    """Return every scheme by code; drafts only for people who write, publish or audit them."""
    rows = Programme.objects.prefetch_related("versions__published_by").order_by("code")
    return [_file(actor, row) for row in rows]


def scheme(actor: Actor, code: str) -> Scheme:
    """Return one scheme. Raises DomainError where there is none."""
    row = Programme.objects.prefetch_related("versions__published_by").filter(code=code).first()
    if row is None:
        said = Text("没有这项政策。", "There is no such programme.")
        raise DomainError("programme_unknown", said, field="code", value=code)
    return _file(actor, row)


def _file(actor: Actor, row: Programme) -> Scheme:
    inside = (Permission.EDIT_PROGRAMMES, Permission.PUBLISH_PROGRAMMES, Permission.READ_AUDIT)
    rows = sorted(row.versions.all(), key=lambda version: -version.number)
    drafts = any(actor.may(permission) for permission in inside)
    views = tuple(_view(version) for version in rows if drafts or version.state != "draft")
    current = next((view for view in views if _in_force(view)), None)
    return Scheme(row.pk, row.code, row.kind, Text(row.name, row.name_en or row.name), views, current)


def _in_force(view: SchemeVersion) -> bool:
    today = clock.today()
    started = view.state != "draft" and view.valid_from <= today
    return started and (view.valid_to is None or today <= view.valid_to)


def _view(row: ProgrammeVersion) -> SchemeVersion:
    return SchemeVersion(
        id=row.pk,
        number=row.number,
        state=row.state,
        state_name=STATE_NAMES[row.state],
        seen_version=row.version,
        document_no=row.document_no,
        issued_by=row.issued_by,
        summary=row.summary,
        summary_en=row.summary_en,
        terms=row.terms,
        criteria=row.criteria,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        drafted_by=row.drafted_by_id,
        published_by=row.published_by.name if row.published_by else "",
        published_at=row.published_at,
    )
