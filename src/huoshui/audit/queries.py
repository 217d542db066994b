"""What can be asked of the log of events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from huoshui.audit import kinds
from huoshui.audit.models import Event
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text


class Reader(Protocol):
    """What must be known of the one who reads the log."""

    @property
    def kind(self) -> str: ...
    @property
    def permissions(self) -> frozenset[str]: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One event in words."""

    id: int
    at: dt.datetime
    kind: str
    sentence: Text
    actor_name: str
    acting_for: str
    facts: dict[str, Any]
    reason: str


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to show; what is empty does not narrow. *until* is the last day shown."""

    kind: str = ""
    person: str = ""  # part of a name, or the id of a person
    subject_type: str = ""
    subject_id: str = ""
    topic: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


def timeline(topic: str, *, audience: str = "staff") -> list[Entry]:
    """Return what happened to *topic* ("demand:12"), oldest first.

    For the *audience* "firm" events marked as the staff's own are left out, and officers show as their organisation.
    """
    assert audience in ("firm", "staff"), "an audience is firm or staff"
    rows = Event.objects.filter(topic=topic).order_by("id")
    if audience == "staff":
        return [entry(row) for row in rows]
    shown = rows.exclude(kind__in=kinds.staff_only())
    return [entry(row, name=row.acting_for or row.actor_name) for row in shown]


def entry(row: Event, *, name: str | None = None) -> Entry:
    """Return one row of events() in words."""
    said = kinds.say(row.kind, row.facts)
    shown = row.actor_name if name is None else name
    return Entry(row.pk, row.at, row.kind, said, shown, row.acting_for, row.facts, row.reason)


def entries(rows: Iterable[Event]) -> list[Entry]:
    """Return rows of events() in words."""
    return [entry(row) for row in rows]


def events(reader: Reader, filters: EventFilter | None = None) -> QuerySet[Event]:
    """Return events as rows for a list, newest first. DomainError for somebody who may not read the log."""
    if reader.kind != "system" and "read_audit" not in reader.permissions:
        said = Text("只有审计人员可以查阅审计记录。", "Only auditors read the log of events.")
        raise DomainError("not_permitted", said, field="actor", value=reader.kind)
    rows = Event.objects.order_by("-id")
    return rows.filter(_narrowed(filters)) if filters else rows


def _narrowed(wanted: EventFilter) -> Q:
    exact = {name: getattr(wanted, name) for name in ("kind", "subject_type", "subject_id", "topic")}
    narrowed = Q(**{name: value for name, value in exact.items() if value})
    if wanted.person:
        narrowed &= Q(actor_id=wanted.person) | Q(actor_name__icontains=wanted.person)
    if wanted.since:
        narrowed &= Q(at__date__gte=wanted.since)
    if wanted.until:
        narrowed &= Q(at__date__lte=wanted.until)
    return narrowed


def reads_of(subject_type: str, subject_id: object, *, kind: str) -> list[Entry]:
    """Return who read *subject* (events of *kind*), newest first: what a firm is shown of the readers of its data."""
    rows = Event.objects.filter(subject_type=subject_type, subject_id=str(subject_id), kind=kind).order_by("-id")
    return [entry(row, name=row.acting_for or row.actor_name) for row in rows[:200]]
