"""Which payments somebody may have a letter about, and the letter: the whole of it for bureau and bank, a firm's own part.

A firm hears of what was paid to it, of subsidies on its loans and of advances that repaid them; what a bank was paid for
the firm's loss is between the bank and the bureau.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q, Sum

from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.funds import payment_letter
from huoshui.funds import queries_payment as payments
from huoshui.funds.models.paying import PaymentLine, PaymentOrder
from huoshui.kernel.errors import DomainError
from huoshui.kernel.text import Text

TO_THE_FIRM = ("subsidy", "bridge")  # kinds whose money reaches the firm through a bank


@dataclass(frozen=True, slots=True)
class Letter:
    """A payment of which a firm may have the letter; *amount*: its own part, fen."""

    id: int
    number: str
    fund: Text
    paid_on: dt.date
    amount: int


def letters_of_firm(actor: Actor, enterprise_id: int) -> tuple[Letter, ...]:
    """Return the payments made that concern a firm, newest first."""
    own = PaymentLine.objects.filter(enterprise_id=enterprise_id, state="open")
    about = Q(enterprise_id=enterprise_id) | Q(kind__in=TO_THE_FIRM, pk__in=own.values("order_id"))
    rows = (
        scope(actor, PaymentOrder.objects.select_related("fund"))
        .filter(about, state="paid")
        .order_by("-paid_on", "-pk")
    )
    sums = dict(own.filter(order__in=rows).values_list("order_id").annotate(Sum("amount")))
    return tuple(
        Letter(row.pk, row.number, Text(row.fund.name, row.fund.name_en or row.fund.name), row.paid_on, sums.get(row.pk, row.amount))
        for row in rows[:100] if row.paid_on
    )  # fmt: skip


def letter(actor: Actor, order_id: int) -> tuple[str, bytes]:
    """Return the payment's number and its letter as PDF, with what the actor may read of it.

    The bureau may print it at any time, others once it is paid. Raises DomainError where there is none for the actor.
    """
    view = payments.payment(actor, order_id)
    if actor.may(Permission.READ_FUNDS):
        return view.number, payment_letter.pdf(view)
    for one in actor.enterprise_ids if actor.kind == "owner" else ():
        if order_id in {known.id for known in letters_of_firm(actor, one)}:
            return view.number, payment_letter.pdf(view, firm_id=one)
    if actor.kind == "owner" or view.state != "paid":
        words = Text("这笔款项还没有支付，没有告知书。", "Nothing is paid yet; there is no letter.")
        raise DomainError("not_found", words, field="order_id", value=order_id)
    return view.number, payment_letter.pdf(view)
