"""What can be asked of interest subsidies: claims with their lines, what a firm got and why, a bank's quarter ahead."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.audit.queries import Entry
from huoshui.catalogue import queries as catalogue
from huoshui.financing import queries as financing
from huoshui.funds import subsidy_cases as cases
from huoshui.funds.models.paying import Fund
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine
from huoshui.funds.perform import found
from huoshui.funds.queries_payment import FundView, PaymentView, advance_left, payments_of
from huoshui.funds.queries_payment import funds as funds_of
from huoshui.funds.subsidy_line import CUTS, Span
from huoshui.kernel.errors import DomainError
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text

STATES: dict[str, Text] = {
    "filed": Text("待审核", "To be checked"),
    "accepted": Text("支付中", "Being paid"),
    "paid": Text("已支付", "Paid"),
    "rejected": Text("已退回", "Rejected"),
}
FLOWS: dict[str, Text] = {
    "bank_first": Text("银行代垫、按季申报", "Bank first, claimed by quarter"),
    "firm_first": Text("企业先付后贴", "Firm pays first"),
    "automatic": Text("免申即享", "Automatic"),
}
LEVELS: dict[str, Text] = {
    "central": Text("中央", "Central"),
    "province": Text("省级", "Province"),
    "city": Text("市级", "City"),
    "county": Text("县区", "County"),
    "bank": Text("银行", "Bank"),
}


@dataclass(frozen=True, slots=True)
class LineView:
    """A loan's part of a claim, with the cuts and days it was computed by."""

    id: int
    number: int
    enterprise_id: int
    firm: str
    loan_id: int
    contract_no: str
    bank: str
    first_day: dt.date
    last_day: dt.date
    days: int
    rate_pct: Decimal
    applied_pct: Decimal
    interest: int
    full: int
    cuts: tuple[tuple[Text, int], ...]
    spans: tuple[Span, ...]
    amount: int
    queued: int
    paid: int
    clawed: int
    shares: tuple[tuple[Text, int], ...]
    anomalies: tuple[Text, ...]
    document_no: str
    state: str
    why: str
    programme: Text
    claim_id: int
    claim_number: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """A claim with its lines, payments and events."""

    id: int
    number: str
    fund: FundView
    programme_code: str
    flow: Text
    payee: str
    first_day: dt.date
    last_day: dt.date
    amount: int
    queued: int
    state: str
    state_name: Text
    seen_version: int
    filed_by: str
    filed_at: dt.datetime
    why: str
    lines: tuple[LineView, ...]
    left_out: tuple[tuple[str, Text], ...]
    shares: tuple[tuple[Text, int], ...]
    payments: tuple[PaymentView, ...]
    events: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What a bank could claim for a period: *amount* before the budget, *loans*, what is left of its advance.

    *later*: loans of the scheme that may earn something another time, once their interest is paid or on other days.
    """

    fund: FundView
    loans: int
    amount: int
    left_out: int
    advance: int
    later: int = 0


def claims(actor: Actor, *, fund_id: int | None = None, state: str = "") -> QuerySet[SubsidyClaim]:
    """Return the claims the actor may see, newest first, each with `loans` and how many of them are `marked`."""
    rows = SubsidyClaim.objects.select_related("fund", "bank", "enterprise").annotate(
        loans=Count("lines"), marked=Count("lines", filter=~Q(lines__anomalies=[]))
    )
    rows = scope(actor, rows).order_by("-id")
    rows = rows.filter(fund_id=fund_id) if fund_id else rows
    return rows.filter(state=state) if state else rows


def claim(actor: Actor, claim_id: int) -> ClaimView:
    """Return one claim. Raises DomainError where there is none for the actor."""
    found(actor, SubsidyClaim, claim_id)
    row = SubsidyClaim.objects.select_related("fund__programme", "bank", "enterprise", "filed_by").get(pk=claim_id)
    lines = tuple(_line(line) for line in _lines(actor).filter(claim=row).order_by("number"))
    paid = tuple(payments_of(actor, kind="subsidy", subject_ids=[row.pk]).get(row.pk, []))
    fund = next(one for one in funds_of(actor) if one.id == row.fund_id)
    return ClaimView(
        id=row.pk, number=row.number, fund=fund, programme_code=row.programme_code, flow=FLOWS[row.flow],
        payee=row.bank.name if row.bank else row.enterprise.name if row.enterprise else "", first_day=row.first_day,
        last_day=row.end_day - dt.timedelta(days=1), amount=row.amount, queued=row.queued, state=row.state,
        state_name=STATES[row.state], seen_version=row.version, filed_by=row.filed_by.name if row.filed_by else "",
        filed_at=row.filed_at, why=row.why, lines=lines,
        left_out=tuple((contract, cases.REASONS[reason]) for contract, reason in row.left_out),
        shares=_shares_of(lines), payments=paid, events=tuple(audit.timeline(f"subsidy:{row.pk}", audience="staff")),
    )  # fmt: skip


def marked_with(rows: QuerySet[SubsidyClaim], anomaly: str) -> QuerySet[SubsidyClaim]:
    """Return those of *rows* with a line that is marked with *anomaly* ("any": with anything)."""
    lines = SubsidyLine.objects.exclude(anomalies=[])
    if anomaly != "any":
        lines = lines.filter(anomalies__contains=[anomaly])
    return rows.filter(pk__in=lines.values("claim_id"))


def line(actor: Actor, line_id: int) -> LineView:
    """Return one line. Raises DomainError where there is none for the actor."""
    row = _lines(actor).filter(pk=line_id).first()
    if row is None:
        words = Text("没有这条明细，或您无权查看。", "No such line, or not yours to see.")
        raise DomainError("not_found", words, field="line_id", value=line_id)
    return _line(row)


def _shares_of(lines: tuple[LineView, ...]) -> tuple[tuple[Text, int], ...]:
    sums: dict[Text, int] = {}
    for line in lines:
        if line.state == "open":
            for name, fen in line.shares:
                sums[name] = sums.get(name, 0) + fen
    return tuple(sums.items())


def lines_of_firm(actor: Actor, enterprise_id: int) -> tuple[LineView, ...]:
    """Return what a firm got, gets and did not get, newest first."""
    rows = _lines(actor).filter(enterprise_id=enterprise_id).order_by("-id")
    return tuple(_line(row) for row in rows[:200])


def _lines(actor: Actor) -> QuerySet[SubsidyLine]:
    rows = SubsidyLine.objects.select_related("enterprise", "loan__bank", "claim", "programme_version__programme")
    return scope(actor, rows)


def ahead(
    actor: Actor, *, fund: FundView, first_day: dt.date, end_day: dt.date, enterprise_id: int | None = None
) -> Ahead:
    """Return what the bank (or a firm) could claim for the days on a fund, computed from its loans and not kept."""
    loans = financing.loans(actor, enterprise=enterprise_id).filter(starts_on__isnull=False, starts_on__lt=end_day)
    with acting(SYSTEM):  # caps count what other banks claimed for the firm; only the sum is shown
        results = cases.reckon_loans(loans, programme=fund.programme_code, first=first_day, end=end_day)
    lines = [one.line for one in results if one.line]
    left = len(results) - len(lines)
    later = sum(one.reason in ("not_paid_yet", "no_days") for one in results)
    advance = advance_left(fund.id, actor.organisation_id or 0)
    return Ahead(fund, len(lines), sum(line.granted for line in lines), left, advance, later)


def claimed_by(actor: Actor, flow: str) -> list[FundView]:
    """Return the funds of subsidy programmes that are claimed on by banks (bank_first) or by firms (firm_first)."""
    flows = {row.programme_id: row.terms.get("flow") for row in catalogue.published_programmes("subsidy")}
    rows = Fund.objects.filter(
        kind="subsidy", programme_id__in=[pk for pk, flow_of in flows.items() if flow_of == flow]
    )
    known = {row.pk for row in rows}
    return [one for one in funds_of(actor, kind="subsidy") if one.id in known]


def totals(actor: Actor, *, fund_id: int) -> dict[str, int]:
    """Return sums of a fund's claims: granted, queued, loans, firms."""
    rows = scope(actor, SubsidyLine.objects.filter(claim__fund_id=fund_id, state="open"))
    found_ = rows.aggregate(
        amount=Sum("amount"), queued=Sum("queued"), paid=Sum("paid"), loans=Count("loan", distinct=True),
        firms=Count("enterprise", distinct=True),
    )  # fmt: skip
    return {name: int(value or 0) for name, value in found_.items()}


def _line(row: SubsidyLine) -> LineView:
    programme: Any = row.programme_version.programme
    spans = tuple(cases.read_spans(row.spans))
    return LineView(
        id=row.pk, number=row.number, enterprise_id=row.enterprise_id, firm=row.enterprise.name, loan_id=row.loan_id,
        contract_no=row.loan.contract_no, bank=row.loan.bank.name, first_day=row.first_day,
        last_day=row.end_day - dt.timedelta(days=1), days=sum((one.end - one.start).days for one in spans),
        rate_pct=from_ppm(row.rate_ppm), applied_pct=row.applied_pct.normalize(), interest=row.interest, full=row.full,
        cuts=tuple((CUTS[name], fen) for name, fen in row.cuts), spans=spans, amount=row.amount, queued=row.queued,
        paid=row.paid, clawed=row.clawed,
        shares=tuple((LEVELS.get(name, Text(name, name)), row.shares[name]) for name in _in_order(row.shares)),
        anomalies=tuple(cases.ANOMALIES[name] for name in row.anomalies),
        document_no=row.programme_version.document_no, state=row.state, why=row.why,
        programme=Text(programme.name, programme.name_en or programme.name), claim_id=row.claim_id,
        claim_number=row.claim.number,
    )  # fmt: skip


def _in_order(shares: dict[str, int]) -> list[str]:
    """Return who bears a share from the top down; the store keeps no order."""
    levels = list(LEVELS)
    return sorted(shares, key=lambda name: levels.index(name) if name in levels else len(levels))
