"""What follows of itself from banks' answers: the demand's state, the question for a rating, care for the declined."""

from __future__ import annotations

import datetime as dt
from typing import Any

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing import demand_lifecycle
from huoshui.financing.demand_lifecycle import Close
from huoshui.financing.models import Aftercare, Demand, Invoice, Rating, Referral
from huoshui.financing.perform import log, swap, tell_firm, tell_taskforce
from huoshui.kernel import clock

SECOND_LOOK, CALL = "second_look", "call"


def follow(actor: Actor, demand: Demand, *, another_bank: bool = False) -> None:
    """Give the locked *demand* the state that its banks' answers make; records it where it changed."""
    state, why = demand_lifecycle.follow(
        list(Referral.objects.filter(demand_id=demand.pk).values_list("state", flat=True)), another_bank=another_bank
    )
    kind = demand_lifecycle.CONSEQUENCES.get((demand_lifecycle.State(demand.state), state))
    if kind is None:
        return
    swap(demand, state=state, **_moments(demand, state, why))
    said = demand_lifecycle.CLOSE_NAMES[demand_lifecycle.Close(why)] if why else ""
    log(actor, kind, demand.pk, {"why": said})
    if state is demand_lifecycle.State.RECOMMENDED:
        tell_taskforce(actor, demand, "demand_awaits", {})
    if state is demand_lifecycle.State.CLOSED and demand.lent_at is None:
        Invoice.objects.filter(demand_id=demand.pk, released_at__isnull=True).update(released_at=clock.now())
    if why == Close.ALL_DECLINED:
        open_aftercare(actor, demand)
    ask_rating(actor, demand)


def ask_rating(actor: Actor, demand: Demand) -> None:
    """Ask the firm, once, what it thought of the service: when the money has come, or when it ends without."""
    S = demand_lifecycle.State
    handled = demand.state == S.CLOSED and demand.lent_at is None and demand.dispatched_at is not None
    if demand.state != S.LENT and not handled:
        return
    if Rating.objects.filter(demand_id=demand.pk).exists():
        return
    template = "rate_case" if demand.state == S.LENT else "rate_closed"
    tell_firm(actor, demand, template, {"days": catalogue.parameter("rating.ask_days")}, anchor="#rate")


def _moments(demand: Demand, state: demand_lifecycle.State, why: str) -> dict[str, Any]:
    now, S = clock.now(), demand_lifecycle.State
    if state is S.GRANTED:
        return {"granted_at": demand.granted_at or now}
    if state is S.LENT:
        return {"granted_at": demand.granted_at or now, "lent_at": demand.lent_at or now}
    return {"closed_at": now, "close_reason": why} if state is S.CLOSED else {}


def open_aftercare(actor: Actor, demand: Demand) -> None:
    """Give a firm that got no loan an adviser, a second look at the refusal, and calls after the days of the parameter.

    The adviser is the officer of the county's taskforce with the least to do; steps that are there already stay.
    """
    today, calendar = clock.today(), catalogue.calendar()
    adviser_id, name = _adviser(demand.district_code)
    look = calendar.due(today, days=catalogue.parameter("aftercare.second_look_days")).on
    steps = [(SECOND_LOOK, 0, look)]
    for days in catalogue.parameter("decline.recontact_days"):
        steps.append((CALL, days, calendar.working_on_or_after(today + dt.timedelta(days=days))))
    made = [Aftercare(demand=demand, step=step, day=day, adviser_id=adviser_id, due_on=due) for step, day, due in steps]
    Aftercare.objects.bulk_create(made, ignore_conflicts=True)
    log(actor, "AFTERCARE_OPENED", demand.pk, {"adviser": name, "due": look.isoformat()})
    tell_firm(actor, demand, "aftercare_firm", {"adviser": name})
    if adviser_id:
        said = {"number": demand.number, "step": {"zh": "复核", "en": "the second look"}, "due": look.isoformat()}
        link = f"/gov/demands/{demand.pk}/#aftercare"
        access.notify(actor, template="aftercare_due", facts=said, link=link, person_id=adviser_id)


def _adviser(district: str) -> tuple[int | None, str]:
    found = [
        person
        for office in offices.organisations(kind="government")
        if office.level == "county" and office.district_code == district
        for person in offices.colleagues(office.id, permission=Permission.JUDGE_DEMANDS)
    ]
    busy = Aftercare.objects.filter(done_at__isnull=True, adviser_id__in=[pk for pk, _ in found])
    load = list(busy.values_list("adviser_id", flat=True))
    return min(found, key=lambda person: (load.count(person[0]), person[0]), default=(None, "—"))
