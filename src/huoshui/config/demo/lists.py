"""The demo's lists: the ready ones, and leads that banks have begun to work."""

from __future__ import annotations

import datetime as dt
import random

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM
from huoshui.config.demo import city
from huoshui.kernel import clock
from huoshui.screening import actions_lead, actions_list, snapshots
from huoshui.screening import queries_list as lists
from huoshui.screening.lead_lifecycle import Act

SEED = 17
SHOWN = ("140105", "140106")  # districts whose banks have leads
WORKED = 60  # leads that a bank has reported on
_OUTCOMES = (
    (Act.INVITE, 0.30, ""),
    (Act.CONTACT, 0.30, ""),
    (Act.APPLY, 0.20, ""),
    (Act.REFUSE, 0.12, "no_need"),
    (Act.REFUSE, 0.08, "not_reached"),
)


def make() -> None:
    """Make every list, hand the prospects to banks as of last week, and let the banks report on some of them."""
    kept = snapshots.take(SYSTEM)
    actions_list.install_ready(SYSTEM)
    with clock.at(clock.now() - dt.timedelta(days=6)):
        made = actions_list.make(SYSTEM, codes=[row.code for row in lists.definitions(SYSTEM)], snapshot=kept)
        edition = next(each.pk for each in made if each.definition.code == "prospects")
        actions_lead.push(access.actor_named("office.city"), edition_id=edition, districts=SHOWN)
    _report()
    actions_list.make_due(SYSTEM)


def _report() -> None:
    dice = random.Random(SEED)  # noqa: S311  a demo's dice
    rows = list(lists.leads(SYSTEM).order_by("id").values_list("pk", "branch__code"))
    for pk, branch in dice.sample(rows, min(WORKED, len(rows))):
        manager = access.actor_named(city.manager_of(branch))
        act, _share, reason = dice.choices(_OUTCOMES, [share for _act, share, _reason in _OUTCOMES])[0]
        with clock.at(clock.now() - dt.timedelta(hours=dice.randint(1, 100))):
            actions_lead.report(manager, lead_ids=[pk], act=act, reason_code=reason)
