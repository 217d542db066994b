"""What can be asked of risk compensation: pools, loans to register, registrations, claims with their computed lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet, Sum

from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.catalogue import queries as catalogue
from huoshui.financing import queries as lending
from huoshui.funds import compensation_lifecycle as lifecycle
from huoshui.funds import queries_guarantee as guarantees
from huoshui.funds.compensation import Bank
from huoshui.funds.compensation_lifecycle import Act, State
from huoshui.funds.compensation_terms import PAPERS, missing_papers
from huoshui.funds.models.compensation import CompensationClaim, CompensationLoan
from huoshui.funds.models.paying import Fund
from huoshui.kernel.errors import DomainError
from huoshui.kernel.money import parse_yuan
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Pool:
    """A pool with the rules that hold today."""

    fund_id: int
    name: Text
    version_id: int
    terms: Mapping[str, Any]


def pool(fund_id: int) -> Pool:
    """Return the pool and its rules in force. Raises DomainError where no programme is in force for the fund."""
    fund = Fund.objects.filter(pk=fund_id, kind="compensation").first()
    rules = catalogue.published_programmes("compensation")
    rule = next((row for row in rules if fund and row.programme_id == fund.programme_id), None)
    if fund is None or rule is None:
        words = Text("没有这个风险补偿资金池，或方案未生效。", "There is no such pool in force.")
        raise DomainError("compensation_no_pool", words, field="fund_id", value=fund_id)
    return Pool(fund.pk, Text(fund.name, fund.name_en or fund.name), rule.version_id, rule.terms)


def pools(actor: Actor) -> list[Pool]:
    """Return the pools with a programme in force, by code."""
    live = {row.programme_id for row in catalogue.published_programmes("compensation")}
    rows = Fund.objects.filter(kind="compensation", programme_id__in=live).order_by("code")
    return [pool(pk) for pk in rows.values_list("pk", flat=True)]


def registrable(actor: Actor) -> QuerySet[Any]:
    """Return the loans the bank may register: drawn, normal, not overdue, in no pool yet."""
    rows = lending.loans(actor, {"state": "active", "five_class": "normal"}).filter(overdue_days=0)
    return rows.exclude(pk__in=CompensationLoan.objects.values("loan_id"))


def registrations(actor: Actor) -> QuerySet[CompensationLoan]:
    """Return the registered loans the actor may see, newest first."""
    return scope(actor, CompensationLoan.objects.select_related("loan", "bank", "fund")).order_by("-pk")


def claims(actor: Actor) -> QuerySet[CompensationClaim]:
    """Return the claims the actor may see, newest first."""
    return scope(
        actor, CompensationClaim.objects.select_related("registration__loan", "registration__bank", "fund")
    ).order_by("-pk")


def bank_year(registration: CompensationLoan, terms: Mapping[str, Any], *, on: dt.date, without: int = 0) -> Bank:
    """Return the bank's year in the pool before this claim: registered, lost (unpaid principal claimed), quota left."""
    registered = CompensationLoan.objects.filter(
        fund_id=registration.fund_id, bank_id=registration.bank_id, registered_on__year=on.year
    )
    losses = CompensationClaim.objects.filter(
        fund_id=registration.fund_id, registration__bank_id=registration.bank_id, filed_at__year=on.year,
        state__in=[State.ACCEPTED, State.PAID, State.CLOSED],
    ).exclude(pk=without)  # fmt: skip
    sums = losses.aggregate(lost=Sum("unpaid"), given=Sum("amount"))
    quota = terms.get("yearly_quota")
    return Bank(
        int(registered.aggregate(total=Sum("principal"))["total"] or 0),
        int(sums["lost"] or 0),
        _percent(terms.get("breaker_pct")),
        None if quota is None else max(0, int(parse_yuan(quota)) - int(sums["given"] or 0)),
    )


def _percent(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim as its page shows it."""

    row: CompensationClaim
    state_name: Text
    acts: tuple[Act, ...]
    papers: tuple[tuple[str, Text, str], ...]  # code, name, file name or ""
    missing: tuple[Text, ...]
    anomalies: tuple[Text, ...]
    recoveries: tuple[Any, ...]
    lines: tuple[tuple[Text, Text], ...]  # each step of the calculation


def claim(actor: Actor, claim_id: int) -> ClaimView:
    """Return a claim the actor may see, with computed lines and marked anomalies. Raises DomainError otherwise."""
    row = claims(actor).filter(pk=claim_id).first()
    if row is None:
        words = Text("没有这笔申请，或您无权查看。", "No such claim, or not yours to see.")
        raise DomainError("not_found", words, field="claim_id", value=claim_id)
    terms = row.registration.terms
    given = {paper.code: paper.name for paper in row.papers.defer("content")}
    return ClaimView(
        row,
        lifecycle.STATE_NAMES[State(row.state)],
        lifecycle.available(row.state, actor=actor),
        tuple((code, PAPERS[code], given.get(code, "")) for code in terms.get("papers", ())),
        tuple(PAPERS[code] for code in missing_papers(terms, list(given))),
        anomalies(row),
        tuple(row.recoveries.order_by("pk")),
        tuple((Text(line["zh"], line["en"]), _value(line)) for line in row.lines),
    )


def paper(actor: Actor, claim_id: int, code: str) -> tuple[str, bytes]:
    """Return file name and content of a claim's paper. Raises DomainError where there is none for the actor."""
    row = claims(actor).filter(pk=claim_id).first()
    found = row.papers.filter(code=code).first() if row else None
    if found is None:
        words = Text("没有这份材料，或您无权查看。", "No such paper, or not yours to see.")
        raise DomainError("not_found", words, field="paper", value=code)
    return found.name, bytes(found.content)


def _value(line: Mapping[str, str]) -> Text:
    return Text(line["value"], line.get("value_en", line["value"]))


def anomalies(row: CompensationClaim) -> tuple[Text, ...]:
    """Return what an officer should look at twice."""
    loan = row.registration.loan
    held = (row.went_bad_on - row.registration.registered_on).days
    seen = [
        (held < 30, Text(f"备案 {held} 天后即出险", f"Went bad {held} days after registration")),
        (guarantees.loss_left(loan) != row.unpaid, Text("未还本金与贷款台账不符", "Differs from the loan record")),
        (row.amount == 0, Text("按规则应补偿 0 元", "Nothing is payable by the rules")),
    ]
    return tuple(words for found, words in seen if found)


def totals(actor: Actor) -> dict[str, int]:
    """Return fen paid and returned over the claims the actor may see."""
    sums = (
        claims(actor)
        .order_by()
        .aggregate(paid=Sum("paid"), returned=Sum("returned"), open=Sum(F("paid") - F("returned")))
    )
    return {name: int(value or 0) for name, value in sums.items()}


def events(claim_id: int) -> Any:
    """Return what happened to a claim, for its page."""
    return audit.timeline(f"compensation:{claim_id}", audience="staff")
