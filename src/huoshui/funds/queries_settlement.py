"""The yearly settlement of a subsidy fund: each bank's advances, what its claims used of them, and what was overpaid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Sum

from huoshui.access import queries as offices
from huoshui.access.actor import Actor
from huoshui.access.scope import scope
from huoshui.funds import subsidy_cases as cases
from huoshui.funds.actions_fund import accounts_of
from huoshui.funds.fund_books import ADVANCE
from huoshui.funds.models.paying import Fund
from huoshui.funds.models.subsidy import SubsidyClaim, SubsidyLine
from huoshui.funds.perform import found
from huoshui.funds.queries_payment import FundView, Position, position
from huoshui.funds.queries_payment import funds as funds_of
from huoshui.kernel.text import Text
from huoshui.ledger import queries as books


@dataclass(frozen=True, slots=True)
class BankYear:
    """A bank's year, fen: *granted*, *paid* and *clawed* of its claims; its advances: given, used, given back, *left* now."""

    organisation_id: int
    bank: Text
    claims: int = 0
    granted: int = 0
    paid: int = 0
    clawed: int = 0
    advanced: int = 0
    used: int = 0
    given_back: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Overpaid:
    """A paid line that today's loan record no longer bears: *due* at most, *excess* to be called back (fen)."""

    line_id: int
    claim_id: int
    claim_number: str
    firm: str
    contract_no: str
    paid: int
    due: int
    excess: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A fund's year: where its money stands, each bank, what waits for money, what was overpaid."""

    fund: FundView
    year: int
    position: Position
    banks: tuple[BankYear, ...]
    queued: int
    overpaid: tuple[Overpaid, ...]


def settlement(actor: Actor, fund_id: int, *, year: int) -> Settlement:
    """Return the settlement of a fund for the claims whose days begin in *year*. Raises DomainError where not readable."""
    found(actor, Fund, fund_id)
    claims = scope(actor, SubsidyClaim.objects.filter(fund_id=fund_id, first_day__year=year))
    queued = claims.exclude(state="rejected").aggregate(total=Sum("queued"))["total"] or 0
    now = position(fund_id)
    return Settlement(now.fund, year, now, tuple(_banks(fund_id, year, claims)), int(queued), _overpaid(actor, claims))


def subsidy_funds(actor: Actor) -> list[FundView]:
    """Return the subsidy funds the actor may read."""
    return funds_of(actor, kind="subsidy")


def _banks(fund_id: int, year: int, claims: Any) -> Iterable[BankYear]:
    """Yield every bank with a claim of the year or an advance, by id."""
    rows: dict[int, BankYear] = {}
    kept = claims.filter(bank__isnull=False).exclude(state="rejected")
    for bank, number in kept.values_list("bank_id").annotate(n=Count("pk")).order_by("bank_id"):
        rows[bank] = BankYear(bank, offices.organisation(bank).name, claims=number)
    sums = SubsidyLine.objects.filter(claim__in=kept, state="open").values_list("claim__bank_id")
    for bank, granted, paid, clawed in sums.annotate(Sum("amount"), Sum("paid"), Sum("clawed")):
        rows[bank] = replace(rows[bank], granted=granted, paid=paid, clawed=clawed)
    prefix = ADVANCE.format("")
    for code, account in accounts_of(Fund.objects.get(pk=fund_id)).ids.items():
        if code.startswith(prefix):
            bank = int(code.removeprefix(prefix))
            row = rows.get(bank) or BankYear(bank, offices.organisation(bank).name)
            rows[bank] = _with_advance(row, account, year)
    return (rows[bank] for bank in sorted(rows))


def _with_advance(row: BankYear, account: int, year: int) -> BankYear:
    given = used = back = 0
    for line in books.statement(account, first=dt.date(year, 1, 1), last=dt.date(year, 12, 31)):
        if ":back:" in line.source:
            back += line.credit - line.debit
        elif ":advance:" in line.source:
            given += line.debit - line.credit
        else:
            used += line.credit - line.debit
    return replace(row, advanced=given, used=used, given_back=back, left=books.account(account).amount)


def _overpaid(actor: Actor, claims: Any) -> tuple[Overpaid, ...]:
    """Return what was paid beyond what the loans bear as they are recorded today, in the order of the claims."""
    rows = scope(actor, SubsidyLine.objects.filter(claim__in=claims, state="open", paid__gt=0))
    rows = rows.select_related("claim", "enterprise", "loan", "programme_version").order_by("claim_id", "number")
    looked = rows.prefetch_related("loan__drawdowns", "loan__repayments", "loan__instalments")
    return tuple(
        Overpaid(
            row.pk, row.claim_id, row.claim.number, row.enterprise.name, row.loan.contract_no, row.paid - row.clawed,
            due, row.paid - row.clawed - due,
        ) for row in looked if row.paid - row.clawed > (due := cases.at_most(row))
    )  # fmt: skip
