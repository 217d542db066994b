"""A year of interest subsidies: each quarter computed from the loan record, published, paid and matched to the statement.

Another programme is claimed by banks: one was advanced some money, its first claim is paid out of that and in cash.

The last quarter is under way: some payments are in public notice, some claims wait for the bureau, so that the finance
people have something to do today.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.funds import actions_fund, actions_payment, actions_statement, actions_subsidy
from huoshui.funds import queries_payment as money
from huoshui.funds import queries_subsidy as subsidies
from huoshui.kernel import clock
from huoshui.kernel.money import yuan_text
from huoshui.kernel.periods import add_months

FUND, BANKS_FUND = "SUB-YZ-ZXZN", "SUB-SVC-2026"
ADVANCE = 100_000  # fen; less than the first claim
QUARTERS = 4
BANK = "太原农商银行迎泽支行"
DAY = dt.timedelta(days=1)


def play() -> None:
    """Play the quarters up to today, where the fund of the automatic programme was opened."""
    fund = money.fund_by_code(FUND)
    if fund is None:
        return
    maker, checker = access.actor_named("finance.maker"), access.actor_named("finance.checker")
    now = clock.now()
    this = dt.date(now.year, 3 * ((now.month - 1) // 3) + 1, 1)
    for back in range(QUARTERS, 0, -1):
        first, end = add_months(this, -3 * back), add_months(this, -3 * back + 3)
        run = min(dt.datetime.combine(end + 5 * DAY, dt.time(10), clock.ZONE), now)
        with transaction.atomic():
            _quarter(maker, checker, fund.id, first, end, run, finish=back > 1)
            if back <= 2:
                _bank_claims(maker, checker, first, end, run, finish=back > 1)


def _quarter(
    maker: Actor, checker: Actor, fund: int, first: dt.date, end: dt.date, run: dt.datetime, *, finish: bool
) -> None:
    with clock.at(run):
        made = actions_subsidy.run_automatic(maker, fund_id=fund, first_day=first, end_day=end)
    if not finish:
        made = made[: len(made) // 2]  # the rest waits for the bureau
        run = clock.now() - 2 * DAY
    with clock.at(run):
        _accounts(maker, made)
        orders = actions_subsidy.accept_claims(maker, claim_ids=made)
        actions_payment.check_payments(checker, order_ids=orders)
        if orders:
            actions_payment.publish_notice(maker, order_ids=orders)
    if finish and orders:
        pay(maker, checker, fund, orders, run + 16 * DAY)


def _bank_claims(maker: Actor, checker: Actor, first: dt.date, end: dt.date, run: dt.datetime, *, finish: bool) -> None:
    """Let the branch that visitors sign in to claim a quarter, the first time after an advance."""
    fund, bank = money.fund_by_code(BANKS_FUND), access.actor_named("bank.manager")
    if fund is None or not subsidies.ahead(bank, fund=fund, first_day=first, end_day=end).amount:
        return
    office = bank.organisation_id or 0
    with clock.at(run):
        if finish:
            actions_fund.set_account(
                maker, organisation_id=office, holder=bank.organisation_name, bank_name=bank.organisation_name,
                account_no=f"0502{office:010}",
            )  # fmt: skip
            actions_fund.advance_to(
                checker, fund_id=fund.id, organisation_id=office, amount=ADVANCE, on=clock.today(),
                document_no=f"并财金〔{run.year}〕126号",
            )  # fmt: skip
        claim = actions_subsidy.claim_for_bank(bank, fund_id=fund.id, first_day=first, end_day=end)
        if not finish:
            return  # waits for the bureau
        orders = actions_subsidy.accept_claim(maker, claim_id=claim)
        actions_payment.check_payments(checker, order_ids=orders)
        actions_payment.publish_notice(maker, order_ids=orders)
    pay(maker, checker, fund.id, orders, run + 16 * DAY)


def _accounts(maker: Actor, claims: tuple[int, ...]) -> None:
    for row in subsidies.claims(maker).filter(pk__in=claims).select_related("enterprise"):
        if row.enterprise is not None:
            actions_fund.set_account(
                maker, enterprise_id=row.enterprise.pk, holder=row.enterprise.name, bank_name=BANK,
                account_no=f"6228{row.enterprise.pk:012}",
            )  # fmt: skip


def pay(maker: Actor, checker: Actor, fund: int, orders: tuple[int, ...], on: dt.datetime) -> None:
    """Approve published payments, send them in a file and take in the statement that shows them."""
    with clock.at(on):
        actions_payment.approve_payments(checker, order_ids=orders)
        if not money.payments(maker, fund_id=fund, state="approved").filter(pk__in=orders).exists():
            return  # all of it came out of an advance
        actions_statement.make_payment_file(maker, fund_id=fund, order_ids=orders)
    show(maker, fund, orders, on + DAY)


def show(maker: Actor, fund: int, orders: tuple[int, ...], on: dt.datetime) -> None:
    """Take in the bank's statement of a day that shows sent payments."""
    with clock.at(on):
        paid = money.payments(maker, fund_id=fund, state="in_file").filter(pk__in=orders)
        lines = [
            f"{clock.today()},YZ{row.pk:08d},,{yuan_text(row.amount)},{row.payee_name},{row.number}" for row in paid
        ]
        text = "\n".join(["交易日期,流水号,收入,支出,对方户名,摘要", *lines])
        name = f"专户对账单{clock.today()}.csv"
        actions_statement.import_statement(maker, fund_id=fund, name=name, data=text.encode())
