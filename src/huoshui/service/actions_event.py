"""Matchmaking events and road-shows: opened, firms invited by a rule, registered, signed in by code, questions answered,
intents turned into demands. An event in the past is refused, and so is signing in on another day."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from huoshui.access import actions as access
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.financing import actions as financing
from huoshui.financing.perform import person_of, refuse_if, require, swap, writing
from huoshui.kernel import clock
from huoshui.kernel.clock import ZONE
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.service.actions_campaign import Wanted, chosen
from huoshui.service.models import Attendance, Event

_P = Permission
KINDS: dict[str, Text] = {
    "matchmaking": Text("政银企对接会", "Matchmaking"),
    "roadshow": Text("股权路演", "Equity road-show"),
    "session": Text("专题讲座", "Themed session"),
}
STATES: dict[str, Text] = {
    "invited": Text("已邀请", "Invited"),
    "registered": Text("已报名", "Registered"),
    "present": Text("已签到", "Present"),
    "declined": Text("不参加", "Not coming"),
}
EVENT_STATES: dict[str, Text] = {
    "open": Text("报名中", "Open"),
    "closed": Text("已结束", "Over"),
    "cancelled": Text("已取消", "Cancelled"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """An event as it is planned. *wanted*: whom to invite, None for nobody beforehand."""

    kind: str
    title: str
    place: str
    starts_at: dt.datetime
    ends_at: dt.datetime
    seats: int
    summary: str = ""
    title_en: str = ""
    bank_ids: tuple[int, ...] = ()
    wanted: Wanted | None = None


def open_event(actor: Actor, *, plan: Plan) -> int:
    """Open an event of the actor's district and invite the firms that fit; return its id."""
    require(actor, _P.MANAGE_EVENTS)
    refuse_if(_problems(plan))
    firms = [pk for pk, _ in chosen(actor, plan.wanted)] if plan.wanted else []
    with writing():
        row = Event.objects.create(
            kind=plan.kind, title=plan.title.strip(), title_en=plan.title_en, summary=plan.summary.strip(),
            district_code=actor.district, place=plan.place.strip(), starts_at=plan.starts_at, ends_at=plan.ends_at,
            seats=plan.seats, rule=plan.wanted.as_rule() if plan.wanted else {}, bank_ids=list(plan.bank_ids),
            token=secrets.token_urlsafe(12), created_by_id=person_of(actor),
        )  # fmt: skip
        invite(actor, row, firms)
        facts = {"title": row.title, "firms": len(firms)}
        record(actor, "EVENT_OPENED", ("event", row.pk), topic=f"event:{row.pk}", facts=facts)
    return row.pk


def invite(actor: Actor, row: Event, firms: Sequence[int]) -> None:
    """Put firms on the event's list and tell them; those already on it stay as they are. Part of the caller's act."""
    known = set(Attendance.objects.filter(event=row, enterprise__in=firms).values_list("enterprise_id", flat=True))
    districts = dict(registry.enterprises(actor).filter(pk__in=firms).values_list("pk", "district_code"))
    new = [pk for pk in firms if pk not in known and pk in districts]
    Attendance.objects.bulk_create(
        Attendance(event=row, enterprise_id=pk, district_code=districts[pk], state=Attendance.State.INVITED)
        for pk in new
    )
    on = row.starts_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
    facts, link = {"title": row.title, "on": on, "place": row.place}, f"/my/events/{row.pk}/"
    access.notify_firms(actor, template="EVENT_INVITES", facts=facts, link=link, enterprise_ids=new)


def answer_invitation(actor: Actor, *, event_id: int, enterprise_id: int, comes: bool, question: str = "") -> int:
    """Register the actor's firm (also uninvited, while seats are left), or say that it does not come; return the row."""
    row = _event(event_id)
    problems = [] if enterprise_id in actor.enterprise_ids else [_not_yours(enterprise_id)]
    if row.state != Event.State.OPEN or row.starts_at <= clock.now():
        said = Text("活动已经开始、结束或取消，不能再报名。", "The event has begun, is over or cancelled.")
        problems.append(Problem("event_past", said, "event", row.title))
    refuse_if(problems)
    district = registry.enterprises(actor).filter(pk=enterprise_id).values_list("district_code", flat=True).first()
    state = Attendance.State.REGISTERED if comes else Attendance.State.DECLINED
    with writing():
        Event.objects.select_for_update().get(pk=row.pk)  # the last seat goes to one firm
        if comes:
            refuse_if(_full(row, enterprise_id))
        kept, _new = Attendance.objects.update_or_create(
            event=row, enterprise_id=enterprise_id,
            defaults={"state": state, "question": question.strip(), "district_code": district or row.district_code},
        )  # fmt: skip
        _saved(actor, row, kept)
    return kept.pk


def sign_in_at(actor: Actor, *, token: str, enterprise_id: int) -> int:
    """Sign the actor's firm in at the door by the event's code, on its day only; twice is once. Return the event."""
    row = Event.objects.filter(token=token).first()
    if row is None:
        words = Text("签到码无效，请扫会场的签到码。", "This code is not known; scan the one at the door.")
        raise DomainError("event_unknown", words, field="token", value="")
    problems = [] if enterprise_id in actor.enterprise_ids else [_not_yours(enterprise_id)]
    if row.state != Event.State.OPEN or clock.today() != row.starts_at.astimezone(ZONE).date():
        said = Text("只能在活动当天签到。", "Sign in on the day of the event only.")
        problems.append(Problem("event_day", said, "event", row.title))
    refuse_if(problems)
    district = registry.enterprises(actor).filter(pk=enterprise_id).values_list("district_code", flat=True).first()
    with writing():
        kept, _new = Attendance.objects.get_or_create(
            event=row, enterprise_id=enterprise_id,
            defaults={"state": Attendance.State.REGISTERED, "district_code": district or row.district_code},
        )  # fmt: skip
        if Attendance.objects.filter(pk=kept.pk, signed_in_at=None).update(
            state=Attendance.State.PRESENT, signed_in_at=clock.now()
        ):
            kept.state = Attendance.State.PRESENT
            _saved(actor, row, kept)
    return row.pk


def sign_in_firms(actor: Actor, *, event_id: int, attendance_ids: Sequence[int]) -> int:
    """Sign in firms at the door from the list, on the event's day; those already in stay as they are. Return how many."""
    require(actor, _P.MANAGE_EVENTS)
    row = _event(event_id)
    if row.state != Event.State.OPEN or clock.today() != row.starts_at.astimezone(ZONE).date():
        said = Text("只能在活动当天签到。", "Sign in on the day of the event only.")
        day = row.starts_at.astimezone(ZONE).date().isoformat()
        raise DomainError("event_day", said, field="event", value=f"{row.title} {day}")
    mine = scope(actor, Attendance.objects.filter(event=row, pk__in=attendance_ids, signed_in_at=None))
    with writing():
        count = Attendance.objects.filter(pk__in=list(mine.values_list("pk", flat=True)), signed_in_at=None).update(
            state=Attendance.State.PRESENT, signed_in_at=clock.now()
        )
        record(actor, "FIRMS_SIGNED_IN", ("event", row.pk), topic=f"event:{row.pk}", facts={"count": count})
    return count


def answer_question(actor: Actor, *, attendance_id: int, answer: str) -> None:
    """Answer what a firm asked when it registered; the firm is told."""
    require(actor, _P.MANAGE_EVENTS)
    kept = _attendance(actor, attendance_id)
    if not answer.strip():
        raise DomainError("event_answer", Text("请填写回答。", "Write the answer."), field="answer", value=answer)
    with writing():
        Attendance.objects.filter(pk=kept.pk).update(answer=answer.strip())
        record(actor, "EVENT_ANSWERED", ("attendance", kept.pk), topic=f"event:{kept.event_id}")
        facts, link = {"title": kept.event.title}, f"/my/events/{kept.event_id}/"
        access.notify(
            actor, template="EVENT_QUESTION_ANSWERED", facts=facts, link=link, enterprise_id=kept.enterprise_id
        )


def take_intent(actor: Actor, *, attendance_id: int, need: Mapping[str, Any]) -> int:
    """Declare what a firm asked for at the event; its grants and loans count to the event. Return the demand.

    *need*: amount (fen), term_months, purpose, as of financing.enter_demand. One demand an attendance.
    """
    require(actor, _P.MANAGE_EVENTS)
    kept = _attendance(actor, attendance_id)
    if kept.demand_id:
        said = Text("这家企业在本次活动的需求已登记。", "This firm's need at the event is declared already.")
        raise DomainError("event_intent_twice", said, field="demand", value=kept.demand_id)
    with transaction.atomic():
        made = financing.enter_demand(actor, enterprise_id=kept.enterprise_id, channel="event", **need)
        with writing():
            Attendance.objects.filter(pk=kept.pk).update(demand_id=made.id)
            _saved(actor, kept.event, kept)
    return int(made.id)


def end_event(actor: Actor, *, event_id: int, cancel: bool = False) -> None:
    """Close an event that took place, or cancel it and tell everybody who is invited."""
    require(actor, _P.MANAGE_EVENTS)
    row = _event(event_id)
    if not row.district_code.startswith(actor.district):
        words = Text("这不是本单位的活动。", "This is another office's event.")
        raise DomainError("event_foreign", words, field="event", value=row.title)
    state = Event.State.CANCELLED if cancel else Event.State.CLOSED
    with writing():
        swap(row, None, state=state)
        facts = {"title": row.title, "state": {"zh": EVENT_STATES[state].zh, "en": EVENT_STATES[state].en}}
        record(actor, "EVENT_ENDED", ("event", row.pk), topic=f"event:{row.pk}", facts=facts)
        if cancel:
            told = Attendance.objects.filter(event=row).exclude(state="declined")
            firms = list(told.values_list("enterprise_id", flat=True))
            access.notify_firms(actor, template="EVENT_CANCELLED", facts={"title": row.title}, enterprise_ids=firms)


def _problems(plan: Plan) -> list[Problem]:
    found = []
    if plan.kind not in KINDS:
        found.append(Problem("event_kind", Text("请选择活动类型。", "Choose the kind."), "kind", plan.kind))
    if not plan.title.strip() or not plan.place.strip():
        found.append(
            Problem("event_title", Text("请填写名称和地点。", "Give a title and a place."), "title", plan.title)
        )
    if plan.starts_at <= clock.now():
        at = plan.starts_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M")
        said = Text(f"开始时间 {at} 已经过去，请选以后的时间。", f"{at} has passed; choose a later time to begin.")
        found.append(Problem("event_past", said, "starts_at", plan.starts_at))
    if plan.ends_at <= plan.starts_at:
        said = Text("结束时间应晚于开始时间。", "It ends before it begins.")
        found.append(Problem("event_times", said, "ends_at", plan.ends_at))
    if plan.seats < 1:
        found.append(Problem("event_seats", Text("至少一个名额。", "At least one seat."), "seats", plan.seats))
    return found


def _full(row: Event, enterprise_id: int) -> list[Problem]:
    taken = Attendance.objects.filter(event=row, state__in=["registered", "present"]).exclude(
        enterprise_id=enterprise_id
    )
    if taken.count() < row.seats:
        return []
    said = Text(f"{row.seats} 个名额已报满。", f"All {row.seats} seats are taken.")
    return [Problem("event_full", said, "event", row.title)]


def _saved(actor: Actor, row: Event, kept: Attendance) -> None:
    words = STATES[kept.state]
    facts = {"title": row.title, "state": {"zh": words.zh, "en": words.en}}
    record(actor, "ATTENDANCE_SAVED", ("attendance", kept.pk), topic=f"event:{row.pk}", facts=facts)


def _not_yours(enterprise_id: int) -> Problem:
    return Problem("event_firm", Text("请选择您的企业。", "Choose your firm."), "enterprise", enterprise_id)


def _event(event_id: int) -> Event:
    row = Event.objects.filter(pk=event_id).first()
    if row is None:
        words = Text("没有这场活动。", "No such event.")
        raise DomainError("event_unknown", words, field="event", value=event_id)
    return row


def _attendance(actor: Actor, attendance_id: int) -> Attendance:
    row = scope(actor, Attendance.objects.filter(pk=attendance_id)).select_related("event").first()
    if row is None:
        words = Text("名单里没有这家企业，或不在您的区县。", "Not on the list, or outside your district.")
        raise DomainError("attendance_unknown", words, field="attendance", value=attendance_id)
    return row
