"""When a bank's answer is due: which deadline runs how long, what a pause does, who is reminded when. Pure.

Accept and first contact are counted in working days; the decision in calendar days from complete papers, in the green
channel in working days. Days run to the cut-off hour; what starts after it, or on a day that is not worked, counts from the next working day: a
case offered on a Saturday begins on Monday and is to be accepted by Tuesday, like any case of Monday. While the
firm owes papers the clock stands still: the due moment moves by exactly the time (calendar days) or by the working days
(working-day clocks) that were left. Source: 金发〔2024〕32号; values are the parameters ``deadline.*`` and ``chase.*``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from huoshui.financing.referral_lifecycle import Move
from huoshui.kernel.clock import ZONE
from huoshui.kernel.text import Text
from huoshui.kernel.workdays import Calendar

ACCEPT, CONTACT, DECIDE = "accept", "contact", "decide"
KIND_NAMES: dict[str, Text] = {
    ACCEPT: Text("受理", "Accept"),
    CONTACT: Text("首次联系", "First contact"),
    DECIDE: Text("授信决定", "Decision"),
}
_RULES = {ACCEPT: "deadline.accept_days", CONTACT: "deadline.contact_days", DECIDE: "deadline.decide_days"}
GREEN_RULE = "deadline.green_decide_days"
PATHS = (*_RULES.values(), GREEN_RULE, "deadline.cutoff", "deadline.accept_recall_days", "deadline.decide_recall_days",
         "chase.first_day", "chase.due_soon_days", "chase.branch_after_days", "chase.head_after_days",
         "chase.taskforce_after_days", "chase.supervisor_after_days")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """How long something may take: *days*, counted in working or calendar days, up to *cutoff* of the last one."""

    days: int
    working: bool
    cutoff: dt.time


@dataclass(frozen=True, slots=True)
class Running:
    """A deadline as it stands. Moments are aware; *met_at* or *cancelled_at* end it, *paused_at* holds it."""

    kind: str
    started_at: dt.datetime
    due_at: dt.datetime
    paused_at: dt.datetime | None = None
    met_at: dt.datetime | None = None
    cancelled_at: dt.datetime | None = None
    reminders: int = 0

    @property
    def over(self) -> bool:
        """Return whether the deadline no longer runs."""
        return self.met_at is not None or self.cancelled_at is not None


def rule_of(kind: str, *, green: bool, values: Mapping[str, Any]) -> Rule:
    """Return the rule of clock *kind*; *values*: the parameters of PATHS; *green*: the green channel's decision."""
    cutoff = dt.time.fromisoformat(values["deadline.cutoff"])
    if kind == DECIDE and not green:
        return Rule(values[_RULES[kind]], working=False, cutoff=cutoff)
    return Rule(values[GREEN_RULE if kind == DECIDE else _RULES[kind]], working=True, cutoff=cutoff)


def due_at(rule: Rule, start: dt.datetime, calendar: Calendar) -> dt.datetime:
    """Return the moment something started at *start* is due: the cut-off hour of its last day, in Chinese time."""
    if rule.working:
        return _at(calendar.due(start, days=rule.days, cutoff=rule.cutoff).on, rule.cutoff)
    local = start.astimezone(ZONE)
    late = local.time() > rule.cutoff
    return _at(local.date() + dt.timedelta(days=rule.days + late), rule.cutoff)


def start(kind: str, rule: Rule, now: dt.datetime, calendar: Calendar) -> Running:
    """Return clock *kind* started *now*."""
    return Running(kind, started_at=now, due_at=due_at(rule, now, calendar))


def resume(clock: Running, rule: Rule, now: dt.datetime, calendar: Calendar) -> Running:
    """Return a paused *clock* running again from *now*; what was left when it stopped is left again.

    A clock that was overdue when it stopped stays overdue by as much. One that is not paused is returned as it is.
    """
    if clock.paused_at is None:
        return clock
    if not rule.working or clock.paused_at >= clock.due_at:
        return replace(clock, paused_at=None, due_at=clock.due_at + (now - clock.paused_at))
    left = calendar.working_days_between(_effective_day(clock.paused_at, rule, calendar), _day(clock.due_at))
    due = calendar.due(now, days=max(left, 0), cutoff=rule.cutoff).on
    return replace(clock, paused_at=None, due_at=_at(due, rule.cutoff))


def apply(
    clock: Running | None, kind: str, move: Move, *, rule: Rule, now: dt.datetime, calendar: Calendar
) -> Running | None:
    """Return what *move* makes of *clock* (None: there is none yet); an ended clock never runs again."""
    if clock is None:
        return start(kind, rule, now, calendar) if move in (Move.START, Move.RUN) else None
    if clock.over or move is Move.START:
        return clock
    if move is Move.PAUSE:
        return replace(clock, paused_at=clock.paused_at or now)
    if move is Move.RUN:
        return resume(clock, rule, now, calendar)
    running = resume(clock, rule, now, calendar)
    return replace(running, met_at=now) if move is Move.MEET else replace(running, cancelled_at=now)


@dataclass(frozen=True, slots=True)
class Rung:
    """A rung of the chase ladder: *to* whom (officer, branch, head, taskforce, supervisor) and from which moment."""

    number: int
    to: str
    at: dt.datetime


LADDER = ("officer", "officer", "branch", "head", "taskforce", "supervisor")


def rungs(
    clock: Running, *, offered_at: dt.datetime, values: Mapping[str, Any], calendar: Calendar
) -> tuple[Rung, ...]:
    """Return the whole ladder of *clock*, in order: due soon, due, and so many working days late for each level.

    Nobody is reminded before working day ``chase.first_day`` after the case was offered.
    """
    due, cutoff = _day(clock.due_at), clock.due_at.astimezone(ZONE).time()
    opening = dt.time(9)
    soon = _working_days_before(due, values["chase.due_soon_days"], calendar)
    late = [_at(calendar.due(due, days=values[path]).on, cutoff) for path in PATHS[-4:]]
    quiet_until = _at(calendar.due(_day(offered_at), days=values["chase.first_day"]).on, opening)
    moments = [_at(soon, opening), clock.due_at, *late]
    return tuple(
        Rung(number, to, max(moment, quiet_until))
        for number, (to, moment) in enumerate(zip(LADDER, moments, strict=True), start=1)
    )


def recall_at(clock: Running, *, values: Mapping[str, Any], calendar: Calendar) -> dt.datetime:
    """Return the moment from which an unanswered case may be taken back: working days for accepting and contact,
    calendar days for the decision."""
    if clock.kind == DECIDE:
        return clock.due_at + dt.timedelta(days=values["deadline.decide_recall_days"])
    day = calendar.due(_day(clock.due_at), days=values["deadline.accept_recall_days"]).on
    return _at(day, clock.due_at.astimezone(ZONE).time())


def taken_ratio(clock: Running, now: dt.datetime) -> float:
    """Return the share of the time that is used up (over 1: late); for bars on pages, never for a decision."""
    whole = (clock.due_at - clock.started_at).total_seconds()
    used = ((clock.met_at or clock.paused_at or now) - clock.started_at).total_seconds()
    return used / whole if whole > 0 else 1.0


def _working_days_before(day: dt.date, days: int, calendar: Calendar) -> dt.date:
    found = day
    while days:
        found -= dt.timedelta(days=1)
        days -= calendar.is_working(found)
    return found


def _effective_day(moment: dt.datetime, rule: Rule, calendar: Calendar) -> dt.date:
    # a day that is over by the cut-off counts as used, as it does at the start
    return calendar.due(moment, days=0, cutoff=rule.cutoff).on


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(ZONE).date()


def _at(day: dt.date, hour: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, hour, tzinfo=ZONE)
