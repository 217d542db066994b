"""The bridge fund with a maturing loan, and advances in any state, made by the real acts."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from factories import cases, firms, people, sending
from factories.cases import WAN
from huoshui.access.actor import Actor
from huoshui.access.roles import Role
from huoshui.financing import actions as lending
from huoshui.funds import actions_bridge as bridge
from huoshui.funds.models.bridge import BridgeAdvance
from huoshui.kernel import clock

DRAWN = dt.datetime(2026, 3, 2, 10, 0, tzinfo=clock.ZONE)
ASKED = dt.datetime(2027, 2, 20, 10, 0, tzinfo=clock.ZONE)  # ten days before the loan matures
AMOUNT = 50 * WAN
_numbers = itertools.count(1)


@dataclass
class Fund:
    """A city with a firm whose loan matures soon, and the fund's two people."""

    place: cases.City
    maker: Actor
    checker: Actor
    loan: int

    @property
    def owner(self) -> Actor:
        return self.place.owner

    @property
    def bank(self) -> Actor:
        return self.place.bank.officer


def fund(*, money: int = 100 * WAN, facts: dict[str, Any] | None = None) -> Fund:
    """Return a fund of *money* fen and a firm with a loan of 50万 that matures in ten days (the clock at ASKED)."""
    with clock.at(DRAWN):
        place = cases.city()
        known = {"tax_paid_last_year": 20_000_000} | (facts or {})
        firms.sheet(place.firm, "tax", dt.date(2026, 2, 1), **{k: v for k, v in known.items() if v is not None})
        firms.sheet(place.firm, "market", dt.date(2026, 2, 1), abnormal_operation=False)
        loan = cases.loan_of(cases.case(place, "lent"))
    office = people.organisation("government", district_code="140100", level="city")
    made = Fund(
        place, people.staff(Role.FINANCE_OFFICER, at=office), people.staff(Role.FINANCE_CHECKER, at=office), loan
    )
    if money:
        with clock.at(DRAWN):
            bridge.pay_in_bridge(made.checker, amount=money, on=DRAWN.date(), document_no="并财〔2026〕1号")
    return made


def advance(made: Fund, state: str) -> int:
    """Return an advance in *state*, on the clock that is set."""
    pk = bridge.request_bridge(made.owner, loan_id=made.loan, amount=AMOUNT)
    for step in _WAYS[state]:
        step(made, pk)
    return pk


def commit(made: Fund, pk: int) -> None:
    bridge.commit_bridge(made.bank, advance_id=pk, amount=AMOUNT, commitment_no="CN-1", committed_on=clock.today())


def reserve(made: Fund, pk: int) -> None:
    bridge.reserve_bridge(made.maker, advance_id=pk)


def approve(made: Fund, pk: int) -> None:
    sending.account(made.maker, BridgeAdvance.objects.get(pk=pk).bank_path)
    bridge.advance_bridge(made.checker, advance_id=pk)


def pay(made: Fund, pk: int) -> None:
    approve(made, pk)
    sending.paid(made.maker, kind="bridge", subject=pk)


def repaid(made: Fund, pk: int) -> None:
    bridge.confirm_repaid(made.bank, advance_id=pk, paid_on=clock.today(), slip_no=f"HK-{pk}")


def new_loan(made: Fund, *, amount: int = AMOUNT) -> int:
    """Return a loan of the same bank that renews the old one, drawn today."""
    place = made.place
    referral = cases.offered(place, amount=amount, purpose="renewal")[0]
    officer = place.bank.officer
    lending.accept_case(officer, referral_id=referral)
    lending.record_contact(officer, referral_id=referral)
    lending.complete_documents(officer, referral_id=referral)
    lending.grant(
        officer, referral_id=referral, amount=amount, rate_pct=Decimal("3.85"), term_months=12,
        method="interest_only", collateral="credit",
    )  # fmt: skip
    loan = lending.sign_contract(
        officer, referral_id=referral, contract_no=f"XD-{next(_numbers)}", signed_on=clock.today(),
        renewal_of=made.loan,
    )  # fmt: skip
    lending.record_drawdown(officer, loan_id=loan, amount=amount, drawn_on=clock.today(), slip_no=f"JJ-{loan}")
    return loan


def renewed(made: Fund, pk: int) -> None:
    bridge.confirm_renewed(made.bank, advance_id=pk, new_loan_id=new_loan(made))


def returned(made: Fund, pk: int) -> None:
    bridge.take_back(made.maker, advance_id=pk, returned_on=clock.today(), slip_no=f"GH-{pk}")


_WAYS: dict[str, tuple[Any, ...]] = {
    "requested": (), "committed": (commit,), "reserved": (commit, reserve), "approved": (commit, reserve, approve), "advanced": (commit, reserve, pay),
    "repaid": (commit, reserve, pay, repaid), "renewed": (commit, reserve, pay, repaid, renewed),
    "returned": (commit, reserve, pay, repaid, renewed, returned),
}  # fmt: skip
