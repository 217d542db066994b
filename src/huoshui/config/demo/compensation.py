"""A year of the risk pool: seven loans that went bad, each with another bank, and what became of their claims.

One is closed after recovery, one is being recovered, one was paid lately, one is in public notice, one waits for the
bureau, one was sent back to its bank, and the last is bad but not yet claimed. A bank has one loss a year, so that none
is suspended by the yearly breaker.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction

from huoshui.access import queries as access
from huoshui.access.actor import Actor
from huoshui.catalogue import queries as catalogue
from huoshui.config.demo import city, funds, subsidies
from huoshui.financing import actions as financing
from huoshui.funds import actions_compensation as actions
from huoshui.funds import actions_fund, actions_payment
from huoshui.funds import queries_compensation as queries
from huoshui.funds import queries_payment as money
from huoshui.funds.compensation_terms import PAPERS
from huoshui.kernel import clock

FUND = "COMP-TY"
WAN, DAY = funds.WAN, funds.DAY
BAD_AFTER = 130 * DAY  # first instalment after a month, more than 90 days overdue
FILES = {
    code: (f"{name.zh}.pdf", f"%PDF-1.4\n% {name.en} (invented)\n%%EOF\n".encode()) for code, name in PAPERS.items()
}


@dataclass(frozen=True, slots=True)
class Case:
    """A loan of 万元 drawn so many days ago, how far its claim has come, 万元 recovered at a cost (days after payment)."""

    wan: int
    drawn: int
    reached: str  # unclaimed, returned, filed, notice, paid, closed
    recovered: tuple[tuple[int, int, int], ...] = ()


CASES = (
    Case(260, 340, "closed", ((60, 90, 6), (110, 25, 2))),
    Case(480, 300, "paid", ((50, 120, 9),)),
    Case(800, 240, "paid"),
    Case(300, 150, "notice"),
    Case(200, 145, "filed"),
    Case(150, 140, "returned"),
    Case(220, 135, "unclaimed"),
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A bank's branch with its manager, and the bureau's two people."""

    fund: int
    bank: Actor
    maker: Actor
    checker: Actor


def play() -> None:
    """Play the year up to today, where the pool was opened and banks and firms are there."""
    fund = money.fund_by_code(FUND)
    if fund is None:
        return
    people = funds._cast()
    branches = _branches(people.branch, len(CASES))
    firms = funds._firms(len(CASES))
    for case, firm, (branch, manager) in zip(CASES, firms, branches, strict=False):
        with transaction.atomic():
            hands = replace(people, branch=branch, manager=manager)
            _case(case, firm, hands, _Place(fund.id, manager, people.maker, people.checker))
    _register_sound_ones(fund.id, people.manager)


def _branches(own: int, count: int) -> list[tuple[int, Actor]]:
    """Return a branch of each of *count* banks with its manager; last the one that visitors sign in to."""
    found: dict[int, tuple[int, Actor]] = {}
    for branch in catalogue.branches():
        if branch.paused or funds.DISTRICT not in branch.districts:
            continue
        manager = access.actor_named(city.manager_of(access.organisation(branch.org_id).code))
        if branch.bank_id not in found and manager.org_kind == "bank":
            found[branch.bank_id] = (branch.org_id, manager)
    mine = next(bank for bank in found if access.organisation(own).path.startswith(f"/{bank}/"))
    found[mine] = (own, access.actor_named(city.manager_of(funds.BRANCH)))
    rest = [pair for bank, pair in found.items() if bank != mine]
    return [*rest[: count - 1], found[mine]]


def _case(case: Case, firm: int, hands: funds._Cast, place: _Place) -> None:
    """Play one loan from its registration as far as its claim has come."""
    drawn = clock.today() - case.drawn * DAY
    loan = funds._loan(hands, firm, funds.Plan(case.wan, 0, None), drawn, method="interest_only")
    with funds._at(drawn):
        actions.register_loans(place.bank, fund_id=place.fund, loan_ids=[loan])
    with funds._at(drawn + BAD_AFTER):
        financing.age_loans(only=[loan])
        if case.reached != "unclaimed":
            actions_fund.set_account(
                place.maker, organisation_id=place.bank.organisation_id, holder=place.bank.organisation_name,
                bank_name=place.bank.organisation_name, account_no=f"0502{place.bank.organisation_id:010}",
            )  # fmt: skip
            claim = actions.file_claim(place.bank, loan_id=loan, papers=FILES)
    financing.age_loans(only=[loan])
    if case.reached == "returned":
        actions.return_claim(
            place.maker, claim_id=claim, reason="催收记录缺少最近一次上门催收的签字页，请补齐后重新提交。"
        )
    elif case.reached in ("notice", "paid", "closed"):
        _pay(case, claim, place, drawn + BAD_AFTER + 3 * DAY)


def _pay(case: Case, claim: int, place: _Place, on: dt.date) -> None:
    """Accept, check and publish a claim; pay it and return what was recovered, as far as it has come."""
    if case.reached == "notice":
        on = clock.today() - 2 * DAY
    with funds._at(on):
        order = actions.accept_claim(place.maker, claim_id=claim)
        actions_payment.check_payments(place.checker, order_ids=[order])
        actions_payment.publish_notice(place.maker, order_ids=[order])
    if case.reached == "notice":
        return
    paid_at = dt.datetime.combine(on + 16 * DAY, dt.time(10), clock.ZONE)
    subsidies.pay(place.maker, place.checker, place.fund, (order,), paid_at)
    for number, (after, recovered, cost) in enumerate(case.recovered, start=1):
        with funds._at(on + (17 + after) * DAY):
            actions.report_recovery(
                place.bank, claim_id=claim, received_on=clock.today(), recovered=recovered * WAN, cost=cost * WAN,
                slip_no=f"ZH{claim:05d}-{number}",
            )  # fmt: skip
    if case.reached == "closed":
        actions.close_claim(place.maker, claim_id=claim, reason="法院已裁定终结执行，追偿结束。")


def _register_sound_ones(fund: int, manager: Actor) -> None:
    """Register the branch's sound loans but the newest, which its manager may register today."""
    sound = list(queries.registrable(manager).order_by("starts_on").values_list("pk", flat=True))
    if sound[:-3]:
        actions.register_loans(manager, fund_id=fund, loan_ids=sound[:-3])
