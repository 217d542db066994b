"""Events as pages show them, and what became of each: firms, intents, grants and loans that followed."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, F, Q, QuerySet, Sum

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.kernel import clock
from huoshui.service.models import Attendance, Event


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an event brought. Amounts in fen: asked by intents, granted and lent on demands that came from it."""

    invited: int
    registered: int
    present: int
    intents: int
    asked: int
    granted_firms: int
    granted: int
    lent_firms: int
    lent: int


@dataclass(frozen=True, slots=True)
class Coming:
    """A coming event to a firm: seats *left*, and the firm's own line, None where it is neither invited nor registered."""

    event: Event
    left: int
    line: Attendance | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an office's events ask for: questions to answer, events to close, events within a week."""

    questions: int
    to_close: int
    coming: int


def waiting(actor: Actor) -> Waiting:
    """Return what the events of the actor's district ask for."""
    now = clock.now()
    open_ = Event.objects.filter(district_code__startswith=actor.district, state=Event.State.OPEN)
    asked = scope(actor, Attendance.objects.filter(event__in=open_, answer="")).exclude(question="")
    return Waiting(
        asked.count(),
        open_.filter(ends_at__lt=now).count(),
        open_.filter(starts_at__range=(now, now + dt.timedelta(days=7))).count(),
    )


@acting(SYSTEM)
def with_bank(bank_ids: tuple[int, ...], *, limit: int = 100) -> list[Event]:
    """Return the events that any of *bank_ids* takes part in with `firms` and `came`, the latest first. No firm's name."""
    rows = Event.objects.filter(bank_ids__overlap=list(bank_ids)).annotate(
        firms=Count("attendances", filter=Q(attendances__state__in=["registered", "present"])),
        came=Count("attendances", filter=Q(attendances__state="present")),
        lent=Count("attendances", filter=Q(attendances__demand__lent_at__isnull=False)),
    )
    return list(rows.order_by("-starts_at")[:limit])


def invitations(actor: Actor) -> list[int]:
    """Return the coming events that invite the actor's firms and wait for an answer, the next first."""
    rows = scope(
        actor, Attendance.objects.filter(state="invited", event__state="open", event__starts_at__gt=clock.now())
    )
    return list(dict.fromkeys(rows.order_by("event__starts_at").values_list("event_id", flat=True)))


def coming() -> QuerySet[Event]:
    """Return open events that have not ended, the next first; anybody may see them."""
    return Event.objects.filter(state=Event.State.OPEN, ends_at__gt=clock.now()).order_by("starts_at")


def coming_to(actor: Actor, enterprise_id: int | None, *, district: str = "") -> list[Coming]:
    """Return the coming events as a firm of *district* sees them: its own first, then its district's, the next first."""
    rows = list(coming()[:200])
    own = {
        line.event_id: line
        for line in scope(actor, Attendance.objects.filter(event__in=rows, enterprise_id=enterprise_id or 0))
    }
    taken = _seats_taken([row.pk for row in rows])
    found = [Coming(row, max(row.seats - taken.get(row.pk, 0), 0), own.get(row.pk)) for row in rows]
    return sorted(found, key=lambda one: (one.line is None, one.event.district_code != district, one.event.starts_at))


@acting(SYSTEM)
def _seats_taken(event_ids: list[int]) -> dict[int, int]:
    """Return, by event, how many firms are registered or there: a count and no names, so for anybody."""
    rows = Attendance.objects.filter(event__in=event_ids, state__in=["registered", "present"]).order_by()
    return dict(rows.values_list("event_id").annotate(n=Count("pk")).values_list("event_id", "n"))


def seats_left(row: Event) -> int:
    """Return how many seats an event has left."""
    return max(row.seats - _seats_taken([row.pk]).get(row.pk, 0), 0)


def attended(actor: Actor, enterprise_id: int | None) -> QuerySet[Attendance]:
    """Return a firm's own lines at events that are over or cancelled, the latest first, with what became of its need."""
    rows = scope(actor, Attendance.objects.filter(enterprise_id=enterprise_id or 0)).exclude(state="declined")
    over = Q(event__ends_at__lte=clock.now()) | ~Q(event__state=Event.State.OPEN)
    return rows.filter(over).select_related("event", "demand").order_by("-event__starts_at")


def event(event_id: int) -> Event | None:
    """Return one event; anybody may see it."""
    return Event.objects.filter(pk=event_id).first()


def by_token(token: str) -> Event | None:
    """Return the event whose code was scanned."""
    return Event.objects.filter(token=token).first()


def events(actor: Actor) -> QuerySet[Event]:
    """Return the events of the actor's district with `firms` and `came`, the latest first."""
    rows = Event.objects.filter(district_code__startswith=actor.district)
    return rows.annotate(
        firms=Count("attendances"), came=Count("attendances", filter=Q(attendances__state="present"))
    ).order_by("-starts_at")


def attendances(actor: Actor, event_id: int) -> QuerySet[Attendance]:
    """Return an event's firms that *actor* may see."""
    return scope(actor, Attendance.objects.filter(event_id=event_id)).select_related("enterprise", "demand")


def as_worked(rows: QuerySet[Attendance]) -> QuerySet[Attendance]:
    """Return an event's firms in the order of the work: questions to answer, needs declared, present, the others."""
    asked = Q(answer="") & ~Q(question="")
    return rows.annotate(asks=asked, needs=Q(demand__isnull=False)).order_by(
        "-asks", "-needs", F("signed_in_at").asc(nulls_last=True), "state", "pk"
    )


def attendance_of(actor: Actor, event_id: int, enterprise_id: int | None) -> Attendance | None:
    """Return the firm's own line at an event."""
    return scope(actor, Attendance.objects.filter(event_id=event_id, enterprise_id=enterprise_id or 0)).first()


def outcome(actor: Actor, event_id: int) -> Outcome:
    """Return what the event brought so far, among what *actor* may see; a firm counts once."""
    rows = scope(actor, Attendance.objects.filter(event_id=event_id))
    counts = rows.aggregate(
        invited=Count("pk"),
        registered=Count("pk", filter=Q(state__in=["registered", "present"])),
        present=Count("pk", filter=Q(state="present")),
        intents=Count("demand"),
        asked=Sum("demand__amount", default=0),
        granted_firms=Count("enterprise", filter=Q(demand__granted_at__isnull=False), distinct=True),
        lent_firms=Count("enterprise", filter=Q(demand__lent_at__isnull=False), distinct=True),
    )
    granted = rows.filter(demand__referrals__decision__granted=True).aggregate(
        total=Sum("demand__referrals__decision__amount", default=0)
    )
    lent = rows.aggregate(total=Sum("demand__referrals__loan__drawn", default=0))
    return Outcome(**counts, granted=granted["total"], lent=lent["total"])
