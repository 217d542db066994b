"""What can be asked of funds, payments, notices, files and statements. Values are frozen; lists are scoped."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q, QuerySet, Sum

from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.row_security import acting
from huoshui.access.scope import scope
from huoshui.funds import payment_file
from huoshui.funds import payment_lifecycle as lifecycle
from huoshui.funds.actions_fund import accounts_of
from huoshui.funds.actions_payment import facts_of
from huoshui.funds.fund_books import ACCOUNTS
from huoshui.funds.models.paying import (
    Fund,
    PayeeAccount,
    PaymentFile,
    PaymentLine,
    PaymentOrder,
    PublicNotice,
    Statement,
    StatementLine,
)
from huoshui.funds.payment_lifecycle import Act, State
from huoshui.funds.perform import found
from huoshui.kernel import clock
from huoshui.kernel.text import Text
from huoshui.ledger import queries as books


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund as pages name it."""

    id: int
    code: str
    kind: str
    name: Text
    district_code: str
    programme_code: str
    account_no: str
    account_bank: str


@dataclass(frozen=True, slots=True)
class Position:
    """Where a fund's money stands, fen: *money_in* appropriated; *left* may still be promised; *cash* at the bank.

    *committed* is promised and not paid, of which *held* is approved and reserved; *advanced* lies with institutions.
    """

    fund: FundView
    money_in: int
    committed: int
    held: int
    paid: int
    recovered: int
    advanced: int
    left: int
    cash: int


@dataclass(frozen=True, slots=True)
class LineView:
    """A line of a payment."""

    id: int
    number: int
    enterprise_id: int | None
    firm: str
    text: str
    amount: int
    state: str
    objection: str
    objector: str
    answer: str
    subject_id: int | None


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment with its lines and what the actor may do with it now."""

    id: int
    number: str
    fund: FundView
    kind: str
    subject_id: int | None
    reference: str
    text: str
    payee: str
    payee_kind: str
    payee_bank: str
    payee_account: str
    amount: int
    state: str
    state_name: Text
    seen_version: int
    made_by: str
    checked_by: str
    approved_by: str
    notice: str
    notice_ends: dt.date | None
    file: str
    paid_on: dt.date | None
    why: str
    from_advance: bool
    lines: tuple[LineView, ...]
    acts: tuple[Act, ...]
    posting_id: int | None
    shown: tuple[ShownBy, ...]


@dataclass(frozen=True, slots=True)
class ShownBy:
    """A line of the bank's statement that shows a payment going out, or (*back*) coming back."""

    statement_id: int
    bank_ref: str
    on: dt.date
    back: bool


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """How far a payment has come, for the page of its business."""

    id: int
    number: str
    state: str
    state_name: Text
    file: str
    paid_on: dt.date | None


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """What the public sees of a line: whom, for what, how much."""

    id: int
    firm: str
    text: str
    amount: int
    state: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A public notice with its lines."""

    id: int
    number: str
    title: str
    fund: Text
    published_on: dt.date
    ends_on: dt.date
    running: bool
    total: int
    lines: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True)
class FileView:
    """A payment file; *content* is the CSV, *lines* the same as rows."""

    id: int
    number: str
    fund: FundView
    items: int
    total: int
    digest: str
    made_by: str
    made_at: dt.datetime
    content: str
    paid: int


@dataclass(frozen=True, slots=True)
class AccountView:
    """Where somebody is paid; the number is masked for pages."""

    holder: str
    bank_name: str
    account_no: str

    @property
    def masked(self) -> str:
        """Return the account with its last four places only."""
        return f"****{self.account_no[-4:]}"


def funds(actor: Actor, *, kind: str = "") -> list[FundView]:
    """Return the funds the actor may see, by code."""
    rows = scope(actor, Fund.objects.select_related("programme").order_by("code"))
    return [_fund(row) for row in (rows.filter(kind=kind) if kind else rows)]


def fund_by_code(code: str) -> FundView | None:
    """Return fund *code*, None where there is none."""
    row = Fund.objects.select_related("programme").filter(code=code).first()
    return _fund(row) if row else None


def fund_of_programme(programme_id: int) -> FundView | None:
    """Return the fund that pays for a programme, None where there is none."""
    row = Fund.objects.select_related("programme").filter(programme_id=programme_id).first()
    return _fund(row) if row else None


def position(fund_id: int, on: dt.date | None = None) -> Position:
    """Return where a fund's money stands, now or at the end of day *on* (*held* is always as of now)."""
    row = Fund.objects.select_related("programme").get(pk=fund_id)
    views = {view.code: view for view in books.accounts(f"fund:{row.code}")}
    amounts = {code: view.amount if on is None else books.balance(view.id, as_of=on) for code, view in views.items()}
    given = sum(amount for code, amount in amounts.items() if code not in ACCOUNTS)
    return Position(
        fund=_fund(row), money_in=amounts["appropriated"], committed=amounts["committed"], held=views["bank"].held,
        paid=amounts["paid"], recovered=amounts["recovered"], advanced=given, left=amounts["free"], cash=amounts["bank"],
    )  # fmt: skip


def advance_left(fund_id: int, organisation_id: int) -> int:
    """Return what an institution still has of the fund's advances and may be used, fen."""
    fund = Fund.objects.get(pk=fund_id)
    at = accounts_of(fund)
    code = f"advance:{organisation_id}"
    return books.account(at[code]).free if code in at.ids else 0


def payments(actor: Actor, *, fund_id: int | None = None, state: str = "", kind: str = "") -> QuerySet[PaymentOrder]:
    """Return the payments the actor may see, newest first."""
    rows = scope(actor, PaymentOrder.objects.select_related("fund", "notice", "file").order_by("-id"))
    for name, value in (("fund_id", fund_id), ("state", state), ("kind", kind)):
        rows = rows.filter(**{name: value}) if value else rows
    return rows


def payment(actor: Actor, order_id: int) -> PaymentView:
    """Return one payment. Raises DomainError where there is none for the actor."""
    found(actor, PaymentOrder, order_id)
    row = PaymentOrder.objects.select_related(
        "fund__programme", "notice", "file", "made_by", "checked_by", "approved_by"
    ).get(pk=order_id)
    lines = row.lines.select_related("enterprise").order_by("number")
    if actor.kind == "owner":
        lines = lines.filter(enterprise_id__in=actor.enterprise_ids)
    return PaymentView(
        id=row.pk, number=row.number, fund=_fund(row.fund), kind=row.kind, subject_id=row.subject_id,
        reference=row.reference, text=row.text, payee=row.payee_name,
        payee_kind=row.payee_kind, payee_bank=row.payee_bank,
        payee_account=row.payee_account, amount=row.amount, state=row.state,
        state_name=lifecycle.STATE_NAMES[State(row.state)], seen_version=row.version, made_by=row.made_by.name,
        checked_by=row.checked_by.name if row.checked_by else "",
        approved_by=row.approved_by.name if row.approved_by else "", notice=row.notice.number if row.notice else "",
        notice_ends=row.notice.ends_on if row.notice else None, file=row.file.number if row.file else "",
        paid_on=row.paid_on, why=row.why, from_advance=row.from_advance, lines=tuple(_line(line) for line in lines),
        acts=lifecycle.available(row.state, actor=actor, facts=facts_of(row)), posting_id=row.posting_id,
        shown=_shown(row),
    )  # fmt: skip


def _shown(row: PaymentOrder) -> tuple[ShownBy, ...]:
    matches = row.matches.select_related("line").order_by("pk")
    return tuple(
        ShownBy(one.line.statement_id, one.line.bank_ref, one.line.booked_on, one.direction == "in") for one in matches
    )


def payments_of(actor: Actor, *, kind: str, subject_ids: list[int]) -> dict[int, list[PaymentView]]:
    """Return the payments of business *kind* by subject id, for the subject's own page."""
    rows = payments(actor, kind=kind).filter(subject_id__in=subject_ids)
    answer: dict[int, list[PaymentView]] = {}
    for row in rows:
        answer.setdefault(row.subject_id or 0, []).append(payment(actor, row.pk))
    return answer


def on_its_way(kind: str, subject_id: int) -> OnItsWay | None:
    """Return how far the newest payment of a business has come; whoever sees the business may know, None without one."""
    with acting(SYSTEM):
        rows = PaymentOrder.objects.select_related("file").filter(kind=kind, subject_id=subject_id)
        row = rows.order_by("-pk").first()
    if row is None:
        return None
    file = row.file.number if row.file else ""
    return OnItsWay(row.pk, row.number, row.state, lifecycle.STATE_NAMES[State(row.state)], file, row.paid_on)


def notices(actor: Actor) -> QuerySet[PublicNotice]:
    """Return the public notices of funds the actor may see, newest first."""
    return scope(actor, PublicNotice.objects.select_related("fund").order_by("-id"))


def public_notices(*, running_only: bool = False, most: int = 50) -> list[NoticeView]:
    """Return public notices for anybody, newest first."""
    with acting(SYSTEM):
        rows = PublicNotice.objects.select_related("fund").prefetch_related(_published_lines()).order_by("-id")
        if running_only:
            rows = rows.filter(ends_on__gte=clock.today())
        return [_notice(row) for row in rows[:most]]


def public_notice(number: str) -> NoticeView | None:
    """Return one public notice for anybody, None where there is none."""
    with acting(SYSTEM):
        row = (
            PublicNotice.objects.select_related("fund")
            .prefetch_related(_published_lines())
            .filter(number=number)
            .first()
        )
        return _notice(row) if row else None


def _published_lines() -> Prefetch[str, QuerySet[PaymentOrder], str]:
    lines = PaymentLine.objects.select_related("enterprise").order_by("number")
    return Prefetch("orders", PaymentOrder.objects.order_by("id").prefetch_related(Prefetch("lines", lines)))


def payment_files(actor: Actor) -> QuerySet[PaymentFile]:
    """Return the payment files the actor may see, newest first."""
    return scope(actor, PaymentFile.objects.select_related("fund", "made_by").order_by("-id"))


def payment_file_view(actor: Actor, file_id: int) -> FileView:
    """Return one payment file. Raises DomainError where there is none for the actor."""
    found(actor, PaymentFile, file_id)
    row = PaymentFile.objects.select_related("fund__programme", "made_by").get(pk=file_id)
    return FileView(
        row.pk, row.number, _fund(row.fund), row.items, row.total, row.digest, row.made_by.name, row.made_at,
        row.content, row.orders.filter(state=State.PAID).count(),
    )  # fmt: skip


def excel_of(view: FileView) -> bytes:
    """Return a payment file as a workbook with the same cells as its CSV."""
    import csv
    import io

    return payment_file.as_excel(list(csv.reader(io.StringIO(view.content))))


def statements(actor: Actor) -> QuerySet[Statement]:
    """Return the statements the actor may see, newest first."""
    return scope(actor, Statement.objects.select_related("fund", "imported_by").order_by("-id"))


def statement_lines(
    actor: Actor, *, statement_id: int | None = None, left_only: bool = False
) -> QuerySet[StatementLine]:
    """Return lines of statements the actor may see, with the payments they show."""
    rows = StatementLine.objects.filter(statement__in=statements(actor).values("pk"))
    rows = (
        rows.select_related("statement", "fund").prefetch_related("matches__order").order_by("-statement_id", "number")
    )
    rows = rows.filter(statement_id=statement_id) if statement_id else rows
    return rows.filter(state="left") if left_only else rows


def candidates(actor: Actor, line: StatementLine) -> list[PaymentOrder]:
    """Return payments of the fund that could be what a left line shows, those of its amount first."""
    states = [State.IN_FILE] if line.amount < 0 else [State.PAID, State.IN_FILE]
    rows = list(payments(actor, fund_id=line.fund_id).filter(state__in=states, from_advance=False)[:200])
    return sorted(rows, key=lambda row: (row.amount != abs(line.amount), row.pk))


def account_of(*, enterprise_id: int | None = None, organisation_id: int | None = None) -> AccountView | None:
    """Return where a firm or an institution is paid now, None where it is not recorded."""
    whose = {"enterprise_id": enterprise_id} if enterprise_id else {"organisation_id": organisation_id}
    row = PayeeAccount.objects.filter(**whose, ended_at__isnull=True).first()
    return AccountView(row.holder, row.bank_name, row.account_no) if row else None


def queue(actor: Actor) -> dict[str, tuple[int, int]]:
    """Return how many payments stand in each state and their sum (fen): what the bureau has to do."""
    rows = payments(actor).order_by().values_list("state").annotate(total=Sum("amount"))
    counts: dict[str, tuple[int, int]] = {}
    for state, total in rows:
        counts[state] = (payments(actor, state=state).count(), int(total or 0))
    return counts


def to_publish(actor: Actor) -> int:
    """Return how many checked payments are to be published before anything else."""
    return payments(actor, state=State.CHECKED).filter(needs_notice=True).count()


def to_approve(actor: Actor) -> int:
    """Return how many payments may be approved today: their notice is over, or they need none."""
    over = Q(state=State.IN_NOTICE, notice__ends_on__lt=clock.today())
    return payments(actor).filter(over | Q(state=State.CHECKED, needs_notice=False)).count()


def _fund(row: Fund) -> FundView:
    return FundView(
        row.pk, row.code, row.kind, Text(row.name, row.name_en or row.name), row.district_code,
        row.programme.code if row.programme else "", row.account_no, row.account_bank,
    )  # fmt: skip


def _line(row: PaymentLine) -> LineView:
    return LineView(
        row.pk, row.number, row.enterprise_id, row.enterprise.name if row.enterprise else "", row.text, row.amount,
        row.state, row.objection, row.objector, row.answer, row.subject_id,
    )  # fmt: skip


def _notice(row: PublicNotice) -> NoticeView:
    lines = tuple(
        NoticeLine(
            line.pk, line.enterprise.name if line.enterprise else order.payee_name, line.text, line.amount, line.state
        )
        for order in row.orders.all()
        for line in order.lines.all()
    )
    return NoticeView(
        row.pk, row.number, row.title, Text(row.fund.name, row.fund.name_en or row.fund.name), row.published_on,
        row.ends_on, clock.today() <= row.ends_on, sum(line.amount for line in lines if line.state == "open"), lines,
    )  # fmt: skip
