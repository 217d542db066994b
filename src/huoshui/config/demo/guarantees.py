"""A year of public guarantees: one in every state, made by the real acts; those of the year's own history are in force.

One payout is being recovered in part and one is closed; a claim waits for the guarantor's officer, a payout for the
approver, another for the finance bureau, so that everybody has something to do today.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.config.demo import city, funds, subsidies
from huoshui.financing import actions as financing
from huoshui.financing import queries as cases
from huoshui.funds import actions_guarantee as acts
from huoshui.funds import actions_payment
from huoshui.funds import actions_payout as payouts
from huoshui.funds import queries_guarantee as queries
from huoshui.funds import queries_payment as money
from huoshui.funds.compensation_terms import PAPERS as NAMES
from huoshui.funds.guarantee_lifecycle import State
from huoshui.funds.guarantee_terms import DATA_KINDS, PAPERS
from huoshui.kernel import clock
from huoshui.registry import actions as registry
from huoshui.registry import queries as register

WAN, DAY = funds.WAN, funds.DAY
GUARANTOR, NET_ASSETS = "FSDB", 30_000 * WAN
TERM, LATE = 6, 40  # months of a loan that goes bad; days overdue when its payout is claimed
FILES = {
    code: (f"{NAMES[code].zh}.pdf", f"%PDF-1.4\n% {NAMES[code].en} (invented)\n%%EOF\n".encode()) for code in PAPERS
}


@dataclass(frozen=True, slots=True)
class Case:
    """A credit of 万元 granted so many days ago, how far its guarantee has come, (days after payment, 万元, cost) back."""

    wan: int
    granted: int
    reached: str
    recovered: tuple[tuple[int, int, int], ...] = ()


CASES = (
    Case(120, 300, "recovering", ((30, 36, 3),)),
    Case(90, 235, "claimed"),
    Case(80, 3, "submitted"),
    Case(150, 4, "reviewing"),
    Case(60, 250, "accepted"),
    Case(200, 6, "approved"),
    Case(70, 232, "ordered"),
    Case(60, 2, "requested"),
    Case(70, 7, "issued"),
    Case(50, 345, "closed", ((20, 18, 1), (70, 9, 2))),
    Case(300, 60, "declined"),
    Case(100, 200, "released"),
    Case(40, 270, "paid"),
    Case(180, 90, "withdrawn"),
    Case(260, 120, "in_force"),
)
ENDED_EARLY = ("declined", "withdrawn")
LATE_STATES = ("claimed", "accepted", "ordered", "paid", "recovering", "closed")
WORDS = {
    "declined": "反担保措施不足，近两年经营现金流不能覆盖到期债务。",
    "withdrawn": "企业改用不动产抵押，不再需要担保。",
    "closed": "法院已裁定终结执行，追偿结束。",
}


@dataclass(frozen=True, slots=True)
class Desk:
    """The guarantor with its two people, and those of the bank and the taskforce."""

    home: int
    officer: Actor
    lead: Actor
    hands: funds._Cast


def standing() -> None:
    """Record the guarantor's net assets as of a year ago."""
    with funds._at(clock.today() - 364 * DAY):
        acts.record_standing(
            access.actor_named("guarantor.lead"), as_of=clock.today(), net_assets=NET_ASSETS,
            document_no=f"晋审字〔{clock.today().year}〕第 0316 号", mainly_small=True,
        )  # fmt: skip


def secure(referral: int, manager: Actor) -> None:
    """Put the guarantee of a bank's credit in force: asked, agreed on paper, reviewed, approved, letter out, fee paid."""
    _until("in_force", _ask(referral, manager, home=_home()))


def play() -> None:
    """Play one guarantee in every state, where there are firms for them."""
    people = desk()
    for case, firm in zip(CASES, _firms(len(CASES)), strict=False):
        with transaction.atomic():
            _play(case, firm, people)


def desk() -> Desk:
    """Return the guarantor's people and those of bank and taskforce."""
    return Desk(_home(), access.actor_named("guarantor"), access.actor_named("guarantor.lead"), funds._cast())


def _home() -> int:
    office = access.organisation_by_code(GUARANTOR)
    assert office is not None, "the demo's guarantors stand before its loans"
    return office.id


def _firms(count: int) -> list[int]:
    """Return at most *count* small, clean firms that have no demand of their own."""
    rows = register.enterprises(SYSTEM, status="active").filter(district_code=funds.DISTRICT, kind="company")
    wanted = list(rows.order_by("-id").values_list("id", flat=True)[:600])
    busy = set(cases.demands(SYSTEM).filter(enterprise_id__in=wanted).values_list("enterprise_id", flat=True))
    found = [firm for firm, facts in register.facts_of_many(wanted).items() if firm not in busy and _fits(facts)]
    return found[:count]


def _fits(facts: dict[str, object]) -> bool:
    clean = facts.get("dishonest") is False and facts.get("serious_violation") is False
    return clean and facts.get("size_class") in ("small", "micro")


def _play(case: Case, firm: int, desk: Desk) -> None:
    """Play one guarantee from the granted credit as far as it has come."""
    granted = clock.today() - case.granted * DAY
    referral = credit(desk, firm, case)
    guarantee = int(queries.of_case(SYSTEM, referral).pk) if case.reached not in ENDED_EARLY else 0
    if case.reached in (*LATE_STATES, "released", "in_force"):
        loan = draw(desk, referral, case, granted + DAY)
        if case.reached == "released":
            _release(desk, guarantee, loan, case)
        elif case.reached in LATE_STATES:
            _go_bad(desk, guarantee, loan, case, granted + DAY)


def credit(desk: Desk, firm: int, case: Case) -> int:
    """Return the bank's case of a credit with its guarantee, as far as that has come before the loan is drawn."""
    granted = clock.today() - case.granted * DAY
    referral = _credit(desk.hands, firm, case, granted)
    with funds._at(granted):
        guarantee = _ask(referral, desk.hands.manager, home=desk.home, consent=case.reached != "requested")
        _until(case.reached if case.reached not in (*LATE_STATES, "released") else "in_force", guarantee)
    return referral


def _credit(hands: funds._Cast, firm: int, case: Case, day: dt.date) -> int:
    """Return the bank's case of a credit with a guarantee as its security, signed on *day*."""
    amount = case.wan * WAN
    with funds._at(day - 2 * DAY):
        made = financing.enter_demand(
            hands.visitor, enterprise_id=firm, amount=amount, term_months=12, paper=f"授权{firm}",
            purpose="working_capital", collateral=("guarantee",),
        )  # fmt: skip
        financing.judge_all(hands.officer, demand_id=made.id, verdicts=[(number, "yes", "") for number in range(1, 6)])
        financing.recommend(hands.lead, demand_ids=[made.id])
        referral = financing.offer_to(hands.lead, demand_id=made.id, branch_id=hands.branch, reason="担保公司合作银行")
        financing.accept_case(hands.manager, referral_id=referral)
        financing.record_contact(hands.manager, referral_id=referral, note="缺抵押物，建议走政府性融资担保")
        financing.complete_documents(hands.manager, referral_id=referral)
    with funds._at(day):
        financing.grant(
            hands.manager, referral_id=referral, amount=amount, rate_pct=Decimal("3.85"),
            term_months=TERM if case.reached in LATE_STATES else 12, method="interest_only", collateral="guarantee",
        )  # fmt: skip
        financing.sign_contract(
            hands.manager, referral_id=referral, contract_no=f"FSB{day:%Y%m%d}-{referral:06d}", signed_on=day
        )
    return int(referral)


def _ask(referral: int, manager: Actor, *, home: int, consent: bool = True) -> int:
    """Return the guarantee that the bank asks for; the firm signed its consent on paper."""
    rows = cases.cases(SYSTEM).filter(pk=referral).values_list("enterprise_id", "district_code")
    firm, district = next(iter(rows))
    if consent:
        registry.give_consent(
            access.actor_named(city.hands_of(district)[2]), enterprise_id=firm, reader_id=home, purpose=acts.PURPOSE,
            data_kinds=DATA_KINDS, until=clock.today() + 365 * DAY, paper=f"担保授权{referral:06d}",
        )  # fmt: skip
    return acts.request_guarantee(manager, referral_id=referral, guarantor_id=home)


def _until(reached: str, guarantee: int) -> None:
    """Do the guarantor's and the bank's acts up to a state before the loan is drawn."""
    officer, lead = access.actor_named("guarantor"), access.actor_named("guarantor.lead")
    ends: dict[str, Callable[[], None]] = {
        "declined": lambda: acts.decline_guarantee(officer, guarantee_id=guarantee, reason=WORDS["declined"]),
        "withdrawn": lambda: acts.withdraw_guarantee(
            access.actor_named("bank.manager"), guarantee_id=guarantee, reason=WORDS["withdrawn"]
        ),
    }
    steps: list[tuple[State, Callable[[], object]]] = [
        (State.REVIEWING, lambda: acts.review_guarantee(officer, guarantee_id=guarantee, opinion=_OPINION)),
        (State.APPROVED, lambda: acts.approve_guarantee(lead, guarantee_id=guarantee, rate_pct=Decimal("0.8"))),
        (State.ISSUED, lambda: _issue(officer, guarantee)),
        (State.IN_FORCE, lambda: _fee(officer, guarantee)),
    ]
    if reached in ("requested", "submitted"):
        return
    for state, step in steps:
        if reached in ends and state == State.APPROVED:
            ends[reached]()
            return
        step()
        if state == reached:
            return


_OPINION = "主营稳定，近一年纳税和社保连续，贷款用于备货，实际控制人提供连带责任反担保，同意承保。"


def _issue(officer: Actor, guarantee: int) -> None:
    number = f"汾担保函〔{clock.today().year}〕{guarantee:05d}号"
    acts.issue_letter(officer, guarantee_id=guarantee, letter_no=number, issued_on=clock.today())


def _fee(officer: Actor, guarantee: int) -> None:
    due = queries.guarantee(officer, guarantee).row.fee
    acts.confirm_fee(officer, guarantee_id=guarantee, paid_on=clock.today(), amount=due, slip_no=f"DBF{guarantee:06d}")


def draw(desk: Desk, referral: int, case: Case, day: dt.date) -> int:
    """Return the loan of a guaranteed credit, paid out on *day*."""
    loan = int(cases.loans(SYSTEM).filter(referral_id=referral).values_list("pk", flat=True)[0])
    with funds._at(day):
        financing.record_drawdown(
            desk.hands.manager, loan_id=loan, amount=case.wan * WAN, drawn_on=day, slip_no=f"FKB{loan:06d}-1"
        )
    return loan


def _release(desk: Desk, guarantee: int, loan: int, case: Case) -> None:
    paid = clock.today() - 12 * DAY
    with funds._at(paid):
        financing.record_repayment(
            desk.hands.manager, loan_id=loan, paid_on=paid, principal=case.wan * WAN, interest=case.wan * WAN // 50,
            slip_no=f"HKB{loan:06d}",
        )  # fmt: skip
    with funds._at(paid + 2 * DAY):
        acts.release_guarantee(desk.officer, guarantee_id=guarantee)


def _go_bad(desk: Desk, guarantee: int, loan: int, case: Case, drawn: dt.date) -> None:
    """The interest was paid and the principal not; claimed, and as far as the payout has come."""
    matured = cases.loan(SYSTEM, loan).matures_on or drawn
    with funds._at(matured - DAY):
        owed = sum(line.interest for line in cases.loan(SYSTEM, loan).schedule)
        financing.record_repayment(
            desk.hands.manager,
            loan_id=loan,
            paid_on=clock.today(),
            principal=0,
            interest=owed,
            slip_no=f"LXB{loan:06d}",
        )
    filed = min(matured + LATE * DAY, clock.today())
    with funds._at(filed):
        financing.age_loans(only=[loan])
        payouts.claim_payout(desk.hands.manager, guarantee_id=guarantee, papers=FILES)
    if case.reached != "claimed":
        with funds._at(min(filed + 3 * DAY, clock.today())):
            payouts.accept_payout(desk.officer, guarantee_id=guarantee)
    if case.reached not in ("claimed", "accepted"):
        _pay(desk, guarantee, case, filed + 5 * DAY)
    financing.age_loans(only=[loan])


def _pay(desk: Desk, guarantee: int, case: Case, on: dt.date) -> None:
    maker, checker = desk.hands.maker, desk.hands.checker
    with funds._at(on):
        order = payouts.pay_out(desk.lead, guarantee_id=guarantee)
        actions_payment.check_payments(checker, order_ids=[order])
    if case.reached == "ordered":
        return
    fund = money.payment(maker, order).fund.id
    subsidies.pay(maker, checker, fund, (order,), dt.datetime.combine(on, dt.time(11), clock.ZONE))
    on += DAY
    for number, (after, recovered, cost) in enumerate(case.recovered, start=1):
        with funds._at(on + after * DAY):
            payouts.record_recovery(
                desk.officer, guarantee_id=guarantee, received_on=clock.today(), recovered=recovered * WAN,
                cost=cost * WAN, slip_no=f"ZC{guarantee:05d}-{number}",
            )  # fmt: skip
    if case.reached == "closed":
        payouts.close_recovery(desk.lead, guarantee_id=guarantee, reason=WORDS["closed"])
