"""What people type wrongly, and what they are told: the field, the value, and what to do."""

from __future__ import annotations

import datetime as dt
import uuid
from fractions import Fraction

import numpy as np
import pytest

from factories import cases as made
from factories import firms, people
from huoshui.access.roles import Role
from huoshui.financing import actions as financing
from huoshui.financing import assignment
from huoshui.kernel import clock
from huoshui.kernel.errors import Refused
from huoshui.kernel.text import Text
from huoshui.service import actions_complaint, actions_event
from huoshui.statistics import measures, wording
from huoshui.statistics.measures import Measure, Take


@pytest.mark.django_db
def test_a_visit_dated_tomorrow_names_the_day_and_asks_for_another() -> None:
    visitor, tomorrow = people.staff(Role.VISITOR, kind="government"), clock.today() + dt.timedelta(days=1)
    firm = firms.firm(district_code="140106")
    with pytest.raises(Refused) as refused:
        financing.record_visit(
            visitor, client_id=uuid.uuid4(), enterprise_id=firm.pk, visited_on=tomorrow, outcome="no_need", note="",
            follow_up_on=None, demand=None,
        )  # fmt: skip
    problem = refused.value.problems[0]
    assert (problem.field, problem.value) == ("visited_on", tomorrow)
    assert problem.text.zh == f"走访日期 {tomorrow} 晚于今天，请填写今天或以前的日期。"


@pytest.mark.django_db
def test_an_event_in_the_past_names_its_time_and_asks_for_a_later_one() -> None:
    begins = clock.now() - dt.timedelta(hours=1)
    plan = actions_event.Plan(
        kind="matchmaking",
        title="对接会",
        place="大厅",
        starts_at=begins,
        ends_at=begins + dt.timedelta(hours=2),
        seats=9,
    )
    with pytest.raises(Refused) as refused:
        actions_event.open_event(people.staff(Role.TASKFORCE_LEAD, kind="government"), plan=plan)
    problem = refused.value.problems[0]
    assert problem.field == "starts_at"
    assert f"{begins.astimezone(clock.ZONE):%Y-%m-%d %H:%M} 已经过去，请选以后的时间" in problem.text.zh


@pytest.mark.django_db
def test_a_complaint_about_a_bank_never_met_asks_for_what_would_show_it() -> None:
    place = made.city()
    told = actions_complaint.file_complaint(
        place.owner, kind="complaint", subject="bank", words="推销", enterprise_id=place.firm.pk,
        target_id=people.organisation("bank"),
    )  # fmt: skip
    assert told.state == "evidence"
    assert "请补充合同号、网点、日期或书面材料" in told.told.zh


def _day(demands: int, capacity: int) -> assignment.Problem:
    everybody = np.arange(demands)
    none = np.zeros(demands, dtype=bool)
    return assignment.Problem(
        everybody, np.zeros(demands, dtype=np.int64), 500 + everybody % 400, none, np.full(demands, 3),
        np.array([capacity]), np.array([0]), np.array([False]), 20.0,
    )  # fmt: skip


@pytest.mark.parametrize(("capacity", "placed"), [(0, 0), (9_999, 9_999)])
def test_120000_demands_and_one_bank_fill_its_room_and_no_more(capacity: int, placed: int) -> None:
    day = _day(120_000, capacity)
    found = assignment.solve(day)
    assert int(found.taken.sum()) == placed
    assert sum(assignment.violations(day, found.taken).values()) == 0


def test_a_zero_base_and_a_measure_without_rows_are_said_in_words() -> None:
    share = Measure("share", Text("占比", "share"), "pct", "g", Take("a", "count"), Take("b", "count"), Fraction(100))
    nothing = measures.value(share, {share.top: 3, share.takes[1]: 0})
    assert nothing is None
    assert wording.said(nothing, "pct") == Text("—", "—")
    grown = measures.growth(Measure("n", Text("数", "n"), "cases", "g", Take("a", "count")), 5, 0)
    assert wording.change_said(grown, ratio=False, against=wording.YEAR_AGO).zh == "同比无可比基数"
