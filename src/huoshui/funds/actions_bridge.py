"""What can be done with bridge advances: ask, commit, reserve, approve, match each leg, take the money back.

Every act decides by the lifecycle, changes by compare-and-set, posts to the books, records and tells in one transaction.
The books are the last judge of what the fund has: a hold that it does not cover is refused by the database. Money goes
out by the payment order like all public money: `actions_bridge_payment` hears what became of it.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from huoshui.access import actions as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.access.scope import scope
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing import actions as lending
from huoshui.financing import queries as loans
from huoshui.funds import actions_bridge_payment as paying
from huoshui.funds import actions_payment as payments
from huoshui.funds import bridge_books as books
from huoshui.funds import bridge_eligibility as eligibility
from huoshui.funds import bridge_lifecycle as lifecycle
from huoshui.funds.bridge_lifecycle import Act, Facts, State
from huoshui.funds.bridge_perform import facts_of, lock_advance, log, move, overdue, tell_bank, tell_firm
from huoshui.funds.bridge_terms import fee_of
from huoshui.funds.models.bridge import BridgeAdvance, BridgeReturn
from huoshui.funds.perform import plain, writing
from huoshui.funds.queries_bridge import conditions, programme
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.money import human
from huoshui.kernel.text import Text
from huoshui.ledger import actions as ledger


def pay_in_bridge(actor: Actor, *, amount: int, on: dt.date, document_no: str) -> None:
    """Record an appropriation to the fund (fen) by its document; the same document again changes nothing."""
    if not actor.may(Permission.APPROVE_PAYMENTS):
        raise DomainError("not_permitted", Text("您的岗位没有此项权限。", "Your role does not include this."))
    wrong = []
    if amount <= 0:
        wrong.append(_problem("amount", amount, "拨入金额应大于 0。", "The amount must be above 0."))
    if not document_no.strip():
        wrong.append(_problem("document_no", "", "请填写拨款文号。", "Give the number of the document."))
    if on > clock.today():
        wrong.append(_problem("on", on, "到账日期不能晚于今天。", "It cannot arrive in the future."))
    _refuse_if(wrong)
    with writing():
        where = books.accounts(SYSTEM)
        draft = books.paid_in(
            where, source=f"bridge:in:{document_no.strip()}", on=on, amount=amount, document_no=document_no.strip()
        )
        if ledger.post(actor, book_id=where.book, draft=draft).fresh:
            said = {"amount": human(amount), "document_no": document_no}
            paying.fund_of(actor.district.ljust(6, "0"))
            record(actor, "BRIDGE_FUND_PAID_IN", ("fund", books.BOOK), topic=f"fund:{books.BOOK}", facts=said)


def request_bridge(actor: Actor, *, loan_id: int, amount: int) -> int:
    """Ask for an advance of *amount* fen to repay a maturing loan; returns its id.

    Raises Refused with every condition that does not hold, each with its words and remedy.
    """
    if not actor.may(Permission.APPLY):
        raise DomainError("not_permitted", Text("请由企业本人申请。", "The firm applies itself."))
    loan = loans.loans(actor).filter(pk=loan_id).first()
    if loan is None:
        raise _not_found(loan_id)
    rules = programme()
    found = conditions(actor, loan_id=loan_id, amount=amount)
    _refuse_if(eligibility.problems(found))
    with writing():
        made = _create(actor, loan, rules, found, amount)
        log(actor, "BRIDGE_REQUESTED", made, {"amount": human(amount), "bank": loan.bank.name})
        tell_bank(actor, made, "bridge_asks_bank", {"contract_no": loan.contract_no})
    return int(made.pk)


def _create(actor: Actor, loan: Any, rules: Any, found: tuple[eligibility.Check, ...], amount: int) -> BridgeAdvance:
    before = BridgeAdvance.objects.filter(old_loan=loan).count()
    evidence = [
        {"code": one.code, "verdict": one.verdict.name, "asked": one.asked.zh, "found": one.found.zh,
         "asked_en": one.asked.en, "found_en": one.found.en} for one in found
    ]  # fmt: skip
    try:
        with transaction.atomic():
            return BridgeAdvance.objects.create(
                number=f"ZZ{clock.today():%Y%m}-{loan.pk:06d}-{before + 1}",
                enterprise_id=loan.enterprise_id,
                district_code=loan.district_code,
                bank_id=loan.bank_id,
                bank_path=loan.bank_path,
                old_loan=loan,
                programme_id=rules.version_id,
                terms=dict(rules.terms),
                evidence=evidence,
                amount=amount,
                state=State.REQUESTED,
                requested_by_id=actor.person_id,
                requested_at=clock.now(),
            )
    except IntegrityError as broken:
        if "bridge_one_open_per_firm" not in str(broken) and "number" not in str(broken):
            raise
        words = Text("企业已有一笔未结清的应急周转。", "The firm has an advance that is not closed.")
        raise Refused([Problem("bridge_one_open", words, field="one_open")]) from broken


def commit_bridge(
    actor: Actor,
    *,
    advance_id: int,
    amount: int,
    commitment_no: str,
    committed_on: dt.date,
    seen_version: int | None = None,
) -> None:
    """The lending bank commits in writing to renew *amount* fen and to return the money; gives the letter's number."""
    row = _load(actor, advance_id)
    _check(actor, row, Act.COMMIT, seen_version)
    cap = eligibility.cap(amount, Decimal(row.terms.get("cover_pct", "100"))) if amount > 0 else 0
    wrong = []
    if not commitment_no.strip():
        wrong.append(_problem("commitment_no", "", "请填写续贷承诺函编号。", "Give the letter's number."))
    if row.amount > cap:
        zh = f"承诺续贷 {human(max(amount, 0)).zh}，最多可周转 {human(cap).zh}，少于申请的 {human(row.amount).zh}。"
        en = f"A renewal of {human(max(amount, 0)).en} allows {human(cap).en}, less than {human(row.amount).en}."
        wrong.append(_problem("amount", amount, zh, en))
    if committed_on > clock.today():
        wrong.append(_problem("committed_on", committed_on, "承诺日期不能晚于今天。", "Not in the future."))
    _refuse_if(wrong)
    with writing():
        move(
            actor, row, Act.COMMIT, {"amount": human(amount), "commitment_no": commitment_no},
            committed=amount, commitment_no=commitment_no.strip(), committed_on=committed_on,
            committed_by_id=actor.person_id,
        )  # fmt: skip
        tell_firm(actor, row, "bridge_committed", {})


def refuse_bridge(actor: Actor, *, advance_id: int, reason: str, seen_version: int | None = None) -> None:
    """The bank will not renew; the firm reads why."""
    _close(actor, advance_id, Act.REFUSE, reason, seen_version)


def decline_bridge(actor: Actor, *, advance_id: int, reason: str, seen_version: int | None = None) -> None:
    """The fund does not advance the money; what was reserved is free again."""
    _close(actor, advance_id, Act.DECLINE, reason, seen_version)


def withdraw_bridge(actor: Actor, *, advance_id: int, reason: str = "", seen_version: int | None = None) -> None:
    """The firm takes its request back before the money goes out."""
    _close(actor, advance_id, Act.WITHDRAW, reason or "企业撤回", seen_version)


def reserve_bridge(actor: Actor, *, advance_id: int, seen_version: int | None = None) -> None:
    """Approve and reserve the money on the fund's account. Refused where the fund has not so much that is free."""
    row = _load(actor, advance_id)
    _check(actor, row, Act.RESERVE, seen_version)
    with writing():
        paying.lock_fund(row)
        lock_advance(row)
        where = books.accounts(SYSTEM)
        held = ledger.hold(
            actor, account_id=where["bank"], source=f"bridge:{row.pk}:hold", amount=row.amount, text=row.number
        )
        paying.ask(actor, row, hold_id=held)
        said = {"amount": human(row.amount)}
        move(actor, row, Act.RESERVE, said, hold_id=held, reserved_by_id=actor.person_id, reserved_at=clock.now())


def advance_bridge(actor: Actor, *, advance_id: int, seen_version: int | None = None) -> None:
    """Check and approve the payment to the old loan's account, by another person than reserved the money.

    It is out when the bank's statement shows it (`actions_statement.import_statement`). Refused while the account of the
    bank's branch is not recorded.
    """
    row = _load(actor, advance_id)
    _check(actor, row, Act.ADVANCE, seen_version)
    with writing():
        paying.lock_fund(row)
        lock_advance(row)
        payments.check_and_approve(actor, paying.order_of(row))


def confirm_repaid(
    actor: Actor,
    *,
    advance_id: int,
    paid_on: dt.date,
    slip_no: str,
    interest: int = 0,
    seen_version: int | None = None,
) -> None:
    """The bank confirms that the advance repaid the old loan; the repayment is recorded on the loan by its slip."""
    row = _load(actor, advance_id)
    _check(actor, row, Act.CONFIRM_REPAID, seen_version)
    _refuse_if(_not_before(row.advanced_on, paid_on, "paid_on"))
    with transaction.atomic():
        with writing():
            lock_advance(row)
        repayment = lending.record_repayment(
            actor, loan_id=row.old_loan_id, paid_on=paid_on, principal=row.amount, interest=interest, slip_no=slip_no
        )
        with writing():
            posted = _post_leg(actor, row, "repaid", paid_on)
            said = {"amount": human(row.amount), "slip_no": slip_no}
            move(
                actor, row, Act.CONFIRM_REPAID, said, repaid_on=paid_on, repayment_id=repayment,
                repaid_posting_id=posted,
            )  # fmt: skip


def confirm_renewed(actor: Actor, *, advance_id: int, new_loan_id: int, seen_version: int | None = None) -> None:
    """The bank confirms the new loan: of the same firm, a renewal of the old one, drawn at least as much as advanced."""
    row = _load(actor, advance_id)
    _check(actor, row, Act.CONFIRM_RENEWED, seen_version)
    new = loans.loans(actor).filter(pk=new_loan_id, enterprise_id=row.enterprise_id, bank_id=row.bank_id).first()
    _refuse_if(_new_loan_problems(row, new, new_loan_id))
    assert new is not None
    on = max(day for day in (new.starts_on, row.repaid_on) if day)
    with writing():
        lock_advance(row)
        posted = _post_leg(actor, row, "renewed", on)
        said = {"amount": human(new.drawn), "contract_no": new.contract_no}
        move(actor, row, Act.CONFIRM_RENEWED, said, renewed_on=on, new_loan_id=new.pk, renewed_posting_id=posted)


def _new_loan_problems(row: BridgeAdvance, new: Any, given: int) -> list[Problem]:
    if new is None:
        return [_problem("new_loan_id", given, "没有这笔新贷款。", "There is no such loan of the firm here.")]
    wrong = []
    if new.renewal_of_id != row.old_loan_id:
        zh, en = "新贷款没有登记为原贷款的续贷。", "The loan is not recorded as a renewal of the old one."
        wrong.append(_problem("new_loan_id", given, zh, en))
    if new.drawn < row.amount:
        zh = f"新贷款已放 {human(new.drawn).zh}，少于周转的 {human(row.amount).zh}。"
        en = f"{human(new.drawn).en} is drawn, less than the {human(row.amount).en} advanced."
        wrong.append(_problem("new_loan_id", given, zh, en))
    if new.starts_on is not None and row.advanced_on is not None and new.starts_on < row.advanced_on:
        zh, en = "新贷款早于资金拨付。", "The new loan is older than the advance."
        wrong.append(_problem("new_loan_id", given, zh, en))
    return wrong


def take_back(
    actor: Actor,
    *,
    advance_id: int,
    returned_on: dt.date,
    slip_no: str,
    principal: int | None = None,
    reason: str = "",
    seen_version: int | None = None,
) -> int:
    """Record money that came back to the fund with its fee; returns the fee in fen. The same slip again changes nothing.

    *principal* (fen) is all that is out unless given. Before the due day it comes back after the new loan; when overdue
    it may come in parts and without the legs (*reason* is owed then): the case is closed as recovered, not returned.
    """
    row = _load(actor, advance_id)
    known = BridgeReturn.objects.filter(advance=row, slip_no=slip_no.strip()).first()
    if known is not None:
        return _same_slip(known, returned_on, principal)
    part = row.amount - row.returned if principal is None else principal
    facts = facts_of(row, reason=reason, whole=part == row.amount - row.returned)
    _check(actor, row, Act.TAKE_BACK, seen_version, facts)
    _refuse_if(_return_problems(row, part, returned_on, slip_no.strip()))
    fee = fee_of(row, principal=part, on=returned_on)
    share = Decimal(catalogue.parameter("bridge.fee_cost_share_pct", returned_on))
    with writing():
        lock_advance(row)
        where = books.accounts(SYSTEM)
        draft = books.returned(
            where, source=f"bridge:{row.pk}:returned:{slip_no.strip()}", number=row.number, on=returned_on,
            principal=part, fee=fee.fee, came_from=books.OUT[row.state], cost_share_pct=share,
        )  # fmt: skip
        posted = ledger.post(actor, book_id=where.book, draft=draft).posting_id
        BridgeReturn.objects.create(
            advance=row, returned_on=returned_on, principal=part, fee=fee.fee, days=fee.days,
            overdue_days=fee.overdue_days, slip_no=slip_no.strip(), posting_id=posted, recorded_by_id=actor.person_id,
            recorded_at=clock.now(),
        )  # fmt: skip
        said = {"amount": human(part), "fee": human(fee.fee), "days": fee.days}
        move(
            actor, row, Act.TAKE_BACK, said, facts=facts, reason=reason,
            returned=row.returned + part, fee_paid=row.fee_paid + fee.fee,
        )  # fmt: skip
        tell_firm(actor, row, "bridge_returned", {"fee": human(fee.fee)})
    return int(fee.fee)


def _same_slip(known: BridgeReturn, on: dt.date, principal: int | None) -> int:
    if known.returned_on == on and principal in (None, known.principal):
        return int(known.fee)
    zh, en = "这张凭证已登记，但日期或金额不同。", "This slip is recorded with another day or amount."
    raise Refused([_problem("slip_no", known.slip_no, zh, en)])


def _return_problems(row: BridgeAdvance, part: int, on: dt.date, slip: str) -> list[Problem]:
    wrong = _not_before(row.renewed_on or row.advanced_on, on, "returned_on")
    left = row.amount - row.returned
    if not 0 < part <= left:
        zh, en = f"归还金额应大于 0，不超过 {human(left).zh}。", f"Above 0 and at most {human(left).en}."
        wrong.append(_problem("principal", part, zh, en))
    if part < left and not overdue(row):
        zh, en = "未逾期的周转资金须一次归还。", "It comes back in one sum unless it is overdue."
        wrong.append(_problem("principal", part, zh, en))
    if not slip:
        wrong.append(_problem("slip_no", "", "请填写银行回单号。", "Give the number of the slip."))
    return wrong


def alert_bridge(today: dt.date | None = None) -> int:
    """Tell firm, bank and officer of advances that are due in `bridge.alert_days`, and once when overdue; returns how many.

    Safe to run again: an advance remembers what was told.
    """
    day = today or clock.today()
    steps = sorted(catalogue.parameter("bridge.alert_days", day), reverse=True)
    told = 0
    for row in BridgeAdvance.objects.filter(state__in=lifecycle.OUT_STATES).order_by("pk"):
        assert row.due_on is not None
        left = (row.due_on - day).days
        step = -1 if left < 0 else next((one for one in reversed(steps) if left <= one), None)
        if step is None or (row.alerted is not None and row.alerted <= step):
            continue
        with transaction.atomic():
            mine = BridgeAdvance.objects.filter(pk=row.pk, alerted=row.alerted).update(alerted=step)
            told += mine and _alert(row, left)
    return told


def _alert(row: BridgeAdvance, left: int) -> int:
    template = "bridge_overdue" if left < 0 else "bridge_due"
    said = {"left": abs(left), "due": row.due_on.isoformat() if row.due_on else ""}
    tell_firm(SYSTEM, row, template, said)
    tell_bank(SYSTEM, row, template, said)
    if row.reserved_by_id:
        facts = plain({"number": row.number, "amount": human(row.amount), **said})
        access.notify(
            SYSTEM, template=template, facts=facts, link=f"/gov/bridge/{row.pk}/", person_id=row.reserved_by_id
        )
    if left < 0:
        log(SYSTEM, "BRIDGE_OVERDUE", row, said)
    return 1


def _load(actor: Actor, advance_id: int) -> BridgeAdvance:
    row = scope(actor, BridgeAdvance.objects.filter(pk=advance_id)).select_related("bank").first()
    if row is None:
        raise _not_found(advance_id)
    return row


def _not_found(given: int) -> DomainError:
    return DomainError("not_found", Text("没有这笔记录，或您无权查看。", "No such record, or not yours."), value=given)


def _check(actor: Actor, row: BridgeAdvance, act: Act, seen: int | None, facts: Facts | None = None) -> None:
    lifecycle.decide(row.state, act, actor=actor, facts=facts or facts_of(row)).or_refuse()
    if seen is not None and seen != row.version:
        raise Stale(what="bridgeadvance")


def _close(actor: Actor, advance_id: int, act: Act, reason: str, seen: int | None) -> None:
    row = _load(actor, advance_id)
    _check(actor, row, act, seen, facts_of(row, reason=reason))
    with writing():
        reserved = row.state == State.RESERVED
        if reserved:
            paying.lock_fund(row)
        lock_advance(row)
        move(actor, row, act, {"why": reason}, reason=reason)
        if reserved:
            paying.drop(row, reason)
        if act is not Act.WITHDRAW:
            tell_firm(actor, row, "bridge_declined", {"why": reason})


def _post_leg(actor: Actor, row: BridgeAdvance, name: str, on: dt.date) -> int:
    where = books.accounts(SYSTEM)
    draft = books.leg(where, number=row.number, pk=row.pk, name=name, on=on, amount=row.amount - row.returned)
    return ledger.post(actor, book_id=where.book, draft=draft).posting_id


def _not_before(first: dt.date | None, on: dt.date, field: str) -> list[Problem]:
    if on <= clock.today() and (first is None or on >= first):
        return []
    zh, en = f"日期应在 {first} 至今天之间。", f"The day lies between {first} and today."
    return [_problem(field, on, zh, en)]


def _problem(field: str, value: object, zh: str, en: str) -> Problem:
    return Problem(f"bridge_{field}", Text(zh, en), field=field, value=value)


def _refuse_if(wrong: list[Problem]) -> None:
    if wrong:
        raise Refused(wrong)
