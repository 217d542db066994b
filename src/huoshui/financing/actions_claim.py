"""Claim mode (抢单): demands laid open to the banks of their district for a time; a branch takes what it wants and can."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from huoshui.access import row_security
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing import dispatch as order
from huoshui.financing.actions_dispatch import dispatch, hand_out, offer_of, tell_dispatched
from huoshui.financing.batch import BatchResult, each
from huoshui.financing.demand_lifecycle import State
from huoshui.financing.dispatch import Desk
from huoshui.financing.facts import desks
from huoshui.financing.models import Demand, Referral
from huoshui.financing.perform import demand_of, lock, log, require, said_moment, swap, writing
from huoshui.financing.purposes import PURPOSES
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry

OPEN = (State.RECOMMENDED, State.DISPATCHED)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """A demand to claim: who asks is not said before the branch has it. *amount* in fen; *left*: banks still wanted."""

    demand_id: int
    number: str
    district: Text
    amount: int
    term_months: int
    purpose: Text
    collateral: tuple[str, ...]
    until: dt.datetime
    left: int
    branches: tuple[tuple[int, Text], ...]


def open_to_claim(actor: Actor, *, demand_ids: Sequence[int]) -> BatchResult:
    """Lay recommended demands open to be claimed for the hours of the parameter; says of each whether it was done."""
    require(actor, Permission.DISPATCH_DEMANDS)
    return each(demand_ids, lambda pk: _open(actor, pk))


def _open(actor: Actor, demand_id: int) -> None:
    demand = demand_of(actor, demand_id)
    if demand.state != State.RECOMMENDED or not demand.platform_chooses:
        words = Text(
            "只有企业同意由平台安排、还没有派出的需求可以开放抢单。",
            "Only demands that let the platform choose and are with no bank may be claimed.",
        )
        raise DomainError("not_claimable", words, field="demand", value=demand.number)
    with writing():
        until = clock.now() + dt.timedelta(hours=catalogue.parameter("dispatch.grab_hours"))
        swap(demand, grab_until=until)
        log(actor, "DEMAND_OPEN_TO_CLAIM", demand_id, {"until": said_moment(until)})


def claimable(actor: Actor) -> tuple[ClaimLine, ...]:
    """Return what branches of the actor's bank may claim now, the first to end first."""
    if actor.org_kind != "bank" or not actor.may(Permission.HANDLE_CASES):
        return ()
    own = [view for view in catalogue.branches() if view.path.startswith(actor.org_path) and not view.paused]
    districts = {code for view in own for code in view.districts}
    with row_security.acting(SYSTEM):
        rows = Demand.objects.filter(grab_until__gt=clock.now(), state__in=OPEN, district_code__in=districts)
        found = [_line(row, own) for row in rows.prefetch_related("referrals").order_by("grab_until", "id")]
    banks = {view.bank_id for view in own}
    return tuple(line for line, asked in found if line.left > 0 and not asked & banks)


def _line(row: Demand, own: Sequence[Any]) -> tuple[ClaimLine, set[int]]:
    cases = list(row.referrals.all())
    open_ones = sum(case.closed_at is None for case in cases)
    purpose = PURPOSES.get(row.purpose)
    assert row.grab_until is not None
    line = ClaimLine(
        demand_id=row.pk,
        number=row.number,
        district=registry.district_name(row.district_code),
        amount=row.amount,
        term_months=row.term_months,
        purpose=purpose.name if purpose else Text(row.purpose, row.purpose),
        collateral=tuple(row.collateral),
        until=row.grab_until,
        left=catalogue.parameter("dispatch.max_banks") - open_ones,
        branches=tuple((view.org_id, view.name) for view in own if row.district_code in view.districts),
    )
    return line, {case.bank_id for case in cases}


def claim(actor: Actor, *, demand_id: int, branch_id: int) -> int:
    """Take a demand for a branch of one's own bank; returns the new case. Room, quota and pause are the branch's."""
    require(actor, Permission.HANDLE_CASES)
    line = next((each for each in claimable(actor) if each.demand_id == demand_id), None)
    if line is None or branch_id not in dict(line.branches):
        words = Text(
            "这笔需求已被抢完、到期，或不在该网点的服务区县。", "It is gone, over, or not in the branch's district."
        )
        raise DomainError("claim_gone", words, field="demand", value=demand_id)
    with writing():
        held = lock(demand_id)
        desk = next(found for found in desks(held.district_code) if found.branch_id == branch_id)
        _refuse_claim(held, desk)
        if held.state == State.RECOMMENDED:
            swap(held, state=State.DISPATCHED, dispatched_at=held.dispatched_at or clock.now())
        why = Text("网点主动抢单", "Claimed by the branch")
        offers = [offer_of(desk, None, order.GRAB, why)]
        made = hand_out(actor, held, offers)
        tell_dispatched(actor, held, offers)
    return made[0]


def _refuse_claim(held: Demand, desk: Desk) -> None:
    cases = Referral.objects.filter(demand_id=held.pk)
    full = cases.filter(closed_at__isnull=True).count() >= catalogue.parameter("dispatch.max_banks")
    if full or held.state not in OPEN or cases.filter(bank_id=desk.bank_id).exists():
        words = Text("这笔需求刚刚被抢完。", "It has just been taken.")
        raise DomainError("claim_gone", words, field="demand", value=held.number)
    today = clock.now().astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    taken = Referral.objects.filter(branch_id=desk.branch_id, basis=order.GRAB, offered_at__gte=today).count()
    quota = catalogue.parameter("dispatch.grab_quota")
    if taken >= quota:
        words = Text(f"网点今天已抢 {taken} 笔，达到每日上限。", f"The branch has claimed {taken} today, its quota.")
        remedy = Text("请明天再抢。", "Claim again tomorrow.")
        raise DomainError("claim_quota", words, field="branch", value=desk.branch_id, remedy=remedy)
    if desk.paused or desk.room <= 0:
        words = Text("网点暂停接单或本周已满额。", "The branch takes no cases now, or is full this week.")
        raise DomainError("branch_full", words, field="branch", value=desk.branch_id)


def close_claims() -> int:
    """Hand what nobody claimed in time to banks by the ordinary order; returns how many were dispatched."""
    over = Demand.objects.filter(grab_until__lte=clock.now())
    done = 0
    for pk, state in list(over.values_list("pk", "state")):
        with writing():
            Demand.objects.filter(pk=pk).update(grab_until=None)
        if state != State.RECOMMENDED:
            continue
        try:
            dispatch(SYSTEM, demand_id=pk)
        except DomainError:  # nobody can take it now: it stays on the recommended list
            continue
        done += 1
    return done
