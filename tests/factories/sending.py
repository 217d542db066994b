"""Approved payments on their way: into a payment file, and the bank's statement that shows them."""

from __future__ import annotations

import itertools
from typing import Any

from huoshui.access.actor import Actor
from huoshui.funds import actions_fund, actions_statement
from huoshui.funds import queries_payment as queries
from huoshui.kernel import clock
from huoshui.kernel.money import yuan_text

_refs = itertools.count(1)


def account(maker: Actor, organisation_path: str) -> None:
    """Record where the branch at the end of a path is paid."""
    branch = int(organisation_path.strip("/").split("/")[-1])
    actions_fund.set_account(
        maker, organisation_id=branch, holder="测试支行", bank_name="测试银行", account_no=f"0502{branch:08}"
    )


def paid(maker: Actor, *, kind: str, subject: int) -> None:
    """Send the business's approved payment and take in the statement of today that shows it."""
    order = queries.payments(maker, kind=kind, state="approved").get(subject_id=subject)
    actions_statement.make_payment_file(maker, fund_id=order.fund_id, order_ids=[order.pk])
    taken = shown(maker, order, "支出", order.number)
    assert (taken.matched, taken.left, taken.wrong) == (1, 0, ()), taken


def sent_back(maker: Actor, *, kind: str, subject: int) -> bool:
    """Take in a statement of today that shows the business's payment coming back; return whether it was matched."""
    order = queries.payments(maker, kind=kind).get(subject_id=subject)
    return shown(maker, order, "收入", f"{order.number} 账号有误退回").matched == 1


def shown(maker: Actor, order: Any, column: str, remark: str) -> actions_statement.Taken:
    """Take in a statement of today whose one line moves the order's amount in *column*."""
    amount = yuan_text(order.amount)
    cells = f"{amount}," if column == "收入" else f",{amount}"
    text = f"交易日期,流水号,收入,支出,摘要\n{clock.today()},T{next(_refs):06},{cells},{remark}\n"
    return actions_statement.import_statement(maker, fund_id=order.fund_id, name="对账单.csv", data=text.encode())
