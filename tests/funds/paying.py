"""A fund with money in it, a bureau with a maker and a checker, and payments in any state."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace

from factories import firms, people
from huoshui.access.actor import SYSTEM, Actor
from huoshui.access.roles import Role
from huoshui.catalogue import presets
from huoshui.funds import actions_fund, actions_payment, actions_statement
from huoshui.funds.actions_payment import Ask, Part, Payee
from huoshui.funds.models.paying import PaymentOrder
from huoshui.kernel import clock

WAN = 1_000_000
MONDAY = dt.datetime(2026, 3, 2, 10, 0, tzinfo=clock.ZONE)
AFTER = dt.datetime(2026, 3, 12, 10, 0, tzinfo=clock.ZONE)
ACCOUNT = "0502120000001"
_numbers = itertools.count(1)


@dataclass
class Bureau:
    """Who handles the fund, and the fund."""

    maker: Actor
    checker: Actor
    fund: int


def bureau(*, money: int = 100 * WAN) -> Bureau:
    """Return a bureau of Yingze with a fund that holds *money* fen."""
    presets.install(SYSTEM)
    office = people.organisation("government", district_code="140106")
    maker, checker = people.staff(Role.FINANCE_OFFICER, at=office), people.staff(Role.FINANCE_CHECKER, at=office)
    number = next(_numbers)
    with clock.at(MONDAY):
        fund = actions_fund.open_fund(
            checker, code=f"TEST-{number}", kind="subsidy", name=f"贴息资金{number}", district_code="140106",
            account_no=f"{ACCOUNT}{number}", account_bank="工商银行迎泽支行",
        )  # fmt: skip
        if money:
            actions_fund.appropriate(checker, fund, amount=money, document_no=f"并财{number}号", on=MONDAY.date())
    return Bureau(maker, checker, fund)


def ask(amount: int = WAN, *, parts: int = 1, **more: object) -> Ask:
    """Return a payment to a firm with an account, in equal parts."""
    firm = firms.firm(name=f"太原收款{next(_numbers)}有限公司")
    payee = Payee(
        firm.name, "firm", enterprise_id=firm.pk, bank_name="建设银行", account_no=f"62270000{next(_numbers):04}"
    )
    lines = tuple(
        Part(amount // parts, f"贴息第 {at} 笔", enterprise_id=firm.pk, district_code="140106", subject_id=at)
        for at in range(1, parts + 1)
    )
    made = Ask("test", f"test:{next(_numbers)}", payee, lines, "贷款贴息")
    return replace(made, **more)  # type: ignore[arg-type]


STATES = ("computed", "checked", "in_notice", "approved", "in_file")


def payment(place: Bureau, state: str = "computed", given: Ask | None = None, **more: object) -> int:
    """Return a payment in *state*."""
    with clock.at(MONDAY):
        order = actions_payment.request_payment(place.maker, fund_id=place.fund, ask=given or ask(**more))  # type: ignore[arg-type]
        far = STATES.index(state)
        if far >= 1:
            actions_payment.check_payments(place.checker, order_ids=[order])
        if far >= 2:
            actions_payment.publish_notice(place.maker, order_ids=[order])
    with clock.at(AFTER):
        if far >= 3:
            actions_payment.approve_payments(place.checker, order_ids=[order])
        if far >= 4:
            actions_statement.make_payment_file(place.maker, fund_id=place.fund, order_ids=[order])
    return order


def row(order: int) -> PaymentOrder:
    """Return the payment as it is stored."""
    return PaymentOrder.objects.get(pk=order)
