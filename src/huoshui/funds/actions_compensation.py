"""What can be done in risk compensation: register loans, file a claim, check it, report recoveries, close it.

Payment goes through the common payment order: who accepts a claim prepares it, another person checks, it is published,
approved and matched with the statement; `react` hears of it. The database refuses claims on loans that were not
registered in time, and returns above what was paid.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.financing import queries as lending
from huoshui.funds import actions_fund as funds
from huoshui.funds import actions_payment as payments
from huoshui.funds import compensation_lifecycle as lifecycle
from huoshui.funds import fund_books as drafts
from huoshui.funds import queries_compensation as queries
from huoshui.funds import queries_guarantee as guarantees
from huoshui.funds import recovery
from huoshui.funds.actions_payment import Ask, Part, Payee
from huoshui.funds.compensation_lifecycle import Act, State
from huoshui.funds.compensation_terms import ADDITIONS, PAPERS, Result, compute, missing_papers, trigger_met
from huoshui.funds.models.compensation import (
    CompensationClaim,
    CompensationLoan,
    CompensationPaper,
    CompensationRecovery,
)
from huoshui.funds.models.paying import PaymentOrder
from huoshui.funds.perform import found, person_of, plain, problem, refuse_if, require, swap, writing
from huoshui.funds.queries_compensation import Pool
from huoshui.funds.queries_payment import account_of
from huoshui.funds.reactions import Happened
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import human
from huoshui.kernel.rates import to_ppm
from huoshui.ledger import actions as ledger

KIND = "compensation"
MB = 1024 * 1024


def register_loans(
    actor: Actor, *, fund_id: int, loan_ids: Sequence[int], additions: Sequence[str] = ()
) -> tuple[int, ...]:
    """Register sound loans of the bank in a pool, all or none; returns the registrations. Registered ones are kept.

    Raises Refused: not the bank's loan, overdue or downgraded, in another pool, the bank is suspended by the breaker.
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    person = person_of(actor)
    rules = queries.pool(fund_id)
    with writing():
        funds.lock(fund_id)
        known = {row.loan_id: row for row in CompensationLoan.objects.filter(loan_id__in=loan_ids)}
        found_loans = {row.pk: row for row in lending.loans(actor).filter(pk__in=loan_ids)}
        refuse_if(
            [wrong for pk in loan_ids for wrong in _loan_problems(pk, found_loans.get(pk), known.get(pk), fund_id)]
        )
        refuse_if(_addition_problems(additions, rules))
        new = [found_loans[pk] for pk in dict.fromkeys(loan_ids) if pk not in known]
        if new:
            refuse_if(_suspended(rules, new[0]))
        made = [_registration(rules, loan, list(additions), person) for loan in new]
        CompensationLoan.objects.bulk_create(made)
        if made:
            total = human(sum(row.principal for row in made))
            facts = plain({"count": len(made), "amount": total})
            record(actor, "COMPENSATION_REGISTERED", ("fund", fund_id), topic=f"fund:{fund_id}", facts=facts)
    return (*(row.pk for row in known.values()), *(row.pk for row in made))


def _registration(rules: Pool, loan: Any, additions: list[str], person: int) -> CompensationLoan:
    return CompensationLoan(
        fund_id=rules.fund_id, programme_id=rules.version_id, terms=dict(rules.terms), loan_id=loan.pk,
        enterprise_id=loan.enterprise_id, district_code=loan.district_code, bank_id=loan.bank_id,
        bank_path=loan.bank_path, principal=loan.principal, additions=additions, registered_on=clock.today(),
        registered_by_id=person,
    )  # fmt: skip


def _loan_problems(pk: int, loan: Any, known: CompensationLoan | None, fund_id: int) -> list[Problem]:
    if loan is None:
        return [problem("loan_id", pk, "没有这笔贷款，或不属于本行。", "No such loan of this bank.")]
    if known is not None:
        other = known.fund_id != fund_id
        zh, en = f"{loan.contract_no} 已在另一资金池备案。", f"{loan.contract_no} is registered in another pool."
        return [problem("loan_id", pk, zh, en, code="compensation_other_pool")] if other else []
    if loan.state != "active" or loan.overdue_days or loan.five_class != "normal":
        zh, en = (
            f"{loan.contract_no} 未放款、已逾期（{loan.overdue_days} 天）或已降级，不能备案。",
            f"{loan.contract_no} is undrawn, overdue ({loan.overdue_days} days) or downgraded and cannot be registered.",
        )
        remedy = ("请只选正常、未逾期的贷款。", "Choose sound loans only.")
        return [problem("loan_id", pk, zh, en, code="compensation_registered_sound", remedy=remedy)]
    return []


def _addition_problems(additions: Sequence[str], rules: Pool) -> list[Problem]:
    known = rules.terms.get("additions", {})
    return [
        problem("additions", code, f"方案没有附加项“{code}”。", f"The programme has no addition “{code}”.")
        for code in additions
        if code not in known or code not in ADDITIONS
    ]


def _suspended(rules: Pool, loan: Any) -> list[Problem]:
    year = queries.bank_year(_registration(rules, loan, [], 0), rules.terms, on=clock.today())
    if not (year.lost_this_year and year.suspended):
        return []
    zh, en = "本行年度损失率超过上限，暂停新增备案。", "The bank's yearly loss is above the limit; it is suspended."
    return [problem("bank", loan.bank_id, zh, en, code="compensation_suspended")]


def file_claim(
    actor: Actor,
    *,
    loan_id: int,
    papers: Mapping[str, tuple[str, bytes]],
    other_paid: int = 0,
    seen_unpaid: int | None = None,
) -> int:
    """File the bank's claim for a registered loan that has gone bad, figures from the loan record; returns its id.

    *papers*: by code of the checklist, (file name, content). The same claim again returns the first. Raises Refused with
    every problem: not registered, trigger not met, a paper missing, a negative amount.
    """
    require(actor, Permission.SUBMIT_CLAIMS)
    registration = queries.registrations(actor).filter(loan_id=loan_id).first()
    if registration is None:
        zh, en = "这笔贷款没有在出险前备案，不能申请补偿。", "The loan was not registered before it went bad."
        remedy = ("请在“已备案贷款”中核对合同号。", "Look the contract up among the registered loans.")
        raise Refused([problem("loan_id", loan_id, zh, en, code="compensation_unregistered", remedy=remedy)])
    with writing():
        funds.lock(registration.fund_id)
        before = CompensationClaim.objects.filter(registration=registration).exclude(state="rejected").first()
        if before is not None:
            return before.pk
        loan = registration.loan
        refuse_if(_claim_problems(registration, papers, other_paid, seen_unpaid))
        unpaid = guarantees.loss_left(loan)
        result = _result(registration, unpaid, other_paid)
        row = CompensationClaim.objects.create(
            number=payments.next_number("BC", CompensationClaim, clock.today()), registration=registration,
            fund_id=registration.fund_id, enterprise_id=registration.enterprise_id,
            district_code=registration.district_code, bank_path=registration.bank_path, state=State.FILED,
            went_bad_on=clock.today(), overdue_days=loan.overdue_days, five_class=loan.five_class,
            unpaid=unpaid, other_paid=other_paid, filed_by_id=person_of(actor),
            filed_at=clock.now(), **_computed(result),
        )  # fmt: skip
        _keep_papers(row, papers)
        _log(actor, "COMPENSATION_FILED", row, {"amount": human(row.amount)})
    return row.pk


def _claim_problems(
    row: CompensationLoan, papers: Mapping[str, tuple[str, bytes]], other_paid: int, seen_unpaid: int | None
) -> list[Problem]:
    loan, wrong = row.loan, []
    unpaid, guaranteed = guarantees.loss_left(loan), guarantees.paid_for(loan) is not None
    met = trigger_met(row.terms, overdue_days=loan.overdue_days, five_class=loan.five_class, guarantor_paid=guaranteed)
    if not met or unpaid <= 0:
        zh, en = (
            f"{loan.contract_no} 逾期 {loan.overdue_days} 天，尚未达到方案的补偿条件。",
            f"{loan.contract_no} is {loan.overdue_days} days overdue: the programme's trigger is not met yet.",
        )
        remedy = (
            "达到方案规定的分类或逾期天数后再申请。",
            "File when the class or the days of the programme are reached.",
        )
        wrong.append(problem("loan_id", loan.pk, zh, en, code="compensation_not_due", remedy=remedy))
    if other_paid < 0 or other_paid > unpaid:
        zh, en = "其他财政补偿应在 0 与未还本金之间。", "Other public money lies between 0 and the unpaid principal."
        remedy = ("请填写已收到的其他财政补偿，没有填 0。", "Give what other public money was received, or 0.")
        wrong.append(problem("other_paid", other_paid, zh, en, remedy=remedy))
    if seen_unpaid is not None and seen_unpaid != unpaid:
        zh, en = "贷款余额刚刚有变化，请核对后再提交。", "The balance has changed; check it and file again."
        wrong.append(problem("seen_unpaid", seen_unpaid, zh, en))
    for code in missing_papers(row.terms, list(papers)):
        name = PAPERS[code]
        wrong.append(problem(code, "", f"请上传{name.zh}。", f"Upload: {name.en}.", code="compensation_paper_missing"))
    return wrong + _paper_problems(papers)


def _paper_problems(papers: Mapping[str, tuple[str, bytes]]) -> list[Problem]:
    most = int(catalogue.parameter("paper.max_size_mb"))
    said, en = f"文件不能为空，最大 {most} MB。", f"Not empty, and at most {most} MB."
    return [problem(code, name, said, en) for code, (name, data) in papers.items() if not 0 < len(data) <= most * MB]


def _result(row: CompensationLoan, unpaid: int, other_paid: int, *, without: int = 0) -> Result:
    year = queries.bank_year(row, row.terms, on=clock.today(), without=without)
    return compute(
        row.terms, principal=row.principal, unpaid=unpaid, additions=row.additions, bank=year,
        pool=max(0, funds.free_budget(row.fund)), other_paid=other_paid,
    )  # fmt: skip


def _computed(result: Result) -> dict[str, Any]:
    lines = [{"zh": words.zh, "en": words.en, "value": value.zh, "value_en": value.en} for words, value in result.lines]
    return {"ratio_ppm": to_ppm(result.ratio_pct), "amount": result.payable, "cuts": list(result.cuts), "lines": lines}


def _keep_papers(row: CompensationClaim, papers: Mapping[str, tuple[str, bytes]]) -> None:
    for code, (name, data) in papers.items():
        digest = hashlib.sha256(data).hexdigest()
        kept = {"name": name[:160], "digest": digest, "content": data, "added_at": clock.now()}
        CompensationPaper.objects.update_or_create(claim=row, code=code, defaults=kept)


def refile_claim(actor: Actor, *, claim_id: int, papers: Mapping[str, tuple[str, bytes]]) -> None:
    """File a returned claim again with corrected papers; the figures are taken from the loan record anew."""
    row = _load(actor, claim_id, Act.REFILE)
    refuse_if(_paper_problems(papers))
    with writing():
        funds.lock(row.fund_id)
        loan = row.registration.loan
        unpaid = guarantees.loss_left(loan)
        _keep_papers(row, papers)
        result = _result(row.registration, unpaid, row.other_paid, without=row.pk)
        swap(row, state=State.FILED, unpaid=unpaid, why="", **_computed(result))
        _log(actor, "COMPENSATION_FILED", row, {"amount": human(row.amount)})


def return_claim(actor: Actor, *, claim_id: int, reason: str, seen_version: int | None = None) -> None:
    """Send a claim back to the bank for correction, with words."""
    _end(actor, claim_id, Act.RETURN, reason, seen_version)


def reject_claim(actor: Actor, *, claim_id: int, reason: str, seen_version: int | None = None) -> None:
    """Decide that nothing is paid, with words."""
    _end(actor, claim_id, Act.REJECT, reason, seen_version)


def close_claim(actor: Actor, *, claim_id: int, reason: str, seen_version: int | None = None) -> None:
    """Close a paid claim when recovery has ended; what is not recovered stays with the pool."""
    _end(actor, claim_id, Act.CLOSE, reason, seen_version)


def _end(actor: Actor, claim_id: int, act: Act, reason: str, seen: int | None) -> None:
    row = _load(actor, claim_id, act, reason)
    step = lifecycle.TRANSITIONS[State(row.state), act]
    with writing():
        swap(row, seen, state=step.to, why=reason.strip())
        _log(actor, step.event, row, {"words": reason.strip()}, reason)
        _tell_bank(actor, row)


def accept_claim(actor: Actor, *, claim_id: int, seen_version: int | None = None) -> int:
    """Check a claim by computing it anew, and ask for its payment; another person confirms that. Returns the payment."""
    row = _load(actor, claim_id, Act.ACCEPT)
    with writing():
        funds.lock(row.fund_id)
        result = _result(row.registration, row.unpaid, row.other_paid, without=row.pk)
        if result.payable <= 0:
            zh, en = "按规则应补偿 0 元，不能转入支付。", "Nothing is payable by the rules."
            raise Refused([problem("amount", 0, zh, en, code="compensation_nothing")])
        tries = PaymentOrder.objects.filter(kind=KIND, subject_id=row.pk).count()
        order = payments.request_payment(actor, fund_id=row.fund_id, ask=_ask(row, int(result.payable), tries))
        swap(row, seen_version, state=State.ACCEPTED, order_id=order, **_computed(result))
        _log(actor, "COMPENSATION_ACCEPTED", row, {"amount": human(row.amount)})
        _tell_bank(actor, row)
    return order


def _ask(row: CompensationClaim, amount: int, tries: int) -> Ask:
    office = offices.organisation(_paid_office(row))
    text = f"{row.number} 风险补偿"
    part = Part(amount, text, row.enterprise_id, row.district_code, row.bank_path, row.pk)
    payee = Payee(office.name.zh, "bank", organisation_id=office.id)
    return Ask(KIND, f"compensation:{row.pk}:{tries + 1}", payee, (part,), text, row.pk, bank_path=row.bank_path)


def _paid_office(row: CompensationClaim) -> int:
    """Return the bank where it has an account recorded, else the office that filed."""
    bank = row.registration.bank_id
    if account_of(organisation_id=bank) is None and row.filed_by_id is not None:
        return offices.actor(row.filed_by_id).organisation_id or bank
    return bank


def react(actor: Actor, happened: Happened) -> None:
    """Follow what became of a claim's payment. Inside its act."""
    row = CompensationClaim.objects.get(pk=happened.subject_id or 0)
    if happened.what == "paid":
        swap(row, state=State.PAID, paid=happened.amount)
        _log(actor, "COMPENSATION_PAID", row, {"amount": human(happened.amount)})
    elif happened.what == "returned":
        swap(row, state=State.ACCEPTED, paid=0)
        _log(actor, "COMPENSATION_UNPAID", row, {"words": happened.words})
    elif row.state == State.ACCEPTED:
        swap(row, state=State.FILED, order_id=None, why=happened.words)
        _log(actor, "COMPENSATION_UNPAID", row, {"words": happened.words})
    _tell_bank(actor, row)


def report_recovery(
    actor: Actor, *, claim_id: int, received_on: dt.date, recovered: int, cost: int = 0, slip_no: str
) -> int:
    """Record money recovered after payment and return its share to the pool (fen), net of cost; once a slip.

    The share is taken of all recoveries together, so that rounding never adds up; never more than was paid.
    """
    row = _load(actor, claim_id, Act.RECOVER)
    slip = slip_no.strip()
    with writing():
        fund = funds.lock(row.fund_id)
        row.refresh_from_db()
        known = CompensationRecovery.objects.filter(claim=row, slip_no=slip).first()
        if known is not None:
            return _same_slip(known, received_on, recovered, cost)
        before = list(row.recoveries.values_list("recovered", "cost"))
        all_recovered = sum(got for got, _ in before) + recovered
        refuse_if(_recovery_problems(row, received_on, recovered, cost, all_recovered, slip))
        share = recovery.to_pool(
            row.paid,
            unpaid_principal=row.unpaid,
            recovered=all_recovered,
            cost=sum(spent for _, spent in before) + cost,
        )
        back = max(0, share - row.returned)
        posting = _post_back(actor, fund, row, slip, back, received_on) if back else None
        CompensationRecovery.objects.create(
            claim=row, received_on=received_on, recovered=recovered, cost=cost, to_pool=back, slip_no=slip,
            posting_id=posting, recorded_by_id=person_of(actor), recorded_at=clock.now(),
        )  # fmt: skip
        swap(row, returned=row.returned + back)
        _log(actor, "COMPENSATION_RECOVERED", row, {"amount": human(recovered), "returned": human(back)})
    return back


def _post_back(actor: Actor, fund: Any, row: CompensationClaim, slip: str, amount: int, on: dt.date) -> int:
    draft = drafts.recovered(
        funds.accounts_of(fund), source=f"compensation:{row.pk}:recovery:{slip}", on=on, amount=amount,
        text=f"{row.number} 追回返还",
    )  # fmt: skip
    return ledger.post(actor, book_id=fund.book_id, draft=draft).posting_id


def _same_slip(known: CompensationRecovery, on: dt.date, recovered: int, cost: int) -> int:
    if (known.received_on, known.recovered, known.cost) == (on, recovered, cost):
        return known.to_pool
    zh, en = "这张凭证已登记，但日期或金额不同。", "This slip is recorded with another day or amount."
    raise Refused([problem("slip_no", known.slip_no, zh, en)])


def _recovery_problems(
    row: CompensationClaim, on: dt.date, recovered: int, cost: int, total: int, slip: str
) -> list[Problem]:
    paid_on = row.order.paid_on if row.order else None
    checks = [
        (recovered <= 0, "recovered", recovered, "追回金额应大于 0。", "A recovery is above 0."),
        (cost < 0 or cost > max(recovered, 0), "cost", cost, "费用应在 0 与追回金额之间。", "0 to what was recovered."),
        (total > row.unpaid, "recovered", recovered, f"累计追回 {human(total).zh} 超过未还本金 {human(row.unpaid).zh}。",
         f"{human(total).en} in all is more than the unpaid principal of {human(row.unpaid).en}."),
        (on > clock.today(), "received_on", on, f"到账日期 {on} 不能晚于今天。", f"{on} is in the future."),
        (bool(paid_on and on < paid_on), "received_on", on, f"追回日期 {on} 早于补偿支付日 {paid_on}。",
         f"{on} is before the payment on {paid_on}."),
        (not slip, "slip_no", "", "请填写追回凭证号。", "Give the number of the slip."),
    ]  # fmt: skip
    remedy = ("请按追回凭证填写。", "Write what the slip says.")
    return [problem(field, value, zh, en, remedy=remedy) for wrong, field, value, zh, en in checks if wrong]


def _load(actor: Actor, claim_id: int, act: Act, reason: str = "") -> CompensationClaim:
    row = found(actor, CompensationClaim, claim_id)
    lifecycle.decide(row.state, act, actor=actor, reason=reason).or_refuse()
    return row


def _log(actor: Actor, kind: str, row: CompensationClaim, facts: dict[str, Any], reason: str = "") -> None:
    said = plain({"number": row.number, **facts})
    record(actor, kind, ("compensation", row.pk), topic=f"compensation:{row.pk}", facts=said, reason=reason)


def _tell_bank(actor: Actor, row: CompensationClaim) -> None:
    facts = plain({"number": row.number, "state": lifecycle.STATE_NAMES[State(row.state)]})
    link = f"/bank/compensation/{row.pk}/"
    access.notify(
        actor, template="compensation_moved", facts=facts, link=link, organisation_id=row.registration.bank_id
    )
