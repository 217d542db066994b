"""What a person at a bank must do now, the urgent first; and how the institution's work stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission as P
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.lifecycle import State
from huoshui.financing import queries as financing
from huoshui.financing.clocks import KIND_NAMES
from huoshui.financing.referral_lifecycle import STATE_NAMES
from huoshui.financing.referral_lifecycle import State as CaseState
from huoshui.funds import queries_bridge as bridge
from huoshui.funds import queries_guarantee as guarantees
from huoshui.kernel import clock, money
from huoshui.kernel.text import Text
from huoshui.portals.bank.lists import own_products
from huoshui.portals.bank.lists_case import TONES
from huoshui.portals.bank.names import names_for
from huoshui.portals.shared.lines import Line, Task
from huoshui.portals.shared.product_table import newest
from huoshui.screening import queries_list as leads
from huoshui.service import queries_complaint as matters
from huoshui.statistics import queries as figures

SHOWN = 8


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A case in short; the amount in fen."""

    url: str
    firm: str
    amount: int
    product: str
    state: Text
    tone: str
    due_for: Text | None
    due_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class MaturingLine:
    """Loans that mature soon; what is left in fen."""

    label: Text
    count: int
    left: int
    url: str


def tasks(actor: Actor) -> list[Task]:
    """Return what waits for *actor*, urgent first; nothing where nothing waits."""
    found = [Task(line.title, line.count, line.link, line.urgent) for line in financing.today(actor)]
    found += [task for permission, find in _WORK if actor.may(permission) for task in find(actor) if task.count]
    return sorted(found, key=lambda task: not task.urgent)


def first_due(actor: Actor) -> list[CaseCard]:
    """Return the cases that are due first."""
    rows: list[Any] = list(financing.inbox(actor).select_related("demand", "product")[:SHOWN])
    names = names_for(actor, rows)
    return [
        CaseCard(
            reverse("bank:case", args=[row.pk]),
            names[row.enterprise_id],
            row.demand.amount,
            row.product.name if row.product else "",
            STATE_NAMES[CaseState(row.state)],
            TONES[CaseState(row.state)],
            KIND_NAMES.get(row.due_kind or ""),
            row.due_at,
        )
        for row in rows
    ]


def maturing(actor: Actor) -> list[MaturingLine]:
    """Return how many loans mature within each of the days that renewal is warned at, and what is left on them."""
    return [_maturing(actor, days) for days in catalogue.parameter("renewal.warn_days")]


def _maturing(actor: Actor, days: int) -> MaturingLine:
    found = financing.maturing(actor, days).aggregate(count=Count("pk"), left=Sum("balance"))
    label = Text(f"{days} 天内", f"within {days} days")
    return MaturingLine(label, found["count"], found["left"] or 0, f"{reverse('bank:maturing')}?days={days}")


def counts(actor: Actor) -> list[Line]:
    """Return how the institution's own work stands."""
    found = financing.funnel(actor)
    said = money.human(found.lent_amount).in_(get_language() or "zh")
    return [
        Line(_("派来的需求"), f"{found.declared:,}"),
        Line(_("已授信"), f"{found.granted:,}", money.human(found.granted_amount).in_(get_language() or "zh")),
        Line(_("已放款"), f"{found.lent:,}", said),
        Line(_("首贷户"), f"{found.first_loans:,}"),
        Line(_("信用贷款"), f"{found.credit_loans:,}"),
    ]


def _products(actor: Actor) -> Iterator[Task]:
    states = [newest(product).state for product in own_products(actor) if product.versions.all()]
    back, drafts = states.count(State.REJECTED), states.count(State.DRAFT)
    link = reverse("bank:products")
    yield Task(Text("个产品被退回，待修改", "products were sent back"), back, f"{link}?state=rejected", urgent=True)
    yield Task(Text("个产品草稿未提交", "product drafts not handed in"), drafts, f"{link}?state=draft")


def _branches(actor: Actor) -> Iterator[Task]:
    below = [view for view in catalogue.branches() if view.path.startswith(actor.org_path)]
    paused = sum(1 for view in below if view.paused or not view.weekly_capacity)
    yield Task(Text("个网点暂停接单", "branches take no cases"), paused, reverse("bank:branches"))


def _bridge(actor: Actor) -> Iterator[Task]:
    waiting, link = bridge.waiting(actor), reverse("bank:bridges")
    yield Task(Text("笔应急周转逾期", "bridge advances are overdue"), waiting.overdue, f"{link}?out=1", urgent=True)
    yield Task(Text("笔应急周转两天内到期", "bridge advances are due"), waiting.due_soon, f"{link}?out=1", urgent=True)
    yield Task(Text("笔应急周转待答复是否续贷", "bridge requests to answer"), waiting.bank, f"{link}?state=requested")


def _guarantor(actor: Actor) -> Iterator[Task]:
    wait, link = guarantees.waiting(actor), reverse("bank:guarantees")
    yield Task(Text("笔代偿申请待核定", "payout claims to check"), wait.claimed, f"{link}?state=claimed", urgent=True)
    yield Task(
        Text("笔代偿待复核提交支付", "payouts to confirm for payment"),
        wait.accepted,
        f"{link}?state=accepted",
        urgent=True,
    )
    yield Task(Text("笔担保申请待受理", "requests to take up"), wait.submitted, f"{link}?state=submitted")
    yield Task(Text("笔审查中，待批准", "under review, to approve"), wait.reviewing, f"{link}?state=reviewing")
    yield Task(Text("笔已批准，待出函", "approved, letter to issue"), wait.approved, f"{link}?state=approved")
    yield Task(Text("笔待确认担保费到账", "fees to confirm"), wait.issued, f"{link}?state=issued")
    yield Task(Text("笔贷款已还清，可解除担保", "loans repaid, to release"), wait.settled, f"{link}?state=in_force")
    yield Task(Text("笔代偿在追偿", "payouts being recovered"), wait.recovering, f"{link}?state=recovering")


def _guaranteed(actor: Actor) -> Iterator[Task]:
    link = reverse("bank:guarantees")
    yield Task(
        Text("笔保证贷款待申请担保", "credits need a guarantee"), guarantees.to_ask(actor).count(),
        reverse("bank:guarantee_to_ask"),
    )  # fmt: skip
    wait = guarantees.waiting(actor)
    yield Task(Text("笔担保待企业同意", "guarantees await the firm"), wait.firm, f"{link}?state=requested")


def _complaints(actor: Actor) -> Iterator[Task]:
    wait = matters.waiting(actor, soon=clock.today() + dt.timedelta(days=3))
    link = reverse("bank:complaints")
    yield Task(Text("件投诉已逾期未答复", "complaints about you are late"), wait["late"], link, urgent=True)
    yield Task(Text("件投诉三天内须答复", "complaints to be answered in three days"), wait["soon"], link, urgent=True)


def _leads(actor: Actor) -> Iterator[Task]:
    soon = catalogue.calendar().due(clock.today(), days=1).on
    waiting, link = leads.waiting_leads(actor, soon=soon), reverse("bank:leads")
    yield Task(
        Text("条名单线索最迟下一工作日反馈", "leads to answer by the next working day"),
        waiting.due,
        f"{link}?due_to={soon}&sort=due",
        urgent=True,
    )
    yield Task(Text("条名单线索未联系", "leads nobody contacted yet"), waiting.new, f"{link}?state=new")


def _evaluation(actor: Actor) -> Iterator[Task]:
    score, told = figures.own_evaluations(actor)
    link = reverse("bank:evaluations")
    yield Task(Text("轮评价待自评", "evaluations await your own score"), score, link, urgent=True)
    yield Task(Text("轮评价可以申诉", "results you may still appeal"), told, link)


_WORK: tuple[tuple[P, Callable[[Actor], Iterator[Task]]], ...] = (
    (P.EDIT_PRODUCTS, _products),
    (P.MANAGE_CAPACITY, _branches),
    (P.READ_CASES, _bridge),
    (P.READ_CASES, _complaints),
    (P.READ_LISTS, _leads),
    (P.ANSWER_EVALUATION, _evaluation),
    (P.HANDLE_GUARANTEES, _guarantor),
    (P.MANAGE_LOANS, _guaranteed),
)
