"""The money of a bridge advance on its way out: the order in the bureau's queue, and what became of it.

The order is put there when the money is reserved and carries that hold; a bank's statement that shows it moves the advance
on, one that shows it coming back moves it back. Days and rate are those of the day on the statement.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM, Actor
from huoshui.catalogue import queries as catalogue
from huoshui.funds import actions_payment as payments
from huoshui.funds import bridge_books as books
from huoshui.funds.actions_fund import lock
from huoshui.funds.actions_payment import Ask, Part, Payee
from huoshui.funds.bridge_lifecycle import Act, State, decide
from huoshui.funds.bridge_perform import branch_of, facts_of, move, tell_bank, tell_firm
from huoshui.funds.models.bridge import BridgeAdvance
from huoshui.funds.models.paying import Fund, PaymentOrder
from huoshui.funds.reactions import Happened
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import human
from huoshui.kernel.rates import to_ppm
from huoshui.kernel.text import Text
from huoshui.ledger.books import Draft

KIND, CODE = "bridge", "BRIDGE"


def fund_of(district_code: str) -> Fund:
    """Return the fund as payments know it, with the fund's own book; made with the first money or order."""
    made, _fresh = Fund.objects.get_or_create(
        code=CODE,
        defaults={
            "kind": "bridge", "name": books.NAME.zh, "name_en": books.NAME.en, "opened_at": clock.now(),
            "district_code": f"{district_code[:4]}00", "book_id": books.accounts(SYSTEM).book,
        },
    )  # fmt: skip
    return made


def lock_fund(row: BridgeAdvance) -> None:
    """Hold the fund to the end of the transaction: acts that touch payments take it before anything else."""
    lock(fund_of(row.district_code).pk)


def ask(actor: Actor, row: BridgeAdvance, *, hold_id: int) -> None:
    """Put the payment to the old loan's bank into the queue, with the money that was reserved for it. Inside the act."""
    fund = fund_of(row.district_code)
    branch = offices.organisation(branch_of(row))
    text = f"{row.number} 归还到期贷款 {row.old_loan.contract_no}"
    part = Part(
        row.amount, text, enterprise_id=row.enterprise_id, district_code=row.district_code, bank_path=row.bank_path,
        subject_id=row.pk,
    )  # fmt: skip
    payments.put_in_queue(
        actor,
        fund,
        Ask(
            KIND, f"bridge:{row.pk}", Payee(branch.name.zh, "bank", organisation_id=branch.id), (part,), text,
            subject_id=row.pk, notice=False, committed=True, bank_path=row.bank_path, hold_id=hold_id,
        ),
    )  # fmt: skip


def order_of(row: BridgeAdvance) -> PaymentOrder:
    """Return the payment of a reserved advance. Raises DomainError where there is none."""
    found = PaymentOrder.objects.filter(kind=KIND, subject_id=row.pk).order_by("-pk").first()
    if found is None:
        raise DomainError("not_found", Text("没有对应的支付。", "It has no payment."), field="advance_id", value=row.pk)
    return found


def drop(row: BridgeAdvance, reason: str) -> None:
    """Cancel the payment of an advance that was called off; its hold is free again. Refused once it is with the bank."""
    payments.drop_payment(order_of(row), reason=reason)


def draft(actor: Actor, happened: Happened) -> Draft:
    """Return the posting of the money that went out: it is not spent, it is to come back."""
    row = BridgeAdvance.objects.get(pk=happened.subject_id or 0)
    part = f":{happened.order_id}:{happened.attempt}"
    return books.leg(
        books.accounts(SYSTEM), number=row.number, pk=row.pk, name="advanced", on=happened.on, amount=happened.amount,
        part=part,
    )  # fmt: skip


def react(actor: Actor, happened: Happened) -> None:
    """Follow what became of an advance's payment. Inside its act."""
    row = BridgeAdvance.objects.select_for_update().get(pk=happened.subject_id or 0)
    _REACTIONS[happened.what](actor, row, happened)


def _approved(actor: Actor, row: BridgeAdvance, happened: Happened) -> None:
    decide(row.state, Act.ADVANCE, actor=actor, facts=facts_of(row)).or_refuse()
    rate_on(row, clock.today())
    number = PaymentOrder.objects.values_list("number", flat=True).get(pk=happened.order_id)
    said = {"amount": human(row.amount), "payment": number}
    move(actor, row, Act.ADVANCE, said, advanced_by_id=actor.person_id)


def _paid(actor: Actor, row: BridgeAdvance, happened: Happened) -> None:
    decide(row.state, Act.SEND, actor=actor, facts=facts_of(row, moved=True)).or_refuse()
    due = happened.on + dt.timedelta(days=int(row.terms["max_days"]))
    posting = PaymentOrder.objects.values_list("posting_id", flat=True).get(pk=happened.order_id)
    move(
        actor, row, Act.SEND, {"amount": human(row.amount), "due": due}, advanced_on=happened.on, due_on=due,
        rate_ppm=to_ppm(rate_on(row, happened.on)), advance_posting_id=posting,
    )  # fmt: skip
    for tell in (tell_firm, tell_bank):
        tell(actor, row, "bridge_advanced", {"due": due.isoformat()})


def rate_on(row: BridgeAdvance, day: dt.date) -> Decimal:
    """Return the reference rate of a day. Raises DomainError where none is known: no fee could be computed."""
    rate = catalogue.reference_rate(row.terms["rate_kind"], day)
    if rate is None:
        raise DomainError("bridge_rate", Text("没有基准利率，不能计费。", "No reference rate is known."), field="rate")
    return rate


def _returned(actor: Actor, row: BridgeAdvance, happened: Happened) -> None:
    decide(row.state, Act.COME_BACK, actor=actor, facts=facts_of(row, moved=True)).or_refuse()
    said = {"amount": human(row.amount), "why": happened.words}
    move(
        actor, row, Act.COME_BACK, said, advanced_on=None, due_on=None, rate_ppm=None, advance_posting_id=None,
        alerted=None,
    )  # fmt: skip


def _cancelled(actor: Actor, row: BridgeAdvance, happened: Happened) -> None:
    if row.state != State.RESERVED:
        return  # the advance itself was called off
    move(actor, row, Act.DECLINE, {"why": happened.words}, reason=happened.words)
    tell_firm(actor, row, "bridge_declined", {"why": happened.words})


_REACTIONS: dict[str, Callable[[Actor, BridgeAdvance, Happened], None]] = {
    "approved": _approved, "paid": _paid, "returned": _returned, "cancelled": _cancelled,
}  # fmt: skip
