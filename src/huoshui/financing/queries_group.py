"""What is asked about groups: the list, one with its members and money."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.financing.actions_group import KINDS, group_of, used
from huoshui.financing.demand_lifecycle import STATE_NAMES, State
from huoshui.financing.models import Demand, DemandGroup, GroupCredit, Invoice, Loan
from huoshui.financing.perform import demand_of
from huoshui.financing.registration import paper_name
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class MemberLine:
    """A member's demand; amounts in fen."""

    id: int
    number: str
    firm: str
    amount: int
    state: State
    state_name: Text


@dataclass(frozen=True, slots=True)
class CreditLine:
    """The special credit; amounts in fen."""

    bank: str
    product: str
    amount: int
    used: int
    rate_pct: Decimal | None
    term_months: int | None
    document_no: str
    plan: str

    @property
    def left(self) -> int:
        """Return what may still be granted."""
        return self.amount - self.used


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group for its page; amounts in fen."""

    id: int
    number: str
    kind: Text
    name: str
    district_code: str
    organiser: str
    core: str
    summary: str
    papers: tuple[Text, ...]
    token: str
    code_id: int | None
    closes_on: dt.date | None
    closed_at: dt.datetime | None
    members: tuple[MemberLine, ...]
    asked: int
    lent: int
    credit: CreditLine | None


@dataclass(frozen=True, slots=True)
class InvoiceView:
    """An invoice behind a demand; *amount* in fen."""

    number: str
    buyer: str
    amount: int
    issued_on: dt.date
    due_on: dt.date
    confirmed_on: dt.date | None


def groups(actor: Actor) -> QuerySet[DemandGroup]:
    """Return the groups the actor may see, newest first, with `members`, `asked` (fen) and `lent_count`."""
    rows = scope(actor, DemandGroup.objects.select_related("credit__bank")).order_by("-id")
    lent = Count("demands", filter=Q(demands__lent_at__isnull=False))
    return rows.annotate(members=Count("demands"), asked=Sum("demands__amount"), lent_count=lent)


def group(actor: Actor, group_id: int) -> GroupView:
    """Return one group. Raises DomainError where the actor may not see it."""
    row = group_of(actor, group_id)
    demands = scope(actor, Demand.objects.filter(group_id=row.pk)).select_related("enterprise").order_by("-id")
    members = tuple(
        MemberLine(d.pk, d.number, d.enterprise.name, d.amount, State(d.state), STATE_NAMES[State(d.state)])
        for d in demands
    )
    lent = scope(actor, Loan.objects.filter(referral__demand__group_id=row.pk)).aggregate(total=Sum("drawn"))["total"]
    return GroupView(
        id=row.pk,
        number=row.number,
        kind=KINDS[row.kind],
        name=row.name,
        district_code=row.district_code,
        organiser=row.organiser,
        core=row.core_enterprise.name if row.core_enterprise else "",
        summary=row.summary,
        papers=tuple(paper_name(code) for code in row.papers),
        token=row.loan_code.token if row.loan_code else "",
        code_id=row.loan_code_id,
        closes_on=row.closes_on,
        closed_at=row.closed_at,
        members=members,
        asked=sum(line.amount for line in members),
        lent=lent or 0,
        credit=_credit(row.pk),
    )


def credit_of_demand(actor: Actor, demand_id: int) -> tuple[str, CreditLine | None] | None:
    """Return the name and the special credit of a demand's group; None where it belongs to none."""
    demand = demand_of(actor, demand_id)
    if demand.group_id is None:
        return None
    name = DemandGroup.objects.filter(pk=demand.group_id).values_list("name", flat=True).first() or "—"
    return name, _credit(demand.group_id)


def _credit(group_id: int) -> CreditLine | None:
    held = GroupCredit.objects.filter(group_id=group_id).select_related("bank", "product").first()
    if held is None:
        return None
    rate = None if held.rate_ppm is None else from_ppm(held.rate_ppm)
    product = held.product.name if held.product else ""
    spent = used(group_id, held.bank_id)
    return CreditLine(held.bank.name, product, held.amount, spent, rate, held.term_months, held.document_no, held.plan)


def invoices_of(actor: Actor, demand_id: int) -> tuple[InvoiceView, ...]:
    """Return the invoices behind a demand, the first due first."""
    demand_of(actor, demand_id)
    rows = Invoice.objects.filter(demand_id=demand_id).select_related("buyer").order_by("due_on", "id")
    return tuple(
        InvoiceView(row.number, row.buyer.name, row.amount, row.issued_on, row.due_on, row.confirmed_on) for row in rows
    )
