"""The service hall: numbers drawn, half hours booked, turns called and ended; districts' needs of a quarter."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Max

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.row_security import acting
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing.perform import person_of, refuse_if, require, swap, writing
from huoshui.kernel import clock
from huoshui.kernel.clock import ZONE
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry
from huoshui.service import hall
from huoshui.service.models import QuarterNeed, StageReport, Ticket

_P = Permission
AHEAD_DAYS = 14  # a hall's roster is known two weeks ahead
OPEN = ("booked", "waiting", "called")


def draw(actor: Actor, *, topic: str, enterprise_id: int | None = None) -> str:
    """Draw a number at the door, by the hall's clerk; return it as it is called."""
    require(actor, _P.WORK_HALL)
    refuse_if(_topic(topic))
    return hall.said(topic, _make(actor, topic, clock.today(), None, enterprise_id).number)


def book(actor: Actor, *, topic: str, day: dt.date, slot: dt.time, enterprise_id: int) -> int:
    """Book a half hour for the actor's firm; return the turn. Past, closed and full half hours are refused."""
    problems = _topic(topic)
    if enterprise_id not in actor.enterprise_ids:
        problems.append(
            Problem("hall_firm", Text("请选择您的企业。", "Choose your firm."), "enterprise", enterprise_id)
        )
    refuse_if([*problems, *_when(day, slot)])
    return _make(actor, topic, day, slot, enterprise_id).pk


def cancel(actor: Actor, *, ticket_id: int) -> None:
    """Give the actor's own booking back."""
    row = Ticket.objects.filter(pk=ticket_id, enterprise_id__in=actor.enterprise_ids, state="booked").first()
    if row is None:
        words = Text("没有这个预约，或已经办理。", "No such booking, or it is over.")
        raise DomainError("ticket_unknown", words, field="ticket", value=ticket_id)
    _move(actor, row, "cancelled")


def call_next(actor: Actor, *, window: int) -> str:
    """End the turn at *window* and call the next; return its number, "" when nobody waits."""
    require(actor, _P.WORK_HALL)
    most = catalogue.parameter("hall.windows")
    if not 1 <= window <= most:
        words = Text(f"窗口编号应在 1 到 {most} 之间。", f"Windows are numbered 1 to {most}.")
        raise DomainError("hall_window", words, field="window", value=window)
    with writing():
        today = clock.today()
        # two windows that call at the same moment get two numbers: the queue of the day is locked in one order
        rows = {
            row.pk: row for row in Ticket.objects.select_for_update().filter(day=today, state__in=OPEN).order_by("pk")
        }
        for row in rows.values():
            if row.state == Ticket.State.CALLED and row.window == window:
                _move(actor, row, "served")
        waiting = [_turn(row) for row in rows.values() if row.state in ("booked", "waiting")]
        turn = hall.next_turn(waiting, clock.now())
        if turn is None:
            return ""
        row = rows[turn.id]
        _move(actor, row, "called", window=window, clerk_id=person_of(actor), called_at=clock.now())
    return hall.said(row.topic, row.number)


def finish(actor: Actor, *, ticket_id: int, missed: bool = False) -> None:
    """End the turn at a window: served, or nobody came."""
    require(actor, _P.WORK_HALL)
    row = Ticket.objects.filter(pk=ticket_id, state="called").first()
    if row is None:
        words = Text("这个号不在办理中。", "This number is not at a window.")
        raise DomainError("ticket_unknown", words, field="ticket", value=ticket_id)
    _move(actor, row, "missed" if missed else "served")


def report_need(actor: Actor, *, year: int, quarter: int, firms: int, amount: int, words: str = "") -> int:
    """Report, or correct, what the actor's district needs in a quarter; *amount* in fen. Return the report's id."""
    require(actor, _P.PLAN_VISITS)
    problems = []
    if len(actor.district) != 6:
        problems.append(Problem("need_district", Text("由区县上报。", "Districts report."), "district", actor.district))
    if not 1 <= quarter <= 4 or not 2000 <= year <= 2100:
        problems.append(
            Problem("need_quarter", Text("请选择年份和季度。", "Choose year and quarter."), "quarter", quarter)
        )
    if firms < 0 or amount < 0 or bool(firms) != bool(amount):
        said = Text("户数和金额应同时填写，不能为负。", "Give both firms and amount, none below zero.")
        problems.append(Problem("need_amount", said, "amount", amount))
    refuse_if(problems)
    values = {
        "firms": firms, "amount": amount, "words": words.strip(), "reported_by_id": person_of(actor),
        "reported_at": clock.now(),
    }  # fmt: skip
    with writing():
        row, _new = QuarterNeed.objects.update_or_create(
            district_code=actor.district, year=year, quarter=quarter, defaults=values
        )
        facts = {"quarter": f"{year}Q{quarter}", "firms": firms, "amount": amount}
        record(actor, "QUARTER_NEED_REPORTED", ("quarter_need", row.pk), facts=facts)
    return row.pk


def report_stage(actor: Actor, *, enterprise_id: int, stage: str, bank_id: int | None = None, note: str = "") -> int:
    """Report where a firm stands with a bank (None: with none yet); the firm is told. Return the report's id."""
    require(actor, _P.WORK_HALL)
    firm = registry.enterprises(actor).filter(pk=enterprise_id).values_list("district_code", flat=True).first()
    problems = []
    if firm is None:
        said = Text("登记册里没有这家企业。", "The register does not know this firm.")
        problems.append(Problem("stage_firm", said, "enterprise", enterprise_id))
    if stage not in hall.STAGES:
        problems.append(Problem("stage_unknown", Text("请选择进度。", "Choose where the firm stands."), "stage", stage))
    elif bank_id is None and stage not in ("comparison", "papers"):
        said = Text("到了这一步已有银行，请选择。", "A bank has the case by then; choose it.")
        problems.append(Problem("stage_bank", said, "bank_id", ""))
    refuse_if(problems)
    bank = offices.organisation(bank_id) if bank_id else None
    words, name = hall.STAGES[stage], bank.name if bank else Text("尚未选定银行", "no bank yet")
    with writing():
        row = StageReport.objects.create(
            enterprise_id=enterprise_id, district_code=firm or "", bank_id=bank_id, bank_path=bank.path if bank else "",
            stage=stage, note=note.strip(), reported_by_id=person_of(actor), reported_at=clock.now(),
        )  # fmt: skip
        facts = {"stage": _pair(words), "bank": _pair(name), "note": row.note}
        record(actor, "STAGE_REPORTED", ("stage", row.pk), topic=f"enterprise:{enterprise_id}", facts=facts)
        access.notify(actor, template="STAGE_NEWS", facts=facts, link="/my/hall/", enterprise_id=enterprise_id)
    return row.pk


def _pair(words: Text) -> dict[str, str]:
    return {"zh": words.zh, "en": words.en}


def _make(actor: Actor, topic: str, day: dt.date, slot: dt.time | None, firm: int | None) -> Ticket:
    with writing():
        held = Ticket.objects.select_for_update().filter(day=day)
        if firm and held.filter(enterprise_id=firm, state__in=OPEN).exists():
            said = Text("这家企业当天已有号。", "This firm has a number for that day.")
            raise DomainError("ticket_twice", said, field="day", value=day)
        seats = catalogue.parameter("hall.slot_seats")
        if slot and held.filter(slot=slot, state__in=OPEN).count() >= seats:
            said = Text(f"{slot:%H:%M} 已约满（{seats} 户），请换一个时段。", f"{slot:%H:%M} is full ({seats} firms).")
            raise DomainError("slot_full", said, field="slot", value=slot)
        number = (held.filter(topic=topic).aggregate(top=Max("number"))["top"] or 0) + 1
        row = Ticket.objects.create(
            day=day, topic=topic, number=number, slot=slot, enterprise_id=firm,
            person_id=actor.person_id, state="booked" if slot else "waiting", made_at=clock.now(),
        )  # fmt: skip
        record(actor, "TICKET_MADE", ("ticket", row.pk), facts={"number": hall.said(topic, number)})
    return row


def _move(actor: Actor, row: Ticket, state: str, **changes: object) -> None:
    ended = {"ended_at": clock.now()} if state in ("served", "missed", "cancelled") else {}
    with writing():
        swap(row, None, state=state, **changes, **ended)
        words = hall.STATES[state]
        facts = {"number": hall.said(row.topic, row.number), "state": {"zh": words.zh, "en": words.en}}
        record(actor, "TICKET_MOVED", ("ticket", row.pk), facts=facts)


def _turn(row: Ticket) -> hall.Turn:
    slot = dt.datetime.combine(row.day, row.slot, ZONE) if row.slot else None
    return hall.Turn(row.pk, slot, row.made_at)


def _topic(topic: str) -> list[Problem]:
    if topic in hall.TOPICS:
        return []
    return [Problem("hall_topic", Text("请选择办理事项。", "Choose what it is about."), "topic", topic)]


def _when(day: dt.date, slot: dt.time) -> list[Problem]:
    now = clock.now().astimezone(ZONE)
    if slot not in hall.slots():
        return [
            Problem("hall_slot", Text("请选择可预约的时段。", "Choose a half hour that may be booked."), "slot", slot)
        ]
    if dt.datetime.combine(day, slot, ZONE) <= now:
        return [Problem("hall_past", Text("这个时段已经过去。", "This half hour has passed."), "day", day)]
    if day > now.date() + dt.timedelta(days=AHEAD_DAYS):
        said = Text(f"只能预约 {AHEAD_DAYS} 天以内。", f"Book at most {AHEAD_DAYS} days ahead.")
        return [Problem("hall_far", said, "day", day)]
    if not catalogue.calendar().is_working(day):
        return [Problem("hall_closed", Text("当天大厅不办公。", "The hall is closed that day."), "day", day)]
    return []


@acting(SYSTEM)
def screen() -> tuple[list[tuple[str, int]], list[str]]:
    """Return what the hall's screen shows: numbers at windows (latest call first) and those who come next. No names."""
    rows = Ticket.objects.filter(day=clock.today())
    called = rows.filter(state="called").order_by("-called_at").values_list("topic", "number", "window")
    waiting = rows.filter(state__in=["booked", "waiting"]).order_by(F("slot").asc(nulls_last=True), "made_at")
    return (
        [(hall.said(topic, number), window or 0) for topic, number, window in called],
        [hall.said(topic, number) for topic, number in waiting.values_list("topic", "number")[:24]],
    )
