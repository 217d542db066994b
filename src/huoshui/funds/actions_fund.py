"""What can be done with funds themselves: open, pay in, commit, give back, recover, advance; and payees' accounts."""

from __future__ import annotations

import datetime as dt
import re

from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.funds import fund_books as drafts
from huoshui.funds.fund_books import ACCOUNTS, ADVANCE, Accounts
from huoshui.funds.models.paying import Fund, PayeeAccount
from huoshui.funds.perform import found, problem, refuse_if, require, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.money import human, yuan_text
from huoshui.kernel.text import Text
from huoshui.ledger import actions as ledger
from huoshui.ledger import queries as books
from huoshui.ledger.books import LARGEST

ACCOUNT_NO = re.compile(r"[0-9A-Za-z-]{6,40}")


def open_fund(
    actor: Actor,
    *,
    code: str,
    kind: str,
    name: str,
    name_en: str = "",
    district_code: str,
    programme_id: int | None = None,
    account_no: str = "",
    account_bank: str = "",
) -> int:
    """Return the id of fund *code*, opened now with its book and accounts where it does not exist."""
    require(actor, Permission.APPROVE_PAYMENTS)
    if known := Fund.objects.filter(code=code).first():
        return known.pk
    with writing():
        book = ledger.open_book(actor, code=f"fund:{code}", name=name, name_en=name_en)
        for account, (said, side) in ACCOUNTS.items():
            ledger.open_account(actor, book_id=book, code=account, name=said.zh, name_en=said.en, side=side)
        made = Fund.objects.create(
            code=code,
            kind=kind,
            name=name,
            name_en=name_en,
            district_code=district_code,
            programme_id=programme_id,
            book_id=book,
            account_no=account_no,
            account_bank=account_bank,
            opened_at=clock.now(),
        )
        record(actor, "FUND_OPENED", ("fund", made.pk), topic=f"fund:{made.pk}", facts={"name": name, "code": code})
    return made.pk


def accounts_of(fund: Fund) -> Accounts:
    """Return the ids of a fund's accounts, those of institutions included."""
    found_ = {view.code: view.id for view in books.accounts(fund.book.code)}
    return Accounts(fund.book_id, found_)


def with_advance(actor: Actor, fund: Fund, organisation_id: int) -> tuple[Accounts, str]:
    """Return the accounts with that of what an institution was advanced, opened now where it is missing, and its code."""
    code, at = ADVANCE.format(organisation_id), accounts_of(fund)
    if code in at.ids:
        return at, code
    name = offices.organisation(organisation_id).name
    made = ledger.open_account(
        actor, book_id=fund.book_id, code=code, name=f"预拨 {name.zh}", name_en=f"Advance: {name.en}", side="debit",
        institution_id=organisation_id,
    )  # fmt: skip
    return Accounts(at.book, {**at.ids, code: made}), code


def lock_subsidies(fund_id: int) -> Fund:
    """Hold every subsidy fund, always in the same order, and return this one.

    What a firm gets from all of them together may be capped, so claims on any of them follow one another.
    """
    rows = {row.pk: row for row in Fund.objects.select_for_update().filter(kind="subsidy").order_by("pk")}
    return rows.get(fund_id) or lock(fund_id)


def lock(fund_id: int) -> Fund:
    """Hold the fund to the end of the transaction: claims on its budget follow one another."""
    return Fund.objects.select_for_update().get(pk=fund_id)


def appropriate(actor: Actor, fund_id: int, *, amount: int, document_no: str, on: dt.date) -> int:
    """Record money the treasury paid in (fen) by its document; returns the posting. The same again changes nothing."""
    require(actor, Permission.APPROVE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    number = document_no.strip()
    refuse_if(_amount_problems(amount) + _proof_problems("document_no", number, on))
    with writing():
        draft = drafts.appropriated(
            accounts_of(fund), source=f"fund:{fund.pk}:in:{number}", on=on, amount=amount, text=f"财政拨款 {number}"
        )
        posted = ledger.post(actor, book_id=fund.book_id, draft=draft)
        if posted.fresh:
            said = {"amount": human(amount), "document_no": number}
            record(actor, "FUND_PAID_IN", ("fund", fund.pk), topic=f"fund:{fund.pk}", facts=said)
    return posted.posting_id


def commit(actor: Actor, *, fund_id: int, source: str, amount: int, on: dt.date, text: str) -> int:
    """Promise *amount* fen of the free budget to a business fact *source*. Refused where less is free.

    Inside the caller's transaction; the caller has decided that the actor may.
    """
    fund = Fund.objects.get(pk=fund_id)
    draft = drafts.committed(accounts_of(fund), source=source, on=on, amount=amount, text=text)
    with in_budget_words(fund, amount):
        return ledger.post(actor, book_id=fund.book_id, draft=draft).posting_id


def release(actor: Actor, *, fund_id: int, source: str, amount: int, on: dt.date, text: str) -> int:
    """Give a promise of *amount* fen back to the free budget, under its own *source*."""
    fund = Fund.objects.get(pk=fund_id)
    draft = drafts.committed(accounts_of(fund), source=source, on=on, amount=-amount, text=text)
    return ledger.post(actor, book_id=fund.book_id, draft=draft).posting_id


class in_budget_words:  # noqa: N801  reads as a sentence where it is used
    """Turn the ledger's refusal of an overdraw into the fund's own words, with what is left."""

    def __init__(self, fund: Fund, amount: int) -> None:
        self.fund, self.amount = fund, amount

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, DomainError) and error.code == "balance_covers_holds":
            raise Refused([_overdrawn(self.fund, self.amount)]) from error


def _overdrawn(fund: Fund, amount: int) -> Problem:
    said = Text(
        f"“{fund.name}”的可用资金不足 {human(amount).zh}。", f"“{fund.name_en or fund.name}” has less than {human(amount).en} free."
    )  # fmt: skip
    remedy = Text("请核对预算与专户余额，或等待财政拨款。", "Check budget and balance, or wait for an appropriation.")
    return Problem("fund_overdrawn", said, field="amount", value=amount, remedy=remedy)


def budgeted(fund: Fund) -> bool:
    """Return whether a fund spends a budget; the bridge fund's money only turns over, its holds are its promises."""
    return "committed" in accounts_of(fund).ids


def free_budget(fund: Fund) -> int:
    """Return the budget that is not committed, fen."""
    return books.account(accounts_of(fund)["free"]).free


def recover(actor: Actor, *, fund_id: int, source: str, amount: int, on: dt.date, text: str) -> int:
    """Record paid money that came back for good (fen); it may be spent again. Returns the posting; once a source."""
    require(actor, Permission.PREPARE_PAYMENTS, Permission.APPROVE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    refuse_if(_amount_problems(amount))
    with writing():
        draft = drafts.recovered(accounts_of(fund), source=source, on=on, amount=amount, text=text)
        posted = ledger.post(actor, book_id=fund.book_id, draft=draft)
        if posted.fresh:
            said = {"amount": human(amount), "text": text}
            record(actor, "FUND_RECOVERED", ("fund", fund.pk), topic=f"fund:{fund.pk}", facts=said)
    return posted.posting_id


def advance_to(actor: Actor, *, fund_id: int, organisation_id: int, amount: int, document_no: str, on: dt.date) -> int:
    """Give an institution cash in advance of its claims (预拨), once a document; its quarterly claims draw it down."""
    require(actor, Permission.APPROVE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    refuse_if(_amount_problems(amount) + _proof_problems("document_no", document_no, on))
    with writing():
        at, to = with_advance(SYSTEM, fund, organisation_id)
        draft = drafts.advanced(
            at, source=f"fund:{fund.pk}:advance:{organisation_id}:{document_no.strip()}", on=on, amount=amount,
            text=f"预拨 {document_no}", to=to,
        )  # fmt: skip
        with in_budget_words(fund, amount):
            posted = ledger.post(actor, book_id=fund.book_id, draft=draft)
        if posted.fresh:
            said = {"amount": human(amount), "bank": offices.organisation(organisation_id).name}
            record(actor, "FUND_ADVANCED", ("fund", fund.pk), topic=f"fund:{fund.pk}", facts=said)
    return posted.posting_id


def give_back(actor: Actor, *, fund_id: int, organisation_id: int, amount: int, slip_no: str, on: dt.date) -> int:
    """Record what an institution gives back of its advance, as the yearly settlement asks (年度清算)."""
    require(actor, Permission.PREPARE_PAYMENTS, Permission.APPROVE_PAYMENTS)
    fund = found(actor, Fund, fund_id)
    refuse_if(_amount_problems(amount) + _proof_problems("slip_no", slip_no, on))
    with writing():
        at, by = with_advance(SYSTEM, fund, organisation_id)
        draft = drafts.given_back(
            at, source=f"fund:{fund.pk}:back:{organisation_id}:{slip_no.strip()}", on=on, amount=amount,
            text=f"清算退回 {slip_no}", by=by,
        )  # fmt: skip
        with in_budget_words(fund, amount):
            posted = ledger.post(actor, book_id=fund.book_id, draft=draft)
        if posted.fresh:
            said = {"amount": human(amount), "text": f"清算退回 {slip_no}"}
            record(actor, "FUND_RECOVERED", ("fund", fund.pk), topic=f"fund:{fund.pk}", facts=said)
    return posted.posting_id


def set_account(
    actor: Actor,
    *,
    holder: str,
    bank_name: str,
    account_no: str,
    enterprise_id: int | None = None,
    organisation_id: int | None = None,
) -> int:
    """Record where a firm or an institution is paid; the account before it ends. Returns the id.

    A firm's own people or its bank may, and an institution's; the finance bureau for anyone.
    """
    _may_set(actor, enterprise_id, organisation_id)
    number = account_no.replace(" ", "").strip()
    wrong = []
    if not ACCOUNT_NO.fullmatch(number):
        zh, en = f"账号“{account_no[:40]}”应为 6 至 40 位数字或字母。", "An account has 6 to 40 digits or letters."
        wrong.append(problem("account_no", account_no, zh, en))
    wrong += [
        problem(name, "", f"请填写{said}。", f"Give the {en}.")
        for name, value, said, en in (("holder", holder, "户名", "holder"), ("bank_name", bank_name, "开户行", "bank"))
        if not value.strip()
    ]
    refuse_if(wrong)
    with writing():
        whose = {"enterprise_id": enterprise_id, "organisation_id": organisation_id}
        current = PayeeAccount.objects.select_for_update().filter(**whose, ended_at__isnull=True).first()
        given = (holder.strip(), bank_name.strip(), number)
        if current and (current.holder, current.bank_name, current.account_no) == given:
            return current.pk
        if current:
            current.ended_at = clock.now()
            current.save(update_fields=["ended_at"])
        made = PayeeAccount.objects.create(
            **whose, holder=given[0], bank_name=given[1], account_no=number, set_by_id=actor.person_id, set_at=clock.now()
        )  # fmt: skip
        subject = ("enterprise", enterprise_id) if enterprise_id else ("organisation", organisation_id)
        record(actor, "PAYEE_ACCOUNT_SET", subject, facts={"tail": number[-4:], "bank": given[1]})
    return made.pk


def _may_set(actor: Actor, enterprise_id: int | None, organisation_id: int | None) -> None:
    if (enterprise_id is None) == (organisation_id is None):
        raise DomainError("payee_unclear", Text("请选择企业或机构之一。", "Name a firm or an institution."))
    if actor.kind == "owner" and enterprise_id in actor.enterprise_ids:
        return
    if actor.org_kind in ("bank", "guarantor"):
        office = offices.organisation(organisation_id) if organisation_id else None
        inside = office is not None and actor.org_path.startswith(office.path)
        if (inside or enterprise_id) and actor.may(Permission.SUBMIT_CLAIMS):
            return
        if inside and actor.may(Permission.HANDLE_GUARANTEES):
            return
    require(actor, Permission.PREPARE_PAYMENTS)


def _proof_problems(name: str, number: str, on: dt.date) -> list[Problem]:
    wrong = []
    if not number.strip():
        zh, en = ("拨款文号", "document") if name == "document_no" else ("凭证号", "slip")
        wrong.append(problem(name, "", f"请填写{zh}。", f"Give the number of the {en}."))
    if on > clock.today():
        remedy = ("请填写银行流水上的日期。", "Give the day on the bank's statement.")
        wrong.append(problem("on", on, f"日期 {on} 不能晚于今天。", f"{on} is in the future.", remedy=remedy))
    return wrong


def _amount_problems(amount: int) -> list[Problem]:
    if 0 < amount <= LARGEST:
        return []
    said = yuan_text(amount)
    zh, en = f"金额 {said} 元应大于 0 且在可记范围内。", f"{said} yuan: the amount must be above 0 and within range."
    remedy = (
        "请填写正数；退回或冲正请用相应的办理。",
        "Give a positive sum; use the acts for giving back or reversing.",
    )
    return [problem("amount", amount, zh, en, remedy=remedy)]
