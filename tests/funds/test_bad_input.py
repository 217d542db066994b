"""What people type wrong is refused in their own words: the field, its value, and what to do about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from funds.paying import ask
from funds.subsidies import APRIL, Q1, WAN, Scheme, loan, scheme
from funds.test_compensation import LATER, MAY, PAPERS, bad, paid, registered, row
from funds.test_compensation import place as pool_of
from huoshui.catalogue.models import ProgrammeVersion
from huoshui.financing.models import Loan
from huoshui.funds import actions_compensation as pools
from huoshui.funds import actions_fund, actions_payment, actions_subsidy, statement_file
from huoshui.funds.actions_payment import Part
from huoshui.kernel import clock
from huoshui.kernel.errors import Problem, Refused

pytestmark = pytest.mark.django_db
place = pool_of
DAY = APRIL.date()


def whole(problems: tuple[Problem, ...], field: str, said: str) -> None:
    """Fail unless one of *problems* is about *field*, says *said* and what to do, in both languages."""
    one = next((each for each in problems if each.field == field), None)
    assert one is not None, [each.field for each in problems]
    assert said in one.text.zh, one.text.zh
    assert one.value is not None
    assert one.remedy is not None
    assert one.remedy.zh
    assert one.remedy.en
    assert one.text.en != one.text.zh


def _claimed(home: Scheme, first: dt.date, end: dt.date) -> Callable[[], object]:
    return lambda: actions_subsidy.claim_for_bank(home.bank, fund_id=home.fund, first_day=first, end_day=end)


def _appropriated(home: Scheme, amount: int, on: dt.date = DAY) -> Callable[[], object]:
    return lambda: actions_fund.appropriate(home.checker, home.fund, amount=amount, document_no="9号", on=on)


def _asked(home: Scheme, amount: int) -> Callable[[], object]:
    given = replace(ask(), parts=(Part(amount, "贴息"),))
    return lambda: actions_payment.request_payment(home.maker, fund_id=home.fund, ask=given)


CASES: dict[str, tuple[Callable[[Scheme], Callable[[], object]], str, str]] = {
    "an amount below zero": (lambda home: _appropriated(home, -1), "amount", "-0.01 元"),
    "an appropriation of tomorrow": (lambda home: _appropriated(home, 1, DAY + dt.timedelta(1)), "on", "2026-04-03"),
    "a payment of nothing": (lambda home: _asked(home, 0), "amount", "0.00 元"),
    "a payment above the budget": (lambda home: _asked(home, 101 * WAN), "amount", "101 万元"),
    "days out of order": (lambda home: _claimed(home, Q1[1], Q1[0]), "end_day", "2025-12-31 早于第一天 2026-04-01"),
    "days to come": (lambda home: _claimed(home, Q1[0], dt.date(2026, 7, 1)), "end_day", "2026-06-30"),
}


@pytest.mark.parametrize("what", CASES)
def test_a_wrong_sum_or_day_of_a_fund_is_named_with_its_remedy(what: str) -> None:
    make, field, said = CASES[what]
    with clock.at(APRIL):
        act = make(scheme())
        with pytest.raises(Refused) as refused:
            act()
    whole(refused.value.problems, field, said)


def _overdue(home: Scheme) -> Callable[[], object]:
    late = loan(home, overdue_days=7)
    return lambda: pools.register_loans(home.bank, fund_id=home.fund, loan_ids=[late.pk])


def _unregistered(home: Scheme) -> Callable[[], object]:
    made = loan(home)
    return lambda: pools.file_claim(home.bank, loan_id=made.pk, papers=PAPERS)


def _too_early(home: Scheme) -> Callable[[], object]:
    made = registered(home)
    return lambda: pools.file_claim(home.bank, loan_id=made.pk, papers=PAPERS)


def _other_money(home: Scheme) -> Callable[[], object]:
    made = bad(home)
    return lambda: pools.file_claim(home.bank, loan_id=made.pk, papers=PAPERS, other_paid=-1)


def _recovered(home: Scheme, **given: Any) -> Callable[[], object]:
    claim = paid(home, amount=100 * WAN)
    slip = {"received_on": LATER.date(), "recovered": WAN, "slip_no": "Z1"} | given
    return lambda: pools.report_recovery(home.bank, claim_id=claim, **slip)


POOLS: dict[str, tuple[Callable[[Scheme], Callable[[], object]], str, str]] = {
    "an overdue firm's loan": (_overdue, "loan_id", "逾期（7 天）"),
    "a claim on an unregistered loan": (_unregistered, "loan_id", "没有在出险前备案"),
    "a claim on a sound loan": (_too_early, "loan_id", "逾期 0 天"),
    "other money below zero": (_other_money, "other_paid", "0 与未还本金之间"),
    "a recovery above the loss": (lambda home: _recovered(home, recovered=101 * WAN), "recovered", "101 万元"),
    "a recovery before the payment": (
        lambda home: _recovered(home, received_on=dt.date(2026, 5, 1)), "received_on", "2026-05-01",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", POOLS)
def test_a_wrong_claim_on_the_pool_is_named_with_its_remedy(place: Scheme, what: str) -> None:
    make, field, said = POOLS[what]
    with clock.at(LATER):
        act = make(place)
        with pytest.raises(Refused) as refused:
            act()
    whole(refused.value.problems, field, said)


@pytest.mark.parametrize(
    ("lines", "field", "said"),
    [
        ("2026-03-02,L1,,10.001,x", "outgo", "10.001"),
        ("2026-13-02,L1,,10.00,x", "booked_on", "2026-13-02"),
        ("2026-03-02,L1,,10.00,x\n2026-03-02,L1,,10.00,x", "bank_ref", "L1"),
    ],
)
def test_a_wrong_line_of_a_statement_is_named_with_its_remedy(lines: str, field: str, said: str) -> None:
    data = f"交易日期,流水号,收入,支出,摘要\n{lines}".encode()
    _, wrong = statement_file.read("x.csv", data, account_no="0502")
    whole(tuple(one.problem for one in wrong), field, said)


def test_a_programme_edited_while_a_claim_runs_leaves_the_registered_loan_under_its_terms(place: Scheme) -> None:
    made = bad(place, amount=100 * WAN)
    version = ProgrammeVersion.objects.get(pk=place.version)
    ProgrammeVersion.objects.filter(pk=version.pk).update(valid_to=dt.date(2026, 1, 31))
    lower = [{"up_to": tier["up_to"], "pct": "1"} for tier in version.terms["tiers"]]
    ProgrammeVersion.objects.create(
        programme=version.programme, number=99, state="published", version=1, document_no="新1号", criteria=version.criteria,
        terms=version.terms | {"tiers": lower}, valid_from=dt.date(2026, 2, 1), published_at=MAY,
    )  # fmt: skip
    with clock.at(MAY):
        claim = pools.file_claim(place.bank, loan_id=made.pk, papers=PAPERS)
    assert row(claim).amount == 40 * WAN


def test_a_pool_of_one_fen_compensates_one_fen(place: Scheme) -> None:
    with clock.at(MAY):
        actions_fund.commit(
            place.checker, fund_id=place.fund, source="other", amount=860 * WAN - 1, on=MAY.date(), text="其他"
        )
        claim = pools.file_claim(place.bank, loan_id=bad(place).pk, papers=PAPERS)
        pools.accept_claim(place.maker, claim_id=claim)
    assert (row(claim).amount, row(claim).cuts) == (1, ["pool_balance"])


def test_a_loan_that_is_paid_back_before_the_claim_is_read_has_nothing_to_compensate(place: Scheme) -> None:
    made = bad(place)
    Loan.objects.filter(pk=made.pk).update(five_class="normal", overdue_days=0)
    with clock.at(MAY), pytest.raises(Refused) as refused:
        pools.file_claim(place.bank, loan_id=made.pk, papers=PAPERS)
    assert {one.code for one in refused.value.problems} == {"compensation_not_due"}
