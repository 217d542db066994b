"""Firms that waited for a bank are handed out by themselves as soon as a bank can take them."""

from __future__ import annotations

from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.kernel.errors import DomainError
from huoshui.screening import actions_lead
from huoshui.screening.leads import serves
from huoshui.screening.models import LeadPush, LeadWaiting, ListEdition


@acting(SYSTEM)
def push_again(*, thorough: bool = False) -> int:
    """Hand out firms that waited, by the newest edition of their list; return how many found a bank.

    Looks only at lists where a branch that was full, paused or new has room now and serves a district where a firm
    waits; *thorough*: at all of them, as a product may have been widened. Whom nobody can take goes on waiting.
    """
    count = 0
    for definition in sorted(set(LeadWaiting.objects.order_by().values_list("definition_id", flat=True))):
        if thorough or _room_came_back(definition):
            count += _try(definition)
    return count


def _room_came_back(definition: int) -> bool:
    waiting = LeadWaiting.objects.filter(definition_id=definition)
    places = set(waiting.order_by().values_list("district_code", flat=True).distinct())
    last = LeadPush.objects.filter(definition_id=definition).order_by("-pk").first()
    before = set(last.open_branches) if last else set()
    back = [desk for desk in actions_lead.desks() if desk.room > 0 and desk.branch_id not in before]
    return any(serves(desk, place) for desk in back for place in places)


def _try(definition: int) -> int:
    newest = ListEdition.objects.filter(definition_id=definition).order_by("-number").first()
    firms = list(LeadWaiting.objects.filter(definition_id=definition).values_list("enterprise_id", flat=True))
    try:
        return actions_lead.push(SYSTEM, edition_id=newest.pk if newest else 0, only=firms)
    except DomainError as nobody:
        if nobody.code != "nothing_to_push":
            raise
        return 0
