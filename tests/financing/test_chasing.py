"""Reminders up the ladder, late cases taken back, firms reminded, loans growing old; and the bank's file of repayments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from factories import cases
from factories.cases import START, WAN, City
from huoshui.access.models import Notice
from huoshui.audit.models import Event
from huoshui.financing import actions, jobs, queries
from huoshui.financing.models import Demand, Loan, Referral, Repayment
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def place() -> Iterator[City]:
    with clock.at(START):
        yield cases.city(banks=2)


def later(days: int, hour: int = 18) -> dt.datetime:
    return (START + dt.timedelta(days=days)).replace(hour=hour)


def told(template: str) -> int:
    return Notice.objects.filter(template=template).count()


def only_first(place: City) -> int:
    return cases.offered(place, product_ids=[place.bank.product_id])[0]


def test_nobody_is_reminded_before_the_third_working_day(place: City) -> None:
    only_first(place)
    assert jobs.chase(later(2)).reminded == 0
    assert jobs.chase(later(3, hour=9)).reminded == 3


def test_reminding_twice_at_the_same_time_sends_nothing_new(place: City) -> None:
    only_first(place)
    first = jobs.chase(later(3))
    sent = Notice.objects.count()
    assert first.reminded == 4
    assert jobs.chase(later(3)) == jobs.Chased()
    assert Notice.objects.count() == sent


def test_the_head_office_and_then_the_taskforce_are_told(place: City) -> None:
    only_first(place)
    jobs.chase(later(3))
    assert Notice.objects.filter(organisation_id=place.bank.id, template="case_overdue").count() == 1
    assert told("case_late_here") == 0
    jobs.chase(later(4, hour=17).replace(minute=31))
    assert told("case_late_here") >= 1


def test_a_bank_that_never_accepts_loses_the_case_to_the_next(place: City) -> None:
    referral = only_first(place)
    assert jobs.chase(later(4, hour=17)).recalled == 0  # three working days after the due day is Friday evening
    assert jobs.chase(later(7)).recalled == 1
    assert Referral.objects.get(pk=referral).state == "recalled"
    after = Referral.objects.exclude(pk=referral).get()
    assert (after.bank_id, after.state) == (place.banks[1].id, "offered")
    assert jobs.chase(later(7)).recalled == 0


def test_without_another_bank_the_demand_waits_on_the_recommended_list(place: City) -> None:
    referral = cases.offered(place)[0]
    demand_id = cases.demand_of(referral)
    jobs.chase(later(14))
    assert Demand.objects.get(pk=demand_id).state == "recommended"
    assert told("demand_awaits") == 1


def test_a_paused_clock_reminds_the_firm_and_not_the_bank(place: City) -> None:
    cases.case(place, "papers_owed", product_ids=[place.bank.product_id])
    assert jobs.chase(later(10)).papers == 0
    assert jobs.chase(later(20)).papers == 1
    assert jobs.chase(later(25)).papers == 0
    assert told("case_overdue") == 0


def test_a_loan_that_matures_is_announced_once_for_each_of_the_days(place: City) -> None:
    cases.case(place, "lent", product_ids=[place.bank.product_id])
    end = dt.datetime(2027, 3, 2, 9, tzinfo=clock.ZONE)
    found = [jobs.chase(end - dt.timedelta(days=days)).maturing for days in (61, 60, 59, 30, 30, 10, 9)]
    assert found == [0, 1, 0, 1, 0, 1, 0]


def test_loans_grow_old_and_recover(place: City) -> None:
    referral = cases.case(place, "lent", product_ids=[place.bank.product_id])
    due = queries.loan(place.bank.officer, cases.loan_of(referral)).schedule[0]
    assert jobs.age_loans(due.due_on) == 0
    assert jobs.age_loans(due.due_on + dt.timedelta(days=1)) == 1
    assert jobs.age_loans(due.due_on + dt.timedelta(days=91)) == 1
    loan = Loan.objects.get(referral_id=referral)
    assert (loan.overdue_days, loan.five_class) == (91, "substandard")
    with clock.at(later(35)):
        cases.repay(place.bank, referral, 0, due.interest, "R1", on=due.due_on)
    loan.refresh_from_db()
    assert (loan.overdue_days, loan.five_class) == (0, "normal")
    kinds = (
        Event.objects.filter(kind__in=["LOAN_OVERDUE", "LOAN_CURRENT"]).order_by("id").values_list("kind", flat=True)
    )
    assert list(kinds) == ["LOAN_OVERDUE", "LOAN_OVERDUE", "LOAN_CURRENT"]


def test_a_firm_that_was_declined_is_called_back_after_thirty_days(place: City) -> None:
    made = cases.declared(place)
    actions.decline(place.taskforce, demand_ids=[made.id], reason="暂无真实需求")
    for days, waiting in ((29, 0), (31, 1)):
        with clock.at(START + dt.timedelta(days=days)):
            assert queries.recontact(place.taskforce).count() == waiting
    with clock.at(START + dt.timedelta(days=31)):
        actions.record_visit(
            place.visitor, enterprise_id=place.firm.pk, visited_on=clock.today(), outcome="no_need", note="回访"
        )
        assert queries.recontact(place.taskforce).count() == 0


ACTS = ("accept", "contact", "ask", "complete", "grant", "sign", "draw_half", "draw_rest", "repay_all")


def test_every_act_on_a_case_leaves_an_event_on_the_demands_timeline(place: City) -> None:
    referral = cases.offered(place)[0]
    topic = f"demand:{cases.demand_of(referral)}"
    for act in ACTS:
        before = Event.objects.filter(topic=topic).count()
        cases._STEPS[act](place, place.bank, referral)
        assert Event.objects.filter(topic=topic).count() > before, act


HEADER = "合同编号,流水号,还款日期,归还本金,支付利息\n"


def file_of(folder: Path, *rows: str, header: str = HEADER, code: str = "utf-8-sig") -> Path:
    path = folder / "还款.csv"
    path.write_text(header + "\n".join(rows) + "\n", encoding=code)
    return path


@pytest.fixture
def loan(place: City) -> Loan:
    return Loan.objects.get(referral_id=cases.case(place, "lent", product_ids=[place.bank.product_id]))


def test_a_file_of_repayments_is_taken_in_once(place: City, loan: Loan, tmp_path: Path) -> None:
    number = loan.contract_no
    file = file_of(tmp_path, f"{number},S1,2026-03-02,10000.00,120.50", f"{number},S2,2026/3/2,0,35")
    first = actions.import_repayments(place.bank.officer, file)
    assert (first.rows, first.recorded, first.known, first.problems) == (2, 2, 0, ())
    again = actions.import_repayments(place.bank.officer, file)
    assert (again.recorded, again.known, again.problems) == (0, 2, ())
    loan.refresh_from_db()
    assert loan.repaid == WAN


def test_one_wrong_row_keeps_the_whole_file_out_and_every_row_is_explained(
    place: City, loan: Loan, tmp_path: Path
) -> None:
    number = loan.contract_no
    file = file_of(
        tmp_path,
        f"{number},S1,2026-03-02,100.00,0",
        f"{number},S2,2026-02-30,三十万,0",
        "NONE,S3,2026-03-02,1,0",
        f"{number},,2026-03-02,1,0",
        f"{number},S5,2026-03-02,999999999,0",
        code="gb18030",
    )
    result = actions.import_repayments(place.bank.officer, file)
    assert result.recorded == 0
    assert {row.row: sorted(p.field for p in row.problems) for row in result.problems} == {
        3: ["paid_on", "principal"], 4: ["contract_no"], 5: ["slip_no"], 6: ["principal"],
    }  # fmt: skip
    assert not Repayment.objects.exists()
    assert not Event.objects.filter(kind="LOAN_REPAID").exists()


def test_another_banks_contract_is_unknown_to_this_one(place: City, loan: Loan, tmp_path: Path) -> None:
    file = file_of(tmp_path, f"{loan.contract_no},S1,2026-03-02,1,0")
    result = actions.import_repayments(place.banks[1].officer, file)
    assert result.problems[0].problems[0].code == "contract_unknown"


def test_a_file_without_the_columns_names_those_missing(place: City, loan: Loan, tmp_path: Path) -> None:
    with pytest.raises(DomainError) as refusal:
        actions.import_repayments(place.bank.officer, file_of(tmp_path, "1,2", header="合同编号,流水号\n"))
    assert refusal.value.code == "columns_missing"
