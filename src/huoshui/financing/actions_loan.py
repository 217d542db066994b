"""A signed loan: contract, drawdowns in parts, repayments, settlement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Sum

from huoshui.access.actor import Actor
from huoshui.catalogue import queries as catalogue
from huoshui.financing import drawing
from huoshui.financing import loan_book as book
from huoshui.financing import referral_lifecycle as lifecycle
from huoshui.financing.actions_case import check, move
from huoshui.financing.actions_dispatch import close_case
from huoshui.financing.following import follow
from huoshui.financing.models import CreditDecision, Drawdown, Instalment, Loan, Referral, Repayment
from huoshui.financing.perform import case_of, loan_of, lock, log, refuse_if, swap, tell_firm, writing
from huoshui.financing.purposes import PURPOSES, themes_of
from huoshui.financing.referral_lifecycle import Act, Facts, State
from huoshui.financing.registration import SECURED, open_registration, unregistered
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem, Refused
from huoshui.kernel.money import human
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text
from huoshui.registry import queries as registry

_FIRST = {
    "never_borrowed": Text("首贷户", "first loan ever"),
    "borrowed_before": Text("曾有贷款，不是首贷", "borrowed before"),
    "loan_here": Text("已在本平台贷款，不是首贷", "has a loan here already"),
    "no_data": Text("没有信用记录数据，未认定", "no data, not counted"),
}


def sign_contract(
    actor: Actor,
    *,
    referral_id: int,
    contract_no: str,
    signed_on: dt.date,
    seen_version: int | None = None,
    renewal_of: int | None = None,
    no_principal_renewal: bool = False,
) -> int:
    """Record the contract of a granted credit; returns the loan's id. The firm's other banks are released.

    *renewal_of*: the loan that this one renews; *no_principal_renewal*: without paying the principal back first.
    """
    case = case_of(actor, referral_id)
    check(actor, case, Act.SIGN, seen_version)
    terms = CreditDecision.objects.get(referral_id=referral_id)
    refuse_if(_contract_problems(case, contract_no.strip(), signed_on, renewal_of, no_principal_renewal))
    with writing():
        demand = lock(case.demand_id)
        move(actor, case, Act.SIGN, {"amount": human(terms.amount or 0), "contract_no": contract_no})
        try:
            with transaction.atomic():
                loan = _open(case, terms, contract_no.strip(), signed_on, renewal_of, no_principal_renewal)
        except IntegrityError as broken:
            if "loan_contract_once" not in str(broken):
                raise
            raise Refused([_contract_taken(contract_no)]) from broken
        open_registration(actor, loan, demand)
        words = Text("企业已与另一家银行签约", "the firm signed with another bank")
        others = Referral.objects.filter(demand_id=demand.pk, closed_at__isnull=True).exclude(pk=case.pk)
        for other in others.select_related("bank", "demand"):
            if other.state not in (State.CONTRACTED, State.LENDING, State.LENT):
                close_case(actor, other, State.WITHDRAWN, Act.WITHDRAW, words)
        follow(actor, demand)
    return loan.pk


def _contract_problems(
    case: Referral, contract_no: str, signed_on: dt.date, renewal_of: int | None, no_principal: bool
) -> list[Problem]:
    found = []
    if not contract_no:
        found.append(_problem("contract_no", "", "请填写合同编号。", "Give the number of the contract."))
    if signed_on > clock.today():
        found.append(_problem("signed_on", signed_on, "签订日期不能晚于今天。", "It cannot be signed in the future."))
    if case.decided_at and signed_on < case.decided_at.date() - dt.timedelta(days=1):
        found.append(
            _problem("signed_on", signed_on, "签订日期不能早于授信日期。", "Not before the credit was granted.")
        )
    if no_principal and renewal_of is None:
        found.append(_problem("renewal_of", None, "无还本续贷请选择原贷款。", "Name the loan that is renewed."))
    if renewal_of is not None:
        former = Loan.objects.filter(pk=renewal_of, enterprise_id=case.enterprise_id, bank_id=case.bank_id)
        if not former.exists():
            found.append(
                _problem("renewal_of", renewal_of, "原贷款不是该企业在本行的贷款。", "Not a loan of this firm here.")
            )
    return found


def _problem(field: str, value: object, zh: str, en: str) -> Problem:
    return Problem(f"loan_{field}", Text(zh, en), field=field, value=value)


def _contract_taken(contract_no: str) -> Problem:
    return _problem(
        "contract_no", contract_no, f"合同编号“{contract_no}”已登记。", f"Contract {contract_no} is recorded already."
    )


def _open(
    case: Referral,
    terms: CreditDecision,
    contract_no: str,
    signed_on: dt.date,
    renewal_of: int | None,
    no_principal: bool,
) -> Loan:
    return Loan.objects.create(
        referral=case,
        enterprise_id=case.enterprise_id,
        district_code=case.district_code,
        bank_id=case.bank_id,
        bank_path=case.bank_path,
        product_id=case.product_id,
        contract_no=contract_no,
        principal=terms.amount or 0,
        rate_ppm=terms.rate_ppm or 0,
        term_months=terms.term_months or 1,
        method=terms.method,
        day_count=catalogue.parameter("loan.day_count"),
        collateral=terms.collateral,
        purpose=case.demand.purpose,
        themes=_themes(case, terms.amount or 0, signed_on),
        signed_on=signed_on,
        renewal_of_id=renewal_of,
        no_principal_renewal=no_principal,
        state="signed",
        created_at=clock.now(),
    )


def _themes(case: Referral, amount: int, signed_on: dt.date) -> list[str]:
    firm: Any = case.enterprise
    small = firm.size_class in ("small", "micro") or firm.kind == "individual_business"
    held = Loan.objects.filter(enterprise_id=firm.pk, state__in=["signed", "active"]) if small else Loan.objects.none()
    return themes_of(
        PURPOSES.get(case.demand.purpose),
        small=small,
        credit=amount + held.aggregate(n=Sum("principal", default=0))["n"],
        limit=catalogue.parameter("loan.inclusive_limit", on=signed_on),
    )


def record_drawdown(actor: Actor, *, loan_id: int, amount: int, drawn_on: dt.date, slip_no: str) -> int:
    """Record money paid out (放贷), also in parts up to the contract's amount; returns the drawdown's id.

    The same slip with the same figures again changes nothing. The first one makes the demand lent, starts the term,
    and decides whether it is the firm's first loan ever.
    """
    loan = loan_of(actor, loan_id)
    slip = slip_no.strip()
    if (known := Drawdown.objects.filter(loan_id=loan_id, slip_no=slip).first()) and slip:
        return _same_slip(known, (known.amount, known.drawn_on) == (amount, drawn_on), slip)
    case = _case(loan)
    facts = Facts(drawn=loan.drawn, fully=loan.drawn + amount == loan.principal)
    lifecycle.decide(case.state, Act.DRAW, actor=actor, facts=facts).or_refuse()
    refuse_if(_drawdown_problems(loan, amount, drawn_on, slip))
    with writing():
        demand, first = lock(case.demand_id), loan.drawn == 0
        _swap_drawn(loan, amount, drawn_on, first)
        drawdown = Drawdown.objects.create(
            loan=loan,
            amount=amount,
            drawn_on=drawn_on,
            slip_no=slip,
            recorded_by_id=actor.person_id,
            recorded_at=clock.now(),
        )
        _reschedule(loan)
        if first:
            _judge_first_loan(actor, loan)
        target = lifecycle.target(case.state, Act.DRAW, facts)
        if case.state != target:
            swap(case, state=target)
        said = {"bank": loan.bank.name, "amount": human(amount), "drawn": human(loan.drawn), "slip_no": slip}
        log(actor, "LOAN_DRAWN", demand.pk, said, referral_id=case.pk)
        tell_firm(actor, demand, "loan_drawn", {"bank": said["bank"], "amount": said["amount"]})
        follow(actor, demand)
    return drawdown.pk


def _case(loan: Loan) -> Referral:
    assert loan.referral is not None, "a loan of this platform belongs to a case"
    return loan.referral


def _same_slip(known: Drawdown | Repayment, same: bool, slip: str) -> int:
    if same:
        return known.pk
    said = Text(f"流水号“{slip}”已登记，但金额或日期不同。", f"Slip {slip} is recorded with other figures.")
    remedy = Text("请核对；更正请另记一笔。", "Check it; a correction is a slip of its own.")
    raise Refused([Problem("slip_differs", said, field="slip_no", value=slip, remedy=remedy)])


def _drawdown_problems(loan: Loan, amount: int, drawn_on: dt.date, slip: str) -> list[Problem]:
    left = loan.principal - loan.drawn
    found = []
    if amount <= 0:
        found.append(_problem("amount", amount, "放款金额应大于 0。", "The amount must be above 0."))
    if amount > left:
        zh = f"放款 {human(amount).zh} 超过合同剩余额度 {human(left).zh}。"
        found.append(_problem("amount", amount, zh, f"{human(amount).en} is more than the {human(left).en} left."))
    if drawn_on > clock.today():
        found.append(_problem("drawn_on", drawn_on, "放款日期不能晚于今天。", "It cannot be paid out in the future."))
    if drawn_on < loan.signed_on or (loan.matures_on and drawn_on >= loan.matures_on):
        found.append(
            _problem("drawn_on", drawn_on, "放款日期应在签约之后、到期之前。", "After signing and before maturity.")
        )
    if not slip:
        found.append(_problem("slip_no", "", "请填写借据号。", "Give the number of the slip."))
    found += drawing.problems(loan)
    if loan.collateral in SECURED and unregistered(loan.pk):
        found.append(
            _problem("registration", "", "抵质押登记还没有完成，不能放款。", "The security is not registered yet.")
        )
    return found


def _swap_drawn(loan: Loan, amount: int, drawn_on: dt.date, first: bool) -> None:
    changes: dict[str, Any] = {"drawn": loan.drawn + amount, "state": "active"}
    if first:
        changes |= {"starts_on": drawn_on, "matures_on": book.maturity(drawn_on, loan.term_months)}
    swap(loan, **changes)


def _terms(loan: Loan) -> book.Terms:
    return book.Terms(from_ppm(loan.rate_ppm), loan.method, loan.term_months, loan.day_count)


def _reschedule(loan: Loan) -> None:
    """Make the schedule again from every drawdown and repayment of the loan."""
    draws = [book.Change(on, amount) for on, amount in loan.drawdowns.values_list("drawn_on", "amount")]
    paid = [
        book.Paid(*row) for row in loan.repayments.order_by("paid_on", "id").values_list("paid_on", "principal", "interest")
    ] if loan.repaid else []  # fmt: skip
    lines = book.replay(_terms(loan), draws, paid)
    Instalment.objects.filter(loan_id=loan.pk).delete()
    Instalment.objects.bulk_create(
        Instalment(loan=loan, number=number, due_on=line.due_on, principal=line.principal, interest=line.interest)
        for number, line in enumerate(lines, start=1)
    )


def _judge_first_loan(actor: Actor, loan: Loan) -> None:
    facts = registry.facts_for_rules(loan.enterprise_id)
    before = Loan.objects.filter(enterprise_id=loan.enterprise_id, drawn__gt=0).exclude(pk=loan.pk).count()
    known = facts.get("has_loan_history")
    verdict = book.first_loan(borrowed_before=None if known is None else bool(known), loans_here=before)
    if verdict.holds:
        try:
            with transaction.atomic():
                swap(loan, first_loan=True)
        except IntegrityError:  # another bank paid out in this very moment: once per firm, city-wide
            loan.first_loan = False
            verdict = book.FirstLoan(False, "loan_here")
    said = {"said": _FIRST[verdict.why], "contract_no": loan.contract_no}
    log(actor, "FIRST_LOAN_JUDGED", _case(loan).demand_id, said, referral_id=loan.referral_id or 0)


def close_drawing(actor: Actor, *, loan_id: int, reason: str) -> None:
    """Say that the rest of the contract's amount will not be drawn; the difference stays visible as the gap."""
    loan = loan_of(actor, loan_id)
    case = _case(loan)
    lifecycle.decide(case.state, Act.CLOSE_DRAWING, actor=actor, facts=Facts(reason=reason)).or_refuse()
    with writing():
        demand = lock(case.demand_id)
        _move_loan(actor, loan, case, Act.CLOSE_DRAWING, {"drawn": human(loan.drawn)}, reason)
        _settle_if_cleared(actor, loan, case)
        follow(actor, demand)


def _move_loan(actor: Actor, loan: Loan, case: Referral, act: Act, said: dict[str, Any], reason: str = "") -> None:
    row = lifecycle.TRANSITIONS[State(case.state), act]
    changes: dict[str, Any] = {"closed_at": clock.now()} if row.to is State.SETTLED else {}
    swap(case, state=row.to, **changes)
    log(actor, row.event, case.demand_id, {"bank": loan.bank.name, **said}, referral_id=case.pk, reason=reason)


def record_repayment(
    actor: Actor, *, loan_id: int, paid_on: dt.date, principal: int, interest: int, slip_no: str
) -> int:
    """Record money that came back (fen); returns the repayment's id. The same slip again changes nothing.

    More principal than is owed is refused. Paying ahead of the schedule makes the rest of it again. The last fen of a
    fully drawn loan settles it.
    """
    loan = loan_of(actor, loan_id)
    slip = slip_no.strip()
    if (known := Repayment.objects.filter(loan_id=loan_id, slip_no=slip).first()) and slip:
        same = (known.paid_on, known.principal, known.interest) == (paid_on, principal, interest)
        return _same_slip(known, same, slip)
    case = _case(loan)
    lifecycle.decide(case.state, Act.REPAY, actor=actor, facts=Facts()).or_refuse()
    refuse_if(repayment_problems(loan, paid_on, principal, interest, slip))
    with writing():
        demand = lock(case.demand_id)
        return post_repayment(actor, loan, case, demand, book.Paid(paid_on, principal, interest), slip)


def repayment_problems(loan: Loan, paid_on: dt.date, principal: int, interest: int, slip: str) -> list[Problem]:
    """Return everything that is wrong with a repayment of *loan*."""
    owed = book.balance(loan.drawn, loan.repaid)
    found = []
    if principal < 0 or interest < 0 or principal + interest == 0:
        found.append(
            _problem("principal", principal, "本金和利息不能为负，也不能都为 0。", "Not below 0, and not both 0.")
        )
    if principal > owed:
        zh = f"归还本金 {human(principal).zh} 超过余额 {human(owed).zh}。"
        en = f"{human(principal).en} is more than the {human(owed).en} owed."
        remedy = Text("请核对流水金额；多收的退还企业。", "Check the slip; give back to the firm what is too much.")
        found.append(replace(_problem("principal", principal, zh, en), remedy=remedy))
    if paid_on > clock.today() or (loan.starts_on and paid_on < loan.starts_on):
        found.append(
            _problem("paid_on", paid_on, "还款日期应在放款之后、今天之前。", "After drawing, not in the future.")
        )
    if not slip:
        found.append(_problem("slip_no", "", "请填写流水号。", "Give the number of the slip."))
    return found


def post_repayment(actor: Actor, loan: Loan, case: Referral, demand: Any, paid: book.Paid, slip: str) -> int:
    """Write a repayment that was found right, into a locked demand's loan. Inside `writing`."""
    lines = schedule_of(loan.pk)
    ahead = book.prepaid_now(lines, drawn=loan.drawn, paid_principal=loan.repaid + paid.principal, on=paid.on)
    swap(loan, repaid=loan.repaid + paid.principal)
    row = Repayment.objects.create(
        loan=loan,
        paid_on=paid.on,
        principal=paid.principal,
        interest=paid.interest,
        slip_no=slip,
        recorded_by_id=actor.person_id,
        recorded_at=clock.now(),
    )
    if ahead:
        _reschedule(loan)
    if loan.overdue_days or ahead:
        refresh_class(actor, loan, clock.today())
    said = {"principal": human(paid.principal), "interest": human(paid.interest), "slip_no": slip}
    log(actor, "LOAN_REPAID", demand.pk, said, referral_id=case.pk)
    if _settle_if_cleared(actor, loan, case):
        follow(actor, demand)
    return row.pk


def schedule_of(loan_id: int) -> tuple[book.Line, ...]:
    """Return the loan's schedule as it stands."""
    rows = Instalment.objects.filter(loan_id=loan_id).order_by("number")
    return tuple(book.Line(*row) for row in rows.values_list("due_on", "principal", "interest"))


def _settle_if_cleared(actor: Actor, loan: Loan, case: Referral) -> bool:
    if case.state != State.LENT or book.balance(loan.drawn, loan.repaid):
        return False
    swap(loan, state="settled", settled_on=clock.today(), overdue_days=0, five_class="normal")
    _move_loan(actor, loan, case, Act.SETTLE, {"contract_no": loan.contract_no})
    return True


def refresh_class(actor: Actor, loan: Loan, on: dt.date) -> bool:
    """Reckon days overdue and class of one loan for a day; records a change of class. Returns whether it changed."""
    paid = Repayment.objects.filter(loan_id=loan.pk).aggregate(interest=Sum("interest"))["interest"] or 0
    days, name = standing(loan, schedule_of(loan.pk), paid, on)
    return put_class(actor, loan, days, name)


def standing(loan: Loan, lines: Sequence[book.Line], paid_interest: int, on: dt.date) -> tuple[int, str]:
    """Return days overdue and class of a loan on a day."""
    ahead = loan.drawn - sum(line.principal for line in lines)
    days = book.arrears(lines, loan.repaid - ahead, paid_interest, on).days
    limits, watch = catalogue.parameter("five_class.limits"), catalogue.parameter("five_class.watch_from")
    return days, str(book.five_class(days, limits=limits, watch_from=watch))


def put_class(actor: Actor, loan: Loan, days: int, name: str) -> bool:
    """Write days overdue and class where they changed; an event only where the class did."""
    if (days, name) == (loan.overdue_days, loan.five_class):
        return False
    moved = name != loan.five_class
    Loan.objects.filter(pk=loan.pk).update(overdue_days=days, five_class=name)
    loan.overdue_days, loan.five_class = days, name
    if moved:
        from_case = Referral.objects.filter(pk=loan.referral_id or 0).values_list("demand_id", flat=True).first() or 0
        kind = "LOAN_OVERDUE" if days else "LOAN_CURRENT"
        said = {"days": days, "name": CLASS_NAMES[name], "class": name}
        log(actor, kind, from_case, said, referral_id=loan.referral_id or 0)
    return True


CLASS_NAMES = {
    "normal": Text("正常", "normal"),
    "watch": Text("关注", "special mention"),
    "substandard": Text("次级", "substandard"),
    "doubtful": Text("可疑", "doubtful"),
    "loss": Text("损失", "loss"),
}
