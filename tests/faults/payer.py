"""A paying process to be killed: each run goes from the request to the matched statement. Commands: see forking.

A step that was done before the process was killed is left as it stands, as a person would who looks at the page again.
Run with HUOSHUI_DATABASE_URL naming the database.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huoshui.config.settings")
django.setup()

from django.db import connection  # noqa: E402

from huoshui.access import actions as accounts  # noqa: E402
from huoshui.access import queries as access  # noqa: E402
from huoshui.access.actor import SYSTEM, Actor  # noqa: E402
from huoshui.access.roles import Role  # noqa: E402
from huoshui.access.row_security import acting  # noqa: E402
from huoshui.funds import actions_fund, actions_payment, actions_statement  # noqa: E402
from huoshui.funds import queries_payment as queries  # noqa: E402
from huoshui.funds.actions_payment import Ask, Part, Payee  # noqa: E402
from huoshui.kernel import clock  # noqa: E402
from huoshui.kernel.money import yuan_text  # noqa: E402
from huoshui.ledger.verify import verify  # noqa: E402
from tests.faults.deeds import run_of  # noqa: E402
from tests.faults.forking import serve  # noqa: E402

TODAY = dt.datetime(2026, 3, 2, 10, tzinfo=clock.ZONE)


@dataclass(frozen=True)
class Place:
    """The fund and who handles it."""

    fund: int
    maker: Actor
    checker: Actor


@acting(SYSTEM)
def opened() -> Place:
    """Return the fund with its money and the bureau's two people, made where they are missing."""
    office = access.organisation_by_code("FAULTS")
    where = office.id if office else accounts.create_organisation(
        SYSTEM, code="FAULTS", name="财政局", kind="government", level="city", district_code="140100"
    )  # fmt: skip
    maker, checker = (
        _person(name, role, where)
        for name, role in (("maker", Role.FINANCE_OFFICER), ("checker", Role.FINANCE_CHECKER))
    )
    with clock.at(TODAY):
        fund = actions_fund.open_fund(
            checker, code="FAULTS", kind="subsidy", name="测试资金", district_code="140100", account_no="0502120000001"
        )
        actions_fund.appropriate(checker, fund, amount=10**12, document_no="并财1号", on=clock.today())
    return Place(fund, maker, checker)


def _person(name: str, role: Role, where: int) -> Actor:
    known = access.actor_named(name)
    if role in known.roles:
        return known
    person = known.person_id or accounts.create_person(
        SYSTEM, organisation_id=where, username=name, name=name, password=None
    )
    accounts.grant_role(SYSTEM, person_id=person, role=role)
    return access.actor_named(name)


@acting(SYSTEM)
def pay(seed: int, number: int, place: Place) -> None:
    """Do one run: request, check, approve, file, statement."""
    with clock.at(TODAY):
        asks = [_ask(number, at, amount) for at, amount in enumerate(run_of(seed, number))]
        orders = actions_payment.request_payments(place.maker, fund_id=place.fund, asks=asks)
        steps = {
            "computed": lambda: actions_payment.check_payments(place.checker, order_ids=orders),
            "checked": lambda: actions_payment.approve_payments(place.checker, order_ids=orders),
            "approved": lambda: actions_statement.make_payment_file(place.maker, fund_id=place.fund, order_ids=orders),
            "in_file": lambda: _statement(place, number, orders),
        }
        while (state := queries.payment(place.maker, orders[0]).state) != "paid":
            steps[state]()


def _ask(number: int, at: int, amount: int) -> Ask:
    payee = Payee(f"收款{number}-{at}", "other", bank_name="建设银行", account_no=f"6227{number:06}{at:02}")
    return Ask("test", f"run:{number}:{at}", payee, (Part(amount, "测试"),), "测试", notice=False)


def _statement(place: Place, number: int, orders: list[int]) -> None:
    rows = [queries.payment(place.maker, pk) for pk in orders]
    lines = [f"2026-03-02,L{number}-{at},,{yuan_text(row.amount)},{row.number}" for at, row in enumerate(rows)]
    text = "\n".join(["交易日期,流水号,收入,支出,摘要", *lines])
    actions_statement.import_statement(place.maker, fund_id=place.fund, name=f"{number}.csv", data=text.encode())


@acting(SYSTEM)
def check(_seed: int, _tried: int) -> dict[str, object]:
    """Return what was paid, what the fund says and the verifier's findings."""
    place = opened()
    with connection.cursor() as cursor:
        cursor.execute("SELECT o.reference FROM funds_paymentorder o JOIN ledger_posting p"
                       " ON p.source = 'pay:' || o.id || ':' || o.attempt || ':paid'")  # fmt: skip
        paid = [reference for (reference,) in cursor.fetchall()]
        cursor.execute("SELECT o.reference FROM funds_paymentorder o JOIN audit_event e"
                       " ON e.kind = 'PAYMENT_PAID' AND e.topic = 'payment:' || o.id")  # fmt: skip
        told = [reference for (reference,) in cursor.fetchall()]
        cursor.execute("SELECT reference, state FROM funds_paymentorder")
        states = dict(cursor.fetchall())
    now = queries.position(place.fund)
    return {
        "paid": paid, "told": told, "states": states, "spent": now.paid, "committed": now.committed, "held": now.held,
        "problems": verify().problems,
    }  # fmt: skip


if __name__ == "__main__":
    serve(opened, pay, check)
