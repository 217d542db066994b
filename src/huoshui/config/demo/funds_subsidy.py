"""The district's subsidy at the published size: half the interest, first deducted by the banks, then claimed each quarter.

A year ago the bureau published a batch that banks deduct (先扣后贴), advanced each bank some money, and at the quarter's end
the next version, under which firms get the subsidy without applying. The batch's loans are few and large: each is made by
the real acts, and a demo has seconds for them. So the 1660万 are about spent, but move less than the published 33亿.
"""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.db import transaction

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.catalogue import actions as policies
from huoshui.catalogue import queries as catalogue
from huoshui.catalogue import queries_schemes
from huoshui.config.demo import city, funds, subsidies
from huoshui.financing import actions as financing
from huoshui.financing import queries as cases
from huoshui.funds import actions_fund, actions_payment, actions_subsidy
from huoshui.funds import queries_payment as money
from huoshui.funds.queries_payment import FundView
from huoshui.kernel import clock
from huoshui.kernel.periods import add_months
from huoshui.registry import queries as register

DISTRICT = "140106"
WAN, DAY = funds.WAN, funds.DAY
LOANS = (*[3_000] * 16, *[2_800] * 10)  # 万元, for the firms with the most revenue first
RATE = Decimal("4.65")
BANKS = 2
ADVANCE = 120 * WAN  # to each bank, less than its first claim
BATCH: dict[str, Any] = {
    "principal_cap": "28000000.00", "firm_cap": "650000.00", "flow": "bank_first", "runs_on": True,
}  # fmt: skip


def play() -> None:
    """Play the batch up to today, where its fund was opened and banks and firms are there."""
    fund = money.fund_by_code(subsidies.FUND)
    if fund is None:
        return
    now, people = clock.now(), _people()
    this = dt.date(now.year, 3 * ((now.month - 1) // 3) + 1, 1)
    first = add_months(this, -3 * subsidies.QUARTERS)
    second = add_months(first, 3)  # two batches, so that this year's lending beside last year's is no leap either way
    banks, firms = _banks(), _firms(len(LOANS))
    if not firms or not banks:
        return
    with transaction.atomic():
        _publish(people, first)
        for number, (wan, firm) in enumerate(zip(LOANS, firms, strict=False)):
            branch, manager = banks[number % len(banks)]
            hands = replace(people, branch=branch, manager=manager)
            since = first if number % 9 < 5 else second
            _lend(hands, firm, funds.Plan(wan, 0, None), since + (2 + number * 7 // len(LOANS)) * DAY)
    managers = [manager for _branch, manager in banks[: len(firms)]]
    with transaction.atomic(), clock.at(now - 355 * DAY):
        _advance(people, fund.id, managers)
    for quarter in range(subsidies.QUARTERS):
        with transaction.atomic():
            _claim(people, fund, managers, add_months(first, 3 * quarter))


def _advance(people: funds._Cast, fund: int, banks: list[Actor]) -> None:
    """Advance each bank the money that it deducts from the firms' interest; its first claims use it up."""
    for bank in banks:
        office = bank.organisation_id or 0
        funds.account(people.maker, office)
        actions_fund.advance_to(
            people.checker, fund_id=fund, organisation_id=office, amount=ADVANCE, on=clock.today(),
            document_no=f"并财金〔{clock.today().year}〕127号",
        )  # fmt: skip


def _claim(people: funds._Cast, fund: FundView, banks: list[Actor], first: dt.date) -> None:
    """File each bank's claim for the quarter from *first* when it is over; review, publish and pay them together."""
    end = add_months(first, 3)
    run = min(dt.datetime.combine(end + 4 * DAY, dt.time(10), clock.ZONE), clock.now())
    with clock.at(run):
        made = [actions_subsidy.claim_for_bank(bank, fund_id=fund.id, first_day=first, end_day=end) for bank in banks]
        orders = actions_subsidy.accept_claims(people.maker, claim_ids=made)
        actions_payment.check_payments(people.checker, order_ids=orders)
        actions_payment.publish_notice(people.maker, order_ids=orders)
    if run + 17 * DAY < clock.now():
        subsidies.pay(people.maker, people.checker, fund.id, orders, run + 16 * DAY)


def _people() -> funds._Cast:
    lead, officer, visitor = (access.actor_named(name) for name in city.hands_of(DISTRICT))
    return replace(funds._cast(), lead=lead, officer=officer, visitor=visitor)


def _banks() -> list[tuple[int, Actor]]:
    """Return a branch in the district of each of some banks, with its manager; the visitors' own bank among them."""
    found: dict[int, tuple[int, Actor]] = {}
    branches = catalogue.branches()
    for branch in sorted(branches, key=lambda one: access.organisation(one.org_id).code != funds.BRANCH):
        manager = access.actor_named(city.manager_of(access.organisation(branch.org_id).code))
        if not branch.paused and DISTRICT in branch.districts and manager.org_kind == "bank":
            found.setdefault(branch.bank_id, (branch.org_id, manager))
    return list(found.values())[:BANKS]


def _firms(count: int) -> list[int]:
    """Return at most *count* sound firms of the district without a demand of their own, the most revenue first."""
    rows = register.enterprises(SYSTEM, status="active").filter(
        district_code=DISTRICT, kind="company", size_class__in=["small", "medium"]
    )
    facts = register.facts_of_many(list(rows.values_list("id", flat=True)[:800]))
    busy = set(cases.demands(SYSTEM).filter(enterprise_id__in=list(facts)).values_list("enterprise_id", flat=True))
    sound = {firm: told for firm, told in facts.items() if firm not in busy and _fits(told)}
    return sorted(sound, key=lambda firm: (-_revenue(sound[firm]), firm))[:count]


def _fits(facts: dict[str, object]) -> bool:
    return all(facts.get(name) is False for name in ("dishonest", "abnormal_operation"))


def _revenue(facts: dict[str, object]) -> int:
    told = facts.get("revenue_last_year")
    return told if isinstance(told, int) else 0


def _publish(people: funds._Cast, first: dt.date) -> None:
    """Publish the batch from *first* on, and after the second batch the version that needs no applying."""
    before = queries_schemes.scheme(people.maker, subsidies.FUND).versions[0]
    batch = {**before.terms, **BATCH}
    criteria = deepcopy(before.criteria)
    for node in criteria["all"]:
        if node.get("fact") == "size_class":
            node["value"] = ["medium", "small", "micro"]
    _version(people, before, first, "（银行先扣后贴批次）", batch, criteria)
    _version(people, before, add_months(first, 3) + 10 * DAY, "（免申即享）", before.terms, before.criteria)


def _version(people: funds._Cast, before: Any, day: dt.date, tail: str, terms: Any, criteria: Any) -> None:
    with funds._at(day - 5 * DAY):
        made = policies.draft_programme(
            people.maker, code=subsidies.FUND, kind="subsidy", name="迎泽区支小支农贷款贴息",
            name_en="Yingze small-firm and farm loan subsidy",
            rules={
                "document_no": f"{before.document_no}{tail}", "issued_by": before.issued_by,
                "summary": before.summary, "summary_en": before.summary_en, "terms": terms, "criteria": criteria,
                "valid_from": day.isoformat(), "valid_to": None,
            },
        )  # fmt: skip
        policies.publish_programme(people.checker, version_id=made)


def _lend(people: funds._Cast, firm: int, plan: funds.Plan, day: dt.date) -> None:
    """A loan drawn on *day*; its interest is paid at each quarter's end, though all of it is due at the maturity only."""
    loan = funds._loan(
        people, firm, plan, day, method="bullet", rate=RATE, months=24, purpose="equipment", collateral="mortgage"
    )
    due, since = add_months(day.replace(day=1), 3) - DAY, day
    while due < clock.today() and due < add_months(day, 12):
        interest = int(plan.wan * WAN * RATE * (due - since).days / 36_000)
        with funds._at(due):
            financing.record_repayment(
                people.manager, loan_id=loan, paid_on=due, principal=0, interest=interest,
                slip_no=f"LXJ{loan:06d}-{due:%m}",
            )  # fmt: skip
        since, due = due, add_months(due.replace(day=1), 4) - DAY
