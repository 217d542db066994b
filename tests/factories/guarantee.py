"""A guarantor with net assets, a fund that pays out, and guarantees in any state, made by the real acts."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from factories import cases, firms, people, sending
from factories.cases import WAN
from huoshui.access import actions as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.catalogue import actions as catalogue
from huoshui.catalogue import queries as policy
from huoshui.financing import actions as lending
from huoshui.financing.models import Loan
from huoshui.funds import actions_fund, actions_payment, actions_payout
from huoshui.funds import actions_guarantee as acts
from huoshui.funds import queries_payment as payments
from huoshui.funds.models.guarantee import Guarantee
from huoshui.kernel import clock

AMOUNT = 50 * WAN
NET_ASSETS = 2_000 * WAN
LATER = dt.datetime(2026, 9, 1, 10, 0, tzinfo=clock.ZONE)
PAPERS = {
    code: (f"{code}.pdf", b"%PDF-1.4 " + code.encode())
    for code in ("form", "classification_proof", "collection_record")
}
_numbers = itertools.count(1)


@dataclass
class Place:
    """A city with a bank and a firm, a guarantor's two people, the finance bureau's and the fund."""

    city: cases.City
    guarantor: int
    officer: Actor
    lead: Actor
    maker: Actor
    checker: Actor
    fund: int

    @property
    def bank(self) -> Actor:
        return self.city.bank.officer


def place(*, money: int = 500 * WAN, net_assets: int = NET_ASSETS, mainly_small: bool = False) -> Place:
    """Return a place on the clock at `cases.START`."""
    with clock.at(cases.START):
        city = cases.city()
        fit(city.firm)
        number = next(_numbers)
        home = access.create_organisation(
            SYSTEM, code=f"GUA{number}", name=f"测试担保{number}公司", kind="guarantor", level="head"
        )
        catalogue.register_institution(SYSTEM, organisation_id=home, kind="guarantor", small=False, summary="")
        office = people.organisation("government", district_code="140100", level="city")
        maker, checker = people.staff(Role.FINANCE_OFFICER, at=office), people.staff(Role.FINANCE_CHECKER, at=office)
        made = Place(
            city, home, people.staff(Role.GUARANTEE_OFFICER, at=home), people.staff(Role.GUARANTEE_LEAD, at=home),
            maker, checker, _fund(checker, money),
        )  # fmt: skip
        if net_assets:
            acts.record_standing(
                made.lead, as_of=clock.today(), net_assets=net_assets, document_no="审1号", mainly_small=mainly_small
            )
    return made


def _fund(checker: Actor, money: int) -> int:
    rules = next(row for row in policy.published_programmes("guarantee") if row.code == "GUAR-TY")
    fund = actions_fund.open_fund(
        checker, code="GUAR-TY", kind="guarantee", name="担保代偿", district_code="140100",
        programme_id=rules.programme_id,
    )  # fmt: skip
    if money:
        actions_fund.appropriate(checker, fund, amount=money, document_no="并财2号", on=clock.today())
    return fund


def fit(firm: Any) -> None:
    """Make a firm small and clean."""
    type(firm).objects.filter(pk=firm.pk).update(size_class="small")
    firms.sheet(firm, "market", dt.date(2026, 2, 1), serious_violation=False)
    if not firm.sheets.filter(source="court").exists():
        firms.sheet(firm, "court", dt.date(2026, 2, 1), dishonest=False)


def credit(made: Place, state: str = "contracted", *, amount: int = AMOUNT, firm: Any = None) -> int:
    """Return the bank's case of a credit that a guarantee secures, granted or contracted."""
    by = firm or (made.city.firm, made.city.owner)
    case = cases.case(made.city, "complete", amount=amount, collateral=("guarantee",), by=by)
    lending.grant(
        made.bank, referral_id=case, amount=amount, rate_pct=Decimal("3.85"), term_months=12,
        method="interest_only", collateral="guarantee",
    )  # fmt: skip
    if state == "contracted":
        lending.sign_contract(
            made.bank, referral_id=case, contract_no=f"DB-HT-{next(_numbers)}", signed_on=clock.today()
        )
    return case


def guarantee(made: Place, state: str, *, amount: int = AMOUNT, firm: Any = None) -> int:
    """Return a guarantee in *state* on a contracted credit; the loan is drawn where the state needs it."""
    with clock.at(cases.START):
        case = credit(made, amount=amount, firm=firm)
        pk = acts.request_guarantee(made.bank, referral_id=case, guarantor_id=made.guarantor)
        owner = firm[1] if firm else made.city.owner
        for step in _WAYS[state]:
            step(made, pk, owner)
    if state in _LATE:
        bad(pk)
        with clock.at(LATER):
            for step in _LATE[state]:
                step(made, pk, owner)
    return pk


def agree(made: Place, pk: int, owner: Actor) -> None:
    acts.agree_guarantee(owner, guarantee_id=pk)


def review(made: Place, pk: int, _owner: Actor) -> None:
    acts.review_guarantee(made.officer, guarantee_id=pk, opinion="经营正常，同意承保")


def approve(made: Place, pk: int, _owner: Actor) -> None:
    acts.approve_guarantee(made.lead, guarantee_id=pk, rate_pct=Decimal(1))


def issue(made: Place, pk: int, _owner: Actor) -> None:
    acts.issue_letter(made.officer, guarantee_id=pk, letter_no=f"保函{pk}号", issued_on=clock.today())


def pay_fee(made: Place, pk: int, _owner: Actor) -> None:
    row = Guarantee.objects.get(pk=pk)
    acts.confirm_fee(made.officer, guarantee_id=pk, paid_on=clock.today(), amount=row.fee or 0, slip_no=f"F{pk}")


def draw(made: Place, pk: int, _owner: Actor) -> None:
    loan = loan_of(pk)
    lending.record_drawdown(
        made.bank, loan_id=loan.pk, amount=loan.principal, drawn_on=clock.today(), slip_no=f"JJ-{loan.pk}"
    )


def claim(made: Place, pk: int, _owner: Actor) -> None:
    actions_payout.claim_payout(made.bank, guarantee_id=pk, papers=PAPERS)


def accept(made: Place, pk: int, _owner: Actor) -> None:
    actions_payout.accept_payout(made.officer, guarantee_id=pk)


def order(made: Place, pk: int, _owner: Actor) -> None:
    actions_payout.pay_out(made.lead, guarantee_id=pk)


def pay(made: Place, pk: int, owner: Actor) -> None:
    """The guarantor's second person confirms; the bureau checks, approves, sends, and the statement shows it."""
    order(made, pk, owner)
    send(made, pk)


def approve_order(made: Place, pk: int) -> int:
    """The bureau checks and approves the payout's payment; returns it."""
    sending.account(made.maker, Guarantee.objects.get(pk=pk).bank_path)
    number = payments.payments(made.maker, kind="guarantee").filter(subject_id=pk).values_list("pk", flat=True)[0]
    actions_payment.check_payments(made.checker, order_ids=[number])
    actions_payment.approve_payments(made.checker, order_ids=[number])
    return number


def send(made: Place, pk: int) -> None:
    """The bureau pays what the guarantor confirmed."""
    approve_order(made, pk)
    sending.paid(made.maker, kind="guarantee", subject=pk)


def recover(made: Place, pk: int, _owner: Actor) -> None:
    actions_payout.record_recovery(
        made.officer, guarantee_id=pk, received_on=clock.today(), recovered=10 * WAN, cost=WAN, slip_no="Z1"
    )


def close(made: Place, pk: int, _owner: Actor) -> None:
    actions_payout.close_recovery(made.lead, guarantee_id=pk, reason="法院终结执行")


def loan_of(pk: int) -> Loan:
    """Return the loan that a guarantee secures."""
    return Loan.objects.get(referral_id=Guarantee.objects.values_list("case_id", flat=True).get(pk=pk))


def bad(pk: int, days: int = 60) -> None:
    """Let the loan be overdue."""
    Loan.objects.filter(pk=loan_of(pk).pk).update(overdue_days=days, five_class="watch")


_FORCE = (agree, review, approve, issue, pay_fee)
_WAYS: dict[str, tuple[Any, ...]] = {
    "requested": (), "submitted": (agree,), "reviewing": (agree, review), "approved": (agree, review, approve),
    "issued": (agree, review, approve, issue), "in_force": _FORCE, "drawn": (*_FORCE, draw),
    **dict.fromkeys(("claimed", "accepted", "ordered", "paid", "recovering", "closed"), (*_FORCE, draw)),
}  # fmt: skip
_LATE: dict[str, tuple[Any, ...]] = {
    "claimed": (claim,), "accepted": (claim, accept), "ordered": (claim, accept, order), "paid": (claim, accept, pay),
    "recovering": (claim, accept, pay, recover), "closed": (claim, accept, pay, recover, close),
}  # fmt: skip
