"""Start-up guarantee loans: firms that pay first and claim the subsidy themselves (先付后贴).

One firm's first quarter is paid and its second in public notice, another's claim waits for the bureau, a third may claim
today on its phone.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from huoshui.access.actor import SYSTEM, Actor
from huoshui.config.demo import funds, guarantees, subsidies
from huoshui.financing import actions as financing
from huoshui.financing import queries as cases
from huoshui.funds import actions_fund, actions_payment, actions_subsidy
from huoshui.funds import queries_payment as money
from huoshui.kernel import clock
from huoshui.kernel.periods import add_months
from huoshui.registry import queries as register

FUND = "SUB-STARTUP"
DAY = funds.DAY
LOANS = (150, 90, 60)  # 万元
YOUNG = 54 * 31 * DAY  # the programme asks for at most 60 months


def play() -> None:
    """Play the loans and claims up to today, where the fund was opened and there are firms for them."""
    fund, desk = money.fund_by_code(FUND), guarantees.desk()
    if fund is None:
        return
    today = clock.today()
    this = dt.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    before, last = (add_months(this, -6), add_months(this, -3)), (add_months(this, -3), this)
    for number, (wan, firm) in enumerate(zip(LOANS, _firms(len(LOANS)), strict=False)):
        with transaction.atomic():
            _lend(desk, firm, wan, before[0] + (9 + number) * DAY)
            owner = funds._owner(firm)
            if number == 0:
                _claim(desk.hands, owner, fund.id, before, finish=True)
            if number <= 1:
                _claim(desk.hands, owner, fund.id, last, finish=False, wait=number == 1)


def _firms(count: int) -> list[int]:
    """Return at most *count* young, small and clean firms that have no demand of their own."""
    rows = register.enterprises(SYSTEM, status="active").filter(district_code=funds.DISTRICT, kind="company")
    wanted = list(rows.order_by("id").values_list("id", flat=True)[:600])
    busy = set(cases.demands(SYSTEM).filter(enterprise_id__in=wanted).values_list("enterprise_id", flat=True))
    found = [firm for firm, facts in register.facts_of_many(wanted).items() if firm not in busy and _fits(facts)]
    return found[:count]


def _fits(facts: dict[str, object]) -> bool:
    clean = ("wage_arrears", "social_security_arrears", "dishonest", "serious_violation")
    founded = facts.get("established_on")
    young = isinstance(founded, dt.date) and founded > clock.today() - YOUNG
    return young and facts.get("size_class") in ("small", "micro") and all(facts.get(name) is False for name in clean)


def _lend(desk: guarantees.Desk, firm: int, wan: int, day: dt.date) -> None:
    """A guaranteed loan drawn on *day* whose interest is paid each month as it falls due."""
    case = guarantees.Case(wan, (clock.today() - day).days + 1, "in_force")
    referral = guarantees.credit(desk, firm, case)
    loan = guarantees.draw(desk, referral, case, day)
    for number, line in enumerate(cases.loan(SYSTEM, loan).schedule, start=1):
        if line.due_on >= clock.today():
            return
        with funds._at(line.due_on):
            financing.record_repayment(
                desk.hands.manager, loan_id=loan, paid_on=line.due_on, principal=0, interest=line.interest,
                slip_no=f"LXC{loan:06d}-{number}",
            )  # fmt: skip


def _claim(
    hands: funds._Cast, owner: Actor, fund: int, quarter: tuple[dt.date, dt.date], *, finish: bool, wait: bool = False
) -> None:
    """The firm claims a quarter; the bureau accepts and publishes it, and pays where it has come so far."""
    first, end = quarter
    at = dt.datetime.combine(end + 6 * DAY, dt.time(10), clock.ZONE) if finish else clock.now() - 2 * DAY
    with clock.at(min(at, clock.now())):
        firm = owner.enterprise_ids[0]
        name = register.own_view(firm).name
        actions_fund.set_account(
            owner, enterprise_id=firm, holder=name, bank_name=subsidies.BANK, account_no=f"6228{firm:012}"
        )
        claim = actions_subsidy.claim_for_firm(
            owner, fund_id=fund, enterprise_id=firm, first_day=first, end_day=end
        )  # fmt: skip
        if wait:
            return
        maker, checker = hands.maker, hands.checker
        orders = actions_subsidy.accept_claim(maker, claim_id=claim)
        actions_payment.check_payments(checker, order_ids=orders)
        actions_payment.publish_notice(maker, order_ids=orders)
    if finish:
        subsidies.pay(maker, checker, fund, orders, at + 16 * DAY)
