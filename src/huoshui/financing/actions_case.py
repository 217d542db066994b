"""A bank works its case: accept, contact, papers, decide; the head of a branch assigns."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.catalogue import queries as catalogue
from huoshui.financing import clocks as deadlines
from huoshui.financing import referral_lifecycle as lifecycle
from huoshui.financing.actions_dispatch import close_case
from huoshui.financing.actions_group import beyond_credit
from huoshui.financing.ask import SECURITIES
from huoshui.financing.batch import BatchResult, each
from huoshui.financing.facts import case_facts
from huoshui.financing.following import follow
from huoshui.financing.models import CreditDecision, PaperRequest, Referral
from huoshui.financing.papers import PAPERS
from huoshui.financing.perform import (
    case_of,
    lock,
    log,
    move_clocks,
    person_of,
    refuse_if,
    said_moment,
    seen_or_stale,
    swap,
    tell_bank,
    tell_firm,
    writing,
)
from huoshui.financing.reasons import REASON_CODES
from huoshui.financing.referral_lifecycle import Act, Facts, State
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.money import human
from huoshui.kernel.rates import rate_text, to_ppm
from huoshui.kernel.text import Text

METHODS = ("annuity", "equal_principal", "interest_only", "bullet", "revolving")


def check(actor: Actor, case: Referral, act: Act, seen: int | None, facts: Facts | None = None) -> None:
    """Raise Stale or Refused unless *actor* may do *act* to the case as it was seen."""
    seen_or_stale(case, seen)
    found = facts if facts is not None else case_facts(case, act)
    lifecycle.decide(case.state, act, actor=actor, facts=found).or_refuse()


def move(actor: Actor, case: Referral, act: Act, said: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Do the transition of *act*: state, deadlines, event. Returns the event's facts. Inside `writing`."""
    row = lifecycle.TRANSITIONS[State(case.state), act]
    now = clock.now()
    before = State(case.state)
    swap(case, state=row.to, **changes)
    touched = move_clocks(case, row.clocks, now=now)
    due = touched.get(deadlines.DECIDE) or touched.get(deadlines.CONTACT)
    facts = {"bank": case.bank.name, "from": before, **({"due": said_moment(due.due_at)} if due else {}), **said}
    log(actor, row.event, case.demand_id, facts, referral_id=case.pk, reason=str(said.get("note", "")))
    return facts


def accept_case(actor: Actor, *, referral_id: int, seen_version: int | None = None) -> None:
    """Accept a case; whoever accepts handles it until it is assigned. Contact is due from now."""
    case = case_of(actor, referral_id)
    check(actor, case, Act.ACCEPT, seen_version)
    with writing():
        changes: dict[str, Any] = {"accepted_at": clock.now()}
        if case.officer_id is None and actor.person_id is not None:
            changes["officer_id"] = actor.person_id
        facts = move(actor, case, Act.ACCEPT, {}, **changes)
        tell_firm(actor, case.demand, "case_accepted", {"bank": facts["bank"], "due": facts["due"]})


def assign_case(actor: Actor, *, referral_id: int, officer_id: int, seen_version: int | None = None) -> None:
    """Hand a case to an officer of the branch (or of the bank, where the case has no branch)."""
    case = case_of(actor, referral_id)
    check(actor, case, Act.ASSIGN, seen_version)
    people = dict(offices.colleagues(case.branch_id or case.bank_id, permission=Permission.HANDLE_CASES))
    if officer_id not in people:
        words = Text("请选择该网点能办理案件的客户经理。", "Choose an officer of the branch who handles cases.")
        raise DomainError("officer_unfit", words, field="officer", value=officer_id)
    with writing():
        move(actor, case, Act.ASSIGN, {"officer": people[officer_id]}, officer_id=officer_id)
        tell_bank(actor, case, case.demand.number, "case_assigned", {})


def assign_cases(actor: Actor, *, referral_ids: Sequence[int], officer_id: int) -> BatchResult:
    """Hand each case to an officer; says of each whether it was done or why not."""
    return each(referral_ids, lambda pk: assign_case(actor, referral_id=pk, officer_id=officer_id))


def record_contact(actor: Actor, *, referral_id: int, note: str = "", seen_version: int | None = None) -> None:
    """Record that the firm was reached; the first time ends the contact deadline."""
    case = case_of(actor, referral_id)
    check(actor, case, Act.CONTACT, seen_version)
    with writing():
        move(actor, case, Act.CONTACT, {"note": note}, contacted_at=case.contacted_at or clock.now())


def ask_papers(
    actor: Actor, *, referral_id: int, papers: Sequence[str], note: str = "", seen_version: int | None = None
) -> None:
    """Ask the firm for papers (codes of papers.py); the decision's clock stands until they come."""
    case = case_of(actor, referral_id)
    unknown = [code for code in papers if code not in PAPERS]
    if unknown:
        words = Text("没有这种材料。", "There is no such paper.")
        raise DomainError("paper_unknown", words, field="papers", value=unknown)
    check(actor, case, Act.ASK_PAPERS, seen_version, Facts(papers=tuple(papers)))
    names = [PAPERS[code].name for code in papers]
    said = Text("、".join(name.zh for name in names), ", ".join(name.en for name in names))
    with writing():
        facts = move(actor, case, Act.ASK_PAPERS, {"papers": said, "note": note})
        PaperRequest.objects.create(
            referral=case, papers=list(papers), note=note, asked_by_id=person_of(actor), asked_at=clock.now()
        )
        tell_firm(actor, case.demand, "papers_asked", {"bank": facts["bank"], "papers": said})


def papers_arrived(actor: Actor, *, referral_id: int, note: str = "", seen_version: int | None = None) -> None:
    """Record that the firm has handed in what was asked (the firm itself or the bank): the bank's clock runs."""
    _papers_in(actor, referral_id, Act.PAPERS_ARRIVED, note, seen_version)


def complete_documents(actor: Actor, *, referral_id: int, note: str = "", seen_version: int | None = None) -> None:
    """Confirm that nothing is missing: the decision is due from now."""
    _papers_in(actor, referral_id, Act.COMPLETE, note, seen_version)


def _papers_in(actor: Actor, referral_id: int, act: Act, note: str, seen: int | None) -> None:
    case = case_of(actor, referral_id)
    check(actor, case, act, seen)
    with writing():
        now, owed = clock.now(), case.state == State.PAPERS_OWED
        move(actor, case, act, {"note": note}, documents_complete_at=case.documents_complete_at or now)
        if owed:
            PaperRequest.objects.filter(referral_id=referral_id, answered_at__isnull=True).update(answered_at=now)
        if actor.kind == "owner":
            tell_bank(actor, case, case.demand.number, "papers_arrived", {})


def grant(
    actor: Actor,
    *,
    referral_id: int,
    amount: int,
    rate_pct: Decimal,
    term_months: int,
    method: str,
    collateral: str,
    conditions: str = "",
    seen_version: int | None = None,
) -> None:
    """Grant a credit (授信): *amount* in fen, also less than asked. Raises Refused with every problem, Stale in a race."""
    case = case_of(actor, referral_id)
    check(actor, case, Act.GRANT, seen_version)
    refuse_if(_terms_problems(amount, rate_pct, term_months, method, collateral))
    with writing():
        demand, now = lock(case.demand_id), clock.now()
        refuse_if(beyond_credit(case, amount))
        said = {"amount": human(amount), "rate": rate_text(rate_pct), "term": term_months, "conditions": conditions}
        facts = move(actor, case, Act.GRANT, said, decided_at=now)
        CreditDecision.objects.create(
            referral=case,
            granted=True,
            amount=amount,
            rate_ppm=to_ppm(rate_pct),
            term_months=term_months,
            method=method,
            collateral=collateral,
            conditions=conditions.strip(),
            decided_by_id=person_of(actor),
            decided_at=now,
        )
        tell_firm(actor, demand, "credit_granted", {"bank": facts["bank"], "amount": said["amount"]})
        follow(actor, demand)


def _terms_problems(amount: int, rate_pct: Decimal, term_months: int, method: str, collateral: str) -> list[Problem]:
    ceiling, most = catalogue.parameter("loan.rate_ceiling_pct"), catalogue.parameter("demand.max_amount")
    longest = catalogue.parameter("demand.max_term_months")
    checks = (
        (0 < amount <= most, "amount", amount, f"金额应大于 0 且不超过 {human(most).zh}。", f"Above 0, up to {human(most).en}."),
        (0 <= rate_pct <= ceiling, "rate_pct", rate_pct, f"年利率应在 0 到 {ceiling}% 之间。", f"Between 0 and {ceiling} %."),
        (1 <= term_months <= longest, "term_months", term_months, f"期限应在 1 到 {longest} 个月之间。",
         f"Between 1 and {longest} months."),
        (method in METHODS, "method", method, "没有这种还款方式。", "There is no such method."),
        (collateral in SECURITIES, "collateral", collateral, "没有这种担保方式。", "There is no such security."),
    )  # fmt: skip
    return [
        Problem(f"grant_{field}", Text(zh, en), field=field, value=value)
        for holds, field, value, zh, en in checks
        if not holds
    ]


def decline_case(
    actor: Actor, *, referral_id: int, reason_code: str, words: str, seen_version: int | None = None
) -> None:
    """Decline with a counted reason (a code of reasons.py) and words that the firm reads; another bank may still say yes."""
    case = case_of(actor, referral_id)
    check(actor, case, Act.DECLINE, seen_version, Facts(reason_code=reason_code, words=words))
    if reason_code not in REASON_CODES:
        said = Text("没有这个原因。", "There is no such reason.")
        raise DomainError("reason_unknown", said, field="reason_code", value=reason_code)
    with writing():
        demand, now = lock(case.demand_id), clock.now()
        facts = move(
            actor, case, Act.DECLINE, {"words": words, "reason_code": reason_code}, decided_at=now, closed_at=now
        )
        CreditDecision.objects.create(
            referral=case,
            granted=False,
            reason_code=reason_code,
            words=words.strip(),
            decided_by_id=person_of(actor),
            decided_at=now,
        )
        tell_firm(actor, demand, "case_declined", {"bank": facts["bank"], "words": words})
        follow(actor, demand)


def lapse_offer(actor: Actor, *, referral_id: int, reason: str, seen_version: int | None = None) -> None:
    """End a grant that nobody signed in time."""
    case = case_of(actor, referral_id)
    check(actor, case, Act.LAPSE, seen_version, case_facts(case, Act.LAPSE, reason=reason))
    with writing():
        demand = lock(case.demand_id)
        close_case(actor, case, State.WITHDRAWN, Act.LAPSE, Text(reason, reason))
        follow(actor, demand)


def withdraw_case(actor: Actor, *, referral_id: int, reason: str = "", seen_version: int | None = None) -> None:
    """Take the demand back from one bank only; the others go on."""
    case = case_of(actor, referral_id)
    check(actor, case, Act.WITHDRAW, seen_version, case_facts(case, Act.WITHDRAW))
    with writing():
        demand = lock(case.demand_id)
        words = Text(reason, reason) if reason else Text("企业撤回", "the firm withdrew")
        close_case(actor, case, State.WITHDRAWN, Act.WITHDRAW, words)
        follow(actor, demand)
