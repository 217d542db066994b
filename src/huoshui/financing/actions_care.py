"""The taskforce looks after a demand: green channel, answers to few stars, a second look and calls for the declined."""

from __future__ import annotations

from typing import Any

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing import clocks as deadlines
from huoshui.financing import demand_lifecycle as lifecycle
from huoshui.financing.demand_lifecycle import Act
from huoshui.financing.facts import demand_facts
from huoshui.financing.following import CALL, SECOND_LOOK
from huoshui.financing.models import Aftercare, Clock, Demand, Rating
from huoshui.financing.perform import (
    deadline_values,
    demand_of,
    log,
    person_of,
    require,
    swap,
    tell_firm,
    writing,
)
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Stale
from huoshui.kernel.text import Text

STEPS: dict[str, Text] = {SECOND_LOOK: Text("复核", "Second look"), CALL: Text("回访", "Call back")}
OUTCOMES: dict[str, Text] = {
    "agree": Text("原因成立，已向企业说明", "The refusal stands; explained to the firm"),
    "again": Text("建议重新申请", "Should ask again"),
    "repair": Text("先修复再申请", "Mend first, then ask again"),
    "elsewhere": Text("已从其他渠道融资", "Got money elsewhere"),
    "not_reached": Text("没有联系上", "Not reached"),
}


def set_green_channel(
    actor: Actor, *, demand_id: int, green: bool, reason: str, seen_version: int | None = None
) -> None:
    """Put a demand in the green channel (or take it out), with the reason.

    Banks that decide already get the shorter time from now where it ends earlier; taking out lengthens nothing that runs.
    """
    demand = demand_of(actor, demand_id)
    act = Act.GREEN if green else Act.UNGREEN
    lifecycle.decide(demand.state, act, actor=actor, facts=demand_facts(demand, reason=reason)).or_refuse()
    with writing():
        swap(demand, seen_version, green_channel=green)
        event = lifecycle.TRANSITIONS[lifecycle.State(demand.state), act].event
        log(actor, event, demand_id, {"words": reason.strip()}, reason=reason)
        if green:
            _hurry(demand)


def _hurry(demand: Demand) -> None:
    rule = deadlines.rule_of(deadlines.DECIDE, green=True, values=deadline_values())
    due = deadlines.due_at(rule, clock.now(), catalogue.calendar())
    rows = Clock.objects.filter(referral__demand_id=demand.pk, kind=deadlines.DECIDE, due_at__gt=due)
    rows.filter(met_at__isnull=True, cancelled_at__isnull=True, paused_at__isnull=True).update(due_at=due)


def answer_rating(actor: Actor, *, demand_id: int, words: str) -> None:
    """Answer a rating of few stars; the firm reads *words*."""
    require(actor, Permission.JUDGE_DEMANDS, Permission.HANDLE_COMPLAINTS)
    demand = demand_of(actor, demand_id)
    if not words.strip():
        said = Text("请写明处理情况。", "Say what was done.")
        raise DomainError("answer_missing", said, field="words", value=words)
    with writing():
        rows = Rating.objects.filter(demand_id=demand_id, answer_due_on__isnull=False, answered_at__isnull=True)
        if rows.update(answer=words.strip(), answered_at=clock.now(), answered_by_id=person_of(actor)) != 1:
            raise Stale(what="rating")
        log(actor, "RATING_ANSWERED", demand_id, {"words": words.strip()})
        tell_firm(actor, demand, "rating_answered", {"words": words.strip()})


def do_aftercare(actor: Actor, *, aftercare_id: int, outcome: str, note: str = "") -> None:
    """Record a second look or a call. The second look is never by whoever declined the demand."""
    require(actor, Permission.JUDGE_DEMANDS)
    row = Aftercare.objects.filter(pk=aftercare_id).first()
    demand = demand_of(actor, row.demand_id if row else 0)
    assert row is not None
    if outcome not in OUTCOMES:
        said = Text("请选择跟进结果。", "Say what came of it.")
        raise DomainError("outcome_unknown", said, field="outcome", value=outcome)
    if row.step == SECOND_LOOK:
        _second_person(actor, demand)
    with writing():
        open_row = Aftercare.objects.filter(pk=row.pk, done_at__isnull=True)
        values: dict[str, Any] = {"outcome": outcome, "note": note.strip(), "done_by_id": person_of(actor)}
        if open_row.update(done_at=clock.now(), **values) != 1:
            raise Stale(what="aftercare")
        said_facts = {"step": STEPS[row.step], "outcome": OUTCOMES[outcome], "day": row.day}
        log(actor, "AFTERCARE_DONE", demand.pk, said_facts, reason=note)


def _second_person(actor: Actor, demand: Demand) -> None:
    from huoshui.audit import queries as audit

    declined = [entry for entry in audit.timeline(f"demand:{demand.pk}") if entry.kind == "DEMAND_DECLINED"]
    if any(entry.actor_name == actor.name for entry in declined):
        said = Text("复核应由另一位同事进行。", "A colleague takes the second look.")
        raise DomainError("second_person", said, field="actor", value=actor.name)
