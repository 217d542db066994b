"""What pages read of demands, cases and loans: frozen values, and how they are made from rows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from huoshui.audit.queries import Entry
from huoshui.catalogue import queries as catalogue
from huoshui.financing import clocks as deadlines
from huoshui.financing import demand_lifecycle, referral_lifecycle
from huoshui.financing.dispatch import BASIS_NAMES
from huoshui.financing.loan_book import Line
from huoshui.financing.models import Clock, CreditDecision, Loan, PaperRequest, Referral
from huoshui.financing.papers import PAPERS
from huoshui.kernel import clock
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class DeadlineView:
    """A deadline: what is due when; *running* while it counts; *overdue* now, or met too late."""

    kind: str
    name: Text
    started_at: dt.datetime
    due_at: dt.datetime
    paused_at: dt.datetime | None
    met_at: dt.datetime | None
    running: bool
    overdue: bool


@dataclass(frozen=True, slots=True)
class DecisionView:
    """What a bank decided; amounts in fen, rate in percent."""

    granted: bool
    amount: int | None
    rate_pct: Decimal | None
    term_months: int | None
    method: str
    collateral: str
    conditions: str
    reason_code: str
    words: str
    decided_at: dt.datetime


@dataclass(frozen=True, slots=True)
class PapersView:
    """Papers a bank asked for."""

    id: int
    papers: tuple[tuple[str, Text], ...]
    note: str
    asked_at: dt.datetime
    answered_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A bank's case in short, as the firm and the taskforce see it."""

    id: int
    bank_id: int
    bank: Text
    branch: str
    officer: str
    product_id: int | None
    product: str
    basis: Text
    why: Text
    state: referral_lifecycle.State
    state_name: Text
    version: int
    offered_at: dt.datetime
    accepted_at: dt.datetime | None
    contacted_at: dt.datetime | None
    documents_complete_at: dt.datetime | None
    decided_at: dt.datetime | None
    closed_at: dt.datetime | None
    deadlines: tuple[DeadlineView, ...]
    papers: tuple[PapersView, ...]
    decision: DecisionView | None
    loan_id: int | None
    acts: tuple[referral_lifecycle.Act, ...] = ()

    @property
    def next_deadline(self) -> DeadlineView | None:
        """Return the deadline that runs now, the earliest first."""
        return min((line for line in self.deadlines if line.running), key=lambda line: line.due_at, default=None)

    @property
    def open(self) -> bool:
        """Return whether the bank still has it."""
        return self.closed_at is None

    @property
    def papers_owed(self) -> PapersView | None:
        """Return the papers the firm still owes, if any."""
        owed = self.state is referral_lifecycle.State.PAPERS_OWED
        return next((request for request in self.papers if request.answered_at is None), None) if owed else None


@dataclass(frozen=True, slots=True)
class AskedLines:
    """What was asked for, in words where words are read."""

    id: int
    number: str
    enterprise_id: int
    district_code: str
    amount: int
    term_months: int
    purpose_code: str
    purpose: Text
    purpose_text: str
    collateral: tuple[str, ...]
    channel: Text
    green_channel: bool
    platform_chooses: bool
    state: demand_lifecycle.State
    state_name: Text
    version: int
    created_at: dt.datetime
    declared_at: dt.datetime | None
    recommended_at: dt.datetime | None
    dispatched_at: dt.datetime | None
    granted_at: dt.datetime | None
    lent_at: dt.datetime | None
    closed_at: dt.datetime | None
    close_reason: str
    close_name: Text | None


@dataclass(frozen=True, slots=True)
class LoanView:
    """A loan with its book; amounts in fen, rate in percent."""

    id: int
    referral_id: int | None
    demand_id: int | None
    enterprise_id: int
    bank_id: int
    bank: str
    contract_no: str
    principal: int
    rate_pct: Decimal
    term_months: int
    method: str
    collateral: str
    signed_on: dt.date
    starts_on: dt.date | None
    matures_on: dt.date | None
    drawn: int
    repaid: int
    balance: int
    gap: int
    overdue_days: int
    five_class: str
    first_loan: bool
    renewal_of: int | None
    no_principal_renewal: bool
    state: str
    version: int
    settled_on: dt.date | None
    schedule: tuple[Line, ...]
    drawdowns: tuple[tuple[dt.date, int, str], ...]
    repayments: tuple[tuple[dt.date, int, int, str], ...]
    acts: tuple[referral_lifecycle.Act, ...]
    timeline: tuple[Entry, ...] = ()
    renewal_plan: str = ""
    renewal_due: bool = False


def deadline_view(row: Clock) -> DeadlineView:
    """Return a deadline as it stands now."""
    ended = row.met_at or row.cancelled_at
    until = row.met_at or row.paused_at or clock.now()
    return DeadlineView(
        kind=row.kind,
        name=deadlines.KIND_NAMES[row.kind],
        started_at=row.started_at,
        due_at=row.due_at,
        paused_at=row.paused_at,
        met_at=row.met_at,
        running=ended is None and row.paused_at is None,
        overdue=row.cancelled_at is None and until > row.due_at,
    )


def decision_view(row: CreditDecision) -> DecisionView:
    """Return a decision as pages show it."""
    return DecisionView(
        granted=row.granted,
        amount=row.amount,
        rate_pct=None if row.rate_ppm is None else from_ppm(row.rate_ppm),
        term_months=row.term_months,
        method=row.method,
        collateral=row.collateral,
        conditions=row.conditions,
        reason_code=row.reason_code,
        words=row.words,
        decided_at=row.decided_at,
    )


def papers_view(row: PaperRequest) -> PapersView:
    """Return a request for papers with their names."""
    named = tuple((code, PAPERS[code].name if code in PAPERS else Text(code, code)) for code in row.papers)
    return PapersView(row.pk, named, row.note, row.asked_at, row.answered_at)


def case_line(row: Referral, *, acts: tuple[referral_lifecycle.Act, ...] = ()) -> CaseLine:
    """Return a case in short; clocks, paper_requests, decision, loan, bank, branch, officer, product should be loaded."""
    state = referral_lifecycle.State(row.state)
    decision = getattr(row, "decision", None)
    loan: Loan | None = getattr(row, "loan", None)
    why = row.basis_facts or {}
    return CaseLine(
        id=row.pk,
        bank_id=row.bank_id,
        bank=Text(row.bank.name, row.bank.name_en or row.bank.name),
        branch=row.branch.name if row.branch else "",
        officer=row.officer.name if row.officer else "",
        product_id=row.product_id,
        product=row.product.name if row.product else "",
        basis=BASIS_NAMES.get(row.basis, Text(row.basis, row.basis)),
        why=Text(why.get("zh", ""), why.get("en", "")),
        state=state,
        state_name=referral_lifecycle.STATE_NAMES[state],
        version=row.version,
        offered_at=row.offered_at,
        accepted_at=row.accepted_at,
        contacted_at=row.contacted_at,
        documents_complete_at=row.documents_complete_at,
        decided_at=row.decided_at,
        closed_at=row.closed_at,
        deadlines=tuple(deadline_view(each) for each in sorted(row.clocks.all(), key=lambda each: each.started_at)),
        papers=tuple(papers_view(each) for each in row.paper_requests.all()),
        decision=decision_view(decision) if decision else None,
        loan_id=loan.pk if loan else None,
        acts=acts,
    )


def judge_due(declared_at: dt.datetime | None) -> dt.date | None:
    """Return the day by which the taskforce judges a demand."""
    if declared_at is None:
        return None
    cutoff = dt.time.fromisoformat(catalogue.parameter("deadline.cutoff"))
    return catalogue.calendar().due(declared_at, days=catalogue.parameter("deadline.judge_days"), cutoff=cutoff).on
