"""What can be done when a guaranteed loan goes bad: claim, reserve, pay out, recover, close (代偿与追偿).

A payout goes the way of all public money: the guarantor's two people put it into the finance bureau's queue, the bureau
checks, approves and sends it, and it is paid when the bank's statement shows it (`react`).

The loss is shared by the programme's percents to the fen (`shares.share_out`, the function behind `huoshui calc
guarantee`). The fund of the programme pays what all but the bank bear; what comes back is shared by what each is still
owed, net of cost. Every posting has a source of its own, so that nothing is paid or taken back twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

from huoshui.access import queries as offices
from huoshui.access.actor import SYSTEM, Actor
from huoshui.catalogue import queries as catalogue
from huoshui.funds import actions_fund as funds
from huoshui.funds import actions_payment as payments
from huoshui.funds import guarantee_books as books
from huoshui.funds import queries_guarantee as queries
from huoshui.funds.actions_guarantee import day_problems, end, load, move, tell_all, tell_guarantor
from huoshui.funds.actions_payment import Ask, Part, Payee
from huoshui.funds.compensation_terms import PAPERS as PAPER_NAMES
from huoshui.funds.fund_books import Accounts
from huoshui.funds.guarantee_lifecycle import Act, Facts, State, decide
from huoshui.funds.guarantee_terms import BANK, PAPERS, party, shares_of
from huoshui.funds.models.guarantee import Guarantee, GuaranteePaper, GuaranteeRecovery, GuaranteeShare
from huoshui.funds.models.paying import Fund, PaymentOrder
from huoshui.funds.perform import person_of, problem, refuse_if, writing
from huoshui.funds.reactions import Happened
from huoshui.funds.shares import share_back, share_out
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused
from huoshui.kernel.money import human
from huoshui.kernel.rates import to_ppm
from huoshui.kernel.text import Text
from huoshui.ledger import actions as ledger
from huoshui.ledger.books import Draft

KIND = "guarantee"
MB = 1024 * 1024


def claim_payout(actor: Actor, *, guarantee_id: int, papers: Mapping[str, tuple[str, bytes]]) -> int:
    """Claim the payout of an overdue loan by its record, with the papers of the checklist; returns what is unpaid (fen).

    *papers*: by code, (file name, content). Raises Refused with every problem: not overdue long enough, a paper missing.
    """
    row = load(actor, guarantee_id, Act.CLAIM)
    loan = queries.loan_of(row)
    refuse_if([*_claim_problems(loan), *_paper_problems(row, papers)])
    unpaid = int(loan.drawn - loan.repaid)
    with writing():
        _keep_papers(row, papers)
        said = {"amount": human(unpaid)}
        move(actor, row, Act.CLAIM, said, claimed_on=clock.today(), loss=unpaid, claims=row.claims + 1, why="")
        tell_guarantor(actor, row)
    return unpaid


def _claim_problems(loan: Any) -> list[Problem]:
    least = int(catalogue.parameter("guarantee.claim_overdue_days"))
    if loan is None or loan.drawn <= loan.repaid:
        return [problem("loan", None, "贷款没有余额。", "Nothing is owed on the loan.", code="guarantee_nothing_owed")]
    if loan.overdue_days >= least:
        return []
    zh = f"贷款逾期 {loan.overdue_days} 天，满 {least} 天才能申请代偿。"
    en = f"{loan.overdue_days} days overdue; a payout is claimed from {least} days on."
    return [problem("loan", loan.overdue_days, zh, en, code="guarantee_not_due")]


def _paper_problems(row: Guarantee, papers: Mapping[str, tuple[str, bytes]]) -> list[Problem]:
    most = int(catalogue.parameter("paper.max_size_mb"))
    there = {*papers, *row.papers.values_list("code", flat=True)}
    wrong = [
        problem(
            code,
            "",
            f"请上传{PAPER_NAMES[code].zh}。",
            f"Upload: {PAPER_NAMES[code].en}.",
            code="guarantee_paper_missing",
        )
        for code in PAPERS
        if code not in there
    ]
    said, en = f"文件不能为空，最大 {most} MB。", f"Not empty, and at most {most} MB."
    return wrong + [
        problem(code, name, said, en) for code, (name, data) in papers.items() if not 0 < len(data) <= most * MB
    ]


def _keep_papers(row: Guarantee, papers: Mapping[str, tuple[str, bytes]]) -> None:
    for code, (name, data) in papers.items():
        digest = hashlib.sha256(data).hexdigest()
        kept = {"name": name[:160], "digest": digest, "content": data, "added_at": clock.now()}
        GuaranteePaper.objects.update_or_create(guarantee=row, code=code, defaults=kept)


def accept_payout(actor: Actor, *, guarantee_id: int, seen_version: int | None = None) -> dict[str, int]:
    """Accept a claim by the loan record of today and reserve the money; returns what each party bears (fen).

    Refused where the fund has not so much that is free, and where the loan has been repaid meanwhile.
    """
    row = load(actor, guarantee_id, Act.ACCEPT)
    loan = queries.loan_of(row)
    refuse_if(_claim_problems(loan))
    with writing():
        fund = _fund(row)
        loss = min(int(loan.drawn - loan.repaid), row.amount)
        parts = {name: int(part) for name, part in share_out(loss, shares=shares_of(row.terms)).items()}
        amount = loss - parts.get(BANK, 0)
        at, source = funds.accounts_of(fund), f"guarantee:{row.pk}:{row.claims}"
        text = f"{row.number} 代偿"
        funds.commit(actor, fund_id=fund.pk, source=f"{source}:commit", amount=amount, on=clock.today(), text=text)
        with funds.in_budget_words(fund, amount):
            held = ledger.hold(actor, account_id=at["bank"], source=f"{source}:hold", amount=amount, text=text)
        move(
            actor, row, Act.ACCEPT, {"amount": human(amount)}, seen=seen_version, fund_id=fund.pk, hold_id=held,
            loss=loss, payout=amount, accepted_by_id=person_of(actor),
        )  # fmt: skip
        tell_all(actor, row)
    return parts


def _fund(row: Guarantee) -> Fund:
    fund = queries.fund_of(row.programme_id)
    if fund is None:
        words = Text("方案还没有对应的代偿资金专户。", "No fund is opened for the programme's payouts.")
        remedy = Text("请财政部门先开立资金。", "The finance bureau opens it first.")
        raise DomainError("guarantee_no_fund", words, field="fund", remedy=remedy)
    return funds.lock(fund.pk)


def reject_payout(actor: Actor, *, guarantee_id: int, reason: str, seen_version: int | None = None) -> None:
    """Send a claim back with words; what was reserved is free again and the guarantee stays in force.

    Refused where the payout is in a payment file already.
    """
    row = load(actor, guarantee_id, Act.REJECT, reason)
    with writing():
        if row.fund_id is not None:
            funds.lock(row.fund_id)
        hold, amount, ordered = row.hold_id, row.payout, row.paid_by_id is not None
        _send_back(actor, row, reason, seen_version)
        if ordered:
            payments.drop_payment(_order_of(row), reason=reason)
        elif hold is not None and row.fund_id is not None:
            ledger.void_hold(actor, hold_id=hold, reason=reason)
            source, text = f"guarantee:{row.pk}:{row.claims}:release", f"{row.number} 退回"
            funds.release(
                actor, fund_id=row.fund_id, source=source, amount=amount, on=clock.today(), text=text
            )  # fmt: skip
        tell_all(actor, row)


def _send_back(actor: Actor, row: Guarantee, reason: str, seen: int | None = None) -> None:
    words = reason.strip()
    move(
        actor, row, Act.REJECT, {"words": words}, reason=reason, seen=seen, why=words, hold_id=None,
        accepted_by_id=None, paid_by_id=None, loss=0, payout=0, claimed_on=None,
    )  # fmt: skip


def pay_out(actor: Actor, *, guarantee_id: int, seen_version: int | None = None) -> int:
    """Confirm an accepted payout, by another person than accepted, so that the bureau pays it; returns the payment."""
    row = load(actor, guarantee_id, Act.PAY)
    with writing():
        fund = funds.lock(row.fund_id or 0)
        row = load(actor, guarantee_id, Act.PAY)  # as it stands now that nobody else can confirm it
        order = payments.put_in_queue(actor, fund, _ask(row))
        said = {"amount": human(row.payout), "payment": order.number}
        move(actor, row, Act.PAY, said, seen=seen_version, paid_by_id=person_of(actor))
        tell_all(actor, row)
    return order.pk


def _ask(row: Guarantee) -> Ask:
    branch = offices.organisation(int(row.bank_path.strip("/").split("/")[-1]))
    text = f"{row.number} 代偿"
    part = Part(
        row.payout, text, enterprise_id=row.enterprise_id, district_code=row.district_code, bank_path=row.bank_path,
        subject_id=row.pk,
    )  # fmt: skip
    return Ask(
        KIND, f"guarantee:{row.pk}:{row.claims}", Payee(branch.name.zh, "bank", organisation_id=branch.id), (part,),
        text, subject_id=row.pk, notice=False, committed=True, bank_path=row.bank_path, hold_id=row.hold_id,
    )  # fmt: skip


def _order_of(row: Guarantee) -> PaymentOrder:
    return PaymentOrder.objects.filter(kind=KIND, subject_id=row.pk).order_by("-pk")[0]


def draft(actor: Actor, happened: Happened) -> Draft:
    """Return the posting of a payout: the cash, and the loss with who bears it, summing exactly."""
    row = Guarantee.objects.get(pk=happened.subject_id or 0)
    parts = _parts(row)
    return books.paid_out(
        _accounts(actor, funds.lock(happened.fund_id), parts),
        source=f"guarantee:{row.pk}:payout:{happened.order_id}:{happened.attempt}",
        on=happened.on,
        text=f"{row.number} 代偿",
        parts=parts,
    )


def _parts(row: Guarantee) -> dict[str, int]:
    return {name: int(part) for name, part in share_out(row.loss, shares=shares_of(row.terms)).items()}


def react(actor: Actor, happened: Happened) -> None:
    """Follow what became of a payout's payment. Inside its act."""
    row = Guarantee.objects.select_for_update().get(pk=happened.subject_id or 0)
    if happened.what == "paid":
        _paid(actor, row, happened)
    elif happened.what == "returned":
        _returned(actor, row, happened)
    elif happened.what == "cancelled" and row.state == State.ACCEPTED:
        _send_back(actor, row, happened.words)
    else:
        return  # approved, or the claim itself was sent back: nothing changes here
    tell_all(actor, row)


def _paid(actor: Actor, row: Guarantee, happened: Happened) -> None:
    decide(row.state, Act.SEND, actor=actor, facts=Facts(moved=True)).or_refuse()
    posting = PaymentOrder.objects.values_list("posting_id", flat=True).get(pk=happened.order_id)
    move(actor, row, Act.SEND, {"amount": human(row.payout)}, posting_id=posting, paid_on=happened.on)
    given = shares_of(row.terms)
    GuaranteeShare.objects.bulk_create(
        GuaranteeShare(guarantee=row, place=place, party=name, share_ppm=to_ppm(given[name]), borne=part)
        for place, (name, part) in enumerate(_parts(row).items(), start=1)
    )


def _returned(actor: Actor, row: Guarantee, happened: Happened) -> None:
    """Undo a payout that the bank sent back, while nothing of it was recovered."""
    decide(row.state, Act.COME_BACK, actor=actor, facts=Facts(moved=True)).or_refuse()
    said = {"amount": human(row.payout), "words": happened.words}
    GuaranteeShare.objects.filter(guarantee=row).delete()
    move(actor, row, Act.COME_BACK, said, posting_id=None, paid_on=None)


def _accounts(actor: Actor, fund: Fund, parts: Mapping[str, int]) -> Accounts:
    """Return the fund's accounts with those of the loss and of who bears it, opened now where they are missing."""
    at = funds.accounts_of(fund)
    wanted = {books.LOSS: ("代偿损失（追偿中）", "Loss to be recovered", "debit")}
    for name in parts:
        said = party(name)
        wanted[books.BORNE.format(name)] = (f"{said.zh}承担", f"Borne: {said.en}", "credit")
    made = {
        code: ledger.open_account(SYSTEM, book_id=fund.book_id, code=code, name=zh, name_en=en, side=side)
        for code, (zh, en, side) in wanted.items()
        if code not in at.ids
    }
    return Accounts(at.book, {**at.ids, **made})


def record_recovery(
    actor: Actor,
    *,
    guarantee_id: int,
    received_on: dt.date,
    recovered: int,
    cost: int = 0,
    slip_no: str,
    seen_version: int | None = None,
) -> dict[str, int]:
    """Record money recovered from the debtor (fen) and share it back net of cost; returns the parts. Once a slip.

    Parts follow what each party is still owed, so that nobody has back more than it bore and rounding never adds up.
    """
    row = load(actor, guarantee_id, Act.RECOVER)
    slip = slip_no.strip()
    with writing():
        fund = funds.lock(row.fund_id or 0)
        row.refresh_from_db()
        known = GuaranteeRecovery.objects.filter(guarantee=row, slip_no=slip).first()
        if known is not None:
            return _same_slip(known, received_on, recovered, cost)
        refuse_if(_recovery_problems(row, received_on, recovered, cost, slip))
        shares = list(row.shares.select_for_update().order_by("place"))
        parts = share_back(recovered - cost, owed={one.party: one.borne - one.returned for one in shares})
        posted = _post_back(actor, row, fund, slip, parts, received_on) if recovered > cost else None
        GuaranteeRecovery.objects.create(
            guarantee=row, received_on=received_on, recovered=recovered, cost=cost, slip_no=slip, posting_id=posted,
            parts={name: int(part) for name, part in parts.items()}, recorded_by_id=person_of(actor),
            recorded_at=clock.now(),
        )  # fmt: skip
        for one in shares:
            GuaranteeShare.objects.filter(pk=one.pk).update(returned=one.returned + parts[one.party])
        said = {"amount": human(recovered), "cost": human(cost)}
        move(actor, row, Act.RECOVER, said, seen=seen_version, returned=row.returned + recovered - cost)
    return {name: int(part) for name, part in parts.items()}


def _post_back(actor: Actor, row: Guarantee, fund: Fund, slip: str, parts: Mapping[str, int], on: dt.date) -> int:
    source = f"guarantee:{row.pk}:recovery:{slip}"
    at = _accounts(actor, fund, parts)
    draft = books.recovered(at, source=source, on=on, text=f"{row.number} 追偿分回", parts=parts)
    return ledger.post(actor, book_id=fund.book_id, draft=draft).posting_id


def _same_slip(known: GuaranteeRecovery, on: dt.date, recovered: int, cost: int) -> dict[str, int]:
    if (known.received_on, known.recovered, known.cost) == (on, recovered, cost):
        return dict(known.parts)
    zh, en = "这张凭证已登记，但日期或金额不同。", "This slip is recorded with another day or amount."
    raise Refused([problem("slip_no", known.slip_no, zh, en)])


def _recovery_problems(row: Guarantee, on: dt.date, recovered: int, cost: int, slip: str) -> list[Problem]:
    left = row.loss - row.returned
    said = human(left)
    checks = [
        (recovered <= 0, "recovered", recovered, "追回金额应大于 0。", "A recovery is above 0."),
        (cost < 0 or cost > max(recovered, 0), "cost", cost, "费用应在 0 与追回金额之间。", "0 to what was recovered."),
        (
            recovered - cost > left, "recovered", recovered, f"扣除费用后超过尚未追回的 {said.zh}。",
            f"Net of cost it is more than the {said.en} still owed.",
        ),
        (not slip, "slip_no", "", "请填写追偿凭证号。", "Give the number of the slip."),
    ]  # fmt: skip
    wrong = [problem(field, value, zh, en) for bad, field, value, zh, en in checks if bad]
    return wrong + day_problems("received_on", on, row.paid_on)


def close_recovery(actor: Actor, *, guarantee_id: int, reason: str, seen_version: int | None = None) -> None:
    """Close a payout when recovery has ended; what is not recovered stays with those who bore it."""
    end(actor, guarantee_id, Act.CLOSE, reason, seen_version)
