"""What can be asked of guarantees: programme, guarantors, exposure against every limit, one guarantee whole, lists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.offers import ProgrammeView
from huoshui.financing import queries as lending
from huoshui.funds import guarantee_exposure as exposure
from huoshui.funds import guarantee_lifecycle as lifecycle
from huoshui.funds.compensation_terms import PAPERS as PAPER_NAMES
from huoshui.funds.guarantee_exposure import Liability, Limit, Standing
from huoshui.funds.guarantee_lifecycle import Act, Facts, State
from huoshui.funds.guarantee_terms import PAPERS, party, rules, shares_of
from huoshui.funds.models.guarantee import Guarantee, GuarantorStanding
from huoshui.funds.models.paying import Fund
from huoshui.funds.queries_payment import OnItsWay, on_its_way
from huoshui.funds.shares import share_out
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Problem
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class ShareLine:
    """What one party bears of the loss and has had back, fen; *pct* its share."""

    name: Text
    pct: Decimal
    borne: int
    returned: int


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A limit as it was checked at approval, or as it would be now."""

    name: Text
    said: Text
    allowed: Text
    holds: bool


@dataclass(frozen=True, slots=True)
class GuaranteeView:
    """A guarantee as its page shows it. *loan*: the contract, when it is signed; *limits* now while under review."""

    row: Any
    state: State
    state_name: Text
    acts: tuple[Act, ...]
    bank: str
    guarantor: str
    rate_pct: Decimal | None
    loan: Any
    evidence: tuple[tuple[str, Text, Text], ...]  # verdict, asked, found
    limits: tuple[LimitLine, ...]
    shares: tuple[ShareLine, ...]
    papers: tuple[tuple[str, Text, str, int | None], ...]  # code, name, file name or "", id
    recoveries: tuple[Any, ...]
    timeline: tuple[Any, ...]
    document_no: str
    payment: OnItsWay | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """A guarantor's exposure now: standing (None: not recorded), every limit, and its largest customers (id, fen)."""

    standing: Any
    liability: int
    count: int
    limits: tuple[LimitLine, ...]
    customers: tuple[tuple[int, int], ...]
    paid: int
    returned: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many wait for an act."""

    firm: int
    submitted: int
    reviewing: int
    approved: int
    issued: int
    claimed: int
    accepted: int
    recovering: int
    settled: int


def programmes(purpose: str = "") -> tuple[ProgrammeView, ...]:
    """Return the guarantee programmes in force for a use of money, those with a fund first. Raises DomainError for none."""
    funded = set(Fund.objects.filter(kind="guarantee").values_list("programme_id", flat=True))
    found = [
        view
        for view in catalogue.published_programmes("guarantee")
        if not purpose or not view.terms.get("purposes") or purpose in view.terms["purposes"]
    ]
    if not found:
        raise DomainError("guarantee_programme", Text("没有生效的担保方案。", "No guarantee programme is in force."))
    return tuple(sorted(found, key=lambda view: (view.programme_id not in funded, view.code)))


def fund_of(programme_version_id: int) -> Fund | None:
    """Return the fund that pays out for a programme, where one is opened."""
    rows = Fund.objects.filter(kind="guarantee", programme__versions=programme_version_id)
    return rows.order_by("code").first()


def guarantors() -> tuple[Any, ...]:
    """Return the guarantors that may be asked, by name."""
    return tuple(catalogue.institutions("guarantor"))


def guarantees(actor: Actor) -> QuerySet[Guarantee]:
    """Return the guarantees *actor* may see, with what is left of each loan as ``balance``, newest first."""
    rows = Guarantee.objects.select_related("bank", "guarantor").annotate(balance=F("amount") - F("repaid"))
    return scope(actor, rows).order_by("-pk")


def of_case(actor: Actor, referral_id: int) -> Any:
    """Return the guarantee asked for a bank's case that is not declined or withdrawn, None where there is none."""
    rows = guarantees(actor).filter(case_id=referral_id).exclude(state__in=[State.DECLINED, State.WITHDRAWN])
    return rows.first()


def of_loan(actor: Actor, loan_id: int) -> Any:
    """Return the newest guarantee of a firm's loan, None where there is none."""
    case = lending.loans(actor).filter(pk=loan_id).values_list("referral_id", flat=True).first()
    return None if case is None else guarantees(actor).filter(case_id=case).first()


def to_agree(actor: Actor, enterprise_id: int | None) -> list[Any]:
    """Return the guarantees that wait for the firm's agreement."""
    return list(guarantees(actor).filter(enterprise_id=enterprise_id, state=State.REQUESTED)) if enterprise_id else []


def standing_of(guarantor_id: int, on: dt.date | None = None) -> GuarantorStanding | None:
    """Return the guarantor's latest standing on a day."""
    rows = GuarantorStanding.objects.filter(guarantor_id=guarantor_id, as_of__lte=on or clock.today())
    return rows.order_by("-as_of", "-pk").first()


def held(guarantor_id: int, *, without: int = 0) -> list[Liability]:
    """Return what a guarantor stands in for now: what was approved less what was repaid."""
    rows = Guarantee.objects.filter(guarantor_id=guarantor_id, state__in=lifecycle.LIABLE_STATES).exclude(pk=without)
    found = rows.annotate(left=F("amount") - F("repaid"))
    return [Liability(*one) for one in found.values_list("enterprise_id", "group_code", "left", "small")]


def limits_for(row: Guarantee, *, fee_pct: Decimal | None = None, group: str | None = None) -> tuple[Limit, ...]:
    """Return every limit as it would be with this guarantee. Raises DomainError where the standing is not recorded."""
    standing = known_standing(row.guarantor_id)
    mine = Liability(row.enterprise_id, row.group_code if group is None else group, row.amount, row.small)
    return exposure.limits(rules(row.terms), standing, held(row.guarantor_id, without=row.pk), mine, fee_pct)


def known_standing(guarantor_id: int) -> Standing:
    """Return net assets and kind of a guarantor. Raises DomainError where nobody has recorded them."""
    found = standing_of(guarantor_id)
    if found is None:
        words = Text("还没有登记担保机构净资产，不能核对限额。", "The guarantor's net assets are not recorded.")
        remedy = Text("请先在“担保责任”页登记净资产。", "Record them on the exposure page first.")
        raise DomainError("guarantor_standing", words, field="net_assets", remedy=remedy)
    return Standing(found.net_assets, found.mainly_small)


def highest_fee(row: Guarantee) -> Decimal:
    """Return the highest yearly fee, percent, that the programme allows."""
    return rules(row.terms).fee_pct


def facts_of(row: Guarantee, *, reason: str = "") -> Facts:
    """Return what the lifecycle's guards look at."""
    before = row.accepted_by_id if row.state == State.ACCEPTED else row.reviewed_by_id
    return Facts(
        before_by=before,
        reason=reason,
        free=row.fee == 0,
        repaid=row.state == State.IN_FORCE and _settled(row),
        ordered=row.paid_by_id is not None,
    )


def _settled(row: Guarantee) -> bool:
    loan = loan_of(row)
    return loan is not None and (loan.state == "settled" or row.repaid == row.amount)


def loan_of(row: Guarantee) -> Any:
    """Return the contract a guarantee secures, None until it is signed."""
    with acting(SYSTEM):  # the contract belongs to the bank's case; the guarantor reads of it what it stands in for
        return lending.loans(SYSTEM).filter(referral_id=row.case_id).first()


def guarantee(actor: Actor, guarantee_id: int) -> GuaranteeView:
    """Return a guarantee the actor may see, whole. Raises DomainError otherwise."""
    row: Any = guarantees(actor).filter(pk=guarantee_id).select_related("programme").first()
    if row is None:
        words = Text("没有这笔担保，或您无权查看。", "No such guarantee, or not yours to see.")
        raise DomainError("not_found", words, field="guarantee_id", value=guarantee_id)
    state = State(row.state)
    return GuaranteeView(
        row=row,
        state=state,
        state_name=lifecycle.STATE_NAMES[state],
        acts=lifecycle.available(row.state, actor=actor, facts=facts_of(row)),
        bank=row.bank.name,
        guarantor=row.guarantor.name,
        rate_pct=None if row.rate_ppm is None else from_ppm(row.rate_ppm),
        loan=loan_of(row) if actor.kind != "owner" else None,
        evidence=tuple((one["verdict"], Text(*one["asked"]), Text(*one["found"])) for one in row.evidence),
        limits=_limit_lines(actor, row),
        shares=_shares(row),
        papers=_papers(row),
        recoveries=tuple(row.recoveries.order_by("pk")),
        timeline=tuple(audit.timeline(f"guarantee:{row.pk}", audience="firm" if actor.kind == "owner" else "staff")),
        document_no=row.programme.document_no,
        payment=on_its_way("guarantee", row.pk) if row.paid_by_id else None,
    )


def _limit_lines(actor: Actor, row: Any) -> tuple[LimitLine, ...]:
    if row.limits:
        return tuple(
            LimitLine(Text(*one["name"]), Text(*one["said"]), Text(*one["allowed"]), one["holds"]) for one in row.limits
        )
    if row.state not in (State.SUBMITTED, State.REVIEWING) or actor.org_kind != "guarantor":
        return ()
    return _lines(limits_for(row)) if standing_of(row.guarantor_id) else ()


def _lines(found: Sequence[Limit]) -> tuple[LimitLine, ...]:
    return tuple(LimitLine(one.name, one.said, one.allowed, one.holds) for one in found)


def kept(found: Sequence[Limit]) -> list[dict[str, Any]]:
    """Return limits as they are kept with an approval."""
    return [
        {"code": one.code, "name": [one.name.zh, one.name.en], "said": [one.said.zh, one.said.en],
         "allowed": [one.allowed.zh, one.allowed.en], "holds": one.holds} for one in found
    ]  # fmt: skip


def _shares(row: Any) -> tuple[ShareLine, ...]:
    rows = list(row.shares.order_by("place"))
    if rows:
        return tuple(ShareLine(party(one.party), from_ppm(one.share_ppm), one.borne, one.returned) for one in rows)
    given = shares_of(row.terms)
    parts = share_out(row.loss, shares=given)
    return tuple(ShareLine(party(name), pct, parts[name], 0) for name, pct in given.items())


def _papers(row: Any) -> tuple[tuple[str, Text, str, int | None], ...]:
    given = {paper.code: (paper.name, paper.pk) for paper in row.papers.defer("content")}
    return tuple((code, PAPER_NAMES[code], *given.get(code, ("", None))) for code in PAPERS)


def paper(actor: Actor, guarantee_id: int, paper_id: int) -> tuple[str, bytes]:
    """Return name and content of a claim's paper. Raises DomainError where the actor may not see it."""
    row = scope(actor, Guarantee.objects.filter(pk=guarantee_id)).first()
    found = None if row is None else row.papers.filter(pk=paper_id).first()
    if found is None:
        raise DomainError("not_found", Text("没有这份材料。", "There is no such paper."), value=paper_id)
    return found.name, bytes(found.content)


def board(actor: Actor, guarantor_id: int) -> Board:
    """Return how much a guarantor stands in for, against each limit."""
    mine, liabilities = standing_of(guarantor_id), held(guarantor_id)
    per: dict[int, int] = {}
    for one in liabilities:
        per[one.customer] = per.get(one.customer, 0) + one.amount
    top = sorted(per.items(), key=lambda pair: (-pair[1], pair[0]))[:10]
    lines: tuple[LimitLine, ...] = ()
    if mine is not None:
        now = Standing(mine.net_assets, mine.mainly_small)
        lines = _lines(exposure.limits(rules(programmes()[0].terms), now, liabilities))
    rows = guarantees(actor).filter(guarantor_id=guarantor_id).order_by()
    sums = rows.filter(posting__isnull=False).aggregate(paid=Sum("payout"), returned=Sum("returned"))
    return Board(
        mine, sum(per.values()), len(liabilities), lines, tuple(top), int(sums["paid"] or 0), int(sums["returned"] or 0)
    )  # fmt: skip


def waiting(actor: Actor) -> Waiting:
    """Return how many of the actor's guarantees stand where somebody must act; *settled*: repaid, to be released."""
    rows = guarantees(actor).order_by()
    states = list(rows.values_list("state", F("amount") - F("repaid")))
    counted = {name: sum(1 for state, _ in states if state == name) for name in State}
    ordered = rows.filter(state=State.ACCEPTED, paid_by__isnull=False).count()
    return Waiting(
        firm=counted[State.REQUESTED],
        submitted=counted[State.SUBMITTED],
        reviewing=counted[State.REVIEWING],
        approved=counted[State.APPROVED],
        issued=counted[State.ISSUED],
        claimed=counted[State.CLAIMED],
        accepted=counted[State.ACCEPTED] - ordered,
        recovering=counted[State.PAID] + counted[State.RECOVERING],
        settled=sum(1 for state, left in states if state == State.IN_FORCE and left == 0),
    )


def not_in_force(referral_id: int) -> Problem | None:
    """Return why money may not be paid out on a credit that a guarantee secures; None where the guarantee is in force."""
    states = list(Guarantee.objects.filter(case_id=referral_id).order_by("-pk").values_list("state", flat=True)[:1])
    if states == [State.IN_FORCE]:
        return None
    where = lifecycle.STATE_NAMES[State(states[0])] if states else Text("尚未申请", "not asked for")
    words = Text(
        f"担保还没有生效（{where.zh}），不能放款。", f"The guarantee is not in force ({where.en}); nothing is paid out."
    )
    remedy = Text(
        "请先申请担保；出函并缴费后生效。", "Ask for it; it is in force when the letter is out and the fee paid."
    )
    return Problem("loan_guarantee", words, field="guarantee", remedy=remedy)


def paid_for(loan: Any) -> Any:
    """Return the guarantee that paid out on a loan, None where none has."""
    if loan.referral_id is None:
        return None
    return Guarantee.objects.filter(case_id=loan.referral_id, state__in=lifecycle.PAID_STATES).first()


def loss_left(loan: Any) -> int:
    """Return what is unpaid of a loan and not covered by a payout, fen: the bank's own loss."""
    unpaid = int(loan.drawn - loan.repaid)
    paid = paid_for(loan)
    return unpaid if paid is None else min(unpaid, paid.loss - paid.payout)


def to_ask(actor: Actor) -> QuerySet[Any]:
    """Return the bank's cases whose credit a guarantee secures and for which none is under way, newest first."""
    asked = guarantees(actor).exclude(state__in=[State.DECLINED, State.WITHDRAWN]).values("case_id")
    rows = lending.cases(actor).filter(state__in=["granted", "contracted"], decision__collateral="guarantee")
    return rows.exclude(pk__in=asked).select_related("decision", "demand").order_by("-pk")


def amount_of(actor: Actor, referral_id: int) -> Any:
    """Return the bank's case with its credit decision where *actor* may see it, None otherwise."""
    return lending.cases(actor).filter(pk=referral_id).select_related("decision", "demand").first()
