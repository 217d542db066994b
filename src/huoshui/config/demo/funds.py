"""A year of the public funds at the sizes the city published, made by the real acts on a simulated clock.

The bridge fund turned over 9150万 for 6 firms; five advances came back after 3 to 14 days, the sixth is out and due in two
days. One request waits for the bank and one for the finance bureau, so that everybody has something to do today.
"""

from __future__ import annotations

import datetime as dt
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from huoshui.access import actions as accounts
from huoshui.access import queries as access
from huoshui.access.actor import SYSTEM, Actor
from huoshui.catalogue import queries as catalogue
from huoshui.config.demo import city, subsidies
from huoshui.financing import actions as financing
from huoshui.financing import queries as cases
from huoshui.financing.registration import REGISTRY_PAPERS
from huoshui.funds import actions_bridge as bridge
from huoshui.funds import actions_fund as public
from huoshui.funds import actions_statement as statements
from huoshui.funds import queries_payment as money
from huoshui.funds.actions_bridge_payment import CODE
from huoshui.kernel import clock
from huoshui.kernel.money import yuan_text
from huoshui.registry import actions as registry
from huoshui.registry import queries as register

WAN = 1_000_000
DISTRICT, BRANCH = "140105", "FSYH-01"
FUND_MONEY = 3_000 * WAN
RATE = Decimal("4.00")
DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """One firm's advance: 万元, days before today that its loan matured (below 0: will mature), days used (None: out)."""

    wan: int
    matured: int
    days: int | None


ADVANCES = (
    Plan(2_000, 330, 3),
    Plan(1_800, 270, 5),
    Plan(1_650, 210, 6),
    Plan(1_500, 150, 9),
    Plan(1_200, 80, 14),
    Plan(1_000, 17, None),
)
# programme whose claims a fund pays → kind, 万元 appropriated for the year (published: 860万 pool, 1660万 of subsidies)
FUNDS = {
    "SUB-YZ-ZXZN": ("subsidy", 1_660),
    "SUB-SVC-2026": ("subsidy", 300),
    "SUB-STARTUP": ("subsidy", 200),
    "COMP-TY": ("compensation", 860),
    "GUAR-TY": ("guarantee", 500),
}
WAITING = (Plan(300, -6, None), Plan(180, -9, None))  # one with the bank's commitment, one without


@dataclass(frozen=True, slots=True)
class _Cast:
    lead: Actor
    officer: Actor
    visitor: Actor
    manager: Actor
    maker: Actor
    checker: Actor
    branch: int


def play() -> None:
    """Play the year of the funds up to today."""
    people = _cast()
    today = clock.today()
    with _at(today - 360 * DAY):
        bridge.pay_in_bridge(
            people.checker, amount=FUND_MONEY, on=clock.today(), document_no=f"并财金〔{clock.today().year}〕118号"
        )
        _open_funds(people, today)
        account(people.maker, people.branch)
    firms = _firms(len(ADVANCES) + len(WAITING))
    for plan, firm in zip(ADVANCES, firms, strict=False):
        with transaction.atomic():  # a case at once: a demo need not wait for the disk after every act
            _advance(people, plan, firm, today)
    for number, (plan, firm) in enumerate(zip(WAITING, firms[len(ADVANCES) :], strict=False)):
        pk = _request(people, plan, firm, today - DAY)
        if number == 0:
            with _at(today - DAY):
                _commit(people, pk, plan)
    bridge.alert_bridge()


def _open_funds(people: _Cast, today: dt.date) -> None:
    """Open the funds that pay claims on programmes in force *today*, each with the year's appropriation."""
    for programme in catalogue.published_programmes(on=today):
        if programme.code not in FUNDS:
            continue
        kind, wan = FUNDS[programme.code]
        fund = public.open_fund(
            people.checker,
            code=programme.code,
            kind=kind,
            name=programme.name.zh,
            name_en=programme.name.en,
            district_code="140100",
            programme_id=programme.programme_id,
        )
        number = f"并财金〔{clock.today().year}〕{100 + len(kind)}号"
        public.appropriate(people.checker, fund, amount=wan * WAN, document_no=number, on=clock.today())


def _cast() -> _Cast:
    lead, officer, visitor = (access.actor_named(name) for name in city.hands_of(DISTRICT))
    return _Cast(
        lead,
        officer,
        visitor,
        access.actor_named("bank.manager"),
        access.actor_named("finance.maker"),
        access.actor_named("finance.checker"),
        _branch(),
    )


def _branch() -> int:
    office = access.organisation_by_code(BRANCH)
    assert office is not None, "the demo's banks stand before its funds"
    return office.id


def _at(day: dt.date, hour: int = 10) -> AbstractContextManager[None]:
    return clock.at(dt.datetime.combine(day, dt.time(hour), clock.ZONE))


def _firms(count: int) -> list[int]:
    """Return at most *count* firms that meet the fund's conditions and have no demand of their own; a small city has few."""
    rows = register.enterprises(SYSTEM, status="active").filter(district_code=DISTRICT, kind="company").order_by("-id")
    wanted = list(rows.values_list("id", flat=True)[:400])
    busy = set(cases.demands(SYSTEM).filter(enterprise_id__in=wanted).values_list("enterprise_id", flat=True))
    found = [firm for firm, facts in register.facts_of_many(wanted).items() if firm not in busy and _fits(facts)]
    return found[:count]


def _fits(facts: dict[str, object]) -> bool:
    tax = facts.get("tax_paid_last_year")
    clean = facts.get("dishonest") is False and facts.get("abnormal_operation") is False
    return clean and isinstance(tax, int) and tax >= 10 * WAN


def _advance(people: _Cast, plan: Plan, firm: int, today: dt.date) -> None:
    out = today - (plan.matured + 1) * DAY
    pk = _request(people, plan, firm, out - 2 * DAY)
    with _at(out - DAY):
        _commit(people, pk, plan)
        bridge.reserve_bridge(people.maker, advance_id=pk)
    _send(people, pk, out)
    with _at(out, 16):
        bridge.confirm_repaid(
            people.manager, advance_id=pk, paid_on=out, slip_no=f"HK{pk:05d}", interest=plan.wan * WAN * 4 // 100
        )
    if plan.days is None:
        return
    renewed = out + max(plan.days - 1, 0) * DAY
    new = _loan(people, firm, plan, renewed, renewal_of=_old_loan(firm))
    with _at(renewed):
        bridge.confirm_renewed(people.manager, advance_id=pk, new_loan_id=new)
    with _at(out + plan.days * DAY):
        slip = f"GH{pk:05d}"
        fee = bridge.take_back(people.maker, advance_id=pk, returned_on=clock.today(), slip_no=slip)
        back = f"{clock.today()},{slip},{yuan_text(plan.wan * WAN + fee)},,汾水银行小店支行,归还周转资金 {slip}"
        fund = money.fund_by_code(CODE)
        assert fund is not None, "an advance that comes back went out of a fund"
        statements.import_statement(
            people.maker, fund_id=fund.id, name=f"专户对账单{clock.today()}.csv",
            data=f"交易日期,流水号,收入,支出,对方户名,摘要\n{back}".encode(),
        )  # fmt: skip


def _send(people: _Cast, pk: int, out: dt.date) -> None:
    """Approve the advance's payment and send it; the bank's statement shows it on the same day."""
    with _at(out):
        bridge.advance_bridge(people.checker, advance_id=pk)
        order = money.payments(people.maker, kind="bridge").get(subject_id=pk)
        statements.make_payment_file(people.maker, fund_id=order.fund_id, order_ids=[order.pk])
    subsidies.show(people.maker, order.fund_id, (order.pk,), dt.datetime.combine(out, dt.time(15), clock.ZONE))


def account(maker: Actor, branch: int) -> None:
    """Record where a branch is paid; the same again changes nothing."""
    name = access.organisation(branch).name.zh
    public.set_account(maker, organisation_id=branch, holder=name, bank_name=name, account_no=f"0502{branch:010}")


def _request(people: _Cast, plan: Plan, firm: int, on: dt.date) -> int:
    """Return the advance that the firm asks for; its loan was drawn a year before it matures."""
    matures = clock.today() - plan.matured * DAY
    drawn = matures.replace(year=matures.year - 1, day=min(matures.day, 28))
    loan = _loan(people, firm, plan, drawn)
    with _at(on):
        owner = _owner(firm)
        registry.give_consent(
            owner, enterprise_id=firm, reader_id=people.manager.organisation_id, purpose="loan_application",
            data_kinds=register.DATA_KINDS, until=clock.today() + 365 * DAY,
        )  # fmt: skip
        return bridge.request_bridge(owner, loan_id=loan, amount=plan.wan * WAN)


def _commit(people: _Cast, pk: int, plan: Plan) -> None:
    bridge.commit_bridge(
        people.manager,
        advance_id=pk,
        amount=plan.wan * WAN,
        commitment_no=f"汾银承诺〔{clock.today().year}〕{pk:03d}号",
        committed_on=clock.today(),
    )


def _old_loan(firm: int) -> int:
    return int(cases.loans(SYSTEM, enterprise=firm).order_by("pk").values_list("pk", flat=True)[0])


def _loan(
    people: _Cast, firm: int, plan: Plan, day: dt.date, *, renewal_of: int | None = None, method: str = "bullet",
    rate: Decimal = RATE, months: int = 12, purpose: str = "working_capital", collateral: str = "credit",
) -> int:  # fmt: skip
    """Return a loan drawn on *day*: declared, judged, offered to the branch, granted, signed, paid out."""
    amount = plan.wan * WAN
    with _at(day - 2 * DAY):
        made = financing.enter_demand(
            people.visitor, enterprise_id=firm, amount=amount, term_months=months, paper=f"授权{firm}",
            purpose="renewal" if renewal_of else purpose,
        )  # fmt: skip
        verdicts = [(standard, "yes", "") for standard in range(1, 6)]
        financing.judge_all(people.officer, demand_id=made.id, verdicts=verdicts)
        financing.recommend(people.lead, demand_ids=[made.id])
        case = financing.offer_to(people.lead, demand_id=made.id, branch_id=people.branch, reason="原贷款银行")
        financing.accept_case(people.manager, referral_id=case)
        financing.record_contact(people.manager, referral_id=case, note="老客户，约定当日交齐材料")
        financing.complete_documents(people.manager, referral_id=case)
    with _at(day - DAY):
        financing.grant(
            people.manager, referral_id=case, amount=amount, rate_pct=rate, term_months=months,
            method=method, collateral=collateral,
        )  # fmt: skip
    with _at(day):
        loan = financing.sign_contract(
            people.manager, referral_id=case, contract_no=f"FS{day:%Y%m%d}-{case:06d}", signed_on=day,
            renewal_of=renewal_of,
        )  # fmt: skip
        if collateral == "mortgage":
            _register(people.manager, loan, day)
        financing.record_drawdown(people.manager, loan_id=loan, amount=amount, drawn_on=day, slip_no=f"FK{loan:06d}-1")
    return int(loan)


def _register(manager: Actor, loan: int, day: dt.date) -> None:
    """Hand a mortgage to the registry and take its certificate: before that nothing is paid out."""
    office, number = "太原市不动产登记中心", f"晋（{day:%Y}）不动产证明第{loan:07d}号"
    papers = list(REGISTRY_PAPERS)
    financing.submit_registration(manager, loan_id=loan, papers=papers, place="local", office=office, submitted_on=day)
    financing.complete_registration(manager, loan_id=loan, certificate_no=number, registered_on=day)


def _owner(firm: int) -> Actor:
    """Return the person who acts for the firm, confirmed by telephone as on the page."""
    phone = f"138{firm % 10**8:08d}"
    code = accounts.send_code(phone).practice_code
    assert code, "the demo shows its codes"
    person = accounts.check_code(phone, code)
    registry.represent(SYSTEM, person_id=person.pk, enterprise_id=firm, proof="staff_confirmed")
    return access.actor(person.pk)
