"""What can be done with a guarantee until it is in force, and its release; payouts are in actions_payout.

Approval is where the limits hold: the guarantor's standing is locked, every limit is computed with its figure, and the
database counts again (guarantee_within_ceilings), so that two approvals at once never pass a limit together.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from huoshui.access import actions as access
from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.roles import Permission
from huoshui.audit.actions import record
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.offers import ProgrammeView
from huoshui.funds import bridge_eligibility as conditions
from huoshui.funds import guarantee_exposure as exposure
from huoshui.funds import guarantee_lifecycle as lifecycle
from huoshui.funds import queries_guarantee as queries
from huoshui.funds.constraints import SENTENCES
from huoshui.funds.guarantee_fee import fee_for
from huoshui.funds.guarantee_lifecycle import Act, State
from huoshui.funds.guarantee_terms import BANK, DATA_KINDS, is_small, rules, shares_of
from huoshui.funds.models.guarantee import Guarantee, GuarantorStanding
from huoshui.funds.perform import found, person_of, plain, problem, refuse_if, require, swap, writing
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem, Refused, Stale
from huoshui.kernel.money import human
from huoshui.kernel.rates import rate_text, to_ppm
from huoshui.kernel.text import Text
from huoshui.registry import actions as registry
from huoshui.registry import queries as register
from huoshui.rules.firm import Verdict

PURPOSE = "guarantee"


def record_standing(
    actor: Actor, *, as_of: dt.date, net_assets: int, document_no: str, mainly_small: bool = False
) -> int:
    """Record the guarantor's net assets (fen) by a document, from *as_of* on; the same again changes nothing."""
    require(actor, Permission.APPROVE_GUARANTEES)
    home = guarantor_of(actor)
    wrong = []
    if net_assets <= 0:
        wrong.append(problem("net_assets", net_assets, "净资产应大于 0。", "Net assets are above 0."))
    if not document_no.strip():
        wrong.append(problem("document_no", "", "请填写审计报告或证明文号。", "Give the number of the document."))
    if as_of > clock.today():
        wrong.append(problem("as_of", as_of, "日期不能晚于今天。", "Not in the future."))
    refuse_if(wrong)
    with writing():
        made, fresh = GuarantorStanding.objects.get_or_create(
            guarantor_id=home.id, as_of=as_of, document_no=document_no.strip(),
            defaults={
                "guarantor_path": home.path, "net_assets": net_assets, "mainly_small": mainly_small,
                "recorded_by_id": actor.person_id, "recorded_at": clock.now(),
            },
        )  # fmt: skip
        if fresh:
            facts = plain({"amount": human(net_assets), "document_no": document_no.strip()})
            record(actor, "GUARANTOR_STANDING", ("organisation", home.id), facts=facts)
    return made.pk


def guarantor_of(actor: Actor) -> Any:
    """Return the guarantor an actor works for, its head office. Raises DomainError where there is none."""
    path = actor.org_path.strip("/").split("/") if actor.org_kind == "guarantor" else []
    if not path:
        raise DomainError("not_a_guarantor", Text("只有担保机构可以办理。", "Only a guarantor may do this."))
    known = {view.org_id for view in queries.guarantors()}
    return offices.organisation(next((int(one) for one in path if int(one) in known), int(path[0])))


def request_guarantee(actor: Actor, *, referral_id: int, guarantor_id: int, group_code: str = "") -> int:
    """Ask a guarantor to stand in for a granted credit that a guarantee secures; returns the guarantee's id.

    *group_code*: the group the firm belongs to, if any. Where the firm let this guarantor read its data already the request
    goes on at once, else it waits for the firm. Raises Refused with everything that is wrong.
    """
    require(actor, Permission.MANAGE_LOANS)
    case = queries.amount_of(actor, referral_id)
    asked = next((view for view in queries.guarantors() if view.org_id == guarantor_id), None)
    refuse_if(_request_problems(case, asked, referral_id, guarantor_id))
    with writing():
        facts = register.facts_for_rules(case.enterprise_id)
        rules_, checks = _programme_for(facts, case.demand.purpose)
        consented = _consented(case.enterprise_id, guarantor_id)
        row = _create(actor, case, asked, rules_, {
            "evidence": [_kept(check) for check in checks], "small": is_small(facts, case.demand.purpose),
            "group_code": group_code.strip(), "state": State.SUBMITTED if consented else State.REQUESTED,
        })  # fmt: skip
        assert asked is not None
        said = {"bank": case.bank.name, "guarantor": asked.name, "amount": human(row.amount)}
        log(actor, "GUARANTEE_REQUESTED", row, said)
        if consented:
            tell_guarantor(actor, row)
        else:
            _tell(actor, row, "guarantee_asks_firm", {"bank": case.bank.name, "guarantor": asked.name})
    return row.pk


def _request_problems(case: Any, asked: Any, referral_id: int, guarantor_id: int) -> list[Problem]:
    if case is None:
        return [problem("referral_id", referral_id, "没有这个案件，或不属于本行。", "No such case of this bank.")]
    decision = getattr(case, "decision", None)
    wrong = []
    if case.state not in ("granted", "contracted") or decision is None:
        zh, en = "授信后、放款前才能申请担保。", "A guarantee is asked for between the grant and the first money."
        wrong.append(problem("referral_id", referral_id, zh, en, code="guarantee_case_state"))
    elif decision.collateral != "guarantee":
        zh, en = "这笔授信的担保方式不是保证。", "This credit is not secured by a guarantee."
        wrong.append(problem("referral_id", referral_id, zh, en, code="guarantee_not_security"))
    if asked is None:
        wrong.append(problem("guarantor_id", guarantor_id, "没有这家担保机构。", "There is no such guarantor."))
    return wrong


def _programme_for(facts: Any, purpose: str) -> tuple[ProgrammeView, tuple[conditions.Check, ...]]:
    """Return the first programme whose conditions the firm is not known to fail, with them. Raises Refused for none."""
    tried = [
        (view, conditions.of_firm(view.criteria, facts, clock.today())) for view in queries.programmes(purpose)
    ]  # fmt: skip
    fitting = next((pair for pair in tried if not _not_eligible(pair[1])), None)
    if fitting is None:
        refuse_if(_not_eligible(tried[0][1]))
    return fitting or tried[0]


def _not_eligible(checks: tuple[conditions.Check, ...]) -> list[Problem]:
    """Return the conditions that the firm is known to fail; what is not known is for the review."""
    return [
        Problem(
            "guarantee_not_eligible",
            Text(f"{check.asked.zh}：{check.found.zh}。", f"{check.asked.en}: {check.found.en}."),
            field="referral_id",
        )
        for check in checks
        if check.verdict is Verdict.NO
    ]


def _kept(check: conditions.Check) -> dict[str, Any]:
    asked, found_ = [check.asked.zh, check.asked.en], [check.found.zh, check.found.en]
    return {"code": check.code, "verdict": check.verdict.name, "asked": asked, "found": found_}


def _consented(enterprise_id: int, guarantor_id: int) -> bool:
    path = offices.organisation(guarantor_id).path
    return register.may_read(path, enterprise_id, "register")


def _create(actor: Actor, case: Any, asked: Any, rules_: Any, more: dict[str, Any]) -> Guarantee:
    try:
        with transaction.atomic():
            return Guarantee.objects.create(
                number=_number(case.pk), case_id=case.pk, enterprise_id=case.enterprise_id,
                district_code=case.district_code, bank_id=case.bank_id, bank_path=case.bank_path,
                guarantor_id=asked.org_id, guarantor_path=asked.path, programme_id=rules_.version_id,
                terms=dict(rules_.terms), amount=case.decision.amount, term_months=case.decision.term_months,
                requested_by_id=person_of(actor), requested_at=clock.now(), **more,
            )  # fmt: skip
    except IntegrityError as broken:
        if "guarantee_one_per_case" not in str(broken) and "number" not in str(broken):
            raise
        raise Refused([Problem("guarantee_one_per_case", SENTENCES["guarantee_one_per_case"])]) from broken


def _number(referral_id: int) -> str:
    before = Guarantee.objects.filter(case_id=referral_id).count()
    return f"DB{clock.today():%Y%m}-{referral_id:06d}-{before + 1}"


def agree_guarantee(actor: Actor, *, guarantee_id: int) -> None:
    """The firm lets the guarantor read what it needs to decide (its consent, by name and kind); the review can begin."""
    row = load(actor, guarantee_id, Act.AGREE)
    days = dt.timedelta(days=int(catalogue.parameter("consent.default_days")))
    with transaction.atomic():
        registry.give_consent(
            actor, enterprise_id=row.enterprise_id, reader_id=row.guarantor_id, purpose=PURPOSE,
            data_kinds=DATA_KINDS, until=clock.today() + days,
        )  # fmt: skip
        with writing():
            move(actor, row, Act.AGREE, {})
            tell_guarantor(actor, row)


def review_guarantee(
    actor: Actor, *, guarantee_id: int, opinion: str, group_code: str = "", seen_version: int | None = None
) -> None:
    """Take a request up with a written opinion; *group_code*: the group as the guarantor found it."""
    row = load(actor, guarantee_id, Act.REVIEW)
    if not opinion.strip():
        raise Refused([problem("opinion", "", "请写明审查意见。", "Write the opinion.")])
    with writing():
        group = group_code.strip() or row.group_code
        move(
            actor, row, Act.REVIEW, {}, seen=seen_version, reviewed_by_id=person_of(actor),
            opinion=opinion.strip(), group_code=group,
        )  # fmt: skip


def approve_guarantee(actor: Actor, *, guarantee_id: int, rate_pct: Decimal, seen_version: int | None = None) -> int:
    """Approve within every limit, by another person than reviewed; returns the fee in fen.

    Raises Refused with every limit that would be passed, each with figure and limit.
    """
    row = load(actor, guarantee_id, Act.APPROVE)
    with writing():
        _lock_guarantor(row.guarantor_id)
        checked = queries.limits_for(row, fee_pct=rate_pct)
        refuse_if([*exposure.problems(checked), *_share_problems(row)])
        fee = fee_for(row.amount, rate_pct=rate_pct, months=row.term_months)
        total, customer = exposure.ceilings(rules(row.terms), queries.known_standing(row.guarantor_id))
        move(
            actor, row, Act.APPROVE, {"amount": human(row.amount), "rate": rate_text(rate_pct)}, seen=seen_version,
            approved_by_id=person_of(actor), approved_at=clock.now(), limits=queries.kept(checked), fee=int(fee),
            rate_ppm=to_ppm(rate_pct), ceiling_total=total, ceiling_customer=customer,
        )  # fmt: skip
        tell_all(actor, row)
    return int(fee)


def _lock_guarantor(guarantor_id: int) -> None:
    """Hold the guarantor's standing to the end of the transaction: its approvals follow one another."""
    list(GuarantorStanding.objects.select_for_update().filter(guarantor_id=guarantor_id).order_by("pk"))


def _share_problems(row: Guarantee) -> list[Problem]:
    least = Decimal(catalogue.parameter("guarantee.bank_min_share_pct"))
    if shares_of(row.terms).get(BANK, Decimal(0)) >= least:
        return []
    zh, en = f"银行分险比例低于 {rate_text(least)}%。", f"The bank bears less than {rate_text(least)} %."
    return [problem("shares", row.terms["shares"], zh, en, code="guarantee_bank_share")]


def decline_guarantee(actor: Actor, *, guarantee_id: int, reason: str, seen_version: int | None = None) -> None:
    """Decide against it, with words that bank and firm read."""
    end(actor, guarantee_id, Act.DECLINE, reason, seen_version)


def withdraw_guarantee(actor: Actor, *, guarantee_id: int, reason: str, seen_version: int | None = None) -> None:
    """The bank takes its request back before the guarantee is in force."""
    end(actor, guarantee_id, Act.WITHDRAW, reason, seen_version)


def issue_letter(
    actor: Actor, *, guarantee_id: int, letter_no: str, issued_on: dt.date, seen_version: int | None = None
) -> None:
    """Issue the letter of guarantee; without a fee it is in force at once."""
    row = load(actor, guarantee_id, Act.ISSUE)
    approved = row.approved_at.astimezone(clock.ZONE).date() if row.approved_at else None
    wrong = day_problems("issued_on", issued_on, approved)
    if not letter_no.strip():
        wrong.append(problem("letter_no", "", "请填写担保函编号。", "Give the number of the letter."))
    refuse_if(wrong)
    begins = issued_on if row.fee == 0 else None
    with writing():
        said = {"letter_no": letter_no.strip(), "fee": human(row.fee or 0)}
        move(
            actor, row, Act.ISSUE, said, seen=seen_version, letter_no=letter_no.strip(), issued_on=issued_on, in_force_on=begins
        )  # fmt: skip
        tell_all(actor, row)


def confirm_fee(
    actor: Actor, *, guarantee_id: int, paid_on: dt.date, amount: int, slip_no: str, seen_version: int | None = None
) -> None:
    """Record that the whole fee (fen) is paid: the guarantee is in force and the loan may be drawn."""
    row = load(actor, guarantee_id, Act.CONFIRM_FEE)
    wrong = day_problems("paid_on", paid_on, row.issued_on)
    if amount != row.fee:
        due = human(row.fee or 0)
        wrong.append(problem("amount", amount, f"担保费应为 {due.zh}。", f"The fee is {due.en}."))
    if not slip_no.strip():
        wrong.append(problem("slip_no", "", "请填写缴费凭证号。", "Give the number of the slip."))
    refuse_if(wrong)
    with writing():
        said = {"fee": human(amount)}
        move(
            actor, row, Act.CONFIRM_FEE, said, seen=seen_version, fee_slip_no=slip_no.strip(), in_force_on=paid_on
        )  # fmt: skip
        tell_all(actor, row)


def release_guarantee(actor: Actor, *, guarantee_id: int, seen_version: int | None = None) -> None:
    """Release the guarantee of a loan that is repaid; the room it took is free again."""
    end(actor, guarantee_id, Act.RELEASE, "", seen_version)


def end(actor: Actor, guarantee_id: int, act: Act, reason: str, seen: int | None) -> None:
    """Do an act that needs nothing but words, and tell everybody."""
    row = load(actor, guarantee_id, act, reason)
    with writing():
        move(actor, row, act, {"words": reason.strip()}, reason=reason, seen=seen, why=reason.strip())
        tell_all(actor, row)


def load(actor: Actor, guarantee_id: int, act: Act, reason: str = "") -> Guarantee:
    """Return the guarantee if *actor* may see it and do *act* to it now. Raises DomainError with every reason."""
    row = found(actor, Guarantee, guarantee_id)
    lifecycle.decide(row.state, act, actor=actor, facts=queries.facts_of(row, reason=reason)).or_refuse()
    return row


def move(
    actor: Actor,
    row: Guarantee,
    act: Act,
    said: dict[str, Any],
    *,
    reason: str = "",
    seen: int | None = None,
    **changes: Any,
) -> None:
    """Change the guarantee where it still is as seen, exactly one, and record the event. Inside `writing`."""
    to = lifecycle.target(row.state, act, queries.facts_of(row, reason=reason))
    event = lifecycle.TRANSITIONS[State(row.state), act].event
    if to in lifecycle.CLOSED_STATES:
        changes |= {"closed_at": clock.now()}
    if seen is not None and seen != row.version:
        raise Stale(what="guarantee")
    swap(row, state=to, **changes)
    log(actor, event, row, said, reason)


def day_problems(field: str, on: dt.date, first: dt.date | None) -> list[Problem]:
    """Return what is wrong with a day that lies between *first* and today."""
    if on <= clock.today() and (first is None or on >= first):
        return []
    return [problem(field, on, f"日期应在 {first} 至今天之间。", f"The day lies between {first} and today.")]


def log(actor: Actor, kind: str, row: Guarantee, facts: dict[str, Any], reason: str = "") -> None:
    """Record what happened to a guarantee."""
    said = plain({"number": row.number, **facts})
    record(actor, kind, ("guarantee", row.pk), topic=f"guarantee:{row.pk}", facts=said, reason=reason)


def tell_guarantor(actor: Actor, row: Guarantee) -> None:
    """Tell the guarantor where it stands."""
    facts = plain({"number": row.number, "state": lifecycle.STATE_NAMES[State(row.state)]})
    link = f"/bank/guarantees/{row.pk}/"
    access.notify(actor, template="guarantee_moved", facts=facts, link=link, organisation_id=row.guarantor_id)


def tell_all(actor: Actor, row: Guarantee) -> None:
    """Tell the bank's branch and the firm where it stands."""
    facts = plain({"number": row.number, "state": lifecycle.STATE_NAMES[State(row.state)]})
    branch = int(row.bank_path.strip("/").split("/")[-1])
    link = f"/bank/guarantees/{row.pk}/"
    access.notify(actor, template="guarantee_moved", facts=facts, link=link, organisation_id=branch)
    _tell(actor, row, "guarantee_moved", facts)


def _tell(actor: Actor, row: Guarantee, template: str, facts: dict[str, Any]) -> None:
    link = f"/my/guarantees/{row.pk}/"
    access.notify(actor, template=template, facts=plain(facts), link=link, enterprise_id=row.enterprise_id)
