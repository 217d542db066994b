"""What the guards of demands and cases look at, gathered from the tables in as few questions as the act needs."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Any

from huoshui.catalogue import queries as catalogue
from huoshui.financing import clocks as deadlines
from huoshui.financing import demand_lifecycle as demands
from huoshui.financing import referral_lifecycle as cases
from huoshui.financing.dispatch import Desk
from huoshui.financing.models import Clock, Demand, Loan, Referral, StandardJudgement
from huoshui.financing.perform import deadline_values, running
from huoshui.kernel import clock

_STAFF_CHANNELS = ("staff", "visit", "event", "hall", "list")


def open_cases(demand_id: int) -> list[Referral]:
    """Return the demand's open cases with their banks and the demand."""
    rows = Referral.objects.filter(demand_id=demand_id, closed_at__isnull=True)
    return list(rows.select_related("bank", "demand").order_by("id"))


def demand_facts(demand: Demand, *, leaving: int = 0, **given: Any) -> demands.Facts:
    """Return what the guards of a demand's acts look at; *leaving*: cases that the act itself closes first."""
    state = demands.State(demand.state)
    values: dict[str, Any] = {
        "max_banks": catalogue.parameter("dispatch.max_banks"),
        "close_reason": demand.close_reason,
        "green": demand.green_channel,
    }
    if demand.channel in _STAFF_CHANNELS:
        values["entered_by"] = demand.applicant_id
    if state is demands.State.DECLARED:
        values["verdicts"] = tuple(
            StandardJudgement.objects.filter(demand_id=demand.pk).values_list("standard", "verdict")
        )
    elif state is not demands.State.DRAFT:
        rows = Referral.objects.filter(demand_id=demand.pk).values_list("closed_at", "state")
        found = list(rows)
        values["open_banks"] = sum(closed is None for closed, _ in found) - leaving
        values["cases"] = len(found)
        values["drawn"] = any(held in (cases.State.LENDING, cases.State.LENT, cases.State.SETTLED) for _, held in found)
    if state is demands.State.REPAIRING:
        values["open_repairs"] = demand.repairs.filter(resolved_at__isnull=True).count()
    return demands.Facts(**(values | given))


def case_facts(referral: Referral, act: cases.Act, **given: Any) -> cases.Facts:
    """Return what the guards of *act* on a case look at."""
    values: dict[str, Any] = {}
    if act is cases.Act.RECALL:
        values["overdue"] = recallable(referral.pk)
    if act is cases.Act.LAPSE and referral.decided_at:
        days = dt.timedelta(days=catalogue.parameter("deadline.contract_days"))
        values["contract_overdue"] = clock.now() > referral.decided_at + days
    if act in (cases.Act.WITHDRAW, cases.Act.SETTLE) and referral.state in cases.OPEN_STATES:
        loan = Loan.objects.filter(referral_id=referral.pk).values_list("drawn", "repaid").first()
        drawn, repaid = loan or (0, 0)
        values |= {"drawn": drawn, "balance": drawn - repaid}
    return cases.Facts(**(values | given))


def recallable(referral_id: int) -> bool:
    """Return whether a deadline of the case has passed by the days that allow taking it back."""
    values, calendar, now = deadline_values(), catalogue.calendar(), clock.now()
    running_ones = Clock.objects.filter(
        referral_id=referral_id, met_at__isnull=True, cancelled_at__isnull=True, paused_at__isnull=True
    )
    return any(now > deadlines.recall_at(running(row), values=values, calendar=calendar) for row in running_ones)


def desks(district: str, *, bank_id: int | None = None) -> list[Desk]:
    """Return the branches that serve a district with what they can still take, of one bank or of all."""
    serving = [
        view
        for view in catalogue.branches()
        if district in view.districts and (bank_id is None or view.bank_id == bank_id)
    ]
    since = clock.now() - dt.timedelta(days=7)
    rows = Referral.objects.filter(branch_id__in=[view.org_id for view in serving], offered_at__gt=since)
    load = Counter(rows.values_list("branch_id", flat=True))
    return [
        Desk(view.org_id, view.path, view.bank_id, view.weekly_capacity, load[view.org_id], view.paused)
        for view in serving
    ]
