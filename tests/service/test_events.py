"""Events: invited by rule, registered to the last seat, signed in on the day, intents and what became of them."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from conftest import as_web_role
from factories import firms, people
from huoshui.access.actor import Actor
from huoshui.access.queries import actor as actor_of
from huoshui.access.roles import Role
from huoshui.access.row_security import acting
from huoshui.kernel import clock
from huoshui.kernel.errors import DomainError, Refused
from huoshui.service import actions_event as actions
from huoshui.service import queries_event as queries
from huoshui.service.actions_campaign import Wanted
from huoshui.service.models import Attendance, Event


def plan(**changes: Any) -> actions.Plan:
    starts = clock.now() + dt.timedelta(days=5)
    values: dict[str, Any] = {
        "kind": "matchmaking", "title": "餐饮业对接会", "place": "区政务大厅", "starts_at": starts,
        "ends_at": starts + dt.timedelta(hours=2), "seats": 2,
    }  # fmt: skip
    return actions.Plan(**values | changes)


@pytest.fixture
def lead(db: None) -> Actor:
    return people.staff(Role.TASKFORCE_LEAD, kind="government")


def guest(name: str = "太原柳巷餐饮有限公司") -> tuple[Actor, int]:
    """Return an owner and the firm of Yingze that they act for."""
    owner, firm = people.owner(), firms.firm(name, district_code="140106")
    firms.represented(firm, people.person(owner))
    return actor_of(owner.person_id or 0), firm.pk


def answer(owner: Actor, event: int, firm: int, **given: Any) -> int:
    return actions.answer_invitation(owner, event_id=event, enterprise_id=firm, **{"comes": True, **given})


class TestPlanning:
    def test_firms_of_the_district_that_fit_are_invited(self, lead: Actor) -> None:
        inside = firms.firm(district_code="140106", industry_code="H6210").pk
        firms.firm(district_code="140106", industry_code="C3411")
        firms.firm(district_code="140105", industry_code="H6210")
        pk = actions.open_event(lead, plan=plan(wanted=Wanted(industry="H")))
        assert [row.enterprise_id for row in queries.attendances(lead, pk)] == [inside]

    def test_an_event_in_the_past_is_refused_with_everything_else_wrong(self, lead: Actor) -> None:
        begun = clock.now() - dt.timedelta(seconds=1)
        with pytest.raises(Refused) as refusal:
            actions.open_event(lead, plan=plan(starts_at=begun, ends_at=begun, title=" ", seats=0, kind="party"))
        codes = {one.code for one in refusal.value.problems}
        assert codes == {"event_past", "event_times", "event_title", "event_seats", "event_kind"}

    def test_a_visitor_may_not_open_one(self, db: None) -> None:
        with pytest.raises(DomainError, match="权限"):
            actions.open_event(people.staff(Role.VISITOR, kind="government"), plan=plan())


class TestComing:
    def test_the_last_seat_goes_to_one_firm_and_one_that_declines_frees_it(self, lead: Actor) -> None:
        pk = actions.open_event(lead, plan=plan(seats=1))
        (first, one), (second, two) = guest(), guest("太原平阳路超市有限公司")
        answer(first, pk, one)
        with pytest.raises(Refused, match="报满"):
            answer(second, pk, two)
        answer(first, pk, one, comes=False)
        assert answer(second, pk, two)

    def test_nobody_registers_another_firm_or_after_the_beginning(self, lead: Actor) -> None:
        pk = actions.open_event(lead, plan=plan())
        owner, firm = guest()
        with pytest.raises(Refused, match="您的企业"):
            answer(owner, pk, firm + 1)
        with (
            time_machine.travel(clock.now() + dt.timedelta(days=5, minutes=1)),
            pytest.raises(Refused, match="不能再报名"),
        ):
            answer(owner, pk, firm)

    def test_signing_in_is_of_the_day_and_twice_is_once(self, lead: Actor) -> None:
        pk = actions.open_event(lead, plan=plan())
        row = Event.objects.get(pk=pk)
        owner, firm = guest()
        with pytest.raises(Refused, match="当天"):
            actions.sign_in_at(owner, token=row.token, enterprise_id=firm)
        with time_machine.travel(row.starts_at):
            actions.sign_in_at(owner, token=row.token, enterprise_id=firm)
            at = Attendance.objects.get().signed_in_at
            actions.sign_in_at(owner, token=row.token, enterprise_id=firm)
        assert Attendance.objects.get().signed_in_at == at

    def test_an_unknown_code_is_refused(self, lead: Actor) -> None:
        owner, firm = guest()
        with pytest.raises(DomainError, match="签到码"):
            actions.sign_in_at(owner, token="x", enterprise_id=firm)


class TestOutcome:
    def test_an_intent_becomes_a_demand_that_counts_to_the_event_once(self, lead: Actor) -> None:
        pk = actions.open_event(lead, plan=plan())
        owner, firm = guest()
        line = answer(owner, pk, firm, question="能不能信用贷")
        actions.answer_question(lead, attendance_id=line, answer="可以")
        need = {"amount": 50_000_000, "term_months": 12, "purpose": "purchase"}
        demand = actions.take_intent(lead, attendance_id=line, need=need)
        found = queries.outcome(lead, pk)
        assert (found.registered, found.intents, found.asked, found.granted, found.lent) == (1, 1, 50_000_000, 0, 0)
        with pytest.raises(DomainError, match="已登记"):
            actions.take_intent(lead, attendance_id=line, need=need)
        assert Attendance.objects.get().demand_id == demand

    def test_a_cancelled_event_takes_nobody(self, lead: Actor) -> None:
        pk = actions.open_event(lead, plan=plan())
        actions.end_event(lead, event_id=pk, cancel=True)
        owner, firm = guest()
        with pytest.raises(Refused):
            answer(owner, pk, firm)
        assert not queries.coming().exists()


class TestDatabase:
    def test_the_database_refuses_what_no_action_does(self, lead: Actor) -> None:
        pk = actions.open_event(lead, plan=plan())
        owner, firm = guest()
        line = answer(owner, pk, firm)
        for rows, wrong in (
            (Event.objects.filter(pk=pk), {"state": "lost"}),
            (Event.objects.filter(pk=pk), {"ends_at": clock.now()}),
            (Attendance.objects.filter(pk=line), {"state": "present"}),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**wrong)

    def test_a_firm_sees_its_own_line_and_a_neighbour_district_none(self, lead: Actor) -> None:
        pk = actions.open_event(lead, plan=plan())
        owner, firm = guest()
        answer(owner, pk, firm)
        stranger = guest("太原平阳路超市有限公司")[0]
        other = people.organisation("government", district_code="140105")
        neighbour = people.staff(Role.TASKFORCE_LEAD, at=other)
        for actor, seen in ((owner, 1), (lead, 1), (stranger, 0), (neighbour, 0)):
            with as_web_role(), acting(actor):
                assert Attendance.objects.count() == seen


class TestPages:
    def test_a_firm_registers_signs_in_and_the_office_takes_its_intent(self, client: Any, lead: Actor) -> None:
        people.sign_in(client, lead)
        begins = (clock.now() + dt.timedelta(days=2)).strftime("%Y-%m-%d")
        data = {
            "kind": "matchmaking", "title": "对接会", "place": "大厅", "day": begins, "begins": "14:00", "ends": "16:00",
            "seats": "50", "most": "100",
        }  # fmt: skip
        made = client.post("/gov/events/new/", data)
        assert made.status_code == 302, made.content.decode()[-1500:]
        row = Event.objects.get()
        assert "对接会" in client.get("/events/").content.decode()
        owner, firm = guest()
        people.sign_in(client, owner)
        client.post(f"/my/events/{row.pk}/", {"comes": "1", "question": "利率多少"})
        with time_machine.travel(row.starts_at, tick=False):
            people.sign_in(client, owner)
            assert client.post(f"/my/sign-in/{row.token}/").status_code == 302
        assert Attendance.objects.get().state == "present"
        people.sign_in(client, lead)
        page = client.get(made.url).content.decode()
        assert "利率多少" in page
        line = Attendance.objects.get().pk
        need = {"amount": "30", "term_months": "12", "purpose": "purchase", "form_key": str(uuid.uuid4())}
        taken = client.post(f"/gov/events/{row.pk}/firms/{line}/intent/", need)
        assert taken.status_code == 302, taken.content.decode()[-1500:]
        assert Attendance.objects.get().demand_id
