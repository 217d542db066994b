"""What can be asked of the bridge fund: a request's conditions, advances with days and fee live, how the fund is used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.audit import queries as audit
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue.offers import ProgrammeView
from huoshui.catalogue.purposes import PURPOSES
from huoshui.financing import queries as loans
from huoshui.funds import bridge_books as books
from huoshui.funds import bridge_lifecycle as lifecycle
from huoshui.funds.bridge_eligibility import Check, OldLoan, Standing, checks
from huoshui.funds.bridge_lifecycle import Act, Facts, State
from huoshui.funds.bridge_statistics import Stay, Usage, usage
from huoshui.funds.bridge_terms import fee_of
from huoshui.funds.models.bridge import BridgeAdvance, BridgeReturn
from huoshui.funds.queries_payment import OnItsWay, on_its_way
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError
from huoshui.kernel.rates import from_ppm
from huoshui.kernel.text import Text
from huoshui.ledger import queries as ledger
from huoshui.registry import queries as registry


@dataclass(frozen=True, slots=True)
class Live:
    """How an advance stands today: days counted, fee if it came back today (fen), days left (below 0: overdue)."""

    days: int
    fee: int
    left: int
    overdue_days: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of the closed loop: what should happen, what was matched and by which posting; *on* None: still open."""

    name: Text
    amount: int
    on: dt.date | None
    proof: str
    posting_id: int | None


@dataclass(frozen=True, slots=True)
class BackView:
    """Money that came back: principal and fee in fen."""

    on: dt.date
    principal: int
    fee: int
    days: int
    slip_no: str
    posting_id: int


@dataclass(frozen=True, slots=True)
class AdvanceView:
    """An advance with all its page shows. Amounts in fen."""

    id: int
    number: str
    enterprise_id: int
    bank_id: int
    bank: str
    old_loan_id: int
    old_contract: str
    new_loan_id: int | None
    amount: int
    returned: int
    fee_paid: int
    state: State
    version: int
    requested_at: dt.datetime
    committed: int | None
    commitment_no: str
    committed_on: dt.date | None
    advanced_on: dt.date | None
    due_on: dt.date | None
    rate_pct: Decimal | None
    live: Live | None
    legs: tuple[Leg, ...]
    backs: tuple[BackView, ...]
    evidence: tuple[tuple[bool, Text, Text], ...]
    document_no: str
    close_reason: str
    acts: tuple[Act, ...]
    timeline: tuple[Any, ...]
    payment: OnItsWay | None = None


@dataclass(frozen=True, slots=True)
class FundView:
    """The fund now, fen: in the account, held for reserved advances, out, paid in, earned."""

    paid_in: int
    cash: int
    held: int
    out: int
    fees: int
    costs: int

    @property
    def free(self) -> int:
        """Return what may still be promised."""
        return self.cash - self.held

    @property
    def occupied_pct(self) -> Decimal:
        """Return the share that is out or held, percent."""
        whole = self.cash + self.out
        return (Decimal(self.out + self.held) * 100 / whole).quantize(Decimal("0.1")) if whole else Decimal(0)


def programme(on: dt.date | None = None) -> ProgrammeView:
    """Return the bridge fund's programme in force. Raises DomainError where none is published."""
    found = catalogue.published_programmes(kind="bridge", on=on or clock.today())
    if not found:
        words = Text("应急周转政策没有发布。", "No bridge programme is published.")
        raise DomainError("bridge_no_programme", words)
    return found[0]


def conditions(actor: Actor, *, loan_id: int, amount: int | None = None) -> tuple[Check, ...]:
    """Return every condition of an advance of *amount* fen (all that is owed) on a loan that *actor* may see."""
    loan = loans.loans(actor).filter(pk=loan_id).first()
    if loan is None:
        raise DomainError(
            "not_found", Text("没有这笔贷款，或您无权查看。", "No such loan, or not yours."), value=loan_id
        )
    left = loan.drawn - loan.repaid
    purpose = PURPOSES.get(loan.purpose)
    old = OldLoan(
        loan.state, left, loan.matures_on, loan.overdue_days, loan.five_class,
        working_capital=purpose is None or not purpose.fixed_asset,
    )  # fmt: skip
    with acting(SYSTEM):  # the firm's facts decide, whoever asks; only verdicts and the values read are shown
        facts = registry.facts_for_rules(loan.enterprise_id)
        other = BridgeAdvance.objects.filter(enterprise_id=loan.enterprise_id, closed_at__isnull=True).exists()
    standing = Standing(left if amount is None else amount, clock.today(), other)
    return checks(programme().criteria, facts, old, standing, apply_days=catalogue.parameter("bridge.apply_days"))


def open_advance(actor: Actor, *, loan_id: int) -> int | None:
    """Return the id of the newest advance on a loan, open or not; None where there is none."""
    rows = scope(actor, BridgeAdvance.objects.filter(Q(old_loan_id=loan_id) | Q(new_loan_id=loan_id)))
    return rows.order_by("-pk").values_list("pk", flat=True).first()


def advances(actor: Actor) -> QuerySet[BridgeAdvance]:
    """Return the advances *actor* may see, the newest first."""
    rows = scope(actor, BridgeAdvance.objects.select_related("bank", "old_loan"))
    return rows.order_by("-requested_at", "-pk")


def out(actor: Actor) -> QuerySet[BridgeAdvance]:
    """Return the advances whose money is out, the first due first."""
    return advances(actor).filter(state__in=lifecycle.OUT_STATES).order_by("due_on", "pk")


def live(row: BridgeAdvance, today: dt.date | None = None) -> Live | None:
    """Return days and fee of an advance whose money is out, as of today; None for any other."""
    if row.state not in lifecycle.OUT_STATES or row.due_on is None:
        return None
    day = today or clock.today()
    fee = fee_of(row, principal=row.amount - row.returned, on=day)
    return Live(fee.days, int(fee.fee), (row.due_on - day).days, fee.overdue_days)


def advance(actor: Actor, advance_id: int) -> AdvanceView:
    """Return an advance for its page. Raises DomainError where *actor* may not see it."""
    rows = scope(actor, BridgeAdvance.objects.select_related("bank", "old_loan", "new_loan", "programme", "repayment"))
    row = rows.filter(pk=advance_id).first()
    if row is None:
        words = Text("没有这笔记录，或您无权查看。", "No such record, or not yours.")
        raise DomainError("not_found", words, value=advance_id)
    facts = Facts(
        row.reserved_by_id,
        overdue=row.due_on is not None and clock.today() > row.due_on,
        approved=row.advanced_by_id is not None,
    )
    backs, way = tuple(row.returns.order_by("returned_on", "pk")), on_its_way("bridge", row.pk)
    return AdvanceView(
        id=row.pk,
        number=row.number,
        enterprise_id=row.enterprise_id,
        bank_id=row.bank_id,
        bank=row.bank.name,
        old_loan_id=row.old_loan_id,
        old_contract=row.old_loan.contract_no,
        new_loan_id=row.new_loan_id,
        amount=row.amount,
        returned=row.returned,
        fee_paid=row.fee_paid,
        state=State(row.state),
        version=row.version,
        requested_at=row.requested_at,
        committed=row.committed,
        commitment_no=row.commitment_no,
        committed_on=row.committed_on,
        advanced_on=row.advanced_on,
        due_on=row.due_on,
        rate_pct=None if row.rate_ppm is None else from_ppm(row.rate_ppm),
        live=live(row),
        legs=_legs(row, backs, way.number if way else row.number),
        backs=tuple(_back(one) for one in backs),
        evidence=tuple(
            (one["verdict"] == "YES", Text(one["asked"], one["asked_en"]), Text(one["found"], one["found_en"]))
            for one in row.evidence
        ),
        document_no=row.programme.document_no,
        close_reason=row.close_reason,
        acts=lifecycle.available(row.state, actor=actor, facts=facts),
        timeline=tuple(audit.timeline(f"bridge:{row.pk}", audience="firm" if actor.kind == "owner" else "staff")),
        payment=way,
    )


def _back(one: BridgeReturn) -> BackView:
    return BackView(one.returned_on, one.principal, one.fee, one.days, one.slip_no, one.posting_id)


def _legs(row: BridgeAdvance, backs: Sequence[BridgeReturn], payment: str) -> tuple[Leg, ...]:
    slip = row.repayment.slip_no if row.repayment else ""
    contract = row.new_loan.contract_no if row.new_loan else ""
    back = backs[-1] if backs else None
    return (
        Leg(
            Text("资金拨付到旧贷款账户", "Fund pays to the old loan's account"),
            row.amount if row.advanced_on else 0,
            row.advanced_on,
            payment if row.advanced_on else "",
            row.advance_posting_id,
        ),
        Leg(
            Text("旧贷款归还", "Old loan repaid"),
            row.amount if row.repaid_on else 0,
            row.repaid_on,
            slip,
            row.repaid_posting_id,
        ),
        Leg(
            Text("新贷款发放", "New loan granted"),
            row.amount if row.renewed_on else 0,
            row.renewed_on,
            contract,
            row.renewed_posting_id,
        ),
        Leg(
            Text("新贷款资金归还专户", "Money returns to the fund"),
            row.returned,
            back.returned_on if back and row.returned == row.amount else None,
            back.slip_no if back else "",
            back.posting_id if back else None,
        ),
    )


def new_loans(actor: Actor, advance_id: int) -> list[tuple[int, str]]:
    """Return (id, contract) of loans that renew the old loan of an advance, for the bank to choose from."""
    row = scope(actor, BridgeAdvance.objects.filter(pk=advance_id)).first()
    if row is None:
        return []
    rows = loans.loans(actor).filter(renewal_of_id=row.old_loan_id, drawn__gte=row.amount)
    return [(one.pk, one.contract_no) for one in rows]


def fund() -> FundView:
    """Return the fund as its books have it now; all zero before the first appropriation."""
    found = {view.code: view for view in ledger.accounts(books.BOOK)}

    def amount(code: str) -> int:
        return found[code].amount if code in found else 0

    return FundView(
        paid_in=amount("capital"),
        cash=amount("bank"),
        held=found["bank"].held if found else 0,
        out=sum(amount(code) for code in books.OUT.values()),
        fees=amount("fees"),
        costs=amount("costs"),
    )


def fund_usage(actor: Actor, *, first: dt.date, last: dt.date) -> Usage:
    """Return occupancy, turnover and average days from *first* to *last*, of the advances *actor* may see."""
    rows = scope(actor, BridgeAdvance.objects.filter(advanced_on__lte=last)).prefetch_related("returns")
    stays = [stay for row in rows for stay in _stays(row)]
    capital = next((view.id for view in ledger.accounts(books.BOOK) if view.code == "capital"), None)
    deposits = [] if capital is None else [
        (line.on, line.credit - line.debit) for line in ledger.statement(capital, first=dt.date(2000, 1, 1), last=last)
    ]  # fmt: skip
    return usage(stays, deposits, first=first, last=last)


def _stays(row: BridgeAdvance) -> list[Stay]:
    assert row.advanced_on is not None
    backs = [Stay(one.principal, row.advanced_on, one.returned_on) for one in row.returns.all()]
    left = row.amount - row.returned
    return [*backs, Stay(left, row.advanced_on, None)] if left else backs


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in the fund: requests for the bank, for the maker, for the checker, money to come back, overdue."""

    bank: int
    maker: int
    checker: int
    due_soon: int
    overdue: int
    to_return: int


def waiting(actor: Actor) -> Waiting:
    """Return how many advances wait for whom, as far as *actor* sees."""
    today = clock.today()
    soon = today + dt.timedelta(days=max(catalogue.parameter("bridge.alert_days")))
    still = scope(actor, BridgeAdvance.objects.filter(closed_at__isnull=True))
    rows = list(still.values_list("state", "due_on", "advanced_by_id"))
    return Waiting(
        bank=sum(state == State.REQUESTED for state, _, _ in rows),
        maker=sum(state == State.COMMITTED for state, _, _ in rows),
        checker=sum(state == State.RESERVED and by is None for state, _, by in rows),
        due_soon=sum(due is not None and today <= due <= soon for _, due, _ in rows),
        overdue=sum(due is not None and due < today for _, due, _ in rows),
        to_return=sum(state == State.RENEWED for state, _, _ in rows),
    )


def paid_fees(actor: Actor) -> int:
    """Return the fees (fen) that came in with the advances *actor* may see."""
    return int(scope(actor, BridgeAdvance.objects.all()).aggregate(total=Sum("fee_paid"))["total"] or 0)
