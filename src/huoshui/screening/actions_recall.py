"""Leads whose day has passed without a word: the bank is reminded, the firm taken back and handed to the next bank."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from huoshui.access import actions as access
from huoshui.access.actor import SYSTEM
from huoshui.access.row_security import acting
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.screening import actions_lead
from huoshui.screening.lead_lifecycle import WAITING, State
from huoshui.screening.models import Lead, ListEdition


@dataclass(frozen=True, slots=True)
class Recalled:
    """What a day's look at the deadlines did: banks reminded of how many firms, taken back, handed on."""

    reminded: int
    recalled: int
    passed_on: int


@acting(SYSTEM)
def recall_silent() -> Recalled:
    """Remind of leads due by the next working day, take back those overdue, hand them to the next bank with room.

    Twice on a day does nothing new but the reminder, which is sent on the working day before the deadline alone.
    """
    today = clock.today()
    _give_days()
    overdue = Lead.objects.filter(state__in=WAITING, due_on__lt=today).select_related("bank", "edition")
    taken = _take_back(overdue)
    return Recalled(_remind(today), len(taken), _pass_on(taken))


def _give_days() -> None:
    """Give a deadline, counted from now, to open leads from before there were deadlines."""
    Lead.objects.filter(state=State.NEW, due_on=None).update(due_on=actions_lead.due_in("lists.contact_days"))
    Lead.objects.filter(state__in=WAITING, due_on=None).update(due_on=actions_lead.due_in("lists.report_days"))


def _remind(today: dt.date) -> int:
    """Tell each bank how many leads are due on the next working day; return how many those are."""
    calendar = catalogue.calendar()
    if not calendar.is_working(today):
        return 0
    due = calendar.due(today, days=1).on
    rows = Lead.objects.filter(state__in=WAITING, due_on=due)
    told = Counter(rows.values_list("bank_id", flat=True))
    for bank, count in told.items():
        facts = {"count": count, "due": due.isoformat()}
        access.notify(SYSTEM, template="LEADS_DUE", facts=facts, link="/bank/leads/?sort=due", organisation_id=bank)
    return sum(told.values())


def _take_back(overdue: Iterable[Lead]) -> list[Lead]:
    """Recall the leads, each by compare-and-set: one that the bank reports on at this moment stays with it."""
    by_bank: dict[int, list[Lead]] = defaultdict(list)
    for lead in overdue:
        by_bank[lead.bank_id].append(lead)
    taken = []
    for bank, leads in by_bank.items():
        with transaction.atomic():
            mine = [lead for lead in leads if _swap(lead)]
            if mine:
                facts = {"bank": actions_lead.bank_name(mine[0]), "count": len(mine)}
                record(SYSTEM, "LEADS_RECALLED", ("leads", clock.today().isoformat()), facts=facts)
                access.notify(
                    SYSTEM, template="LEADS_RECALLED_NEWS", facts={"count": len(mine)}, link="/bank/leads/?state=recalled",
                    organisation_id=bank,
                )  # fmt: skip
        taken += mine
    return taken


def _swap(lead: Lead) -> bool:
    held = Lead.objects.filter(pk=lead.pk, state=lead.state, version=lead.version)
    return held.update(state=State.RECALLED.value, version=F("version") + 1, closed_at=clock.now()) == 1


def _pass_on(taken: Iterable[Lead]) -> int:
    """Hand the firms to other banks, by the newest edition of the list they came from; return how many found one.

    A firm that is no longer on the list, or that no other bank with room has a product for, waits for the next push.
    """
    firms: dict[int, set[int]] = defaultdict(set)
    for lead in taken:
        firms[lead.edition.definition_id].add(lead.enterprise_id)
    count = 0
    for definition, some in firms.items():
        newest = ListEdition.objects.filter(definition_id=definition).order_by("-number").first()
        try:
            count += actions_lead.push(SYSTEM, edition_id=newest.pk if newest else 0, only=some)
        except DomainError as nobody:
            if nobody.code not in ("nothing_to_push", "not_pushed"):
                raise
    return count
