"""A district was dissolved: what is under way there goes on in the district where the register placed its firm.

Demands, cases and groups that are closed, visits and loans stay with the code they were made under: they are the past.
"""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.db.models import F, Q

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.financing.demand_lifecycle import OPEN_STATES
from huoshui.financing.models import Demand, DemandGroup, Referral
from huoshui.financing.perform import log, plain, require, writing
from huoshui.financing.referral_lifecycle import State
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry

_ALIVE = Q(state__in=OPEN_STATES) | Q(referrals__state=State.LENDING)  # a loan is still being drawn
_Road = tuple[str, str]  # from the old district to the new


def follow_districts(actor: Actor) -> int:
    """Move demands under way, with their open cases and groups, after their firms; return how many demands moved.

    Looks at demands of dissolved districts alone, so that it may run again when the register placed more firms. Both
    offices are told how many. Needs MANAGE_EVALUATION, as the change of the district does.
    """
    require(actor, Permission.MANAGE_EVALUATION)
    gone = [each.code for each in registry.districts_ever(settings.CITY["code"]) if each.abolished]
    with writing():
        left = Demand.objects.filter(_ALIVE, district_code__in=gone).exclude(
            district_code=F("enterprise__district_code")
        )
        ids = sorted(set(left.values_list("pk", flat=True)))
        held = Demand.objects.select_for_update(of=("self",)).select_related("enterprise").filter(pk__in=ids)
        roads = Counter(_follow(actor, demand) for demand in held.order_by("pk"))
        for road, count in sorted(roads.items()):
            _tell(actor, road, count)
        _follow_groups(actor, gone)
    return roads.total()


def _follow(actor: Actor, demand: Demand) -> _Road:
    old, new = demand.district_code, demand.enterprise.district_code
    moved = {"district_code": new, "district_before": old, "district_since": clock.now()}
    # no new version: whoever has the page open loses nothing of what was typed
    Demand.objects.filter(pk=demand.pk).update(**moved)
    Referral.objects.filter(demand=demand, closed_at=None).exclude(state=State.LENT).update(**moved)
    log(actor, "DEMAND_FOLLOWED_DISTRICT", demand.pk, _names(old, new))
    return old, new


def _follow_groups(actor: Actor, gone: list[str]) -> None:
    """Move open groups all of whose demands under way are in one other district now."""
    for group in DemandGroup.objects.filter(closed_at=None, district_code__in=gone):
        alive = Demand.objects.filter(_ALIVE, group=group).values_list("district_code", flat=True)
        places = set(alive)
        if len(places) == 1 and (new := places.pop()) != group.district_code:
            DemandGroup.objects.filter(pk=group.pk).update(district_code=new)
            facts = {"name": group.name, **_names(group.district_code, new)}
            record(actor, "GROUP_FOLLOWED_DISTRICT", ("group", group.pk), facts=facts)


def _tell(actor: Actor, road: _Road, count: int) -> None:
    """Tell both county offices; the city's where the new district has none yet."""
    facts = plain({"count": count, **_names(*road)})
    known = offices.organisations(kind="government")
    old, new = ([view.id for view in known if view.level == "county" and view.district_code == one] for one in road)
    new = new or [view.id for view in known if view.level == "city" and road[1].startswith(view.district_code[:4])]
    for office in old:
        access.notify(actor, template="demands_moved_away", facts=facts, organisation_id=office)
    for office in new:
        access.notify(
            actor, template="demands_moved_here", facts=facts, link="/gov/demands/declared/", organisation_id=office
        )


def _names(old: str, new: str) -> dict[str, Text]:
    return {"old": registry.district_name(old), "new": registry.district_name(new)}
