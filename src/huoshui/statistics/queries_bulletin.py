"""What can be asked about bulletins: lists, one in full, and how far its source has moved since it was frozen."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.audit.queries import Entry
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.statistics import bulletin_lifecycle as lifecycle
from huoshui.statistics import issues
from huoshui.statistics.actions_bulletin import counted_now, covers_city, differences_data, facts_of
from huoshui.statistics.bulletin_lifecycle import Act, State
from huoshui.statistics.models import Bulletin
from huoshui.statistics.spans import Span, span_to
from huoshui.statistics.tables import Table


@dataclass(frozen=True)
class BulletinView:
    """A bulletin in full. *drift*: figures that the source gives otherwise now (frozen ones only)."""

    id: int
    template: str
    title: Text
    number: Text
    span: Span
    state: State
    state_name: Text
    version: int
    note: str
    reason: str
    excluded: tuple[str, ...]
    table: Table
    text: tuple[Text, ...]
    definitions: tuple[dict[str, Any], ...]
    differences: tuple[dict[str, str], ...]
    drift: tuple[dict[str, str], ...]
    digest: str
    content: dict[str, Any]
    drafted_by: str
    drafted_at: dt.datetime
    frozen_by: str
    frozen_at: dt.datetime | None
    published_at: dt.datetime | None
    replaced_by: int | None
    revises: int | None
    acts: tuple[Act, ...]
    timeline: tuple[Entry, ...]


def bulletins(actor: Actor) -> QuerySet[Bulletin]:
    """Return the bulletins *actor* may see, the newest first: drafts only for those who write them."""
    return scope(actor, Bulletin.objects.select_related("drafted_by", "frozen_by")).order_by("-id")


def bulletin(actor: Actor, bulletin_id: int) -> BulletinView:
    """Return one bulletin. Raises DomainError (bulletin_unknown) where *actor* may not see it."""
    row = bulletins(actor).select_related("revises").filter(pk=bulletin_id).first()
    if row is None:
        said = Text("没有这份通报，或您无权查看。", "No such bulletin, or not yours to see.")
        raise DomainError("bulletin_unknown", said, field="bulletin_id", value=bulletin_id)
    return _view(row, acts=_acts(actor, row), drift=_drift(row), timeline=audit.timeline(f"bulletin:{row.pk}"))


def published_bulletins() -> list[BulletinView]:
    """Return what anybody may read, the newest first."""
    rows = Bulletin.objects.filter(published_at__isnull=False, state=State.FROZEN).order_by("-last", "-id")
    return [_view(row) for row in rows.select_related("drafted_by", "frozen_by")]


def published_bulletin(bulletin_id: int) -> BulletinView | None:
    """Return a public bulletin, or None."""
    row = Bulletin.objects.filter(pk=bulletin_id, published_at__isnull=False, state=State.FROZEN)
    found = row.select_related("drafted_by", "frozen_by").first()
    return _view(found) if found else None


def _acts(actor: Actor, row: Bulletin) -> tuple[Act, ...]:
    return lifecycle.available(
        State(row.state), permissions=actor.permissions, whole_city=covers_city(actor), facts=facts_of(actor, row)
    )


def _drift(row: Bulletin) -> list[dict[str, str]]:
    if row.state != State.FROZEN:
        return []
    now = counted_now(issues.templates()[row.template], span_to(row.kind, row.last), row.excluded)
    return differences_data(row.content, now)


def _view(
    row: Bulletin, *, acts: tuple[Act, ...] = (), drift: list[dict[str, str]] | None = None,
    timeline: list[Entry] | None = None,
) -> BulletinView:  # fmt: skip
    told, state = row.content, State(row.state)
    newer = row.revisions.filter(state=State.FROZEN).values_list("pk", flat=True).first()
    return BulletinView(
        id=row.pk,
        template=row.template,
        title=Text(told["title"]["zh"], told["title"]["en"]),
        number=issues.number_name(row.year, row.number, row.revision),
        span=span_to(row.kind, row.last),
        state=state,
        state_name=lifecycle.STATE_NAMES[state],
        version=row.version,
        note=row.note,
        reason=row.reason,
        excluded=tuple(row.excluded),
        table=issues.table_of(told),
        text=tuple(issues.text_of(told)),
        definitions=tuple(told["definitions"]),
        differences=tuple(row.differences),
        drift=tuple(drift or ()),
        digest=row.digest,
        content=told,
        drafted_by=row.drafted_by.name if row.drafted_by else "",
        drafted_at=row.drafted_at,
        frozen_by=row.frozen_by.name if row.frozen_by else "",
        frozen_at=row.frozen_at,
        published_at=row.published_at,
        replaced_by=newer,
        revises=row.revises_id,
        acts=acts,
        timeline=tuple(timeline or ()),
    )


def may_write(actor: Actor) -> bool:
    """Return whether *actor* may write bulletins for the city."""
    return actor.may(Permission.MANAGE_BULLETINS) and covers_city(actor)
