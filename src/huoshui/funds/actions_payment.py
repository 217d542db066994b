"""What can be done with payments: ask for one, check, publish, answer objections, approve, cancel, send again.

Money is promised when a payment is asked for, reserved on the account when it is approved, and moves when the bank's
statement shows it. The books refuse what a fund does not have; the database refuses one person doing both halves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Sum

from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.funds import actions_fund as funds
from huoshui.funds import fund_books as drafts
from huoshui.funds import payment_lifecycle as lifecycle
from huoshui.funds.models.paying import Fund, PayeeAccount, PaymentLine, PaymentOrder, PublicNotice
from huoshui.funds.payment_lifecycle import Act, Facts, State
from huoshui.funds.perform import found, person_of, problem, refuse_if, require, swap, writing
from huoshui.funds.reactions import Happened, drafter_of, tell
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.money import human, yuan_text
from huoshui.kernel.text import Text
from huoshui.ledger import actions as ledger
from huoshui.ledger.books import Draft

_NUMBERS = 7303  # first half of the advisory lock under which numbers are given; the second is their prefix


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid: a firm or an organisation; the account is looked up where it is not given."""

    name: str
    kind: str  # firm, bank, guarantor, other
    enterprise_id: int | None = None
    organisation_id: int | None = None
    bank_name: str = ""
    account_no: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A line of a payment: *amount* fen for a firm; *subject_id* is the business's own id of the line."""

    amount: int
    text: str
    enterprise_id: int | None = None
    district_code: str = ""
    bank_path: str = ""
    subject_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A payment to be made. *reference* names the business fact and is paid once; *committed*: the budget is promised.

    *hold_id*: the money is reserved on the fund's account already, by this hold.
    """

    kind: str
    reference: str
    payee: Payee
    parts: tuple[Part, ...]
    text: str
    subject_id: int | None = None
    notice: bool = True
    committed: bool = False
    from_advance: bool = False
    bank_path: str = ""  # the institution that may see it; the payee's own where it is one
    hold_id: int | None = None


def request_payment(actor: Actor, *, fund_id: int, ask: Ask) -> int:
    """Put a payment into the queue and promise its money; returns its id. The same reference again returns the first."""
    return request_payments(actor, fund_id=fund_id, asks=[ask])[0]


def request_payments(actor: Actor, *, fund_id: int, asks: Sequence[Ask]) -> list[int]:
    """Put payments into the queue, all or none; the ids are in their order.

    Raises Refused: amounts that are not above zero, a reference that was asked with other content, too little budget.
    """
    require(actor, Permission.PREPARE_PAYMENTS)
    maker = person_of(actor)
    refuse_if([wrong for ask in asks for wrong in _ask_problems(ask)])
    with writing():
        fund = funds.lock(fund_id)
        known = {
            row.reference: row for row in PaymentOrder.objects.filter(reference__in=[ask.reference for ask in asks])
        }
        return [
            _known(known[ask.reference], ask) if ask.reference in known else _ask(actor, maker, fund, ask)
            for ask in asks
        ]


def put_in_queue(actor: Actor, fund: Fund, ask: Ask) -> PaymentOrder:
    """Put a payment of another business into the bureau's queue and return it; the acting person is its maker.

    Inside the caller's transaction, which holds the fund; the caller has decided that the actor may.
    """
    refuse_if(_ask_problems(ask))
    return PaymentOrder.objects.get(pk=_ask(actor, person_of(actor), fund, ask))


def _ask_problems(ask: Ask) -> list[Problem]:
    wrong = []
    if not ask.reference.strip():
        wrong.append(problem("reference", "", "缺少业务编号。", "The business number is missing."))
    if not ask.parts or any(part.amount <= 0 for part in ask.parts):
        amounts = [part.amount for part in ask.parts]
        bad = "、".join(f"{yuan_text(amount)} 元" for amount in amounts if amount <= 0) or "没有明细"
        remedy = ("请删去或改正这些明细。", "Remove these lines or put them right.")
        wrong.append(
            problem("amount", amounts, f"每条明细金额都应大于 0：{bad}。", "Every line must be above 0.", remedy=remedy)
        )
    return wrong


def _known(row: PaymentOrder, ask: Ask) -> int:
    asked = sum(part.amount for part in ask.parts)
    first = row.lines.aggregate(total=Sum("amount"))["total"] or 0
    if row.split_from_id is None and row.kind == ask.kind and not row.parts.exists() and first != asked:
        said = Text(
            f"业务“{ask.reference}”已按其他金额申请支付。", f"“{ask.reference}” was asked for with another amount."
        )
        raise Refused([Problem("reference_reused", said, field="reference", value=ask.reference)])
    return row.pk


def _ask(actor: Actor, maker: int, fund: Fund, ask: Ask) -> int:
    total = sum(part.amount for part in ask.parts)
    today = clock.today()
    payee = with_account(ask.payee)
    if not ask.committed:
        funds.commit(
            actor, fund_id=fund.pk, source=f"pay:{ask.reference}:commit", amount=total, on=today, text=ask.text
        )
    row = PaymentOrder.objects.create(
        number=next_number("ZF", PaymentOrder, today), fund=fund, kind=ask.kind, subject_id=ask.subject_id,
        reference=ask.reference, text=ask.text[:120], payee_kind=payee.kind, payee_name=payee.name,
        payee_bank=payee.bank_name, payee_account=payee.account_no, payee_organisation_id=payee.organisation_id,
        enterprise_id=payee.enterprise_id, bank_path=ask.bank_path or _path(payee), district_code=fund.district_code,
        amount=total, needs_notice=ask.notice, from_advance=ask.from_advance, state=State.COMPUTED, made_by_id=maker,
        made_at=clock.now(), hold_id=ask.hold_id,
    )  # fmt: skip
    PaymentLine.objects.bulk_create(
        PaymentLine(
            order=row, number=number, enterprise_id=part.enterprise_id, bank_path=part.bank_path,
            district_code=part.district_code or fund.district_code, subject_id=part.subject_id, text=part.text[:200],
            amount=part.amount,
        ) for number, part in enumerate(ask.parts, start=1)
    )  # fmt: skip
    said = {"amount": human(total), "payee": payee.name, "number": row.number}
    record(actor, "PAYMENT_ASKED", ("payment", row.pk), topic=f"payment:{row.pk}", facts=said)
    return row.pk


def _path(payee: Payee) -> str:
    return offices.organisation(payee.organisation_id).path if payee.organisation_id else ""


def with_account(payee: Payee) -> Payee:
    """Return *payee* with the account it has recorded, where none is given."""
    if payee.account_no or not (payee.enterprise_id or payee.organisation_id):
        return payee
    whose = (
        {"enterprise_id": payee.enterprise_id} if payee.enterprise_id else {"organisation_id": payee.organisation_id}
    )
    known = PayeeAccount.objects.filter(**whose, ended_at__isnull=True).first()
    if known is None:
        return payee
    return Payee(
        known.holder, payee.kind, payee.enterprise_id, payee.organisation_id, known.bank_name, known.account_no
    )


def next_number(prefix: str, model: Any, today: dt.date) -> str:
    """Return the next number of the month. Funds share their numbers: until the transaction ends, the next one waits."""
    start = f"{prefix}{today:%Y%m}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_NUMBERS, prefix])
    last = model.objects.filter(number__startswith=start).order_by("-number").values_list("number", flat=True).first()
    return f"{start}{int(last.rsplit('-', 1)[1]) + 1 if last else 1:06d}"


def facts_of(row: PaymentOrder, *, reason: str = "") -> Facts:
    """Return what the lifecycle's guards look at."""
    return Facts(
        made_by=row.made_by_id,
        needs_notice=row.needs_notice,
        notice_ends=row.notice.ends_on if row.notice else None,
        today=clock.today(),
        has_account=bool(row.payee_account or _account_now(row).account_no),
        amount=row.amount,
        from_advance=row.from_advance,
        reason=reason,
    )


def check_payments(actor: Actor, *, order_ids: Sequence[int]) -> tuple[int, ...]:
    """Confirm computed payments, by another person than prepared them; all or none."""
    with writing():
        for row in rows_of(actor, order_ids):
            move(actor, row, Act.CHECK, {}, checked_by_id=person_of(actor), checked_at=clock.now())
    return tuple(order_ids)


def publish_notice(actor: Actor, *, order_ids: Sequence[int], title: str = "") -> int:
    """Publish checked payments of one fund for the working days that the policy asks (公示); returns the notice's id."""
    rows = rows_of(actor, order_ids)
    if not rows or len({row.fund_id for row in rows}) != 1:
        said = Text("请选择同一项资金的支付。", "Choose payments of one fund.")
        raise DomainError("notice_one_fund", said, field="order_ids")
    today = clock.today()
    due = catalogue.calendar().due(today, days=catalogue.parameter("payment.notice_days"))
    with writing():
        fund = funds.lock(rows[0].fund_id)
        notice = PublicNotice.objects.create(
            number=next_number("GS", PublicNotice, today), fund=fund, title=title.strip() or f"{fund.name}拟支付名单",
            published_on=today, ends_on=due.on, published_by_id=person_of(actor), published_at=clock.now(),
        )  # fmt: skip
        for row in rows:
            move(actor, row, Act.PUBLISH, {"ends": due.on, "notice": notice.number}, notice_id=notice.pk)
    return notice.pk


def object_to(actor: Actor, *, line_id: int, words: str, objector: str) -> None:
    """Record an objection against a published line while its notice runs; the line is suspended."""
    require(actor, Permission.PREPARE_PAYMENTS, Permission.APPROVE_PAYMENTS)
    line = _line(actor, line_id)
    wrong = []
    if line.order.state != State.IN_NOTICE or line.state != "open":
        wrong.append(problem("line_id", line_id, "这条明细不在公示中。", "This line is not in public notice."))
    if not words.strip():
        wrong.append(problem("words", "", "请写明异议内容。", "Write what the objection is."))
    refuse_if(wrong)
    with writing():
        _line_becomes(line, "suspended", objection=words.strip(), objector=objector.strip(), objected_at=clock.now())
        _log_line(actor, "PAYMENT_OBJECTED", line, words)


def reinstate_line(actor: Actor, *, line_id: int, answer: str) -> None:
    """Decide that an objection does not hold; the line is to be paid again."""
    line = _suspended(actor, line_id, answer)
    with writing():
        _line_becomes(line, "open", answer=answer.strip(), answered_by_id=person_of(actor))
        _log_line(actor, "PAYMENT_LINE_KEPT", line, answer)


def strike_line(actor: Actor, *, line_id: int, reason: str) -> None:
    """Decide that an objection holds; the line is not paid and its money is free again."""
    line = _suspended(actor, line_id, reason)
    with writing():
        _line_becomes(line, "struck", answer=reason.strip(), answered_by_id=person_of(actor))
        funds.release(
            actor, fund_id=line.order.fund_id, source=f"pay:line:{line.pk}:struck", amount=line.amount,
            on=clock.today(), text=f"{line.order.number} 剔除明细",
        )  # fmt: skip
        _log_line(actor, "PAYMENT_LINE_STRUCK", line, reason)
        tell(actor, _happened(line.order, "struck", words=reason, lines=[line]))


def _suspended(actor: Actor, line_id: int, words: str) -> PaymentLine:
    require(actor, Permission.APPROVE_PAYMENTS)
    line = _line(actor, line_id)
    wrong = []
    if line.state != "suspended":
        wrong.append(problem("line_id", line_id, "这条明细没有待处理的异议。", "No objection is open on this line."))
    if line.order.made_by_id == actor.person_id:
        wrong.append(lifecycle.SAME_PERSON)
    if not words.strip():
        wrong.append(problem("answer", "", "请写明处理意见。", "Write the answer."))
    refuse_if(wrong)
    return line


def _line(actor: Actor, line_id: int) -> PaymentLine:
    line = PaymentLine.objects.select_related("order__notice").filter(pk=line_id).first()
    if line is None:
        said = Text("没有这条明细，或您无权查看。", "No such line, or not yours to see.")
        raise DomainError("not_found", said, field="line_id", value=line_id)
    found(actor, PaymentOrder, line.order_id)
    return line


def _line_becomes(line: PaymentLine, state: str, **changes: Any) -> None:
    """Change a line and take its amount out of the order's, or back in. Stale where somebody else was first."""
    order = line.order
    rows = PaymentLine.objects.filter(pk=line.pk, state=line.state)
    if rows.update(state=state, **changes) != 1:
        raise Stale(what="paymentline")
    moved = (line.amount if state == "open" else 0) - (line.amount if line.state == "open" else 0)
    line.state = state
    if moved:
        swap(order, amount=order.amount + moved)


def _log_line(actor: Actor, kind: str, line: PaymentLine, words: str) -> None:
    said = {"amount": human(line.amount), "text": line.text, "words": words}
    record(actor, kind, ("payment", line.order_id), topic=f"payment:{line.order_id}", facts=said, reason=words)


def approve_payments(actor: Actor, *, order_ids: Sequence[int]) -> tuple[int, ...]:
    """Approve payments whose notice is over (or needs none) and reserve their money on the account; all or none.

    Lines still under objection go into a payment of their own, so that the others need not wait.
    """
    approved = []
    with writing():
        for row in rows_of(actor, order_ids):
            _approve(actor, row)
            approved.append(row.pk)
    return tuple(approved)


def check_and_approve(actor: Actor, row: PaymentOrder) -> None:
    """Check and approve a payment that needs no notice in one act. Inside the caller's transaction; the row was found."""
    if row.state == State.COMPUTED:
        move(actor, row, Act.CHECK, {}, checked_by_id=person_of(actor), checked_at=clock.now())
    _approve(actor, row)


def _approve(actor: Actor, row: PaymentOrder) -> None:
    funds.lock(row.fund_id)
    lifecycle.decide(row.state, Act.APPROVE, actor=actor, facts=facts_of(row)).or_refuse()
    _split_suspended(row)
    held = row.hold_id or _hold(actor, row)
    to = {} if row.payee_account or row.from_advance else _to(_account_now(row))
    move(actor, row, Act.APPROVE, {}, approved_by_id=person_of(actor), approved_at=clock.now(), hold_id=held, **to)
    if drafter_of(row.kind):
        tell(actor, _happened(row, "approved"))
    if row.from_advance:
        pay(actor, row, on=clock.today())


def _hold(actor: Actor, row: PaymentOrder) -> int:
    fund = row.fund
    at, code = funds.with_advance(SYSTEM, fund, row.payee_organisation_id or 0) if row.from_advance else (None, "bank")
    at = at or funds.accounts_of(fund)
    with funds.in_budget_words(fund, row.amount):
        return ledger.hold(
            actor, account_id=at[code], source=f"pay:{row.pk}:{row.attempt}", amount=row.amount, text=row.number
        )


def _split_suspended(row: PaymentOrder) -> None:
    lines = list(row.lines.filter(state="suspended"))
    if not lines:
        return
    part = PaymentOrder.objects.get(pk=row.pk)
    part.pk = None  # a copy that keeps notice, maker and checker
    part.number, part.reference = f"{row.number}-{row.version}", f"{row.reference}#{row.version}"
    part.split_from_id, part.amount = row.pk, 0
    part.save(force_insert=True)
    for number, line in enumerate(lines, start=1):
        PaymentLine.objects.filter(pk=line.pk).update(order_id=part.pk, number=number)


def cancel_payment(actor: Actor, *, order_id: int, reason: str) -> None:
    """Cancel a payment before it is sent, or after the bank returned it; its money is free again."""
    row = rows_of(actor, [order_id])[0]
    lifecycle.decide(row.state, Act.CANCEL, actor=actor, facts=facts_of(row, reason=reason)).or_refuse()
    with writing():
        _cancel(actor, row, reason)


def drop_payment(row: PaymentOrder, *, reason: str) -> None:
    """Cancel a payment whose business was called off by whoever may. Inside the caller's transaction, which has decided.

    Refused where it was sent to the bank already.
    """
    lifecycle.decide(row.state, Act.CANCEL, actor=SYSTEM, facts=facts_of(row, reason=reason)).or_refuse()
    _cancel(SYSTEM, row, reason)


def _cancel(actor: Actor, row: PaymentOrder, reason: str) -> None:
    funds.lock(row.fund_id)
    unstruck = row.lines.exclude(state="struck").aggregate(total=Sum("amount"))["total"] or 0
    if row.hold_id:
        ledger.void_hold(actor, hold_id=row.hold_id, reason=reason)
    if unstruck and funds.budgeted(row.fund):
        funds.release(
            actor, fund_id=row.fund_id, source=f"pay:{row.pk}:cancelled", amount=unstruck, on=clock.today(),
            text=f"{row.number} 取消",
        )  # fmt: skip
    said = {"words": reason}
    move(actor, row, Act.CANCEL, said, reason=reason, why=reason.strip(), closed_at=clock.now(), hold_id=None)
    tell(actor, _happened(row, "cancelled", words=reason))


def pay(actor: Actor, row: PaymentOrder, *, on: dt.date) -> None:
    """Turn the reservation into the payment and tell whose business it is. Inside the caller's transaction."""
    assert row.hold_id is not None, "the database: approved payments hold money"
    own = drafter_of(row.kind)
    draft = own(actor, _happened(row, "paid", on=on)) if own else _spent(row, on)
    posted = ledger.post_hold(actor, hold_id=row.hold_id, draft=draft)
    said = {"on": on, "payee": row.payee_name}
    move(actor, row, Act.PAY, said, posting_id=posted.posting_id, paid_on=on, closed_at=clock.now())
    tell(actor, _happened(row, "paid", on=on))


def _spent(row: PaymentOrder, on: dt.date) -> Draft:
    fund = row.fund
    at, code = funds.with_advance(SYSTEM, fund, row.payee_organisation_id or 0) if row.from_advance else (None, "bank")
    return drafts.paid(
        at or funds.accounts_of(fund), source=f"pay:{row.pk}:{row.attempt}:paid", on=on, amount=row.amount,
        text=f"{row.number} {row.payee_name}", out_of=code,
    )  # fmt: skip


def take_back(actor: Actor, row: PaymentOrder, *, on: dt.date, reason: str) -> None:
    """Record that the bank returned a payment, sent or already paid: the money is on the account again, still promised."""
    lifecycle.decide(row.state, Act.RETURN, actor=actor, facts=facts_of(row, reason=reason)).or_refuse()
    if row.state == State.PAID:
        assert row.posting_id is not None
        tell(actor, _happened(row, "returned", on=on, words=reason))  # asked first: its money may have moved on
        ledger.reverse(actor, posting_id=row.posting_id, on=on, reason=reason)
    elif row.hold_id:
        ledger.void_hold(actor, hold_id=row.hold_id, reason=reason)
    changes = {"posting_id": None, "paid_on": None, "closed_at": None, "hold_id": None, "file_id": None}
    move(actor, row, Act.RETURN, {"words": reason}, reason=reason, why=reason.strip(), **changes)


def return_payment(actor: Actor, *, order_id: int, on: dt.date, reason: str) -> None:
    """Record by hand that the bank returned a payment."""
    with writing():
        take_back(actor, rows_of(actor, [order_id])[0], on=on, reason=reason)


def send_again(actor: Actor, *, order_id: int) -> None:
    """Reserve a returned payment's money again, with the payee's account as it is recorded now."""
    row = rows_of(actor, [order_id])[0]
    lifecycle.decide(row.state, Act.SEND_AGAIN, actor=actor, facts=facts_of(row)).or_refuse()
    payee = _account_now(row)
    to = _to(payee) if payee.account_no else {}
    with writing():
        row.attempt += 1
        held = _hold(actor, row)
        move(
            actor, row, Act.SEND_AGAIN, {}, attempt=row.attempt, hold_id=held, approved_by_id=person_of(actor), **to
        )  # fmt: skip


def _account_now(row: PaymentOrder) -> Payee:
    """Return the payee with the account that is recorded now: it may have come after the payment was computed."""
    return with_account(Payee(row.payee_name, row.payee_kind, row.enterprise_id, row.payee_organisation_id))


def _to(payee: Payee) -> dict[str, str]:
    return {"payee_account": payee.account_no, "payee_bank": payee.bank_name, "payee_name": payee.name}


def rows_of(actor: Actor, order_ids: Sequence[int]) -> list[PaymentOrder]:
    rows = [found(actor, PaymentOrder, pk) for pk in dict.fromkeys(order_ids)]
    return sorted(rows, key=lambda row: row.pk)


def move(
    actor: Actor, row: PaymentOrder, act: Act, said: Mapping[str, Any], *, reason: str = "", **changes: Any
) -> None:
    """Decide, change by compare-and-set and record; the words of the event name the payment and its amount."""
    lifecycle.decide(row.state, act, actor=actor, facts=facts_of(row, reason=reason)).or_refuse()
    step = lifecycle.TRANSITIONS[State(row.state), act]
    swap(row, state=step.to, **changes)
    facts = {"number": row.number, "amount": human(row.amount), **said}
    record(actor, step.event, ("payment", row.pk), topic=f"payment:{row.pk}", facts=facts, reason=reason)


def _happened(
    row: PaymentOrder,
    what: str,
    *,
    on: dt.date | None = None,
    words: str = "",
    lines: Sequence[PaymentLine] | None = None,
) -> Happened:
    chosen = lines if lines is not None else row.lines.exclude(state="struck")
    subjects = tuple((line.subject_id, line.amount) for line in chosen if line.subject_id is not None)
    amount = sum(line.amount for line in lines) if lines is not None else row.amount
    return Happened(
        what, row.pk, row.kind, row.subject_id, row.fund_id, amount, on or clock.today(), subjects, words, row.attempt
    )
