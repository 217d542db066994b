"""The bridge fund as a firm meets it: whether its loan may be asked for, what it would cost, where its money is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from huoshui.access.actor import Actor
from huoshui.catalogue import queries as catalogue
from huoshui.financing import queries as financing
from huoshui.funds import queries_bridge as queries
from huoshui.funds.bridge_eligibility import Check
from huoshui.funds.bridge_fee import Reading, fee_for
from huoshui.funds.bridge_terms import bands
from huoshui.kernel import clock
from huoshui.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Offer:
    """What a loan's page says of the fund: an advance to follow, or that one may ask."""

    advance_id: int | None
    near: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """The page to ask on: conditions, whether all hold, and the fee (fen) for some numbers of days."""

    loan_id: int
    contract_no: str
    bank: str
    balance: int
    matures_on: dt.date | None
    checks: tuple[Check, ...]
    costs: tuple[tuple[int, int], ...]
    name: Text
    document_no: str

    @property
    def possible(self) -> bool:
        """Return whether every condition holds."""
        return all(check.holds for check in self.checks)


def offer(actor: Actor, loan_id: int) -> Offer:
    """Return what the loan's page offers."""
    loan = financing.loan(actor, loan_id)
    days = catalogue.parameter("bridge.apply_days")
    near = loan.state == "active" and loan.matures_on is not None
    near = near and 0 <= ((loan.matures_on or clock.today()) - clock.today()).days <= days
    return Offer(queries.open_advance(actor, loan_id=loan_id), near)


def ask(actor: Actor, loan_id: int) -> Ask:
    """Return the page to ask on. Raises DomainError where the loan is not the actor's."""
    loan, rules = financing.loan(actor, loan_id), queries.programme()
    return Ask(
        loan_id=loan_id,
        contract_no=loan.contract_no,
        bank=loan.bank,
        balance=loan.balance,
        matures_on=loan.matures_on,
        checks=queries.conditions(actor, loan_id=loan_id),
        costs=_costs(loan.balance),
        name=rules.name,
        document_no=rules.document_no,
    )


def _costs(amount: int) -> tuple[tuple[int, int], ...]:
    terms, today = queries.programme().terms, clock.today()
    rate = catalogue.reference_rate(terms["rate_kind"], today)
    steps = bands(terms)
    if rate is None or amount <= 0:
        return ()
    return tuple(
        (days, int(_fee(amount, rate, days))) for days in sorted({1, *(band.to_day for band in steps), 10})
    )  # fmt: skip


def _fee(amount: int, rate: Decimal, days: int) -> int:
    terms, today = queries.programme().terms, clock.today()
    found = fee_for(
        amount,
        annual_rate_pct=rate,
        drawn_on=today,
        returned_on=today + dt.timedelta(days=days),
        bands=bands(terms),
        reading=Reading(terms["reading"]),
        basis=int(terms["basis"]),
        minimum_days=int(terms.get("minimum_days", 1)),
        overdue_multiple=Decimal(str(terms["overdue_multiple"])),
    )
    return int(found.fee)
